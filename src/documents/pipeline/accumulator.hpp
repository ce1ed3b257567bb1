#pragma once
// Accumulators: what $group, $bucket and $setWindowFields gather from many documents.
//
//   auto field = parse_accumulator("total", parse_json_value(R"({"$sum": "$n"})"), variables);
//   auto state = field.make(); state->add(scope); Value total = state->result();

#include <memory>
#include <string>
#include <vector>

#include "documents/expression/expression.hpp"
#include "documents/pipeline/sort.hpp"

namespace iacdb::doc {

class Accumulator {
 public:
  virtual ~Accumulator() = default;
  virtual void add(const Value& value) = 0;
  virtual Value result() const = 0;
};

struct AccumulatedField {
  std::string name;              ///< The output field.
  std::string_view op;           ///< "$sum"
  ExpressionPtr argument;        ///< Evaluated for each document.
  ExpressionPtr count;           ///< n of $firstN and its like; evaluated once a group.
  Sort sort;                     ///< sortBy of $top, $bottom and their like.
  std::vector<Value> fractions;  ///< p of $percentile.
};

bool is_accumulator(std::string_view name) noexcept;
/// Throws: Failure.
AccumulatedField parse_accumulator(std::string name, const Value& spec,
                                   const VariableNames& variables);

/// The state of one field of one group.
class AccumulatorState {
 public:
  AccumulatorState(const AccumulatedField& field, const Scope& first);
  void add(const Scope& scope);
  Value result() const;

 private:
  const AccumulatedField* field_;
  const Collator* collator_;
  std::unique_ptr<Accumulator> accumulator_;
};

/// The accumulator over values at hand: expression forms such as {$avg: ["$a", "$b"]}.
Value accumulate(std::string_view op, const std::vector<Value>& values, const Collator* collator);
/// What lies at each fraction of the sorted numbers, as a list of doubles.
Value percentiles(const std::vector<Value>& values, const std::vector<Value>& fractions);

}  // namespace iacdb::doc
