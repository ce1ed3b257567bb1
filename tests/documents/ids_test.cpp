// Documents by the order of their _id: what SQL finds by the column `id`, against the evaluator, of
// ids of all types; and the plans that page through a collection.
//
// IACDB_PROPERTY_ROUNDS sets another number of rounds, IACDB_PROPERTY_SEED repeats a run.

#include <gtest/gtest.h>

#include <iacdb/iacdb.hpp>
#include <random>

#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/filter/filter.hpp"
#include "documents/pipeline/sort.hpp"
#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

std::string number_text(Dice& dice) {
  const std::string sign = dice.one_in(2) ? "-" : "";
  const std::string digits = std::to_string(dice.below(dice.one_in(2) ? 30 : 1'000'000'000'000));
  switch (dice.below(4)) {
    case 0:
      return R"({"$numberDecimal": ")" + sign + digits + "." + std::to_string(dice.below(1000)) +
             R"("})";
    case 1:
      return R"({"$numberDecimal": ")" + sign + digits + "E" + (dice.one_in(2) ? "-" : "") +
             std::to_string(dice.below(6000)) + R"("})";
    case 2:
      return R"({"$numberDouble": ")" + sign + digits + "e" + (dice.one_in(2) ? "-" : "") +
             std::to_string(dice.below(290)) + R"("})";
    default:
      return sign + digits;
  }
}

/// What may be an _id, as text.
std::string id_text(Dice& dice) {
  static const std::vector<std::string> rare = {R"({"$numberDouble": "NaN"})",
                                                R"({"$numberDouble": "Infinity"})",
                                                R"({"$numberDecimal": "-Infinity"})",
                                                R"({"$numberDouble": "-0.0"})",
                                                R"({"$numberLong": "-9223372036854775808"})",
                                                R"({"$numberDecimal": "1E+6111"})",
                                                R"("\u0000")",
                                                R"("a\u0000")",
                                                R"("~")",
                                                R"("\u00e9")",
                                                R"("\ud83d\ude00")",
                                                "\"" + std::string(1001, 'x') + "\"",
                                                "\"" + std::string(1000, 'x') + "\"",
                                                R"({"a": 1})",
                                                R"({"b": {"$minKey": 1}})"};
  if (dice.one_in(3)) return number_text(dice);
  if (dice.one_in(5)) return dice.one_of(rare);
  const std::string& one = dice.one_of(scalars());
  const bool may_be = one.find("$regular") == one.npos && one.find("$undefined") == one.npos;
  return may_be ? one : number_text(dice);
}

std::string comparison(Dice& dice) {
  const std::vector<std::string> words = {"$gt", "$gte", "$lt", "$lte"};
  const std::string one = "\"" + dice.one_of(words) + "\": " + id_text(dice);
  switch (dice.below(6)) {
    case 0:
      return R"({"$gte": )" + id_text(dice) + R"(, "$lt": )" + id_text(dice) + "}";
    case 1:
      return R"({"$in": [)" + id_text(dice) + ", " + id_text(dice) + "]}";
    case 2:
      return R"({"$not": {)" + one + "}}";
    default:
      return "{" + one + "}";
  }
}

std::string filter_of_ids(Dice& dice) {
  const std::string one = R"({"_id": )" + comparison(dice) + "}";
  switch (dice.below(6)) {
    case 0:
      return R"({"$or": [)" + one + R"(, {"a": 3}]})";
    case 1:
      return R"({"$and": [)" + one + R"(, {"a": {"$lt": 4}}]})";
    case 2:
      return "{}";
    default:
      return one;
  }
}

