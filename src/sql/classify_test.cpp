#include <gtest/gtest.h>

#include "iacdb/sql.hpp"

namespace iacdb::sql {
namespace {

StatementFacts of(std::string_view sql, Dialect d = Dialect::postgres) {
  return classify(sql, d);
}

TEST(Classify, KindsAreReadFromTheFirstWord) {
  EXPECT_EQ(of(" /* c */ (select 1)").kind, StatementKind::select);
  EXPECT_EQ(of("with a as (select 1) insert into t select * from a").kind, StatementKind::insert);
  EXPECT_EQ(of("begin").kind, StatementKind::begin);
  EXPECT_EQ(of("begin null; end;", Dialect::oracle).kind, StatementKind::block);
  EXPECT_EQ(of("truncate t").kind, StatementKind::ddl);
  EXPECT_EQ(of("-- nothing").kind, StatementKind::empty);
  EXPECT_EQ(of("frobnicate").kind, StatementKind::unknown);
  EXPECT_EQ(of("select 'x").kind, StatementKind::unknown);
}

TEST(Classify, ReadOnlyIsTheCarefulAnswer) {
  EXPECT_TRUE(of("select * from t").read_only);
  EXPECT_FALSE(of("select * from t for update").read_only);
  EXPECT_TRUE(of("select * from t for update").locks_rows);
  EXPECT_TRUE(of("select * from t lock in share mode", Dialect::mysql).locks_rows);
  EXPECT_FALSE(of("select * into x from t").read_only);
  EXPECT_FALSE(of("with a as (delete from t returning *) select * from a").read_only);
  EXPECT_TRUE(of("with a as (delete from t returning *) select * from a").returns_rows);
  EXPECT_TRUE(of("explain delete from t").read_only);
  EXPECT_FALSE(of("explain analyze delete from t").read_only);
  EXPECT_FALSE(of("select 1; delete from t").read_only);
  EXPECT_TRUE(of("select 1; delete from t").several);
  EXPECT_FALSE(of("select 1;").several);
}

TEST(Classify, WhereBelongsToTheStatement) {
  EXPECT_TRUE(of("delete from t where a = 1").has_where);
  EXPECT_FALSE(of("delete from t").has_where);
  EXPECT_FALSE(of("update t set a = (select b from u where u.id = t.id)").has_where);
  EXPECT_FALSE(of("delete from t -- where").has_where);
}

TEST(Classify, RowsAndSessionState) {
  EXPECT_TRUE(of("insert into t values (1) returning id").returns_rows);
  EXPECT_FALSE(of("insert into t values (1)").returns_rows);
  EXPECT_TRUE(of("insert into t output inserted.id values (1)", Dialect::tsql).returns_rows);
  EXPECT_TRUE(of("set search_path = a").session_state);
  EXPECT_FALSE(of("select 1").session_state);
}

}  // namespace
}  // namespace iacdb::sql
