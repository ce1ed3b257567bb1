#pragma once
// What the readers and writers of moments share.

#include <string_view>
#include <vector>

#include "sql/translate/context.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql::moments {

/// The unit behind a name or abbreviation of any dialect; empty when unknown.
std::string_view unit_of(std::string_view word);

/// $ADD(moment, count, UNIT)
Node* add(Context& c, Node* moment, Node* count, std::string_view unit);
Node* negative(Context& c, Node* n);

/// '1 year 2 days', '-3 hours', '1 day 02:03:04' in parts; false when it holds anything else.
struct Part {
  std::string_view count;
  std::string_view unit;
  bool minus = false;  ///< of -02:03:04, where only the first count has the sign
};
bool interval_parts(std::string_view text, std::vector<Part>& parts);

/// What EXTRACT(EPOCH FROM INTERVAL '..') of PostgreSQL gives; false when it is not read.
bool interval_seconds(const Node* interval, double& seconds);

/// moment + or - an interval node.
Node* add_interval(Context& c, Node* moment, Node* interval, bool subtract);

/// DATE, TIME, DATETIME, STRFTIME and JULIANDAY of SQLite: a moment and its modifiers.
void read_sqlite(Node*& call, Context& c);

/// A text literal of ten characters is a date, a longer one a moment.
ValueType moment_type(const Node* n, Context& c);
/// A text gets its type, which PostgreSQL and others need.
Node* typed(Node* n, ValueType t, Context& c);
/// $ADD, $DIFF and their kind in the target's words.
Node* write_add(Node* call, Context& c);
Node* whole_units(Node* call, Context& c);
Node* boundaries(Node* call, Context& c);
Node* months_between(Node* call, Context& c);
Node* add_months(Node* call, Context& c);
Node* add_overflowing(Node* call, Context& c);
Node* seconds_between(Node* call, Context& c);

inline Node* argument_of(const Node* call, std::size_t i) {
  return call->kid(call_slot::args)->kid(i);
}

}  // namespace iacdb::sql::moments
