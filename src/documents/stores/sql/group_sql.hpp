#pragma once
// $group as one statement: keys that are paths or constants; $sum, $avg, $min, $max
// and $count of paths.
//
//   if (const auto group = compile_group(form, collection, selection, stage)) ...
//   for (const Row& row : ...) if (!group->read(row, out)) ...      // leave it to the evaluator
//
// Sums are exact for integers, and for doubles as good as MongoDB's: each is split in two parts of
// which the greater ones add up without rounding. Groups come in the order of their first document.
// Threads: pure functions; a CompiledGroup refers to the stage.

#include <iacdb/row.hpp>
#include <optional>

#include "documents/pipeline/stages.hpp"
#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/sql_form.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

class CompiledGroup {
 public:
  Condition statement;

  /// Appends the row's group; false when the statement met what SQL does not decide.
  bool read(const Row& row, std::vector<Value>& out) const;

 private:
  friend class GroupCompiler;
  bool read_id(const Row& row, std::size_t& column, Object& out) const;
  std::optional<Value> read_field(const Row& row, std::size_t column,
                                  const AccumulatedField& field) const;

  const GroupStage* stage_ = nullptr;
  bool postgres_ = true;
  std::size_t keys_ = 0;
  std::vector<std::size_t> operands_;  ///< Of each accumulator: its first column; 0: none.
};

/// nullopt: not by SQL.
std::optional<CompiledGroup> compile_group(const SqlForm& form, const CollectionInfo& collection,
                                           const Selection& selection, const GroupStage& stage);

}  // namespace iacdb::doc
