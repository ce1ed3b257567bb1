#pragma once
// Request and Reply: what a handler of the service sees; no sockets, no HTTP library.
//
//   void handle(const Request& request, Reply& reply) {
//     reply.json(200, R"({"status":"ok"})");
//   }
//
// Threads: one at a time.

#include <map>
#include <stop_token>
#include <string>
#include <string_view>

namespace iacdb::http {

struct Request {
  std::string method;
  std::string path;  ///< Decoded, without the query.
  std::string host;
  std::string content_type;
  std::string accept;
  std::string authorization;
  std::string body;
  std::stop_token stop;  ///< Asked when the client has gone or the service must end.
};

/// Where a handler writes its answer: whole, or in pieces.
class Reply {
 public:
  virtual ~Reply() = default;
  /// The whole answer.
  virtual void send(int status, std::string_view content_type, std::string_view body) = 0;
  /// The start of an answer in pieces; chunk() sends them, finish() ends it.
  virtual void start(int status, std::string_view content_type) = 0;
  /// Blocks until the client has taken enough. Throws: ErrorKind::cancelled when it has gone.
  virtual void chunk(std::string_view piece) = 0;
  virtual void finish() = 0;
  /// Extra header of the answer; before send() or start().
  virtual void header(std::string_view name, std::string_view value) = 0;
  bool is_started() const noexcept { return started_; }

  void json(int status, std::string_view body) { send(status, "application/json", body); }

 protected:
  bool started_ = false;
};

}  // namespace iacdb::http
