#include <algorithm>
#include <unordered_map>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

const std::unordered_map<std::string_view, const Operator*>& table() {
  static const auto made = [] {
    std::unordered_map<std::string_view, const Operator*> all;
    for (const auto& list :
         {arithmetic_operators(), math_operators(), array_operators(), array_shape_operators(),
          logic_operators(), variable_operators(), string_operators(), string_search_operators(),
          set_operators(), object_operators(), date_operators(), date_part_operators(),
          date_text_operators(), type_operators(), accumulating_operators()}) {
      for (const Operator& op : list) all.emplace(op.name, &op);
    }
    return all;
  }();
  return made;
}

bool system_variable(std::string_view name) {
  return name == "ROOT" || name == "CURRENT" || name == "NOW" || name == "REMOVE" ||
         name == "CLUSTER_TIME" || name == "DESCEND" || name == "PRUNE" || name == "KEEP";
}

void check_path(const std::string& text) {
  if (text.empty()) fail_at(40352, "FieldPath cannot be constructed with empty string");
  if (text.ends_with('.')) fail_at(40353, "FieldPath must not end with a '.'.");
  for (const std::string& part : split_path(text)) {
    if (part.empty()) fail_at(15998, "FieldPath field names may not be empty strings.");
    if (part.starts_with('$')) {
      fail_at(16410,
              "FieldPath field names may not start with '$'. Consider using $getField or "
              "$setField.");
    }
    if (part.find('\0') != std::string::npos) {
      fail_at(16411, "FieldPath field names may not contain '\\0'.");
    }
  }
}

ExpressionPtr parse_field(const std::string& text, const VariableNames& variables) {
  auto out = std::make_shared<Expression>();
  out->kind = Expression::field;
  out->variable = "CURRENT";
  if (text == "$") {
    fail_at(16872, "'$' by itself is not a valid FieldPath");
  }
  if (text.starts_with("$$")) {
    const std::string path = text.substr(2);
    check_path(path);
    out->path = split_path(path);
    out->variable = out->path.front();
    out->path.erase(out->path.begin());
    const unsigned char first = static_cast<unsigned char>(out->variable[0]);
    if (!system_variable(out->variable) && variables.find(out->variable) == variables.end()) {
      if (!std::islower(first) && first < 0x80 && out->variable[0] != '_') {
        fail_at(17276, "Use of undefined variable: " + out->variable);
      }
      fail_at(17276, "Use of undefined variable: " + out->variable);
    }
  } else {
    check_path(text.substr(1));
    out->path = split_path(text.substr(1));
  }
  return out;
}

void check_count(const Operator& op, std::size_t count) {
  const auto n = static_cast<int>(count);
  const std::string name(op.name);
  if (op.arguments_max >= 0 && op.arguments_min == op.arguments_max) {
    if (n != op.arguments_min) {
      fail_at(16020, "Expression " + name + " takes exactly " + std::to_string(op.arguments_min) +
                         " arguments. " + std::to_string(n) + " were passed in.");
    }
  } else if (n < op.arguments_min && (name == "$setEquals" || name == "$ifNull")) {
    fail_at(name == "$ifNull" ? 1257300 : 17045,
            name + " needs at least two arguments, had: " + std::to_string(n));
  } else if (n < op.arguments_min || (op.arguments_max >= 0 && n > op.arguments_max)) {
    std::string message =
        "Expression " + name + " takes at least " + std::to_string(op.arguments_min) + " arguments";
    if (op.arguments_max >= 0) message += ", and at most " + std::to_string(op.arguments_max);
    fail_at(28667, message + ", but " + std::to_string(n) + " were passed in.");
  }
}

ExpressionPtr parse_call(const Field& field, const VariableNames& variables) {
  const Operator* op = find_operator(field.name);
  if (op == nullptr) {
    if (field.name == "$function" || field.name == "$accumulator") {
      fail(Code::not_implemented, field.name + " is not supported: JavaScript is not run");
    }
    fail(Code::invalid_pipeline_operator, "Unrecognized expression '" + field.name + "'");
  }
  auto out = std::make_shared<Expression>();
  out->kind = Expression::call;
  out->op = op;
  if (op->parse != nullptr) {
    op->parse(field.value, variables, *out);
  } else if (!op->named.empty()) {
    parse_named(field.value, variables, *out);
  } else {
    parse_arguments(field.value, variables, *out);
  }
  return out;
}

ExpressionPtr parse_object(const Object& spec, const VariableNames& variables) {
  if (!spec.empty() && spec.front().name.starts_with('$')) {
    if (spec.size() != 1) {
      fail_at(15983,
              "an expression specification must contain exactly one field, the name of the "
              "expression. Found " +
                  std::to_string(spec.size()) + " fields in " + print_json(spec) +
                  ", while parsing object " + print_json(spec));
    }
    return parse_call(spec.front(), variables);
  }
  auto out = std::make_shared<Expression>();
  out->kind = Expression::object;
  for (const Field& field : spec) {
    if (field.name.starts_with('$')) {
      fail_at(16410,
              "FieldPath field names may not start with '$'. Consider using $getField or "
              "$setField.");
    }
    if (field.name.find('.') != std::string::npos) {
      fail_at(16412,
              "FieldPath field names may not contain '.'. Consider using $getField or "
              "$setField.");
    }
    out->fields.push_back({field.name, parse_expression(field.value, variables)});
  }
  return out;
}

}  // namespace

const Operator* find_operator(std::string_view name) noexcept {
  const auto it = table().find(name);
  return it != table().end() ? it->second : nullptr;
}

ExpressionPtr literal_expression(Value value) {
  auto out = std::make_shared<Expression>();
  out->value = std::move(value);
  return out;
}

ExpressionPtr parse_expression(const Value& spec, const VariableNames& variables) {
  if (spec.is(Type::string) && spec.text().starts_with('$')) {
    return parse_field(spec.text(), variables);
  }
  if (spec.is(Type::object)) return parse_object(spec.object(), variables);
  if (spec.is(Type::array)) {
    auto out = std::make_shared<Expression>();
    out->kind = Expression::array;
    for (const Value& element : spec.array()) {
      out->arguments.push_back(parse_expression(element, variables));
    }
    return out;
  }
  return literal_expression(spec);
}

void parse_arguments(const Value& spec, const VariableNames& variables, Expression& call) {
  if (spec.is(Type::array)) {
    for (const Value& element : spec.array()) {
      call.arguments.push_back(parse_expression(element, variables));
    }
  } else {
    call.arguments.push_back(parse_expression(spec, variables));
  }
  check_count(*call.op, call.arguments.size());
}

std::int64_t int_argument(const Value& v, int code, const std::string& message) {
  const auto n = v.is_number() ? exact_int64(v) : std::nullopt;
  if (!n || *n < INT32_MIN || *n > INT32_MAX) fail_at(code, message);
  return *n;
}

}  // namespace iacdb::doc
