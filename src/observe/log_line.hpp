#pragma once
// LogLine: one structured line of a log, as text for people or as JSON for programs.
//
//   LogLine line(LogFormat::text, LogLevel::warn, "slow_query", now);
//   line.add("database", "orders").add("ms", 1234.5);
//   line.finish();   // 2026-11-24T04:05:06.789Z WARN  slow_query database=orders ms=1234.5
//
// Text comes from outside: whatever could end the line, move a terminal's cursor, turn the
// direction of writing or is not UTF-8 is escaped, and long text is cut. Threads: one at a time.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace iacdb::observe {

enum class LogLevel : std::uint8_t { error, warn, info, debug, trace, off };
enum class LogFormat : std::uint8_t { text, json };
std::string_view to_string(LogLevel level) noexcept;

/// Appends `text` in the escapes that JSON strings and our text form share.
void append_escaped(std::string& out, std::string_view text);

class LogLine {
 public:
  /// Of one field; what is longer ends in "...".
  static constexpr std::size_t field_bytes_max = 4096;

  LogLine(LogFormat format, LogLevel level, std::string_view event,
          std::chrono::system_clock::time_point time);

  LogLine& add(std::string_view name, std::string_view text);
  LogLine& add(std::string_view name, std::uint64_t number);
  LogLine& add(std::string_view name, std::int64_t number);
  LogLine& add(std::string_view name, double number);  ///< With three digits after the point.
  /// As add(), unless `text` is empty.
  LogLine& add_if(std::string_view name, std::string_view text);
  /// The line, without an end of line.
  const std::string& finish();

 private:
  void begin(std::string_view name);
  void quote(std::string_view text);

  LogFormat format_;
  std::string text_;
};

}  // namespace iacdb::observe
