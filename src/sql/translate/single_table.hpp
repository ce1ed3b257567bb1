#pragma once
// The one table of a change under its own name: MariaDB's DELETE with RETURNING, or with a subquery
// on the same table, takes no alias.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// Takes the alias of a change's table away, and puts the table's name before its columns. False
/// where another table of the statement has one of the two names: then nothing is changed.
bool name_target(Node* statement, Node* target, Context& c);

}  // namespace iacdb::sql
