#include "documents/pipeline/window.hpp"

#include <algorithm>
#include <cmath>

#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/pipeline/sum.hpp"

namespace iacdb::doc {
namespace {

using Range = std::pair<std::size_t, std::size_t>;  // [from, to)

class Windows {
 public:
  Windows(const WindowField& field, const Partition& partition)
      : field_(field), partition_(partition), size_(partition.documents.size()) {
    if (!field.ranged) return;
    for (const Value& d : partition.documents) {
      keys_.push_back(sort_value(d, partition.sort[0], partition.context.environment->collator));
    }
  }

  Range of(std::size_t i) const {
    if (!field_.has_window) return {0, size_};
    if (field_.ranged) return by_value(i);
    const auto at = [&](const WindowBound& b, std::int64_t unbounded) {
      if (b.kind == WindowBound::unbounded) return unbounded;
      const std::int64_t shift = b.kind == WindowBound::offset ? *exact_int64(b.amount) : 0;
      return static_cast<std::int64_t>(i) + shift;
    };
    const auto n = static_cast<std::int64_t>(size_);
    const std::int64_t from = std::clamp<std::int64_t>(at(field_.low, 0), 0, n);
    const std::int64_t to = std::clamp<std::int64_t>(at(field_.high, n - 1) + 1, 0, n);
    return {static_cast<std::size_t>(from), static_cast<std::size_t>(std::max(from, to))};
  }

 private:
  Range by_value(std::size_t i) const {
    const Value& here = keys_[i];
    check(here);
    std::size_t from = 0;
    std::size_t to = size_;
    if (field_.low.kind != WindowBound::unbounded) {
      const Value low = moved(here, field_.low);
      while (from < size_ && below(keys_[from], low)) ++from;
    }
    if (field_.high.kind != WindowBound::unbounded) {
      const Value high = moved(here, field_.high);
      while (to > from && below(high, keys_[to - 1])) --to;
    }
    return {from, std::max(from, to)};
  }
  bool below(const Value& a, const Value& b) const {
    const int c = compare(a, b);
    return partition_.sort[0].descending ? c > 0 : c < 0;
  }
  void check(const Value& v) const {
    if (field_.unit ? !v.is(Type::date) : !v.is_number()) {
      fail_at(field_.unit ? 5429513 : 5429414,
              std::string("PartitionIterator expected the sortBy field to be a ") +
                  (field_.unit ? "Date" : "number") + ", but it was " +
                  std::string(type_name(v.type())));
    }
  }
  Value moved(const Value& v, const WindowBound& bound) const {
    if (bound.kind == WindowBound::current) return v;
    if (!field_.unit) return add(v, bound.amount);
    const auto n = exact_int64(bound.amount);
    if (!n) fail(Code::failed_to_parse, "With 'unit', range-based bounds must be an integer");
    return Value(Date{add_units(v.millis(), *field_.unit, *n, Zone())});
  }

  const WindowField& field_;
  const Partition& partition_;
  std::size_t size_;
  std::vector<Value> keys_;
};

class Functions {
 public:
  Functions(const WindowField& field, const Partition& partition)
      : field_(field), partition_(partition), windows_(field, partition) {}

  std::vector<Value> run() {
    const std::string& op = field_.op;
    if (op == "$rank" || op == "$denseRank" || op == "$documentNumber") return ranks();
    if (op == "$shift") return shifted();
    if (op == "$expMovingAvg") return exponential();
    if (op == "$locf") return carried();
    if (op == "$linearFill") return filled();
    std::vector<Value> out;
    for (std::size_t i = 0; i < partition_.documents.size(); ++i) {
      const Range range = windows_.of(i);
      if (op == "$derivative") {
        out.push_back(derivative(range));
      } else if (op == "$integral") {
        out.push_back(integral(range));
      } else if (op == "$covariancePop" || op == "$covarianceSamp") {
        out.push_back(covariance(range));
      } else {
        out.push_back(accumulated(range, i));
      }
    }
    return out;
  }

 private:
  Scope scope(std::size_t i) const { return scope_of(partition_.documents[i], partition_.context); }
  Value input(std::size_t i) const { return evaluate(*field_.input, scope(i)); }
  Value key(std::size_t i) const {
    return sort_value(partition_.documents[i], partition_.sort[0],
                      partition_.context.environment->collator);
  }

