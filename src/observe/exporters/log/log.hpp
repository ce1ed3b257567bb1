#pragma once
// Log: an observer that writes what happens to standard error or to a file, a line an event.
//
//   auto log = observe::make_log({.level = LogLevel::info, .slow_query_threshold = 500ms});
//   auto db = iacdb::open(url, {.observer = log});
//
//   event              level
//   query              debug
//   slow_query         warn
//   query_failed       error: server, network; warn: most; info: what programs live with
//   pool_<what>        debug: opened, closed; info: breaker_closed; error: breaker_opened; else
//   warn
//
// Statements appear as their fingerprint, commands of document stores as their shape; their values,
// the server's own words and secrets never do. Lines are written at once, by the thread that they
// are about: nothing is queued. A line that cannot be written is counted.
// Threads: safe to share.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iacdb/observer.hpp>
#include <map>
#include <memory>
#include <string>

#include "observe/log_line.hpp"

namespace spdlog {
class logger;
}

namespace iacdb::observe {

struct LogOptions {
  LogLevel level = LogLevel::info;  ///< The least important level that is written.
  LogFormat format = LogFormat::text;
  std::string file;                                      ///< Appended to; empty: standard error.
  std::chrono::milliseconds slow_query_threshold{1000};  ///< 0: never.
  /// Databases with a threshold of their own.
  std::map<std::string, std::chrono::milliseconds, std::less<>> slow_query_thresholds{};
  bool slow_query_plan = false;  ///< Whether slow statements are explained.
};

class Log final : public Observer {
 public:
  /// Throws: ConfigError when the file cannot be opened.
  explicit Log(const LogOptions& options);
  ~Log() override;

  void on_query(const QueryEvent& event) override;
  void on_pool(const PoolEvent& event) override;
  std::chrono::nanoseconds plan_after(std::string_view database) const override;

  bool writes(LogLevel level) const noexcept {
    return level <= options_.level && options_.level != LogLevel::off;
  }
  /// A line of one's own: `if (log.writes(level)) log.write(log.line(level, "started").add(...))`.
  LogLine line(LogLevel level, std::string_view event) const;
  void write(LogLine& line) noexcept;
  /// Lines that could not be written: a full disk.
  std::uint64_t lost() const noexcept { return lost_; }

 private:
  std::chrono::milliseconds threshold_of(std::string_view database) const;

  const LogOptions options_;
  const std::unique_ptr<spdlog::logger> logger_;
  std::atomic<std::uint64_t> lost_ = 0;
};

std::shared_ptr<Log> make_log(const LogOptions& options);

}  // namespace iacdb::observe