/// Documents of random ids, in the stores and as values.
class Ids : public testing::Test {
 protected:
  Ids() {
    const std::uint64_t seed = setting("IACDB_PROPERTY_SEED", std::random_device{}());
    std::printf("IACDB_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
    dice_.emplace(seed);
  }
  void fill() {
    for (int i = 0; i < 400; ++i) {
      const std::string text =
          R"({"_id": )" + id_text(*dice_) + R"(, "a": )" + std::to_string(dice_->below(6)) + "}";
      std::vector<std::int64_t> inserted;
      for (std::size_t s = 0; s < 2; ++s) {
        const Document reply = stores_.all()[s].second.run(
            stores_.command("insert", R"(, "documents": [)" + text + "]"));
        inserted.push_back(*reply.integer("n"));
      }
      ASSERT_EQ(inserted[0], inserted[1]) << text;
      if (inserted[0] == 1) documents_.emplace_back(parse_json(text));
    }
  }
  /// By another program, with an id that it made up.
  void fill_by_sql() {
    Database databases[] = {open(stores_.sqlite_url()), open(postgres_url())};
    for (Database& db : databases) {
      const bool postgres = db.can().backend == "postgres";
      const std::string table = postgres ? "documents.\"" + stores_.name() + "\""
                                         : "\"documents." + stores_.name() + "\"";
      for (const char* last : {"1", "2", "3"}) {
        const std::string id = *last == '1' ? "x" : *last == '2' ? "~" : "\u00e9";
        db.exec("insert into " + table + "(id, doc) values (?, '" + document_of(last) + "')", id);
      }
    }
    for (const char* last : {"1", "2", "3"}) documents_.emplace_back(parse_json(document_of(last)));
  }
  static std::string document_of(const char* last) {
    return R"({"_id": {"$oid": "65a5f1c2d3e4f5a6b7c8d9f)" + std::string(last) + "\"}}";
  }
  void compare(const std::string& filter, const std::string& rest,
               const std::vector<Value>& expected) {
    for (std::size_t s = 0; s < 2; ++s) {
      auto& [name, store] = stores_.all()[s];
      const Document reply = store.run(
          stores_.command("find", R"(, "filter": )" + filter + rest + R"(, "batchSize": 100000)"));
      const Value found = decode(reply.bytes()).get("cursor").object().get("firstBatch");
      ASSERT_EQ(found.array().size(), expected.size()) << name << ": " << filter << rest;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(print_json(found.array()[i], JsonForm::canonical),
                  print_json(expected[i], JsonForm::canonical))
            << name << ": " << filter << rest << " at " << i;
      }
    }
  }
  void play(std::uint64_t rounds) {
    const Environment environment;
    for (std::uint64_t i = 0; i < rounds && !HasFatalFailure(); ++i) {
      const std::string text = filter_of_ids(*dice_);
      const FilterPtr filter = parse_filter(parse_json(text));
      std::vector<Value> expected;
      for (const Value& d : documents_) {
        if (matches(*filter, d, {.environment = &environment})) expected.push_back(d);
      }
      const std::string order =
          dice_->one_of<std::string>({R"({"_id": 1})", R"({"_id": -1})", R"({"_id": 1, "a": 1})",
                                      R"({"a": 1, "_id": -1})", "{}"});
      if (order != "{}") sort_documents(parse_sort(parse_json(order)), expected, nullptr);
      const std::size_t skip = dice_->one_in(3) ? dice_->below(20) : 0;
      const std::size_t limit = dice_->one_in(2) ? 1 + dice_->below(30) : 0;
      expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(
                                                              std::min(skip, expected.size())));
      if (limit > 0 && expected.size() > limit) expected.resize(limit);
      compare(text,
              R"(, "sort": )" + order + R"(, "skip": )" + std::to_string(skip) + R"(, "limit": )" +
                  std::to_string(limit),
              expected);
    }
  }

  Stores stores_{"ids"};
  std::optional<Dice> dice_;
  std::vector<Value> documents_;
};

TEST_F(Ids, of_all_types_are_in_their_order) {
  fill();
  fill_by_sql();
  play(setting("IACDB_PROPERTY_ROUNDS", 300));
}

/// Collections of an earlier version have other ids.
TEST_F(Ids, of_older_collections_are_found_as_they_were) {
  stores_.write("create", "");
  Database sqlite = open(stores_.sqlite_url());
  Database postgres = open(postgres_url());
  EXPECT_EQ(sqlite
                .exec("update \"documents.$collections\" set options = '{}' where name = ?",
                      stores_.name())
                .rows_affected,
            1);
  EXPECT_EQ(postgres
                .exec("update documents.\"$collections\" set options = '{}' where name = ?",
                      stores_.name())
                .rows_affected,
            1);
  fill();
  EXPECT_EQ(sqlite.one<std::int64_t>("select count(*) from \"documents." + stores_.name() +
                                     "\" where id >= '~'"),
            0);
  play(setting("IACDB_PROPERTY_ROUNDS", 300) / 3);
  for (const Value& d : documents_) {
    const std::string id = print_json(d.object().get("_id"), JsonForm::canonical);
    compare(R"({"_id": )" + id + "}", "", {d});
  }
}

TEST_F(Ids, page_by_their_index) {
  std::string batch;
  for (int i = 0; i < 20000; ++i) {
    batch += (batch.empty() ? "" : ", ") + (R"({"_id": )" + std::to_string(i * 7919 % 20000)) +
             R"(, "a": )" + std::to_string(i % 5) + "}";
    if (i % 1000 != 999) continue;
    stores_.write("insert", R"(, "documents": [)" + batch + "]");
    batch.clear();
  }
  open(postgres_url()).exec("analyze documents.\"" + stores_.name() + "\"");
  for (const char* const rest :
       {R"("sort": {"_id": 1}, "limit": 20)", R"("sort": {"_id": -1}, "limit": 20, "skip": 5)",
        R"("filter": {"_id": {"$gt": 15000}}, "sort": {"_id": 1}, "limit": 20)",
        R"("filter": {"_id": {"$lt": 15000}}, "sort": {"_id": -1}, "limit": 20)",
        R"("filter": {"_id": {"$gte": 100, "$lt": 120}})",
        R"("filter": {"_id": {"$gt": 19990}, "a": {"$ne": 1}})"}) {
    for (std::size_t s = 0; s < 2; ++s) {
      auto& [name, store] = stores_.all()[s];
      const Document reply =
          store.run(Document::from_json(R"({"explain": {"find": ")" + stores_.name() + "\", " +
                                        rest + R"(}, "verbosity": "executionStats"})"));
      const std::string plan = *reply.text("queryPlanner.winningPlan.plan");
      EXPECT_EQ(reply.text("queryPlanner.winningPlan.indexName"), "_id_") << rest << "\n" << plan;
      EXPECT_TRUE(*reply.boolean("queryPlanner.winningPlan.sortedBySql")) << rest << "\n" << plan;
      const std::string whole = s == 0 ? "SCAN documents." + stores_.name() + "\n" : "Seq Scan";
      EXPECT_EQ(plan.find(whole), std::string::npos) << name << ": " << rest << "\n" << plan;
      EXPECT_LT(reply.integer("executionStats.totalDocsExamined").value_or(0), 300) << plan;
    }
  }
}

}  // namespace
}  // namespace iacdb::doc
