#pragma once
// Types: what a declared type holds, what an expression gives, and its name in another dialect.
//
//   ValueType t = value_type_of(column_type, Dialect::mysql);

#include <string>

#include "sql/ast.hpp"
#include "sql/schema_facts.hpp"

namespace iacdb::sql {

struct Context;

/// What a declared type holds.
ValueType value_type_of(const Node* type, Dialect dialect) noexcept;

/// What an expression gives, as far as literals, casts, functions and the schema tell.
ValueType type_of(const Node* n, const Context& context) noexcept;

/// A column by its name, anything else as "a value": for messages.
std::string described(const Node* n);

constexpr bool is_number(ValueType t) noexcept {
  return t == ValueType::integer || t == ValueType::decimal || t == ValueType::real;
}
constexpr bool is_moment(ValueType t) noexcept {
  return t == ValueType::date || t == ValueType::timestamp;
}

/// The number that a text begins with, or 0, as MySQL and SQLite read it; for PostgreSQL.
Node* number_of_text(Node* text, Context& context);

/// True for a type that the tables have; false for one of a schema's own.
bool is_known_type(const Node* type, const Context& context);

/// Rewrites a type of the source into the target's; cast: in CAST rather than in a column.
void translate_type(Node* type, Context& context, bool in_cast);

}  // namespace iacdb::sql
