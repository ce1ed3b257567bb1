// The BID form of decimal128, its text, and its basic arithmetic over big integers.
// See: https://github.com/mongodb/specifications/blob/master/source/bson-decimal128/decimal128.md

#include "documents/bson/decimal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "documents/bson/big_decimal.hpp"

namespace iacdb::doc {
namespace {

constexpr int exponent_bias = 6176;
constexpr std::uint64_t sign_bit = 1ULL << 63;
constexpr std::uint64_t nan_bits = 0x7cULL << 56;
constexpr std::uint64_t infinity_bits = 0x78ULL << 56;

std::uint64_t low_bits(const BigInteger& value) {
  return static_cast<std::uint64_t>(value & BigInteger(~0ULL));
}

bool any_of_word(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) {
             return std::tolower(static_cast<unsigned char>(a)) == b;
           });
  });
}

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes digits and one point; false when there is no digit.
bool take_digits(std::string_view text, std::size_t& at, std::string& digits, int& exponent) {
  bool point = false;
  bool any = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
    } else if (digit(text[at])) {
      any = true;
      digits += text[at];
      if (point) --exponent;
    } else {
      break;
    }
  }
  return any;
}

bool take_exponent(std::string_view text, std::size_t& at, int& exponent) {
  if (at == text.size() || (text[at] != 'e' && text[at] != 'E')) return true;
  ++at;
  const bool negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  if (at == text.size()) return false;
  long value = 0;
  for (; at < text.size(); ++at) {
    if (!digit(text[at])) return false;
    if (value < 100'000'000) value = value * 10 + (text[at] - '0');
  }
  exponent += static_cast<int>(negative ? -value : value);
  return true;
}

}  // namespace

BigInteger power_of_ten(int n) {
  return boost::multiprecision::pow(BigInteger(10), static_cast<unsigned>(n));
}

int digits_of(const BigInteger& value) {
  return value == 0 ? 1 : static_cast<int>(value.str().size());
}

BigDecimal unpack(Decimal128 value) {
  BigDecimal out;
  out.negative = (value.high & sign_bit) != 0;
  const std::uint64_t top = (value.high >> 58) & 0x1f;
  if (top == 0x1f) {
    out.kind = BigDecimal::nan;
  } else if (top == 0x1e) {
    out.kind = BigDecimal::infinite;
  } else if ((top & 0x18) == 0x18) {
    // A coefficient beyond 34 digits: not canonical, and therefore zero.
    out.exponent = static_cast<int>((value.high >> 47) & 0x3fff) - exponent_bias;
  } else {
    out.exponent = static_cast<int>((value.high >> 49) & 0x3fff) - exponent_bias;
    out.coefficient = BigInteger(value.high & ((1ULL << 49) - 1));
    out.coefficient <<= 64;
    out.coefficient |= value.low;
    if (out.coefficient >= power_of_ten(digits_max)) out.coefficient = 0;
  }
  return out;
}

/// Drops `count` digits, rounding.
void drop_digits(BigDecimal& value, int count, Rounding rounding) {
  if (count <= 0) return;
  const BigInteger divisor = power_of_ten(count);
  BigInteger rest;
  BigInteger quotient;
  boost::multiprecision::divide_qr(value.coefficient, divisor, quotient, rest);
  const BigInteger twice = rest * 2;
  bool up = false;
  switch (rounding) {
    case Rounding::half_even:
      up = twice > divisor || (twice == divisor && (quotient & 1) == 1);
      break;
    case Rounding::down:
      break;
    case Rounding::floor:
      up = value.negative && rest != 0;
      break;
    case Rounding::ceiling:
      up = !value.negative && rest != 0;
      break;
  }
  value.coefficient = up ? BigInteger(quotient + 1) : quotient;
  value.exponent += count;
}

