#include "backends/mysql/bulk_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

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

/// Bytes from the start that need no escape.
std::size_t plain_size(std::string_view text) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((find_byte(eight, 0x5C5C5C5C5C5C5C5CULL) | find_byte(eight, 0x0909090909090909ULL) |
         find_byte(eight, 0x0A0A0A0A0A0A0A0AULL)) != 0) {
      break;
    }
  }
  while (at < text.size() && !is_special(text[at])) ++at;
  return at;
}

/// Two digits.
char* put2(char* at, unsigned value) noexcept {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
  return at + 2;
}

char* put_date(char* at, const MYSQL_TIME& time) noexcept {
  at = put2(at, time.year / 100);
  at = put2(at, time.year % 100);
  *at++ = '-';
  at = put2(at, time.month);
  *at++ = '-';
  return put2(at, time.day);
}

char* put_clock(char* at, const MYSQL_TIME& time) noexcept {
  const bool is_span = time.time_type == MYSQL_TIMESTAMP_TIME;
  const unsigned hours = is_span ? time.day * 24 + time.hour : time.hour;
  if (hours > 99) *at++ = static_cast<char>('0' + hours / 100);
  at = put2(at, hours % 100);
  *at++ = ':';
  at = put2(at, time.minute);
  *at++ = ':';
  at = put2(at, time.second);
  if (time.second_part == 0) return at;
  *at++ = '.';
  const auto micros = static_cast<unsigned>(time.second_part);
  at = put2(at, micros / 10'000);
  at = put2(at, micros / 100 % 100);
  return put2(at, micros % 100);
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
      char* at = as_chars(buffer_.prepare(number_bytes));
      buffer_.commit_to(as_byte_pointer(std::to_chars(at, at + number_bytes, cell.real()).ptr));
      return;
    }
    case Type::text:
    case Type::json:
      if (!base::is_utf8(cell.text())) {
        raise_value(column, "is a text that is not valid UTF-8", ErrorKind::data, place);
      }
      return append_escaped(cell.text());
    case Type::decimal:
    case Type::bytes:
      return append_escaped(cell.text());
    case Type::uuid:
      return buffer_.append(cell.uuid().print());
    case Type::array:
      raise_value(column, "is an array, which MySQL lacks", ErrorKind::unsupported, place);
    default:
      return append_time(cell, column, place);
  }
}

void BulkText::append_escaped(std::string_view text) {
  for (;;) {
    const std::size_t plain = plain_size(text);
    buffer_.append(text.substr(0, plain));
    if (plain == text.size()) return;
    const char c = text[plain];
    buffer_.append_u8('\\');
    buffer_.append_u8(static_cast<std::uint8_t>(c == '\t' ? 't' : c == '\n' ? 'n' : c));
    text.remove_prefix(plain + 1);
  }
}

void BulkText::append_time(const Cell& cell, std::size_t column, const Place& place) {
  const MYSQL_TIME time = to_mysql_time(cell, column, place);
  char* at = as_chars(buffer_.prepare(number_bytes));
  if (time.time_type != MYSQL_TIMESTAMP_TIME) at = put_date(at, time);
  if (time.time_type == MYSQL_TIMESTAMP_DATETIME) *at++ = ' ';
  if (time.neg) *at++ = '-';
  if (time.time_type != MYSQL_TIMESTAMP_DATE) at = put_clock(at, time);
  buffer_.commit_to(as_byte_pointer(at));
}

void BulkText::append_source(ByteSource& source) {
  std::array<std::byte, 16 * 1024> piece;
  while (const std::size_t size = source.read(piece)) {
    append_escaped(base::as_text({piece.data(), size}));
  }
}

}  // namespace iacdb::mysql
