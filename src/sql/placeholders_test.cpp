#include "sql/placeholders.hpp"

#include <gtest/gtest.h>

#include "iacdb/error.hpp"

namespace iacdb::sql {
namespace {

std::string text(std::string_view sql, Dialect d, std::vector<std::size_t> counts = {}) {
  return rewrite(sql, d, {.counts = counts}).text;
}
std::string named(std::string_view sql, Dialect d) {
  return rewrite(sql, d, {.named = true}).text;
}

TEST(Placeholders, QuestionBecomesTheNativeMarker) {
  EXPECT_EQ(text("a = ? and b = ?", Dialect::postgres), "a = $1 and b = $2");
  EXPECT_EQ(text("a = ? and b = ?", Dialect::mysql), "a = ? and b = ?");
  EXPECT_EQ(text("a ?? 'k' and b = ?", Dialect::postgres), "a ? 'k' and b = $1");
  EXPECT_EQ(text("a ??| array['k']", Dialect::postgres), "a ?| array['k']");
}

TEST(Placeholders, AMarkerDoesNotJoinItsNeighbours) {
  EXPECT_EQ(text("select 1 limit? offset?", Dialect::postgres), "select 1 limit $1 offset $2");
  EXPECT_EQ(text("select ?2, ?x", Dialect::postgres), "select $1 2, $2 x");
  EXPECT_EQ(text("limit?", Dialect::mysql), "limit?");
  EXPECT_EQ(text("(?,?)", Dialect::postgres), "($1,$2)");
}

TEST(Placeholders, LiteralsCommentsAndQuotedNamesStay) {
  EXPECT_EQ(text("'?' \"?\" /* ? */ $$?$$ E'\\'?' -- ?\n, ?", Dialect::postgres),
            "'?' \"?\" /* ? */ $$?$$ E'\\'?' -- ?\n, $1");
  EXPECT_EQ(rewrite("'\\'?' `?` \"?\" # ?\n?", Dialect::mysql).parameters, 1U);
  EXPECT_EQ(rewrite("'?''?' [?] `?` ?", Dialect::sqlite).parameters, 1U);
}

TEST(Placeholders, NamesAreReadOnlyWhenAskedFor) {
  EXPECT_EQ(text("x::int, a[1:n], @v := 1, :b", Dialect::postgres), "x::int, a[1:n], @v := 1, :b");
  const auto r = rewrite("x::int = :a or y = :b or z = :a", Dialect::postgres, {.named = true});
  EXPECT_EQ(r.text, "x::int = $1 or y = $2 or z = $1");
  EXPECT_EQ(r.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(r.bindings, (std::vector<Binding>{{0, 0}, {1, 0}}));
  const auto m = rewrite("x = :a or y = :b or z = :a", Dialect::mysql, {.named = true});
  EXPECT_EQ(m.text, "x = ? or y = ? or z = ?");
  EXPECT_EQ(m.bindings, (std::vector<Binding>{{0, 0}, {1, 0}, {0, 0}}));
}

TEST(Placeholders, ListsExpand) {
  const std::vector<std::size_t> counts{1, 3, 1};
  const auto r = rewrite("a = ? and b in (?) and c = ?", Dialect::postgres, {.counts = counts});
  EXPECT_EQ(r.text, "a = $1 and b in ($2, $3, $4) and c = $5");
  EXPECT_EQ(r.bindings, (std::vector<Binding>{{0, 0}, {1, 0}, {1, 1}, {1, 2}, {2, 0}}));
  EXPECT_EQ(text("b in (?)", Dialect::mysql, {2}), "b in (?, ?)");
}

TEST(Placeholders, ANamedListIsSentOnceToPostgres) {
  const std::vector<std::size_t> counts{2};
  const auto r =
      rewrite("a in (:l) or b in (:l)", Dialect::postgres, {.named = true, .counts = counts});
  EXPECT_EQ(r.text, "a in ($1, $2) or b in ($1, $2)");
  EXPECT_EQ(r.bindings.size(), 2U);
}

TEST(Placeholders, AnEmptyListMatchesNothing) {
  EXPECT_EQ(text("a in (?) and b = ?", Dialect::postgres, {0, 1}), "a = any('{}') and b = $1");
  EXPECT_EQ(text("a NOT IN ( ? )", Dialect::postgres, {0}), "a <> all('{}')");
  EXPECT_EQ(text("a not in (?)", Dialect::sqlite, {0}), "a not in ()");
  EXPECT_EQ(text("a in (?)", Dialect::mysql, {0}), "a in (select 1 from dual where 1=0)");
  EXPECT_THROW(text("a = ?", Dialect::mysql, {0}), UsageError);
  EXPECT_THROW(text("a in (1, ?)", Dialect::mysql, {0}), UsageError);
}

TEST(Placeholders, MisuseIsRefused) {
  EXPECT_THROW(named("a = ? and b = :b", Dialect::mysql), UsageError);
  EXPECT_THROW(named("a = :a and b = ?", Dialect::mysql), UsageError);
  EXPECT_THROW(text("a = ?", Dialect::mysql, {1, 1}), UsageError);
  EXPECT_THROW(text("a = ? or ?", Dialect::mysql, {1}), UsageError);
}

TEST(Placeholders, OffsetsMapBack) {
  const auto r = rewrite("?, ?, x", Dialect::postgres, {});
  ASSERT_EQ(r.text, "$1, $2, x");
  EXPECT_EQ(source_offset(r, 0), 0U);
  EXPECT_EQ(source_offset(r, 4), 3U);
  EXPECT_EQ(source_offset(r, 8), 6U);
}

TEST(Placeholders, PortableKeepsQuestionMarksForTheBackend) {
  const std::vector<std::size_t> counts{2, 1};
  const auto r = rewrite("a in (:x) and j ?? 'k' and b = :y and c = :y", Dialect::postgres,
                         {.named = true, .portable = true, .counts = counts});
  EXPECT_EQ(r.text, "a in (?, ?) and j ?? 'k' and b = ? and c = ?");
  EXPECT_EQ(r.bindings, (std::vector<Binding>{{0, 0}, {0, 1}, {1, 0}, {1, 0}}));
}

}  // namespace
}  // namespace iacdb::sql
