#pragma once
// What every write checks: the document itself, and the collection's validator.

#include "documents/command/engine.hpp"

namespace iacdb::doc {

inline constexpr std::size_t batch_writes_max = 100'000;
inline constexpr int stored_depth_max = 180;

/// _id first and of a type that may be one; names that may be stored; size.
/// Throws: Failure.
Value prepared_for_insert(Work& work, Value document);
/// Size and validator. Throws: Failure 121 with errInfo, 10334.
void check_document(Work& work, const CollectionInfo& collection, const Value& document);
/// As check_document, for a change: validationLevel "moderate" spares what was invalid before.
void check_update(Work& work, const CollectionInfo& collection, const Value& before,
                  const Value& after);
/// The collection, made where it is missing.
CollectionInfo ensure_collection(Work& work, const std::string& name);
/// A collection that is to be written. Throws: Failure 166 for a view.
std::optional<CollectionInfo> find_writable(Work& work, const std::string& name);

/// One update statement, ready to run.
struct UpdatePlan {
  Selection selection;
  Update update;
  bool multi = false;
  bool upsert = false;
  bool shows = false;  ///< The outcome has the document before and after.
};
struct UpdateOutcome {
  std::int64_t matched = 0;
  std::int64_t modified = 0;
  std::optional<Value> upserted{};  ///< The _id.
  std::optional<Value> before{};    ///< Where the plan shows them.
  std::optional<Value> after{};
};
/// `collection` is made for an upsert where it is missing.
UpdateOutcome run_update(Work& work, const std::string& name,
                         std::optional<CollectionInfo>& collection, const UpdatePlan& plan);
/// Throws: Failure 16 for a command with no writes, or too many.
void check_batch(std::size_t size);
/// The whole command is refused when one of its statements is none, or has arguments that are
/// missing, unknown or of another type: nothing is written then. Throws: Failure.
void check_statements(const Array& statements, const std::string& name,
                      void (*check)(const Object& statement));
void check_update_statement(const Object& statement);
void check_delete_statement(const Object& statement);
/// A statement of update, {q, u, ...}; `outer` are the variables of the command's let.
UpdatePlan plan_update(Work& work, const Object& statement,
                       const std::optional<CollectionInfo>& collection, const VariableNames& outer);
/// A statement of delete, {q, limit, ...}; how many it removed.
std::int64_t run_delete(Work& work, const std::optional<CollectionInfo>& collection,
                        const Object& statement, const VariableNames& names);
/// What an upsert inserts.
Value upserted_document(Work& work, const UpdatePlan& plan);

/// {index, code, errmsg, ...} of one failed write.
Value write_error(std::int64_t index, const Failure& failure);

}  // namespace iacdb::doc
