#pragma once
// Percentiles by the numbers of rows.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// PERCENTILE_CONT, PERCENTILE_DISC, MEDIAN, MODE.
bool is_percentile(const Node* call);

/// Rewrites those of a select that the target has not, or not in this form.
void number_percentiles(Node* select, Context& c);

}  // namespace iacdb::sql
