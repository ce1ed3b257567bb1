#pragma once
// Request and Reply: what a handler of the service sees; no sockets, no HTTP library.
//
//   void handle(const Request& request, Reply& reply) {
//     reply.json(200, R"({"status":"ok"})");
//   }
//
// Threads: one at a time.

#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iacdb::http {

struct Request {
  std::string method;
  std::string target;  ///< As it was sent.
  std::string content_type;
  std::string accept;
  std::string authorization;
  std::string traceparent;
  std::string origin;     ///< Only browsers send it.
  bool has_body = false;  ///< Some announced; empty does not count.
  std::string body;
  std::stop_token stop;  ///< Asked when the client has gone or the service must end.
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What is known once a request's header is there, before its body is read.
struct Admission {
  int status = 0;  ///< 0: go on; else the answer, and the body is not read.
  std::string body{};
  Headers headers{};
  bool runs_statement = true;  ///< Counts for concurrency_max; else it is answered at once.
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
  bool is_started() const noexcept { return status_ != 0; }
  /// What was answered; 0 while nothing was.
  int status() const noexcept { return status_; }

  void json(int status, std::string_view body) { send(status, "application/json", body); }

 protected:
  int status_ = 0;
};

}  // namespace iacdb::http
