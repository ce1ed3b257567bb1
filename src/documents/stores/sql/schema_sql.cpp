#include "documents/stores/sql/schema_sql.hpp"

#include <algorithm>

#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

/// What is deeper is left out: a condition stands in SQL twice for oneOf, and that multiplies.
constexpr std::size_t depth_max = 20;
constexpr std::size_t condition_bytes_max = 200'000;
/// What a schema around another one takes of the nesting that a database allows.
constexpr std::size_t nesting_of_schema = 12;

const SchemaRule* sibling(const SchemaRule& rule, std::string_view keyword) {
  for (const auto& other : rule.owner->rules) {
    if (other->keyword == keyword) return other.get();
  }
  return nullptr;
}
bool excludes(const SchemaRule& rule, std::string_view keyword) {
  const SchemaRule* other = sibling(rule, keyword);
  return other != nullptr && other->spec.boolean();
}

std::vector<std::string> texts(const Array& names) {
  std::vector<std::string> out;
  for (const Value& name : names) {
    if (name.is(Type::string)) out.push_back(name.text());
  }
  return out;
}

bool is_note(const std::string& keyword) {
  return keyword == "title" || keyword == "description" || keyword == "exclusiveMinimum" ||
         keyword == "exclusiveMaximum";
}

}  // namespace

std::string SchemaSql::holds(const Schema& schema, const std::string& x, Bound bound,
                             const std::string& where) {
  if (depth_ == depth_max) return leave_out(where, bound);
  ++depth_;
  std::vector<std::string> all;
  for (const auto& one : schema.rules) {
    if (is_note(one->keyword)) continue;
    all.push_back(rule(*one, x, bound, where + "." + one->keyword));
  }
  --depth_;
  std::string out = both(all);
  const bool too_deep = nesting_of(out) + depth_ * nesting_of_schema > values_.nesting_max();
  if (too_deep || out.size() > condition_bytes_max) return leave_out(where, bound);
  return out;
}

std::string SchemaSql::rule(const SchemaRule& r, const std::string& x, Bound bound,
                            const std::string& where) {
  const std::string& keyword = r.keyword;
  if (keyword == "bsonType" || keyword == "type") return types(r, x, bound);
  if (keyword == "required") return required(texts(r.spec.array()), x, bound, where);
  if (keyword == "properties") return properties(r, x, bound, where);
  if (keyword == "patternProperties" || keyword == "additionalProperties") {
    return fields(r, x, bound, where);
  }
  if (keyword == "dependencies") return dependencies(r, x, bound, where);
  if (keyword == "items") return items(r, x, bound, where);
  if (keyword == "additionalItems") return additional_items(r, x, bound, where);
  if (keyword == "oneOf") return one_of(r, x, bound, where);
  if (keyword == "allOf" || keyword == "anyOf" || keyword == "not") {
    return combined(r, x, bound, where);
  }
  return plain(r, x, bound, where);
}

std::string SchemaSql::types(const SchemaRule& r, const std::string& x, Bound bound) {
  std::vector<std::string> any;
  if (r.any_number) any.push_back(values_.is_number(x));
  for (const Type type : r.types) any.push_back(values_.is_type(x, type, bound));
  return either(any);
}

std::string SchemaSql::required(const std::vector<std::string>& names, const std::string& x,
                                Bound bound, const std::string& where) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    const auto field = values_.field(x, name);
    all.push_back(field ? *field + " is not null" : leave_out(where, bound));
  }
  return either({inverse(values_.is_object(x)), both(all)});
}

std::string SchemaSql::properties(const SchemaRule& r, const std::string& x, Bound bound,
                                  const std::string& where) {
  std::vector<std::string> all;
  for (const auto& [name, schema] : r.named) {
    const auto field = values_.field(x, name);
    if (!field) {
      all.push_back(leave_out(where + "." + name, bound));
      continue;
    }
    const std::string holds_there = holds(*schema, *field, bound, where + "." + name);
    if (holds_there != "true") all.push_back(either({*field + " is null", holds_there}));
  }
  return either({inverse(values_.is_object(x)), both(all)});
}

/// patternProperties and additionalProperties.
std::string SchemaSql::fields(const SchemaRule& r, const std::string& x, Bound bound,
                              const std::string& where) {
  std::vector<std::string> all;
  const auto add = [&](const ValueSql::Names& names, const Schema* schema,
                       const std::string& place) {
    const auto inner = [&](const std::string& v) {
      return schema == nullptr ? "false" : holds(*schema, v, bound, place);
    };
    const auto condition = values_.all_fields(x, names, inner, bound);
    all.push_back(condition ? *condition : leave_out(place, bound));
  };
  if (r.keyword == "patternProperties") {
    for (const auto& [pattern, schema] : r.named) {
      add({.pattern = pattern}, schema.get(), where + "." + pattern);
    }
  } else if (!r.schemas.empty() || !r.spec.boolean()) {
    ValueSql::Names others;
    if (const SchemaRule* properties = sibling(r, "properties")) {
      for (const auto& property : properties->named) others.except.push_back(property.first);
    }
    if (const SchemaRule* patterns = sibling(r, "patternProperties")) {
      for (const auto& pattern : patterns->named) others.patterns.push_back(pattern.first);
    }
    add(others, r.schemas.empty() ? nullptr : r.schemas[0].get(), where);
  }
  std::string out = either({inverse(values_.is_object(x)), both(all)});
  if (bound == Bound::inner && out != "true") out = both({out, inverse(values_.keys_repeat(x))});
  return out;
}

