#pragma once
// From a filter to SQL that decides: which rows match, and the few of which SQL cannot tell.
//
//   if (auto exact = exact_filter(form, *filter, collated)) sql += " where " + exact->match.sql;
//
// Where narrow() gives a condition that an index finds, this one gives the answer, for statements
// that count, group, change or remove in the database. A row in doubt (a value that may equal one
// of another form, an array on the way) makes the caller leave the statement to the evaluator.
// Threads: pure functions.

#include <optional>

#include "documents/filter/filter.hpp"
#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {

struct ExactFilter {
  Condition match;  ///< Empty: every row. True or false, never null.
  Condition doubt;  ///< Empty: no row. Where it is true, `match` says nothing.
};
/// nullopt: the filter has parts that SQL does not decide.
std::optional<ExactFilter> exact_filter(const SqlForm& form, const Filter& filter, bool collated);

/// What SQL decides of a filter's parts that all must hold: no row that matches is without it.
Condition decided_part(const SqlForm& form, const Filter& filter, bool collated);

/// True where an array stands on the way to the path's last name; empty for a path of one name.
Condition arrays_on_the_way(const SqlForm& form, PathParts parts);

}  // namespace iacdb::doc
