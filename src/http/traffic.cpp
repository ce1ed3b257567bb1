#include "http/traffic.hpp"

#include <cstdio>

#include "observe/statement_counters.hpp"

namespace iacdb::http {
namespace {

void append_head(std::string& text, std::string_view name, std::string_view type,
                 std::string_view help) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
  text.append(name).append(" ").append(type).append("\n");
}

std::string quoted(std::string_view label) {
  std::string out = "\"";
  for (const char c : label) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '"';
}

std::string seconds(std::chrono::nanoseconds span) {
  std::array<char, 40> digits{};
  std::snprintf(digits.data(), digits.size(), "%.9g", std::chrono::duration<double>(span).count());
  return digits.data();
}

}  // namespace

void Traffic::record(std::string_view route, int status, std::chrono::nanoseconds duration) {
  const std::lock_guard lock(mutex_);
  ++counts_[{route, status}];
  Times& times = times_[route];
  ++times.count;
  times.total += duration;
  ++times.buckets[observe::StatementCounters::bucket_of(duration)];
}

void Traffic::append_to(std::string& text) const {
  append_gauge(text, "iacdb_http_connections", "Connections of clients.", connections_);
  append_gauge(text, "iacdb_http_running", "Requests being answered.", running_);
  append_head(text, "iacdb_http_refused_busy_total", "counter",
              "Requests refused because concurrency_max were running and waiting.");
  text += "iacdb_http_refused_busy_total " + std::to_string(refused_) + "\n";
  const std::lock_guard lock(mutex_);
  append_head(text, "iacdb_http_requests_total", "counter", "Requests answered, by status.");
  for (const auto& [key, count] : counts_) {
    text += "iacdb_http_requests_total{route=" + quoted(key.first) + ",status=\"" +
            std::to_string(key.second) + "\"} " + std::to_string(count) + "\n";
  }
  append_head(text, "iacdb_http_request_seconds", "histogram",
              "Time of requests, from the whole body to the whole answer.");
  for (const auto& [route, times] : times_) {
    const std::string label = "{route=" + quoted(route);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < times.buckets.size(); ++i) {
      sum += times.buckets[i];
      const std::string bound = i < latency_buckets_us.size()
                                    ? seconds(std::chrono::microseconds(latency_buckets_us[i]))
                                    : "+Inf";
      text += "iacdb_http_request_seconds_bucket" + label + ",le=\"" + bound + "\"} " +
              std::to_string(sum) + "\n";
    }
    text += "iacdb_http_request_seconds_sum" + label + "} " + seconds(times.total) + "\n";
    text += "iacdb_http_request_seconds_count" + label + "} " + std::to_string(times.count) + "\n";
  }
}

void append_gauge(std::string& text, std::string_view name, std::string_view help,
                  std::uint64_t value) {
  append_head(text, name, "gauge", help);
  text.append(name).append(" ").append(std::to_string(value)).append("\n");
}

void append_up(std::string& text, const std::map<std::string, bool>& states,
               const std::function<bool(std::string_view)>& may_see) {
  append_head(text, "iacdb_database_up", "gauge",
              "1 when the database answered the latest readiness check.");
  for (const auto& [name, ok] : states) {
    if (may_see(name)) {
      text += "iacdb_database_up{database=" + quoted(name) + "} " + (ok ? "1\n" : "0\n");
    }
  }
}

}  // namespace iacdb::http
