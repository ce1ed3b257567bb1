#pragma once
// Updates and removals as one statement of SQLite: the counterpart of what update_sql.hpp has for
// PostgreSQL, which calls these.
//
// SQLite's JSON functions keep the order of keys and the digits of numbers as they stand. Its
// doubles lose digits on the way to text, so that numbers are calculated where they are 32-bit
// integers alone. Threads: pure functions.

#include <optional>

#include "documents/stores/sql/update_sql.hpp"

namespace iacdb::doc {

/// Which rows a statement is for.
struct SetTarget {
  Condition where;  ///< Rows that match or are in doubt.
  Condition doubt;
};
/// nullopt: not by SQL.
std::optional<CompiledChange> sqlite_update(const SqlForm& form, const CollectionInfo& collection,
                                            const SetTarget& target, const Update& update);
/// Removes nothing where a row is in doubt.
CompiledRemoval sqlite_removal(const SqlForm& form, const CollectionInfo& collection,
                               const SetTarget& target);

}  // namespace iacdb::doc
