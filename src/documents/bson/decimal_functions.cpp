// Transcendental functions of decimal128, computed with spare digits and rounded to 34.

#include <boost/multiprecision/cpp_dec_float.hpp>

#include "documents/bson/big_decimal.hpp"

namespace iacdb::doc {
namespace {

using Real = boost::multiprecision::cpp_dec_float_50;
namespace mp = boost::multiprecision;

Real to_real(Decimal128 value) {
  return Real(print_decimal(value));
}

Decimal128 not_a_number() {
  return *parse_decimal("NaN");
}

Decimal128 from_real(const Real& value) {
  if (mp::isnan(value)) return not_a_number();
  if (mp::isinf(value)) return *parse_decimal(value < 0 ? "-Infinity" : "Infinity");
  if (value == 0) return decimal_of(std::int64_t{0});
  return *parse_decimal(value.str(digits_max, std::ios_base::scientific), true);
}

/// An integer result is written without an exponent: sqrt(4) is 2.
Decimal128 tidy(Decimal128 value) {
  BigDecimal big = unpack(value);
  if (big.kind != BigDecimal::finite) return value;
  while (big.exponent < 0 && big.coefficient != 0 && big.coefficient % 10 == 0) {
    big.coefficient /= 10;
    ++big.exponent;
  }
  return pack(big);
}

Real apply(DecimalFunction function, const Real& x) {
  switch (function) {
    case DecimalFunction::exp:
      return mp::exp(x);
    case DecimalFunction::ln:
      return mp::log(x);
    case DecimalFunction::log10:
      return mp::log10(x);
    case DecimalFunction::sqrt:
      return mp::sqrt(x);
    case DecimalFunction::sin:
      return mp::sin(x);
    case DecimalFunction::cos:
      return mp::cos(x);
    case DecimalFunction::tan:
      return mp::tan(x);
    case DecimalFunction::asin:
      return mp::asin(x);
    case DecimalFunction::acos:
      return mp::acos(x);
    case DecimalFunction::atan:
      return mp::atan(x);
    case DecimalFunction::sinh:
      return mp::sinh(x);
    case DecimalFunction::cosh:
      return mp::cosh(x);
    case DecimalFunction::tanh:
      return mp::tanh(x);
    case DecimalFunction::asinh:
      return mp::log(x + mp::sqrt(x * x + 1));
    case DecimalFunction::acosh:
      return mp::log(x + mp::sqrt(x * x - 1));
    case DecimalFunction::atanh:
      return mp::log((1 + x) / (1 - x)) / 2;
  }
  return x;
}

}  // namespace

Decimal128 decimal_function(DecimalFunction function, Decimal128 value) {
  if (is_nan(value)) return value;
  if (is_infinite(value)) {
    const bool negative = is_negative(value);
    switch (function) {
      case DecimalFunction::exp:
        return negative ? decimal_of(std::int64_t{0}) : value;
      case DecimalFunction::ln:
      case DecimalFunction::log10:
      case DecimalFunction::sqrt:
        return negative ? not_a_number() : value;
      default:
        return not_a_number();
    }
  }
  return tidy(from_real(apply(function, to_real(value))));
}

Decimal128 decimal_power(Decimal128 base, Decimal128 exponent) {
  if (is_zero(exponent)) return decimal_of(std::int64_t{1});
  if (is_nan(base) || is_nan(exponent) || is_infinite(base) || is_infinite(exponent)) {
    return decimal_of_exactly(std::pow(decimal_to_double(base), decimal_to_double(exponent)));
  }
  if (is_zero(base) && is_negative(exponent)) return *parse_decimal("Infinity");
  if (is_negative(base) && !is_integer(exponent)) return not_a_number();
  return tidy(from_real(mp::pow(to_real(base), to_real(exponent))));
}

}  // namespace iacdb::doc
