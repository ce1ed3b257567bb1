#pragma once
// FakeMongo: a server of MongoDB's protocol on a loopback port that answers what a test says, and
// remembers what it was asked. It has the sessions and transactions of a replica set, in words.
//
//   FakeMongo server;
//   server.answer([](const Document& command) { return Document::from_json(R"({"ok": 1})"); });
//   DocumentStore store = open_documents(server.url());
//
// Threads: answers are called by one thread a connection, under a lock.

#include <functional>
#include <iacdb/document.hpp>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "io/listener.hpp"
#include "io/tls.hpp"

namespace iacdb::doc {

class FakeMongo {
 public:
  enum class Kind : std::uint8_t { standalone, replica_set };
  /// Nothing: the connection is dropped without a reply.
  using Answer = std::function<std::optional<Document>(const Document& command)>;

  explicit FakeMongo(Kind kind = Kind::replica_set, std::optional<io::TlsContext> tls = {});
  ~FakeMongo();

  /// `within`: milliseconds that a client looks for a server.
  std::string url(const std::string& options = {}, const std::string& within = "5000") const;
  void answer(Answer answer);
  /// What was asked since the last call, without greetings and farewells.
  std::vector<Document> take_commands();

 private:
  void serve(io::Stream stream, const std::stop_token& stop);
  std::optional<std::string> reply_to(const std::string& message);
  std::optional<Document> reply_to(const Document& command);
  Document greeting() const;

  Kind kind_;
  std::optional<io::TlsContext> tls_;
  io::Listener listener_;
  std::mutex mutex_;
  Answer answer_;
  std::vector<Document> commands_;
  std::list<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace iacdb::doc
