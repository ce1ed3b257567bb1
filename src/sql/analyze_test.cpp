#include <gtest/gtest.h>

#include "iacdb/sql.hpp"

namespace iacdb::sql {
namespace {

using Names = std::vector<std::string>;

TEST(Analyze, TellsWhatIsReadAndWritten) {
  const Analysis a = analyze("insert into t select now() from s.u join v on u.a = v.a where id = ?",
                             Dialect::mysql);
  EXPECT_TRUE(a.whole);
  EXPECT_FALSE(a.facts.read_only);
  EXPECT_EQ(Names{"t"}, a.tables_written);
  EXPECT_EQ((Names{"s.u", "v"}), a.tables_read);
  EXPECT_EQ(Names{"NOW"}, a.volatile_functions);
  EXPECT_EQ(1U, a.parameters);
}

TEST(Analyze, KnowsNamesOfWithAndChangesInsideThem) {
  const Analysis a = analyze(
      "with c as (select a from t), d as (delete from u where id = $1 returning id) "
      "select * from c, d",
      Dialect::postgres);
  EXPECT_EQ(Names{"t"}, a.tables_read);
  EXPECT_EQ(Names{"u"}, a.tables_written);
  EXPECT_EQ(1U, a.parameters);
}

TEST(Analyze, ReadsDefinitions) {
  const Analysis a = analyze("create table t (a int references s (id))", Dialect::postgres);
  EXPECT_EQ(Names{"t"}, a.tables_written);
  EXPECT_EQ(Names{"s"}, a.tables_read);
  EXPECT_EQ(Names{"x"}, analyze("drop table x", Dialect::sqlite).tables_written);
}

TEST(Analyze, AUpdateReadsWhatItJoins) {
  const Analysis a = analyze("update a join b on a.id = b.id set a.n = b.n", Dialect::mysql);
  EXPECT_FALSE(a.facts.read_only);
  EXPECT_FALSE(a.tables_read.empty());
}

TEST(Analyze, SaysWhenItDidNotReadAll) {
  EXPECT_FALSE(analyze("select (", Dialect::mysql).whole);
  EXPECT_FALSE(analyze("call p()", Dialect::mysql).whole);
}

}  // namespace
}  // namespace iacdb::sql
