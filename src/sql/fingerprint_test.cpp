#include <gtest/gtest.h>

#include "iacdb/sql.hpp"

namespace iacdb::sql {
namespace {

std::string shape(std::string_view sql, Dialect d = Dialect::postgres) {
  return fingerprint(sql, d).text;
}

TEST(Fingerprint, LiteralsBecomeQuestionMarks) {
  EXPECT_EQ(shape("SELECT a , b.c FROM t WHERE x = 'it''s' AND y>-1.5e3 -- note"),
            "select a, b.c from t where x = ? and y > - ?");
  EXPECT_EQ(shape("select $$secret$$, E'\\x', B'01', x'ff', N'n', $1, 0xFF"),
            "select ?, ?, ?, ?, ?, ?, ?");
  EXPECT_EQ(shape("select \"Name\" from t", Dialect::postgres), "select \"Name\" from t");
  EXPECT_EQ(shape("select \"secret\"", Dialect::mysql), "select ?");
  EXPECT_EQ(shape("select q'[secret]' from dual", Dialect::oracle), "select ? from dual");
}

TEST(Fingerprint, ListsAndRowsCollapse) {
  EXPECT_EQ(shape("a in (1,2, 3) and b in ('x')"), "a in (?) and b in (?)");
  EXPECT_EQ(shape("insert into t(a,b) values (1,'a'),(2,'b'), (3,'c')"),
            "insert into t (a, b) values (?, ?)");
  EXPECT_EQ(shape("insert into t values (1, now()), (2, default)"),
            "insert into t values (?, now ()), (?, default)");
  EXPECT_EQ(shape("(a,b) in ((1,2),(3,4))"), shape("(a,b) in ((5,6), (7,8))"));
}

TEST(Fingerprint, UnreadableRestIsNotShown) {
  EXPECT_EQ(shape("select a from t where p = 'secret"), "select a from t where p = ...");
  EXPECT_EQ(shape("select /* secret"), "select ...");
}

TEST(Fingerprint, HashIgnoresCaseLayoutAndValues) {
  const auto a = fingerprint("SELECT 1  FROM t;", Dialect::mysql);
  const auto b = fingerprint("select 2 from t", Dialect::mysql);
  EXPECT_EQ(a.hash, b.hash);
  EXPECT_NE(a.hash, fingerprint("select 2 from u", Dialect::mysql).hash);
}

TEST(Fingerprint, LengthIsBounded) {
  std::string sql = "select ";
  for (int i = 0; i < 5000; ++i) sql += "column_" + std::to_string(i) + ", ";
  EXPECT_EQ(fingerprint(sql, Dialect::mysql, 100).text.size(), 100U);
}

}  // namespace
}  // namespace iacdb::sql
