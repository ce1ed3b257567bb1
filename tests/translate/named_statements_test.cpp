// Named statements and hints: one text for most databases, another for one.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iacdb/database.hpp>
#include <iacdb/error.hpp>
#include <string>
#include <vector>

#include "databases.hpp"

namespace iacdb {
namespace {

/// A file of its own that goes with the test.
class StatementFile {
 public:
  explicit StatementFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("iacdb_statements_" + std::to_string(getpid()) + ".sql")) {
    std::ofstream(path_) << text;
  }
  ~StatementFile() { std::filesystem::remove(path_); }
  StatementFile(const StatementFile&) = delete;
  StatementFile& operator=(const StatementFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Each database says its own name, and subtracts its parameters.
constexpr const char* texts = R"(
-- Statements of a test.
-- name: who
SELECT 'default' AS who, ? - ? AS n;

-- on: sqlite
select 'sqlite' as who, ? - ? as n;   -- as it came
-- on: postgres
select 'postgres' as who, ?::bigint - ?::bigint as n;
-- on: postgres:99
select 'a postgres to come' as who, ?::bigint - ?::bigint as n
-- on: mysql
select 'mysql' as who, ? - ? as n
-- on: mysql:99.0
select 'a mysql to come' as who, ? - ? as n
-- on: mariadb
select 'mariadb' as who, ? - ? as n
-- name: named
SELECT :a - :b AS n
-- on: postgres
SELECT - :b::bigint + :a::bigint AS n
-- on: mysql
SELECT - :b + :a AS n
-- name: among
SELECT COUNT(*) FROM (SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3) t WHERE a IN (?)
-- on: postgres
SELECT 10 + COUNT(*) FROM (VALUES (1), (2), (3)) AS t (a) WHERE a IN (?)
)";

class NamedStatements : public testing::TestWithParam<std::string> {
 protected:
  static std::string own_name(const Database& db) {
    const std::string product = db.can().product;
    if (product == "SQLite") return "sqlite";
    if (product == "PostgreSQL") return "postgres";
    return product == "MariaDB" ? "mariadb" : "mysql";
  }
};

TEST_P(NamedStatements, RunTheTextOfTheirDatabase) {
  const StatementFile file(texts);
  Database db = open(GetParam(), {.statements_file = file.path()});
  const auto row = db.one<std::tuple<std::string, std::int64_t>>(db.statement("who"), 7, 3);
  EXPECT_EQ(own_name(db), std::get<0>(row));
  EXPECT_EQ(4, std::get<1>(row));
}

TEST_P(NamedStatements, ReplaceTheSameWordsWhateverIsBetweenThem) {
  const StatementFile file(texts);
  Database db = open(GetParam(), {.statements_file = file.path()});
  for (int again = 0; again < 2; ++again) {
    const auto row = db.one<std::tuple<std::string, std::int64_t>>(
        "SELECT 'default'  AS who, /* first */ ? -\n ? AS n;", 7, 3);
    EXPECT_EQ(own_name(db), std::get<0>(row));
    EXPECT_EQ(4, std::get<1>(row));
  }
}

TEST_P(NamedStatements, TakeNamesAndLists) {
  const StatementFile file(texts);
  Database db = open(GetParam(), {.statements_file = file.path()});
  EXPECT_EQ(4, db.one<std::int64_t>(db.statement("named"), arg("b", 3), arg("a", 7)));
  const std::vector<int> some{1, 3};
  EXPECT_EQ(own_name(db) == "postgres" ? 12 : 2,
            db.one<std::int64_t>(db.statement("among"), list(some)));
}

TEST_P(NamedStatements, RunInTransactionsAndAsCommands) {
  const StatementFile file(
      "-- name: fill\nINSERT INTO named_fill (n) VALUES (?)\n-- on: mysql\n"
      "INSERT INTO named_fill (n) VALUES (? + 1)\n-- on: sqlite\n"
      "INSERT INTO named_fill (n) VALUES (? + 1)\n-- on: postgres\n"
      "INSERT INTO named_fill (n) VALUES (?::int + 1)\n");
  Database db = open(GetParam(), {.statements_file = file.path(), .check_statements = false});
  db.exec("DROP TABLE IF EXISTS named_fill");
  db.exec("CREATE TABLE named_fill (n INT)");
  db.transact([&](Transaction& tx) { tx.exec(db.statement("fill"), 1); });
  EXPECT_EQ(2, db.one<std::int64_t>("SELECT n FROM named_fill"));
  db.exec("DROP TABLE named_fill");
}

TEST_P(NamedStatements, AreTranslatedWhereTheyHaveNoTextOfTheirOwn) {
  const StatementFile file(
      "-- dialect: mysql\n-- name: joined\nSELECT CONCAT(?, IFNULL(NULL, '-'), ?)\n"
      "-- name: own\nSELECT IFNULL(NULL, ?)\n-- on: postgres\nSELECT 'pg' || ?::text\n"
      "-- on: sqlite\nSELECT 'lite' || ?\n-- on: mariadb\nSELECT CONCAT('maria', ?)\n");
  Database db =
      open(GetParam(), {.source_dialect = Dialect::mysql, .statements_file = file.path()});
  EXPECT_EQ("a-b", db.one<std::string>(db.statement("joined"), "a", "b"));
  const std::string got = db.one<std::string>(db.statement("own"), "x");
  const std::string name = own_name(db);
  EXPECT_EQ(name == "postgres"  ? "pgx"
            : name == "sqlite"  ? "litex"
            : name == "mariadb" ? "mariax"
                                : "x",
            got);
}

TEST_P(NamedStatements, AreCheckedWhenTheDatabaseIsOpened) {
  const StatementFile file(
      "-- name: good\nSELECT 1\n-- name: bad\nSELECT 2\n-- on: sqlite\n"
      "SELECT no_such FROM nowhere_at_all\n-- on: postgres\nSELECT no_such FROM nowhere_at_all\n"
      "-- on: mysql\nSELECT no_such FROM nowhere_at_all\n");
  try {
    open(GetParam(), {.statements_file = file.path()});
    FAIL() << "was opened";
  } catch (const ConfigError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.npos, what.find("bad for ")) << what;
    EXPECT_NE(what.npos, what.find("nowhere_at_all")) << what;
    EXPECT_NE(what.npos, what.find(file.path() + ":")) << what;
  }
  Database db = open(GetParam(), {.statements_file = file.path(), .check_statements = false});
  EXPECT_EQ(1, db.one<std::int64_t>(db.statement("good")));
  EXPECT_THROW(db.one<std::int64_t>(db.statement("bad")), QueryError);
}

TEST_P(NamedStatements, TheCheckRunsNothing) {
  Database db = open(GetParam());
  db.exec("DROP TABLE IF EXISTS named_check");
  db.exec("CREATE TABLE named_check (n INT)");
  const StatementFile file(
      "-- name: fill\nINSERT INTO named_check (n) VALUES (?)\n"
      "-- name: clear\nDELETE FROM named_check WHERE n = :n\n");
  if (GetParam() != "sqlite::memory:") {
    open(GetParam(), {.statements_file = file.path()});
    EXPECT_EQ(0, db.one<std::int64_t>("SELECT COUNT(*) FROM named_check"));
  }
  db.exec("DROP TABLE named_check");
}

TEST_P(NamedStatements, HintsGiveOneStatementItsTexts) {
  Database db = open(GetParam());
  const std::string name = own_name(db);
  const std::string hinted =
      " /* a comment */ /* iacdb: sqlite: select 'sqlite' || ? */\n"
      "/* iacdb: postgres: select 'postgres' || ?::text */\n"
      "/* iacdb: mariadb:10.0: select concat('mariadb', ?) */\n"
      "/* iacdb: mariadb:99.0: select concat('later', ?) */\n"
      "select concat('mysql', ?)";
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(name + "!", db.one<std::string>(hinted, "!"));
  }
  EXPECT_EQ(7, db.one<std::int64_t>("/* iacdb: oracle: select 8 from dual */ select 7"));
  EXPECT_EQ(7, db.one<std::int64_t>("/* no hint: iacdb: postgres: select 8 */ select 7"));
  EXPECT_EQ("/* iacdb: postgres: select 8 */",
            db.one<std::string>("select '/* iacdb: postgres: select 8 */'"));
}

