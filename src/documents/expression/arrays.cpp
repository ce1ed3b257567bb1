// Operators that look into arrays.

#include <algorithm>

#include "documents/bson/number.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

std::optional<std::size_t> resolve(std::int64_t index, std::size_t size) {
  if (index < 0) index += static_cast<std::int64_t>(size);
  if (index < 0 || index >= static_cast<std::int64_t>(size)) return std::nullopt;
  return static_cast<std::size_t>(index);
}

Value op_array_elem_at(const Expression& call, const Scope& scope) {
  const Value array = argument(call, 0, scope);
  const Value at = argument(call, 1, scope);
  if (array.nullish() || at.nullish()) return Value(nullptr);
  if (!array.is(Type::array)) {
    fail_at(28689, "$arrayElemAt's first argument must be an array, but is " + type_of(array));
  }
  if (!at.is_number()) {
    fail_at(28690, "$arrayElemAt's second argument must be a numeric value, but is " + type_of(at));
  }
  const std::int64_t index =
      int_argument(at, 28691,
                   "$arrayElemAt's second argument must be representable as a 32-bit integer: " +
                       print_number(at));
  const auto found = resolve(index, array.array().size());
  return found ? array.array()[*found] : Value();
}

Value end_of(const Expression& call, const Scope& scope, bool last) {
  const Value array = argument(call, 0, scope);
  if (array.nullish()) return Value(nullptr);
  if (!array.is(Type::array)) {
    fail_at(28689, op_name(call) + "'s argument must be an array, but is " + type_of(array));
  }
  if (array.array().empty()) return Value();
  return last ? array.array().back() : array.array().front();
}
Value op_first(const Expression& call, const Scope& scope) {
  return end_of(call, scope, false);
}
Value op_last(const Expression& call, const Scope& scope) {
  return end_of(call, scope, true);
}

Value op_in(const Expression& call, const Scope& scope) {
  const Value wanted = argument(call, 0, scope);
  const Value array = argument(call, 1, scope);
  if (!array.is(Type::array)) {
    fail_at(40081, "$in requires an array as a second argument, found: " + type_of(array));
  }
  return Value(std::any_of(array.array().begin(), array.array().end(),
                           [&](const Value& v) { return equal(v, wanted, scope.collator()); }));
}

/// Start and end of an index search, checked. False: the range is empty.
bool search_range(const Expression& call, const Scope& scope, std::size_t size, std::size_t& from,
                  std::size_t& to, int code) {
  from = 0;
  to = size;
  for (std::size_t i = 2; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    const std::string which = i == 2 ? "starting" : "ending";
    const std::int64_t n =
        int_argument(v, code,
                     op_name(call) + " requires an integral " + which +
                         " index, found a value of type: " + type_of(v) +
                         ", with value: " + (v.is_number() ? print_number(v) : type_of(v)));
    if (n < 0) {
      fail_at(code + 1, op_name(call) + " requires a nonnegative " + which +
                            " index, found: " + std::to_string(n));
    }
    (i == 2 ? from : to) = std::min(static_cast<std::size_t>(n), size);
    if (i == 2 && static_cast<std::size_t>(n) > size) return false;
  }
  return from <= to;
}

Value op_index_of_array(const Expression& call, const Scope& scope) {
  const Value array = argument(call, 0, scope);
  if (array.nullish()) return Value(nullptr);
  if (!array.is(Type::array)) {
    fail_at(40090, "$indexOfArray requires an array as a first argument, found: " + type_of(array));
  }
  const Value wanted = argument(call, 1, scope);
  std::size_t from = 0;
  std::size_t to = 0;
  if (search_range(call, scope, array.array().size(), from, to, 40096)) {
    for (std::size_t i = from; i < to; ++i) {
      if (equal(array.array()[i], wanted, scope.collator())) {
        return Value(static_cast<std::int32_t>(i));
      }
    }
  }
  return Value(std::int32_t{-1});
}

Value op_is_array(const Expression& call, const Scope& scope) {
  return Value(argument(call, 0, scope).is(Type::array));
}

Value op_size(const Expression& call, const Scope& scope) {
  const Value array = argument(call, 0, scope);
  if (!array.is(Type::array)) {
    fail_at(17124, "The argument to $size must be an array, but was of type: " + type_of(array));
  }
  return Value(static_cast<std::int32_t>(array.array().size()));
}

