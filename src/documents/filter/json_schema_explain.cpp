// Why a document does not satisfy a schema, in the shape of MongoDB's errInfo.

#include <algorithm>
#include <optional>

#include "documents/bson/compare.hpp"
#include "documents/filter/json_schema.hpp"
#include "documents/filter/pattern.hpp"

namespace iacdb::doc {
namespace {

Value number(std::size_t n) {
  return Value(static_cast<std::int32_t>(n));
}

void add_notes(Object& out, const Schema& schema) {
  for (const Field& note : schema.notes) out.add(note.name, note.value);
}

const SchemaRule* sibling(const SchemaRule& rule, std::string_view keyword) {
  for (const auto& other : rule.owner->rules) {
    if (other->keyword == keyword) return other.get();
  }
  return nullptr;
}

/// {minimum: 1}, with exclusiveMinimum where it says more.
void add_specified(Object& out, const SchemaRule& rule) {
  Object as{{rule.keyword, rule.spec}};
  for (const auto& [bound, exclusive] :
       {std::pair("minimum", "exclusiveMinimum"), std::pair("maximum", "exclusiveMaximum")}) {
    if (rule.keyword != bound) continue;
    const SchemaRule* other = sibling(rule, exclusive);
    if (other != nullptr && other->spec.is(Type::boolean) && other->spec.boolean())
      as.add(exclusive, other->spec);
  }
  out.add("specifiedAs", Value(std::move(as)));
}

void explain_properties(const SchemaRule& rule, const Value& value, Object& out) {
  Array unsatisfied;
  for (const auto& [name, schema] : rule.named) {
    const Value* property = value.object().find(name);
    if (property == nullptr || satisfies(*schema, *property)) continue;
    Object entry{{"propertyName", Value(name)}};
    add_notes(entry, *schema);
    entry.add("details", Value(explain(*schema, *property)));
    unsatisfied.push_back(Value(std::move(entry)));
  }
  out.add("propertiesNotSatisfied", Value(std::move(unsatisfied)));
}

Array missing_of(const Array& names, const Value& value) {
  Array missing;
  for (const Value& name : names) {
    if (name.is(Type::string) && !value.object().has(name.text())) missing.push_back(name);
  }
  return missing;
}

void explain_required(const SchemaRule& rule, const Value& value, Object& out) {
  add_specified(out, rule);
  out.add("missingProperties", Value(missing_of(rule.spec.array(), value)));
}

bool is_additional(const SchemaRule& rule, const std::string& name) {
  for (const auto& other : rule.owner->rules) {
    for (const auto& [named, schema] : other->named) {
      if (other->keyword == "properties" && named == name) return false;
      if (other->keyword == "patternProperties" && Pattern(named, "").matches(name)) return false;
    }
  }
  return true;
}

void explain_additional(const SchemaRule& rule, const Value& value, Object& out) {
  Array names;
  if (rule.schemas.empty()) add_specified(out, rule);
  for (const Field& field : value.object()) {
    if (!is_additional(rule, field.name)) continue;
    if (rule.schemas.empty()) {
      names.push_back(Value(field.name));
    } else if (const Schema& schema = *rule.schemas[0]; !satisfies(schema, field.value)) {
      add_notes(out, schema);
      out.add("reason", Value("at least one additional property did not match the subschema"));
      out.add("failingProperty", Value(field.name));
      out.add("details", Value(explain(schema, field.value)));
      return;
    }
  }
  out.add("additionalProperties", Value(std::move(names)));
}

/// Of each pattern the first field that it refuses.
void explain_patterns(const SchemaRule& rule, const Value& value, Object& out) {
  Array details;
  for (const auto& [text, schema] : rule.named) {
    const Pattern pattern(text, "");
    for (const Field& field : value.object()) {
      if (!pattern.matches(field.name) || satisfies(*schema, field.value)) continue;
      Object entry{{"propertyName", Value(field.name)}};
      add_notes(entry, *schema);
      entry.add("regexMatched", Value(text));
      entry.add("details", Value(explain(*schema, field.value)));
      details.push_back(Value(std::move(entry)));
      break;
    }
  }
  out.add("details", Value(std::move(details)));
}

}  // namespace

void explain_dependencies(const SchemaRule& rule, const Value& value, Object& out) {
  Array failing;
  for (const auto& [name, schema] : rule.named) {
    if (!value.object().has(name)) continue;
    Object entry{{"conditionalProperty", Value(name)}};
    if (schema) {
      if (satisfies(*schema, value)) continue;
      entry.add("details", Value(explain(*schema, value)));
    } else {
      Array missing = missing_of(rule.spec.object().get(name).array(), value);
      if (missing.empty()) continue;
      entry.add("missingProperties", Value(std::move(missing)));
    }
    failing.push_back(Value(std::move(entry)));
  }
  out.add("failingDependencies", Value(std::move(failing)));
}

namespace {

/// items and additionalItems, of one schema.
void explain_element(const Schema& schema, const Array& elements, std::size_t first,
                     const char* reason, Object& out) {
  for (std::size_t i = first; i < elements.size(); ++i) {
    if (satisfies(schema, elements[i])) continue;
    add_notes(out, schema);
    out.add("reason", Value(reason));
    out.add("itemIndex", number(i));
    out.add("details", Value(explain(schema, elements[i])));
    return;
  }
}

void explain_items(const SchemaRule& rule, const Value& value, Object& out) {
  const Array& elements = value.array();
  if (!rule.spec.is(Type::array)) {
    explain_element(*rule.schemas[0], elements, 0, "At least one item did not match the sub-schema",
                    out);
    return;
  }
  Array details;
  for (std::size_t i = 0; i < std::min(elements.size(), rule.schemas.size()); ++i) {
    if (satisfies(*rule.schemas[i], elements[i])) continue;
    details.push_back(Value(Object{{"itemIndex", number(i)},
                                   {"details", Value(explain(*rule.schemas[i], elements[i]))}}));
  }
  out.add("details", Value(std::move(details)));
}

void explain_additional_items(const SchemaRule& rule, const Value& value, Object& out) {
  const Array& elements = value.array();
  const std::size_t listed = sibling(rule, "items")->schemas.size();
  if (!rule.schemas.empty()) {
    explain_element(*rule.schemas[0], elements, listed,
                    "At least one additional item did not match the sub-schema", out);
    return;
  }
  add_specified(out, rule);
  out.add("reason", Value("found additional items"));
  out.add("additionalItems",
          Value(Array(elements.begin() + static_cast<std::ptrdiff_t>(listed), elements.end())));
}

/// allOf, anyOf, oneOf.
void explain_schemas(const SchemaRule& rule, const Value& value, Object& out) {
  Array unsatisfied;
  Array matching;
  for (std::size_t i = 0; i < rule.schemas.size(); ++i) {
    const Schema& schema = *rule.schemas[i];
    if (satisfies(schema, value)) {
      matching.push_back(number(i));
      continue;
    }
    Object entry{{"index", number(i)}};
    add_notes(entry, schema);
    entry.add("details", Value(explain(schema, value)));
    unsatisfied.push_back(Value(std::move(entry)));
  }
  if (rule.keyword == "oneOf" && !matching.empty()) {
    out.add("reason", Value("more than one subschema matched"));
    out.add("matchingSchemaIndexes", Value(std::move(matching)));
    return;
  }
  out.add("schemasNotSatisfied", Value(std::move(unsatisfied)));
}

void explain_not(const SchemaRule&, const Value&, Object& out) {
  out.add("reason", Value("child expression matched"));
}

// --- keywords that look at the value alone ---

void explain_unique(const SchemaRule& rule, const Value& value, Object& out) {
  add_specified(out, rule);
  out.add("reason", Value("found a duplicate item"));
  out.add("consideredValue", value);
  const Array& elements = value.array();
  for (auto it = elements.begin(); it != elements.end(); ++it) {
    const bool again =
        std::any_of(elements.begin(), it, [&](const Value& before) { return equal(before, *it); });
    if (!again) continue;
    out.add("duplicatedValue", *it);
    return;
  }
}

void explain_item_count(const SchemaRule& rule, const Value& value, Object& out) {
  add_specified(out, rule);
  out.add("reason", Value("array did not match specified length"));
  out.add("consideredValue", value);
  out.add("numberOfItems", number(value.array().size()));
}

void explain_property_count(const SchemaRule& rule, const Value& value, Object& out) {
  add_specified(out, rule);
  out.add("reason", Value("specified number of properties was not satisfied"));
  out.add("numberOfProperties", number(value.object().size()));
}

void explain_type(const SchemaRule& rule, const Value& value, Object& out) {
  add_specified(out, rule);
  out.add("reason", Value("type did not match"));
  out.add("consideredValue", value);
  out.add("consideredType", Value(type_name(value.type())));
}

constexpr const char* length_reason = "specified string length was not satisfied";
struct Reason {
  std::string_view keyword;
  const char* reason;
};
constexpr Reason reasons[] = {
    {"enum", "value was not found in enum"},
    {"pattern", "regular expression did not match"},
    {"minLength", length_reason},
    {"maxLength", length_reason},
    {"multipleOf", "considered value is not a multiple of the specified value"},
    {"minimum", "comparison failed"},
    {"maximum", "comparison failed"},
};

void explain_plain(const SchemaRule& rule, const Value& value, Object& out) {
  add_specified(out, rule);
  const auto* it = std::find_if(std::begin(reasons), std::end(reasons),
                                [&](const Reason& r) { return r.keyword == rule.keyword; });
  out.add("reason", Value(it->reason));
  out.add("consideredValue", value);
}

struct Explanation {
  std::string_view keyword;
  void (*explain)(const SchemaRule&, const Value&, Object&);
};
constexpr Explanation explanations[] = {
    {"bsonType", explain_type},
    {"type", explain_type},
    {"required", explain_required},
    {"properties", explain_properties},
    {"patternProperties", explain_patterns},
    {"additionalProperties", explain_additional},
    {"dependencies", explain_dependencies},
    {"items", explain_items},
    {"additionalItems", explain_additional_items},
    {"allOf", explain_schemas},
    {"anyOf", explain_schemas},
    {"oneOf", explain_schemas},
    {"not", explain_not},
    {"uniqueItems", explain_unique},
    {"minItems", explain_item_count},
    {"maxItems", explain_item_count},
    {"minProperties", explain_property_count},
    {"maxProperties", explain_property_count},
};

}  // namespace

Array explain(const Schema& schema, const Value& value) {
  Array out;
  for (const auto& rule : schema.rules) {
    if (rule_holds(*rule, value)) continue;
    Object entry{{"operatorName", Value(rule->keyword)}};
    const auto* it = std::find_if(std::begin(explanations), std::end(explanations),
                                  [&](const Explanation& e) { return e.keyword == rule->keyword; });
    if (rule->explains != nullptr) {
      rule->explains(*rule, value, entry);
    } else if (it != std::end(explanations)) {
      it->explain(*rule, value, entry);
    } else {
      explain_plain(*rule, value, entry);
    }
    out.push_back(Value(std::move(entry)));
  }
  return out;
}

}  // namespace iacdb::doc
