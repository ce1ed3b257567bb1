#pragma once
// WithIds: the bytes of documents, each of which has an _id; an insert's own where there was none.
//
//   WithIds with_ids(documents, result.ids);
//   server.insert_bytes("people", with_ids.bytes(), false);
//
// Lifetime: views of the documents and of itself. Threads: one at a time.

#include <deque>
#include <iacdb/document.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

class WithIds {
 public:
  /// Adds each {_id: ...} to `ids`. Throws: doc::Failure when a document is malformed.
  WithIds(std::span<const Document> documents, std::vector<Document>& ids);
  std::span<const std::string_view> bytes() const { return bytes_; }

 private:
  std::vector<std::string_view> bytes_;
  std::deque<std::string> made_;
};

}  // namespace iacdb
