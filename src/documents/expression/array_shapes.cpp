// Operators that make arrays of others.

#include <algorithm>

#include "documents/bson/number.hpp"
#include "documents/expression/limits.hpp"
#include "documents/expression/operators.hpp"
#include "documents/pipeline/sort.hpp"

namespace iacdb::doc {
namespace {

Value op_concat_arrays(const Expression& call, const Scope& scope) {
  Array out;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (v.nullish()) return Value(nullptr);
    if (v.is(Type::array)) {
      check_elements(call.op->name, out.size() + v.array().size());
      out.insert(out.end(), v.array().begin(), v.array().end());
    } else {
      fail_at(28664, "$concatArrays only supports arrays, not " + type_of(v));
    }
  }
  return Value(std::move(out));
}

Value op_reverse_array(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is(Type::array)) {
    fail_at(34435,
            "The argument to $reverseArray must be an array, but was of type: " + type_of(v));
  }
  return Value(Array(v.array().rbegin(), v.array().rend()));
}

std::int64_t range_number(const Value& v, const std::string& what, int code) {
  if (!v.is_number()) {
    fail_at(code,
            "$range requires a numeric " + what + " value, found value of type: " + type_of(v));
  }
  return int_argument(v, code + 1,
                      "$range requires a " + what +
                          " value that can be represented as a 32-bit integer, "
                          "found value: " +
                          print_number(v));
}

Value op_range(const Expression& call, const Scope& scope) {
  const std::int64_t start = range_number(argument(call, 0, scope), "starting", 34443);
  const std::int64_t end = range_number(argument(call, 1, scope), "ending", 34445);
  std::int64_t step = 1;
  if (call.arguments.size() == 3) {
    step = range_number(argument(call, 2, scope), "step", 34447);
    if (step == 0) fail_at(34449, "$range requires a non-zero step value");
  }
  const std::int64_t gap = step > 0 ? end - start : start - end;
  if (gap > 0) check_elements(call.op->name, static_cast<std::size_t>(gap / std::abs(step)));
  Array out;
  for (std::int64_t i = start; step > 0 ? i < end : i > end; i += step) {
    out.push_back(Value(static_cast<std::int32_t>(i)));
  }
  return Value(std::move(out));
}

void parse_zip(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) {
    fail_at(34460, "$zip only supports an object as an argument, found " + type_of(spec));
  }
  for (const Field& field : spec.object()) {
    if (field.name == "useLongestLength") {
      if (!field.value.is(Type::boolean)) {
        fail_at(34463, "useLongestLength must be a bool, found " + type_of(field.value));
      }
      call.value = field.value;
      continue;
    }
    if (field.name != "inputs" && field.name != "defaults") {
      fail_at(34464, "$zip found an unknown argument: " + field.name);
    }
    if (!field.value.is(Type::array)) {
      fail_at(field.name == "inputs" ? 34461 : 34462,
              field.name + " must be an array of expressions, found " + type_of(field.value));
    }
    call.fields.push_back({field.name, parse_expression(field.value, variables)});
  }
  const Expression* inputs = call.named("inputs");
  if (inputs == nullptr || inputs->arguments.empty()) {
    fail_at(34465, "$zip requires at least one input array");
  }
  const Expression* defaults = call.named("defaults");
  if (defaults != nullptr && !(call.value.is(Type::boolean) && call.value.boolean())) {
    fail_at(34466, "cannot specify defaults unless useLongestLength is true");
  }
  if (defaults != nullptr && defaults->arguments.size() != inputs->arguments.size()) {
    fail_at(34467, "defaults and inputs must have the same length");
  }
}

Value op_zip(const Expression& call, const Scope& scope) {
  std::vector<Value> inputs;
  for (const auto& e : call.named("inputs")->arguments) inputs.push_back(evaluate(*e, scope));
  const bool longest = call.value.is(Type::boolean) && call.value.boolean();
  std::size_t rows = longest ? 0 : SIZE_MAX;
  for (const Value& v : inputs) {
    if (v.nullish()) return Value(nullptr);
    if (!v.is(Type::array)) {
      fail_at(34468, "$zip found a non-array expression in input: " + type_of(v));
    }
    rows = longest ? std::max(rows, v.array().size()) : std::min(rows, v.array().size());
  }
  Array defaults(inputs.size(), Value(nullptr));
  if (call.named("defaults") != nullptr) defaults = named(call, "defaults", scope).array();
  Array out;
  for (std::size_t row = 0; row < rows; ++row) {
    Array line;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Array& column = inputs[i].array();
      line.push_back(row < column.size() ? column[row] : defaults[i]);
    }
    out.push_back(Value(std::move(line)));
  }
  return Value(std::move(out));
}

