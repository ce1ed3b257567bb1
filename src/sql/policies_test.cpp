#include "iacdb/policies.hpp"

#include <gtest/gtest.h>

#include <string>

#include "iacdb/error.hpp"
#include "iacdb/sql.hpp"

namespace iacdb::sql {
namespace {

TEST(Policies, EveryDefaultIsTheFirstOfItsValues) {
  for (const PolicyDescription& one : policy_descriptions()) {
    Policies policies;
    set_policy(policies, one.name, one.values.substr(0, one.values.find('|')));
    EXPECT_EQ(Policies{}, policies) << one.name;
    set_policy(policies, one.name, one.values.substr(one.values.rfind('|') + 1));
    EXPECT_NE(Policies{}, policies) << one.name;
    EXPECT_THROW(set_policy(policies, one.name, "no"), UsageError);
    EXPECT_THROW(set_policy(policies, one.name, ""), UsageError);
  }
  Policies policies;
  EXPECT_THROW(set_policy(policies, "no", "yes"), UsageError);
  set_policy(policies, "week-start", "wednesday");
  EXPECT_EQ(WeekStart::wednesday, policies.week_start);
}

Translation translated(std::string_view sql, Dialect from, Dialect to, bool lossy = false) {
  return translate(sql, from, to, {.lossy = lossy});
}

TEST(Policies, WhatTypesDecideIsRefusedWhereNothingTellsThem) {
  const Translation sum = translated("select a + b from t", Dialect::tsql, Dialect::postgres);
  ASSERT_TRUE(sum.error);
  EXPECT_EQ("schema", sum.error->code);
  EXPECT_NE(std::string::npos, sum.error->message.find("a and b")) << sum.error->message;
  EXPECT_TRUE(translated("select a / b from t", Dialect::postgres, Dialect::mysql).error);
  EXPECT_FALSE(translated("select a / b from t", Dialect::postgres, Dialect::sqlite).error);
  EXPECT_FALSE(translated("select a / b from t", Dialect::mysql, Dialect::postgres).error);
  EXPECT_FALSE(translated("select a / 2.0 from t", Dialect::postgres, Dialect::mysql).error);
  EXPECT_FALSE(
      translated("select cast(a as int) / 2 from t", Dialect::postgres, Dialect::mysql).error);
  EXPECT_FALSE(translated("select a + 'x' from t", Dialect::tsql, Dialect::postgres).error);
  const Translation lossy =
      translated("select a + b, a / b from t", Dialect::tsql, Dialect::mysql, true);
  ASSERT_FALSE(lossy.error);
  EXPECT_EQ(2U, lossy.warnings.size());
}

TEST(Warnings, APlaceInWhatIsNoArray) {
  const auto warned = [](std::string_view sql, Dialect from, Dialect to) {
    return !translated(sql, from, to).warnings.empty();
  };
  constexpr const char* named = "select d -> '$.a' from t";
  constexpr const char* placed = "select d -> '$.a[0]' from t";
  EXPECT_TRUE(warned(placed, Dialect::mysql, Dialect::postgres));
  EXPECT_TRUE(warned("select d -> 'a' -> 0 from t", Dialect::postgres, Dialect::mysql));
  EXPECT_FALSE(warned("select d -> 'a' -> 1 from t", Dialect::postgres, Dialect::mysql));
  EXPECT_FALSE(warned("select d -> 'a' -> 0 from t", Dialect::postgres, Dialect::sqlite));
  EXPECT_FALSE(warned(named, Dialect::mysql, Dialect::postgres));
  EXPECT_FALSE(warned(placed, Dialect::mysql, Dialect::mysql));
}

TEST(Warnings, BlanksBehindFixedTexts) {
  const auto warned = [](std::string_view type, Dialect from, Dialect to) {
    const Translation t = translated("create table t (a " + std::string(type) + ")", from, to);
    return !t.error && !t.warnings.empty() && t.warnings[0].code == "padding";
  };
  EXPECT_TRUE(warned("char(5)", Dialect::mysql, Dialect::postgres));
  EXPECT_TRUE(warned("nchar(5)", Dialect::tsql, Dialect::sqlite));
  EXPECT_TRUE(warned("character(5)", Dialect::postgres, Dialect::mysql));
  EXPECT_FALSE(warned("char(5)", Dialect::tsql, Dialect::postgres));
  EXPECT_FALSE(warned("char(5)", Dialect::mysql, Dialect::sqlite));
  EXPECT_FALSE(warned("char(1)", Dialect::mysql, Dialect::postgres));
  EXPECT_FALSE(warned("varchar(5)", Dialect::mysql, Dialect::postgres));
}

TEST(Policies, EmptyTextsForOracle) {
  const auto text = [](std::string_view sql, EmptyText policy) {
    TranslateOptions options;
    options.policies.empty_text = policy;
    const Translation t = translate(sql, Dialect::postgres, Dialect::oracle, options);
    return t.error ? t.error->code : t.sql();
  };
  EXPECT_EQ("SELECT 1 FROM t WHERE a IS NULL",
            text("SELECT 1 FROM t WHERE a = ''", EmptyText::null));
  EXPECT_EQ("SELECT 1 FROM t WHERE a IS NOT NULL",
            text("SELECT 1 FROM t WHERE '' <> a", EmptyText::null));
  EXPECT_EQ("SELECT 1 FROM t WHERE (a IN ('x') OR a IS NULL)",
            text("SELECT 1 FROM t WHERE a IN ('', 'x')", EmptyText::null));
  EXPECT_EQ("SELECT 1 FROM t WHERE a NOT IN ('x')",
            text("SELECT 1 FROM t WHERE a NOT IN ('', 'x')", EmptyText::null));
  EXPECT_EQ("SELECT 1 FROM t WHERE a = ''", text("SELECT 1 FROM t WHERE a = ''", EmptyText::keep));
  EXPECT_EQ("empty-text", text("SELECT 1 FROM t WHERE a = ''", EmptyText::refuse));
}

}  // namespace
}  // namespace iacdb::sql
