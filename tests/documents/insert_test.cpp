// insert_many on SQL stores: documents that go to the store as the BSON they are, against those
// that go one by one.

#include <gtest/gtest.h>

#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/storage/encoding.hpp"
#include "iacdb/iacdb.hpp"
#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

std::vector<Document> all_of(iacdb::Collection docs) {
  std::vector<Document> out;
  for (const Document& d : docs.find()) out.push_back(d);
  return out;
}

std::string with_zeros(const char* json) {
  Object object = parse_json(json);
  object.add("zero", Value(std::string("a\0b", 3)));
  return encode(object);
}

/// Documents that are hard to store: types, orders of keys, names with a "$", names that repeat.
std::vector<Document> odd_documents() {
  std::vector<Document> out;
  for (const char* json : {
           R"({"_id": 1, "n": 1, "group": 2, "price": 3.5, "name": "x", "tags": ["a", "b"]})",
           R"({"_id": {"$oid": "507f1f77bcf86cd799439011"}, "a": {"z": 1, "b": {"y": 2, "a": 3}}})",
           R"({"_id": "text", "$a": 1, "$": 2, "$k": ["x"], "k": {"$numberLong": "5"}, "#": 2})",
           R"({"_id": {"$date": {"$numberLong": "7"}}, "d": {"$numberDecimal": "1.20"}})",
           R"({"_id": 2.5, "z": -0.0, "i": {"$numberDouble": "Infinity"}, "e": 1e300})",
           R"({"_id": null, "r": {"$regularExpression": {"pattern": "a\"b", "options": "xi"}}})",
           R"({"_id": true, "b": {"$binary": {"base64": "AAEC", "subType": "05"}}, "": {"": []}})",
           R"({"_id": {"$minKey": 1}, "t": {"$timestamp": {"t": 1, "i": 2}}, "u": [[], {}, null]})",
           R"({"_id": 3, "quoted \" \\ \n \u0001": "\" \\ \n \u0001 \u00e9 \ud83d\ude00"})",
           R"({"_id": 9, "z": 1, "b,c": 2, "a": {"": 1, "": 2}, "e": {"q": 1, "p": 2, "": 3}})",
           R"({"_id": 10, "z": 1, "a": {"y": {"d": 1, "c": 2}, "x,": 3, "w": 4}})",
           R"({"_id": 4, "c": {"$code": "f", "$scope": {"b": 1, "a": 2}}, "s": {"$symbol": "s"}})",
       }) {
    out.push_back(Document::from_json(json));
  }
  out.push_back(Document::trusted(with_zeros(R"({"_id": 5, "b": 1, "a": 2})")));
  Object twice{{"_id", Value(6)}, {"b", Value(1)}, {"a", Value(2)}, {"b", Value(3)}};
  out.push_back(Document::trusted(encode(twice)));
  out.push_back(Document::trusted(encode({{"_id", Value(7)}, {"in", Value(twice)}})));
  Value deep(Object{});
  for (int i = 0; i < 150; ++i) deep = Value(Object{{"b", Value(i)}, {"a", deep}});
  out.push_back(Document::trusted(encode({{"_id", Value(8)}, {"deep", deep}})));
  return out;
}

class Inserting : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    store_.emplace(open_documents(GetParam() == "sqlite" ? "sqlite::memory:" : postgres_url()));
    drop();
  }
  void TearDown() override {
    if (store_) drop();
  }
  iacdb::Collection docs() { return store_->collection(name_); }
  std::vector<std::int64_t> ids() {
    std::vector<std::int64_t> out;
    for (const Document& d : all_of(docs())) out.push_back(d.integer("_id").value_or(-1));
    return out;
  }
  /// The code of the first error, and its place.
  static std::pair<std::int64_t, std::int64_t> first_error(const InsertResult& result) {
    if (result.errors.empty()) return {0, -1};
    return {*result.errors[0].integer("code"), *result.errors[0].integer("index")};
  }

  std::optional<DocumentStore> store_;
  const std::string name_ = "insert_many_" + std::to_string(::getpid());

 private:
  void drop() {
    for (const char* suffix : {"", "_one"}) {
      store_->reply_to(Document::from_json("{\"drop\": \"" + name_ + suffix + "\"}"));
    }
  }
};

