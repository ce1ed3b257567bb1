// SQL of one dialect on databases of another, through the library.

#include <gtest/gtest.h>
#include <unistd.h>

#include <iacdb/database.hpp>
#include <iacdb/error.hpp>
#include <string>
#include <vector>

#include "databases.hpp"

namespace iacdb {
namespace {

class SourceDialect : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) FAIL() << "an empty URL";
    name_ = "translated_" + std::to_string(getpid());
    db_ = open(GetParam(), {.source_dialect = Dialect::mysql});
    db_->exec("DROP TABLE IF EXISTS `" + name_ + "`");
    db_->exec("CREATE TABLE `" + name_ +
              "` (`id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY, `name` VARCHAR(20) NOT NULL, "
              "`n` INT, UNIQUE KEY `" +
              name_ + "_name` (`name`), KEY `" + name_ + "_n` (`n`))");
  }
  void TearDown() override {
    if (db_) db_->exec("DROP TABLE IF EXISTS `" + name_ + "`");
  }
  std::string table() const { return "`" + name_ + "`"; }

  std::string name_;
  std::optional<Database> db_;
};

TEST_P(SourceDialect, RunsAnotherDialectsStatements) {
  const ExecResult done =
      db_->exec("INSERT INTO " + table() + " (name, n) VALUES (?, ?), (?, ?)", "a", 1, "b", 2);
  EXPECT_EQ(2U, done.rows_affected);
  EXPECT_EQ("a-1", db_->one<std::string>("SELECT CONCAT(name, '-', n) FROM " + table() +
                                             " WHERE IFNULL(n, 0) = ? LIMIT 1",
                                         1));
  EXPECT_EQ(2, db_->one<std::int64_t>("SELECT COUNT(*) FROM " + table()));
}

TEST_P(SourceDialect, ParametersFollowTheirExpressions) {
  db_->exec("INSERT INTO " + table() + " (name, n) VALUES ('a', 1), ('b', 2), ('c', 3)");
  // LIMIT offset, count: the target writes them the other way round.
  const auto names =
      db_->query<std::string>(
             "SELECT name FROM " + table() + " WHERE n >= ? ORDER BY name LIMIT ?, ?", 1, 1, 2)
          .all();
  EXPECT_EQ((std::vector<std::string>{"b", "c"}), names);
  EXPECT_EQ(2, db_->one<std::int64_t>("SELECT COUNT(*) FROM " + table() + " WHERE n IN (?)",
                                      list(std::vector<int>{1, 3})));
  EXPECT_EQ("c",
            db_->one<std::string>("SELECT name FROM " + table() + " WHERE n = :n", arg("n", 3)));
}

TEST_P(SourceDialect, AsksTheDatabaseForItsKeys) {
  const std::string upsert = "INSERT INTO " + table() +
                             " (id, name, n) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE n = n + 10";
  db_->exec("INSERT INTO " + table() + " (id, name, n) VALUES (1, 'a', 1)");
  if (db_->can().backend == "mysql") {
    db_->exec(upsert, 1, "a", 5);
    EXPECT_EQ(11, db_->one<std::int64_t>("SELECT n FROM " + table()));
    return;
  }
  // Two unique keys: which of them is meant cannot be said elsewhere.
  try {
    db_->exec(upsert, 1, "a", 5);
    EXPECT_EQ(11, db_->one<std::int64_t>("SELECT n FROM " + table()));
  } catch (const UnsupportedError& error) {
    EXPECT_NE(std::string::npos, error.where().find("line 1, column"));
  }
}

TEST_P(SourceDialect, ErrorsPointAtTheOriginal) {
  if (db_->can().backend == "mysql") return;  // not translated: the server itself answers
  try {
    db_->exec("SELECT 1,\n  FROM " + table());
    FAIL() << "a statement that cannot be read was run";
  } catch (const QueryError& error) {
    EXPECT_EQ(ErrorKind::syntax, error.kind());
    EXPECT_EQ("line 2, column 3", error.where());
  }
}

TEST_P(SourceDialect, WorksInTransactionsAndSessions) {
  Session session = db_->session();
  {
    Transaction tx = session.begin();
    tx.exec("INSERT INTO " + table() + " (name) VALUES (?)", "gone");
  }
  session.transact(
      [&](Transaction& tx) { tx.exec("INSERT INTO " + table() + " (name) VALUES (?)", "kept"); });
  EXPECT_EQ("kept", session.one<std::string>("SELECT `name` FROM " + table()));
}

