#pragma once
// A dotted path as SQL: the expressions that conditions and indexes have in common, so that an
// index's expression is the condition's to the letter.
//
//   if (is_plain_path(parts)) sql += leaf_sql(form, parts) + " = ?";
//
// Threads: pure functions.

#include <span>
#include <string>
#include <vector>

#include "documents/stores/sql/sql_store.hpp"

namespace iacdb::doc {

using PathParts = std::span<const std::string>;

/// Names of letters, digits and "_" that do not begin with a digit, three at most: what an
/// expression may hold as it is, and what never means an element of an array.
bool is_plain_path(PathParts parts);
/// '{a,b}', as #> and jsonb_set() take a path.
std::string path_literal(PathParts parts);
/// The value at the path, through documents only.
/// PostgreSQL: jsonb. SQLite: a number, a text, or JSON text for all that is neither.
std::string leaf_sql(const SqlForm& form, PathParts parts);
/// The value of the path's first name, as jsonb; what a GIN index holds.
std::string root_sql(PathParts parts);
/// Which documents that GIN index holds: a number at the name is for the B-tree.
std::string root_in_gin_sql(PathParts parts);
/// What a range of numbers or dates is compared with. PostgreSQL: a numeric, null for other types.
std::string order_sql(const SqlForm& form, PathParts parts);
/// True where the value at the path is an array (on SQLite, perhaps a text that looks like one).
std::string array_sql(const SqlForm& form, PathParts parts);

}  // namespace iacdb::doc