TEST_P(Inserting, KeepsEveryDocumentAsItIs) {
  const std::vector<Document> given = odd_documents();
  EXPECT_EQ(docs().insert_many(given).inserted, static_cast<std::int64_t>(given.size()));
  const std::vector<Document> found = all_of(docs());
  ASSERT_EQ(found.size(), given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    EXPECT_EQ(encode(decode(found[i].bytes())), encode(decode(given[i].bytes())))
        << found[i].to_json();
  }
}

TEST_P(Inserting, StoresWhatSingleInsertsStore) {
  const std::vector<Document> given = odd_documents();
  docs().insert_many(given);
  iacdb::Collection one = store_->collection(name_ + "_one");
  for (const Document& d : given) one.insert(d);
  if (GetParam() == "sqlite") return;  // The text is compared where it has a meaning of its own.
  Database db = iacdb::open(postgres_url());
  const std::string both = " from documents." + name_ + " a join documents." + name_ +
                           "_one b on a.id = b.id and a.doc = b.doc";
  EXPECT_EQ(db.one<std::int64_t>("select count(*)" + both),
            static_cast<std::int64_t>(given.size()));
}

TEST_P(Inserting, GivesIdsToDocumentsWithoutAndPutsThemFirst) {
  const InsertResult result = docs().insert_many(
      std::vector<Document>{R"({"a": 1})", R"({"a": 2, "_id": 7})", R"({"_id": 8, "a": 3})"});
  ASSERT_EQ(result.ids.size(), 3U);
  EXPECT_TRUE(result.ids[0].oid("_id").has_value());
  EXPECT_EQ(result.ids[1].to_json(), R"({"_id":7})");
  EXPECT_EQ(result.ids[2].to_json(), R"({"_id":8})");
  const std::vector<Document> found = all_of(docs());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].oid("_id"), result.ids[0].oid("_id"));
  EXPECT_EQ(found[1].to_json(), R"({"_id":7,"a":2})");
}

TEST_P(Inserting, SetsTimestampsOfZero) {
  docs().insert_many(std::vector<Document>{R"({"_id": 1})",
                                           R"({"_id": 2, "t": {"$timestamp": {"t": 0, "i": 0}}})"});
  EXPECT_EQ(docs().count(R"({"t": {"$timestamp": {"t": 0, "i": 0}}})"), 0);
  EXPECT_EQ(docs().count(R"({"t": {"$type": "timestamp"}})"), 1);
}

