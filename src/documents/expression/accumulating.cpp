// The accumulators as expressions: {$avg: ["$a", "$b"]}, {$sum: "$items"}.

#include "documents/expression/operators.hpp"
#include "documents/pipeline/accumulator.hpp"

namespace iacdb::doc {
namespace {

/// One argument that is an array counts by its elements.
Value op_accumulate(const Expression& call, const Scope& scope) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    Value v = argument(call, i, scope);
    if (call.arguments.size() == 1 && v.is(Type::array)) {
      values = v.array();
    } else {
      values.push_back(std::move(v));
    }
  }
  return accumulate(call.op->name, values, scope.collator());
}

Value op_percentile(const Expression& call, const Scope& scope) {
  const Value method = named(call, "method", scope);
  if (!method.is(Type::string) || method.text() != "approximate") {
    fail(Code::bad_value, "Currently only 'approximate' can be used as percentile 'method'.");
  }
  const Value input = named(call, "input", scope);
  const std::vector<Value> values =
      input.is(Type::array) ? input.array() : std::vector<Value>{input};
  if (call.op->name == "$median") {
    const Value all = percentiles(values, {Value(0.5)});
    return all.array()[0];
  }
  const Value fractions = named(call, "p", scope);
  if (!fractions.is(Type::array) || fractions.array().empty()) {
    fail_at(fractions.is(Type::array) ? 7750301 : 7750300,
            "The $percentile 'p' field must be an array of numbers from [0.0, 1.0]");
  }
  return percentiles(values, fractions.array());
}

constexpr Operator operators[] = {
    {"$sum", 0, -1, op_accumulate},
    {"$avg", 0, -1, op_accumulate},
    {"$min", 0, -1, op_accumulate},
    {"$max", 0, -1, op_accumulate},
    {"$stdDevPop", 0, -1, op_accumulate},
    {"$stdDevSamp", 0, -1, op_accumulate},
    {"$median", 0, 0, op_percentile, "input method"},
    {"$percentile", 0, 0, op_percentile, "input p method"},
};

}  // namespace

std::span<const Operator> accumulating_operators() {
  return operators;
}

}  // namespace iacdb::doc
