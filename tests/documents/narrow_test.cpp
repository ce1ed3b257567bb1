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

namespace iacdb::doc {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string postgres_url(std::string_view option = {}) {
  std::istringstream urls(std::getenv("IACDB_TEST_URLS"));
  for (std::string url; urls >> url;) {
    if (!url.starts_with("postgres")) continue;
    if (option.empty()) return url;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + std::string(option);
  }
  throw std::runtime_error("IACDB_TEST_URLS names no PostgreSQL; run scripts/test");
}

/// A SQLite file and PostgreSQL collections that go with the test.
class Stores {
 public:
  explicit Stores(const std::string& name)
      : name_(name + "_" + std::to_string(::getpid())),
        file_(std::filesystem::temp_directory_path() / ("iacdb-" + name_ + ".db")) {
    stores_.emplace_back("SQLite", open_documents("sqlite:" + file_.string()));
    stores_.emplace_back("PostgreSQL", open_documents(postgres_url()));
    // The planner prefers a scan of so few rows: make it take the indexes, too.
    stores_.emplace_back("PostgreSQL by index",
                         open_documents(postgres_url("options=-c%20enable_seqscan%3Doff")));
  }
  ~Stores() {
    stores_[1].second.reply_to(command("drop"));
    stores_.clear();
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(file_.string() + suffix);
    }
  }
  Document command(const std::string& verb, const std::string& more = {}) const {
    return Document::from_json("{\"" + verb + "\": \"" + name_ + "\"" + more + "}");
  }
  /// Those that hold data of their own.
  std::int64_t write(const std::string& verb, const std::string& more) {
    std::int64_t n = 0;
    for (std::size_t i = 0; i < 2; ++i) {
      n += stores_[i].second.run(command(verb, more)).integer("n").value_or(0);
    }
    return n;
  }
  const std::string& name() const { return name_; }
  auto& all() { return stores_; }

