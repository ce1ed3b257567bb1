// Booleans, comparison and conditions.

#include "documents/bson/ext_json.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

Value op_and(const Expression& call, const Scope& scope) {
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (!truthy(argument(call, i, scope))) return Value(false);
  }
  return Value(true);
}
Value op_or(const Expression& call, const Scope& scope) {
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (truthy(argument(call, i, scope))) return Value(true);
  }
  return Value(false);
}
Value op_not(const Expression& call, const Scope& scope) {
  return Value(!truthy(argument(call, 0, scope)));
}

int order(const Expression& call, const Scope& scope) {
  return compare(argument(call, 0, scope), argument(call, 1, scope), scope.collator());
}
Value op_cmp(const Expression& call, const Scope& scope) {
  return Value(std::int32_t{order(call, scope)});
}
Value op_eq(const Expression& call, const Scope& scope) {
  return Value(order(call, scope) == 0);
}
Value op_ne(const Expression& call, const Scope& scope) {
  return Value(order(call, scope) != 0);
}
Value op_lt(const Expression& call, const Scope& scope) {
  return Value(order(call, scope) < 0);
}
Value op_lte(const Expression& call, const Scope& scope) {
  return Value(order(call, scope) <= 0);
}
Value op_gt(const Expression& call, const Scope& scope) {
  return Value(order(call, scope) > 0);
}
Value op_gte(const Expression& call, const Scope& scope) {
  return Value(order(call, scope) >= 0);
}

void parse_cond(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) {
    parse_arguments(spec, variables, call);
    return;
  }
  ExpressionPtr parts[3];
  constexpr std::string_view names[] = {"if", "then", "else"};
  for (const Field& field : spec.object()) {
    bool known = false;
    for (std::size_t i = 0; i < 3; ++i) {
      if (field.name != names[i]) continue;
      parts[i] = parse_expression(field.value, variables);
      known = true;
    }
    if (!known) fail_at(17083, "Unrecognized parameter to $cond: " + field.name);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    if (!parts[i]) {
      fail_at(static_cast<int>(17080 + i),
              "Missing '" + std::string(names[i]) + "' parameter to $cond");
    }
    call.arguments.push_back(parts[i]);
  }
}

Value op_cond(const Expression& call, const Scope& scope) {
  return argument(call, truthy(argument(call, 0, scope)) ? 1 : 2, scope);
}

Value op_if_null(const Expression& call, const Scope& scope) {
  Value v;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    v = argument(call, i, scope);
    if (!v.nullish()) return v;
  }
  return v;
}

void parse_branch(const Value& branch, const VariableNames& variables, Expression& call) {
  if (!branch.is(Type::object)) {
    fail_at(40062, "$switch expected each branch to be an object, found: " + type_of(branch));
  }
  for (const Field& field : branch.object()) {
    if (field.name != "case" && field.name != "then") {
      fail_at(40063, "$switch found an unknown argument to a branch: " + field.name);
    }
  }
  if (!branch.object().has("case")) {
    fail_at(40064, "$switch requires each branch have a 'case' expression");
  }
  if (!branch.object().has("then")) {
    fail_at(40065, "$switch requires each branch have a 'then' expression.");
  }
  call.arguments.push_back(parse_expression(branch.object().get("case"), variables));
  call.arguments.push_back(parse_expression(branch.object().get("then"), variables));
}

void parse_switch(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) {
    fail_at(40060, "$switch requires an object as an argument, found: " + type_of(spec));
  }
  for (const Field& field : spec.object()) {
    if (field.name == "branches") {
      if (!field.value.is(Type::array)) {
        fail_at(40061, "$switch expected an array for 'branches', found: " + type_of(field.value));
      }
      for (const Value& branch : field.value.array()) parse_branch(branch, variables, call);
    } else if (field.name == "default") {
      call.fields.push_back({"default", parse_expression(field.value, variables)});
    } else {
      fail_at(40067, "$switch found an unknown argument: " + field.name);
    }
  }
  if (call.arguments.empty()) fail_at(40068, "$switch requires at least one branch.");
}

Value op_switch(const Expression& call, const Scope& scope) {
  for (std::size_t i = 0; i < call.arguments.size(); i += 2) {
    if (truthy(argument(call, i, scope))) return argument(call, i + 1, scope);
  }
  if (call.named("default") == nullptr) {
    fail_at(40066,
            "$switch could not find a matching branch for an input, and no default was "
            "specified.");
  }
  return named(call, "default", scope);
}

constexpr Operator operators[] = {
    {"$and", 0, -1, op_and},
    {"$or", 0, -1, op_or},
    {"$not", 1, 1, op_not},
    {"$cmp", 2, 2, op_cmp},
    {"$eq", 2, 2, op_eq},
    {"$ne", 2, 2, op_ne},
    {"$lt", 2, 2, op_lt},
    {"$lte", 2, 2, op_lte},
    {"$gt", 2, 2, op_gt},
    {"$gte", 2, 2, op_gte},
    {"$cond", 3, 3, op_cond, {}, parse_cond},
    {"$ifNull", 2, -1, op_if_null},
    {"$switch", 0, 0, op_switch, {}, parse_switch},
};

}  // namespace

std::span<const Operator> logic_operators() {
  return operators;
}

}  // namespace iacdb::doc
