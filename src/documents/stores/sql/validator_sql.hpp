#pragma once
// A collection's validator as a condition of SQL, which stops other writers too.
//
//   const Guard guard = guard_of(*values, collection.options);
//   if (guard.condition != "true") sql += " check (" + guard.condition + ")";
//
// The condition holds of every document that the validator accepts: the evaluator decides, and the
// constraint stops most of what the evaluator would refuse. Threads: pure functions.

#include "documents/stores/sql/value_sql.hpp"

namespace iacdb::doc {

struct Guard {
  std::string condition = "true";  ///< "true": there is nothing to guard.
  /// It holds of no document that the validator refuses. By it a level "moderate" knows which
  /// documents were valid before.
  std::string surely = "false";
  bool moderate = false;
  std::vector<std::string> left_out;  ///< Of these rules it says nothing, or not all.
};

/// Of options with the level strict or moderate and the action error; of others, nothing.
/// `after` and `before` are the document and, of a change, the one that it replaces.
Guard guard_of(const ValueSql& values, const Object& options, const std::string& after = "doc",
               const std::string& before = "doc");

}  // namespace iacdb::doc
