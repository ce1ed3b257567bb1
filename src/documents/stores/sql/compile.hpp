#pragma once
// From a selection to SQL: what the database decides, and what is left to the evaluator.
//
//   CompiledSelect c = compile_select(form, people, selection);
//   rows = tx.query<...>(c.sql, Arguments{.cells = cells_of(c.parameters)});
//   if (!c.filtered) ...                     // look at each document again
//
// The statement answers seq, doc and look, ordered by seq where no other order is asked for. A
// condition that SQL cannot decide exactly may be left out or weakened, never strengthened
// (narrow.hpp); `filtered` says that of rows with look = 0 nothing was. The others, which are few,
// the evaluator looks at in any case.
//
// Sorted, the rows with look = 1 come first, in no order, and belong among the others: what they
// have at a path of the order has no order in SQL. Only the others are limited.
// Threads: pure functions.

#include <optional>

#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/sql_form.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

struct CompiledSelect {
  std::string sql;
  std::vector<SqlParameter> parameters;
  bool filtered = false;
  bool sorted = false;
  bool limited = false;
  bool merges = false;  ///< Sorted as above.
  /// Of the documents with look = 0 the fields that the selection does not choose, and that the
  /// order does not need, may be missing: see chosen_sql.hpp.
  bool chosen = false;
  /// Of one document in no order: a statement for the part of them that an index surely has, which
  /// answers doc alone; "" when there is none. It takes the first of the parameters.
  std::string probe;
  std::size_t probe_parameters = 0;
};

CompiledSelect compile_select(const SqlForm& form, const CollectionInfo& collection,
                              const Selection& selection);
/// A statement that answers how many documents match, and how many of those that may are in doubt.
/// nullopt: not by SQL.
std::optional<Condition> compile_count(const SqlForm& form, const CollectionInfo& collection,
                                       const Selection& selection);
/// A unique index's key as its table holds it.
std::string key_text(const IndexInfo& index, const Array& key);

}  // namespace iacdb::doc
