// The SQL workloads through sqlite3 itself, as one would write them for speed: one connection
// without a mutex, statements prepared once, values bound without copies.

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

#include "frame.hpp"
#include "shop.hpp"
#include "threads.hpp"

namespace {

using bench::Run;

struct Close {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Db = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

[[noreturn]] void fail(sqlite3_stmt* statement) {
  throw std::runtime_error(sqlite3_errmsg(sqlite3_db_handle(statement)));
}

Db open() {
  const std::string_view url = bench::environment("IACDB_BENCH_URL");
  const std::string path(url.substr(url.find(':') + 1));
  sqlite3* raw = nullptr;
  const int rc =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Db db(raw);
  if (rc != SQLITE_OK) throw std::runtime_error("cannot open " + path);
  constexpr const char* settings =
      "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal;"
      "pragma foreign_keys = on";
  if (sqlite3_exec(raw, settings, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(raw));
  }
  return db;
}

Statement prepare(const Db& db, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(db.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(db.get()));
  }
  return Statement(raw);
}

/// Runs a statement without rows.
void run_once(sqlite3_stmt* statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) fail(statement);
  sqlite3_reset(statement);
}

std::string_view text(sqlite3_stmt* statement, int column) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

std::uint64_t sum_of_rows(sqlite3_stmt* statement) {
  std::uint64_t sum = 0;
  int rc = sqlite3_step(statement);
  for (; rc == SQLITE_ROW; rc = sqlite3_step(statement)) {
    sum += bench::sum(sqlite3_column_int(statement, 0), sqlite3_column_int64(statement, 1),
                      text(statement, 2), sqlite3_column_double(statement, 3),
                      bench::sum(text(statement, 4)));
  }
  if (rc != SQLITE_DONE) fail(statement);
  sqlite3_reset(statement);
  return sum;
}

std::uint64_t select_point(sqlite3_stmt* statement, std::int64_t key) {
  sqlite3_bind_int64(statement, 1, key);
  return sum_of_rows(statement);
}

void point_select(Run& run) {
  const Db db = open();
  const Statement statement = prepare(db, bench::point_select_sql);
  const std::int64_t count = bench::rows_count();
  select_point(statement.get(), 1);
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) {
      run.add(select_point(statement.get(), bench::key(i, count)));
    }
  });
}

void scan(Run& run) {
  const Db db = open();
  const std::string sql = bench::scan_sql(run.operations());
  run.measure([&] {
    const Statement statement = prepare(db, sql);
    run.add(sum_of_rows(statement.get()));
  });
}

void bulk_insert(Run& run) {
  const auto items = bench::make_items(run.operations());
  const Db db = open();
  run_once(prepare(db, "delete from bench_bulk").get());
  run.measure([&] {
    const Statement statement =
        prepare(db, "insert into bench_bulk(a, b, c, d, e) values (?, ?, ?, ?, ?)");
    sqlite3_stmt* const insert = statement.get();
    run_once(prepare(db, "begin immediate").get());
    for (const bench::Item& item : items) {
      sqlite3_bind_int(insert, 1, item.a);
      sqlite3_bind_int64(insert, 2, item.b);
      sqlite3_bind_text(insert, 3, item.c.data(), static_cast<int>(item.c.size()), SQLITE_STATIC);
      sqlite3_bind_double(insert, 4, item.d);
      sqlite3_bind_text(insert, 5, item.e.data(), static_cast<int>(item.e.size()), SQLITE_STATIC);
      run_once(insert);
    }
    run_once(prepare(db, "commit").get());
    run.add(items.size());
  });
  run.add(sum_of_rows(prepare(db, bench::bulk_rows_sql).get()));
}

void transaction(Run& run) {
  const Db db = open();
  run_once(prepare(db, "update bench_accounts set balance = 0").get());
  const Statement begin = prepare(db, "begin immediate");
  const Statement update = prepare(db, bench::update_sql);
  const Statement select = prepare(db, bench::balance_sql);
  const Statement commit = prepare(db, "commit");
  const auto transfer = [&](std::uint64_t i) {
    const std::int64_t id = bench::key(i, bench::accounts_count);
    run_once(begin.get());
    sqlite3_bind_int64(update.get(), 1, 1);
    sqlite3_bind_int64(update.get(), 2, id);
    run_once(update.get());
    sqlite3_bind_int64(select.get(), 1, id);
    if (sqlite3_step(select.get()) != SQLITE_ROW) fail(select.get());
    const std::int64_t balance = sqlite3_column_int64(select.get(), 0);
    run_once(select.get());
    run_once(commit.get());
    return static_cast<std::uint64_t>(balance);
  };
  run.add(transfer(0));
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) run.add(transfer(i));
  });
}

/// Eight threads, each with a connection of its own.
void threads(Run& run) {
  const std::int64_t count = bench::rows_count();
  bench::on_eight_threads(run, [&] {
    Db db = open();
    Statement statement = prepare(db, bench::point_select_sql);
    return [db = std::move(db), statement = std::move(statement), count](std::uint64_t i) {
      return select_point(statement.get(), bench::key(i, count));
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv,
                    {{"point_select", point_select},
                     {"scan", scan},
                     {"bulk_insert", bulk_insert},
                     {"transaction", transaction},
                     {"threads", threads}});
}