TEST_P(NamedStatements, HintsThatAreWrongAreRefused) {
  Database db = open(GetParam());
  for (const char* sql : {
           "/* iacdb: postgrs: select 1 */ select 2",
           "/* iacdb: select 1 */ select 2",
           "/* iacdb: postgres: */ select 2",
           "/* iacdb: postgres: select ? */ select 2",
           "/* iacdb: postgres: select 1; select 2 */ select 2",
           "/* iacdb: postgres: delete from t */ select 2",
           "/* iacdb: postgres: commit */ select 2",
           "/* iacdb: postgres: select 1 /* x */ select 2",
           "/* iacdb: postgres: select 1 */",
       }) {
    EXPECT_THROW(db.exec(sql), UsageError) << sql;
  }
}

TEST_P(NamedStatements, NamesThatAreNotThereAreTold) {
  const StatementFile file("-- name: one\nSELECT 1\n");
  Database db = open(GetParam(), {.statements_file = file.path()});
  EXPECT_THROW(static_cast<void>(db.statement("two")), UsageError);
  EXPECT_THROW(static_cast<void>(open(GetParam()).statement("one")), UsageError);
  EXPECT_THROW(open(GetParam(), {.statements_file = "/nowhere/at/all.sql"}), ConfigError);
}

INSTANTIATE_TEST_SUITE_P(Live, NamedStatements, testing::ValuesIn(urls()),
                         [](const testing::TestParamInfo<std::string>& tested) {
                           const std::string scheme =
                               tested.param.substr(0, tested.param.find(':'));
                           return scheme + std::to_string(tested.index);
                         });

}  // namespace
}  // namespace iacdb
