// What SQL narrows must not lose a document: random filters over random documents, the stores
// against the evaluator; and the plans that the databases make of it.
//
// IACDB_PROPERTY_FILTERS and _DOCUMENTS set other sizes than 1,000, IACDB_PROPERTY_SEED repeats a
// run; the seed is printed.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iacdb/documents.hpp>
#include <iacdb/iacdb.hpp>
#include <random>
#include <set>

#include "documents/bson/codec.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/filter/filter.hpp"
#include "documents/pipeline/projection.hpp"
#include "documents/pipeline/sort.hpp"
#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

std::set<std::int64_t> ids_of(DocumentStore& store, const std::string& collection,
                              const std::string& filter) {
  std::set<std::int64_t> out;
  Collection documents = store.collection(collection);
  for (const Document& found : documents.find(Document::from_json(filter))) {
    out.insert(*found.integer("_id"));
  }
  return out;
}

/// The documents that one has and the other has not.
std::string difference(const std::set<std::int64_t>& found, const std::set<std::int64_t>& expected,
                       const std::vector<Value>& documents) {
  std::string out;
  for (const auto& [from, in, what] :
       {std::tuple(&found, &expected, "too much: "), std::tuple(&expected, &found, "missing: ")}) {
    for (const std::int64_t id : *from) {
      if (in->contains(id)) continue;
      out += what + print_json(documents[static_cast<std::size_t>(id)], JsonForm::canonical) + "\n";
    }
  }
  return out;
}

/// Whole documents, and each by its _id, are byte for byte what was inserted.
void check_bytes(Stores& stores, const std::vector<Value>& documents) {
  for (const std::size_t which : {0, 1}) {
    auto& [name, store] = stores.all()[which];
    Collection all = store.collection(stores.name());
    std::size_t next = 0;
    for (const Document& found : all.find()) {
      while (documents[next].missing()) ++next;
      EXPECT_EQ(found.bytes(), encode(documents[next].object())) << name << " " << found.to_json();
      const auto by_id = all.find_one(field("_id") == static_cast<std::int64_t>(next));
      EXPECT_EQ(by_id, found) << name;
      ++next;
    }
    while (next < documents.size() && documents[next].missing()) ++next;
    EXPECT_EQ(next, documents.size()) << name;
    EXPECT_EQ(all.find_one(field("_id") == std::int64_t{-1}), std::nullopt) << name;
  }
}

/// The same documents in random orders, cut at both ends.
void check_order(const std::string& name, DocumentStore& store, const std::string& collection,
                 const std::string& filter, std::vector<Value> expected, Dice& dice) {
  const std::string order = order_text(dice);
  const std::size_t skip = dice.one_in(3) ? dice.below(20) : 0;
  const std::size_t limit = dice.one_in(2) ? 1 + dice.below(30) : 0;
  sort_documents(parse_sort(parse_json(order)), expected, nullptr);
  std::vector<Value> cut;
  for (std::size_t i = skip; i < expected.size() && (limit == 0 || i < skip + limit); ++i) {
    cut.push_back(expected[i]);
  }
  const Document reply = store.run(
      Document::from_json(R"({"find": ")" + collection + R"(", "filter": )" + filter +
                          R"(, "sort": )" + order + R"(, "skip": )" + std::to_string(skip) +
                          R"(, "limit": )" + std::to_string(limit) + R"(, "batchSize": 100000})"));
  const Value batch = decode(reply.bytes()).get("cursor").object().get("firstBatch");
  ASSERT_EQ(batch.array().size(), cut.size()) << name << ": " << filter << " " << order;
  for (std::size_t i = 0; i < cut.size(); ++i) {
    ASSERT_EQ(print_json(batch.array()[i], JsonForm::canonical),
              print_json(cut[i], JsonForm::canonical))
        << name << ": " << filter << " " << order << " at " << i << " of " << skip << ", " << limit;
  }
}