/// One statement that may become several: its answer, and all or nothing.
TEST_P(SourceDialect, OneStatementThatBecomesSeveralAnswersAsOne) {
  Database db = open(GetParam(), {.source_dialect = Dialect::postgres});
  const std::string table = "\"" + name_ + "_p\"";
  db.exec("DROP TABLE IF EXISTS " + table);
  db.exec("CREATE TABLE " + table + " (id INT PRIMARY KEY, n INT NOT NULL)");
  db.exec("INSERT INTO " + table + " (id, n) VALUES (1, 10), (2, 20), (3, 30)");
  const std::string update = "UPDATE " + table + " SET n = n + $2 WHERE id <= $1 RETURNING id, n";
  const auto rows = db.query<std::tuple<std::int64_t, std::int64_t>>(update, 2, 1).all();
  ASSERT_EQ(2U, rows.size());
  EXPECT_EQ(rows[0], std::tuple(1, 11));
  {
    Transaction tx = db.begin();
    EXPECT_EQ(2U, tx.query(update, 2, 100).all().size());
    EXPECT_EQ(111, tx.one<std::int64_t>("SELECT n FROM " + table + " WHERE id = 1"));
    // The failure of one leaves the transaction as it was before the statement.
    Transaction nested = tx.begin();
    EXPECT_THROW(nested.query("UPDATE " + table + " SET n = NULL WHERE id = 3 RETURNING n").all(),
                 ConstraintError);
    nested.rollback();
    tx.rollback();
  }
  EXPECT_EQ(11, db.one<std::int64_t>("SELECT n FROM " + table + " WHERE id = 1"));
  EXPECT_THROW(db.query("UPDATE " + table + " SET n = NULL RETURNING n").all(), ConstraintError);
  EXPECT_EQ(62, db.one<std::int64_t>("SELECT SUM(n) FROM " + table));
  EXPECT_THROW(db.query(update, 2).all(), UsageError);
  EXPECT_EQ(62, db.one<std::int64_t>("SELECT SUM(n) FROM " + table));
  EXPECT_EQ(0U, db.exec("-- nothing").rows_affected);
  db.exec("DROP TABLE " + table);
}

TEST_P(SourceDialect, DefinitionsThatBecomeSeveralAreMadeWhole) {
  const std::string made = "`" + name_ + "_d`";
  db_->exec("DROP TABLE IF EXISTS " + made);
  db_->exec("CREATE TABLE " + made + " (id INT PRIMARY KEY COMMENT 'its number', n INT, KEY `" +
            name_ + "_k` (n)) COMMENT 'made whole'");
  EXPECT_EQ(1U, db_->exec("INSERT INTO " + made + " (id, n) VALUES (1, 2)").rows_affected);
  EXPECT_THROW(
      db_->exec("CREATE TABLE " + made + " (id INT PRIMARY KEY, n INT, KEY `" + name_ + "_k` (n))"),
      QueryError);
  try {
    db_->exec("SELECT no_such_column FROM " + made);
    FAIL() << "a column that is not there was read";
  } catch (const QueryError& error) {
    EXPECT_EQ(ErrorKind::undefined_object, error.kind());
    if (db_->can().backend != "mysql") {
      EXPECT_NE(std::string::npos, error.where().find("as translated to")) << error.where();
    }
  }
  db_->exec("DROP TABLE " + made);
}

TEST_P(SourceDialect, PoliciesSayWhatIsMeant) {
  db_->exec("INSERT INTO " + table() + " (name, n) VALUES ('Ab', 1)");
  const std::string same = "SELECT COUNT(*) FROM " + table() + " WHERE name = ?";
  sql::Policies policies{.case_comparison = sql::CasePolicy::all};
  // A new database in memory would be empty.
  if (GetParam() != "sqlite::memory:") {
    Database all = open(GetParam(), {.source_dialect = Dialect::mysql, .policies = policies});
    EXPECT_EQ(1, all.one<std::int64_t>(same, "aB"));
  }
  if (db_->can().backend == "mysql") return;
  const std::string week = "SELECT WEEK(DATE '2020-02-29')";
  EXPECT_EQ(8, db_->one<std::int64_t>(week));
  policies = {.week_start = sql::WeekStart::monday};  // Weeks of a mode that WEEK has not.
  Database weeks = open(GetParam(), {.source_dialect = Dialect::mysql, .policies = policies});
  EXPECT_THROW(weeks.one<std::int64_t>(week), UnsupportedError);
}

INSTANTIATE_TEST_SUITE_P(Databases, SourceDialect, testing::ValuesIn(urls()),
                         [](const auto& each) { return "url" + std::to_string(each.index); });

}  // namespace
}  // namespace iacdb
