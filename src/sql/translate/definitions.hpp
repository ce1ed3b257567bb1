#pragma once
// Parts of the definitions' pass: what hangs on one column, one key or one view.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// ENUM and SET outside MySQL: a CHECK of the values, or nullptr.
Node* listed_values(const Node* column, Context& c);

/// ON DELETE and ON UPDATE in the target's words. Refuses what the target does not do.
void foreign_actions(Node* key, Context& c);

/// ON UPDATE CURRENT_TIMESTAMP outside MySQL: a trigger behind the table.
void follow_updates(const Node* table, const Node* column, Context& c);

void create_view(Node* view, Context& c);
void drop(Node* drop, Context& c);

}  // namespace iacdb::sql
