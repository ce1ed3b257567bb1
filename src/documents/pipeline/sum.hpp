#pragma once
// A sum of numbers of all types.
//
//   Sum sum;
//   for (const Value& v : values) sum.add(v);   // What is no number adds nothing.
//   Value total = sum.result();

#include <cmath>

#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {

/// Sums as MongoDB does: integers exactly, doubles with the rounding error carried along.
class Sum {
 public:
  void add(const Value& v) {
    switch (v.type()) {
      case Type::int32:
        add_whole(v.int32());
        break;
      case Type::int64:
        wide_ = true;
        add_whole(v.int64());
        break;
      case Type::real:
        real_seen_ = true;
        add_real(v.real());
        break;
      case Type::decimal:
        decimal_seen_ = true;
        decimal_ = decimal_add(decimal_, v.decimal());
        break;
      default:
        break;
    }
  }
  double real() const {
    const double whole = static_cast<double>(whole_);
    const double plain = sum_ + whole;
    return std::isfinite(sum_) ? plain + (rest_ + rounding_error(sum_, whole, plain)) : plain;
  }
  Decimal128 decimal() const {
    Decimal128 out = decimal_add(decimal_, decimal_of(whole_));
    if (real_seen_) out = decimal_add(out, decimal_of(sum_ + rest_));
    return out;
  }
  bool is_decimal() const { return decimal_seen_; }
  Value result() const {
    if (decimal_seen_) return Value(decimal());
    if (real_seen_) return Value(real());
    return wide_ ? Value(whole_) : narrowest(whole_);
  }

 private:
  void add_whole(std::int64_t n) {
    std::int64_t next = 0;
    if (__builtin_add_overflow(whole_, n, &next)) {
      real_seen_ = true;
      add_real(static_cast<double>(whole_));
      next = n;
    }
    whole_ = next;
  }
  void add_real(double x) {
    const double t = sum_ + x;
    if (std::isfinite(t)) rest_ += rounding_error(sum_, x, t);
    sum_ = t;
  }
  /// What `sum`, the rounded sum of both, lacks.
  static double rounding_error(double a, double b, double sum) {
    return std::fabs(a) >= std::fabs(b) ? (a - sum) + b : (b - sum) + a;
  }

  std::int64_t whole_ = 0;
  double sum_ = 0;
  double rest_ = 0;
  Decimal128 decimal_ = decimal_of(std::int64_t{0});
  bool wide_ = false;
  bool real_seen_ = false;
  bool decimal_seen_ = false;
};

}  // namespace iacdb::doc
