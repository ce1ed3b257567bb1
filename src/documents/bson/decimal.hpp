#pragma once
// Arithmetic on decimal128: 34 digits, rounding half to even, as IEEE 754-2008 says.
//
//   Decimal128 sum = decimal_add(*parse_decimal("1.10"), decimal_of(std::int64_t{2}));  // 3.10
//
// Threads: pure functions.

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// The text form of the specification; nullopt when malformed. Digits beyond 34 that are not zero
/// are rounded when `inexact` is allowed, else malformed.
std::optional<Decimal128> parse_decimal(std::string_view text, bool inexact = false);
std::string print_decimal(Decimal128 value);

Decimal128 decimal_of(std::int64_t value);
/// As MongoDB converts: 15 significant digits.
Decimal128 decimal_of(double value);
/// As MongoDB compares: 34 significant digits.
Decimal128 decimal_of_exactly(double value);
double decimal_to_double(Decimal128 value);
/// Rounded toward zero; nullopt when it does not fit or is no number.
std::optional<std::int64_t> decimal_to_int64(Decimal128 value);

bool is_nan(Decimal128 value) noexcept;
bool is_infinite(Decimal128 value) noexcept;
bool is_negative(Decimal128 value) noexcept;
bool is_zero(Decimal128 value);
bool is_integer(Decimal128 value);
/// NaN is below every number and equal to itself.
std::strong_ordering decimal_compare(Decimal128 a, Decimal128 b);

Decimal128 decimal_negate(Decimal128 value) noexcept;
Decimal128 decimal_abs(Decimal128 value) noexcept;
Decimal128 decimal_add(Decimal128 a, Decimal128 b);
Decimal128 decimal_subtract(Decimal128 a, Decimal128 b);
Decimal128 decimal_multiply(Decimal128 a, Decimal128 b);
Decimal128 decimal_divide(Decimal128 a, Decimal128 b);
/// The sign of the dividend, as C's fmod.
Decimal128 decimal_modulo(Decimal128 a, Decimal128 b);

enum class Rounding : std::uint8_t { half_even, down, floor, ceiling };
/// To `places` digits after the point; negative places round before it.
Decimal128 decimal_round(Decimal128 value, int places, Rounding rounding);
enum class DecimalFunction : std::uint8_t {
  exp,
  ln,
  log10,
  sqrt,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh
};
Decimal128 decimal_function(DecimalFunction function, Decimal128 value);
Decimal128 decimal_power(Decimal128 base, Decimal128 exponent);

}  // namespace iacdb::doc
