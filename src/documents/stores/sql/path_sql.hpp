#pragma once
// A dotted path as SQL: the expressions that conditions and indexes have in common, so that an
// index's expression is the condition's to the letter.
//
//   if (is_plain_path(parts)) sql += leaf_sql(form, parts) + " = ?";
//
// Threads: safe to call from any; what the longer ones give is remembered in each thread.

#include <span>
#include <string>
#include <vector>

#include "documents/stores/sql/sql_form.hpp"

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
/// True where the value at the path is an array (on SQLite, perhaps a text that looks like one).
std::string array_sql(const SqlForm& form, PathParts parts);

// The key of a path: by it MongoDB's order of values is SQL's, but for odd values.
//
// PostgreSQL has two expressions for it, each a function of the value: PostgreSQL prepares the
// expressions of a statement each time that it runs, and a call takes it less than long terms. A
// number has its value in the first; null and missing have `null_number` there. In the others the
// first is null, and the second is a text: a digit for the type, then what orders the values of the
// type. Of odd values both are null. SQLite has one expression: the value itself.

/// Strings that are longer than this many characters are odd: an index entry has a limit.
inline constexpr std::size_t key_characters_max = 128;
/// Below every number that is not odd.
inline constexpr const char* null_number = "-1e19";
/// What a text of the key begins with.
enum class KeyType : char { string = '3', oid = '7', boolean = '8', date = '9' };

/// PostgreSQL: statements that create the functions.
std::vector<std::string> key_functions_sql();
/// True of the two, as rows of pg_proc.
inline constexpr const char* key_function_named = "proname in ('$number', '$text')";
/// PostgreSQL: the first expression. SQLite: the only one.
std::string number_key_sql(const SqlForm& form, PathParts parts);
std::string text_key_sql(PathParts parts);
/// True (never null) where the key does not tell all: an array on the path, documents, binaries and
/// what else has no order in SQL, long strings, numbers that lose digits.
std::string odd_sql(const SqlForm& form, PathParts parts);
/// True (never null) for decimals that are not integers, and strings that look like one. SQL does
/// not tell 0.1 from the double next to it; conditions allow for that, an order cannot. On SQLite
/// odd_sql() has them.
std::string decimal_sql(PathParts parts);

}  // namespace iacdb::doc
