// Pages in versions that know neither OFFSET nor FETCH.

#include <gtest/gtest.h>

#include "iacdb/sql.hpp"

namespace iacdb::sql {
namespace {

std::string to(std::string_view target, std::string_view statement, Dialect from = Dialect::mysql) {
  const DialectVersion v = parse_target(target).value();
  TranslateOptions options;
  options.target_version = v.version;
  const Translation t = translate(statement, from, v.dialect, options);
  if (t.error) return "refused: " + t.error->message;
  (void)parse(t.statements.at(0), v.dialect);  // it can be read back
  return t.statements.at(0);
}

TEST(Paging, SqlServerBefore2012NumbersTheRows) {
  EXPECT_EQ(to("tsql:2008", "select a, b as c from t order by b limit 3 offset 5"),
            "SELECT a, c FROM (SELECT a, b AS c, ROW_NUMBER() OVER (ORDER BY b) AS iacdb_row_1 "
            "FROM t) AS iacdb_q_2 WHERE iacdb_row_1 > 5 AND iacdb_row_1 <= 5 + 3 "
            "ORDER BY iacdb_row_1");
  EXPECT_EQ(to("tsql:2008", "select a from t limit 3"), "SELECT TOP 3 a FROM t");
  EXPECT_EQ(to("tsql:2008", "select a from t limit ? offset ?"),
            "SELECT a FROM (SELECT a, ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS iacdb_row_1 "
            "FROM t) AS iacdb_q_2 WHERE iacdb_row_1 > ? AND iacdb_row_1 <= ? + ? "
            "ORDER BY iacdb_row_1");
  EXPECT_EQ(to("tsql:2008", "select distinct a from t order by 1 limit 2 offset 1"),
            "SELECT a FROM (SELECT a, ROW_NUMBER() OVER (ORDER BY a) AS iacdb_row_2 FROM (SELECT "
            "DISTINCT a FROM t) AS iacdb_q_1) AS iacdb_q_3 WHERE iacdb_row_2 > 1 AND "
            "iacdb_row_2 <= 1 + 2 ORDER BY iacdb_row_2");
  EXPECT_EQ(to("tsql:2008", "select a from t union select b from u order by a limit 2"),
            "SELECT TOP 2 a FROM (SELECT a FROM t UNION SELECT b FROM u) AS iacdb_q_1 ORDER BY a");
  EXPECT_EQ(to("tsql:2012", "select a from t order by a limit 3 offset 5"),
            "SELECT a FROM t ORDER BY a OFFSET 5 ROWS FETCH FIRST 3 ROWS ONLY");
}

TEST(Paging, AnInnerPageHasNoOrder) {
  EXPECT_EQ(to("tsql:2008", "select a from (select a from t order by a limit 2 offset 1) x"),
            "SELECT a FROM (SELECT a FROM (SELECT a, ROW_NUMBER() OVER (ORDER BY a) AS "
            "iacdb_row_1 FROM t) AS iacdb_q_2 WHERE iacdb_row_1 > 1 AND iacdb_row_1 <= 1 + 2) "
            "AS x");
}

TEST(Paging, OracleBefore12CountsTheRows) {
  const auto oracle = [](std::string_view s) { return to("oracle:11", s, Dialect::postgres); };
  EXPECT_EQ(oracle("select * from t order by a limit 3"),
            "SELECT * FROM (SELECT * FROM t ORDER BY a) iacdb_q_1 WHERE ROWNUM <= 3");
  EXPECT_EQ(oracle("with q as (select a from t) select a from q order by a limit 2 offset ?"),
            "WITH q AS (SELECT a FROM t) SELECT a FROM (SELECT a, ROWNUM AS iacdb_row_1 FROM "
            "(SELECT a FROM q ORDER BY a) iacdb_q_2 WHERE ROWNUM <= ? + 2) iacdb_q_3 WHERE "
            "iacdb_row_1 > ? ORDER BY iacdb_row_1");
  EXPECT_EQ(oracle("select a from t order by a fetch first 2 rows with ties"),
            "SELECT a FROM (SELECT a, RANK() OVER (ORDER BY a) AS iacdb_rank_1 FROM t) iacdb_q_2 "
            "WHERE iacdb_rank_1 <= 2 ORDER BY iacdb_rank_1");
  EXPECT_EQ(to("oracle:12", "select a from t limit 3", Dialect::postgres),
            "SELECT a FROM t FETCH FIRST 3 ROWS ONLY");
}

TEST(Paging, WhatCannotBeNamedIsRefused) {
  for (const char* target : {"tsql:2008", "oracle:11"}) {
    EXPECT_EQ(to(target, "select * from t order by 1 limit 1 offset 1", Dialect::sqlite),
              "refused: a page needs a name for every column in this version; give an alias");
    EXPECT_EQ(to(target, "select a, a from t order by 1 limit 1 offset 1", Dialect::sqlite),
              "refused: a page needs another name for each column in this version");
  }
}

}  // namespace
}  // namespace iacdb::sql
