#include "observe/log_line.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "base/text.hpp"

namespace iacdb::observe {
namespace {

std::string print_time(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(since - whole).count();
  const std::time_t seconds = whole.count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + size, text.size() - size, ".%03dZ", static_cast<int>(millis));
  return text.data();
}

/// How many bytes the sequence has that `first` begins.
std::size_t sequence_bytes(unsigned char first) {
  if (first < 0xC0) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

/// The character of a valid sequence of two or three bytes.
unsigned decode(std::string_view sequence) {
  const auto bits = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]) & 0x3FU; };
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 2) return (first & 0x1FU) << 6 | bits(1);
  return (first & 0x0FU) << 12 | bits(1) << 6 | bits(2);
}

/// C0 and C1 controls, line and paragraph separators, and what turns the direction of writing.
bool is_control(unsigned c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0xFEFF;
}

void append_code(std::string& out, unsigned c) {
  std::array<char, 8> code{};
  std::snprintf(code.data(), code.size(), "\\u%04x", c);
  out += code.data();
}

void append_one(std::string& out, std::string_view sequence) {
  const char first = sequence[0];
  if (sequence.size() == 4) {
    out += sequence;
  } else if (first == '\n') {
    out += "\\n";
  } else if (first == '\t') {
    out += "\\t";
  } else if (first == '\r') {
    out += "\\r";
  } else if (first == '"' || first == '\\') {
    out += {'\\', first};
  } else {
    const unsigned c = sequence.size() == 1 ? static_cast<unsigned char>(first) : decode(sequence);
    if (is_control(c)) {
      append_code(out, c);
    } else {
      out += sequence;
    }
  }
}

bool is_bare_word(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7F) return false;
  }
  return !text.empty();
}

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
  constexpr std::array<std::string_view, 6> names = {"error", "warn",  "info",
                                                     "debug", "trace", "off"};
  return names[static_cast<std::size_t>(level)];
}

void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view sequence =
        text.substr(at, sequence_bytes(static_cast<unsigned char>(text[at])));
    if (!base::is_utf8(sequence)) {
      out += "\\ufffd";
      ++at;
      continue;
    }
    append_one(out, sequence);
    at += sequence.size();
  }
}

LogLine::LogLine(LogFormat format, LogLevel level, std::string_view event,
                 std::chrono::system_clock::time_point time)
    : format_(format) {
  const std::string printed = print_time(time);
  if (format == LogFormat::json) {
    text_ = "{\"time\":\"" + printed + "\"";
    add("level", to_string(level)).add("event", event);
    return;
  }
  text_ = printed + " " + base::upper(to_string(level));
  text_.append(to_string(level).size() < 5 ? "  " : " ").append(event);
}

void LogLine::begin(std::string_view name) {
  if (format_ == LogFormat::json) {
    text_.append(",\"").append(name).append("\":");
  } else {
    text_.append(" ").append(name).append("=");
  }
}

void LogLine::quote(std::string_view text) {
  text_ += '"';
  append_escaped(text_, text);
  text_ += '"';
}

LogLine& LogLine::add(std::string_view name, std::string_view text) {
  begin(name);
  if (text.size() > field_bytes_max) {
    quote(std::string(base::utf8_prefix(text, field_bytes_max - 3)) + "...");
  } else if (format_ == LogFormat::text && is_bare_word(text)) {
    text_ += text;
  } else {
    quote(text);
  }
  return *this;
}

LogLine& LogLine::add_if(std::string_view name, std::string_view text) {
  return text.empty() ? *this : add(name, text);
}

LogLine& LogLine::add(std::string_view name, std::uint64_t number) {
  begin(name);
  text_ += std::to_string(number);
  return *this;
}

LogLine& LogLine::add(std::string_view name, std::int64_t number) {
  begin(name);
  text_ += std::to_string(number);
  return *this;
}

LogLine& LogLine::add(std::string_view name, double number) {
  begin(name);
  std::array<char, 340> digits{};
  std::snprintf(digits.data(), digits.size(), "%.3f", number);
  text_ += digits.data();
  return *this;
}

const std::string& LogLine::finish() {
  if (format_ == LogFormat::json) text_ += '}';
  return text_;
}

}  // namespace iacdb::observe
