#pragma once
// Comparisons by the key of a path (see path_sql.hpp), which a B-tree of PostgreSQL finds.
//
//   if (const auto c = key_equals(parts, {Value(18), Value("x")})) sql += c->sql;
//
// Of a document whose value at the path is not odd, never narrower than MongoDB's comparison;
// nothing of the others. nullopt: nothing is known of such a value. Strings compare by their bytes.
// Threads: pure functions.

#include <optional>

#include "documents/filter/pattern.hpp"
#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {

struct KeyCondition {
  Condition condition;
  bool exact = true;  ///< Nor is it wider.
};
struct KeyEnd {
  const Value* value = nullptr;  ///< Null: no such end.
  bool taken_in = true;
};

/// The text key of the value; nullopt: values of the type have none.
std::optional<std::string> key_text_of(const Value& value);
/// The value is one of these.
std::optional<KeyCondition> key_equals(PathParts parts, std::span<const Value> values);
/// Two ends are of one type.
std::optional<KeyCondition> key_between(PathParts parts, KeyEnd lower, KeyEnd upper);
/// A string that the pattern may match; nullopt where the pattern does not say how it begins.
std::optional<KeyCondition> key_matches(PathParts parts, const Pattern& pattern);

}  // namespace iacdb::doc
