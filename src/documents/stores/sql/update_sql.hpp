#pragma once
// Updates as one statement of PostgreSQL, where they are such: $set, $unset, $inc, $mul and $push
// on plain paths, under a filter that SQL decides.
//
//   if (const auto statement = compile_update(form, collection, selection, update)) ...
//
// A row that the statement must not decide (a field of another type, a document whose keys repeat)
// makes it fail as a whole, with a state that is_left_to_evaluator() knows; the evaluator then does
// the update. Threads: pure functions.

#include <iacdb/error.hpp>
#include <optional>

#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/sql_form.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

struct CompiledChange {
  Condition statement;
  bool counts = false;  ///< It answers (matched, modified); otherwise the rows affected are both.
};
/// nullopt: not by SQL.
std::optional<CompiledChange> compile_update(const SqlForm& form, const CollectionInfo& collection,
                                             const Selection& selection, const Update& update);
/// The statement answers, for each row that it removed, whether it was in doubt.
std::optional<Condition> compile_remove(const SqlForm& form, const CollectionInfo& collection,
                                        const Selection& selection);
bool is_left_to_evaluator(const Error& error);

}  // namespace iacdb::doc
