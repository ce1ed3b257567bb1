#include "documents/pipeline/accumulator.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/pipeline/sum.hpp"

namespace iacdb::doc {
namespace {

class SumAccumulator : public Accumulator {
 public:
  void add(const Value& v) override { sum_.add(v); }
  Value result() const override { return sum_.result(); }

 private:
  Sum sum_;
};

class AverageAccumulator : public Accumulator {
 public:
  void add(const Value& v) override {
    if (!v.is_number()) return;
    sum_.add(v);
    ++count_;
  }
  Value result() const override {
    if (count_ == 0) return Value(nullptr);
    if (sum_.is_decimal()) return Value(decimal_divide(sum_.decimal(), decimal_of(count_)));
    return Value(sum_.real() / static_cast<double>(count_));
  }

 private:
  Sum sum_;
  std::int64_t count_ = 0;
};

class ExtremeAccumulator : public Accumulator {
 public:
  ExtremeAccumulator(bool greatest, const Collator* collator)
      : greatest_(greatest), collator_(collator) {}
  void add(const Value& v) override {
    if (v.nullish()) return;
    if (best_.missing() ||
        (greatest_ ? compare(v, best_, collator_) > 0 : compare(v, best_, collator_) < 0)) {
      best_ = v;
    }
  }
  Value result() const override { return best_.missing() ? Value(nullptr) : best_; }

 private:
  bool greatest_;
  const Collator* collator_;
  Value best_;
};

class EndAccumulator : public Accumulator {
 public:
  explicit EndAccumulator(bool last) : last_(last) {}
  void add(const Value& v) override {
    if (last_ || !seen_) value_ = v;
    seen_ = true;
  }
  Value result() const override { return value_.missing() ? Value(nullptr) : value_; }

 private:
  bool last_;
  bool seen_ = false;
  Value value_;
};

class PushAccumulator : public Accumulator {
 public:
  void add(const Value& v) override {
    if (!v.missing()) values_.push_back(v);
  }
  Value result() const override { return Value(values_); }

 private:
  Array values_;
};

class SetAccumulator : public Accumulator {
 public:
  explicit SetAccumulator(const Collator* collator) : seen_(ValueLess{collator}) {}
  void add(const Value& v) override {
    if (!v.missing() && seen_.insert(v).second) values_.push_back(v);
  }
  Value result() const override { return Value(values_); }

 private:
  std::set<Value, ValueLess> seen_;
  Array values_;
};

/// $concatArrays and $setUnion: the elements of the arrays that come.
class ElementsAccumulator : public Accumulator {
 public:
  ElementsAccumulator(std::string_view op, std::unique_ptr<Accumulator> elements)
      : op_(op), elements_(std::move(elements)) {}
  void add(const Value& v) override {
    if (v.missing()) return;
    if (!v.is(Type::array)) {
      fail(Code::type_mismatch, std::string(op_) + " requires array inputs, but input is of type " +
                                    std::string(type_name(v.type())));
    }
    for (const Value& element : v.array()) elements_->add(element);
  }
  Value result() const override { return elements_->result(); }

 private:
  std::string_view op_;
  std::unique_ptr<Accumulator> elements_;
};

class MergeAccumulator : public Accumulator {
 public:
  void add(const Value& v) override {
    if (v.nullish()) return;
    if (!v.is(Type::object)) {
      fail_at(40400, "$mergeObjects requires object inputs, but input is of type " +
                         std::string(type_name(v.type())));
    }
    for (const Field& field : v.object()) merged_.set(field.name, field.value);
  }
  Value result() const override { return Value(merged_); }

 private:
  Object merged_;
};

class DeviationAccumulator : public Accumulator {
 public:
  explicit DeviationAccumulator(bool sample) : sample_(sample) {}
  void add(const Value& v) override {
    if (!v.is_number()) return;
    const double x = to_double(v);
    ++count_;
    const double delta = x - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ += delta * (x - mean_);
  }
  Value result() const override {
    const std::int64_t n = sample_ ? count_ - 1 : count_;
    if (n <= 0) return Value(nullptr);
    return Value(std::sqrt(squares_ / static_cast<double>(n)));
  }

 private:
  bool sample_;
  std::int64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

class CountAccumulator : public Accumulator {
 public:
  void add(const Value&) override { ++count_; }
  Value result() const override { return narrowest(count_); }

 private:
  std::int64_t count_ = 0;
};

/// $firstN, $lastN, $minN, $maxN.
class SeveralAccumulator : public Accumulator {
 public:
  SeveralAccumulator(std::string_view op, std::size_t n, const Collator* collator)
      : op_(op), n_(n), collator_(collator) {}
  void add(const Value& v) override {
    const bool sorted = op_ == "$minN" || op_ == "$maxN";
    if (sorted && v.nullish()) return;
    const Value kept = v.missing() ? Value(nullptr) : v;
    if (op_ == "$firstN") {
      if (values_.size() < n_) values_.push_back(kept);
      return;
    }
    if (op_ == "$lastN") {
      values_.push_back(kept);
      if (values_.size() > n_) values_.erase(values_.begin());
      return;
    }
    const auto at =
        std::upper_bound(values_.begin(), values_.end(), kept, [&](const Value& a, const Value& b) {
          const int c = compare(a, b, collator_);
          return op_ == "$minN" ? c < 0 : c > 0;
        });
    values_.insert(at, kept);
    if (values_.size() > n_) values_.pop_back();
  }
  Value result() const override { return Value(values_); }

