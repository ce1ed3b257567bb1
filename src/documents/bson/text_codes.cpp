// Base64, hexadecimal and ISO dates.

#include <array>
#include <chrono>
#include <cstdio>

#include "documents/bson/ext_json.hpp"

namespace iacdb::doc {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A fixed number of digits at `at`; -1 when there are not that many.
std::int64_t fixed_digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (text.size() - at < count) return -1;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[at++];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool take(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

/// ".5", ".123" or nothing, as milliseconds.
bool take_fraction(std::string_view text, std::size_t& at, std::int64_t& millis) {
  if (!take(text, at, '.')) return true;
  std::int64_t scale = 100;
  const std::size_t start = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    millis += (text[at++] - '0') * scale;
    scale /= 10;
  }
  return at > start;
}

/// "Z", "+01:00" or "+0100", as milliseconds.
bool take_offset(std::string_view text, std::size_t& at, std::int64_t& millis) {
  if (take(text, at, 'Z')) return true;
  const bool minus = at < text.size() && text[at] == '-';
  if (!minus && !(at < text.size() && text[at] == '+')) return false;
  ++at;
  const std::int64_t hours = fixed_digits(text, at, 2);
  take(text, at, ':');
  const std::int64_t minutes = fixed_digits(text, at, 2);
  if (hours < 0 || minutes < 0) return false;
  const std::int64_t offset = (hours * 60 + minutes) * 60'000;
  millis += minus ? offset : -offset;
  return true;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8) | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? base64_digits[(group >> (18 - 6 * k)) & 63] : '=';
    }
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string out;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    std::size_t digit = base64_digits.find(c);
    if (c == '-') digit = 62;
    if (c == '_') digit = 63;
    if (digit == std::string_view::npos) return std::nullopt;
    group = (group << 6) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((group >> bits) & 0xFF);
    }
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<std::uint8_t>(c) >> 4];
    out += digits[static_cast<std::uint8_t>(c) & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<Oid> parse_oid(std::string_view text) {
  const auto bytes = text.size() == 24 ? from_hex(text) : std::nullopt;
  if (!bytes) return std::nullopt;
  Oid oid;
  for (std::size_t i = 0; i < 12; ++i) oid.bytes[i] = static_cast<std::uint8_t>((*bytes)[i]);
  return oid;
}

std::string print_iso_date(std::int64_t millis) {
  using namespace std::chrono;
  constexpr std::int64_t day_millis = 86'400'000;
  std::int64_t days_since = millis / day_millis;
  std::int64_t rest = millis % day_millis;
  if (rest < 0) {
    rest += day_millis;
    --days_since;
  }
  const year_month_day date{sys_days(days(days_since))};
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(rest / 3'600'000),
                static_cast<int>(rest / 60'000 % 60), static_cast<int>(rest / 1000 % 60),
                static_cast<int>(rest % 1000));
  return buffer.data();
}

std::optional<std::int64_t> parse_iso_date(std::string_view text) {
  using namespace std::chrono;
  std::size_t at = 0;
  const std::int64_t y = fixed_digits(text, at, 4);
  if (y < 0 || !take(text, at, '-')) return std::nullopt;
  const std::int64_t mo = fixed_digits(text, at, 2);
  if (mo < 0 || !take(text, at, '-')) return std::nullopt;
  const std::int64_t d = fixed_digits(text, at, 2);
  if (d < 0) return std::nullopt;
  const year_month_day date{year(static_cast<int>(y)), month(static_cast<unsigned>(mo)),
                            day(static_cast<unsigned>(d))};
  if (!date.ok() || !(take(text, at, 'T') || take(text, at, ' '))) return std::nullopt;
  const std::int64_t h = fixed_digits(text, at, 2);
  if (h < 0 || h > 23 || !take(text, at, ':')) return std::nullopt;
  const std::int64_t mi = fixed_digits(text, at, 2);
  if (mi < 0 || mi > 59) return std::nullopt;
  std::int64_t s = 0;
  std::int64_t millis = 0;
  if (take(text, at, ':')) {
    s = fixed_digits(text, at, 2);
    if (s < 0 || s > 59 || !take_fraction(text, at, millis)) return std::nullopt;
  }
  if (!take_offset(text, at, millis) || at != text.size()) return std::nullopt;
  const std::int64_t day_count = sys_days(date).time_since_epoch().count();
  return ((day_count * 24 + h) * 60 + mi) * 60'000 + s * 1000 + millis;
}

}  // namespace iacdb::doc
