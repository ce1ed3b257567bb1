#include <array>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/pipeline/window.hpp"

namespace iacdb::doc {
namespace {

constexpr std::array<std::string_view, 3> rank_functions = {"$rank", "$denseRank",
                                                            "$documentNumber"};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

WindowBound parse_bound(const Value& v, bool ranged) {
  if (v.is(Type::string)) {
    if (v.text() == "unbounded") return {WindowBound::unbounded, {}};
    if (v.text() == "current") return {WindowBound::current, {}};
    fail(Code::failed_to_parse, "Window bounds must be 'unbounded', 'current', or a number.");
  }
  if (!v.is_number()) {
    fail(Code::failed_to_parse, "Window bounds must be 'unbounded', 'current', or a number.");
  }
  if (!ranged && !exact_int64(v)) {
    fail(Code::failed_to_parse, "Numeric document-based bounds must be an integer");
  }
  return {WindowBound::offset, v};
}

void parse_window(WindowField& field, const Value& window, const Sort& sort) {
  if (!window.is(Type::object)) {
    fail(Code::failed_to_parse, "'window' field must be an object");
  }
  field.has_window = true;
  const Object& spec = window.object();
  const Value& documents = spec.get("documents");
  const Value& range = spec.get("range");
  for (const Field& f : spec) {
    if (!is_one_of(f.name, {"documents", "range", "unit"})) {
      fail(Code::failed_to_parse,
           "'window' field that isn't 'documents', 'range' or 'unit': " + f.name);
    }
  }
  if (!documents.missing() && !range.missing()) {
    fail(Code::failed_to_parse,
         "Window bounds can specify either 'documents' or 'unit', not both.");
  }
  if (documents.missing() && range.missing()) return;
  field.ranged = documents.missing();
  const Value& bounds = field.ranged ? range : documents;
  if (!bounds.is(Type::array) || bounds.array().size() != 2) {
    fail(Code::failed_to_parse, "Window bounds must be a 2-element array");
  }
  field.low = parse_bound(bounds.array()[0], field.ranged);
  field.high = parse_bound(bounds.array()[1], field.ranged);
  if (field.low.kind == WindowBound::offset && field.high.kind == WindowBound::offset &&
      compare(field.low.amount, field.high.amount) > 0) {
    fail_at(5339900, "Lower bound must not exceed upper bound: " + print_json(bounds));
  }
  if (spec.has("unit")) {
    if (!field.ranged) {
      fail(Code::failed_to_parse, "Window bounds can only specify 'unit' with range-based bounds.");
    }
    field.unit = parse_unit(spec.get("unit"), "$setWindowFields");
  }
  if (field.ranged && sort.size() != 1) {
    fail_at(5339902, "Range-based bounds require sortBy a single field");
  }
  if (field.ranged && sort[0].descending) {
    fail_at(8947401, "Range-based bounds require an ascending sortBy");
  }
  if (!field.ranged && sort.empty()) {
    fail_at(5339901, "Document-based bounds require a sortBy");
  }
}

const Object& options_of(const WindowField& field) {
  if (!field.options.is(Type::object)) {
    fail(Code::failed_to_parse, "Argument to " + field.op + " must be an object");
  }
  return field.options.object();
}

void parse_unit_function(WindowField& field, const VariableNames& variables) {
  const Object& options = options_of(field);
  for (const Field& f : options) {
    if (f.name != "input" && f.name != "unit") {
      fail(Code::failed_to_parse, field.op + " got unexpected argument: " + f.name);
    }
  }
  if (!options.has("input")) {
    fail(Code::failed_to_parse, field.op + " requires an 'input' expression");
  }
  field.input = parse_expression(options.get("input"), variables);
  if (options.has("unit")) field.value_unit = parse_unit(options.get("unit"), field.op);
  if (field.value_unit > DateUnit::week) {
    fail_at(5490704, "unit must be 'week' or smaller");
  }
}

void parse_exponential(WindowField& field, const VariableNames& variables) {
  const Object& options = options_of(field);
  for (const Field& f : options) {
    if (f.name != "input" && f.name != "N" && f.name != "alpha") {
      fail(Code::failed_to_parse, "$expMovingAvg got unexpected argument: " + f.name);
    }
  }
  if (!options.has("input") || options.has("N") == options.has("alpha")) {
    fail(Code::failed_to_parse,
         "$expMovingAvg sub object must have exactly two fields: An 'input' field, and either an "
         "'N' field or an 'alpha' field");
  }
  const Value& n = options.get("N");
  const Value& alpha = options.get("alpha");
  if (!n.missing() && (!exact_int64(n) || *exact_int64(n) <= 0)) {
    fail(Code::failed_to_parse, "'N' field must be an integer greater than zero");
  }
  if (!alpha.missing() && (!alpha.is_number() || to_double(alpha) <= 0 || to_double(alpha) >= 1)) {
    fail(Code::failed_to_parse, "'alpha' must be between 0 and 1 (exclusive)");
  }
  field.input = parse_expression(options.get("input"), variables);
}

void parse_shift(WindowField& field, const VariableNames& variables) {
  const Object& options = options_of(field);
  for (const Field& f : options) {
    if (!is_one_of(f.name, {"output", "by", "default"})) {
      fail(Code::failed_to_parse, "Unknown argument in $shift: " + f.name);
    }
  }
  if (!options.has("output") || !options.has("by")) {
    fail(Code::failed_to_parse, "$shift requires 'output' and 'by' to be specified");
  }
  if (!exact_int64(options.get("by"))) {
    fail(Code::failed_to_parse, "'$shift:by' field must be an integer");
  }
  field.otherwise = Value(nullptr);
  if (options.has("default")) {
    auto value = constant_value(options.get("default"), variables);
    if (!value) {
      fail(Code::failed_to_parse, "'$shift:default' expression must yield a constant value.");
    }
    if (!value->missing()) field.otherwise = *std::move(value);
  }
  field.input = parse_expression(options.get("output"), variables);
}

void parse_covariance(WindowField& field, const VariableNames& variables) {
  if (!field.options.is(Type::array) || field.options.array().size() != 2) {
    fail_at(16020, "Expression " + field.op + " takes exactly 2 arguments");
  }
  field.input = parse_expression(field.options.array()[0], variables);
  field.second = parse_expression(field.options.array()[1], variables);
}

void parse_function(WindowField& field, const Sort& sort, const VariableNames& variables) {
  const std::string& op = field.op;
  const bool rank =
      std::find(rank_functions.begin(), rank_functions.end(), op) != rank_functions.end();
  if (rank) {
    if (!field.options.is(Type::object) || !field.options.object().empty()) {
      fail_at(5371603, op + " must be specified with '{}' as the value");
    }
    if (field.has_window) {
      fail_at(5371601, "Rank style window functions take no other arguments");
    }
    if (sort.empty() || (op != "$documentNumber" && sort.size() != 1)) {
      fail_at(5371602, op + " must be specified with a top level sortBy expression with exactly "
                            "one element");
    }
    return;
  }
  if (is_one_of(op, {"$shift", "$expMovingAvg", "$derivative", "$integral", "$linearFill"}) &&
      sort.empty()) {
    fail_at(op == "$linearFill" ? 605001 : 5371802, op + " requires a sortBy");
  }
  if (is_one_of(op, {"$shift", "$expMovingAvg", "$locf", "$linearFill"}) && field.has_window) {
    fail(Code::failed_to_parse, "'window' field is not allowed in " + op);
  }
  if (op == "$shift") return parse_shift(field, variables);
  if (op == "$expMovingAvg") return parse_exponential(field, variables);
  if (op == "$derivative" || op == "$integral") {
    if (op == "$derivative" && !field.has_window) {
      fail_at(5371803, "$derivative requires explicit window bounds");
    }
    return parse_unit_function(field, variables);
  }
  if (op == "$covariancePop" || op == "$covarianceSamp") {
    return parse_covariance(field, variables);
  }
  field.input = parse_expression(field.options, variables);  // $locf and $linearFill
}

}  // namespace

WindowField parse_window_field(const std::string& name, const Value& spec, const Sort& sort,
                               const VariableNames& variables) {
  if (!spec.is(Type::object)) {
    fail(Code::failed_to_parse, "The field '" + name + "' must be an object");
  }
  WindowField field;
  check_field_path(name);
  field.path = split_path(name);
  Value window;
  for (const Field& f : spec.object()) {
    if (f.name == "window") {
      window = f.value;
    } else if (f.name.starts_with('$') && field.op.empty()) {
      field.op = f.name;
      field.options = f.value;
    } else {
      fail(Code::failed_to_parse, "Window function found an unknown argument: " + f.name);
    }
  }
  if (field.op.empty()) {
    fail(Code::failed_to_parse, "Expected a $-prefixed window function, in field " + name);
  }
  if (!window.missing()) parse_window(field, window, sort);
  if (is_accumulator(field.op) && field.op != "$mergeObjects") {
    field.accumulated = parse_accumulator("f", Value(Object{{field.op, field.options}}), variables);
    return field;
  }
  if (!is_one_of(field.op, {"$rank", "$denseRank", "$documentNumber", "$shift", "$expMovingAvg",
                            "$derivative", "$integral", "$linearFill", "$locf", "$covariancePop",
                            "$covarianceSamp"})) {
    fail(Code::failed_to_parse, "Unrecognized window function, " + field.op);
  }
  parse_function(field, sort, variables);
  return field;
}

}  // namespace iacdb::doc
