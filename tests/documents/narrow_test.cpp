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
    for (std::size_t k = 0; k < documents.size(); ++k) {
      if (documents[k].missing()) continue;
      if (matches(*filter, documents[k], {.environment = &environment})) {
        expected.insert(static_cast<std::int64_t>(k));
      }
    }
    for (const std::size_t which : {std::size_t{0}, std::size_t{1 + i % 2}}) {
      auto& [name, store] = stores.all()[which];
      EXPECT_EQ(difference(ids_of(store, stores.name(), text), expected, documents), "")
          << name << ": " << text;
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(checked, filters_count / 2);
}

/// The index that explain says is used.
std::string index_of_plan(DocumentStore& store, const std::string& collection,
                          const std::string& filter) {
  const Document reply =
      store.run(Document::from_json(R"({"explain": {"find": ")" + collection + R"(", "filter": )" +
                                    filter + R"(}, "verbosity": "queryPlanner"})"));
  return reply.text("queryPlanner.winningPlan.indexName").value_or("no index");
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
  EXPECT_EQ(index_of_plan(postgres, stores.name(),
                          R"({"at": {"$gte": {"$date": {"$numberLong": "19990000"}}}})"),
            "at");
}

}  // namespace
}  // namespace iacdb::doc
