#pragma once
// The comparison of a path with a value, as a condition that is never narrower than MongoDB's.
//
//   Condition c = any_of(equals(form, parts, Value(18)));
//
// Empty where the path or the value's type has no such condition. An array matches by its elements
// wherever it stands on the path. PostgreSQL: containment, which a GIN index of odd values finds;
// what the others have is compared by their key, see key_range.hpp. SQLite looks at every array.
// Threads: pure functions.

#include <optional>

#include "documents/bson/value.hpp"
#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {

/// The alternatives of which one holds; none: nothing is known.
std::vector<Condition> equals(const SqlForm& form, PathParts parts, const Value& value);
/// SQLite. Null: no such end. Both ends are numbers; they are taken in, also where the filter
/// excludes them.
Condition between(const SqlForm& form, PathParts parts, const Value* lower, const Value* upper);
/// A number's end of a range, a little further out where digits do not tell it exactly. On
/// PostgreSQL a text. nullopt: no such end helps.
std::optional<SqlParameter> number_end(const Value& number, bool lower, bool postgres);
/// The forms in which a number equal to this one may be stored, but for those marked "$w".
std::vector<std::string> number_forms(const Value& number);

/// What decides an equality on PostgreSQL: of each, one alternative holds. No doubt: `match` alone.
struct Equality {
  std::vector<Condition> match;
  std::vector<Condition> doubt;
};
/// nullopt where containment and MongoDB's equality differ.
std::optional<Equality> equals_exactly(PathParts parts, const Value& value);
/// The integer that a number is, where digits tell it exactly. Nothing for decimals.
std::optional<std::int64_t> exact_integer(const Value& number);

}  // namespace iacdb::doc
