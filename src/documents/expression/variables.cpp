// Operators that bring variables into scope: $let, $map, $filter, $reduce; and $literal.

#include "documents/bson/number.hpp"
#include "documents/expression/operators.hpp"
#include "documents/expression/variable_names.hpp"

namespace iacdb::doc {

void check_variable(const std::string& name) {
  if (name.empty()) fail(Code::failed_to_parse, "empty variable names are not allowed");
  const auto first = static_cast<unsigned char>(name[0]);
  if (name != "CURRENT" && !std::islower(first) && first < 0x80) {
    fail(Code::failed_to_parse, "'" + name +
                                    "' starts with an invalid character for a user "
                                    "variable name");
  }
  for (const char c : name) {
    const auto u = static_cast<unsigned char>(c);
    if (!std::isalnum(u) && c != '_' && u < 0x80) {
      fail(Code::failed_to_parse,
           "'" + name + "' contains an invalid character for a variable name: '" + c + "'");
    }
  }
}

namespace {

VariableNames with(const VariableNames& variables, std::initializer_list<std::string> more) {
  VariableNames out = variables;
  out.insert(more.begin(), more.end());
  return out;
}

void parse_literal(const Value& spec, const VariableNames&, Expression& call) {
  call.kind = Expression::literal;
  call.value = spec;
}

void parse_let(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) fail_at(16874, "$let only supports an object as its argument");
  for (const Field& field : spec.object()) {
    if (field.name != "vars" && field.name != "in") {
      fail_at(16875, "Unrecognized parameter to $let: " + field.name);
    }
  }
  const Value& vars = spec.object().get("vars");
  if (vars.missing()) fail_at(16876, "Missing 'vars' parameter to $let");
  if (!spec.object().has("in")) fail_at(16877, "Missing 'in' parameter to $let");
  if (!vars.is(Type::object)) fail_at(10065, "invalid parameter: expected an object (vars)");
  VariableNames inner = variables;
  for (const Field& field : vars.object()) {
    check_variable(field.name);
    call.fields.push_back({field.name, parse_expression(field.value, variables)});
    inner.insert(field.name);
  }
  call.arguments.push_back(parse_expression(spec.object().get("in"), inner));
}

Value bind_all(const Expression& call, std::size_t i, const std::vector<Value>& values,
               const Scope& scope) {
  if (i == values.size()) return evaluate(*call.arguments[0], scope);
  const Binding binding{call.fields[i].name, &values[i], scope.bindings};
  Scope inner = scope;
  inner.bindings = &binding;
  if (call.fields[i].name == "CURRENT") inner.current = &values[i];
  return bind_all(call, i + 1, values, inner);
}

Value op_let(const Expression& call, const Scope& scope) {
  std::vector<Value> values;
  for (const auto& field : call.fields) values.push_back(evaluate(*field.value, scope));
  return bind_all(call, 0, values, scope);
}

Value with_variable(const Expression& e, std::string_view name, const Value& value,
                    const Scope& scope) {
  check_stop(scope.environment->stop);
  const Binding binding{name, &value, scope.bindings};
  Scope inner = scope;
  inner.bindings = &binding;
  if (name == "CURRENT") inner.current = &value;
  return evaluate(e, inner);
}

/// $map and $filter: input and an optional "as", whose variable the body sees.
void parse_each(const Value& spec, const VariableNames& variables, Expression& call,
                std::string_view body, std::string_view extra, int code) {
  const std::string name = op_name(call);
  if (!spec.is(Type::object)) {
    fail_at(code, name + " only supports an object as its argument");
  }
  call.variable = "this";
  if (const Value* as = spec.object().find("as")) {
    if (!as->is(Type::string)) fail(Code::failed_to_parse, name + ": 'as' must be a string");
    call.variable = as->text();
    check_variable(call.variable);
  }
  const VariableNames inner = with(variables, {call.variable});
  for (const Field& field : spec.object()) {
    if (field.name == "as") continue;
    if (field.name != "input" && field.name != body && (extra.empty() || field.name != extra)) {
      fail_at(code + 1, "Unrecognized parameter to " + name + ": " + field.name);
    }
    call.fields.push_back(
        {field.name, parse_expression(field.value, field.name == body ? inner : variables)});
  }
  if (call.named("input") == nullptr) {
    fail_at(code + 2, "Missing 'input' parameter to " + name);
  }
  if (call.named(body) == nullptr) {
    fail_at(code + 4, "Missing '" + std::string(body) + "' parameter to " + name);
  }
}
void parse_map(const Value& spec, const VariableNames& variables, Expression& call) {
  parse_each(spec, variables, call, "in", "", 16878);
}
void parse_filter_call(const Value& spec, const VariableNames& variables, Expression& call) {
  parse_each(spec, variables, call, "cond", "limit", 28646);
}

Value op_map(const Expression& call, const Scope& scope) {
  const Value input = named(call, "input", scope);
  if (input.nullish()) return Value(nullptr);
  if (!input.is(Type::array)) {
    fail_at(16883, "input to $map must be an array not " + type_of(input));
  }
  Array out;
  for (const Value& element : input.array()) {
    Value v = with_variable(*call.named("in"), call.variable, element, scope);
    out.push_back(v.missing() ? Value(nullptr) : std::move(v));
  }
  return Value(std::move(out));
}

Value op_filter(const Expression& call, const Scope& scope) {
  const Value input = named(call, "input", scope);
  if (input.nullish()) return Value(nullptr);
  if (!input.is(Type::array)) {
    fail_at(28651, "input to $filter must be an array not " + type_of(input));
  }
  std::size_t limit = input.array().size();
  if (call.named("limit") != nullptr) {
    const Value v = named(call, "limit", scope);
    if (!v.nullish()) {
      const std::int64_t n =
          int_argument(v, 327391, "$filter: limit must be represented as a 32-bit integral value");
      if (n < 1) fail_at(327392, "$filter: limit must be greater than 0");
      limit = static_cast<std::size_t>(n);
    }
  }
  Array out;
  for (const Value& element : input.array()) {
    if (out.size() >= limit) break;
    if (truthy(with_variable(*call.named("cond"), call.variable, element, scope))) {
      out.push_back(element);
    }
  }
  return Value(std::move(out));
}

void parse_reduce(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) {
    fail_at(40075, "$reduce requires an object as an argument, found: " + type_of(spec));
  }
  const VariableNames inner = with(variables, {"this", "value"});
  for (const Field& field : spec.object()) {
    if (field.name != "input" && field.name != "initialValue" && field.name != "in") {
      fail_at(40076, "$reduce found an unknown argument: " + field.name);
    }
    call.fields.push_back(
        {field.name, parse_expression(field.value, field.name == "in" ? inner : variables)});
  }
  int code = 40077;
  for (const std::string_view needed : {"input", "initialValue", "in"}) {
    if (call.named(needed) == nullptr) {
      fail_at(code, "$reduce requires '" + std::string(needed) + "' to be specified");
    }
    ++code;
  }
}

