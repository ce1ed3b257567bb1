#pragma once
// Engine: the open database that a connection, its cursor and its bulk sinks share.
//
//   engine.watch.start(call);
//   Prepared& p = engine.prepared(sql);
//   engine.run(p);                         // to its end
//
// Threads: one at a time, except watch.cancel().

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backends/sqlite/open_plan.hpp"
#include "backends/sqlite/prepared.hpp"
#include "backends/sqlite/watch.hpp"
#include "driver/statement_cache.hpp"
#include "iacdb/capabilities.hpp"

namespace iacdb::backends::sqlite {

/// What makes a statement need a second look; zero on the hot path.
enum Guard : std::uint8_t {
  guard_none = 0,
  guard_cursor = 1,     ///< A cursor is open.
  guard_read_only = 2,  ///< In a read-only transaction.
  guard_lost = 4,       ///< SQLite rolled the transaction back; only a rollback is possible.
};

class Engine {
 public:
  Engine(OpenPlan open_plan, std::size_t statements_max, const driver::Call& call);

  /// The only statement of `sql`, from the cache or new; null when `sql` holds several, which are
  /// then in script(). Throws: errors of preparing it.
  Prepared* find_or_prepare(std::string_view sql) {
    if (Prepared* found = cache.find(sql)) [[likely]]
      return found;
    return prepare_new(sql);
  }
  /// The next statement of a script, or null at its end. Valid until the next one.
  Prepared* prepare_next(std::string_view script, std::size_t& at);
  /// Runs a bound statement to its end, discarding rows.
  void run(Prepared& prepared) {
    sqlite3_stmt* const statement = prepared.statement.get();
    int rc = sqlite3_step(statement);
    while (rc == SQLITE_ROW) [[unlikely]] rc = sqlite3_step(statement);
    if (rc != SQLITE_DONE) [[unlikely]]
      fail(statement, rc);
    sqlite3_reset(statement);
    if (prepared.steers) [[unlikely]]
      note_transaction();
  }
  /// Runs a statement without parameters that is kept apart from the cache: begin, commit, ping.
  void run_fixed(Prepared& slot, const char* sql) {
    if (!slot.statement) [[unlikely]]
      slot = prepare(db.get(), sql);
    run(slot);
  }
  /// Refuses what the guards forbid. True: nothing is left to run (a rollback after one of
  /// SQLite's).
  bool check(const Prepared& prepared);
  void refuse_open_cursor() const;
  /// Rolls back whatever is open; never limited by a deadline. Throws: QueryError.
  void rollback();
  /// Throws the error of `rc`, after resetting the statement.
  [[noreturn]] void fail(sqlite3_stmt* statement, int rc);
  /// Reads from SQLite whether a transaction is open.
  void note_transaction() noexcept { in_transaction = sqlite3_get_autocommit(db.get()) == 0; }
  const std::string& script() const noexcept { return script_; }

  OpenPlan plan;
  Watch watch;  // Outlives the database, which calls it.
  Database db;  // Outlives its statements.
  driver::StatementCache<Prepared> cache;
  Capabilities can;
  std::uint8_t guards = guard_none;
  bool in_transaction = false;
  bool session_changed = false;
  std::uint32_t savepoints_made = 0;

 private:
  Prepared* prepare_new(std::string_view sql);

  Prepared uncached_;
  Prepared rollback_;
  std::string script_;
};

}  // namespace iacdb::backends::sqlite
