#include "backends/sqlite/engine.hpp"

#include <utility>

#include "backends/sqlite/capabilities.hpp"
#include "sql/placeholders.hpp"

namespace iacdb::backends::sqlite {
namespace {

const driver::Call unlimited;

}  // namespace

Engine::Engine(OpenPlan open_plan, std::size_t statements_max, const driver::Call& call)
    : plan(std::move(open_plan)), db(open_database(plan, watch, call)), cache(statements_max) {
  can = detect_capabilities(db.get(), plan);
  watch.start(unlimited);  // `call` ends with the connect.
}

Prepared* Engine::prepare_new(std::string_view sql) {
  std::string rewritten;
  std::string_view text = sql;
  if (sql.find("??") != sql.npos) {
    rewritten = sql::rewrite(sql, Dialect::sqlite).text;
    text = rewritten;
  }
  Prepared fresh = prepare(db.get(), text);
  if (!is_blank_sql(text.substr(fresh.consumed))) {
    script_ = text;
    return nullptr;
  }
  session_changed = session_changed || fresh.changes_session;
  if (fresh.statement && fresh.cacheable) return &cache.insert(sql, std::move(fresh));
  uncached_ = std::move(fresh);
  return &uncached_;
}

Prepared* Engine::prepare_next(std::string_view script, std::size_t& at) {
  while (!is_blank_sql(script.substr(at))) {
    uncached_ = prepare(db.get(), script.substr(at));
    at += uncached_.consumed;
    session_changed = session_changed || uncached_.changes_session;
    if (uncached_.statement) return &uncached_;
  }
  return nullptr;
}

bool Engine::check(const Prepared& prepared) {
  refuse_open_cursor();
  const char* text = sqlite3_sql(prepared.statement.get());
  const std::string_view sql = text != nullptr ? text : "";
  if ((guards & guard_lost) != 0) {
    if (prepared.ends_transaction) {
      rollback();
      return true;
    }
    raise_own(
        ErrorKind::usage,
        "SQLite rolled the transaction back after an earlier error; roll back, then begin anew",
        sql);
  }
  if ((guards & guard_read_only) != 0 && !prepared.read_only) {
    raise_own(ErrorKind::read_only, "the transaction is read only; begin a writing one", sql);
  }
  return false;
}

void Engine::refuse_open_cursor() const {
  if ((guards & guard_cursor) != 0) {
    raise_own(ErrorKind::usage, "the rows of an earlier statement are still being read; end them");
  }
}

void Engine::rollback() {
  watch.start(unlimited);
  if (sqlite3_get_autocommit(db.get()) == 0) run_fixed(rollback_, "rollback");
  in_transaction = false;
  guards = static_cast<std::uint8_t>(guards & ~(guard_read_only | guard_lost));
}

void Engine::fail(sqlite3_stmt* statement, int rc) {
  const char* sql = sqlite3_sql(statement);
  ErrorFacts facts =
      error_facts(db.get(), rc, {.sql = sql != nullptr ? sql : "", .stopped = watch.reason()});
  sqlite3_reset(statement);
  if (in_transaction && sqlite3_get_autocommit(db.get()) != 0) {
    guards |= guard_lost;
    facts.breaks_transaction = true;
  }
  raise(std::move(facts));
}

}  // namespace iacdb::backends::sqlite
