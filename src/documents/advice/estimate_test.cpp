#include "documents/advice/estimate.hpp"

#include <gtest/gtest.h>

#include "documents/bson/ext_json.hpp"

namespace iacdb::doc {
namespace {

IndexRules rules(IndexRules::Arrays arrays) {
  IndexRules out = mongo_index_rules();
  out.arrays = arrays;
  return out;
}

/// 1,000 documents: team of 10, born of 100, every tenth with an array of tags.
Measured measured(const char* command, IndexRules::Arrays arrays = IndexRules::Arrays::by_element) {
  Measured out(*parse_statement(parse_json(command), rules(arrays)), rules(arrays));
  const Environment environment;
  for (std::int32_t i = 0; i < 1000; ++i) {
    const Value tags = i % 10 == 0 ? Value(Array{Value(i % 20)}) : Value(i % 20);
    out.look_at(
        Value(Object{
            {"_id", Value(i)}, {"team", Value(i % 10)}, {"born", Value(i / 10)}, {"tags", tags}}),
        environment);
  }
  return out;
}

TEST(Estimate, CountsWhatAnIndexFinds) {
  const Measured m = measured(R"({"find": "p", "filter": {"team": 3, "born": {"$gte": 90}}})");
  EXPECT_EQ(m.matching(1000), 10);
  EXPECT_EQ(m.scan(1000).documents, 1000);
  EXPECT_EQ(m.by({{"team", false}}, 0, 1000)->documents, 100);
  EXPECT_EQ(m.by({{"team", false}, {"born", false}}, 0, 1000)->documents, 10);
  EXPECT_EQ(m.by({{"born", false}, {"team", false}}, 0, 1000)->entries, 100);
  EXPECT_EQ(m.by({{"born", false}, {"team", false}}, 0, 1000)->documents, 10);
  EXPECT_FALSE(m.by({{"other", false}, {"team", false}}, 0, 1000).has_value());
  EXPECT_EQ(m.matching(50'000), 500);  // Of a sample.
}

TEST(Estimate, StopsAtTheLimitWhereTheIndexGivesTheOrder) {
  const Measured m =
      measured(R"({"find": "p", "filter": {"team": 3}, "sort": {"born": -1}, "limit": 5})");
  EXPECT_EQ(m.returned(1000), 5);
  EXPECT_EQ(m.by({{"team", false}, {"born", false}}, 0, 1000)->documents, 5);
  EXPECT_EQ(m.by({{"team", false}}, 0, 1000)->documents, 100);
  EXPECT_EQ(m.by({{"team", false}}, 0, 1000)->sorted, 100);
  EXPECT_EQ(m.by({{"born", true}}, 0, 1000)->documents, 50);  // A tenth of what it walks along.
}

TEST(Estimate, TakesAnOrderForwardsOrBackwardsAndNotMixed) {
  const Measured m =
      measured(R"({"find": "p", "filter": {}, "sort": {"team": 1, "born": -1}, "limit": 5})");
  EXPECT_TRUE(m.by({{"team", false}, {"born", true}}, 0, 1000).has_value());
  EXPECT_TRUE(m.by({{"team", true}, {"born", false}}, 0, 1000).has_value());
  EXPECT_FALSE(m.by({{"team", false}, {"born", false}}, 0, 1000).has_value());
}

TEST(Estimate, AListGivesNoOrderBehindIt) {
  const Measured m = measured(
      R"({"find": "p", "filter": {"team": {"$in": [1, 2]}}, "sort": {"born": 1}, "limit": 5})");
  EXPECT_EQ(m.by({{"team", false}, {"born", false}}, 0, 1000)->documents, 200);
  EXPECT_EQ(m.by({{"born", false}, {"team", false}}, 0, 1000)->documents, 5);
}

TEST(Estimate, ArraysAreFoundAsTheStoreDoes) {
  const char* const equal = R"({"find": "p", "filter": {"tags": 10}})";
  const char* const range = R"({"find": "p", "filter": {"tags": {"$gte": 15}}})";
  const Key key{{"tags", false}};
  using enum IndexRules::Arrays;
  EXPECT_EQ(measured(equal, by_element).by(key, 0, 1000)->documents, 50);
  EXPECT_EQ(measured(equal, by_value).by(key, 0, 1000)->documents, 50);
  EXPECT_EQ(measured(equal, scanned).by(key, 0, 1000)->documents, 100);
  EXPECT_EQ(measured(range, by_element).by(key, 0, 1000)->documents, 250);
  EXPECT_EQ(measured(range, by_value).by(key, 0, 1000)->documents, 350);
  EXPECT_EQ(measured(equal, scanned).paths_of_arrays(), std::vector<std::string>{"tags"});
}

TEST(Estimate, AnOrNeedsAnIndexForEachBranch) {
  const Measured m = measured(R"({"find": "p", "filter": {"$or": [{"team": 3}, {"born": 5}]}})");
  EXPECT_EQ(m.best({{{"team", false}}}, 1000).documents, 1000);
  EXPECT_EQ(m.best({{{"team", false}}, {{"born", false}}}, 1000).documents, 110);
}

TEST(Statement, SaysWhatNoIndexServes) {
  const auto s = parse_statement(
      parse_json(R"({"find": "p", "filter": {"a": {"$ne": 1}, "b": {"$regex": "x"}, "c": 1}})"),
      mongo_index_rules());
  ASSERT_EQ(s->branches.size(), 1U);
  ASSERT_EQ(s->branches[0].size(), 1U);
  EXPECT_EQ(s->branches[0][0].path, "c");
  EXPECT_EQ(s->unserved.size(), 2U);
}

TEST(Statement, TakesTheBeginningOfAPipeline) {
  const auto s = parse_statement(parse_json(R"({"aggregate": "p", "cursor": {}, "pipeline": [
      {"$match": {"a": 1}}, {"$match": {"b": 2}}, {"$sort": {"c": 1}}, {"$limit": 3},
      {"$match": {"d": 1}}]})"),
                                 mongo_index_rules());
  EXPECT_EQ(s->branches[0].size(), 2U);
  EXPECT_EQ(s->limit, 3);
  EXPECT_EQ(print_json(s->find),
            R"({"find":"p","filter":{"$and":[{"a":1},{"b":2}]},"sort":{"c":1},"limit":3})");
}

TEST(Statement, KnowsWhichIndexesAWriteTouches) {
  const auto touches = [](const char* command, const char* path) {
    return writing_of(parse_json(command))->touches(path);
  };
  const char* const set =
      R"({"update": "p", "updates": [{"q": {}, "u": {"$set": {"a.b": 1, "list.$[].n": 1}}}]})";
  EXPECT_TRUE(touches(set, "a"));
  EXPECT_TRUE(touches(set, "a.b"));
  EXPECT_TRUE(touches(set, "a.b.c"));
  EXPECT_TRUE(touches(set, "list.n"));
  EXPECT_FALSE(touches(set, "a.c"));
  EXPECT_FALSE(touches(set, "ab"));
  EXPECT_TRUE(touches(R"({"update": "p", "updates": [{"q": {}, "u": {"z": 1}}]})", "a"));
  EXPECT_TRUE(touches(R"({"delete": "p", "deletes": [{"q": {}, "limit": 1}]})", "a"));
  EXPECT_EQ(writing_of(parse_json(R"({"insert": "p", "documents": [{}, {}]})"))->documents, 2);
  EXPECT_FALSE(writing_of(parse_json(R"({"find": "p"})")).has_value());
}

}  // namespace
}  // namespace iacdb::doc
