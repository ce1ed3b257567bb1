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
  std::string condition = "true";     ///< Of the column doc; "true": there is nothing to guard.
  std::vector<std::string> left_out;  ///< Of these rules it says nothing, or not all.
};

/// Of options with validationLevel strict and validationAction error; of others, nothing.
Guard guard_of(const ValueSql& values, const Object& options);

}  // namespace iacdb::doc
