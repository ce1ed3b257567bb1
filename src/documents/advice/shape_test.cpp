#include "documents/advice/shape.hpp"

#include <gtest/gtest.h>

#include "documents/bson/ext_json.hpp"

namespace iacdb::doc {
namespace {

std::string shape(const char* command) {
  return shape_of(parse_json(command));
}

TEST(Shape, MasksEveryValueOfAFilter) {
  EXPECT_EQ(
      shape(R"({"find": "people", "filter": {"name": "Ada", "age": {"$gt": 18, "$lt": 30}},
                      "sort": {"age": -1, "name": 1}, "skip": 3, "limit": 5})"),
      R"(find people {"name":?,"age":{"$gt":?,"$lt":?}} sort {"age":-1,"name":1} skip ? limit ?)");
  EXPECT_EQ(shape(R"({"find": "p", "filter": {"card": {"number": "4711"}, "t": ["x"],
                      "a": {"$in": [1, 2]}, "b": {"$not": {"$regex": "secret"}},
                      "c": {"$elemMatch": {"d": 1, "$or": [{"e": 1}]}}, "r": {"$text": 1}}})"),
            R"(find p {"card":?,"t":?,"a":{"$in":[?]},"b":{"$not":{"$regex":?}},)"
            R"("c":{"$elemMatch":{"d":?,"$or":[{"e":?}]}},"r":{"$text":?}})");
}

TEST(Shape, TellsElementsOfOneShapeOnce) {
  EXPECT_EQ(shape(R"({"count": "p", "query": {"$or": [{"a": 1}, {"a": 2}, {"b": 3}]}})"),
            R"(count p {"$or":[{"a":?},{"b":?}]})");
  EXPECT_EQ(shape(R"({"update": "p", "updates": [{"q": {"a": 1}, "u": {"$set": {"b": "x"}}},
                      {"q": {"a": 2}, "u": {"$set": {"b": "y"}}},
                      {"q": {"a": 2}, "u": {"b": "secret"}, "multi": true}]})"),
            R"(update p {"a":?} set {"$set":{"b":?}},{"a":?} set ? multi)");
}

TEST(Shape, KeepsPathsOfExpressionsAndNoLiterals) {
  EXPECT_EQ(shape(R"({"aggregate": "p", "cursor": {}, "pipeline": [
              {"$match": {"x": "secret", "$expr": {"$gt": ["$a", 5]}}},
              {"$lookup": {"from": "q", "localField": "a", "foreignField": "b", "as": "c"}},
              {"$group": {"_id": "$t", "n": {"$sum": 1}, "s": {"$first": {"$literal": "$secret"}}}},
              {"$sort": {"n": -1}}, {"$limit": 3}]})"),
            R"(aggregate p [{"$match":{"x":?,"$expr":{"$gt":["$a",?]}}},)"
            R"({"$lookup":{"from":"q","localField":"a","foreignField":"b","as":"c"}},)"
            R"({"$group":{"_id":"$t","n":{"$sum":?},"s":{"$first":{"$literal":?}}}},)"
            R"({"$sort":{"n":-1}},{"$limit":?}])");
}

TEST(Shape, ShowsNothingOfWhatIsInserted) {
  EXPECT_EQ(shape(R"({"insert": "p", "documents": [{"a": "secret"}]})"), "insert p");
  EXPECT_EQ(shape(R"({"findAndModify": "p", "query": {"a": 1}, "update": {"b": "secret"}})"),
            R"(findAndModify p {"a":?} set ?)");
  EXPECT_EQ(shape(R"({"find": "p", "sort": {"a": "secret"}})"), R"(find p sort {"a":?})");
  EXPECT_EQ(shape(R"({"getMore": {"$numberLong": "5"}, "collection": "p"})"), "getMore p");
  EXPECT_EQ(shape(R"({"explain": {"find": "p", "filter": {"a": 1}}})"),
            R"(explain find p {"a":?})");
  EXPECT_EQ(shape(R"({"createIndexes": "p", "indexes": [{"key": {"a": 1, "b": "text"}}]})"),
            R"(createIndexes p [{"a":1,"b":"text"}])");
}

TEST(Shape, IsCutAtACharacter) {
  Object filter;
  for (int i = 0; i < 400; ++i) filter.add("ä" + std::to_string(i), Value(std::int32_t{i}));
  const std::string cut = shape_of({{"find", Value("p")}, {"filter", Value(filter)}});
  EXPECT_LE(cut.size(), shape_bytes_max + 3);
  EXPECT_TRUE(cut.ends_with("..."));
  EXPECT_NE(static_cast<unsigned char>(cut[cut.size() - 4]), 0xC3);
}

TEST(Shape, OfNothing) {
  EXPECT_EQ(shape_of({}), "");
  EXPECT_EQ(collection_of({}), "");
  EXPECT_EQ(collection_of(parse_json(R"({"explain": {"count": "p"}})")), "p");
}

}  // namespace
}  // namespace iacdb::doc
