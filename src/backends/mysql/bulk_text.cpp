#include "backends/mysql/bulk_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "backends/mysql/calendar.hpp"
#include "backends/mysql/parameters.hpp"
#include "base/text.hpp"

namespace iacdb::mysql {
namespace {

constexpr std::size_t number_bytes = 32;

char* as_chars(std::byte* at) noexcept {
  return reinterpret_cast<char*>(at);
}
std::byte* as_byte_pointer(char* at) noexcept {
  return reinterpret_cast<std::byte*>(at);
}

bool is_special(char c) noexcept {
  return c == '\\' || c == '\t' || c == '\n';
}

/// Whether one of eight bytes equals the byte repeated in `pattern`.
std::uint64_t find_byte(std::uint64_t eight, std::uint64_t pattern) noexcept {
  const std::uint64_t x = eight ^ pattern;
  return (x - 0x0101010101010101ULL) & ~x & 0x8080808080808080ULL;
}

struct Plain {
  std::size_t size = 0;  ///< bytes from the start that need no escape
  bool is_ascii = true;  ///< those bytes, as far as they were read
};

/// One pass finds both what must be escaped and what may not be UTF-8.
Plain plain_part(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080ULL;
  Plain plain;
  std::uint64_t all = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((find_byte(eight, 0x5C5C5C5C5C5C5C5CULL) | find_byte(eight, 0x0909090909090909ULL) |
         find_byte(eight, 0x0A0A0A0A0A0A0A0AULL)) != 0) {
      break;
    }
    all |= eight;
  }
  for (; at < text.size() && !is_special(text[at]); ++at) {
    all |= static_cast<unsigned char>(text[at]);
  }
  plain.size = at;
  plain.is_ascii = (all & high_bits) == 0;
  return plain;
}

/// Two digits.
char* put2(char* at, unsigned value) noexcept {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
  return at + 2;
}

char* put_date(char* at, std::int32_t days) noexcept {
  MYSQL_TIME time;
  set_date(time, days);
  at = put2(at, time.year / 100);
  at = put2(at, time.year % 100);
  *at++ = '-';
  at = put2(at, time.month);
  *at++ = '-';
  return put2(at, time.day);
}

/// A clock of not negative microseconds; hours go to 838.
char* put_clock(char* at, std::int64_t span) noexcept {
  const auto seconds = static_cast<std::uint32_t>(span / micros_per_second);
  const auto micros = static_cast<std::uint32_t>(span % micros_per_second);
  const std::uint32_t hours = seconds / 3600;
  if (hours > 99) *at++ = static_cast<char>('0' + hours / 100);
  at = put2(at, hours % 100);
  *at++ = ':';
  at = put2(at, seconds / 60 % 60);
  *at++ = ':';
  at = put2(at, seconds % 60);
  if (micros == 0) return at;
  *at++ = '.';
  at = put2(at, micros / 10'000);
  at = put2(at, micros / 100 % 100);
  return put2(at, micros % 100);
}

/// A double that is a whole number of thousandths, as its digits; null when it is none.
///
/// Division rounds correctly, so m / 1000 in decimal is read back as (double)m / 1000: when that is
/// the number itself, the short text means exactly it. Most numbers of tables are of this kind, and
/// the search for the shortest text costs six times as much.
char* put_thousandths(char* at, double value) noexcept {
  constexpr double limit = 1e12;
  if (!(value > -limit && value < limit)) return nullptr;
  const double scaled = value * 1000;
  const auto thousandths = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  if (static_cast<double>(thousandths) / 1000 != value) return nullptr;
  if (thousandths == 0) return nullptr;  // 0 or -0: rare enough.
  if (thousandths < 0) *at++ = '-';
  const std::uint64_t size =
      static_cast<std::uint64_t>(thousandths < 0 ? -thousandths : thousandths);
  at = std::to_chars(at, at + number_bytes, size / 1000).ptr;
  const auto rest = static_cast<unsigned>(size % 1000);
  if (rest == 0) return at;
  *at++ = '.';
  *at++ = static_cast<char>('0' + rest / 100);
  if (rest % 100 == 0) return at;
  *at++ = static_cast<char>('0' + rest / 10 % 10);
  if (rest % 10 != 0) *at++ = static_cast<char>('0' + rest % 10);
  return at;
}

[[noreturn]] void raise_value(std::size_t column, std::string_view what, ErrorKind kind,
                              const Place& place) {
  raise_at(kind, "value " + std::to_string(column + 1) + " of a bulk row " + std::string(what),
           place);
}

}  // namespace

void BulkText::append_row(std::span<const Cell> row, const Place& place) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) buffer_.append_u8('\t');
    append(row[i], i, place);
  }
  buffer_.append_u8('\n');
}

