#pragma once
// The keywords of JSON Schema draft 2020-12 that draft 4 has not, or has otherwise.
//
// Threads: pure functions.
// See: https://json-schema.org/draft/2020-12/json-schema-validation

#include "documents/filter/json_schema.hpp"

namespace iacdb::doc::draft2020 {

/// Lives while a schema is within another. Throws: Failure where they are too many.
struct Nested {
  Nested();
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;
  ~Nested();
};

bool type_holds(const SchemaRule& rule, const Value& v);
bool never(const SchemaRule& rule, const Value& v);
void explain_never(const SchemaRule& rule, const Value& v, Object& out);
bool const_holds(const SchemaRule& rule, const Value& v);
void explain_const(const SchemaRule& rule, const Value& v, Object& out);
bool enum_holds(const SchemaRule& rule, const Value& v);
bool unique_holds(const SchemaRule& rule, const Value& v);
void explain_unique(const SchemaRule& rule, const Value& v, Object& out);
bool limit_holds(const SchemaRule& rule, const Value& v);
void explain_limit(const SchemaRule& rule, const Value& v, Object& out);
bool prefix_holds(const SchemaRule& rule, const Value& v);
void explain_prefix(const SchemaRule& rule, const Value& v, Object& out);
bool items_hold(const SchemaRule& rule, const Value& v);
void explain_items(const SchemaRule& rule, const Value& v, Object& out);
bool contains_holds(const SchemaRule& rule, const Value& v);
void explain_contains(const SchemaRule& rule, const Value& v, Object& out);
bool names_hold(const SchemaRule& rule, const Value& v);
void explain_names(const SchemaRule& rule, const Value& v, Object& out);
bool if_holds(const SchemaRule& rule, const Value& v);
void explain_if(const SchemaRule& rule, const Value& v, Object& out);
bool reference_holds(const SchemaRule& rule, const Value& v);
void explain_reference(const SchemaRule& rule, const Value& v, Object& out);
bool always(const SchemaRule& rule, const Value& v);

}  // namespace iacdb::doc::draft2020