/// In the order of insertion, cut at both ends; a single one may be any that matches.
void check_limit(const std::string& name, DocumentStore& store, const std::string& collection,
                 const std::string& filter, const std::set<std::int64_t>& expected, Dice& dice) {
  const std::size_t skip = dice.one_in(2) ? dice.below(5) : 0;
  const std::size_t limit = dice.one_in(2) ? 1 : 1 + dice.below(10);
  std::vector<std::int64_t> found;
  Collection documents = store.collection(collection);
  for (const Document& one : documents.find(
           Document::from_json(filter),
           {.skip = static_cast<std::int64_t>(skip), .limit = static_cast<std::int64_t>(limit)})) {
    found.push_back(*one.integer("_id"));
  }
  std::vector<std::int64_t> cut(expected.begin(), expected.end());
  cut.erase(cut.begin(), cut.begin() + static_cast<std::ptrdiff_t>(std::min(skip, cut.size())));
  if (cut.size() > limit) cut.resize(limit);
  if (skip == 0 && limit == 1) {
    EXPECT_EQ(found.size(), cut.size()) << name << ": " << filter;
    for (const std::int64_t id : found)
      EXPECT_TRUE(expected.contains(id)) << name << ": " << filter;
  } else {
    EXPECT_EQ(found, cut) << name << ": " << filter << " skip " << skip << " limit " << limit;
  }
}

/// Any one that matches: asked twice, for the second time may be quicker by what is known then.
void check_one(const std::string& name, DocumentStore& store, const std::string& collection,
               const std::string& filter, const std::set<std::int64_t>& expected) {
  Collection documents = store.collection(collection);
  for (const char* time : {"first", "second"}) {
    const auto found = documents.find_one(Document::from_json(filter));
    ASSERT_EQ(found.has_value(), !expected.empty()) << name << ": " << filter << " " << time;
    if (!found) continue;
    EXPECT_TRUE(expected.contains(*found->integer("_id"))) << name << ": " << filter << " " << time;
  }
}

/// What a projection shows of the documents, in the order of insertion or another.
void check_projection(const std::string& name, DocumentStore& store, const std::string& collection,
                      const std::string& filter, std::vector<Value> expected, Dice& dice) {
  const std::string fields = projection_text(dice);
  std::optional<Projection> projection;
  try {
    projection = parse_projection(parse_json(fields), ProjectionUse::find);
  } catch (const std::exception&) {
    return;  // Paths that contain each other.
  }
  const std::string order = dice.one_in(2) ? order_text(dice) : "{}";
  if (order != "{}") sort_documents(parse_sort(parse_json(order)), expected, nullptr);
  const Environment environment;
  for (Value& document : expected) {
    document = project(*projection, document, Scope::of(document, environment, nullptr));
  }
  const std::string text = R"(, "filter": )" + filter + R"(, "sort": )" + order +
                           R"(, "projection": )" + fields + R"(, "batchSize": 100000})";
  const Document reply = store.run(Document::from_json(R"({"find": ")" + collection + "\"" + text));
  const Value batch = decode(reply.bytes()).get("cursor").object().get("firstBatch");
  ASSERT_EQ(batch.array().size(), expected.size()) << name << text;
  // And by the reader of bytes.
  std::vector<Document> read;
  const auto spec = [](const std::string& json) { return Document::from_json(json); };
  for (const Document& one :
       store.collection(collection)
           .find(spec(filter), {.projection = spec(fields), .sort = spec(order)})) {
    read.push_back(one);
  }
  ASSERT_EQ(read.size(), expected.size()) << name << text;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string shown = print_json(expected[i], JsonForm::canonical);
    ASSERT_EQ(print_json(batch.array()[i], JsonForm::canonical), shown) << name << text;
    ASSERT_EQ(read[i].bytes(), encode(expected[i].object())) << name << text << shown;
  }
}

