#pragma once
// Runs built statements on a Database, Session or Transaction, in the dialect and version it has.
//
//   sql::exec(db, sql::update("users").set("name", "x").where(sql::column("id") == 7));
//   for (auto [id, name] : sql::query<std::tuple<int, std::string>>(db, q)) use(id, name);
//
// What is several statements on a database runs in one transaction, or one savepoint. The source
// dialect of the database does not matter here.
// Throws: UsageError and UnsupportedError before anything runs; then as exec and query.
// Threads: as the Queryable. Cost: building is linear in the statement; no round trip.

#include <iacdb/database.hpp>
#include <iacdb/query.hpp>

namespace iacdb::sql {

/// What a statement is built for on a database.
BuildOptions options_of(const Capabilities& can);

namespace detail {
/// Each text marked as written for this database, whatever the program's dialect is.
BuiltQuery built_to_run(const Capabilities& can, const Buildable& query);
/// Runs what stands before the answer, or after it.
void run_others(Queryable& db, const BuiltQuery& built, bool before);
}  // namespace detail

/// Runs a statement and discards rows it may return.
ExecResult exec(Queryable& db, const Buildable& query);

/// Its rows, fetched as they are read. Throws: UsageError where the database needs several
/// statements; all() takes these.
template <class T = Row>
Rows<T> query(Queryable& db, const Buildable& query) {
  const BuiltQuery built = detail::built_to_run(db.can(), query);
  return db.query<T>(built.text(), built.arguments());
}

/// Every row.
template <class T = Record>
std::vector<T> all(Queryable& db, const Buildable& query) {
  const BuiltQuery built = detail::built_to_run(db.can(), query);
  const BuiltStatement& answer = built.statements.at(built.answer);
  if (built.statements.size() == 1) return db.query<T>(answer.text(), answer.arguments()).all();
  Transaction together = db.begin();
  detail::run_others(together, built, true);
  std::vector<T> rows = together.query<T>(answer.text(), answer.arguments()).all();
  detail::run_others(together, built, false);
  together.commit();
  return rows;
}

/// Exactly one row. Throws: RowCountError.
template <class T = Record>
T one(Queryable& db, const Buildable& query) {
  std::vector<T> rows = all<T>(db, query);
  if (rows.size() != 1) iacdb::detail::raise_row_count(1, rows.size() > 1);
  return std::move(rows.front());
}

}  // namespace iacdb::sql
