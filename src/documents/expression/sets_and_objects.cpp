// Set operators, and operators on documents.

#include <algorithm>
#include <optional>
#include <set>

#include "documents/bson/codec.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

using ValueSet = std::set<Value, ValueLess>;

ValueSet empty_set(const Scope& scope) {
  return ValueSet(ValueLess{scope.collator()});
}

ValueSet set_of(const Value& v, const Scope& scope) {
  ValueSet out = empty_set(scope);
  out.insert(v.array().begin(), v.array().end());
  return out;
}

Value listed(const ValueSet& set) {
  return Value(Array(set.begin(), set.end()));
}

Value op_set_union(const Expression& call, const Scope& scope) {
  ValueSet out = empty_set(scope);
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (v.nullish()) return Value(nullptr);
    if (!v.is(Type::array)) {
      fail_at(17043,
              "All operands of $setUnion must be arrays. One argument is of type: " + type_of(v));
    }
    out.insert(v.array().begin(), v.array().end());
  }
  return listed(out);
}

Value op_set_intersection(const Expression& call, const Scope& scope) {
  ValueSet out = empty_set(scope);
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (v.nullish()) return Value(nullptr);
    if (!v.is(Type::array)) {
      fail_at(17047, "All operands of $setIntersection must be arrays. One argument is of type: " +
                         type_of(v));
    }
    const ValueSet other = set_of(v, scope);
    if (i == 0) {
      out = other;
      continue;
    }
    std::erase_if(out, [&](const Value& x) { return other.find(x) == other.end(); });
  }
  return listed(out);
}

Value op_set_difference(const Expression& call, const Scope& scope) {
  const Value a = argument(call, 0, scope);
  const Value b = argument(call, 1, scope);
  if (a.nullish() || b.nullish()) return Value(nullptr);
  if (!a.is(Type::array)) {
    fail_at(17048, "both operands of $setDifference must be arrays. First argument is of type: " +
                       type_of(a));
  }
  if (!b.is(Type::array)) {
    fail_at(17049, "both operands of $setDifference must be arrays. Second argument is of type: " +
                       type_of(b));
  }
  ValueSet seen = set_of(b, scope);
  Array out;
  for (const Value& v : a.array()) {
    if (seen.insert(v).second) out.push_back(v);
  }
  return Value(std::move(out));
}

Value op_set_equals(const Expression& call, const Scope& scope) {
  std::optional<ValueSet> first;
  bool same = true;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (!v.is(Type::array)) {
      fail_at(17044, "All operands of $setEquals must be arrays. " + std::to_string(i + 1) +
                         "-th argument is of type: " + type_of(v));
    }
    const ValueSet set = set_of(v, scope);
    if (!first) {
      first = set;
    } else {
      same = same && std::equal(first->begin(), first->end(), set.begin(), set.end(),
                                [&](const Value& x, const Value& y) {
                                  return equal(x, y, scope.collator());
                                });
    }
  }
  return Value(same);
}

Value op_set_is_subset(const Expression& call, const Scope& scope) {
  const Value a = argument(call, 0, scope);
  const Value b = argument(call, 1, scope);
  if (!a.is(Type::array)) {
    fail_at(17046, "both operands of $setIsSubset must be arrays. First argument is of type: " +
                       type_of(a));
  }
  if (!b.is(Type::array)) {
    fail_at(17042, "both operands of $setIsSubset must be arrays. Second argument is of type: " +
                       type_of(b));
  }
  const ValueSet whole = set_of(b, scope);
  return Value(std::all_of(a.array().begin(), a.array().end(),
                           [&](const Value& v) { return whole.find(v) != whole.end(); }));
}

Value op_all_true(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (!v.is(Type::array)) {
    fail_at(17040, "$allElementsTrue's argument must be an array, but is " + type_of(v));
  }
  return Value(std::all_of(v.array().begin(), v.array().end(), truthy));
}
Value op_any_true(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (!v.is(Type::array)) {
    fail_at(17041, "$anyElementTrue's argument must be an array, but is " + type_of(v));
  }
  return Value(std::any_of(v.array().begin(), v.array().end(), truthy));
}

Value op_merge_objects(const Expression& call, const Scope& scope) {
  Object out;
  const auto merge = [&](const Value& v) {
    if (v.nullish()) return;
    if (!v.is(Type::object)) {
      fail_at(40400, "$mergeObjects requires object inputs, but input " +
                         std::string("is of type ") + type_of(v));
    }
    for (const Field& field : v.object()) out.set(field.name, field.value);
  };
  const bool alone = call.arguments.size() == 1;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (alone && v.is(Type::array)) {
      std::for_each(v.array().begin(), v.array().end(), merge);
    } else {
      merge(v);
    }
  }
  return Value(std::move(out));
}

Value op_object_to_array(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is(Type::object)) {
    fail_at(40390, "$objectToArray requires a document input, found: " + type_of(v));
  }
  Array out;
  for (const Field& field : v.object()) {
    Object pair;
    pair.add("k", Value(field.name));
    pair.add("v", field.value);
    out.push_back(Value(std::move(pair)));
  }
  return Value(std::move(out));
}

