// Why a document does not satisfy a schema, in the shape of MongoDB's errInfo.

#include "documents/filter/json_schema.hpp"
#include "documents/filter/pattern.hpp"

namespace iacdb::doc {
namespace {

Object rule_head(const SchemaRule& rule) {
  Object out;
  out.add("operatorName", Value(rule.keyword));
  return out;
}

std::string reason_of(const SchemaRule& rule) {
  if (rule.keyword == "bsonType" || rule.keyword == "type") return "type did not match";
  if (rule.keyword == "enum") return "value was not found in enum";
  if (rule.keyword == "pattern") return "regular expression did not match";
  if (rule.keyword == "minLength" || rule.keyword == "maxLength") {
    return "specified string length was not satisfied";
  }
  if (rule.keyword == "minItems" || rule.keyword == "maxItems") {
    return "array did not match specified length";
  }
  if (rule.keyword == "uniqueItems") return "found a duplicate item";
  if (rule.keyword == "multipleOf") {
    return "considered value is not a multiple of the specified value";
  }
  if (rule.keyword == "minProperties" || rule.keyword == "maxProperties") {
    return "specified number of properties was not satisfied";
  }
  return "comparison failed";
}

void explain_properties(const SchemaRule& rule, const Value& value, Object& out) {
  Array unsatisfied;
  for (const auto& [name, schema] : rule.named) {
    const Value* property = value.object().find(name);
    if (property == nullptr || satisfies(*schema, *property)) continue;
    Object entry;
    entry.add("propertyName", Value(name));
    if (!schema->description.empty()) entry.add("description", Value(schema->description));
    entry.add("details", Value(explain(*schema, *property)));
    unsatisfied.push_back(Value(std::move(entry)));
  }
  out.add("propertiesNotSatisfied", Value(std::move(unsatisfied)));
}

void explain_required(const SchemaRule& rule, const Value& value, Object& out) {
  Object as;
  as.add("required", rule.spec);
  Array missing;
  for (const Value& name : rule.spec.array()) {
    if (!value.object().has(name.text())) missing.push_back(name);
  }
  out.add("specifiedAs", Value(std::move(as)));
  out.add("missingProperties", Value(std::move(missing)));
}

void explain_additional(const SchemaRule& rule, const Value& value, Object& out) {
  Object as;
  as.add(rule.keyword, rule.spec);
  out.add("specifiedAs", Value(std::move(as)));
  Array names;
  for (const Field& field : value.object()) {
    bool known = false;
    for (const auto& other : rule.owner->rules) {
      for (const auto& [name, schema] : other->named) {
        if (other->keyword == "properties") known |= name == field.name;
        if (other->keyword == "patternProperties") known |= Pattern(name, "").matches(field.name);
      }
    }
    if (!known) names.push_back(Value(field.name));
  }
  out.add("additionalProperties", Value(std::move(names)));
}

void explain_items(const SchemaRule& rule, const Value& value, Object& out) {
  const Array& elements = value.array();
  const bool list = rule.spec.is(Type::array);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (list && i >= rule.schemas.size()) break;
    const Schema& schema = *rule.schemas[list ? i : 0];
    if (satisfies(schema, elements[i])) continue;
    out.add("reason", Value("At least one item did not match the sub-schema"));
    out.add("itemIndex", Value(static_cast<std::int32_t>(i)));
    out.add("details", Value(explain(schema, elements[i])));
    return;
  }
}

void explain_schemas(const SchemaRule& rule, const Value& value, Object& out) {
  Array unsatisfied;
  for (std::size_t i = 0; i < rule.schemas.size(); ++i) {
    if (satisfies(*rule.schemas[i], value)) continue;
    Object entry;
    entry.add("index", Value(static_cast<std::int32_t>(i)));
    entry.add("details", Value(explain(*rule.schemas[i], value)));
    unsatisfied.push_back(Value(std::move(entry)));
  }
  if (rule.keyword == "not" || unsatisfied.empty()) {
    out.add("reason", Value("child expression matched"));
    return;
  }
  out.add("schemasNotSatisfied", Value(std::move(unsatisfied)));
}

void explain_plain(const SchemaRule& rule, const Value& value, Object& out) {
  Object as;
  as.add(rule.keyword, rule.spec);
  out.add("specifiedAs", Value(std::move(as)));
  out.add("reason", Value(reason_of(rule)));
  out.add("consideredValue", value);
  if (rule.keyword == "bsonType" || rule.keyword == "type") {
    out.add("consideredType", Value(type_name(value.type())));
  }
}

}  // namespace

Array explain(const Schema& schema, const Value& value) {
  Array out;
  for (const auto& rule : schema.rules) {
    if (rule_holds(*rule, value)) continue;
    Object entry = rule_head(*rule);
    if (rule->keyword == "properties") {
      explain_properties(*rule, value, entry);
    } else if (rule->keyword == "required") {
      explain_required(*rule, value, entry);
    } else if (rule->keyword == "additionalProperties" && rule->schemas.empty()) {
      explain_additional(*rule, value, entry);
    } else if (rule->keyword == "items") {
      explain_items(*rule, value, entry);
    } else if (!rule->schemas.empty()) {
      explain_schemas(*rule, value, entry);
    } else {
      explain_plain(*rule, value, entry);
    }
    out.push_back(Value(std::move(entry)));
  }
  return out;
}

}  // namespace iacdb::doc
