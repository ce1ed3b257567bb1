#include <algorithm>
#include <map>

#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/filter/filter.hpp"
#include "documents/filter/json_schema.hpp"

namespace iacdb::doc {
namespace {

[[noreturn]] void wrong_type(const std::string& keyword, const std::string& wanted) {
  fail(Code::type_mismatch, "$jsonSchema keyword '" + keyword + "' must be " + wanted);
}
[[noreturn]] void malformed(const std::string& keyword, const std::string& what) {
  fail(Code::failed_to_parse, "$jsonSchema keyword '" + keyword + "' " + what);
}

SchemaPtr sub_schema(const SchemaRule& rule, const Value& value) {
  if (!value.is(Type::object)) wrong_type(rule.keyword, "an object");
  return parse_schema(value.object());
}

void parse_types(SchemaRule& rule) {
  static const std::map<std::string_view, Type> json_names = {{"object", Type::object},
                                                              {"array", Type::array},
                                                              {"boolean", Type::boolean},
                                                              {"string", Type::string},
                                                              {"null", Type::null}};
  const auto one = [&](const Value& v) {
    if (!v.is(Type::string)) wrong_type(rule.keyword, "a string or an array of strings");
    if (rule.keyword == "bsonType") {
      parse_type_names(v, rule.types, rule.any_number);
    } else if (v.text() == "number") {
      rule.any_number = true;
    } else if (v.text() == "integer") {
      fail(Code::failed_to_parse, "$jsonSchema type 'integer' is not currently supported.");
    } else if (const auto it = json_names.find(v.text()); it != json_names.end()) {
      rule.types.push_back(it->second);
    } else {
      fail(Code::bad_value, "Unknown type name alias: " + v.text());
    }
  };
  if (rule.spec.is(Type::array)) {
    if (rule.spec.array().empty()) malformed(rule.keyword, "must name at least one type");
    std::for_each(rule.spec.array().begin(), rule.spec.array().end(), one);
  } else {
    one(rule.spec);
  }
}

void parse_named(SchemaRule& rule) {
  if (!rule.spec.is(Type::object)) wrong_type(rule.keyword, "an object");
  for (const Field& field : rule.spec.object()) {
    if (rule.keyword == "patternProperties") Pattern check(field.name, "");
    rule.named.emplace_back(field.name, sub_schema(rule, field.value));
  }
}

void parse_dependencies(SchemaRule& rule) {
  if (!rule.spec.is(Type::object)) wrong_type(rule.keyword, "an object");
  for (const Field& field : rule.spec.object()) {
    if (field.value.is(Type::array)) {
      rule.named.emplace_back(field.name, nullptr);
    } else {
      rule.named.emplace_back(field.name, sub_schema(rule, field.value));
    }
  }
}

void parse_list(SchemaRule& rule) {
  if (!rule.spec.is(Type::array)) wrong_type(rule.keyword, "an array");
  if (rule.spec.array().empty()) malformed(rule.keyword, "must be a non-empty array");
  for (const Value& v : rule.spec.array()) rule.schemas.push_back(sub_schema(rule, v));
}

void parse_one(SchemaRule& rule) {
  rule.schemas.push_back(sub_schema(rule, rule.spec));
}

void parse_items(SchemaRule& rule) {
  if (rule.spec.is(Type::array)) {
    for (const Value& v : rule.spec.array()) rule.schemas.push_back(sub_schema(rule, v));
  } else {
    parse_one(rule);
  }
}

void parse_schema_or_bool(SchemaRule& rule) {
  if (!rule.spec.is(Type::boolean)) parse_one(rule);
}

void parse_count(SchemaRule& rule) {
  if (!rule.spec.is_number()) wrong_type(rule.keyword, "a number");
  const auto n = exact_int64(rule.spec);
  if (!n || *n < 0) malformed(rule.keyword, "must be a non-negative integer");
}
void parse_number(SchemaRule& rule) {
  if (!rule.spec.is_number()) wrong_type(rule.keyword, "a number");
  if (rule.keyword == "multipleOf" && to_double(rule.spec) <= 0) {
    malformed(rule.keyword, "must have a positive value");
  }
}
void parse_bool(SchemaRule& rule) {
  if (!rule.spec.is(Type::boolean)) wrong_type(rule.keyword, "a boolean");
}
void parse_pattern(SchemaRule& rule) {
  if (!rule.spec.is(Type::string)) wrong_type(rule.keyword, "a string");
  Pattern check(rule.spec.text(), "");
}
void parse_strings(SchemaRule& rule) {
  if (!rule.spec.is(Type::array)) wrong_type(rule.keyword, "an array");
  if (rule.spec.array().empty()) malformed(rule.keyword, "cannot be an empty array");
  for (const Value& v : rule.spec.array()) {
    if (!v.is(Type::string)) wrong_type(rule.keyword, "an array of strings");
  }
}
void parse_enum(SchemaRule& rule) {
  if (!rule.spec.is(Type::array)) wrong_type(rule.keyword, "an array");
  if (rule.spec.array().empty()) malformed(rule.keyword, "cannot be an empty array");
}
void parse_note(SchemaRule& rule) {
  if (!rule.spec.is(Type::string)) wrong_type(rule.keyword, "a string");
}

struct Keyword {
  std::string_view name;
  void (*parse)(SchemaRule&);
};
constexpr Keyword keywords[] = {
    {"bsonType", parse_types},
    {"type", parse_types},
    {"enum", parse_enum},
    {"required", parse_strings},
    {"properties", parse_named},
    {"patternProperties", parse_named},
    {"additionalProperties", parse_schema_or_bool},
    {"dependencies", parse_dependencies},
    {"items", parse_items},
    {"additionalItems", parse_schema_or_bool},
    {"allOf", parse_list},
    {"anyOf", parse_list},
    {"oneOf", parse_list},
    {"not", parse_one},
    {"minItems", parse_count},
    {"maxItems", parse_count},
    {"uniqueItems", parse_bool},
    {"minLength", parse_count},
    {"maxLength", parse_count},
    {"minProperties", parse_count},
    {"maxProperties", parse_count},
    {"pattern", parse_pattern},
    {"minimum", parse_number},
    {"maximum", parse_number},
    {"exclusiveMinimum", parse_bool},
    {"exclusiveMaximum", parse_bool},
    {"multipleOf", parse_number},
    {"title", parse_note},
    {"description", parse_note},
};
constexpr std::string_view unsupported[] = {"$ref",        "$schema", "default",
                                            "definitions", "format",  "id"};

}  // namespace

SchemaPtr parse_schema(const Object& spec) {
  auto schema = std::make_shared<Schema>();
  for (const Field& field : spec) {
    const auto* it = std::find_if(std::begin(keywords), std::end(keywords),
                                  [&](const Keyword& k) { return k.name == field.name; });
    if (it == std::end(keywords)) {
      const bool known = std::find(std::begin(unsupported), std::end(unsupported), field.name) !=
                         std::end(unsupported);
      fail(Code::failed_to_parse,
           known ? "$jsonSchema keyword '" + field.name + "' is not currently supported"
                 : "Unknown $jsonSchema keyword: " + field.name);
    }
    auto rule = std::make_shared<SchemaRule>();
    rule->keyword = field.name;
    rule->spec = field.value;
    rule->owner = schema.get();
    it->parse(*rule);
    schema->rules.push_back(std::move(rule));
  }
  if (spec.has("type") && spec.has("bsonType")) {
    fail(Code::failed_to_parse, "Cannot specify both $jsonSchema keywords 'type' and 'bsonType'");
  }
  for (const auto& [exclusive, bound] :
       {std::pair("exclusiveMinimum", "minimum"), std::pair("exclusiveMaximum", "maximum")}) {
    if (spec.has(exclusive) && !spec.has(bound)) {
      fail(Code::failed_to_parse, std::string("$jsonSchema keyword '") + bound +
                                      "' must be present if " + exclusive + " is present");
    }
  }
  for (const char* note : {"title", "description"}) {
    if (spec.has(note)) schema->notes.add(note, spec.get(note));
  }
  return schema;
}

}  // namespace iacdb::doc
