#pragma once
// Moves the FROM and WHERE of a select into a derived table, so that rows can be numbered or put in
// order before the select's own grouping.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// The inner select: its items are the columns that the outer one speaks of, and more can be added.
/// Refuses where a subquery of the outer select may speak of the moved tables.
Node* derive_from(Node* select, Context& c);

/// The keys of GROUP BY without aliases and places of the select list; nullptr when there are none.
Node* plain_keys(const Node* select, Context& c);

/// Columns beside the only MAX() or MIN() of a select of SQLite take the values of its row.
void take_bare_columns(Node* select, Context& c);

}  // namespace iacdb::sql