TEST(Narrow, keeps_what_the_evaluator_matches) {
  const std::uint64_t seed = setting("IACDB_PROPERTY_SEED", std::random_device{}());
  const std::uint64_t documents_count = setting("IACDB_PROPERTY_DOCUMENTS", 1000);
  const std::uint64_t filters_count = setting("IACDB_PROPERTY_FILTERS", 1000);
  std::printf("IACDB_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Dice dice(seed);
  Stores stores("property");
  stores.write("createIndexes", R"(, "indexes": [
      {"key": {"a": 1}, "name": "a"}, {"key": {"a.b": -1, "c": 1}, "name": "a_b"},
      {"key": {"b": 1, "a.a": 1}, "name": "b"}])");
  std::vector<Value> documents;
  for (std::uint64_t i = 0; i < documents_count; ++i) {
    std::string text = object(dice, 0);
    text.insert(1, R"("_id": )" + std::to_string(i) + (text.size() > 2 ? ", " : ""));
    documents.emplace_back(parse_json(text));
    // Two arrays in one compound key are refused, by both.
    const std::int64_t inserted = stores.write("insert", R"(, "documents": [)" + text + "]");
    ASSERT_EQ(inserted % 2, 0) << text;
    if (inserted == 0) documents.back() = Value();
  }
  check_bytes(stores, documents);
  const Environment environment;
  std::uint64_t checked = 0;
  for (std::uint64_t i = 0; i < filters_count; ++i) {
    const std::string text = filter_text(dice, 0);
    FilterPtr filter;
    try {
      filter = parse_filter(parse_json(text));
    } catch (const std::exception&) {
      continue;  // Not every operand is one.
    }
    ++checked;
    std::set<std::int64_t> expected;
    std::vector<Value> matching;
    for (std::size_t k = 0; k < documents.size(); ++k) {
      if (documents[k].missing()) continue;
      if (matches(*filter, documents[k], {.environment = &environment})) {
        expected.insert(static_cast<std::int64_t>(k));
        matching.push_back(documents[k]);
      }
    }
    for (const std::size_t which : {std::size_t{0}, std::size_t{1 + i % 2}}) {
      auto& [name, store] = stores.all()[which];
      EXPECT_EQ(difference(ids_of(store, stores.name(), text), expected, documents), "")
          << name << ": " << text;
      if (i % 6 > 3) check_limit(name, store, stores.name(), text, expected, dice);
      if (i % 3 == 0) check_one(name, store, stores.name(), text, expected);
      if (i % 6 < 2) check_order(name, store, stores.name(), text, matching, dice);
      if (i % 6 == 2) check_projection(name, store, stores.name(), text, matching, dice);
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(checked, filters_count / 2);
}

Document explained(DocumentStore& store, const std::string& collection, const std::string& rest) {
  return store.run(Document::from_json(R"({"explain": {"find": ")" + collection + "\", " + rest +
                                       R"(}, "verbosity": "queryPlanner"})"));
}

/// The index that explain says is used.
std::string index_of_plan(DocumentStore& store, const std::string& collection,
                          const std::string& filter) {
  return explained(store, collection, R"("filter": )" + filter)
      .text("queryPlanner.winningPlan.indexName")
      .value_or("no index");
}

TEST(Narrow, makes_plans_that_use_the_indexes) {
  Stores stores("plans");
  stores.write("createIndexes", R"(, "indexes": [
      {"key": {"n": 1}, "name": "n"}, {"key": {"name": 1}, "name": "name"},
      {"key": {"tags": 1}, "name": "tags"}, {"key": {"a.b": 1}, "name": "a_b"},
      {"key": {"at": -1}, "name": "at"}, {"key": {"u": 1}, "name": "u", "unique": true}])");
  constexpr int documents_count = 20000;
  std::string batch;
  for (int i = 0; i < documents_count; ++i) {
    const std::string n = std::to_string(i);
    batch += (batch.empty() ? "" : ", ") + (R"({"_id": )" + n) + R"(, "n": )" + n +
             R"(, "name": "name )" + n + R"(", "tags": ["t)" + n + R"(", "all"], "a": {"b": )" + n +
             R"(}, "at": {"$date": {"$numberLong": ")" + n + R"(000"}}, "u": )" + n + "}";
    if ((i + 1) % 1000 != 0) continue;
    stores.write("insert", R"(, "documents": [)" + batch + "]");
    batch.clear();
  }
  open(postgres_url()).exec("analyze documents.\"" + stores.name() + "\"");
  for (std::size_t i = 0; i < 2; ++i) {
    std::string names;
    for (const Document& index : stores.all()[i].second.collection(stores.name()).indexes()) {
      names += *index.text("name") + " ";
    }
    EXPECT_EQ(names, "_id_ n name tags a_b at u ") << stores.all()[i].first;
  }
  const std::vector<std::pair<std::string, std::string>> expected = {
      {R"({"_id": 7})", "_id_"},
      {R"({"_id": {"$in": [7, 8]}})", "_id_"},
      {R"({"n": 7})", "n"},
      {R"({"n": {"$in": [7, 8, 9.5]}})", "n"},
      {R"({"n": {"$gte": 10, "$lt": 20}})", "n"},
      {R"({"n": {"$gt": 19990}})", "n"},
      {R"({"n": {"$lt": 10}})", "n"},
      {R"({"name": "name 5"})", "name"},
      {R"({"a.b": 5})", "a_b"},
      {R"({"a.b": {"$gte": 19990}})", "a_b"},
      {R"({"u": 12})", "u"},
      {R"({"u": {"$gt": 19990}, "n": {"$mod": [7, 3]}})", "u"},
      {R"({"$and": [{"n": 5}, {"name": {"$regex": "5"}}]})", "n"},
      {R"({"$or": [{"n": 5}, {"n": {"$gt": 19995}}]})", "n"},
      {R"({"n": {"$exists": true}})", "no index"},
  };
  for (const auto& [filter, index] : expected) {
    for (std::size_t i = 0; i < 2; ++i) {
      auto& [name, store] = stores.all()[i];
      EXPECT_EQ(index_of_plan(store, stores.name(), filter), index) << name << ": " << filter;
    }
  }
  DocumentStore& postgres = stores.all()[1].second;
  EXPECT_EQ(index_of_plan(postgres, stores.name(), R"({"tags": "t7"})"), "tags");
  const std::vector<std::pair<std::string, std::string>> by_key = {
      {R"({"at": {"$gte": {"$date": {"$numberLong": "19990000"}}}})", "at"},
      {R"({"at": {"$date": {"$numberLong": "7000"}}})", "at"},
      {R"({"name": {"$gte": "name 9990"}})", "name"},
      {R"({"name": {"$gt": "name 50", "$lt": "name 501"}})", "name"},
      {R"({"name": {"$regex": "^name 199[0-9]"}})", "name"},
      {R"({"n": {"$in": [7, "x", null]}})", "n"},
      {R"({"n": null})", "n"},
      {R"({"n": true})", "n"},
      {R"({"n": {"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"}})", "n"},
  };
  for (const auto& [filter, index] : by_key) {
    EXPECT_EQ(index_of_plan(postgres, stores.name(), filter), index) << filter;
  }
}

