// $add, $subtract, $multiply, $divide, $mod, rounding and bits.

#include <cmath>

#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

[[noreturn]] void date_overflow(const Expression& call) {
  fail(Code::overflow, "date overflow in " + op_name(call));
}

Value moved_date(const Expression& call, std::int64_t date, const Value& millis, bool back) {
  Value offset = millis;
  if (offset.is(Type::real)) offset = Value(std::round(offset.real()));
  if (offset.is(Type::decimal)) {
    offset = Value(decimal_round(offset.decimal(), 0, Rounding::half_even));
  }
  const auto whole = truncated_int64(offset);
  if (!whole) date_overflow(call);
  std::int64_t out = 0;
  const bool over = back ? __builtin_sub_overflow(date, *whole, &out)
                         : __builtin_add_overflow(date, *whole, &out);
  if (over) date_overflow(call);
  return Value(Date{out});
}

Value op_add(const Expression& call, const Scope& scope) {
  Value sum(std::int32_t{0});
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (v.nullish()) return Value(nullptr);
    if (v.is_number()) {  // Beside a date each number is rounded by itself.
      sum = sum.is(Type::date) ? moved_date(call, sum.millis(), v, false) : add(sum, v);
    } else if (v.is(Type::date)) {
      if (sum.is(Type::date)) fail_at(16612, "only one date allowed in an $add expression");
      sum = moved_date(call, v.millis(), sum, false);
    } else {
      fail(Code::type_mismatch, "$add only supports numeric or date types, not " + type_of(v));
    }
  }
  return sum;
}

Value op_subtract(const Expression& call, const Scope& scope) {
  const Value a = argument(call, 0, scope);
  const Value b = argument(call, 1, scope);
  if (a.nullish() || b.nullish()) return Value(nullptr);
  if (a.is_number() && b.is_number()) return subtract(a, b);
  if (a.is(Type::date) && b.is(Type::date)) {
    std::int64_t out = 0;
    if (__builtin_sub_overflow(a.millis(), b.millis(), &out)) date_overflow(call);
    return Value(out);
  }
  if (a.is(Type::date) && b.is_number()) return moved_date(call, a.millis(), b, true);
  fail(Code::type_mismatch, "can't $subtract " + type_of(b) + " from " + type_of(a));
}

Value op_multiply(const Expression& call, const Scope& scope) {
  Value product(std::int32_t{1});
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (v.nullish()) return Value(nullptr);
    if (v.is_number()) {
      product = multiply(product, v);
    } else {
      fail(Code::type_mismatch, "$multiply only supports numeric types, not " + type_of(v));
    }
  }
  return product;
}

Value op_divide(const Expression& call, const Scope& scope) {
  const Value a = argument(call, 0, scope);
  const Value b = argument(call, 1, scope);
  if (a.is_number() && b.is_number()) {
    if (a.is(Type::decimal) || b.is(Type::decimal)) {
      const Decimal128 divisor = to_decimal(b);
      if (is_zero(divisor)) fail(Code::bad_value, "can't $divide by zero");
      return Value(decimal_divide(to_decimal(a), divisor));
    }
    const double divisor = to_double(b);
    if (divisor == 0) fail(Code::bad_value, "can't $divide by zero");
    return Value(to_double(a) / divisor);
  }
  if (a.nullish() || b.nullish()) return Value(nullptr);
  fail(Code::type_mismatch,
       "$divide only supports numeric types, not " + type_of(a) + " and " + type_of(b));
}

Value modulo(const Value& a, const Value& b) {
  if (a.is(Type::decimal) || b.is(Type::decimal)) {
    const Decimal128 divisor = to_decimal(b);
    if (is_zero(divisor)) fail_at(5733415, "can't $mod by zero");
    return Value(decimal_modulo(to_decimal(a), divisor));
  }
  if (to_double(b) == 0) fail_at(16610, "can't $mod by zero");
  if (a.is(Type::real) || b.is(Type::real)) {
    return Value(std::fmod(to_double(a), to_double(b)));
  }
  const std::int64_t divisor = *exact_int64(b);
  const std::int64_t rest = divisor == -1 ? 0 : *exact_int64(a) % divisor;
  if (a.is(Type::int64) || b.is(Type::int64)) return Value(rest);
  return Value(static_cast<std::int32_t>(rest));
}

Value op_mod(const Expression& call, const Scope& scope) {
  const Value a = argument(call, 0, scope);
  const Value b = argument(call, 1, scope);
  if (a.is_number() && b.is_number()) return modulo(a, b);
  if (a.nullish() || b.nullish()) return Value(nullptr);
  fail_at(16611, "$mod only supports numeric types, not " + type_of(a) + " and " + type_of(b));
}

Value numeric(const Expression& call, const Scope& scope, std::size_t i = 0) {
  Value v = argument(call, i, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is_number())
    fail_at(28765, op_name(call) + " only supports numeric types, not " + type_of(v));
  return v;
}

Value op_abs(const Expression& call, const Scope& scope) {
  Value v = numeric(call, scope);
  switch (v.type()) {
    case Type::int32:
      return narrowest(std::abs(static_cast<std::int64_t>(v.int32())));
    case Type::int64:
      if (v.int64() == INT64_MIN) fail_at(28680, "can't take $abs of long long min");
      return Value(std::int64_t{std::abs(v.int64())});
    case Type::real:
      return Value(std::fabs(v.real()));
    case Type::decimal:
      return Value(decimal_abs(v.decimal()));
    default:
      return v;
  }
}

