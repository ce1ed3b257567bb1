#include "sql/named_statements.hpp"

#include <gtest/gtest.h>

#include "iacdb/error.hpp"

namespace iacdb::sql {
namespace {

NamedStatements parse(std::string_view text) {
  return NamedStatements::parse(text, "file.sql", Dialect::mysql);
}

TEST(NamedStatements, AFileIsReadByItsHeaders) {
  const auto all = parse(
      "-- What a shop asks.\n-- dialect: sqlite\n\n--NAME: one\n-- of them: a remark\n"
      "select 1;\n-- on: PostgreSQL:15\nselect 'a; -- b'\n  from t\n-- on: mariadb:10.11\n"
      "select 3;;\n-- name: two.b-c\nselect 2");
  EXPECT_EQ(Dialect::sqlite, all.dialect());
  ASSERT_EQ(2U, all.all().size());
  const NamedStatement& one = all.named("one");
  EXPECT_EQ("select 1", one.text.substr(one.text.find("select")));
  ASSERT_EQ(2U, one.others.size());
  EXPECT_EQ("select 'a; -- b'\n  from t", one.others[0].text);
  EXPECT_EQ(Dialect::postgres, one.others[0].dialect);
  EXPECT_EQ(15, one.others[0].version);
  EXPECT_EQ(8U, one.others[0].line);
  EXPECT_TRUE(one.others[1].is_mariadb);
  EXPECT_EQ(1011, one.others[1].version);
  EXPECT_EQ("select 2", all.named("two.b-c").text);
  EXPECT_THROW(all.named("three"), UsageError);
}

TEST(NamedStatements, MistakesHaveTheirLine) {
  struct Mistake {
    const char* text;
    const char* line;
    const char* says;
  };
  const Mistake mistakes[] = {
      {"select 1", "1", "needs a line"},
      {"-- name: a b\nselect 1", "1", "letters"},
      {"-- name: a\n", "1", "has no text"},
      {"-- name: a\nselect 1;\nselect 2", "1", "more than one"},
      {"-- name: a\nselect 1\n-- name: a\nselect 2", "3", "two statements"},
      {"-- name: a\nselect 1\n-- name: b\nSELECT_ 1\n-- name: c\nselect /* x */ 1", "6",
       "same text as a"},
      {"-- on: postgres\nselect 1", "1", "belongs to a name"},
      {"-- name: a\nselect 1\n-- on: postgrs\nselect 1", "3", "no database"},
      {"-- name: a\nselect 1\n-- on: mysql:8.x\nselect 1", "3", "no database"},
      {"-- name: a\nselect 1\n-- on: sqlite\nselect 1\n-- on: sqlite3\nselect 1", "5", "two texts"},
      {"-- name: a\nselect 1\n-- on: sqlite\nselect 'x", "3", "end"},
      {"-- name: a\nselect 1\n-- on: sqlite\n\ndelete from t", "5", "may write"},
      {"-- name: a\ndelete from t\n-- on: sqlite\nrollback", "4", "control a transaction"},
      {"-- name: a\nselect ?\n-- on: sqlite\nselect ?, ?", "4", "takes 2 parameters"},
      {"-- name: a\nselect :a\n-- on: sqlite\nselect :b", "4",
       "takes :b, where the statement takes :a"},
      {"-- name: a\nselect :a\n-- on: sqlite\nselect ?", "4", "takes 1 parameter"},
      {"-- name: a\nselect 1\n-- dialect: mysql\n", "3", "before the first name"},
      {"-- dialect: french\n", "1", "dialect"},
  };
  for (const Mistake& mistake : mistakes) {
    try {
      parse(mistake.text);
      ADD_FAILURE() << mistake.text;
    } catch (const ConfigError& error) {
      EXPECT_EQ(std::string("file.sql:") + mistake.line, error.where()) << mistake.text;
      const std::string what = error.what();
      EXPECT_NE(what.npos, what.find(mistake.says)) << mistake.text << "\n" << what;
    }
  }
}

TEST(NamedStatements, ParametersMayComeInAnotherOrderByNameOrNumber) {
  const auto all = parse(
      "-- dialect: postgres\n-- name: numbers\nselect $1, $2\n-- on: postgres:9\nselect $2, $1, "
      "$1\n"
      "-- on: mysql\nselect ?, ?\n-- name: names\nselect :a, :b\n-- on: mysql\nselect :b, :a, "
      ":a\n");
  EXPECT_EQ(2U, all.all().size());
  EXPECT_THROW(parse("-- name: a\nselect ?, ?\n-- on: postgres\nselect $2, $1"), ConfigError);
}

TEST(NamedStatements, AreFoundByTheirWords) {
  const auto all = parse("-- name: a\nselect * from t where a = 'x  y' -- here\n");
  EXPECT_NE(nullptr, all.matching("select *\nfrom t where/**/a='x  y';"));
  EXPECT_EQ(nullptr, all.matching("select * from t where a = 'x y'"));
  EXPECT_EQ(nullptr, all.matching("select * from T where a = 'x  y'"));
  EXPECT_EQ(nullptr, all.matching("select 'open"));
  EXPECT_EQ(nullptr, all.matching(""));
}

TEST(NamedStatements, TheNearestTextIsChosen) {
  const auto all = parse(
      "-- name: a\nselect 0\n-- on: mysql\nselect 1\n-- on: mysql:8.0\nselect 2\n"
      "-- on: mariadb:10.5\nselect 3\n-- on: mariadb:10.11\nselect 4\n-- on: sqlite:3.39\nselect "
      "5");
  const auto& others = all.named("a").others;
  const auto chosen = [&](Server server) {
    const StatementText* text = choose(others, server);
    return text ? text->text : "its own";
  };
  EXPECT_EQ("select 1", chosen({Dialect::mysql, false, 507}));
  EXPECT_EQ("select 2", chosen({Dialect::mysql, false, 804}));
  EXPECT_EQ("select 1", chosen({Dialect::mysql, true, 1004}));
  EXPECT_EQ("select 3", chosen({Dialect::mysql, true, 1006}));
  EXPECT_EQ("select 4", chosen({Dialect::mysql, true, 1104}));
  EXPECT_EQ("its own", chosen({Dialect::sqlite, false, 338}));
  EXPECT_EQ("select 5", chosen({Dialect::sqlite, false, 340}));
  EXPECT_EQ("its own", chosen({Dialect::postgres, false, 17}));
}

TEST(Hints, StandBeforeTheStatement) {
  const auto hinted =
      read_hints("/* a */ /* iacdb: postgres:15: select 1 */\nselect 2", Dialect::mysql);
  ASSERT_TRUE(hinted);
  ASSERT_EQ(1U, hinted->others.size());
  EXPECT_EQ("select 1", hinted->others[0].text);
  EXPECT_EQ(15, hinted->others[0].version);
  EXPECT_EQ("select 2", hinted->text);
  EXPECT_FALSE(read_hints("select 2 /* iacdb: postgres: select 1 */", Dialect::mysql));
  EXPECT_FALSE(read_hints("/* open", Dialect::mysql));
  EXPECT_THROW(read_hints("/* iacdb: postgres select 1 */ select 2", Dialect::mysql), UsageError);
  EXPECT_THROW(read_hints("/* iacdb: postgres: select 1 */", Dialect::mysql), UsageError);
}

}  // namespace
}  // namespace iacdb::sql
