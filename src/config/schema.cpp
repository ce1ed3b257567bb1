#include "config/schema.hpp"

#include <nlohmann/json.hpp>

#include "config/bind.hpp"
#include "config/key.hpp"

namespace iacdb::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view reference_pattern = R"(\$\{(env|file|cmd):.+\})";
constexpr std::string_view duration_pattern =
    R"(^([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?$)";
constexpr std::string_view bytes_pattern = "^[0-9.]+ ?([KMGT]iB|[kKMGT]?B)$";

Json section_schema(const Section& section);

/// A text that holds a reference is possible wherever a value is.
Json or_reference(Json schema) {
  return {{"anyOf",
           Json::array({std::move(schema), {{"type", "string"}, {"pattern", reference_pattern}}})}};
}

Json number_schema(const Key& key) {
  Json schema = {{"type", "integer"}, {"minimum", key.least}};
  if (key.most != INT64_MAX) schema["maximum"] = key.most;
  return schema;
}

Json quantity_schema(std::string_view pattern) {
  return {{"anyOf", Json::array({{{"type", "number"}, {"minimum", 0}},
                                 {{"type", "string"}, {"pattern", pattern}}})}};
}

Json choices_schema(std::string_view choices) {
  return {{"enum", split_choices(choices)}};
}

/// The names of databases, ours first: editors offer them in this order.
Json backend_schema(const Key& key) {
  Json names = split_choices(key.choices);
  for (const std::string_view name : backend_aliases()) names.push_back(name);
  return {{"enum", std::move(names)}};
}

Json rights_schema(const Key& key) {
  return {
      {"anyOf", Json::array({{{"type", "string"}},
                             {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}},
                             {{"type", "object"},
                              {"minProperties", 1},
                              {"additionalProperties", choices_schema(key.choices)}}})}};
}

Json type_schema(const Key& key) {
  switch (key.type) {
    case KeyType::integer:
      return or_reference(number_schema(key));
    case KeyType::boolean:
      return or_reference({{"type", "boolean"}});
    case KeyType::duration:
      return or_reference(quantity_schema(duration_pattern));
    case KeyType::bytes:
      return or_reference(quantity_schema(bytes_pattern));
    case KeyType::choice:
      return or_reference(choices_schema(key.choices));
    case KeyType::hosts:
      return {
          {"anyOf",
           Json::array({{{"type", "string"}},
                        {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}}})}};
    case KeyType::text_map:
      return {{"type", "object"},
              {"additionalProperties", {{"type", Json::array({"string", "number", "boolean"})}}}};
    case KeyType::choice_map:
      return rights_schema(key);
    case KeyType::section:
      return section_schema(*key.section);
    case KeyType::section_map:
      return {{"type", "object"},
              {"propertyNames", {{"pattern", "^[A-Za-z0-9_-]{1,63}$"}}},
              {"additionalProperties", section_schema(*key.section)}};
    case KeyType::section_list:
      return {{"type", "array"}, {"items", section_schema(*key.section)}};
    default:
      if (!key.choices.empty()) return or_reference(backend_schema(key));
      return {{"type", "string"}};
  }
}

Json key_schema(const Key& key, const Section& section) {
  Json schema = {{"description", key.description}};
  schema.update(type_schema(key));
  schema["description"] = key.description;
  if (!key.example.empty() && key.type == KeyType::text) schema["examples"] = {key.example};
  const std::string otherwise = default_text(key, section);
  if (!otherwise.empty()) {
    const bool is_literal = key.type == KeyType::integer || key.type == KeyType::boolean;
    schema["default"] = is_literal ? Json::parse(otherwise) : Json(otherwise);
  }
  return schema;
}

Json section_schema(const Section& section) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Key& key : section.keys) {
    properties[std::string(key.name)] = key_schema(key, section);
    if (key.required) required.push_back(key.name);
  }
  Json schema = {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  if (!section.one_of.empty()) {
    Json any = Json::array();
    for (const std::string_view name : split_choices(section.one_of)) {
      any.push_back({{"required", Json::array({name})}});
    }
    schema["anyOf"] = std::move(any);
  }
  return schema;
}

}  // namespace

std::string json_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "iacdb configuration"},
                 {"description", "Databases, the service, logs and metrics of iacdb."}};
  schema.update(section_schema(root_section()));
  return schema.dump(2) + "\n";
}

}  // namespace iacdb::config