TEST_P(Inserting, TellsWhichDocumentIsADuplicate) {
  const std::vector<Document> given{R"({"_id": 1})", R"({"_id": 2})", R"({"_id": 1, "b": 1})",
                                    R"({"_id": 3})"};
  InsertOptions options{.ordered = true};
  options.keep_errors = true;
  const InsertResult ordered = docs().insert_many(given, options);
  EXPECT_EQ(ordered.inserted, 2);
  EXPECT_EQ(first_error(ordered), std::pair(std::int64_t{11000}, std::int64_t{2}));
  EXPECT_EQ(ordered.errors[0].document("keyPattern")->to_json(), R"({"_id":1})");
  EXPECT_EQ(ordered.errors[0].document("keyValue")->to_json(), R"({"_id":1})");
  EXPECT_EQ(ids(), (std::vector<std::int64_t>{1, 2}));
  options.ordered = false;
  const InsertResult unordered = docs().insert_many(given, options);
  EXPECT_EQ(unordered.inserted, 1);
  EXPECT_EQ(unordered.errors.size(), 3U);
  EXPECT_EQ(ids(), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_P(Inserting, RefusesWhatNoDocumentMayBe) {
  InsertOptions options{.ordered = true};
  options.keep_errors = true;
  Value deep(1);
  for (int i = 0; i < 185; ++i) deep = Value(Object{{"a", deep}});
  std::int64_t id = 0;
  for (const auto& [bad, code] : std::vector<std::pair<Document, std::int64_t>>{
           {R"({"_id": [1]})", 53},
           {R"({"_id": {"$undefined": true}})", 53},
           {R"({"_id": {"$a": 1}})", 52},
           {Document::trusted(encode({{"_id", Value(1000)}, {"a", deep}})), 15}}) {
    const std::vector<Document> given{Document::from_json("{\"_id\": " + std::to_string(id) + "}"),
                                      bad};
    const InsertResult result = docs().insert_many(given, options);
    EXPECT_EQ(first_error(result), std::pair(code, std::int64_t{1})) << bad.to_json();
    EXPECT_EQ(result.inserted, 1);
    ++id;
  }
}

TEST_P(Inserting, RefusesTextThatIsNoUtf8) {
  std::string bytes = encode({{"_id", Value(1)}, {"a", Value("0123456789abcdef")}});
  bytes[bytes.size() - 4] = '\xFF';
  const std::vector<Document> given{R"({"_id": 2})", Document::trusted(bytes)};
  EXPECT_ANY_THROW(docs().insert_many(given));
  EXPECT_EQ(docs().count(R"({"_id": 1})"), 0);
}

TEST_P(Inserting, HoldsToValidatorsAndIndexes) {
  store_->run(
      Document::from_json("{\"create\": \"" + name_ + R"(", "validator": {"a": {"$gt": 0}}})"));
  InsertOptions options{.ordered = true};
  options.keep_errors = true;
  const std::vector<Document> given{R"({"_id": 1, "a": 1})", R"({"_id": 2, "a": -1})"};
  EXPECT_EQ(first_error(docs().insert_many(given, options)),
            std::pair(std::int64_t{121}, std::int64_t{1}));
  docs().remove_many({});
  options.validate = false;
  EXPECT_EQ(docs().insert_many(given, options).inserted, 2);
  docs().remove_many({});
  docs().create_index(R"({"u": 1})", {.unique = true});
  const std::vector<Document> same{R"({"_id": 3, "a": 1, "u": 5})",
                                   R"({"_id": 4, "a": 1, "u": 5.0})"};
  EXPECT_EQ(first_error(docs().insert_many(same, options)),
            std::pair(std::int64_t{11000}, std::int64_t{1}));
}

TEST_P(Inserting, MakesKeysOfTheBytes) {
  store_->run(Document::from_json(
      "{\"createIndexes\": \"" + name_ +
      R"(", "indexes": [{"key": {"a.b": 1, "c": -1}, "name": "ac", "unique": true},
         {"key": {"e": 1}, "name": "e", "unique": true, "sparse": true},
         {"key": {"f": 1}, "name": "f", "unique": true, "partialFilterExpression": {"on": true}},
         {"key": {"c": 1, "g": 1}, "name": "cg"}]})"));
  std::vector<Document> given;
  for (const char* json : {R"({"_id": 1, "a": {"b": 1}, "c": "x", "f": 1, "z": "rest"})",
                           R"({"_id": 2, "a": [{"b": 2}, {"b": 3}], "c": "x", "f": 1})",
                           R"({"_id": 3, "a": {"b": 1}, "c": "y", "e": 5, "f": 1, "on": true})"}) {
    given.push_back(Document::from_json(json));
  }
  EXPECT_EQ(docs().insert_many(given).inserted, 3);
  EXPECT_EQ(all_of(docs()), given);
  const auto refused = [&](const char* json) {
    const std::vector<Document> two{Document::from_json(R"({"_id": 8, "c": 1})"),
                                    Document::from_json(json)};
    InsertOptions options{.ordered = true};
    options.keep_errors = true;
    const InsertResult result = docs().insert_many(two, options);
    docs().remove_many(R"({"_id": 8})");
    return first_error(result);
  };
  const std::pair<std::int64_t, std::int64_t> duplicate{11000, 1};
  EXPECT_EQ(refused(R"({"_id": 9, "a": {"b": 3.0}, "c": "x"})"), duplicate);
  EXPECT_EQ(refused(R"({"_id": 9, "a": {"b": 4}, "c": "x", "e": [4, 5]})"), duplicate);
  EXPECT_EQ(refused(R"({"_id": 9, "a": {"b": 5}, "f": 1, "on": true})"), duplicate);
  EXPECT_EQ(refused(R"({"_id": 9, "c": [7], "g": [2]})"),
            (std::pair<std::int64_t, std::int64_t>{171, 1}));
  EXPECT_EQ(ids(), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_P(Inserting, RefusesTwoArraysInOneKey) {
  docs().create_index(R"({"a": 1, "b": 1})");
  InsertOptions options{.ordered = true};
  options.keep_errors = true;
  const std::vector<Document> given{R"({"_id": 1, "a": 1})", R"({"_id": 2, "a": [1], "b": [2]})"};
  EXPECT_EQ(first_error(docs().insert_many(given, options)),
            std::pair(std::int64_t{171}, std::int64_t{1}));
}

TEST_P(Inserting, IsUndoneWithItsTransaction) {
  const std::vector<Document> given{R"({"_id": 1})", R"({"_id": 2})"};
  store_->create(name_);
  EXPECT_THROW(store_->transact([&](DocumentStore& within) {
    EXPECT_EQ(within.collection(name_).insert_many(given).inserted, 2);
    InsertOptions options{.ordered = true};
    options.keep_errors = true;
    EXPECT_EQ(within.collection(name_).insert_many(given, options).inserted, 0);
    EXPECT_EQ(within.collection(name_).count(), 2);
    throw std::runtime_error("enough");
  }),
               std::runtime_error);
  EXPECT_EQ(docs().count(), 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, Inserting, testing::Values("sqlite", "postgres"),
                         [](const auto& store) { return store.param; });

/// What jsonb would have to sort is sorted, and the text means the same.
TEST(BsonToStorage, SortsTheKeysOfJsonb) {
  const std::string bson =
      encode(parse_json(R"({"_id": 1, "n": 2, "bb": {"b": 1, "a": 2}, "aa": {"a": 1, "b": 2}})"));
  std::string text;
  bson_to_storage(bson, KeyOrder::listed, text);
  EXPECT_EQ(text, R"({"n":2,"$k":"_id,n,bb,aa","aa":{"a":1,"b":2},)"
                  R"("bb":{"a":2,"b":1,"$k":"b,a"},"_id":1})");
  text.clear();
  bson_to_storage(bson, KeyOrder::kept, text);
  EXPECT_EQ(text, R"({"_id":1,"n":2,"bb":{"b":1,"a":2},"aa":{"a":1,"b":2}})");
}

TEST(BsonToStorage, MeansWhatToStorageMeans) {
  for (const Document& d : odd_documents()) {
    for (const KeyOrder order : {KeyOrder::listed, KeyOrder::kept}) {
      std::string text;
      bson_to_storage(d.bytes(), order, text);
      EXPECT_EQ(encode(from_storage(text)), encode(decode(d.bytes()))) << text;
      EXPECT_EQ(encode(from_storage(text)),
                encode(from_storage(to_storage(decode(d.bytes()), order))));
    }
  }
}

TEST(BsonToStorage, RefusesBytesThatAreNoDocument) {
  const std::string bson = encode(parse_json(R"({"_id": 1, "a": [1, "x", {"b": null}]})"));
  std::string text;
  for (std::size_t size = 0; size < bson.size(); ++size) {
    EXPECT_ANY_THROW(bson_to_storage(bson.substr(0, size), KeyOrder::listed, text)) << size;
  }
}

}  // namespace
}  // namespace iacdb::doc
