// Powers, logarithms, trigonometry and chance.

#include <cmath>
#include <numbers>

#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

std::string shown(const Value& v) {
  return print_number(v);
}

/// The argument of a function of one number; null when nullish.
Value number_argument(const Expression& call, const Scope& scope) {
  Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is_number()) {
    fail_at(28765, op_name(call) + " only supports numeric types, not " + type_of(v));
  }
  return v;
}

Value op_exp(const Expression& call, const Scope& scope) {
  Value v = number_argument(call, scope);
  if (v.is(Type::null)) return v;
  if (v.is(Type::decimal)) return Value(decimal_function(DecimalFunction::exp, v.decimal()));
  return Value(std::exp(to_double(v)));
}

/// 1 / (1 + e^-x).
Value op_sigmoid(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is_number()) {
    fail(Code::type_mismatch, "$sigmoid only supports numeric types, not " + type_of(v));
  }
  const Value negated = multiply(Value(std::int32_t{-1}), v);
  if (!v.is(Type::decimal)) return Value(1 / (1 + std::exp(to_double(negated))));
  const Value power(decimal_function(DecimalFunction::exp, negated.decimal()));
  const Decimal128 one = to_decimal(Value(std::int32_t{1}));
  return Value(decimal_divide(one, to_decimal(add(Value(one), power))));
}

Value op_sqrt(const Expression& call, const Scope& scope) {
  Value v = number_argument(call, scope);
  if (v.is(Type::null)) return v;
  if (!number_is_nan(v) && compare_numbers(v, Value(std::int32_t{0})) < 0) {
    fail_at(28714, "$sqrt's argument must be greater than or equal to 0");
  }
  if (v.is(Type::decimal)) return Value(decimal_function(DecimalFunction::sqrt, v.decimal()));
  return Value(std::sqrt(to_double(v)));
}

bool positive(const Value& v) {
  return number_is_nan(v) || compare_numbers(v, Value(std::int32_t{0})) > 0;
}

Value logarithm(const Expression& call, const Scope& scope, int code, DecimalFunction decimal,
                double (*real)(double)) {
  Value v = number_argument(call, scope);
  if (v.is(Type::null)) return v;
  if (!positive(v)) {
    fail_at(code, op_name(call) + "'s argument must be a positive number, but is " + shown(v));
  }
  if (v.is(Type::decimal)) return Value(decimal_function(decimal, v.decimal()));
  return Value(real(to_double(v)));
}
Value op_ln(const Expression& call, const Scope& scope) {
  return logarithm(call, scope, 28766, DecimalFunction::ln, std::log);
}
Value op_log10(const Expression& call, const Scope& scope) {
  return logarithm(call, scope, 28761, DecimalFunction::log10, std::log10);
}

Value op_log(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  const Value base = argument(call, 1, scope);
  if (v.nullish() || base.nullish()) return Value(nullptr);
  if (!v.is_number()) fail_at(28756, "$log's argument must be numeric, not " + type_of(v));
  if (!base.is_number()) fail_at(28757, "$log's base must be numeric, not " + type_of(base));
  if (!positive(v)) {
    fail_at(28758, "$log's argument must be a positive number, but is " + shown(v));
  }
  if (!number_is_nan(base) && compare_numbers(base, Value(std::int32_t{1})) == 0) {
    fail_at(28759, "$log's base must be a positive number not equal to 1, but is 1");
  }
  if (!positive(base)) {
    fail_at(28759, "$log's base must be a positive number not equal to 1, but is " + shown(base));
  }
  if (v.is(Type::decimal) || base.is(Type::decimal)) {
    return Value(decimal_divide(decimal_function(DecimalFunction::ln, to_decimal(v)),
                                decimal_function(DecimalFunction::ln, to_decimal(base))));
  }
  return Value(std::log(to_double(v)) / std::log(to_double(base)));
}

/// An integer power of integers, where it fits.
std::optional<std::int64_t> integer_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {
    if (base == 1) return 1;
    if (base == -1) return exponent % 2 == 0 ? 1 : -1;
    return std::nullopt;
  }
  std::int64_t out = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(out, base, &out)) return std::nullopt;
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return std::nullopt;
  }
  return out;
}

Value op_pow(const Expression& call, const Scope& scope) {
  const Value base = argument(call, 0, scope);
  const Value exponent = argument(call, 1, scope);
  if (base.nullish() || exponent.nullish()) return Value(nullptr);
  if (!base.is_number()) fail_at(28762, "$pow's base must be numeric, not " + type_of(base));
  if (!exponent.is_number()) {
    fail_at(28763, "$pow's exponent must be numeric, not " + type_of(exponent));
  }
  const Value zero(std::int32_t{0});
  if (compare(base, zero) == 0 && !number_is_nan(exponent) && compare(exponent, zero) < 0) {
    fail_at(28764, "$pow cannot take a base of 0 and a negative exponent");
  }
  if (base.is(Type::decimal) || exponent.is(Type::decimal)) {
    return Value(decimal_power(to_decimal(base), to_decimal(exponent)));
  }
  if (!base.is(Type::real) && !exponent.is(Type::real)) {
    if (const auto whole = integer_power(*exact_int64(base), *exact_int64(exponent))) {
      const bool wide = base.is(Type::int64) || exponent.is(Type::int64);
      return wide ? Value(*whole) : narrowest(*whole);
    }
  }
  return Value(std::pow(to_double(base), to_double(exponent)));
}

