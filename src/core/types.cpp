#include "iacdb/types.hpp"

#include <array>
#include <cctype>

#include "core/calendar.hpp"
#include "iacdb/error.hpp"

namespace iacdb {
namespace {

using core::TextReader;

constexpr std::int64_t micros_per_day = 86'400'000'000;

constexpr std::array<std::string_view, 15> type_names = {
    "null", "boolean",   "int64",       "float64",  "decimal", "text", "bytes", "date",
    "time", "timestamp", "timestamptz", "interval", "uuid",    "json", "array",
};

[[noreturn]] void raise_malformed(std::string_view type, std::string_view form) {
  raise(ErrorKind::data,
        "text is not a valid " + std::string(type) + "; expected " + std::string(form));
}

/// Splits floored: the day and the microseconds within it, never negative.
void append_timestamp(std::string& out, std::int64_t micros) {
  std::int64_t day = micros / micros_per_day;
  std::int64_t rest = micros % micros_per_day;
  if (rest < 0) {
    rest += micros_per_day;
    --day;
  }
  core::append_date(out, day);
  out += ' ';
  core::append_time(out, rest);
}

/// Date, and time when there is one. Nothing when the text is no timestamp or out of range.
std::optional<std::int64_t> take_timestamp(TextReader& reader) {
  TextReader at = reader;
  const auto days = core::take_date(at);
  if (!days) return std::nullopt;
  std::int64_t time = 0;
  TextReader after = at;
  if (after.take('T') || after.take('t') || after.take(' ')) {
    if (const auto taken = core::take_time(after)) {
      time = *taken;
      at = after;
    }
  }
  std::int64_t micros;
  if (__builtin_mul_overflow(std::int64_t{*days}, micros_per_day, &micros) ||
      __builtin_add_overflow(micros, time, &micros)) {
    return std::nullopt;
  }
  reader = at;
  return micros;
}

/// "infinity" or "-infinity", as PostgreSQL prints them.
template <class T>
bool parse_infinity(std::string_view text, T infinity, T minus_infinity, T& out) {
  TextReader reader(text);
  const bool negative = reader.take('-');
  if (!reader.take_word("infinity") || !reader.at_end()) return false;
  out = negative ? minus_infinity : infinity;
  return true;
}

}  // namespace

std::string_view to_string(Type type) noexcept {
  return type_names[static_cast<std::size_t>(type)];
}

Date Date::of(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) raise(ErrorKind::data, "no such day in the calendar");
  return Date{static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count())};
}

Date Date::parse(std::string_view text) {
  Date result;
  if (parse_infinity(text, infinity, minus_infinity, result.days)) return result;
  TextReader reader(text);
  const auto days = core::take_date(reader);
  if (!days || !reader.at_end()) raise_malformed("date", "YYYY-MM-DD");
  return Date{*days};
}

std::string Date::print() const {
  if (days == infinity) return "infinity";
  if (days == minus_infinity) return "-infinity";
  std::string out;
  core::append_date(out, days);
  return out;
}

Time Time::parse(std::string_view text) {
  TextReader reader(text);
  const auto micros = core::take_time(reader);
  if (!micros || !reader.at_end()) raise_malformed("time", "HH:MM:SS[.ffffff]");
  return Time{*micros};
}

std::string Time::print() const {
  std::string out;
  core::append_time(out, micros);
  return out;
}

Timestamp Timestamp::parse(std::string_view text) {
  Timestamp result;
  if (parse_infinity(text, infinity, minus_infinity, result.micros)) return result;
  TextReader reader(text);
  const auto micros = take_timestamp(reader);
  if (!micros || !reader.at_end()) {
    raise_malformed("timestamp", "YYYY-MM-DD HH:MM:SS[.ffffff] without a zone");
  }
  return Timestamp{*micros};
}

std::string Timestamp::print() const {
  if (micros == infinity) return "infinity";
  if (micros == minus_infinity) return "-infinity";
  std::string out;
  append_timestamp(out, micros);
  return out;
}

TimestampTz TimestampTz::parse(std::string_view text) {
  TimestampTz result;
  if (parse_infinity(text, infinity, minus_infinity, result.micros)) return result;
  TextReader reader(text);
  const auto micros = take_timestamp(reader);
  if (micros) {
    reader.skip_spaces();
    const auto offset = core::take_offset(reader);
    if (offset && reader.at_end() &&
        !__builtin_sub_overflow(*micros, std::int64_t{*offset} * 1'000'000, &result.micros)) {
      return result;
    }
  }
  raise_malformed("timestamp with zone", "YYYY-MM-DD HH:MM:SS[.ffffff] and Z or +HH[:MM]");
}

std::string TimestampTz::print() const {
  std::string text = Timestamp{micros}.print();
  if (micros != infinity && micros != minus_infinity) text += "+00";
  return text;
}

Uuid Uuid::parse(std::string_view text) {
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') {
    text = text.substr(1, text.size() - 2);
  }
  Uuid result;
  std::size_t nibbles = 0;
  for (const char c : text) {
    if (c == '-') {
      if (nibbles % 4 != 0 || nibbles == 0) break;
      continue;
    }
    const int lower = std::tolower(static_cast<unsigned char>(c));
    int value = -1;
    if (lower >= '0' && lower <= '9') value = lower - '0';
    if (lower >= 'a' && lower <= 'f') value = lower - 'a' + 10;
    if (value < 0 || nibbles == 32) {
      nibbles = 33;
      break;
    }
    auto& byte = result.bytes[nibbles / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++nibbles;
  }
  if (nibbles != 32 || text.back() == '-') {
    raise_malformed("uuid", "32 hexadecimal digits, groups joined by -");
  }
  return result;
}

std::string Uuid::print() const {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

}  // namespace iacdb
