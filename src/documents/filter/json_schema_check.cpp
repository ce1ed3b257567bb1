#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "documents/bson/codec.hpp"
#include "documents/bson/compare.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"
#include "documents/filter/json_schema.hpp"
#include "documents/filter/pattern.hpp"

namespace iacdb::doc {
namespace {

std::int64_t characters(const std::string& text) {
  return static_cast<std::int64_t>(base::utf8_length(text));
}

const SchemaRule* sibling(const SchemaRule& rule, std::string_view keyword) {
  for (const auto& other : rule.owner->rules) {
    if (other->keyword == keyword) return other.get();
  }
  return nullptr;
}

bool exclusive(const SchemaRule& rule, std::string_view keyword) {
  const SchemaRule* other = sibling(rule, keyword);
  return other != nullptr && other->spec.boolean();
}

bool type_holds(const SchemaRule& rule, const Value& v) {
  if (rule.any_number && v.is_number()) return true;
  return std::find(rule.types.begin(), rule.types.end(), v.type()) != rule.types.end();
}

bool enum_holds(const SchemaRule& rule, const Value& v) {
  const Array& values = rule.spec.array();
  return std::any_of(values.begin(), values.end(), [&](const Value& w) { return equal(v, w); });
}

bool required_holds(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::object)) return true;
  const Array& names = rule.spec.array();
  return std::all_of(names.begin(), names.end(),
                     [&](const Value& name) { return v.object().has(name.text()); });
}

bool properties_hold(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::object)) return true;
  return std::all_of(rule.named.begin(), rule.named.end(), [&](const auto& property) {
    const Value* value = v.object().find(property.first);
    return value == nullptr || satisfies(*property.second, *value);
  });
}

bool patterns_hold(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::object)) return true;
  for (const auto& [text, schema] : rule.named) {
    const Pattern pattern(text, "");
    for (const Field& field : v.object()) {
      if (pattern.matches(field.name) && !satisfies(*schema, field.value)) return false;
    }
  }
  return true;
}

bool is_additional(const SchemaRule& rule, const std::string& name) {
  if (const SchemaRule* properties = sibling(rule, "properties")) {
    for (const auto& property : properties->named) {
      if (property.first == name) return false;
    }
  }
  if (const SchemaRule* patterns = sibling(rule, "patternProperties")) {
    for (const auto& pattern : patterns->named) {
      if (Pattern(pattern.first, "").matches(name)) return false;
    }
  }
  return true;
}

bool additional_properties_hold(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::object)) return true;
  for (const Field& field : v.object()) {
    if (!is_additional(rule, field.name)) continue;
    if (rule.schemas.empty() ? !rule.spec.boolean() : !satisfies(*rule.schemas[0], field.value)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool dependencies_hold(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::object)) return true;
  for (const auto& [name, schema] : rule.named) {
    if (!v.object().has(name)) continue;
    if (schema) {
      if (!satisfies(*schema, v)) return false;
      continue;
    }
    for (const Value& needed : rule.spec.object().get(name).array()) {
      if (needed.is(Type::string) && !v.object().has(needed.text())) return false;
    }
  }
  return true;
}

namespace {

bool items_hold(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::array)) return true;
  const Array& elements = v.array();
  const bool list = rule.spec.is(Type::array);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (list && i >= rule.schemas.size()) break;
    if (!satisfies(*rule.schemas[list ? i : 0], elements[i])) return false;
  }
  return true;
}

bool additional_items_hold(const SchemaRule& rule, const Value& v) {
  const SchemaRule* items = sibling(rule, "items");
  if (!v.is(Type::array) || items == nullptr || !items->spec.is(Type::array)) return true;
  for (std::size_t i = items->schemas.size(); i < v.array().size(); ++i) {
    if (rule.schemas.empty() ? !rule.spec.boolean() : !satisfies(*rule.schemas[0], v.array()[i])) {
      return false;
    }
  }
  return true;
}

std::ptrdiff_t count_satisfied(const SchemaRule& rule, const Value& v) {
  return std::count_if(rule.schemas.begin(), rule.schemas.end(),
                       [&](const SchemaPtr& s) { return satisfies(*s, v); });
}
bool all_of_holds(const SchemaRule& rule, const Value& v) {
  return count_satisfied(rule, v) == static_cast<std::ptrdiff_t>(rule.schemas.size());
}
bool any_of_holds(const SchemaRule& rule, const Value& v) {
  return count_satisfied(rule, v) > 0;
}
bool one_of_holds(const SchemaRule& rule, const Value& v) {
  return count_satisfied(rule, v) == 1;
}
bool not_holds(const SchemaRule& rule, const Value& v) {
  return count_satisfied(rule, v) == 0;
}

