#pragma once
// Updates and removals as one statement, where they are such: $set, $unset, $inc, $mul and $push
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

/// An update that adds more is the evaluator's, which measures each document.
inline constexpr std::size_t added_bytes_max = 1'000'000;

struct CompiledChange {
  Condition statement;
  bool counts = false;  ///< It answers (matched, modified); otherwise the rows affected are both,
  std::optional<Condition> matched{};  ///< but where this one, run before, tells the first.
};
/// nullopt: not by SQL.
std::optional<CompiledChange> compile_update(const SqlForm& form, const CollectionInfo& collection,
                                             const Selection& selection, const Update& update);
struct CompiledRemoval {
  Condition statement;
  bool counts = true;  ///< It answers how many it removed, and how many of them were in doubt;
  bool doubts =
      false;  ///< otherwise, if some may be, and it removed none, it may not have decided.
};
std::optional<CompiledRemoval> compile_remove(const SqlForm& form, const CollectionInfo& collection,
                                              const Selection& selection);
bool is_left_to_evaluator(const Error& error);

}  // namespace iacdb::doc
