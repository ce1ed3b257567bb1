#pragma once
// IGNORE NULLS by counts of values.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// A window function with IGNORE NULLS that the target has not.
bool ignores_nulls(const Node* call, const Context& c);

/// Rewrites those of a select. Refuses frames that no counts tell.
void count_values(Node* select, Context& c);

}  // namespace iacdb::sql
