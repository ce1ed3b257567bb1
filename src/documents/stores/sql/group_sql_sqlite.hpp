#pragma once
// The text of a $group as one statement of SQLite, whose columns are those that group_sql.cpp
// reads: the counterpart of what is there for PostgreSQL.
//
// Numbers keep their digits in a document's text, and SQLite's own reading of doubles may be off by
// their last bit: a double is made here by dividing its digits, as an integer, by a power of ten,
// of which both are exact. One of more than 15 digits is left to the evaluator. Threads: pure
// functions.

#include <string>
#include <vector>

#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {

struct GroupOperand {
  PathParts path;
  bool sums = false;      ///< What $sum and $avg read.
  bool extremes = false;  ///< What $min and $max read.
};
struct GroupParts {
  std::string table;
  std::string where;   ///< Empty: all rows.
  std::string doubts;  ///< Rows that SQL does not decide; "false" for none.
  std::vector<PathParts> keys;
  bool one_key = false;  ///< The only one is the _id itself, and null where it is missing.
  std::vector<GroupOperand> operands;
};
std::string sqlite_group(const GroupParts& parts);

}  // namespace iacdb::doc