void parse_sort_array(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) {
    fail_at(2942500, "$sortArray requires an object as an argument, found: " + type_of(spec));
  }
  for (const Field& field : spec.object()) {
    if (field.name == "input") {
      call.fields.push_back({"input", parse_expression(field.value, variables)});
    } else if (field.name == "sortBy") {
      call.value = field.value;
    } else {
      fail_at(2942501, "$sortArray found an unknown argument: " + field.name);
    }
  }
  if (call.named("input") == nullptr) {
    fail_at(2942502, "$sortArray requires 'input' to be specified");
  }
  if (call.value.missing()) fail_at(2942503, "$sortArray requires 'sortBy' to be specified");
  if (call.value.is(Type::object)) {
    parse_sort(call.value.object());
  } else if (!call.value.is_number() ||
             (exact_int64(call.value) != 1 && exact_int64(call.value) != -1)) {
    fail_at(2942507, "Illegal sort direction in $sortArray: sortBy must be 1 or -1");
  }
}

Value op_sort_array(const Expression& call, const Scope& scope) {
  const Value input = named(call, "input", scope);
  if (input.nullish()) return Value(nullptr);
  if (!input.is(Type::array)) {
    fail_at(2942504, "The input argument to $sortArray must be an array, but was of type: " +
                         type_of(input));
  }
  Array out = input.array();
  if (call.value.is(Type::object)) {
    sort_documents(parse_sort(call.value.object()), out, scope.collator());
  } else {
    const bool descending = exact_int64(call.value) == -1;
    std::stable_sort(out.begin(), out.end(), [&](const Value& a, const Value& b) {
      const int c = compare(a, b, scope.collator());
      return descending ? c > 0 : c < 0;
    });
  }
  return Value(std::move(out));
}

Value pair_of(const Value& pair) {
  Object out;
  if (pair.is(Type::array)) {
    const Array& parts = pair.array();
    if (parts.size() != 2) {
      fail_at(40397, "$arrayToObject requires an array of size 2 arrays,found array of size: " +
                         std::to_string(parts.size()));
    }
    if (!parts[0].is(Type::string)) {
      fail_at(40395,
              "$arrayToObject requires an array of key-value pairs, where the key must be "
              "of type string. Found key type: " +
                  type_of(parts[0]));
    }
    out.add(parts[0].text(), parts[1]);
  } else if (pair.is(Type::object)) {
    const Object& parts = pair.object();
    if (parts.size() != 2) {
      fail_at(40392,
              "$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect "
              "number of keys:" +
                  std::to_string(parts.size()));
    }
    if (!parts.has("k") || !parts.has("v")) {
      fail_at(40393,
              "$arrayToObject requires an object with keys 'k' and 'v'. Missing either or "
              "both keys from: " +
                  parts.front().name);
    }
    if (!parts.get("k").is(Type::string)) {
      fail_at(40394,
              "$arrayToObject requires an object with keys 'k' and 'v', where the value of "
              "'k' must be of type string. Found type: " +
                  type_of(parts.get("k")));
    }
    out.add(parts.get("k").text(), parts.get("v"));
  } else {
    fail_at(40398, "Unrecognised input type format for $arrayToObject: " + type_of(pair));
  }
  return Value(std::move(out));
}

Value op_array_to_object(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is(Type::array)) {
    fail_at(40386, "$arrayToObject requires an array input, found: " + type_of(v));
  }
  Object out;
  for (const Value& element : v.array()) {
    const Type first = v.array()[0].type();
    if ((first == Type::array || first == Type::object) && !element.is(first)) {
      fail_at(first == Type::array ? 40396 : 40391,
              "$arrayToObject requires a consistent input format. Elements must all be arrays or "
              "all be objects. Found: " +
                  type_of(element));
    }
    const Value pair = pair_of(element);
    const Field& field = pair.object().front();
    if (field.name.find('\0') != std::string::npos) {
      fail_at(first == Type::array ? 4940400 : 4940401,
              "Key field cannot contain an embedded null byte");
    }
    out.set(field.name, field.value);
  }
  return Value(std::move(out));
}

constexpr Operator operators[] = {
    {"$concatArrays", 0, -1, op_concat_arrays},
    {"$reverseArray", 1, 1, op_reverse_array},
    {"$range", 2, 3, op_range},
    {"$zip", 0, 0, op_zip, {}, parse_zip},
    {"$sortArray", 0, 0, op_sort_array, {}, parse_sort_array},
    {"$arrayToObject", 1, 1, op_array_to_object},
};

}  // namespace

std::span<const Operator> array_shape_operators() {
  return operators;
}

}  // namespace iacdb::doc
