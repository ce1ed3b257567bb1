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
/// SQLite has no settings: this table has a row while a transaction bypasses, which no other sees.
constexpr const char* bypass_table = "documents.$bypass";

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

/// In SQLite the triggers of all tables share their names.
std::string trigger_in_sqlite(const CollectionInfo& collection, const char* name) {
  return "documents." + collection.table + "$" + name;
}

}  // namespace

Guard SqlUnit::guard(const CollectionInfo& collection) {
  if (!form_.postgres) {
    const bool utf8 = sql().one<std::string>("pragma encoding") == "UTF-8";
    return guard_of(*sqlite_value_sql(utf8), collection.options, "new.doc", "old.doc");
  }
  const auto utf8 = sql().one<bool>("select getdatabaseencoding() = 'UTF8'");
  return guard_of(*postgres_value_sql(utf8), collection.options);
}

void SqlUnit::make_guard(const CollectionInfo& collection) {
  if (!collection.options.has("validator")) return;
  const Guard made = guard(collection);
  if (made.condition == "true") return;
  if (!form_.postgres) return make_triggers_in_sqlite(collection, made);
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

/// A CHECK of SQLite may hold no subquery, and comes with the table or never.
void SqlUnit::make_triggers_in_sqlite(const CollectionInfo& collection, const Guard& made) {
  sql().exec("create table if not exists " + SqlForm::quoted(bypass_table) + " (bypass integer)");
  const std::string invalid = inverse(both({"json_type(new.doc) = 'object'", made.condition}));
  const std::string checked = "not exists (select 1 from " + SqlForm::quoted(bypass_table) + ")";
  const auto create = [&](const char* name, const char* event, const std::string& when) {
    sql().exec("create trigger " + SqlForm::quoted(trigger_in_sqlite(collection, name)) +
               " before " + event + " on " + form_.table(collection.table) + " when " + when +
               " begin select raise(abort, 'the document violates the validator of its "
               "collection'); end");
  };
  create(insert_trigger, "insert", both({invalid, checked}));
  create(update_trigger, "update of doc",
         both({invalid, made.moderate ? made.surely : "true", checked}));
}

void SqlUnit::drop_guard(const CollectionInfo& collection) {
  if (collection.options.has("viewOn")) return;
  if (!form_.postgres) {
    for (const char* trigger : {insert_trigger, update_trigger}) {
      sql().exec("drop trigger if exists " +
                 SqlForm::quoted(trigger_in_sqlite(collection, trigger)));
    }
    return;
  }
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
  const auto [constraints, triggers] =
      form_.postgres
          ? sql().one<std::tuple<std::int64_t, std::int64_t>>(
                "select (select count(*) from pg_constraint where conname = ? and contype = 'c' "
                "and conrelid = t.oid), (select count(*) from pg_trigger where tgname in (?, ?) "
                "and tgrelid = t.oid) from pg_class as t where t.oid = ?::text::regclass",
                constraint, insert_trigger, update_trigger, form_.table(collection.table))
          : sql().one<std::tuple<std::int64_t, std::int64_t>>(
                "select 0, count(*) from sqlite_schema where type = 'trigger' and name in (?, ?)",
                trigger_in_sqlite(collection, insert_trigger),
                trigger_in_sqlite(collection, update_trigger));
  Array left_out;
  for (const std::string& rule : guard(collection).left_out) left_out.push_back(Value(rule));
  return Object{{"constraint", Value(constraints > 0)},
                {"triggers", Value(triggers > 0)},
                {"leftOut", Value(std::move(left_out))}};
}

void SqlUnit::apply_bypass() {
  if (bypassed_ == bypass_) return;
  if (form_.postgres) {
    sql().exec(std::string("set local ") + bypass_setting + (bypass_ ? " = 'on'" : " = 'off'"));
    bypassed_ = bypass_;
    return;
  }
  const std::string table = SqlForm::quoted(bypass_table);
  if (!bypass_) {
    sql().exec("delete from " + table);
  } else if (sql().one<std::int64_t>("select count(*) from sqlite_schema where name = ?",
                                     bypass_table) == 0) {
    return;  // There are no triggers.
  } else {
    sql().exec("insert into " + table + " values (1)");
  }
  bypassed_ = bypass_;
}

void SqlUnit::end_bypass() {
  bypass_ = false;
  if (!form_.postgres) apply_bypass();
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