Decimal128 pack(BigDecimal value) {
  const std::uint64_t sign = value.negative ? sign_bit : 0;
  if (value.kind == BigDecimal::nan) return {0, nan_bits};
  if (value.kind == BigDecimal::infinite) return {0, infinity_bits | sign};
  drop_digits(value, digits_of(value.coefficient) - digits_max, Rounding::half_even);
  drop_digits(value, digits_of(value.coefficient) - digits_max, Rounding::half_even);
  if (value.coefficient == 0) {
    value.exponent = std::clamp(value.exponent, exponent_min, exponent_max);
  }
  if (value.exponent < exponent_min) {
    const int count = exponent_min - value.exponent;
    if (count > digits_max + 1) {
      value.coefficient = 0;
      value.exponent = exponent_min;
    } else {
      drop_digits(value, count, Rounding::half_even);
    }
  }
  while (value.exponent > exponent_max && digits_of(value.coefficient) < digits_max) {
    value.coefficient *= 10;
    --value.exponent;
  }
  if (value.exponent > exponent_max) return {0, infinity_bits | sign};
  const int shifted = value.exponent + exponent_bias;
  const auto biased = static_cast<std::uint64_t>(shifted);
  return {low_bits(value.coefficient),
          sign | (biased << 49) | low_bits(BigInteger(value.coefficient >> 64))};
}

std::optional<Decimal128> parse_decimal(std::string_view text, bool inexact) {
  BigDecimal out;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative = text[at++] == '-';
  const std::string_view rest = text.substr(at);
  if (any_of_word(rest, {"inf", "infinity"})) {
    out.kind = BigDecimal::infinite;
    return pack(out);
  }
  if (any_of_word(rest, {"nan"})) {
    out.kind = BigDecimal::nan;
    return pack(out);
  }
  std::string digits;
  if (!take_digits(text, at, digits, out.exponent)) return std::nullopt;
  if (!take_exponent(text, at, out.exponent) || at != text.size()) return std::nullopt;
  const std::size_t first = digits.find_first_not_of('0');
  digits.erase(0, std::min(first, digits.size()));
  if (!digits.empty()) out.coefficient = BigInteger(digits);
  if (!inexact && out.coefficient != 0) {
    // Exact or malformed: dropping digits must drop zeros only.
    BigDecimal check = out;
    const int over =
        std::max(digits_of(check.coefficient) - digits_max, exponent_min - check.exponent);
    if (over > 0) {
      if (over > digits_of(check.coefficient)) return std::nullopt;
      if (check.coefficient % power_of_ten(over) != 0) return std::nullopt;
    }
    if (check.exponent > exponent_max &&
        check.exponent - exponent_max > digits_max - digits_of(check.coefficient)) {
      return std::nullopt;
    }
  }
  return pack(out);
}

std::string print_decimal(Decimal128 value) {
  const BigDecimal big = unpack(value);
  if (big.kind == BigDecimal::nan) return "NaN";
  std::string text = big.negative ? "-" : "";
  if (big.kind == BigDecimal::infinite) return text + "Infinity";
  std::string digits = big.coefficient.str();
  const int adjusted = big.exponent + static_cast<int>(digits.size()) - 1;
  if (big.exponent > 0 || adjusted < -6) {
    text += digits[0];
    if (digits.size() > 1) text += "." + digits.substr(1);
    return text + "E" + (adjusted < 0 ? "" : "+") + std::to_string(adjusted);
  }
  if (big.exponent == 0) return text + digits;
  const auto places = static_cast<std::size_t>(-big.exponent);
  if (digits.size() <= places) digits.insert(0, places - digits.size() + 1, '0');
  return text + digits.substr(0, digits.size() - places) + "." +
         digits.substr(digits.size() - places);
}

Decimal128 decimal_of(std::int64_t value) {
  BigDecimal out;
  out.negative = value < 0;
  out.coefficient = BigInteger(value);
  if (out.negative) out.coefficient = -out.coefficient;
  return pack(out);
}

namespace {

Decimal128 decimal_with_digits(double value, int digits) {
  if (std::isnan(value)) return {0, nan_bits};
  if (std::isinf(value)) return {0, infinity_bits | (value < 0 ? sign_bit : 0)};
  if (value == 0) {
    BigDecimal zero;
    zero.negative = std::signbit(value);
    return pack(zero);
  }
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*e", digits - 1, value);
  return *parse_decimal(buffer.data(), true);
}

}  // namespace

Decimal128 decimal_of(double value) {
  return decimal_with_digits(value, 15);
}
Decimal128 decimal_of_exactly(double value) {
  return decimal_with_digits(value, digits_max);
}

double decimal_to_double(Decimal128 value) {
  if (is_nan(value)) return std::nan("");
  if (is_infinite(value)) return is_negative(value) ? -HUGE_VAL : HUGE_VAL;
  return std::strtod(print_decimal(value).c_str(), nullptr);
}