std::string SchemaSql::dependencies(const SchemaRule& r, const std::string& x, Bound bound,
                                    const std::string& where) {
  std::vector<std::string> all;
  for (const auto& [name, schema] : r.named) {
    const auto field = values_.field(x, name);
    const std::string place = where + "." + name;
    if (!field) {
      all.push_back(leave_out(place, bound));
      continue;
    }
    const std::string then =
        schema ? holds(*schema, x, bound, place)
               : required(texts(r.spec.object().get(name).array()), x, bound, place);
    all.push_back(either({*field + " is null", then}));
  }
  return either({inverse(values_.is_object(x)), both(all)});
}

std::string SchemaSql::items(const SchemaRule& r, const std::string& x, Bound bound,
                             const std::string& where) {
  if (!r.spec.is(Type::array)) {
    return values_.all_elements(
        x, 0, [&](const std::string& v) { return holds(*r.schemas[0], v, bound, where); });
  }
  std::vector<std::string> all;
  for (std::size_t i = 0; i < r.schemas.size(); ++i) {
    const std::string element = values_.element(x, i);
    const std::string there = holds(*r.schemas[i], element, bound, where + "." + std::to_string(i));
    if (there != "true") all.push_back(either({element + " is null", there}));
  }
  return both(all);
}

std::string SchemaSql::additional_items(const SchemaRule& r, const std::string& x, Bound bound,
                                        const std::string& where) {
  const SchemaRule* listed = sibling(r, "items");
  if (listed == nullptr || !listed->spec.is(Type::array)) return "true";
  const std::size_t n = listed->schemas.size();
  if (!r.schemas.empty()) {
    return values_.all_elements(
        x, n, [&](const std::string& v) { return holds(*r.schemas[0], v, bound, where); });
  }
  return r.spec.boolean() ? "true" : "(" + values_.elements(x) + " <= " + std::to_string(n) + ")";
}

/// allOf, anyOf, not.
std::string SchemaSql::combined(const SchemaRule& r, const std::string& x, Bound bound,
                                const std::string& where) {
  const bool negates = r.keyword == "not";
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < r.schemas.size(); ++i) {
    parts.push_back(holds(*r.schemas[i], x, negates ? opposite(bound) : bound,
                          negates ? where : where + "." + std::to_string(i)));
  }
  if (negates) return inverse(parts[0]);
  return r.keyword == "allOf" ? both(parts) : either(parts);
}

/// At least one holds, and at most one does: of each bound, the second by the other bound.
std::string SchemaSql::one_of(const SchemaRule& r, const std::string& x, Bound bound,
                              const std::string& where) {
  std::vector<std::string> any;
  std::string count;
  for (std::size_t i = 0; i < r.schemas.size(); ++i) {
    const std::string place = where + "." + std::to_string(i);
    any.push_back(holds(*r.schemas[i], x, bound, place));
    const std::string surely = holds(*r.schemas[i], x, opposite(bound), place);
    if (surely == "false") continue;
    count += (count.empty() ? "" : " + ") + ("case when " + surely + " then 1 else 0 end");
  }
  return both({either(any), count.empty() ? "true" : "(" + count + " <= 1)"});
}

std::string SchemaSql::plain(const SchemaRule& r, const std::string& x, Bound bound,
                             const std::string& where) {
  const std::string& keyword = r.keyword;
  const Value& spec = r.spec;
  if (keyword == "enum") {
    std::vector<std::string> any;
    for (const Value& one : spec.array()) any.push_back(values_.equals(x, one, bound));
    return either(any);
  }
  if (keyword == "minimum" || keyword == "maximum") {
    const bool lower = keyword == "minimum";
    const bool excluded = excludes(r, lower ? "exclusiveMinimum" : "exclusiveMaximum");
    return values_.within(x, {spec, lower, excluded}, true, bound);
  }
  if (keyword == "multipleOf") {
    if (!exact_int64(spec)) return leave_out(where, bound);
    return values_.is_multiple(x, spec, bound);
  }
  if (keyword == "pattern") {
    std::string out = values_.matches(x, spec.text(), true, bound);
    return out == unknown(bound) ? leave_out(where, bound) : out;
  }
  if (keyword == "uniqueItems") {
    return spec.boolean() ? values_.is_unique(x, bound) : "true";
  }
  const std::string mark = keyword.starts_with("min") ? ">=" : "<=";
  const std::int64_t n = *exact_int64(spec);
  if (keyword == "minItems" || keyword == "maxItems") {
    return either({inverse(values_.is_array(x)),
                   "(" + values_.elements(x) + " " + mark + " " + std::to_string(n) + ")"});
  }
  if (keyword == "minLength" || keyword == "maxLength") {
    std::string out = values_.has_length(x, mark, n, bound);
    return out == unknown(bound) ? leave_out(where, bound) : out;
  }
  if (keyword == "minProperties" || keyword == "maxProperties") {
    return values_.has_fields(x, mark, n, bound);
  }
  return leave_out(where, bound);
}

}  // namespace iacdb::doc
