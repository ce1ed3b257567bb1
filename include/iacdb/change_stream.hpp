#pragma once
// ChangeStream: what happens to a collection of a MongoDB server, as it happens.
//
//   ChangeStream changes = people.watch();
//   while (running) {
//     if (auto change = changes.next(1s)) apply(*change->document("fullDocument"));
//   }
//
// When the connection breaks, go on behind what was seen last:
//
//   people.watch({}, {.resume_after = changes.resume_token()});

#include <chrono>
#include <cstdint>
#include <iacdb/document.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iacdb {

namespace doc {
class Object;
class Server;
}  // namespace doc

struct WatchOptions {
  Document resume_after{};      ///< A token of another stream; empty: what happens from now on.
  std::string full_document{};  ///< "updateLookup": the whole document with updates, too.
};

/// Threads: one at a time. Lifetime: keeps a connection of the store until its end.
class ChangeStream {
 public:
  ChangeStream(std::shared_ptr<doc::Server> server, std::string collection,
               const doc::Object& command);
  ChangeStream(const ChangeStream&) = delete;
  ChangeStream& operator=(const ChangeStream&) = delete;
  ChangeStream(ChangeStream&& other) noexcept;
  ChangeStream& operator=(ChangeStream&&) = delete;
  ~ChangeStream();

  /// The next change: {_id, operationType, ns, documentKey, fullDocument, ...}; nullopt when none
  /// came within `wait`.
  std::optional<Document> next(std::chrono::milliseconds wait);
  /// Where another stream goes on: behind what next() gave last.
  const Document& resume_token() const noexcept { return token_; }

 private:
  void take_batch(const doc::Object& command);

  std::shared_ptr<doc::Server> server_;
  std::string collection_;
  std::vector<std::string> batch_;
  std::size_t at_ = 0;
  std::int64_t cursor_ = 0;
  Document token_;
  Document token_behind_batch_;
};

}  // namespace iacdb
