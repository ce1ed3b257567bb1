#pragma once
// DocumentSchema: a JSON Schema (draft 2020-12) that documents are checked by in the program,
// before they are sent anywhere.
//
//   auto schema = iacdb::DocumentSchema::parse(R"({"type": "object", "required": ["name"],
//     "properties": {"age": {"type": "integer", "minimum": 0}}})");
//   for (const std::string& breach : schema.breaches(document)) print(breach);  // "age: minimum"
//
// Beside `type` there is MongoDB's `bsonType`. What a store checks itself is its validator; see
// docs/guides/validation-of-documents.md.
// Threads: safe to share.

#include <iacdb/document.hpp>
#include <memory>
#include <string>
#include <vector>

namespace iacdb {

namespace doc {
struct Schema;
}

class DocumentSchema {
 public:
  /// Throws: DataError for a keyword that is malformed, unknown or not supported, by its name.
  static DocumentSchema parse(const Document& schema);

  bool accepts(const Document& document) const;
  /// Each path and the keyword that is not fulfilled there: "tags.1: type", "name: required".
  std::vector<std::string> breaches(const Document& document) const;
  /// Throws: DocumentError 121 as a validator of a store does, with errInfo in its reply.
  void check(const Document& document) const;

 private:
  explicit DocumentSchema(std::shared_ptr<const doc::Schema> schema) : schema_(std::move(schema)) {}
  std::shared_ptr<const doc::Schema> schema_;
};

}  // namespace iacdb
