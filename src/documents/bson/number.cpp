#include "documents/bson/number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "documents/bson/decimal.hpp"

namespace iacdb::doc {
namespace {

constexpr double two_63 = 9223372036854775808.0;

std::int64_t whole(const Value& v) {
  return v.is(Type::int32) ? v.int32() : v.int64();
}
bool is_whole(const Value& v) {
  return v.is(Type::int32) || v.is(Type::int64);
}

/// The overflow test of an operation on two int64, through the compiler's built-in.
template <class Operation, class Real, class Dec>
std::optional<Value> combine(const Value& a, const Value& b, bool checked, Operation operation,
                             Real real, Dec decimal) {
  if (a.is(Type::decimal) || b.is(Type::decimal)) {
    return Value(decimal(to_decimal(a), to_decimal(b)));
  }
  if (!is_whole(a) || !is_whole(b)) return Value(real(to_double(a), to_double(b)));
  std::int64_t result = 0;
  if (operation(whole(a), whole(b), &result)) {
    if (checked) return std::nullopt;
    return Value(real(to_double(a), to_double(b)));
  }
  if (a.is(Type::int32) && b.is(Type::int32)) return narrowest(result);
  return Value(result);
}

std::optional<Value> add_any(const Value& a, const Value& b, bool checked) {
  return combine(
      a, b, checked, [](auto x, auto y, auto* r) { return __builtin_add_overflow(x, y, r); },
      [](double x, double y) { return x + y; }, decimal_add);
}

std::optional<Value> multiply_any(const Value& a, const Value& b, bool checked) {
  return combine(
      a, b, checked, [](auto x, auto y, auto* r) { return __builtin_mul_overflow(x, y, r); },
      [](double x, double y) { return x * y; }, decimal_multiply);
}

}  // namespace

double to_double(const Value& number) {
  switch (number.type()) {
    case Type::int32:
      return number.int32();
    case Type::int64:
      return static_cast<double>(number.int64());
    case Type::real:
      return number.real();
    case Type::decimal:
      return decimal_to_double(number.decimal());
    default:
      return 0;
  }
}

Decimal128 to_decimal(const Value& number) {
  switch (number.type()) {
    case Type::decimal:
      return number.decimal();
    case Type::real:
      return decimal_of(number.real());
    default:
      return decimal_of(is_whole(number) ? whole(number) : std::int64_t{0});
  }
}

std::optional<std::int64_t> exact_int64(const Value& number) {
  switch (number.type()) {
    case Type::int32:
      return number.int32();
    case Type::int64:
      return number.int64();
    case Type::real: {
      const double v = number.real();
      if (!(v >= -two_63 && v < two_63) || v != std::trunc(v)) return std::nullopt;
      return static_cast<std::int64_t>(v);
    }
    case Type::decimal:
      if (!is_integer(number.decimal())) return std::nullopt;
      return decimal_to_int64(number.decimal());
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> truncated_int64(const Value& number) {
  if (number.is(Type::real)) {
    const double v = std::trunc(number.real());
    if (!(v >= -two_63 && v < two_63)) return std::nullopt;
    return static_cast<std::int64_t>(v);
  }
  if (number.is(Type::decimal)) return decimal_to_int64(number.decimal());
  return exact_int64(number);
}

bool number_is_nan(const Value& number) {
  if (number.is(Type::real)) return std::isnan(number.real());
  return number.is(Type::decimal) && is_nan(number.decimal());
}

Value narrowest(std::int64_t value) {
  if (value >= std::numeric_limits<std::int32_t>::min() &&
      value <= std::numeric_limits<std::int32_t>::max()) {
    return Value(static_cast<std::int32_t>(value));
  }
  return Value(value);
}

Value add(const Value& a, const Value& b) {
  return *add_any(a, b, false);
}
Value multiply(const Value& a, const Value& b) {
  return *multiply_any(a, b, false);
}
Value subtract(const Value& a, const Value& b) {
  return *combine(
      a, b, false, [](auto x, auto y, auto* r) { return __builtin_sub_overflow(x, y, r); },
      [](double x, double y) { return x - y; }, decimal_subtract);
}
std::optional<Value> add_checked(const Value& a, const Value& b) {
  return add_any(a, b, true);
}
std::optional<Value> multiply_checked(const Value& a, const Value& b) {
  return multiply_any(a, b, true);
}

std::string shortest(double value) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

/// Plain digits from 0.0001 to below 1e16, an exponent outside, as the server prints a double.
std::string general(double value) {
  const double size = std::fabs(value);
  if (value != 0 && (size < 1e-4 || size >= 1e16)) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::scientific)
                         .ptr;
    return {buffer.data(), end};
  }
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
          .ptr;
  return {buffer.data(), end};
}

std::string print_number(const Value& number) {
  switch (number.type()) {
    case Type::int32:
      return std::to_string(number.int32());
    case Type::int64:
      return std::to_string(number.int64());
    case Type::decimal:
      return print_decimal(number.decimal());
    default:
      break;
  }
  const double v = number.real();
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v < 0 ? "-Infinity" : "Infinity";
  return general(v);
}

}  // namespace iacdb::doc