void BulkText::append(const Cell& cell, std::size_t column, const Place& place) {
  if (cell.is_streamed()) [[unlikely]]
    return append_source(*cell.source());
  switch (cell.type()) {
    case Type::null:
      return buffer_.append("\\N");
    case Type::boolean:
      return buffer_.append_u8(cell.boolean() ? '1' : '0');
    case Type::int64: {
      char* at = as_chars(buffer_.prepare(number_bytes));
      buffer_.commit_to(as_byte_pointer(std::to_chars(at, at + number_bytes, cell.integer()).ptr));
      return;
    }
    case Type::float64: {
      if (!std::isfinite(cell.real())) {
        raise_value(column, "is not a finite number", ErrorKind::data, place);
      }
      char* at = as_chars(buffer_.prepare(2 * number_bytes));
      char* end = put_thousandths(at, cell.real());
      if (end == nullptr) end = std::to_chars(at, at + number_bytes, cell.real()).ptr;
      buffer_.commit_to(as_byte_pointer(end));
      return;
    }
    case Type::text:
    case Type::json:
      if (!append_escaped(cell.text()) && !base::is_utf8(cell.text())) {
        raise_value(column, "is a text that is not valid UTF-8", ErrorKind::data, place);
      }
      return;
    case Type::decimal:
    case Type::bytes:
      append_escaped(cell.text());
      return;
    case Type::uuid:
      return buffer_.append(cell.uuid().print());
    case Type::array:
      raise_value(column, "is an array, which MySQL lacks", ErrorKind::unsupported, place);
    default:
      return append_time(cell, column, place);
  }
}

bool BulkText::append_escaped(std::string_view text) {
  bool is_ascii = true;
  for (;;) {
    const Plain plain = plain_part(text);
    is_ascii = is_ascii && plain.is_ascii;
    buffer_.append(text.substr(0, plain.size));
    if (plain.size == text.size()) return is_ascii;
    const char c = text[plain.size];
    buffer_.append_u8('\\');
    buffer_.append_u8(static_cast<std::uint8_t>(c == '\t' ? 't' : c == '\n' ? 'n' : c));
    text.remove_prefix(plain.size + 1);
  }
}

void BulkText::append_time(const Cell& cell, std::size_t column, const Place& place) {
  const TimeParts parts = time_parts(cell, column, place);
  char* at = as_chars(buffer_.prepare(number_bytes));
  if (parts.has_date) {
    if (parts.days != last_days_) {  // Rows that follow each other often share their day.
      put_date(last_date_.data(), parts.days);
      last_days_ = parts.days;
    }
    std::memcpy(at, last_date_.data(), last_date_.size());
    at += last_date_.size();
  }
  if (parts.has_date && parts.has_clock) *at++ = ' ';
  if (parts.is_negative) *at++ = '-';
  if (parts.has_clock) at = put_clock(at, parts.micros);
  buffer_.commit_to(as_byte_pointer(at));
}

void BulkText::append_source(ByteSource& source) {
  std::array<std::byte, 16 * 1024> piece;
  while (const std::size_t size = source.read(piece)) {
    append_escaped(base::as_text({piece.data(), size}));
  }
}

}  // namespace iacdb::mysql
