// Constraints that hold other writers to a collection's validator.

#include <algorithm>

#include "documents/errors.hpp"
#include "documents/stores/sql/sql_unit.hpp"
#include "documents/stores/sql/validator_sql.hpp"

namespace iacdb::doc {
namespace {

constexpr const char* constraint = "validator";
/// A setting of the transaction, so that bypassDocumentValidation passes the constraint.
constexpr const char* bypass_setting = "iacdb.bypass_validation";

std::string function_of(const CollectionInfo& collection) {
  return "documents." + SqlForm::quoted(collection.table + "$valid");
}

}  // namespace

Guard SqlUnit::guard(const CollectionInfo& collection) {
  const auto utf8 = sql().one<bool>("select getdatabaseencoding() = 'UTF8'");
  return guard_of(*postgres_value_sql(utf8), collection.options);
}

void SqlUnit::make_guard(const CollectionInfo& collection) {
  if (!form_.postgres || !collection.options.has("validator")) return;
  const Guard made = guard(collection);
  if (made.condition == "true") return;
  // The planner takes subqueries over a document for large; to compile them would cost seconds.
  const bool is_plain = made.condition.find("(select") == std::string::npos;
  sql().exec("create function " + function_of(collection) +
             "(doc jsonb) returns boolean language sql immutable parallel safe " +
             (is_plain ? "" : "set jit = off ") + "as " +
             literal("select " + both({"jsonb_typeof(doc) = 'object'", made.condition})));
  // Not valid: what is older than the validator stays, as in MongoDB.
  sql().exec("alter table " + form_.table(collection.table) + " add constraint " + constraint +
             " check (coalesce(current_setting('" + bypass_setting + "', true), '') = 'on' or " +
             function_of(collection) + "(doc)) not valid");
}

void SqlUnit::drop_guard(const CollectionInfo& collection) {
  if (!form_.postgres || collection.options.has("viewOn")) return;
  sql().exec("alter table " + form_.table(collection.table) + " drop constraint if exists " +
             constraint);
  drop_guard_function(collection);
}

void SqlUnit::drop_guard_function(const CollectionInfo& collection) {
  if (form_.postgres) {
    sql().exec("drop function if exists " + function_of(collection) + "(jsonb)");
  }
}

std::optional<Object> SqlUnit::describe_guard(const CollectionInfo& collection) {
  if (!form_.postgres) return std::nullopt;
  const bool stands = sql().one<std::int64_t>(
                          "select count(*) from pg_constraint where conname = ? and contype = "
                          "'c' and conrelid = ?::text::regclass",
                          constraint, form_.table(collection.table)) > 0;
  Array left_out;
  for (const std::string& rule : guard(collection).left_out) left_out.push_back(Value(rule));
  return Object{{"constraint", Value(stands)}, {"leftOut", Value(std::move(left_out))}};
}

void SqlUnit::apply_bypass() {
  if (!form_.postgres || bypassed_ == bypass_) return;
  sql().exec(std::string("set local ") + bypass_setting + (bypass_ ? " = 'on'" : " = 'off'"));
  bypassed_ = bypass_;
}

void SqlUnit::raise_refused(const CollectionInfo& collection, const Value& document,
                            const Error& error) {
  fail(Code::document_validation_failure, "Document failed validation",
       Object{{"errInfo",
               Value(Object{{"failingDocumentId", document.object().get("_id")},
                            {"details", Value(Object{
                                            {"operatorName", Value("check")},
                                            {"collection", Value(collection.name)},
                                            {"reason", Value(std::string(error.server_message()))},
                                        })}})}});
}

}  // namespace iacdb::doc