Value op_slice(const Expression& call, const Scope& scope) {
  const Value array = argument(call, 0, scope);
  const Value second = argument(call, 1, scope);
  if (array.nullish() || second.nullish()) return Value(nullptr);
  if (!array.is(Type::array)) {
    fail_at(28724, "First argument to $slice must be an array, but is of type: " + type_of(array));
  }
  if (!second.is_number()) {
    fail_at(28725, "Second argument to $slice must be a numeric value, but is of type: " +
                       type_of(second));
  }
  const Array& in = array.array();
  const auto size = static_cast<std::int64_t>(in.size());
  const std::int64_t n =
      int_argument(second, 28726,
                   "Second argument to $slice can't be represented as a 32-bit integer: " +
                       print_number(second));
  std::int64_t from = 0;
  std::int64_t count = n;
  if (call.arguments.size() == 2) {
    from = n < 0 ? std::max<std::int64_t>(0, size + n) : 0;
    count = n < 0 ? -n : n;
  } else {
    const Value third = argument(call, 2, scope);
    if (third.nullish()) return Value(nullptr);
    if (!third.is_number()) {
      fail_at(28727, "Third argument to $slice must be numeric, but is of type: " + type_of(third));
    }
    count = int_argument(third, 28728,
                         "Third argument to $slice can't be represented as a 32-bit integer: " +
                             print_number(third));
    if (count <= 0) {
      fail_at(28729, "Third argument to $slice must be positive: " + std::to_string(count));
    }
    from = n < 0 ? std::max<std::int64_t>(0, size + n) : std::min(n, size);
  }
  const std::int64_t to = std::min(size, from + count);
  return Value(Array(in.begin() + from, in.begin() + to));
}

std::size_t positive_n(const Expression& call, const Scope& scope) {
  const Value n = named(call, "n", scope);
  const auto whole = n.is_number() ? exact_int64(n) : std::nullopt;
  if (!whole) {
    fail_at(n.is_number() ? 5787903 : 5787902,
            "Value for 'n' must be of integral type, but found " +
                (n.is_number() ? print_number(n) : type_of(n)));
  }
  if (*whole <= 0) {
    fail_at(5787908, "'n' must be greater than 0, found " + std::to_string(*whole));
  }
  return static_cast<std::size_t>(*whole);
}

Value several(const Expression& call, const Scope& scope) {
  const std::size_t n = positive_n(call, scope);
  const Value input = named(call, "input", scope);
  if (!input.is(Type::array)) {
    fail_at(5788200, "Input must be an array");
  }
  Array values = input.array();
  const std::string_view name = call.op->name;
  if (name == "$maxN" || name == "$minN") {
    values.erase(
        std::remove_if(values.begin(), values.end(), [](const Value& v) { return v.nullish(); }),
        values.end());
    const Collator* collator = scope.collator();
    std::stable_sort(values.begin(), values.end(), [&](const Value& a, const Value& b) {
      const int c = compare(a, b, collator);
      return name == "$maxN" ? c > 0 : c < 0;
    });
  }
  const std::size_t count = std::min(n, values.size());
  if (name == "$lastN") {
    return Value(Array(values.end() - static_cast<std::ptrdiff_t>(count), values.end()));
  }
  values.resize(count);
  return Value(std::move(values));
}

constexpr Operator operators[] = {
    {"$arrayElemAt", 2, 2, op_array_elem_at},
    {"$first", 1, 1, op_first},
    {"$last", 1, 1, op_last},
    {"$in", 2, 2, op_in},
    {"$indexOfArray", 2, 4, op_index_of_array},
    {"$isArray", 1, 1, op_is_array},
    {"$size", 1, 1, op_size},
    {"$slice", 2, 3, op_slice},
    {"$firstN", 0, 0, several, "n input"},
    {"$lastN", 0, 0, several, "n input"},
    {"$maxN", 0, 0, several, "n input"},
    {"$minN", 0, 0, several, "n input"},
};

}  // namespace

std::span<const Operator> array_operators() {
  return operators;
}

}  // namespace iacdb::doc
