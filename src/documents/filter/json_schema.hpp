#pragma once
// $jsonSchema: draft 4 with bsonType, as MongoDB has it, and why a document does not satisfy it.
// Draft 2020-12 with bsonType, for the program itself, is the same tree with other rules.
//
//   auto schema = parse_schema(parse_json(R"({"required": ["name"]})"));
//   if (!satisfies(*schema, document)) details = explain(*schema, document);
//
// See: https://www.mongodb.com/docs/manual/reference/operator/query/jsonSchema/

#include <memory>
#include <string>
#include <vector>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

struct Schema;
using SchemaPtr = std::shared_ptr<const Schema>;
struct SchemaRule;

struct Schema {
  Object notes;  ///< title and description.
  std::vector<std::shared_ptr<const SchemaRule>> rules;
};

/// One keyword of a schema.
struct SchemaRule {
  std::string keyword;
  Value spec;
  std::vector<std::pair<std::string, SchemaPtr>> named;  ///< properties, patterns, dependencies
  std::vector<SchemaPtr> schemas;                        ///< allOf, items as a list, not, ...
  std::vector<Type> types;
  bool any_number = false;
  const Schema* owner = nullptr;

  // Draft 2020-12.
  const Schema* target = nullptr;  ///< Of $ref: a schema that the root owns.
  bool (*holds)(const SchemaRule&, const Value&) = nullptr;  ///< Null: as the keyword in draft 4.
  void (*explains)(const SchemaRule&, const Value&, Object&) = nullptr;
};

/// Throws: Failure 9 or 14 for a keyword that is unknown, unsupported or malformed.
SchemaPtr parse_schema(const Object& spec);
/// Draft 2020-12. Throws: Failure 9 as above.
SchemaPtr parse_schema_2020(const Value& spec);
bool satisfies(const Schema& schema, const Value& value);
/// schemaRulesNotSatisfied of a validation error.
Array explain(const Schema& schema, const Value& value);

// dependencies, which draft 2020-12 calls dependentRequired and dependentSchemas.
bool dependencies_hold(const SchemaRule& rule, const Value& value);
void explain_dependencies(const SchemaRule& rule, const Value& value, Object& out);

/// Whether a rule holds of a value; rules hold of values of other types than theirs.
bool rule_holds(const SchemaRule& rule, const Value& value);

}  // namespace iacdb::doc
