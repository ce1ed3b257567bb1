#include "backends/sqlite/connection.hpp"

#include <limits>
#include <string>

#include "backends/sqlite/bind.hpp"
#include "backends/sqlite/bulk.hpp"

namespace iacdb::backends::sqlite {
namespace {

const char* begin_text(BeginMode mode) {
  switch (mode) {
    case BeginMode::immediate:
      return "begin immediate";
    case BeginMode::exclusive:
      return "begin exclusive";
    case BeginMode::deferred:
      break;
  }
  return "begin";
}

/// What a script did is the sum of its statements; its id is the last one made.
void add(ExecResult& total, const ExecResult& one) {
  total.rows_affected += one.rows_affected;
  if (one.generated_id) total.generated_id = one.generated_id;
}

void refuse_script_arguments(std::span<const Cell> arguments, std::string_view sql) {
  if (arguments.empty()) return;
  raise_own(ErrorKind::usage,
            "parameters need a single statement, but the text holds several; run them one by one",
            sql);
}

}  // namespace

driver::SessionState SqliteConnection::state() const noexcept {
  if ((engine_.guards & guard_lost) != 0) return driver::SessionState::failed_transaction;
  return sqlite3_get_autocommit(engine_.db.get()) != 0 ? driver::SessionState::idle
                                                       : driver::SessionState::in_transaction;
}

ExecResult SqliteConnection::exec(std::string_view sql, std::span<const Cell> arguments,
                                  const driver::Call& call) {
  engine_.watch.start(call);
  if ((engine_.guards & guard_cursor) != 0) [[unlikely]]
    engine_.refuse_open_cursor();
  Prepared* const prepared = engine_.find_or_prepare(sql);
  if (prepared == nullptr) [[unlikely]]
    return exec_script(arguments);
  if (engine_.guards != guard_none && engine_.check(*prepared)) [[unlikely]]
    return {};
  if (!prepared->statement) [[unlikely]]
    return {};
  bind_all(*prepared, arguments, Keep::borrowed);
  return run(*prepared);
}

inline ExecResult SqliteConnection::run(Prepared& prepared) {
  if (prepared.inserts) return run_insert(prepared);
  engine_.run(prepared);
  ExecResult result;
  if (prepared.writes_rows) {
    result.rows_affected = static_cast<std::uint64_t>(sqlite3_changes64(engine_.db.get()));
  }
  return result;
}

/// An upsert that updates, and an insert into a table WITHOUT ROWID, leave the last rowid as it
/// was: a mark put there before tells them from an insert. SQL may ask for the old one later, so it
/// is put back.
ExecResult SqliteConnection::run_insert(Prepared& prepared) {
  constexpr std::int64_t mark = std::numeric_limits<std::int64_t>::min();
  struct Marked {
    sqlite3* db;
    std::int64_t before = sqlite3_last_insert_rowid(db);
    explicit Marked(sqlite3* database) : db(database) { sqlite3_set_last_insert_rowid(db, mark); }
    ~Marked() {
      if (sqlite3_last_insert_rowid(db) == mark) sqlite3_set_last_insert_rowid(db, before);
    }
  } marked(engine_.db.get());
  engine_.run(prepared);
  ExecResult result;
  result.rows_affected = static_cast<std::uint64_t>(sqlite3_changes64(marked.db));
  const std::int64_t id = sqlite3_last_insert_rowid(marked.db);
  if (result.rows_affected > 0 && id != mark) result.generated_id = id;
  return result;
}

ExecResult SqliteConnection::exec_script(std::span<const Cell> arguments) {
  const std::string script = engine_.script();
  refuse_script_arguments(arguments, script);
  ExecResult total;
  std::size_t at = 0;
  while (Prepared* prepared = engine_.prepare_next(script, at)) {
    if (engine_.guards != guard_none && engine_.check(*prepared)) continue;
    bind_all(*prepared, {}, Keep::borrowed);
    add(total, run(*prepared));
  }
  return total;
}

Cursor& SqliteConnection::query(std::string_view sql, std::span<const Cell> arguments,
                                bool arguments_outlive, const driver::Call& call) {
  engine_.watch.start(call);
  if ((engine_.guards & guard_cursor) != 0) [[unlikely]]
    engine_.refuse_open_cursor();
  Prepared* const prepared = engine_.find_or_prepare(sql);
  if (prepared == nullptr) [[unlikely]] {
    refuse_script_arguments(arguments, sql);
    cursor_.start_script(engine_.script());
    return cursor_;
  }
  const bool is_over = engine_.guards != guard_none && engine_.check(*prepared);
  bind_all(*prepared, arguments, arguments_outlive ? Keep::borrowed : Keep::copied);
  if (is_over || !prepared->statement) [[unlikely]] {
    cursor_.start_empty();
  } else {
    cursor_.start(*prepared);
  }
  return cursor_;
}

void SqliteConnection::begin(const TransactionOptions& options, const driver::Call& call) {
  engine_.watch.start(call);
  engine_.refuse_open_cursor();
  if (options.read_only) {
    engine_.run_fixed(begin_read_, "begin");
    engine_.guards |= guard_read_only;
  } else {
    engine_.run_fixed(begin_write_, begin_text(engine_.plan.begin));
  }
}

void SqliteConnection::commit(const driver::Call& call) {
  engine_.watch.start(call);
  if ((engine_.guards & guard_lost) != 0) [[unlikely]] {
    raise_own(ErrorKind::usage,
              "nothing was committed: SQLite rolled the transaction back after an earlier error",
              "commit");
  }
  engine_.run_fixed(commit_, "commit");
  engine_.guards = static_cast<std::uint8_t>(engine_.guards & ~guard_read_only);
}

void SqliteConnection::rollback(const driver::Call&) {
  engine_.rollback();
}

void SqliteConnection::run_named(std::string_view verb, std::string_view name,
                                 const driver::Call& call) {
  std::string sql(verb);
  sql += " \"";
  for (const char c : name) {
    if (c == '"') sql += c;
    sql += c;
  }
  sql += '"';
  exec(sql, {}, call);
}

void SqliteConnection::savepoint(std::string_view name, const driver::Call& call) {
  run_named("savepoint", name, call);
}
void SqliteConnection::release_savepoint(std::string_view name, const driver::Call& call) {
  run_named("release", name, call);
}
void SqliteConnection::rollback_to_savepoint(std::string_view name, const driver::Call&) {
  run_named("rollback to", name, {});
}

std::unique_ptr<detail::BulkSink> SqliteConnection::bulk(const driver::BulkTarget& target,
                                                         const driver::Call& call) {
  return open_bulk(engine_, target, call);
}

void SqliteConnection::ping(const driver::Call& call) {
  engine_.watch.start(call);
  engine_.run_fixed(ping_, "select 1");
}

bool SqliteConnection::reset(const driver::Call&) noexcept {
  cursor_.close();
  try {
    engine_.rollback();
  } catch (const std::exception&) {
    return false;
  }
  return !engine_.session_changed;
}

bool SqliteConnection::is_read_only(const driver::Call&) {
  return sqlite3_db_readonly(engine_.db.get(), "main") == 1;
}

}  // namespace iacdb::backends::sqlite
