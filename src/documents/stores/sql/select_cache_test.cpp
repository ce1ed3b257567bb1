#include "documents/stores/sql/select_cache.hpp"

#include <gtest/gtest.h>

#include "documents/bson/ext_json.hpp"

namespace iacdb::doc {
namespace {

struct Case {
  Selection selection;
  std::string text;
};

/// Values whose forms in a statement may differ.
std::vector<std::string> values() {
  return {"5",
          "-7",
          "0",
          "350",
          "-1000000",
          "2147483647",
          "-2147483648",
          R"({"$numberLong": "5"})",
          R"({"$numberLong": "-5000000000"})",
          R"({"$numberLong": "700"})",
          R"({"$numberLong": "999999999999999"})",
          R"({"$numberLong": "1000000000000000"})",
          R"({"$numberLong": "9223372036854775807"})",
          "1.5",
          R"({"$numberDouble": "5.0"})",
          R"({"$numberDecimal": "5"})",
          R"("x")",
          R"("")",
          R"("5")",
          R"("it's %_ \\ \" \n?")",
          R"("[1")",
          R"("{\"$w\":1}")",
          R"("a\u0000b")",
          R"("\u00e9\uD83D\uDE00")",
          "\"" + std::string(127, 'x') + "\"",
          "\"" + std::string(128, 'x') + "\"",
          "\"" + std::string(129, 'x') + "\"",
          "true",
          "null",
          R"({"$date": {"$numberLong": "0"}})",
          R"({"$date": {"$numberLong": "-5"}})",
          R"({"$date": {"$numberLong": "1577836800000"}})",
          R"({"$date": {"$numberLong": "9223372036854775807"}})",
          R"({"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"})",
          R"({"$oid": "000000000000000000000000"})",
          "[1]",
          R"({"b": 1})"};
}

std::vector<std::string> filters(const std::string& a, const std::string& b) {
  std::vector<std::string> out;
  for (const char* path : {"_id", "n", "a.b", "other", "a.0"}) {
    const std::string at = "{\"" + std::string(path) + "\": ";
    for (const char* op : {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte"}) {
      out.push_back(at + "{\"" + op + "\": " + a + "}}");
    }
    out.push_back(at + R"({"$in": [)" + a + ", " + b + "]}}");
    out.push_back(at + R"({"$gte": )" + a + R"(, "$lt": )" + b + "}}");
    out.push_back(at + R"({"$exists": true, "$gt": )" + a + "}}");
    out.push_back(at + a + R"(, "other": )" + b + R"(, "n": 8})");
    out.push_back(R"({"$or": [)" + at + a + R"(}, {"n": )" + b + "}]}");
    out.push_back(R"({"$nor": [)" + at + a + R"(}, {"n": {"$lt": )" + b + "}}]}");
  }
  return out;
}

CollectionInfo collection() {
  CollectionInfo out;
  out.name = "people";
  out.table = "people";
  out.version = "777";
  for (const char* path : {"n", "a.b"}) {
    IndexInfo index;
    index.name = path;
    index.key = Object{{path, Value(std::int32_t{1})}};
    out.indexes.push_back(index);
  }
  return out;
}

/// PostgreSQL or SQLite, and whether ids are ordered.
class SelectCacheOf : public testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  const SqlForm form_{std::get<0>(GetParam()), std::get<1>(GetParam())};
  const CollectionInfo people_ = collection();
};

TEST_P(SelectCacheOf, MakesWhatTheCompilerMakes) {
  SelectCache cache;
  const std::vector<std::string> all = values();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t step = 0; step < 4; ++step) {
      for (const std::string& text : filters(all[i], all[(i + 3 * step) % all.size()])) {
        if (form_.ordered_ids && text.find("_id") == text.npos) continue;
        Selection selection;
        try {
          selection.filter = parse_filter(parse_json(text));
        } catch (const std::exception&) {
          continue;
        }
        if (step % 3 == 1) selection.sort = parse_sort(parse_json(R"({"n": -1})"));
        if (step == 2) selection.sort = parse_sort(parse_json(R"({"_id": 1})"));
        selection.limit = static_cast<std::int64_t>(step % 2);
        if (step > 1) selection.fields = {step == 2, {"n", "other"}};
        const CompiledSelect expected = compile_select(form_, people_, selection);
        const CompiledSelect found = cache.compile(form_, people_, selection);
        // Of equal values the compiler says some things once.
        if (step != 0) {
          ASSERT_EQ(found.sql, expected.sql) << text;
          ASSERT_EQ(found.parameters, expected.parameters) << text;
        }
        ASSERT_EQ(found.filtered, expected.filtered) << text;
        ASSERT_EQ(found.sorted, expected.sorted) << text;
        ASSERT_EQ(found.limited, expected.limited) << text;
        ASSERT_EQ(found.merges, expected.merges) << text;
        ASSERT_EQ(found.chosen, expected.chosen) << text;
        ASSERT_EQ(found.probe, expected.probe) << text;
        ASSERT_EQ(found.probe_parameters, expected.probe_parameters) << text;
      }
    }
  }
}

TEST_P(SelectCacheOf, KeepsOneStatementForAShape) {
  SelectCache cache;
  const auto compile = [&](const std::string& filter, std::optional<FieldChoice> fields = {}) {
    Selection selection;
    selection.filter = parse_filter(parse_json(filter));
    selection.fields = std::move(fields);
    cache.compile(form_, people_, selection);
    return cache.size();
  };
  EXPECT_EQ(compile(R"({"n": 5})"), 1U);
  EXPECT_EQ(compile(R"({"n": 6})"), 1U);
  EXPECT_EQ(compile(R"({"n": "x"})"), 2U);
  EXPECT_EQ(compile(R"({"other": 6})"), 3U);
  EXPECT_EQ(compile(R"({"n": {"$gte": 6, "$lt": 10}})"), 4U);
  EXPECT_EQ(compile(R"({"n": {"$in": [1, 2]}})"), 5U);
  EXPECT_EQ(compile(R"({"n": {"$in": [1, 2, 3]}})"), 6U);
  EXPECT_EQ(compile(R"({"_id": {"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"}})"), 7U);
  EXPECT_EQ(compile(R"({"n": {"$date": {"$numberLong": "5"}}, "other": "x"})"), 8U);
  EXPECT_EQ(compile(R"({"n": {"$mod": [5, 0]}})"), 8U);
  EXPECT_EQ(compile(R"({"_id": {"$gt": {"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"}}})"), 9U);
  EXPECT_EQ(compile(R"({"n": 5})", FieldChoice{true, {"n"}}), 10U);
  EXPECT_EQ(compile(R"({"n": 7})", FieldChoice{true, {"n"}}), 10U);
  EXPECT_EQ(compile(R"({"n": 5})", FieldChoice{false, {"n"}}), 11U);
  EXPECT_EQ(compile(R"({"n": 5})", FieldChoice{true, {"n", "a"}}), 12U);
  for (int i = 0; i < 1000; ++i) compile(R"({"f)" + std::to_string(i) + R"(": 1})");
  EXPECT_LE(cache.size(), 200U);
}

TEST_P(SelectCacheOf, ProbesForOneThatAnIndexHas) {
  SelectCache cache;
  const auto probe = [&](const std::string& filter, std::int64_t limit = 1) {
    Selection selection;
    selection.filter = parse_filter(parse_json(filter));
    selection.limit = limit;
    return cache.probe(form_, people_, selection);
  };
  const bool postgres = std::get<0>(GetParam());
  EXPECT_FALSE(probe(R"({"n": 5})"));  // The shape is not known yet.
  const auto found = probe(R"({"n": 7})");
  ASSERT_EQ(found.has_value(), postgres);
  for (const char* none : {R"({"other": 5})", R"({"_id": 5})", R"({"n": {"$mod": [5, 0]}})",
                           R"({"n": {"$exists": true}})", R"({"n": 1.5})"}) {
    EXPECT_FALSE(probe(none)) << none;
    EXPECT_FALSE(probe(none)) << none;
  }
  EXPECT_FALSE(probe(R"({"n": 5})", 2));
  EXPECT_FALSE(probe(R"({"n": 5})", 2));
  if (!postgres) return;
  EXPECT_EQ(found->parameters, std::vector<SqlParameter>{std::string("7")});
  EXPECT_EQ(found->sql().find("union"), std::string::npos);
  // With luck a miss is borne, without it the next ones are not tried.
  for (int i = 0; i < 4; ++i) found->tell(true);
  found->tell(false);
  EXPECT_TRUE(probe(R"({"n": 5})"));
  found->tell(false);
  found->tell(false);
  int left_out = 0;
  while (!probe(R"({"n": 5})") && left_out < 1000) ++left_out;
  EXPECT_GT(left_out, 10);
  EXPECT_LT(left_out, 1000);
}

INSTANTIATE_TEST_SUITE_P(Forms, SelectCacheOf, testing::Combine(testing::Bool(), testing::Bool()),
                         [](const auto& one) {
                           return std::string(std::get<0>(one.param) ? "PostgreSQL" : "SQLite") +
                                  (std::get<1>(one.param) ? "Ordered" : "");
                         });

}  // namespace
}  // namespace iacdb::doc
