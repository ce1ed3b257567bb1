#include <array>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/filter/json_schema.hpp"
#include "documents/filter/parser.hpp"
#include "documents/filter/text_search.hpp"

namespace iacdb::doc {

Filter filter_at(Filter::Kind kind, const std::string& path) {
  Filter filter;
  filter.kind = kind;
  filter.path = path;
  if (!path.empty()) filter.parts = split_path(path);
  return filter;
}

FilterPtr make(Filter filter) {
  return std::make_shared<const Filter>(std::move(filter));
}

FilterPtr all_of(std::vector<FilterPtr> children) {
  if (children.size() == 1) return children[0];
  Filter filter;
  filter.kind = children.empty() ? Filter::always_true : Filter::all_of;
  filter.children = std::move(children);
  return make(std::move(filter));
}

FilterPtr negate(FilterPtr filter) {
  Filter out;
  out.kind = Filter::not_;
  out.path = filter->path;
  out.children.push_back(std::move(filter));
  return make(std::move(out));
}

FilterPtr equality(const std::string& path, const Value& value) {
  if (value.is(Type::undefined)) fail(Code::bad_value, "cannot compare to undefined");
  Filter filter = filter_at(Filter::equal, path);
  filter.value = value;
  return make(std::move(filter));
}

bool is_operators(const Value& value) {
  if (!value.is(Type::object) || value.object().empty()) return false;
  const std::string& first = value.object().front().name;
  return first.starts_with('$') && first != "$ref" && first != "$id" && first != "$db";
}

std::int64_t whole_number(const Value& value, std::string_view what, Code code) {
  if (!value.is_number()) fail(code, std::string(what) + " must be a number");
  const auto number = exact_int64(value);
  if (!number) fail(code, std::string(what) + " must be an integer that fits 64 bits");
  return *number;
}

std::vector<FilterPtr> FilterParser::list_of(std::string_view op, const Value& value) const {
  const std::string name(op);
  if (!value.is(Type::array)) fail(Code::bad_value, name + " argument must be an array");
  if (value.array().empty()) {
    fail(Code::bad_value, "$and/$or/$nor must be a nonempty array");
  }
  std::vector<FilterPtr> out;
  for (const Value& element : value.array()) {
    if (!element.is(Type::object)) {
      fail(Code::bad_value, "$or/$and/$nor entries need to be full objects");
    }
    out.push_back(top(element.object()));
  }
  return out;
}

namespace {

Filter of_kind(Filter::Kind kind) {
  Filter filter;
  filter.kind = kind;
  return filter;
}

FilterPtr parse_text(const Value& value) {
  if (!value.is(Type::object)) fail(Code::bad_value, "$text expects an object");
  if (!value.object().get("$search").is(Type::string)) {
    fail(Code::type_mismatch, "\"$search\" had the wrong type. Expected string");
  }
  if (!value.object().has(text_weights)) {  // The command layer gives it at the places it knows.
    fail(Code::not_implemented,
         "$text is supported by this store at the top of a filter and within $and, not elsewhere");
  }
  for (const Field& field : value.object()) {
    if (field.name != "$search" && field.name != "$language" && field.name != "$caseSensitive" &&
        field.name != "$diacriticSensitive" && field.name != text_weights &&
        field.name != text_override) {
      fail(Code::bad_value, "extra fields in $text");
    }
  }
  Filter filter = of_kind(Filter::text);
  filter.text_search = std::make_shared<const TextSearch>(value.object());
  return make(std::move(filter));
}

FilterPtr parse_sample_rate(const Value& value) {
  if (!value.is_number()) fail(Code::bad_value, "argument to $sampleRate must be a numeric type");
  const double rate = to_double(value);
  if (!(rate >= 0 && rate <= 1)) {
    fail(Code::bad_value, "numeric argument to $sampleRate must be in [0, 1]");
  }
  Filter filter = of_kind(Filter::sample);
  filter.value = Value(rate);
  return make(std::move(filter));
}

FilterPtr constant(std::string_view name, const Value& value, Filter::Kind kind) {
  if (!value.is_number() || exact_int64(value) != 1) {
    fail(Code::failed_to_parse, std::string(name) + " must be an integer value of 1");
  }
  return make(of_kind(kind));
}

}  // namespace

FilterPtr FilterParser::top_operator(const std::string& name, const Value& value) const {
  static constexpr std::array<std::pair<std::string_view, Filter::Kind>, 3> logical = {
      {{"$and", Filter::all_of}, {"$or", Filter::any_of}, {"$nor", Filter::none_of}}};
  for (const auto& [op, kind] : logical) {
    if (name != op) continue;
    Filter filter = of_kind(kind);
    filter.children = list_of(op, value);
    return make(std::move(filter));
  }
  if (name == "$expr") {
    Filter filter = of_kind(Filter::expression);
    filter.expr = parse_expression(value, variables_);
    filter.value = value;
    return make(std::move(filter));
  }
  if (name == "$jsonSchema") {
    if (!value.is(Type::object)) fail(Code::type_mismatch, "$jsonSchema must be an object");
    Filter filter = of_kind(Filter::schema);
    filter.json_schema = parse_schema(value.object());
    filter.value = value;
    return make(std::move(filter));
  }
  if (name == "$comment") return make(of_kind(Filter::always_true));
  if (name == "$text") return parse_text(value);
  if (name == "$sampleRate") return parse_sample_rate(value);
  if (name == "$alwaysTrue") return constant(name, value, Filter::always_true);
  if (name == "$alwaysFalse") return constant(name, value, Filter::always_false);
  if (name == "$where") {
    fail(Code::not_implemented, "$where is not supported: JavaScript is not run; use $expr");
  }
  fail(Code::bad_value, "unknown top level operator: " + name +
                            ". If you have a field name that starts with a '$' symbol, consider "
                            "using $getField or $setField.");
}

FilterPtr FilterParser::top(const Object& spec) const {
  std::vector<FilterPtr> children;
  for (const Field& field : spec) {
    if (field.name.starts_with('$')) {
      children.push_back(top_operator(field.name, field.value));
    } else {
      children.push_back(at_path(field.name, field.value));
    }
  }
  return all_of(std::move(children));
}

FilterPtr FilterParser::at_path(const std::string& path, const Value& value) const {
  if (value.is(Type::regex)) {
    Filter filter = filter_at(Filter::regex, path);
    filter.patterns.emplace_back(value.regex().pattern, value.regex().options);
    return make(std::move(filter));
  }
  if (!is_operators(value)) return equality(path, value);
  std::vector<FilterPtr> children;
  operators(path, value.object(), children);
  return all_of(std::move(children));
}

void FilterParser::operators(const std::string& path, const Object& spec,
                             std::vector<FilterPtr>& out) const {
  for (const Field& field : spec) {
    if (field.name == "$options") {
      if (!spec.has("$regex")) fail(Code::bad_value, "$options needs a $regex");
      continue;
    }
    FilterPtr filter = path_operator(*this, path, field.name, field.value, spec);
    if (!filter) fail(Code::bad_value, "unknown operator: " + field.name);
    out.push_back(std::move(filter));
  }
}

FilterPtr parse_filter(const Object& spec, const VariableNames& variables) {
  return FilterParser(variables).top(spec);
}

FilterPtr parse_element_filter(const Value& condition) {
  static const VariableNames none;
  const FilterParser parser(none);
  Filter filter;
  if (is_operators(condition)) {
    const std::string& first = condition.object().front().name;
    if (first == "$and" || first == "$or" || first == "$nor") {
      filter.kind = Filter::elem_match_object;
      filter.children.push_back(parser.top(condition.object()));
    } else {
      filter.kind = Filter::elem_match_value;
      parser.operators("", condition.object(), filter.children);
    }
  } else if (condition.is(Type::object)) {
    filter.kind = Filter::elem_match_object;
    filter.children.push_back(parser.top(condition.object()));
  } else {
    filter.kind = Filter::elem_match_value;
    filter.children.push_back(parser.at_path("", condition));
  }
  return make(std::move(filter));
}

}  // namespace iacdb::doc