TEST(Narrow, reads_an_index_in_its_order) {
  Stores stores("orders");
  stores.write("createIndexes", R"(, "indexes": [
      {"key": {"n": 1}, "name": "n"}, {"key": {"name": 1, "n": -1}, "name": "name_n"}])");
  std::string batch;
  for (int i = 0; i < 5000; ++i) {
    const std::string n = std::to_string(i);
    batch += (batch.empty() ? "" : ", ") + (R"({"_id": )" + n) + R"(, "n": )" + n +
             R"(, "name": "name )" + std::to_string(i % 50) + "\"}";
  }
  stores.write("insert", R"(, "documents": [)" + batch + "]");
  open(postgres_url()).exec("analyze documents.\"" + stores.name() + "\"");
  for (const std::string rest : {
           R"("sort": {"n": 1}, "limit": 5)",
           R"("sort": {"n": -1}, "limit": 5, "skip": 3)",
           R"("filter": {"n": {"$gt": 4000}}, "sort": {"n": 1}, "limit": 5)",
           R"("filter": {"name": "name 7"}, "sort": {"name": 1, "n": -1}, "limit": 5)",
       }) {
    for (std::size_t i = 0; i < 2; ++i) {
      auto& [name, store] = stores.all()[i];
      const Document reply = explained(store, stores.name(), rest);
      const std::string plan = *reply.text("queryPlanner.winningPlan.plan");
      EXPECT_TRUE(*reply.boolean("queryPlanner.winningPlan.sortedBySql")) << plan;
      EXPECT_TRUE(*reply.boolean("queryPlanner.winningPlan.limitedBySql") || i == 0) << plan;
      const std::string whole = i == 0 ? "SCAN documents." + stores.name() + "\n" : "Seq Scan";
      EXPECT_EQ(plan.find(whole), std::string::npos) << name << ": " << rest << "\n" << plan;
    }
  }
}