 private:
  std::string name_;
  std::filesystem::path file_;
  std::vector<std::pair<std::string, DocumentStore>> stores_;
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// Values as JSON text: of every type, equal ones of several types among them.
const std::vector<std::string>& scalars() {
  static const std::vector<std::string> list = {
      "0",
      "1",
      "2",
      "-1",
      "5",
      "18",
      "50",
      "2147483648",
      R"({"$numberLong": "5"})",
      R"({"$numberLong": "9007199254740993"})",
      R"({"$numberLong": "9223372036854775807"})",
      "0.1",
      "1.5",
      "-2.5",
      R"({"$numberDouble": "5.0"})",
      R"({"$numberDouble": "-0.0"})",
      R"({"$numberDouble": "NaN"})",
      R"({"$numberDouble": "Infinity"})",
      R"({"$numberDouble": "-Infinity"})",
      R"({"$numberDouble": "9007199254740992"})",
      R"({"$numberDouble": "1e23"})",
      R"({"$numberDouble": "1e300"})",
      R"({"$numberDouble": "5e-324"})",
      R"({"$numberDecimal": "0.1"})",
      R"({"$numberDecimal": "5"})",
      R"({"$numberDecimal": "5.00"})",
      R"({"$numberDecimal": "5E+1"})",
      R"({"$numberDecimal": "0E+3"})",
      R"({"$numberDecimal": "-0"})",
      R"({"$numberDecimal": "NaN"})",
      R"({"$numberDecimal": "Infinity"})",
      R"({"$numberDecimal": "1E+23"})",
      R"({"$numberDecimal": "99999999999999991611392"})",
      R"({"$numberDecimal": "0.1000000000000000055511151231257827"})",
      R"({"$numberDecimal": "9007199254740993"})",
      R"({"$numberDecimal": "1E-80"})",
      R"("")",
      R"("x")",
      R"("y")",
      R"("vip")",
      R"("[x")",
      R"("{\"$decimal\":")",
      R"("5")",
      R"("a\u0000b")",
      R"({"$symbol": "x"})",
      "true",
      "false",
      "null",
      R"({"$date": {"$numberLong": "0"}})",
      R"({"$date": {"$numberLong": "1577836800000"}})",
      R"({"$date": {"$numberLong": "-5"}})",
      R"({"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"})",
      R"({"$oid": "65a5f1c2d3e4f5a6b7c8d9e1"})",
      R"({"$binary": {"base64": "AQI=", "subType": "00"}})",
      R"({"$binary": {"base64": "AQI=", "subType": "05"}})",
      R"({"$timestamp": {"t": 1, "i": 2}})",
      R"({"$regularExpression": {"pattern": "x", "options": ""}})",
      R"({"$minKey": 1})",
      R"({"$maxKey": 1})",
      R"({"$undefined": true})",
      R"({"$code": "x"})"};
  return list;
}

std::string value(Dice& dice, int depth);

std::string object(Dice& dice, int depth) {
  std::string out = "{";
  const std::size_t n = dice.below(4);
  const std::vector<std::string> names = {"a", "b", "c", "0"};
  std::set<std::string> used;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string& name = dice.one_of(names);
    // A name that repeats is rare, and possible.
    if (!used.insert(name).second && !dice.one_in(4)) continue;
    if (out.size() > 1) out += ", ";
    out += "\"" + name + "\": " + value(dice, depth + 1);
  }
  return out + "}";
}

std::string array(Dice& dice, int depth) {
  std::string out = "[";
  const std::size_t n = dice.below(4);
  for (std::size_t i = 0; i < n; ++i) out += (i > 0 ? ", " : "") + value(dice, depth + 1);
  return out + "]";
}

std::string value(Dice& dice, int depth) {
  if (depth < 3 && dice.one_in(4)) return array(dice, depth);
  if (depth < 3 && dice.one_in(3)) return object(dice, depth);
  return dice.one_of(scalars());
}

std::string operator_on(Dice& dice, int depth) {
  const std::vector<std::string> comparisons = {"$eq", "$gt", "$gte", "$lt", "$lte", "$ne"};
  const auto list = [&] {
    std::string out = "[";
    for (std::size_t i = 0, n = dice.below(4); i < n; ++i) {
      out += (i > 0 ? ", " : "") + value(dice, 2);
    }
    return out + "]";
  };
  switch (dice.below(12)) {
    case 0:
      return R"({"$in": )" + list() + "}";
    case 1:
      return R"({"$nin": )" + list() + "}";
    case 2:
      return dice.one_in(2) ? R"({"$exists": true})" : R"({"$exists": false})";
    case 3:
      return R"({"$type": ")" + dice.one_of<std::string>({"number", "string", "array", "null"}) +
             "\"}";
    case 4:
      return R"({"$size": )" + std::to_string(dice.below(3)) + "}";
    case 5:
      return R"({"$all": )" + list() + "}";
    case 6:
      if (depth < 2) return R"({"$not": )" + operator_on(dice, depth + 1) + "}";
      return R"({"$exists": true})";
    case 7:
      if (depth < 2) return R"({"$elemMatch": )" + operator_on(dice, depth + 1) + "}";
      return R"({"$mod": [5, 0]})";
    case 8: {
      const std::string low = dice.one_of(scalars());
      return R"({"$gte": )" + low + R"(, "$lt": )" + dice.one_of(scalars()) + "}";
    }
    default:
      return "{\"" + dice.one_of(comparisons) + "\": " + value(dice, 2) + "}";
  }
}

std::string filter_text(Dice& dice, int depth) {
  const std::vector<std::string> paths = {"a",     "b",   "c",     "a.a", "a.b",
                                          "b.a.b", "a.0", "a.0.b", "_id"};
  if (depth < 2 && dice.one_in(4)) {
    const std::string word = dice.one_of<std::string>({"$and", "$or", "$nor"});
    std::string out = "{\"" + word + "\": [" + filter_text(dice, depth + 1);
    for (std::size_t i = 0, n = dice.below(3); i < n; ++i)
      out += ", " + filter_text(dice, depth + 1);
    return out + "]}";
  }
  if (depth < 2 && dice.one_in(8)) {
    return R"({"a": {"$elemMatch": )" + filter_text(dice, depth + 1) + "}}";
  }
  const std::string& path = dice.one_of(paths);
  if (path == "_id") return R"({"_id": )" + std::to_string(dice.below(1000)) + "}";
  if (dice.one_in(3)) return "{\"" + path + "\": " + value(dice, 2) + "}";
  return "{\"" + path + "\": " + operator_on(dice, 0) + "}";
}

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
