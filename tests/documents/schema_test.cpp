// What a program is told of a document that breaks its rules, by a validator or by a schema of its
// own.

#include <gtest/gtest.h>

#include <iacdb/document_schema.hpp>
#include <iacdb/documents.hpp>

namespace iacdb {
namespace {

/// What a program is told of a document.
std::string told(const std::string& rules, const std::string& document) {
  DocumentStore store = open_documents("sqlite::memory:");
  Collection people =
      store.create("people", Document::from_json(R"({"validator": )" + rules + "}"));
  try {
    people.insert(Document::from_json(document));
  } catch (const DocumentError& error) {
    EXPECT_EQ(error.native_code(), 121);
    EXPECT_EQ(error.kind(), ErrorKind::check_violation);
    return error.what();
  }
  return "";
}

TEST(Validation, an_error_names_the_paths_and_the_rules) {
  const auto said = [](const std::string& names) {
    return "documents: Document failed validation: " + names + " [code 121]";
  };
  const std::string schema = R"({"$jsonSchema": {"required": ["name", "mail"], "properties": {
    "age": {"minimum": 0}, "home": {"properties": {"zip": {"pattern": "^[0-9]+$"}}},
    "tags": {"items": {"bsonType": "string"}}}, "patternProperties": {"^n_": {"type": "number"}}}})";
  EXPECT_EQ(told(schema, R"({"_id": 1, "name": "Ada", "mail": "a@b"})"), "");
  EXPECT_EQ(told(schema, R"({"_id": 1, "age": -1, "home": {"zip": "x"}, "tags": ["a", 5]})"),
            said("name: required, mail: required, age: minimum, home.zip: pattern, "
                 "tags.1: bsonType"));
  EXPECT_EQ(told(schema, R"({"_id": 1, "name": 1, "mail": 1, "n_1": "x"})"), said("n_1: type"));
  EXPECT_EQ(told(schema, R"({"age": -1, "home": {"zip": "x"}, "tags": [5], "n_1": "x"})"),
            said("name: required, mail: required, age: minimum, home.zip: pattern, "
                 "tags.0: bsonType, ..."));
  EXPECT_EQ(
      told(R"({"a": {"$gt": 1}, "$or": [{"b": 1}, {"c": {"$exists": true}}]})", R"({"a": 0})"),
      said("a: $gt, b: $eq, c: $exists"));
  EXPECT_EQ(told(R"({"$expr": {"$gt": ["$a", 1]}})", R"({"a": 0})"), said("$expr"));
}

TEST(Schema, of_draft_2020_12_is_checked_in_the_program) {
  const DocumentSchema schema = DocumentSchema::parse(R"({
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "People",
    "type": "object", "required": ["name"], "$defs": {"tag": {"type": "string", "minLength": 2}},
    "properties": {
      "name": {"type": "string"}, "_id": {"bsonType": "objectId"},
      "kind": {"const": "person"}, "age": {"type": "integer", "exclusiveMinimum": 0},
      "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "contains": {"const": "vip"}},
      "at": {"prefixItems": [{"type": "number"}, {"type": "number"}], "items": false}},
    "propertyNames": {"pattern": "^[a-z_]+$"}, "dependentRequired": {"age": ["kind"]},
    "if": {"properties": {"kind": {"const": "person"}}, "required": ["kind"]},
    "then": {"required": ["age"]}})");
  const auto breaches = [&](const char* document) {
    std::string out;
    for (const std::string& one : schema.breaches(document)) out += (out.empty() ? "" : ", ") + one;
    return out;
  };
  EXPECT_TRUE(schema.accepts(R"({"name": "Ada", "age": 36.0, "kind": "person", "at": [1, 2.5],
                                 "tags": ["vip", "uk"]})"));
  EXPECT_EQ(breaches(R"({"name": "Ada"})"), "");
  EXPECT_EQ(breaches("{}"), "name: required");
  EXPECT_EQ(breaches(R"({"_id": 1, "name": "Ada"})"), "_id: bsonType");
  EXPECT_EQ(breaches(R"({"name": "Ada", "age": 0.5})"), "age: type, kind: required");
  EXPECT_EQ(breaches(R"({"name": "Ada", "tags": ["vip", "x"], "at": [1, 2, 3]})"),
            "tags.1: minLength, at.2: false");
  EXPECT_EQ(breaches(R"({"name": "Ada", "tags": ["uk"], "X": 1})"), "tags: contains, X: pattern");
  EXPECT_EQ(breaches(R"({"name": "Ada", "kind": "person"})"), "age: required");
  try {
    schema.check(R"({"_id": {"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"}, "kind": "robot"})");
    FAIL() << "it was accepted";
  } catch (const DocumentError& error) {
    EXPECT_EQ(error.native_code(), 121);
    EXPECT_EQ(std::string(error.what()),
              "documents: Document failed validation: name: required, kind: const [code 121]");
    EXPECT_EQ(error.reply().text("errInfo.details.title"), "People");
  }
}

TEST(Schema, what_is_not_checked_is_refused_by_its_name) {
  const auto refused = [](const char* schema) -> std::string {
    try {
      DocumentSchema::parse(schema);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(refused(R"({"properties": {"a": {"format": "email"}}})").find("'format'"),
            std::string::npos);
  EXPECT_NE(refused(R"({"requierd": ["a"]})").find("'requierd'"), std::string::npos);
  EXPECT_NE(refused(R"({"$ref": "http://a/b"})").find("http://a/b"), std::string::npos);
  EXPECT_NE(refused(R"({"$ref": "#/$defs/none"})").find("/$defs/none"), std::string::npos);
  EXPECT_NE(refused(R"({"type": "text"})").find("text"), std::string::npos);
  EXPECT_NE(refused(R"({"$schema": "http://json-schema.org/draft-07/schema#"})").find("2020-12"),
            std::string::npos);
  const DocumentSchema endless = DocumentSchema::parse(R"({"$ref": "#"})");
  EXPECT_THROW(static_cast<void>(endless.accepts("{}")), DocumentError);
}

}  // namespace
}  // namespace iacdb
