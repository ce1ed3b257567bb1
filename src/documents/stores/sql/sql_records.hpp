#pragma once
// The rows of a compiled selection as records: those that SQL left in doubt are looked at, and
// those whose place in the order it did not know are put there.
//
//   out.records = sql_records(std::move(rows), compiled, selection);
//
// Threads: used by one at a time.

#include <iacdb/database.hpp>
#include <tuple>

#include "documents/stores/sql/compile.hpp"

namespace iacdb::doc {

/// seq, doc, look
using RecordRow = std::tuple<std::int64_t, std::string_view, std::int64_t>;

/// Whether the records have the fields alone that the selection chooses: where nothing is left to
/// do that would need others.
inline bool is_chosen(const CompiledSelect& compiled) {
  return compiled.filtered && compiled.sorted;
}
/// `at_nothing`: called once when there is no row at all, after the statement has ended.
std::unique_ptr<Records> sql_records(Rows<RecordRow> rows, const CompiledSelect& compiled,
                                     const Selection& selection, std::function<void()> at_nothing);

}  // namespace iacdb::doc