Value rounded_whole(const Value& v, Rounding rounding) {
  if (v.is(Type::decimal)) return Value(decimal_round(v.decimal(), 0, rounding));
  if (!v.is(Type::real)) return v;
  return Value(rounding == Rounding::ceiling ? std::ceil(v.real()) : std::floor(v.real()));
}
Value op_ceil(const Expression& call, const Scope& scope) {
  return rounded_whole(numeric(call, scope), Rounding::ceiling);
}
Value op_floor(const Expression& call, const Scope& scope) {
  return rounded_whole(numeric(call, scope), Rounding::floor);
}

/// Rounds a whole number before the point: 1234 to -2 places is 1200.
Value round_integer(const Value& v, std::int64_t places, Rounding rounding) {
  const Value rounded(decimal_round(to_decimal(v), static_cast<int>(places), rounding));
  const auto whole = exact_int64(rounded);
  if (!whole) fail_at(51080, "invalid conversion from Decimal128 result in $round");
  return v.is(Type::int32) ? narrowest(*whole) : Value(*whole);
}

Value round_to(const Expression& call, const Scope& scope, Rounding rounding) {
  Value v = argument(call, 0, scope);
  std::int64_t places = 0;
  if (call.arguments.size() > 1) {
    const Value p = argument(call, 1, scope);
    if (p.nullish()) return Value(nullptr);
    const auto n = p.is_number() ? exact_int64(p) : std::nullopt;
    if (!n) fail_at(51082, "precision argument to  " + op_name(call) + " must be a integral value");
    if (*n < -20 || *n > 100) {
      fail_at(51083, "cannot apply " + op_name(call) + " with precision value " +
                         std::to_string(*n) + " value must be in [-20, 100]");
    }
    places = *n;
  }
  if (v.nullish()) return Value(nullptr);
  if (!v.is_number()) {
    fail_at(51081, op_name(call) + " only supports numeric types, not " + type_of(v));
  }
  if (v.is(Type::decimal)) {
    return Value(decimal_round(v.decimal(), static_cast<int>(places), rounding));
  }
  if (v.is(Type::real)) {
    if (!std::isfinite(v.real())) return v;
    if (places == 0) {
      return Value(rounding == Rounding::down ? std::trunc(v.real()) : std::nearbyint(v.real()));
    }
    const Decimal128 exact = decimal_of_exactly(v.real());
    return Value(decimal_to_double(decimal_round(exact, static_cast<int>(places), rounding)));
  }
  return places >= 0 ? v : round_integer(v, places, rounding);
}
Value op_round(const Expression& call, const Scope& scope) {
  return round_to(call, scope, Rounding::half_even);
}
Value op_trunc(const Expression& call, const Scope& scope) {
  return round_to(call, scope, Rounding::down);
}

template <class Combine>
Value bitwise(const Expression& call, const Scope& scope, std::int64_t start, Combine combine) {
  std::int64_t out = start;
  bool wide = false;
  bool null = false;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (v.nullish()) {
      null = true;
    } else if (v.is(Type::int32) || v.is(Type::int64)) {
      wide |= v.is(Type::int64);
      out = combine(out, *exact_int64(v));
    } else {
      fail(Code::type_mismatch,
           op_name(call) + " only supports int and long operands, not " + type_of(v));
    }
  }
  if (null) return Value(nullptr);
  return wide ? Value(out) : Value(static_cast<std::int32_t>(out));
}
Value op_bit_and(const Expression& call, const Scope& scope) {
  return bitwise(call, scope, -1, [](auto a, auto b) { return a & b; });
}
Value op_bit_or(const Expression& call, const Scope& scope) {
  return bitwise(call, scope, 0, [](auto a, auto b) { return a | b; });
}
Value op_bit_xor(const Expression& call, const Scope& scope) {
  return bitwise(call, scope, 0, [](auto a, auto b) { return a ^ b; });
}
Value op_bit_not(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (v.is(Type::int32)) return Value(~v.int32());
  if (v.is(Type::int64)) return Value(~v.int64());
  fail(Code::type_mismatch, "$bitNot only supports int and long, not " + type_of(v));
}

constexpr Operator operators[] = {
    {"$add", 0, -1, op_add},
    {"$subtract", 2, 2, op_subtract},
    {"$multiply", 0, -1, op_multiply},
    {"$divide", 2, 2, op_divide},
    {"$mod", 2, 2, op_mod},
    {"$abs", 1, 1, op_abs},
    {"$ceil", 1, 1, op_ceil},
    {"$floor", 1, 1, op_floor},
    {"$round", 1, 2, op_round},
    {"$trunc", 1, 2, op_trunc},
    {"$bitAnd", 0, -1, op_bit_and},
    {"$bitOr", 0, -1, op_bit_or},
    {"$bitXor", 0, -1, op_bit_xor},
    {"$bitNot", 1, 1, op_bit_not},
};

}  // namespace

std::span<const Operator> arithmetic_operators() {
  return operators;
}

}  // namespace iacdb::doc
