#include "sql/parser.hpp"

#include <gtest/gtest.h>

#include "iacdb/error.hpp"
#include "sql/printer.hpp"

namespace iacdb::sql {
namespace {

std::string round(std::string_view sql, Dialect d) {
  Arena arena;
  return print(*parse(sql, d, arena), d);
}

TEST(Parser, PrintsWhatItRead) {
  const struct {
    Dialect dialect;
    const char* sql;
  } cases[] = {
      {Dialect::postgres, "SELECT a, b AS c FROM t AS x WHERE a = 1 AND (b > 2 OR c IS NULL)"},
      {Dialect::postgres,
       "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b DESC NULLS LAST LIMIT 3"},
      {Dialect::postgres, "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 2) SELECT * FROM r"},
      {Dialect::postgres, "SELECT a FROM x LEFT JOIN LATERAL (SELECT 1) AS y ON TRUE"},
      {Dialect::postgres,
       "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2 RETURNING a"},
      {Dialect::mysql, "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE b = VALUES(b)"},
      {Dialect::mysql, "SELECT `a b`, GROUP_CONCAT(DISTINCT x ORDER BY y SEPARATOR ';') FROM t"},
      {Dialect::mysql, "UPDATE a JOIN b ON a.x = b.x SET a.y = b.y WHERE a.z <=> 1"},
      {Dialect::tsql, "SELECT TOP 3 [a b] FROM t ORDER BY a"},
      {Dialect::tsql, "SELECT a FROM t ORDER BY a OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY"},
      {Dialect::oracle, "SELECT a FROM t WHERE a = b (+) CONNECT BY PRIOR a = b"},
      {Dialect::sqlite, "SELECT a || b -> '$.x', max(a, b) FROM t WHERE a IS NOT b"},
      {Dialect::sqlite, "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT DEFAULT 'x')"},
  };
  for (const auto& c : cases) EXPECT_EQ(round(c.sql, c.dialect), c.sql);
}

TEST(Parser, PrecedenceIsKept) {
  EXPECT_EQ(round("select (a + b) * c, a + b * c, not (a or b)", Dialect::postgres),
            "SELECT (a + b) * c, a + b * c, NOT (a OR b)");
  EXPECT_EQ(round("select a - (b - c), - - 1, a || b or c", Dialect::sqlite),
            "SELECT a - (b - c), - -1, a || b OR c");
  Arena arena;
  Node* s = parse("select a || b from t", Dialect::mysql, arena);
  EXPECT_TRUE(s->kid(select_slot::items)->kid(0)->kid(0)->is(BinOp::or_));
}

TEST(Parser, ErrorsSayWhatWasExpectedWhere) {
  try {
    round("select a\nfrom where", Dialect::postgres);
    round("select a,\n from t", Dialect::postgres);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.where(), "line 2, column 2");
    EXPECT_NE(std::string(e.what()).find("expected an expression, found \"from\""),
              std::string::npos);
  }
}

TEST(Parser, NestingAndChainsAreLimited) {
  const std::string deep(5000, '(');
  EXPECT_THROW(round("select " + deep, Dialect::postgres), Error);
  std::string sum = "select 1";
  for (int i = 0; i < 100000; ++i) sum += "+1";
  EXPECT_THROW(round(sum, Dialect::postgres), Error);
}

TEST(Parser, AnyTextIsReadOrRefused) {
  const char* words[] = {"select", "from",     "(",    ")",      ",",    "a",      "1",      "'x'",
                         "*",      "where",    "join", "on",     "case", "when",   "end",    "in",
                         "not",    "between",  "and",  "update", "set",  "=",      "insert", "into",
                         "values", "with",     "as",   "order",  "by",   "create", "table",  "int",
                         "cast",   "interval", ".",    "?",      "over", "merge"};
  unsigned seed = 7;
  for (int round_number = 0; round_number < 4000; ++round_number) {
    std::string sql;
    for (int i = 0; i < 14; ++i) {
      seed = seed * 1103515245 + 12345;
      sql += words[(seed >> 16) % std::size(words)];
      sql += ' ';
    }
    for (Dialect d : all_dialects) {
      try {
        Arena arena;
        parse(sql, d, arena);
      } catch (const Error& e) {
        ASSERT_EQ(e.kind(), ErrorKind::syntax) << sql;
      }
    }
  }
}

}  // namespace
}  // namespace iacdb::sql