Value op_reduce(const Expression& call, const Scope& scope) {
  const Value input = named(call, "input", scope);
  if (input.nullish()) return Value(nullptr);
  if (!input.is(Type::array)) {
    fail_at(40080, "$reduce requires that 'input' be an array, found: " + type_of(input));
  }
  Value value = named(call, "initialValue", scope);
  for (const Value& element : input.array()) {
    check_stop(scope.environment->stop);
    const Binding this_one{"this", &element, scope.bindings};
    const Value before = value;
    const Binding so_far{"value", &before, &this_one};
    Scope inner = scope;
    inner.bindings = &so_far;
    value = evaluate(*call.named("in"), inner);
  }
  return value;
}

Value op_literal(const Expression& call, const Scope&) {
  return call.value;
}

constexpr Operator operators[] = {
    {"$literal", 0, 0, op_literal, {}, parse_literal},
    {"$const", 0, 0, op_literal, {}, parse_literal},
    {"$let", 0, 0, op_let, {}, parse_let},
    {"$map", 0, 0, op_map, {}, parse_map},
    {"$filter", 0, 0, op_filter, {}, parse_filter_call},
    {"$reduce", 0, 0, op_reduce, {}, parse_reduce},
};

}  // namespace

std::span<const Operator> variable_operators() {
  return operators;
}

}  // namespace iacdb::doc
