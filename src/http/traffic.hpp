#pragma once
// Traffic: how many requests the service answered, how, and how long they took.
//
//   traffic.record("/v1/databases/{name}/query", 200, duration);
//   traffic.append_to(metrics_text);
//
// Routes are patterns and statuses are those the service gives, so that the number of series has a
// limit. Threads: safe to share.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iacdb/health.hpp>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace iacdb::http {

class Traffic {
 public:
  void record(std::string_view route, int status, std::chrono::nanoseconds duration);
  void connection_opened() noexcept { ++connections_; }
  void connection_closed() noexcept { --connections_; }
  void request_begun() noexcept { ++running_; }
  void request_ended() noexcept { --running_; }
  void refused_busy() noexcept { ++refused_; }

  /// In the text form that Prometheus scrapes.
  void append_to(std::string& text) const;

 private:
  struct Times {
    std::array<std::uint64_t, latency_buckets_us.size() + 1> buckets{};
    std::chrono::nanoseconds total{0};
    std::uint64_t count = 0;
  };

  std::atomic<std::uint64_t> connections_ = 0;
  std::atomic<std::uint64_t> running_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string_view, int>, std::uint64_t> counts_;  // Routes are literals.
  std::map<std::string_view, Times> times_;
};

void append_gauge(std::string& text, std::string_view name, std::string_view help,
                  std::uint64_t value);
/// iacdb_database_up: 1 for a database that answered when it was last asked.
void append_up(std::string& text, const std::map<std::string, bool>& states,
               const std::function<bool(std::string_view)>& may_see);

}  // namespace iacdb::http