std::optional<std::int64_t> decimal_to_int64(Decimal128 value) {
  if (is_nan(value) || is_infinite(value)) return std::nullopt;
  const BigDecimal big = unpack(decimal_round(value, 0, Rounding::down));
  if (big.coefficient == 0) return 0;
  if (big.exponent > 19) return std::nullopt;
  BigInteger whole = big.coefficient;
  if (big.exponent > 0) whole *= power_of_ten(big.exponent);
  if (big.negative) whole = -whole;
  if (whole > BigInteger(INT64_MAX) || whole < BigInteger(INT64_MIN)) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

bool is_nan(Decimal128 value) noexcept {
  return ((value.high >> 58) & 0x1f) == 0x1f;
}
bool is_infinite(Decimal128 value) noexcept {
  return ((value.high >> 58) & 0x1f) == 0x1e;
}
bool is_negative(Decimal128 value) noexcept {
  return (value.high & sign_bit) != 0;
}
bool is_zero(Decimal128 value) {
  const BigDecimal big = unpack(value);
  return big.kind == BigDecimal::finite && big.coefficient == 0;
}

bool is_integer(Decimal128 value) {
  const BigDecimal big = unpack(value);
  if (big.kind != BigDecimal::finite) return false;
  if (big.exponent >= 0 || big.coefficient == 0) return true;
  if (-big.exponent > digits_max) return false;
  return big.coefficient % power_of_ten(-big.exponent) == 0;
}

Decimal128 decimal_negate(Decimal128 value) noexcept {
  return is_nan(value) ? value : Decimal128{value.low, value.high ^ sign_bit};
}
Decimal128 decimal_abs(Decimal128 value) noexcept {
  return is_nan(value) ? value : Decimal128{value.low, value.high & ~sign_bit};
}

namespace {

/// Where the sum's lowest digit cannot matter, so that huge exponent gaps stay cheap.
void bound_gap(BigDecimal& big, const BigDecimal& small) {
  const int gap = big.exponent - small.exponent;
  const int reach = 2 * digits_max + 4;
  if (big.coefficient == 0 || gap <= reach) return;
  big.coefficient *= power_of_ten(reach);
  big.exponent -= reach;
}

BigDecimal add(BigDecimal a, BigDecimal b) {
  if (a.exponent < b.exponent) std::swap(a, b);
  bound_gap(a, b);
  BigDecimal out;
  if (a.coefficient != 0 && a.exponent - b.exponent > digits_max) {
    // b is below every digit of a: it counts as a sticky one.
    a.coefficient = a.coefficient * 10;
    --a.exponent;
    if (b.coefficient != 0) b.coefficient = 1;
    b.exponent = a.exponent;
  }
  out.exponent = std::min(a.exponent, b.exponent);
  if (a.coefficient != 0 && a.exponent > out.exponent) {
    a.coefficient *= power_of_ten(a.exponent - out.exponent);
  }
  const BigInteger left = a.negative ? BigInteger(-a.coefficient) : a.coefficient;
  const BigInteger right = b.negative ? BigInteger(-b.coefficient) : b.coefficient;
  const BigInteger sum = left + right;
  out.negative = sum < 0 || (sum == 0 && a.negative && b.negative);
  out.coefficient = sum < 0 ? BigInteger(-sum) : sum;
  return out;
}

}  // namespace

std::strong_ordering decimal_compare(Decimal128 a, Decimal128 b) {
  if (is_nan(a) || is_nan(b)) return static_cast<int>(!is_nan(a)) <=> static_cast<int>(!is_nan(b));
  const BigDecimal x = unpack(a);
  const BigDecimal y = unpack(b);
  const auto sign = [](const BigDecimal& v) {
    if (v.kind == BigDecimal::infinite) return v.negative ? -2 : 2;
    if (v.coefficient == 0) return 0;
    return v.negative ? -1 : 1;
  };
  const int left = sign(x);
  const int right = sign(y);
  if (left != right || left == 0 || std::abs(left) == 2) return left <=> right;
  const BigDecimal difference = add(x, [&] {
    BigDecimal negated = y;
    negated.negative = !negated.negative;
    return negated;
  }());
  return sign(difference) <=> 0;
}

Decimal128 decimal_add(Decimal128 a, Decimal128 b) {
  if (is_nan(a) || is_nan(b)) return {0, nan_bits};
  if (is_infinite(a)) {
    return is_infinite(b) && is_negative(a) != is_negative(b) ? Decimal128{0, nan_bits} : a;
  }
  if (is_infinite(b)) return b;
  return pack(add(unpack(a), unpack(b)));
}

Decimal128 decimal_subtract(Decimal128 a, Decimal128 b) {
  return decimal_add(a, decimal_negate(b));
}

Decimal128 decimal_multiply(Decimal128 a, Decimal128 b) {
  if (is_nan(a) || is_nan(b)) return {0, nan_bits};
  const bool negative = is_negative(a) != is_negative(b);
  if (is_infinite(a) || is_infinite(b)) {
    if (is_zero(a) || is_zero(b)) return {0, nan_bits};
    return {0, infinity_bits | (negative ? sign_bit : 0)};
  }
  const BigDecimal x = unpack(a);
  const BigDecimal y = unpack(b);
  BigDecimal out;
  out.negative = negative;
  out.coefficient = x.coefficient * y.coefficient;
  out.exponent = x.exponent + y.exponent;
  return pack(out);
}

Decimal128 decimal_divide(Decimal128 a, Decimal128 b) {
  if (is_nan(a) || is_nan(b)) return {0, nan_bits};
  const bool negative = is_negative(a) != is_negative(b);
  const std::uint64_t sign = negative ? sign_bit : 0;
  if (is_infinite(a)) {
    return is_infinite(b) ? Decimal128{0, nan_bits} : Decimal128{0, infinity_bits | sign};
  }
  BigDecimal out;
  out.negative = negative;
  const BigDecimal x = unpack(a);
  const BigDecimal y = unpack(b);
  if (is_infinite(b)) {
    out.exponent = exponent_min;
    return pack(out);
  }
  if (y.coefficient == 0) {
    return x.coefficient == 0 ? Decimal128{0, nan_bits} : Decimal128{0, infinity_bits | sign};
  }
  // Enough digits that one more, sticky, digit decides the rounding.
  const int shift =
      std::max(0, digits_max + 3 + digits_of(y.coefficient) - digits_of(x.coefficient));
  BigInteger rest;
  boost::multiprecision::divide_qr(BigInteger(x.coefficient * power_of_ten(shift)), y.coefficient,
                                   out.coefficient, rest);
  out.exponent = x.exponent - y.exponent - shift;
  if (rest != 0) {
    out.coefficient = out.coefficient * 10 + 1;
    --out.exponent;
  } else {
    // An exact quotient keeps the exponent nearest to the ideal one.
    const int ideal = x.exponent - y.exponent;
    while (out.exponent < ideal && out.coefficient % 10 == 0 && out.coefficient != 0) {
      out.coefficient /= 10;
      ++out.exponent;
    }
    if (out.coefficient == 0) out.exponent = ideal;
  }
  return pack(out);
}

Decimal128 decimal_modulo(Decimal128 a, Decimal128 b) {
  if (is_nan(a) || is_nan(b) || is_infinite(a) || is_zero(b)) return {0, nan_bits};
  if (is_infinite(b)) return a;
  BigDecimal x = unpack(a);
  BigDecimal y = unpack(b);
  const int exponent = std::min(x.exponent, y.exponent);
  x.coefficient *= power_of_ten(x.exponent - exponent);
  y.coefficient *= power_of_ten(y.exponent - exponent);
  x.coefficient %= y.coefficient;
  x.exponent = exponent;
  return pack(x);
}

Decimal128 decimal_round(Decimal128 value, int places, Rounding rounding) {
  BigDecimal big = unpack(value);
  if (big.kind != BigDecimal::finite || big.exponent >= -places) return value;
  const int drop = -places - big.exponent;
  if (drop > digits_max + 2) {
    const bool away = big.coefficient != 0 && ((rounding == Rounding::floor && big.negative) ||
                                               (rounding == Rounding::ceiling && !big.negative));
    big.coefficient = away ? 1 : 0;
    big.exponent = -places;
    return pack(big);
  }
  drop_digits(big, drop, rounding);
  return pack(big);
}

}  // namespace iacdb::doc
