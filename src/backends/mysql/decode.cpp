// Source: MariaDB protocol, "Resultset row", binary values (mariadb.com/kb/en/resultset-row):
// integers and floats little-endian; dates and times a length byte and their parts, with trailing
// zero parts left out; everything else a length-encoded string.

#include "backends/mysql/decode.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>

#include "backends/mysql/calendar.hpp"
#include "backends/mysql/failure.hpp"

namespace iacdb::mysql {
namespace {

template <class T>
T load(const unsigned char* at) noexcept {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

unsigned byte_at(std::string_view bytes, std::size_t i) noexcept {
  return static_cast<unsigned char>(bytes[i]);
}

/// Reads a length-encoded integer; false when the buffer ends before it.
inline bool take_length(const unsigned char*& at, const unsigned char* end, std::uint64_t& length) {
  if (at >= end) return false;
  const unsigned first = *at;
  if (first < 251) [[likely]] {
    length = first;
    ++at;
    return true;
  }
  const std::ptrdiff_t size = first < 251 ? 1 : first == 252 ? 3 : first == 253 ? 4 : 9;
  if (end - at < size) return false;
  length = first;
  if (first == 252) length = load<std::uint16_t>(at + 1);
  if (first == 253) length = load<std::uint16_t>(at + 1) | std::uint64_t{at[3]} << 16;
  if (first >= 254) length = load<std::uint64_t>(at + 1);
  at += size;
  return true;
}

}  // namespace

void RowDecoder::prepare(const ResultPlan& plan, const MYSQL* handle, ZeroDates zero_dates) {
  plans_ = plan.plans();
  columns_ = plan.columns();
  net_ = &handle->net;
  zero_dates_ = zero_dates;
  if (cells_.size() < plans_.size()) {
    cells_.resize(plans_.size());
    scratch_.resize(plans_.size());
  }
}

void RowDecoder::fail(unsigned column, Problem problem) noexcept {
  if (problem_ != Problem::none) return;
  problem_ = problem;
  problem_column_ = column;
}

void RowDecoder::raise_problem(std::string_view host, std::string_view sql) {
  const Problem problem = problem_;
  problem_ = Problem::none;
  const Place place{host, sql};
  const std::string column = "column " + columns_[problem_column_].name;
  switch (problem) {
    case Problem::zero_date:
      raise_at(ErrorKind::data,
               column + " holds a zero date, or one that no calendar has; see option zero_dates",
               place);
    case Problem::rounded_float:
      raise_at(ErrorKind::unsupported,
               column +
                   " is a FLOAT, which the server rounds in a text of several statements; run "
                   "its statement alone",
               place);
    case Problem::unknown_type:
      raise_at(ErrorKind::unsupported, column + " is of a type iacdb does not know", place);
    default:
      raise_at(ErrorKind::data, column + " holds bytes that are not a value of its type", place);
  }
}

void RowDecoder::take_row(const unsigned char* row) noexcept {
  const unsigned char* const end = net_->buff_end;
  const std::size_t columns = plans_.size();
  // Behind the row's first byte: two reserved bits and one a column, set where it is NULL.
  const unsigned char* const nulls = row + 1;
  const unsigned char* at = nulls + (columns + 9) / 8;
  if (at > end) [[unlikely]]
    return fail(0, Problem::malformed);
  Cell* cell = cells_.data();
  for (unsigned i = 0; i < columns; ++i, ++cell) {
    if ((nulls[(i + 2) / 8] >> ((i + 2) % 8) & 1) != 0) {
      *cell = Cell();
      continue;
    }
    const ColumnPlan plan = plans_[i];
    // A malformed row must not make us read behind the buffer.
    if (end - at < plan.length) [[unlikely]]
      return fail(i, Problem::malformed);
    const unsigned char* const value = at;
    at += plan.length;
    switch (plan.decode) {
      case Decode::int8:
        *cell = Cell::of_int64(load<std::int8_t>(value));
        continue;
      case Decode::uint8:
        *cell = Cell::of_int64(load<std::uint8_t>(value));
        continue;
      case Decode::int16:
        *cell = Cell::of_int64(load<std::int16_t>(value));
        continue;
      case Decode::uint16:
        *cell = Cell::of_int64(load<std::uint16_t>(value));
        continue;
      case Decode::int32:
        *cell = Cell::of_int64(load<std::int32_t>(value));
        continue;
      case Decode::uint32:
        *cell = Cell::of_int64(load<std::uint32_t>(value));
        continue;
      case Decode::int64:
        *cell = Cell::of_int64(load<std::int64_t>(value));
        continue;
      case Decode::uint64:
        *cell = take_unsigned(i, load<std::uint64_t>(value));
        continue;
      case Decode::boolean8: {
        const auto number = load<std::int8_t>(value);
        *cell = number == 0 || number == 1 ? Cell::of_bool(number == 1) : Cell::of_int64(number);
        continue;
      }
      case Decode::float32:
        *cell = Cell::of_float64(load<float>(value));
        continue;
      case Decode::float64:
        *cell = Cell::of_float64(load<double>(value));
        continue;
      default:
        break;
    }
    std::uint64_t size = 0;
    if (!take_length(at, end, size) || size > static_cast<std::uint64_t>(end - at)) [[unlikely]] {
      return fail(i, Problem::malformed);
    }
    const std::string_view bytes(reinterpret_cast<const char*>(at), size);
    at += size;
    *cell =
        plan.decode == Decode::text ? Cell::of_text(plan.type, bytes) : take_sized(i, plan, bytes);
  }
}

inline Cell RowDecoder::take_sized(unsigned column, const ColumnPlan& plan,
                                   std::string_view bytes) noexcept {
  switch (plan.decode) {
    case Decode::datetime:
      return take_binary_moment(column, bytes, false);
    case Decode::date:
      return take_binary_moment(column, bytes, true);
    case Decode::time:
      return take_binary_span(column, bytes);
    case Decode::bit:
      return take_bits(column, bytes);
    case Decode::uuid:
      return take_uuid(column, bytes);
    default:
      fail(column, Problem::unknown_type);
      return Cell();
  }
}

inline Cell RowDecoder::take_binary_moment(unsigned column, std::string_view bytes,
                                           bool date_only) noexcept {
  Moment moment;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  if (bytes.size() >= 4) {
    moment.year = load<std::uint16_t>(at);
    moment.month = at[2];
    moment.day = at[3];
  }
  if (bytes.size() >= 7) {
    moment.hour = at[4];
    moment.minute = at[5];
    moment.second = at[6];
  }
  if (bytes.size() >= 11) moment.micros = load<std::uint32_t>(at + 7);
  return take_moment(column, moment, date_only);
}

Cell RowDecoder::take_binary_span(unsigned column, std::string_view bytes) noexcept {
  std::int64_t micros = 0;
  if (bytes.size() >= 8) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    if (load<std::uint32_t>(at + 1) > span_days_max) {
      fail(column, Problem::malformed);
      return Cell();
    }
    micros = load<std::uint32_t>(at + 1) * micros_per_day + micros_of_day(at[5], at[6], at[7]);
    if (bytes.size() >= 12) micros += load<std::uint32_t>(at + 8);
    if (at[0] != 0) micros = -micros;
  }
  return take_span(column, micros);
}

Cell RowDecoder::take_unsigned(unsigned column, std::uint64_t value) noexcept {
  if (std::in_range<std::int64_t>(value)) [[likely]] {
    return Cell::of_int64(static_cast<std::int64_t>(value));
  }
  auto& scratch = scratch_[column].bytes;
  const auto end = std::to_chars(scratch.data(), scratch.data() + scratch.size(), value).ptr;
  return Cell::of_text(Type::decimal, {scratch.data(), end});
}

Cell RowDecoder::take_moment(unsigned column, const Moment& moment, bool date_only) noexcept {
  if (moment.is_no_date()) [[unlikely]]
    return zero_date(column, moment, date_only);
  if (!moment.is_valid()) [[unlikely]] {
    fail(column, Problem::malformed);
    return Cell();
  }
  const std::int32_t days = days_of(moment.year, moment.month, moment.day);
  if (date_only) return Cell::of_date(days);
  const std::int64_t micros = days * micros_per_day +
                              micros_of_day(moment.hour, moment.minute, moment.second) +
                              moment.micros;
  return plans_[column].type == Type::timestamptz ? Cell::of_timestamptz(micros)
                                                  : Cell::of_timestamp(micros);
}

Cell RowDecoder::zero_date(unsigned column, const Moment& m, bool date_only) noexcept {
  if (zero_dates_ == ZeroDates::error) fail(column, Problem::zero_date);
  if (zero_dates_ != ZeroDates::text) return Cell();
  auto& scratch = scratch_[column].bytes;
  int size = std::snprintf(scratch.data(), scratch.size(), "%04u-%02u-%02u", m.year % 10'000,
                           m.month % 100, m.day % 100);
  if (!date_only) {
    size += std::snprintf(scratch.data() + size, scratch.size() - static_cast<std::size_t>(size),
                          " %02u:%02u:%02u", m.hour % 100, m.minute % 100, m.second % 100);
    if (m.micros != 0) {
      size += std::snprintf(scratch.data() + size, scratch.size() - static_cast<std::size_t>(size),
                            ".%06u", m.micros % 1'000'000);
    }
  }
  return Cell::of_text({scratch.data(), static_cast<std::size_t>(size)});
}

Cell RowDecoder::take_span(unsigned column, std::int64_t micros) noexcept {
  if (micros >= 0 && micros < micros_per_day) return Cell::of_time(micros);
  const Interval interval{0, 0, micros};
  std::memcpy(scratch_[column].bytes.data(), &interval, sizeof interval);
  return Cell::of_interval(reinterpret_cast<const Interval*>(scratch_[column].bytes.data()));
}

Cell RowDecoder::take_bits(unsigned column, std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8 | byte_at(bytes, i);
  return take_unsigned(column, value);
}

Cell RowDecoder::take_uuid(unsigned column, std::string_view text) noexcept {
  auto* out = reinterpret_cast<std::uint8_t*>(scratch_[column].bytes.data());
  std::size_t nibbles = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int nibble = c >= '0' && c <= '9'   ? c - '0'
                       : c >= 'a' && c <= 'f' ? c - 'a' + 10
                       : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                              : -1;
    if (nibble < 0 || nibbles == 32) {
      nibbles = 0;
      break;
    }
    out[nibbles / 2] = static_cast<std::uint8_t>(out[nibbles / 2] << 4 | nibble);
    ++nibbles;
  }
  if (nibbles == 32) return Cell::of_uuid(out);
  fail(column, Problem::malformed);
  return Cell();
}

}  // namespace iacdb::mysql
