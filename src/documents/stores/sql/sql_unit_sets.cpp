// Whole sets of documents in one statement: groups, counts, changes and removals.

#include "documents/stores/sql/compile.hpp"
#include "documents/stores/sql/exact.hpp"
#include "documents/stores/sql/group_sql.hpp"
#include "documents/stores/sql/sql_unit.hpp"
#include "documents/stores/sql/update_sql.hpp"

namespace iacdb::doc {
namespace {

struct LeftToEvaluator : std::exception {};

iacdb::Arguments arguments_of(const std::vector<Cell>& cells) {
  return {.cells = cells};
}

/// The leading $match stages and the $group after them.
struct Leading {
  Selection selection{};
  const GroupStage* group = nullptr;
  std::size_t stages = 0;
};
std::optional<Leading> leading_group(const Pipeline& stages, const Collator* collator) {
  Leading out;
  out.selection.collator = collator;
  Filter all;
  all.kind = Filter::all_of;
  for (const StagePtr& stage : stages) {
    ++out.stages;
    if (const auto* match = dynamic_cast<const MatchStage*>(stage.get())) {
      all.children.push_back(match->filter);
      continue;
    }
    out.group = dynamic_cast<const GroupStage*>(stage.get());
    break;
  }
  if (out.group == nullptr) return std::nullopt;
  if (!all.children.empty()) out.selection.filter = std::make_shared<const Filter>(std::move(all));
  return out;
}

}  // namespace

bool SqlUnit::decide(const std::function<bool()>& f) {
  try {
    attempt([&] {
      if (!f()) throw LeftToEvaluator();
    });
    return true;
  } catch (const LeftToEvaluator&) {
    return false;
  } catch (const Error& error) {
    // Which document a constraint refuses is known only one by one.
    const bool is_refused = error.kind() == ErrorKind::check_violation;
    if (!is_refused && !is_left_to_evaluator(error)) throw;
    return false;
  }
}

std::optional<StreamPtr> SqlUnit::aggregate(const CollectionInfo& collection,
                                            const Pipeline& stages, const PipelineContext& context,
                                            std::size_t& done) {
  const auto leading = leading_group(stages, context.environment->collator);
  if (!leading || context.bindings != nullptr) return std::nullopt;
  const auto group =
      compile_group(form_.of(collection), collection, leading->selection, *leading->group);
  if (!group) return std::nullopt;
  const std::vector<Cell> cells = cells_of(group->statement.parameters);
  std::vector<Value> groups;
  bool decided = true;
  try {
    read(collection, [&] {
      for (const Row& row : sql().query(group->statement.sql, arguments_of(cells))) {
        decided = decided && group->read(row, groups);
      }
    });
  } catch (const Error& error) {
    // A sum that does not fit: SQLite's statement alone has failed.
    if (form_.postgres || error.kind() != ErrorKind::data) throw;
    decided = false;
  }
  if (!decided) return std::nullopt;
  if (!collection.version.empty()) check_version(collection.name, collection.version);
  done = leading->stages;
  return stream_of(std::move(groups));
}

std::optional<std::int64_t> SqlUnit::count(const CollectionInfo& collection,
                                           const Selection& selection) {
  const auto compiled = compile_count(form_.of(collection), collection, selection);
  if (!compiled) return std::nullopt;
  const std::vector<Cell> cells = cells_of(compiled->parameters);
  std::int64_t n = 0;
  std::int64_t in_doubt = 0;
  read(collection, [&] {
    std::tie(n, in_doubt) =
        sql().one<std::tuple<std::int64_t, std::int64_t>>(compiled->sql, arguments_of(cells));
  });
  if (in_doubt > 0) return std::nullopt;
  if (n == 0 && !collection.version.empty()) check_version(collection.name, collection.version);
  return n;
}

std::optional<Changed> SqlUnit::update_many(const CollectionInfo& collection,
                                            const Selection& selection, const Update& update,
                                            const Environment&) {
  const auto change = compile_update(form_.of(collection), collection, selection, update);
  if (!change) return std::nullopt;
  const std::vector<Cell> cells = cells_of(change->statement.parameters);
  Changed out;
  const bool decided = decide([&] {
    if (change->counts) {
      std::tie(out.matched, out.modified) = sql().one<std::tuple<std::int64_t, std::int64_t>>(
          change->statement.sql, arguments_of(cells));
      return true;
    }
    if (change->matched) {
      out.matched = sql().one<std::int64_t>(change->matched->sql,
                                            arguments_of(cells_of(change->matched->parameters)));
    }
    out.modified = sql().exec(change->statement.sql, arguments_of(cells)).rows_affected;
    if (!change->matched) out.matched = out.modified;
    return true;
  });
  if (!decided) return std::nullopt;
  return out;
}

std::optional<std::int64_t> SqlUnit::remove_many(const CollectionInfo& collection,
                                                 const Selection& selection) {
  const auto removal = compile_remove(form_.of(collection), collection, selection);
  if (!removal) return std::nullopt;
  const std::string& statement = removal->statement.sql;
  const std::vector<Cell> cells = cells_of(removal->statement.parameters);
  std::int64_t removed = 0;
  const bool decided = decide([&] {
    if (!removal->counts) {
      removed = sql().exec(statement, arguments_of(cells)).rows_affected;
      return removed > 0 || !removal->doubts;
    }
    std::int64_t in_doubt = 0;
    std::tie(removed, in_doubt) =
        sql().one<std::tuple<std::int64_t, std::int64_t>>(statement, arguments_of(cells));
    return in_doubt == 0;
  });
  if (!decided) return std::nullopt;
  return removed;
}

std::optional<PlanText> SqlUnit::explain_set(const CollectionInfo& collection,
                                             const SetWork& work) {
  CollectionInfo as_it_is = collection;
  as_it_is.version.clear();
  std::optional<Condition> statement;
  if (work.kind == SetWork::count) {
    statement = compile_count(form_.of(collection), as_it_is, work.selection);
  } else if (work.kind == SetWork::remove) {
    auto removal = compile_remove(form_.of(collection), as_it_is, work.selection);
    if (removal) statement = std::move(removal->statement);
  } else if (work.kind == SetWork::update) {
    auto change = compile_update(form_.of(collection), as_it_is, work.selection, work.change);
    if (change) statement = std::move(change->statement);
  } else if (const auto leading = leading_group(work.stages, work.selection.collator)) {
    auto group = compile_group(form_.of(collection), as_it_is, leading->selection, *leading->group);
    if (group) statement = std::move(group->statement);
  }
  if (!statement) return std::nullopt;
  PlanText out;
  out.sql = statement->sql;
  out.filtered = true;
  out.sorted = true;
  out.limited = true;
  out.whole = true;
  add_plan(as_it_is, statement->parameters, false, out);
  return out;
}

}  // namespace iacdb::doc
