#pragma once
// The SQL indexes behind one MongoDB index, whose expressions are those of the conditions.
//
//   for (const SqlIndex& one : sql_indexes(form, people, index)) tx.exec(one.create);
//
// PostgreSQL: a B-tree of the paths' keys (path_sql.hpp) for equality, ranges and order; of the
// documents that are odd there, which are few or have arrays, a partial index and a GIN index
// (jsonb_path_ops) for equality within arrays; and a partial index of decimals, for orders.
// SQLite: an index of the values at the paths, and partial ones as above.
// None for text, hashed and wildcard indexes, and for paths of other names than is_plain_path().
// Threads: pure functions.

#include "documents/stores/sql/sql_form.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

struct SqlIndex {
  std::string name;  ///< Bare.
  std::string create;
};

std::vector<SqlIndex> sql_indexes(const SqlForm& form, const CollectionInfo& collection,
                                  const IndexInfo& index);
/// The MongoDB index that the database's plan uses; empty when it uses none.
std::string find_used_index(const SqlForm& form, const CollectionInfo& collection,
                            const std::string& plan);

}  // namespace iacdb::doc