TEST(Narrow, reads_of_documents_what_is_asked) {
  Stores stores("fields");
  stores.write("createIndexes", R"(, "indexes": [{"key": {"b": 1}, "name": "b"}])");
  stores.write("insert", R"(, "documents": [
      {"_id": 1, "b": null, "a": 1, "it's": {"z": 1, "y": 2}, "q?\u00e9 \\": "x", "c,d": 3},
      {"_id": 2, "a": [1], "b": {"$numberDecimal": "5.0"}, "a": 2, "c,d": 4},
      {"_id": 3, "it's": 0, "c,d": "\"", "b": "large"},
      {"_id": 4, "big": ")" + std::string(5000, 'x') +
                             R"(", "b": 1, "a": {"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"}}])");
  const std::vector<std::tuple<std::string, std::string, bool>> expected = {
      {R"("projection": {"b": 1, "a": 1})",
       R"([{"_id":1,"b":null,"a":1},{"_id":2,"a":[1],"b":{"$numberDecimal":"5.0"},"a":2},)"
       R"({"_id":3,"b":"large"},{"_id":4,"b":1,"a":{"$oid":"65a5f1c2d3e4f5a6b7c8d9e0"}}])",
       true},
      {R"("projection": {"b": true, "_id": false}, "filter": {"a": 1}, "sort": {"c,d": -1})",
       R"([{"b":{"$numberDecimal":"5.0"}},{"b":null}])", false},
      {R"("projection": {"it's": 1, "q?\u00e9 \\": 1, "c,d": 1, "_id": 0}, "limit": 3)",
       R"([{"it's":{"z":1,"y":2},"q?\u00e9 \\":"x","c,d":3},{"c,d":4},{"it's":0,"c,d":"\""}])",
       true},
      {R"("projection": {"it's": 0, "q?\u00e9 \\": 0, "big": 0, "a": 0, "_id": 0})",
       R"([{"b":null,"c,d":3},{"b":{"$numberDecimal":"5.0"},"c,d":4},{"c,d":"\"","b":"large"},)"
       R"({"b":1}])",
       true},
      {R"("projection": {"it's.y": 1, "b": {"$slice": 1}}, "limit": 2, "sort": {"_id": 1})",
       R"([{"_id":1,"b":null,"it's":{"y":2}},{"_id":2,"b":{"$numberDecimal":"5.0"}}])", true},
      {R"("projection": {"n": "$a"}, "filter": {"_id": 1})", R"([{"_id":1,"n":1}])", false},
      {R"("projection": {"_id": 1}, "filter": {"$expr": {"$eq": ["$a", 1]}})", R"([{"_id":1}])",
       false},
  };
  for (std::size_t i = 0; i < 2; ++i) {
    auto& [name, store] = stores.all()[i];
    for (const auto& [rest, batch, by_sql] : expected) {
      const Document reply = store.run(stores.command("find", ", " + rest));
      const Value shown = decode(reply.bytes()).get("cursor").object().get("firstBatch");
      EXPECT_EQ(print_json(shown, JsonForm::canonical),
                print_json(parse_json_value(batch), JsonForm::canonical))
          << name << rest;
      EXPECT_EQ(
          explained(store, stores.name(), rest).boolean("queryPlanner.winningPlan.projectedBySql"),
          by_sql && i == 1)
          << name << rest;
    }
    // One document, which may be found on a quicker way the second time.
    Collection documents = store.collection(stores.name());
    for (int time = 0; time < 3; ++time) {
      for (const auto& [fields, shown] : std::vector<std::pair<const char*, const char*>>{
               {R"({"c,d": 1, "it's": 1})", R"({"_id":3,"it's":0,"c,d":"\""})"},
               {R"({"it's": 0, "b": 0})", R"({"_id":3,"c,d":"\""})"},
               {R"({"x": {"$literal": 1}})", R"({"_id":3,"x":1})"}}) {
        const FindOptions options{.projection = Document::from_json(fields)};
        for (const char* filter : {R"({"_id": 3})", R"({"b": "large"})"}) {
          const auto one = documents.find_one(Document::from_json(filter), options);
          ASSERT_TRUE(one) << name << fields;
          EXPECT_EQ(*one, Document::from_json(shown)) << name << fields << one->to_json();
        }
      }
    }
    const Document plan = store.run(Document::from_json(
        R"({"explain": {"aggregate": ")" + stores.name() +
        R"(", "pipeline": [{"$match": {"a": 1}}, {"$project": {"b": 1}}], "cursor": {}}})"));
    EXPECT_EQ(plan.boolean("queryPlanner.winningPlan.projectedBySql"), i == 1) << plan.to_json();
  }
}

}  // namespace
}  // namespace iacdb::doc