  Value accumulated(Range range, std::size_t at) const {
    AccumulatorState state(field_.accumulated, scope(at));
    for (std::size_t i = range.first; i < range.second; ++i) state.add(scope(i));
    return state.result();
  }

  std::vector<Value> ranks() const {
    std::vector<Value> out;
    std::int64_t rank = 0;
    std::int64_t dense = 0;
    for (std::size_t i = 0; i < partition_.documents.size(); ++i) {
      const auto number = static_cast<std::int64_t>(i) + 1;
      if (i == 0 || compare(key(i), key(i - 1)) != 0) {
        rank = number;
        ++dense;
      }
      out.push_back(
          narrowest(field_.op == "$rank" ? rank : (field_.op == "$denseRank" ? dense : number)));
    }
    return out;
  }

  std::vector<Value> shifted() const {
    const std::int64_t by = *exact_int64(field_.options.object().get("by"));
    std::vector<Value> out;
    const auto n = static_cast<std::int64_t>(partition_.documents.size());
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t from = i + by;
      if (from >= 0 && from < n) {
        Value v = input(static_cast<std::size_t>(from));
        out.push_back(v.missing() ? Value(nullptr) : std::move(v));
      } else {
        out.push_back(field_.otherwise);
      }
    }
    return out;
  }

  /// In decimals, whatever the numbers are.
  std::vector<Value> exponential() const {
    const Object& options = field_.options.object();
    const Decimal128 one = decimal_of(std::int64_t{1});
    const Decimal128 alpha = options.has("alpha")
                                 ? to_decimal(options.get("alpha"))
                                 : decimal_divide(decimal_of(std::int64_t{2}),
                                                  decimal_add(to_decimal(options.get("N")), one));
    const Decimal128 rest = decimal_subtract(one, alpha);
    std::vector<Value> out;
    std::optional<Decimal128> last;
    bool decimal_seen = false;
    for (std::size_t i = 0; i < partition_.documents.size(); ++i) {
      const Value v = input(i);
      if (v.is_number()) {
        decimal_seen = decimal_seen || v.is(Type::decimal);
        const Decimal128 now = to_decimal(v);
        last =
            last ? decimal_add(decimal_multiply(now, alpha), decimal_multiply(*last, rest)) : now;
      }
      if (!last) {
        out.emplace_back(nullptr);
      } else {
        out.push_back(decimal_seen ? Value(*last) : Value(decimal_to_double(*last)));
      }
    }
    return out;
  }

  std::vector<Value> carried() const {
    std::vector<Value> out;
    Value last(nullptr);
    for (std::size_t i = 0; i < partition_.documents.size(); ++i) {
      Value v = input(i);
      if (!v.nullish()) last = std::move(v);
      out.push_back(last);
    }
    return out;
  }

  static Value quotient(const Value& a, const Value& b) {
    if (a.is(Type::decimal) || b.is(Type::decimal)) {
      return Value(decimal_divide(to_decimal(a), to_decimal(b)));
    }
    return Value(to_double(a) / to_double(b));
  }

  std::vector<Value> filled() const {
    std::vector<Value> out;
    const std::size_t n = partition_.documents.size();
    for (std::size_t i = 0; i < n; ++i) {
      out.push_back(input(i));
      if (out.back().nullish()) {
        out.back() = Value(nullptr);
      } else if (!out.back().is_number()) {
        fail(Code::type_mismatch, "Value to be filled must be numeric or nullish");
      }
      check_series(i);
    }
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < n; ++i) {
      if (out[i].is(Type::null)) continue;
      if (last && i > *last + 1) interpolate(out, *last, i);
      last = i;
    }
    return out;
  }
  void check_series(std::size_t i) const {
    const Value v = key(i);
    if (!v.is_number() && !v.is(Type::date)) {
      fail(Code::type_mismatch, "Value of the sortBy field must be numeric or a date, but found " +
                                    std::string(type_name(v.type())));
    }
    if (i == 0) return;
    const Value before = key(i - 1);
    if (compare(v, before) == 0) {
      fail_at(6050106, "There can be no repeated values in the sort field");
    }
    if (v.is_number() != before.is_number()) {
      fail(Code::type_mismatch, "Conflicting sort value types: both numbers and dates");
    }
  }
  void interpolate(std::vector<Value>& out, std::size_t from, std::size_t to) const {
    const Value slope = quotient(difference(out[from], out[to]), difference(key(from), key(to)));
    for (std::size_t i = from + 1; i < to; ++i) {
      out[i] = add(out[from], multiply(difference(key(from), key(i)), slope));
    }
  }