std::int64_t bound(const SchemaRule& rule) {
  return *exact_int64(rule.spec);
}
std::int64_t size_of(const Value& v) {
  return static_cast<std::int64_t>(v.is(Type::array) ? v.array().size() : v.object().size());
}
bool min_items(const SchemaRule& r, const Value& v) {
  return !v.is(Type::array) || size_of(v) >= bound(r);
}
bool max_items(const SchemaRule& r, const Value& v) {
  return !v.is(Type::array) || size_of(v) <= bound(r);
}
bool min_properties(const SchemaRule& r, const Value& v) {
  return !v.is(Type::object) || size_of(v) >= bound(r);
}
bool max_properties(const SchemaRule& r, const Value& v) {
  return !v.is(Type::object) || size_of(v) <= bound(r);
}
bool min_length(const SchemaRule& r, const Value& v) {
  return !v.is(Type::string) || characters(v.text()) >= bound(r);
}
bool max_length(const SchemaRule& r, const Value& v) {
  return !v.is(Type::string) || characters(v.text()) <= bound(r);
}
bool unique_items(const SchemaRule& r, const Value& v) {
  if (!v.is(Type::array) || !r.spec.boolean()) return true;
  const std::set<Value, ValueLess> seen(v.array().begin(), v.array().end());
  return seen.size() == v.array().size();
}
bool pattern_holds(const SchemaRule& r, const Value& v) {
  return !v.is(Type::string) || Pattern(r.spec.text(), "").matches(v.text());
}
bool minimum(const SchemaRule& r, const Value& v) {
  if (!v.is_number()) return true;
  const auto order = compare_numbers(v, r.spec);
  return exclusive(r, "exclusiveMinimum") ? order > 0 : order >= 0;
}
bool maximum(const SchemaRule& r, const Value& v) {
  if (!v.is_number()) return true;
  const auto order = compare_numbers(v, r.spec);
  return exclusive(r, "exclusiveMaximum") ? order < 0 : order <= 0;
}
bool multiple_of(const SchemaRule& r, const Value& v) {
  if (!v.is_number()) return true;
  return is_zero(decimal_modulo(to_decimal(v), to_decimal(r.spec)));
}
bool always(const SchemaRule&, const Value&) {
  return true;
}

struct Check {
  std::string_view keyword;
  bool (*holds)(const SchemaRule&, const Value&);
};
constexpr Check checks[] = {
    {"bsonType", type_holds},
    {"type", type_holds},
    {"enum", enum_holds},
    {"required", required_holds},
    {"properties", properties_hold},
    {"patternProperties", patterns_hold},
    {"additionalProperties", additional_properties_hold},
    {"dependencies", dependencies_hold},
    {"items", items_hold},
    {"additionalItems", additional_items_hold},
    {"allOf", all_of_holds},
    {"anyOf", any_of_holds},
    {"oneOf", one_of_holds},
    {"not", not_holds},
    {"minItems", min_items},
    {"maxItems", max_items},
    {"uniqueItems", unique_items},
    {"minLength", min_length},
    {"maxLength", max_length},
    {"minProperties", min_properties},
    {"maxProperties", max_properties},
    {"pattern", pattern_holds},
    {"minimum", minimum},
    {"maximum", maximum},
    {"multipleOf", multiple_of},
    {"exclusiveMinimum", always},
    {"exclusiveMaximum", always},
    {"title", always},
    {"description", always},
};

}  // namespace

bool rule_holds(const SchemaRule& rule, const Value& value) {
  if (rule.holds != nullptr) return rule.holds(rule, value);
  const auto* it = std::find_if(std::begin(checks), std::end(checks),
                                [&](const Check& c) { return c.keyword == rule.keyword; });
  return it->holds(rule, value);
}

bool satisfies(const Schema& schema, const Value& value) {
  return std::all_of(schema.rules.begin(), schema.rules.end(),
                     [&](const auto& rule) { return rule_holds(*rule, value); });
}

}  // namespace iacdb::doc
