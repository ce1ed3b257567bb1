#pragma once
// A decimal128 taken apart: sign, coefficient and exponent over a big integer.
// Threads: plain values.

#include <boost/multiprecision/cpp_int.hpp>

#include "documents/bson/decimal.hpp"

namespace iacdb::doc {

using BigInteger = boost::multiprecision::cpp_int;

inline constexpr int digits_max = 34;
inline constexpr int exponent_min = -6176;
inline constexpr int exponent_max = 6111;

struct BigDecimal {
  enum Kind : std::uint8_t { finite, infinite, nan };
  Kind kind = finite;
  bool negative = false;
  BigInteger coefficient = 0;
  int exponent = 0;
};

BigDecimal unpack(Decimal128 value);
/// Rounds to 34 digits and to the range of exponents.
Decimal128 pack(BigDecimal value);
BigInteger power_of_ten(int n);
int digits_of(const BigInteger& value);

}  // namespace iacdb::doc
