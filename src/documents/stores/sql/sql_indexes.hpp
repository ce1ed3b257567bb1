#pragma once
// The SQL indexes behind one MongoDB index, whose expressions are those of the conditions.
//
//   for (const SqlIndex& one : sql_indexes(form, people, index)) tx.exec(one.create);
//
// PostgreSQL: a B-tree of numbers and dates for ranges, a GIN index (jsonb_path_ops) for equality
// also within arrays, and partial indexes of the documents that have an array on the path.
// SQLite: an index of the values at the paths, and partial ones as above.
// None for text, hashed and wildcard indexes, and for paths of other names than is_plain_path().
// Threads: pure functions.

#include "documents/stores/sql/sql_store.hpp"

namespace iacdb::doc {

/// An index, or statistics that let the planner see when it is worth to use one.
struct SqlIndex {
  std::string name;  ///< Bare.
  std::string create;
  bool is_statistics = false;
};

std::vector<SqlIndex> sql_indexes(const SqlForm& form, const CollectionInfo& collection,
                                  const IndexInfo& index);
std::string drop_sql(const SqlForm& form, const SqlIndex& index);
/// The MongoDB index that the database's plan uses; empty when it uses none.
std::string find_used_index(const SqlForm& form, const CollectionInfo& collection,
                            const std::string& plan);

}  // namespace iacdb::doc
