// Constraints that hold other writers to a collection's validator.

#include <algorithm>
#include <tuple>

#include "documents/errors.hpp"
#include "documents/stores/sql/sql_unit.hpp"
#include "documents/stores/sql/validator_sql.hpp"

namespace iacdb::doc {
namespace {

constexpr const char* constraint = "validator";
constexpr const char* insert_trigger = "validator_of_inserts";
constexpr const char* update_trigger = "validator_of_updates";
/// A setting of the transaction, so that bypassDocumentValidation passes the constraint.
constexpr const char* bypass_setting = "iacdb.bypass_validation";

/// "valid": what the validator accepts, and perhaps more. "surely": nothing that it refuses.
/// "refuse": of the triggers.
std::string function_of(const CollectionInfo& collection, const char* name) {
  return "documents." + SqlForm::quoted(collection.table + "$" + name);
}

std::string bypassed() {
  return std::string("coalesce(current_setting('") + bypass_setting + "', true), '') = 'on'";
}

std::string create_condition(const std::string& function, const std::string& condition) {
  // The planner takes subqueries over a document for large; to compile them would cost seconds.
  const bool is_plain = condition.find("(select") == std::string::npos;
  return "create or replace function " + function +
         "(doc jsonb) returns boolean language sql immutable parallel safe " +
         (is_plain ? "" : "set jit = off ") + "as " +
         literal("select " + both({"jsonb_typeof(doc) = 'object'", condition}));
}

/// A body of PL/pgSQL; what it raises is told apart from other errors by its state alone.
constexpr const char* refusing =
    "begin raise exception using errcode = 'check_violation', message = "
    "'new row for relation \"' || tg_table_name || '\" violates the validator', "
    "constraint = 'validator', table = tg_table_name, schema = tg_table_schema; end";

}  // namespace

Guard SqlUnit::guard(const CollectionInfo& collection) {
  const auto utf8 = sql().one<bool>("select getdatabaseencoding() = 'UTF8'");
  return guard_of(*postgres_value_sql(utf8), collection.options);
}

void SqlUnit::make_guard(const CollectionInfo& collection) {
  if (!form_.postgres || !collection.options.has("validator")) return;
  const Guard made = guard(collection);
  if (made.condition == "true") return;
  const std::string valid = function_of(collection, "valid");
  sql().exec(create_condition(valid, made.condition));
  const std::string table = form_.table(collection.table);
  if (!made.moderate) {
    // Not valid: what is older than the validator stays, as in MongoDB.
    sql().exec("alter table " + table + " add constraint " + constraint + " check (" + bypassed() +
               " or " + valid + "(doc)) not valid");
    return;
  }
  // A constraint does not see the row before.
  const std::string refuse = function_of(collection, "refuse");
  const std::string surely = function_of(collection, "surely");
  sql().exec(create_condition(surely, made.surely));
  sql().exec("create or replace function " + refuse + "() returns trigger language plpgsql as " +
             literal(refusing));
  const std::string unless =
      " for each row when (not (" + bypassed() + ") and not " + valid + "(new.doc)";
  sql().exec("create trigger " + std::string(insert_trigger) + " before insert on " + table +
             unless + ") execute function " + refuse + "()");
  sql().exec("create trigger " + std::string(update_trigger) + " before update on " + table +
             unless + " and " + surely + "(old.doc)) execute function " + refuse + "()");
}

void SqlUnit::drop_guard(const CollectionInfo& collection) {
  if (!form_.postgres || collection.options.has("viewOn")) return;
  const std::string table = form_.table(collection.table);
  sql().exec("alter table " + table + " drop constraint if exists " + constraint);
  for (const char* trigger : {insert_trigger, update_trigger}) {
    sql().exec("drop trigger if exists " + std::string(trigger) + " on " + table);
  }
  drop_guard_functions(collection);
}

void SqlUnit::drop_guard_functions(const CollectionInfo& collection) {
  if (!form_.postgres) return;
  sql().exec("drop function if exists " + function_of(collection, "valid") + "(jsonb), " +
             function_of(collection, "surely") + "(jsonb), " + function_of(collection, "refuse") +
             "()");
}

std::optional<Object> SqlUnit::describe_guard(const CollectionInfo& collection) {
  if (!form_.postgres) return std::nullopt;
  const auto [constraints, triggers] = sql().one<std::tuple<std::int64_t, std::int64_t>>(
      "select (select count(*) from pg_constraint where conname = ? and contype = 'c' and conrelid "
      "= "
      "t.oid), (select count(*) from pg_trigger where tgname in (?, ?) and tgrelid = t.oid) from "
      "pg_class as t where t.oid = ?::text::regclass",
      constraint, insert_trigger, update_trigger, form_.table(collection.table));
  Array left_out;
  for (const std::string& rule : guard(collection).left_out) left_out.push_back(Value(rule));
  return Object{{"constraint", Value(constraints > 0)},
                {"triggers", Value(triggers > 0)},
                {"leftOut", Value(std::move(left_out))}};
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