  /// Milliseconds.
  std::int64_t unit_size() const {
    const std::int64_t small = unit_millis(*field_.value_unit);
    if (small != 0) return small;
    return *field_.value_unit == DateUnit::week ? 604'800'000 : 86'400'000;
  }
  void check_time(std::size_t i) const {
    const Value v = key(i);
    if (field_.value_unit ? v.is(Type::date) : v.is_number()) return;
    const bool integral = field_.op == "$integral";
    if (field_.value_unit) {
      fail_at(integral ? 5423901 : 5624900,
              field_.op + " with 'unit' expects the sortBy field to be a Date");
    }
    fail_at(integral ? 5423902 : (v.is(Type::date) ? 5624901 : 5624902),
            field_.op + " with no 'unit' expects the sortBy field to be numeric");
  }

  /// From one value to another, as $subtract has it.
  static Value difference(const Value& from, const Value& to) {
    if (from.nullish() || to.nullish()) return Value(nullptr);
    if (from.is_number() && to.is_number()) return subtract(to, from);
    if (from.is(Type::date) && to.is(Type::date)) {
      return subtract(Value(to.millis()), Value(from.millis()));
    }
    fail(Code::type_mismatch, "can't $subtract " + std::string(type_name(from.type())) + " from " +
                                  std::string(type_name(to.type())));
  }

  Value derivative(Range range) const {
    if (range.second <= range.first) return Value(nullptr);
    const std::size_t last = range.second - 1;
    check_time(range.first);
    check_time(last);
    const Value run = difference(key(range.first), key(last));
    const Value rise = difference(input(range.first), input(last));
    if (rise.nullish()) fail_at(5624903, "$derivative input must not be null or missing");
    if (compare(run, Value(std::int32_t{0})) == 0) return Value(nullptr);
    const Value slope = quotient(rise, run);
    return field_.value_unit ? multiply(slope, Value(unit_size())) : slope;
  }

  /// By trapezoids; a NaN makes all of it one.
  Value integral(Range range) const {
    if (range.second <= range.first) return Value(nullptr);
    Sum sum;
    Value before = integrand(range.first);
    bool nan = is_nan_at(range.first, before);
    for (std::size_t i = range.first + 1; i < range.second; ++i) {
      Value now = integrand(i);
      nan = nan || is_nan_at(i, now);
      const Value area = multiply(add(before, now), difference(key(i - 1), key(i)));
      sum.add(quotient(area, Value(2.0)));
      before = std::move(now);
    }
    if (nan) return Value(std::nan(""));
    return field_.value_unit ? quotient(sum.result(), Value(unit_size())) : sum.result();
  }
  Value integrand(std::size_t i) const {
    Value v = input(i);
    const Value at = key(i);
    if (!v.is_number() || (!at.is_number() && !at.is(Type::date))) {
      fail_at(
          5423900,
          "The input value of $integral must be numeric, and the sortBy field numeric or a date");
    }
    check_time(i);
    return v;
  }
  bool is_nan_at(std::size_t i, const Value& v) const {
    const Value at = key(i);
    return number_is_nan(v) || (at.is_number() && number_is_nan(at));
  }

  Value covariance(Range range) const {
    double mean_x = 0;
    double mean_y = 0;
    double c = 0;
    std::int64_t n = 0;
    for (std::size_t i = range.first; i < range.second; ++i) {
      const Value x = input(i);
      const Value y = evaluate(*field_.second, scope(i));
      if (!x.is_number() || !y.is_number()) continue;
      ++n;
      const double dx = to_double(x) - mean_x;
      mean_x += dx / static_cast<double>(n);
      mean_y += (to_double(y) - mean_y) / static_cast<double>(n);
      c += dx * (to_double(y) - mean_y);
    }
    const std::int64_t divisor = field_.op == "$covarianceSamp" ? n - 1 : n;
    if (divisor <= 0) return Value(nullptr);
    return Value(c / static_cast<double>(divisor));
  }

  const WindowField& field_;
  const Partition& partition_;
  Windows windows_;
};

}  // namespace

std::vector<Value> window_values(const WindowField& field, const Partition& partition) {
  return Functions(field, partition).run();
}

}  // namespace iacdb::doc
