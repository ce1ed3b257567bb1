// SQL of one database for another: translated as text, and by a database that is opened for it.

#include <iacdb/iacdb.hpp>
#include <iacdb/sql.hpp>
#include <iostream>

using iacdb::Dialect;

int main(int argc, char** argv) {
  const iacdb::sql::Translation oracle = iacdb::sql::translate(
      "select ifnull(a, 1) from t order by a limit 3", Dialect::mysql, Dialect::oracle);
  std::cout << oracle.sql() << "\n";

  // What cannot be kept is refused, with the place.
  const iacdb::sql::Translation refused =
      iacdb::sql::translate("select * from t for share", Dialect::mysql, Dialect::oracle);
  std::cout << refused.error->line << ":" << refused.error->column << " " << refused.error->message
            << "\n";

  for (const auto& s : iacdb::sql::split("create table t (a int);\ninsert into t values (1);\n",
                                         Dialect::postgres)) {
    std::cout << "line " << s.line << ": "
              << iacdb::sql::fingerprint(s.text, Dialect::postgres).text << "\n";
  }
  const auto touched = iacdb::sql::analyze("insert into log select * from orders", Dialect::mysql);
  std::cout << "writes " << touched.tables_written[0] << ", reads " << touched.tables_read[0]
            << "\n";

  // The program keeps its MySQL, whatever the database is.
  iacdb::OpenOptions options;
  options.source_dialect = Dialect::mysql;
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:", options);
  std::cout << db.one<std::string>("select concat('a', ifnull(null, ?), 'c')", "b") << "\n";
}

// Prints:
//   SELECT COALESCE(a, 1) FROM t ORDER BY a NULLS FIRST FETCH FIRST 3 ROWS ONLY
//   1:17 a shared row lock has no equal in oracle
//   line 1: create table t (a int)
//   line 2: insert into t values (?)
//   writes log, reads orders
//   abc
