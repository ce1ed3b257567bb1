#pragma once
// Otlp: spans out of the program, as OTLP's JSON: to a collector over HTTP, to a file, or both.
//
//   auto otlp = std::make_shared<observe::Otlp>(OtlpOptions{.endpoint = "http://localhost:4318"});
//   observe::Tracer tracer(otlp, 1.0);
//
// record() only queues; a thread sends what has gathered. When a collector does not answer, spans
// are kept until the queue is full and dropped then, and counted. The destructor sends the rest.
// See: https://opentelemetry.io/docs/specs/otlp/ Threads: safe to share.
// Limits: queue_max spans, batch_max a request, 10 s a request.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/secret.hpp"
#include "observe/trace.hpp"

namespace iacdb::io {
class TlsContext;
}

namespace iacdb::observe {

struct OtlpOptions {
  std::string endpoint{};                         ///< "http://host:4318"; empty: none.
  std::map<std::string, base::Secret> headers{};  ///< Sent with each request: a collector's key.
  std::string file{};                             ///< A JSON document a line; empty: none.
  std::string service_name = "iacdb";
  std::string service_version{};
  std::chrono::milliseconds interval{2000};
};

/// One ExportTraceServiceRequest.
std::string otlp_json(const std::vector<Span>& spans, const OtlpOptions& options);

class Otlp final : public SpanSink {
 public:
  static constexpr std::size_t queue_max = 8192;
  static constexpr std::size_t batch_max = 512;

  /// Throws: ConfigError for a malformed endpoint or a file that cannot be opened.
  explicit Otlp(OtlpOptions options);
  ~Otlp() override;

  void record(Span span) noexcept override;
  std::uint64_t dropped() const noexcept { return dropped_; }
  std::uint64_t exported() const noexcept { return exported_; }
  std::uint64_t failures() const noexcept { return failures_; }  ///< Requests that failed.

 private:
  struct Endpoint {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    std::string path;
  };
  static Endpoint parse_endpoint(const std::string& url);

  void run();
  bool send(const std::string& body) const;
  void write_file(const std::string& body) noexcept;

  const OtlpOptions options_;
  Endpoint endpoint_;
  std::unique_ptr<io::TlsContext> tls_;
  int file_ = -1;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::atomic<std::uint64_t> exported_ = 0;
  std::atomic<std::uint64_t> failures_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Span> queue_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace iacdb::observe