/// A function of one number with the range where it is defined.
template <DecimalFunction decimal, double (*real)(double)>
Value op_function(const Expression& call, const Scope& scope) {
  Value v = number_argument(call, scope);
  if (v.is(Type::null)) return v;
  if (v.is(Type::decimal)) return Value(decimal_function(decimal, v.decimal()));
  return Value(real(to_double(v)));
}

void check_range(const Expression& call, const Value& v) {
  if (v.is(Type::null) || number_is_nan(v)) return;
  const double x = to_double(v);
  const std::string_view name = call.op->name;
  const auto outside = [&](const char* range) {
    fail_at(50989, "cannot apply " + std::string(name) + " to " + shown(v) + ", value must be in " +
                       range);
  };
  if ((name == "$sin" || name == "$cos" || name == "$tan") && std::isinf(x)) {
    outside("(-inf,inf)");
  }
  if ((name == "$asin" || name == "$acos") && (x < -1 || x > 1)) outside("[-1,1]");
  if (name == "$acosh" && x < 1) outside("[1,inf]");
  if (name == "$atanh" && (x < -1 || x > 1)) outside("[-1,1]");
}

template <DecimalFunction decimal, double (*real)(double)>
Value op_bounded(const Expression& call, const Scope& scope) {
  check_range(call, number_argument(call, scope));
  return op_function<decimal, real>(call, scope);
}

Value op_atan2(const Expression& call, const Scope& scope) {
  const Value y = argument(call, 0, scope);
  const Value x = argument(call, 1, scope);
  if (y.nullish() || x.nullish()) return Value(nullptr);
  for (const Value& v : {y, x}) {
    if (!v.is_number()) {
      fail_at(51044, "$atan2 only supports numeric types, not " + type_of(v));
    }
  }
  const double angle = std::atan2(to_double(y), to_double(x));
  if (y.is(Type::decimal) || x.is(Type::decimal)) return Value(decimal_of_exactly(angle));
  return Value(angle);
}

Value scaled(const Expression& call, const Scope& scope, double factor, const char* digits) {
  Value v = number_argument(call, scope);
  if (v.is(Type::null)) return v;
  if (v.is(Type::decimal)) return Value(decimal_multiply(v.decimal(), *parse_decimal(digits)));
  return Value(to_double(v) * factor);
}
Value op_to_radians(const Expression& call, const Scope& scope) {
  return scaled(call, scope, std::numbers::pi / 180, "0.01745329251994329576923690768488613");
}
Value op_to_degrees(const Expression& call, const Scope& scope) {
  return scaled(call, scope, 180 / std::numbers::pi, "57.29577951308232087679815481410517");
}

Value op_rand(const Expression&, const Scope&) {
  thread_local std::mt19937_64 dice{std::random_device{}()};
  return Value(std::uniform_real_distribution<double>(0, 1)(dice));
}

void parse_rand(const Value& arguments, const VariableNames&, Expression&) {
  const bool none = (arguments.is(Type::object) && arguments.object().empty()) ||
                    (arguments.is(Type::array) && arguments.array().empty());
  if (!none) fail_at(3040501, "$rand does not currently accept arguments");
}

using DF = DecimalFunction;
constexpr Operator operators[] = {
    {"$exp", 1, 1, op_exp},
    {"$sigmoid", 1, 1, op_sigmoid},
    {"$sqrt", 1, 1, op_sqrt},
    {"$ln", 1, 1, op_ln},
    {"$log", 2, 2, op_log},
    {"$log10", 1, 1, op_log10},
    {"$pow", 2, 2, op_pow},
    {"$sin", 1, 1, op_bounded<DF::sin, std::sin>},
    {"$cos", 1, 1, op_bounded<DF::cos, std::cos>},
    {"$tan", 1, 1, op_bounded<DF::tan, std::tan>},
    {"$asin", 1, 1, op_bounded<DF::asin, std::asin>},
    {"$acos", 1, 1, op_bounded<DF::acos, std::acos>},
    {"$atan", 1, 1, op_function<DF::atan, std::atan>},
    {"$atan2", 2, 2, op_atan2},
    {"$sinh", 1, 1, op_function<DF::sinh, std::sinh>},
    {"$cosh", 1, 1, op_function<DF::cosh, std::cosh>},
    {"$tanh", 1, 1, op_function<DF::tanh, std::tanh>},
    {"$asinh", 1, 1, op_function<DF::asinh, std::asinh>},
    {"$acosh", 1, 1, op_bounded<DF::acosh, std::acosh>},
    {"$atanh", 1, 1, op_bounded<DF::atanh, std::atanh>},
    {"$degreesToRadians", 1, 1, op_to_radians},
    {"$radiansToDegrees", 1, 1, op_to_degrees},
    {"$rand", 0, 0, op_rand, {}, parse_rand},
};

}  // namespace

std::span<const Operator> math_operators() {
  return operators;
}

}  // namespace iacdb::doc