ExpressionPtr current_document() {
  auto out = std::make_shared<Expression>();
  out->kind = Expression::field;
  out->variable = "CURRENT";
  return out;
}

void parse_get_field(const Value& spec, const VariableNames& variables, Expression& call) {
  const bool full =
      spec.is(Type::object) && (spec.object().has("field") || spec.object().has("input"));
  if (!full) {
    call.fields.push_back({"field", parse_expression(spec, variables)});
    call.fields.push_back({"input", current_document()});
    return;
  }
  for (const Field& field : spec.object()) {
    if (field.name != "field" && field.name != "input") {
      fail_at(3041701, "$getField found an unknown argument: " + field.name);
    }
    call.fields.push_back({field.name, parse_expression(field.value, variables)});
  }
  if (call.named("field") == nullptr) {
    fail_at(3041702, "$getField requires 'field' to be specified");
  }
  if (call.named("input") == nullptr) {
    fail_at(3041703, "$getField requires 'input' to be specified");
  }
}

/// The field of $setField and $unsetField is a text that is known before any document.
void parse_set_field(const Value& spec, const VariableNames& variables, Expression& call) {
  parse_named(spec, variables, call);
  const Expression* field = call.named("field");
  if (field->kind == Expression::field) {
    const std::string& given = spec.object().get("field").text();
    fail_at(4161108, "'" + given +
                         "' is a field path reference which is not allowed in this context. Did "
                         "you mean {$literal: '" +
                         given + "'}?");
  }
  if (field->kind != Expression::literal) {
    fail_at(4161106, op_name(call) +
                         " requires 'field' to evaluate to a constant, but got a non-constant "
                         "argument");
  }
  if (!field->value.is(Type::string)) {
    fail_at(4161107, op_name(call) + " requires 'field' to evaluate to type String, but got " +
                         type_of(field->value));
  }
}

Value op_get_field(const Expression& call, const Scope& scope) {
  const Value field = named(call, "field", scope);
  if (!field.is(Type::string)) {
    fail_at(3041704,
            "$getField requires 'field' to evaluate to type String, but got " + type_of(field));
  }
  const Value input = named(call, "input", scope);
  if (input.is(Type::null) || input.is(Type::undefined)) return Value(nullptr);
  return input.is(Type::object) ? input.object().get(field.text()) : Value();
}

Value set_field(const Expression& call, const Scope& scope, bool unset) {
  const Value field = named(call, "field", scope);
  if (field.text().find('\0') != std::string::npos) {
    fail(Code::bad_value, op_name(call) + ": a field's name cannot contain a zero byte");
  }
  Value input = named(call, "input", scope);
  if (input.nullish()) return Value(nullptr);
  if (!input.is(Type::object)) {
    fail_at(4161105, op_name(call) + " requires 'input' to evaluate to type Object");
  }
  const Value v = unset ? Value() : named(call, "value", scope);
  if (v.missing()) {
    input.edit_object().remove(field.text());
  } else {
    input.edit_object().set(field.text(), v);
  }
  return input;
}
Value op_set_field(const Expression& call, const Scope& scope) {
  return set_field(call, scope, false);
}
Value op_unset_field(const Expression& call, const Scope& scope) {
  return set_field(call, scope, true);
}

Value op_bson_size(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is(Type::object)) {
    fail_at(31393, "$bsonSize requires a document input, found: " + type_of(v));
  }
  return Value(static_cast<std::int32_t>(encode(v.object()).size()));
}

Value op_binary_size(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  if (v.is(Type::string)) return Value(static_cast<std::int32_t>(v.text().size()));
  if (!v.is(Type::binary)) {
    fail_at(51276, "$binarySize requires a string or BinData argument, found: " + type_of(v));
  }
  return Value(static_cast<std::int32_t>(v.binary().bytes.size()));
}

constexpr Operator sets[] = {
    {"$setUnion", 0, -1, op_set_union},          {"$setIntersection", 0, -1, op_set_intersection},
    {"$setDifference", 2, 2, op_set_difference}, {"$setEquals", 2, -1, op_set_equals},
    {"$setIsSubset", 2, 2, op_set_is_subset},    {"$allElementsTrue", 1, 1, op_all_true},
    {"$anyElementTrue", 1, 1, op_any_true},
};
constexpr Operator objects[] = {
    {"$mergeObjects", 0, -1, op_merge_objects},
    {"$objectToArray", 1, 1, op_object_to_array},
    {"$getField", 0, 0, op_get_field, {}, parse_get_field},
    {"$setField", 0, 0, op_set_field, "field input value", parse_set_field},
    {"$unsetField", 0, 0, op_unset_field, "field input", parse_set_field},
    {"$bsonSize", 1, 1, op_bson_size},
    {"$binarySize", 1, 1, op_binary_size},
};

}  // namespace

std::span<const Operator> set_operators() {
  return sets;
}
std::span<const Operator> object_operators() {
  return objects;
}

}  // namespace iacdb::doc
