// The conversions off the hot path: strict, lossless, or a DataError.

#include "iacdb/convert.hpp"

#include <charconv>
#include <cmath>

#include "iacdb/error.hpp"
#include "iacdb/row.hpp"

namespace iacdb::detail {
namespace {

[[noreturn]] void raise_mismatch(const Cell& cell, std::string_view wanted) {
  if (cell.is_null()) raise_null();
  raise(ErrorKind::data, "a value of type " + std::string(to_string(cell.type())) +
                             " cannot be read as " + std::string(wanted));
}

/// A decimal's digits without a fraction of zeros: "12.00" is 12, "12.50" stays as it is.
std::string_view integral_digits(std::string_view text) {
  const auto point = text.find('.');
  if (point == text.npos) return text;
  return text.find_first_not_of('0', point + 1) == text.npos ? text.substr(0, point) : text;
}

template <class T>
T parse_integer(std::string_view text, std::string_view wanted) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc::result_out_of_range) raise_out_of_range(wanted);
  if (code != std::errc() || end != text.data() + text.size()) {
    raise(ErrorKind::data, "the value is not a whole number");
  }
  return value;
}

template <class T>
T from_real(double real, std::string_view wanted) {
  if (!(real == std::floor(real)) || std::isinf(real)) {
    raise(ErrorKind::data, "the value is not a whole number");
  }
  // 2^63 and 2^64 are exact doubles; the largest integers are not.
  const double limit = std::is_signed_v<T> ? 0x1p63 : 0x1p64;
  if (real >= limit || real < (std::is_signed_v<T> ? -0x1p63 : 0.0)) raise_out_of_range(wanted);
  return static_cast<T>(real);
}

template <class T>
T to_integer(const Cell& cell, std::string_view wanted) {
  switch (cell.type()) {
    case Type::boolean:
      return static_cast<T>(cell.boolean());
    case Type::int64:
      if (!std::in_range<T>(cell.integer())) raise_out_of_range(wanted);
      return static_cast<T>(cell.integer());
    case Type::float64:
      return from_real<T>(cell.real(), wanted);
    case Type::decimal:
      return parse_integer<T>(integral_digits(cell.text()), wanted);
    default:
      raise_mismatch(cell, "a whole number");
  }
}

template <class T>
T parse_from_text(const Cell& cell, Type type) {
  if (cell.type() == Type::text) return T::parse(cell.text());
  raise_mismatch(cell, to_string(type));
}

}  // namespace

std::int64_t slow_int64(const Cell& cell) {
  return to_integer<std::int64_t>(cell, "int64");
}
std::uint64_t slow_uint64(const Cell& cell) {
  return to_integer<std::uint64_t>(cell, "uint64");
}

double slow_double(const Cell& cell) {
  if (cell.type() == Type::int64) {
    const auto real = static_cast<double>(cell.integer());
    // Whole numbers beyond 2^53 may not survive; refuse instead of rounding.
    if (std::abs(real) < 0x1p63 && static_cast<std::int64_t>(real) == cell.integer()) return real;
    raise_out_of_range("double without rounding");
  }
  if (cell.type() == Type::decimal) {
    const std::string_view text = cell.text();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    double real = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), real);
    if (code == std::errc() && end == text.data() + text.size()) return real;
    raise_out_of_range("double");
  }
  raise_mismatch(cell, "a floating-point number");
}

bool slow_bool(const Cell& cell) {
  if (cell.type() == Type::int64 && (cell.integer() == 0 || cell.integer() == 1)) {
    return cell.integer() == 1;
  }
  raise_mismatch(cell, "a boolean (true, false, 0 or 1)");
}

std::string_view slow_text(const Cell& cell) {
  if (cell.type() == Type::json || cell.type() == Type::decimal) return cell.text();
  raise_mismatch(cell, "text");
}

std::string to_owned_text(const Cell& cell) {
  if (cell.is_null()) raise_null();
  if (cell.type() == Type::bytes) raise_mismatch(cell, "text");
  return print(cell);
}

BytesView slow_bytes(const Cell& cell) {
  if (cell.type() == Type::text) return cell.bytes();
  raise_mismatch(cell, "bytes");
}

Decimal to_decimal(const Cell& cell) {
  switch (cell.type()) {
    case Type::decimal:
    case Type::text:
      return Decimal::parse(cell.text());
    case Type::int64:
      return Decimal(cell.integer());
    case Type::float64:
      return Decimal::parse(print(cell));
    default:
      raise_mismatch(cell, "decimal");
  }
}

Date to_date(const Cell& cell) {
  return parse_from_text<Date>(cell, Type::date);
}
Time to_time(const Cell& cell) {
  return parse_from_text<Time>(cell, Type::time);
}

Timestamp to_timestamp(const Cell& cell) {
  if (cell.type() == Type::date) {
    const auto days = static_cast<std::int32_t>(cell.integer());
    if (days == Date::infinity) return {Timestamp::infinity};
    if (days == Date::minus_infinity) return {Timestamp::minus_infinity};
    std::int64_t micros;
    if (__builtin_mul_overflow(std::int64_t{days}, 86'400'000'000, &micros)) {
      raise_out_of_range("timestamp");
    }
    return {micros};
  }
  return parse_from_text<Timestamp>(cell, Type::timestamp);
}

TimestampTz to_timestamptz(const Cell& cell) {
  return parse_from_text<TimestampTz>(cell, Type::timestamptz);
}

Interval to_interval(const Cell& cell) {
  if (cell.type() == Type::interval) return cell.interval();
  if (cell.type() == Type::time) return Interval{0, 0, cell.integer()};
  return parse_from_text<Interval>(cell, Type::interval);
}

Uuid to_uuid(const Cell& cell) {
  if (cell.type() == Type::uuid) return cell.uuid();
  if (cell.type() == Type::bytes && cell.bytes().size() == 16) {
    return Cell::of_uuid(reinterpret_cast<const std::uint8_t*>(cell.bytes().data())).uuid();
  }
  return parse_from_text<Uuid>(cell, Type::uuid);
}

Json to_json(const Cell& cell) {
  if (cell.type() == Type::json || cell.type() == Type::text) {
    return Json{std::string(cell.text())};
  }
  raise_mismatch(cell, "json");
}

const ArrayView& to_array_view(const Cell& cell) {
  if (cell.type() != Type::array) raise_mismatch(cell, "an array");
  if (cell.array().dimensions_count > 1) {
    raise(ErrorKind::data,
          "an array of several dimensions cannot be read into a vector; use Array");
  }
  return cell.array();
}

void raise_null() {
  raise(ErrorKind::data, "NULL cannot be read into a plain type; use std::optional");
}

void raise_out_of_range(std::string_view type) {
  raise(ErrorKind::data, "the value is out of range for " + std::string(type));
}

}  // namespace iacdb::detail