 private:
  std::string_view op_;
  std::size_t n_;
  const Collator* collator_;
  Array values_;
};

/// $top, $topN, $bottom, $bottomN: values are [keys, output].
class RankedAccumulator : public Accumulator {
 public:
  RankedAccumulator(const AccumulatedField& field, std::size_t n, const Collator* collator)
      : field_(field), n_(n), collator_(collator) {}
  void add(const Value& v) override { entries_.emplace_back(v.array()[0].array(), v.array()[1]); }
  Value result() const override {
    auto sorted = entries_;
    std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
      return sort_compare(field_.sort, a.first, b.first, collator_) < 0;
    });
    const bool bottom = field_.op.starts_with("$bottom");
    const std::size_t count = std::min(n_, sorted.size());
    const std::size_t from = bottom ? sorted.size() - count : 0;
    Array out;
    for (std::size_t i = from; i < from + count; ++i) {
      out.push_back(sorted[i].second.missing() ? Value(nullptr) : sorted[i].second);
    }
    if (field_.op.ends_with('N')) return Value(std::move(out));
    return out.empty() ? Value(nullptr) : out[0];
  }

 private:
  const AccumulatedField& field_;
  std::size_t n_;
  const Collator* collator_;
  std::vector<std::pair<std::vector<Value>, Value>> entries_;
};

class PercentileAccumulator : public Accumulator {
 public:
  explicit PercentileAccumulator(const AccumulatedField& field) : field_(field) {}
  void add(const Value& v) override { values_.push_back(v); }
  Value result() const override {
    if (field_.op == "$median") return percentiles(values_, {Value(0.5)}).array()[0];
    return percentiles(values_, field_.fractions);
  }

 private:
  const AccumulatedField& field_;
  std::vector<Value> values_;
};

std::unique_ptr<Accumulator> make_plain(std::string_view op, const Collator* collator) {
  if (op == "$sum") return std::make_unique<SumAccumulator>();
  if (op == "$avg") return std::make_unique<AverageAccumulator>();
  if (op == "$min") return std::make_unique<ExtremeAccumulator>(false, collator);
  if (op == "$max") return std::make_unique<ExtremeAccumulator>(true, collator);
  if (op == "$first") return std::make_unique<EndAccumulator>(false);
  if (op == "$last") return std::make_unique<EndAccumulator>(true);
  if (op == "$push") return std::make_unique<PushAccumulator>();
  if (op == "$concatArrays") {
    return std::make_unique<ElementsAccumulator>(op, std::make_unique<PushAccumulator>());
  }
  if (op == "$setUnion") {
    return std::make_unique<ElementsAccumulator>(op, std::make_unique<SetAccumulator>(collator));
  }
  if (op == "$addToSet") return std::make_unique<SetAccumulator>(collator);
  if (op == "$mergeObjects") return std::make_unique<MergeAccumulator>();
  if (op == "$stdDevPop") return std::make_unique<DeviationAccumulator>(false);
  if (op == "$stdDevSamp") return std::make_unique<DeviationAccumulator>(true);
  return std::make_unique<CountAccumulator>();
}

}  // namespace

Value percentiles(const std::vector<Value>& values, const std::vector<Value>& fractions) {
  std::vector<double> numbers;
  for (const Value& v : values) {
    if (v.is_number() && !number_is_nan(v)) numbers.push_back(to_double(v));
  }
  std::sort(numbers.begin(), numbers.end());
  Array out;
  for (const Value& fraction : fractions) {
    const double p = fraction.is_number() ? to_double(fraction) : -1;
    if (!(p >= 0 && p <= 1)) {
      fail_at(fraction.is_number() ? 7750303 : 7750302,
              "The $percentile 'p' field must be an array of numbers from [0.0, 1.0]");
    }
    if (numbers.empty()) {
      out.push_back(Value(nullptr));
      continue;
    }
    const double rank = std::ceil(p * static_cast<double>(numbers.size()));
    const std::size_t at = rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1;
    out.push_back(Value(numbers[std::min(at, numbers.size() - 1)]));
  }
  return Value(std::move(out));
}

AccumulatorState::AccumulatorState(const AccumulatedField& field, const Scope& first)
    : field_(&field), collator_(first.collator()) {
  std::size_t n = 1;
  if (field.count) {
    const Value v = evaluate(*field.count, first);
    const auto whole = v.is_number() ? exact_int64(v) : std::nullopt;
    if (!whole) {
      fail_at(5787902, "Value for 'n' must be of integral type, but found " +
                           std::string(type_name(v.type())));
    }
    if (*whole <= 0) {
      fail_at(5787908, "'n' must be greater than 0, found " + std::to_string(*whole));
    }
    n = static_cast<std::size_t>(*whole);
  }
  if (!field.sort.empty()) {
    accumulator_ = std::make_unique<RankedAccumulator>(field, n, collator_);
  } else if (field.count) {
    accumulator_ = std::make_unique<SeveralAccumulator>(field.op, n, collator_);
  } else if (field.op == "$median" || field.op == "$percentile") {
    accumulator_ = std::make_unique<PercentileAccumulator>(field);
  } else {
    accumulator_ = make_plain(field.op, collator_);
  }
}

void AccumulatorState::add(const Scope& scope) {
  Value v = field_->argument ? evaluate(*field_->argument, scope) : Value();
  if (!field_->sort.empty()) {
    Array pair{Value(sort_values(*scope.current, field_->sort, collator_)), std::move(v)};
    v = Value(std::move(pair));
  }
  accumulator_->add(v);
}

Value AccumulatorState::result() const {
  return accumulator_->result();
}

Value accumulate(std::string_view op, const std::vector<Value>& values, const Collator* collator) {
  const auto accumulator = make_plain(op, collator);
  for (const Value& v : values) accumulator->add(v);
  return accumulator->result();
}

}  // namespace iacdb::doc
