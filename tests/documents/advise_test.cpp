// The index adviser on workloads whose right answer is known, on SQLite, PostgreSQL and MongoDB.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iacdb/documents.hpp>
#include <thread>

namespace iacdb {
namespace {

constexpr int documents_count = 2000;
const std::string name = "advise_people";

std::string url_from(const char* variable, std::string_view scheme) {
  const char* const all = std::getenv(variable);
  const std::string text = all == nullptr ? "" : all;
  const std::size_t at = text.find(scheme);
  return at == std::string::npos ? "" : text.substr(at, text.find(' ', at) - at);
}

struct Store {
  std::string label;
  bool sqlite = false;
  bool proves = false;
  std::string url;
};

void PrintTo(const Store& store, std::ostream* out) {
  *out << store.label;
}

std::vector<Store> stores() {
  return {{"sqlite", true, true, "sqlite::memory:"},
          {"postgres", false, true, url_from("IACDB_TEST_URLS", "postgres://")},
          {"mongo_java", false, false, url_from("IACDB_TEST_MONGO_JAVA_URL", "mongodb://")}};
}

class Advise : public testing::TestWithParam<Store> {
 protected:
  void SetUp() override {
    ASSERT_NE(GetParam().url, "") << "needs the test servers, see scripts/servers";
    std::string url = GetParam().url;
    if (!GetParam().proves) url += "/advise_test";
    store_.emplace(open_documents(url));
    drop();
    std::vector<Document> documents;
    for (int i = 0; i < documents_count; ++i) {
      const std::string n = std::to_string(i);
      documents.push_back(Document::from_json(
          R"({"_id": )" + n + R"(, "name": "n)" + n + R"(", "team": "t)" + std::to_string(i % 20) +
          R"(", "born": )" + std::to_string(i / 20) + R"(, "state": ")" +
          (i % 2 == 0 ? "on" : "off") + R"(", "tags": ["g)" + std::to_string(i % 50) +
          R"(", "x"], "home": {"city": "c)" + std::to_string(i % 200) + R"("}})"));
    }
    people().insert_many(documents);
  }
  void TearDown() override {
    if (store_) drop();
  }

  void drop() { store_->reply_to(Document::from_json("{\"drop\": \"" + name + "\"}")); }
  Collection people() { return store_->collection(name); }
  /// A line of a workload.
  void ask(const std::string& command, int count) {
    workload_.push_back(Document::from_json(R"({"command": )" + command + R"(, "count": )" +
                                            std::to_string(count) + "}"));
  }
  void ask_find(const std::string& rest, int count) {
    ask(R"({"find": ")" + name + R"(", )" + rest + "}", count);
  }
  IndexAdvice advice(bool prove = false) {
    return store_->advise({.workload = workload_, .collections = {name}, .prove = prove});
  }
  static std::vector<std::string> keys(const IndexAdvice& advice) {
    std::vector<std::string> out;
    for (const IndexProposal& p : advice.proposals) out.push_back(p.key.to_json());
    std::sort(out.begin(), out.end());
    return out;
  }

  std::optional<DocumentStore> store_;
  std::vector<Document> workload_;
};

using Keys = std::vector<std::string>;

TEST_P(Advise, OneCompoundIndexServesTheShapesThatItBeginsWith) {
  ask_find(R"("filter": {"team": "t3", "born": {"$gte": 50}}, "sort": {"born": -1}, "limit": 5)",
           30);
  ask_find(R"("filter": {"team": "t4"})", 10);
  const IndexAdvice found = advice();
  EXPECT_EQ(found.statements, 40);
  ASSERT_EQ(keys(found), Keys{R"({"team":1,"born":1})"});
  const IndexProposal& proposal = found.proposals[0];
  EXPECT_EQ(proposal.name, "team_1_born_1");
  EXPECT_GT(proposal.gain, 0.9);
  ASSERT_EQ(proposal.serves.size(), 2U);
  const ServedShape& first = proposal.serves[0];
  EXPECT_EQ(first.shape,
            "find " + name + R"( {"team":?,"born":{"$gte":?}} sort {"born":-1} limit ?)");
  EXPECT_EQ(first.statements, 30);
  EXPECT_EQ(first.scanned_now, documents_count);
  EXPECT_EQ(first.scanned_then, 5);
  EXPECT_EQ(first.returned, 5);
  EXPECT_EQ(proposal.serves[1].scanned_then, documents_count / 20);
  EXPECT_TRUE(found.unserved.empty());
  EXPECT_TRUE(found.notes.empty()) << found.notes[0];
}

TEST_P(Advise, EqualityStandsBeforeOrderAndOrderBeforeRange) {
  ask_find(R"("filter": {"born": {"$gte": 10}, "state": "on"}, "sort": {"name": 1}, "limit": 20)",
           10);
  const IndexAdvice found = advice();
  // Where entries are not filtered by, a field behind the order is of no use.
  const std::string last = GetParam().sqlite ? "" : R"(,"born":1)";
  if (keys(found) != Keys{R"({"state":1,"name":1})"}) {
    EXPECT_EQ(keys(found), Keys{R"({"state":1,"name":1)" + last + "}"});
  }
}

TEST_P(Advise, ProposesNothingThatIsServed) {
  people().create_index(R"({"team": -1, "born": 1})");
  ask_find(R"("filter": {"team": "t3"}, "sort": {"born": 1}, "limit": 5)", 30);
  ask_find(R"("filter": {"team": "t3", "born": 7})", 30);
  ask_find(R"("filter": {"_id": 5})", 30);
  ask_find(R"("filter": {"_id": {"$in": [5, 6]}})", 30);
  ask_find(R"("filter": {})", 30);
  EXPECT_EQ(keys(advice()), Keys{});
}

TEST_P(Advise, LeavesOutFieldsThatSpareNothing) {
  ask_find(R"("filter": {"name": "n7", "state": "on", "team": "t7"})", 10);
  EXPECT_EQ(keys(advice()), Keys{R"({"name":1})"});
}

TEST_P(Advise, AnOrWantsAnIndexForEachBranch) {
  ask_find(R"("filter": {"$or": [{"name": "n5"}, {"home.city": "c7"}]})", 10);
  const Keys both{R"({"home.city":1})", R"({"name":1})"};
  EXPECT_EQ(keys(advice()), both);
  people().create_index(R"({"name": 1})");
  EXPECT_EQ(keys(advice()), Keys{R"({"home.city":1})"});
}

TEST_P(Advise, LookupsWantAnIndexOnTheForeignField) {
  ask(R"({"aggregate": ")" + name + R"(", "cursor": {}, "pipeline": [{"$match": {"_id": 5}},
      {"$lookup": {"from": ")" +
          name + R"(", "localField": "name", "foreignField": "name",
                   "as": "same"}}]})",
      20);
  const IndexAdvice found = advice();
  EXPECT_EQ(keys(found), Keys{R"({"name":1})"});
  EXPECT_EQ(found.statements, 20);
}

TEST_P(Advise, CountsWritesAgainstAnIndex) {
  ask_find(R"("filter": {"home.city": "c7"})", 10);
  ask(R"({"update": ")" + name + R"(", "updates": [{"q": {"_id": 1}, "u": {"$set": {"home.city":
      "c1"}}}]})",
      20);
  const IndexAdvice found = advice();
  ASSERT_EQ(keys(found), Keys{R"({"home.city":1})"});
  EXPECT_EQ(found.proposals[0].writes, 20);
  EXPECT_EQ(found.proposals[0].writes_kept, 20);
  // In SQL every write of a document makes its entries anew.
  ask(R"({"update": ")" + name + R"(", "updates": [{"q": {"_id": 1}, "u": {"$set": {"z": 1}}}]})",
      30);
  EXPECT_EQ(advice().proposals[0].writes, 50);
  EXPECT_EQ(advice().proposals[0].writes_kept, GetParam().proves ? 50 : 20);
  ask(R"({"insert": ")" + name + R"(", "documents": [{"a": 1}]})", 100'000);
  EXPECT_EQ(keys(advice()), Keys{});
}

TEST_P(Advise, FindsArraysWhereTheStoreDoes) {
  ask_find(R"("filter": {"tags": "g7"})", 10);
  const IndexAdvice found = advice();
  if (!GetParam().sqlite) {
    EXPECT_EQ(keys(found), Keys{R"({"tags":1})"});
    EXPECT_EQ(found.proposals[0].serves[0].scanned_then, documents_count / 50);
    return;
  }
  EXPECT_EQ(keys(found), Keys{});
  ASSERT_EQ(found.unserved.size(), 1U);
  EXPECT_NE(found.unserved[0].reason.find("arrays at tags"), std::string::npos);
}

TEST_P(Advise, SaysWhatNoIndexHelps) {
  ask_find(R"("filter": {"name": {"$regex": "99$"}})", 10);
  ask(R"({"find": ")" + name + R"(", "filter": {"$nope": 1}})", 1);
  const IndexAdvice found = advice();
  EXPECT_EQ(keys(found), Keys{});
  ASSERT_EQ(found.unserved.size(), 1U);
  EXPECT_EQ(found.unserved[0].scanned, documents_count);
  EXPECT_NE(found.unserved[0].reason.find("name: $regex"), std::string::npos);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_NE(found.notes[0].find("$nope"), std::string::npos);
}

TEST_P(Advise, FindsRedundantIndexesButNoneThatEnforceSomething) {
  people().create_index(R"({"team": 1})");
  people().create_index(R"({"team": -1, "born": -1})");
  people().create_index(R"({"born": 1})", {.expire_after_seconds = 1'000'000'000});
  people().create_index(R"({"born": 1, "name": 1})");
  people().create_index(R"({"name": 1})", {.unique = true});
  people().create_index(R"({"name": 1, "state": 1})");
  people().create_index(R"({"home.city": 1})", {.sparse = true});
  people().create_index(R"({"home.city": 1, "state": 1})");
  std::vector<std::string> redundant;
  for (const IndexFinding& one : advice().findings) {
    if (one.kind == IndexFinding::redundant) {
      redundant.push_back(one.index + " by " + one.covered_by);
    } else {
      EXPECT_NE(one.index, "name_1");
      EXPECT_NE(one.index, "born_1");
    }
  }
  EXPECT_EQ(redundant, Keys{"team_1 by team_-1_born_-1"});
}

TEST_P(Advise, FindsIndexesThatNobodyUses) {
  if (!GetParam().proves) return;  // The server here neither counts uses nor shows plans.
  people().create_index(R"({"name": 1})");
  people().create_index(R"({"home.city": 1})");
  const auto unused = [&] {
    Keys out;
    for (const IndexFinding& one : advice().findings) {
      if (one.kind == IndexFinding::unused) out.push_back(one.index);
    }
    return out;
  };
  const Keys both{"name_1", "home.city_1"};
  // SQLite counts nothing: without a workload nothing is known.
  EXPECT_EQ(unused(), GetParam().sqlite ? Keys{} : both);
  ask_find(R"("filter": {"name": "n5"})", 5);
  if (!GetParam().sqlite) {
    for (int i = 0; i < 100; ++i) people().find("{\"name\": \"n5\"}").all();
    // Counts arrive when a connection has been idle for a moment.
    for (int i = 0; i < 100 && unused() == both; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      people().find("{\"name\": \"n6\"}").all();
    }
  }
  EXPECT_EQ(unused(), Keys{"home.city_1"});
}

TEST_P(Advise, ProvesByIndexesThatAreGoneAfterwards) {
  ask_find(R"("filter": {"team": "t3"}, "sort": {"born": 1}, "limit": 5)", 30);
  if (!GetParam().proves) {
    EXPECT_THROW(advice(true), UnsupportedError);
    return;
  }
  const IndexAdvice found = advice(true);
  ASSERT_EQ(keys(found), Keys{R"({"team":1,"born":1})"});
  EXPECT_GT(found.proposals[0].build_time->count(), 0);
  ASSERT_TRUE(found.proposals[0].serves[0].proof.has_value());
  const PlanProof& proof = *found.proposals[0].serves[0].proof;
  EXPECT_EQ(proof.index_before, "");
  EXPECT_EQ(proof.index_after, "team_1_born_1");
  EXPECT_NE(proof.plan_before, proof.plan_after);
  if (!GetParam().sqlite) {
    EXPECT_GT(*proof.cost_before, *proof.cost_after);
    EXPECT_GE(*proof.scanned_before, documents_count);
    EXPECT_LE(*proof.scanned_after, documents_count / 10);
    EXPECT_GT(*found.proposals[0].bytes, 0);
  }
  EXPECT_EQ(people().indexes().size(), 1U);
  EXPECT_EQ(people().count(), documents_count);
  people().create_index(R"({"team": 1, "born": 1})");  // Nothing of it is left.
}

TEST_P(Advise, RecordsWhatTheProcessAsks) {
  people().find_one(R"({"name": "n5"})");
  EXPECT_TRUE(store_->recorded_queries().empty());
  store_->record_queries();
  for (int i = 0; i < 7; ++i) people().find(field("name") == "n" + std::to_string(i)).all();
  people().update_one(R"({"name": "n5"})", R"({"$set": {"state": "on"}})");
  people().find_one(R"({"_id": 5})");
  EXPECT_THROW(people().find(R"({"$nope": 1})").all(), DocumentError);
  DocumentStore copy = *store_;
  copy.record_queries(false);
  people().find_one(R"({"born": 5})");
  const IndexAdvice found = store_->advise({.collections = {name}});
  EXPECT_EQ(found.statements, 9);
  ASSERT_EQ(keys(found), Keys{R"({"name":1})"});
  EXPECT_EQ(found.proposals[0].serves.size(), 2U);
  EXPECT_GT(found.proposals[0].serves[0].milliseconds, 0);
  workload_ = store_->recorded_queries();  // In another process.
  DocumentStore other = open_documents("sqlite::memory:");
  EXPECT_EQ(other.advise({.workload = workload_}).notes,
            Keys{name + ": there is no such collection"});
}

TEST_P(Advise, LooksAtASampleOfManyDocuments) {
  ask_find(R"("filter": {"name": "n5"})", 10);
  const IndexAdvice found = store_->advise(
      {.workload = workload_, .collections = {name}, .documents_max = documents_count / 4});
  ASSERT_EQ(keys(found), Keys{R"({"name":1})"});
  EXPECT_EQ(found.proposals[0].serves[0].scanned_now, documents_count);
  EXPECT_LE(found.proposals[0].serves[0].scanned_then, 40);  // Of a sample.
}

TEST_P(Advise, RefusesLinesThatAreNone) {
  workload_ = {Document::from_json(R"({"command": {"find": "p"}, "times": 5})")};
  EXPECT_THROW(advice(), DataError);
  workload_ = {Document::from_json(R"({"command": {"find": "p"}, "count": 0})")};
  EXPECT_THROW(advice(), DataError);
}

TEST_P(Advise, IsADocument) {
  ask_find(R"("filter": {"name": "n5"})", 10);
  const Document found = advice().to_document();
  const auto proposals = found.documents("proposals");
  ASSERT_EQ(proposals->size(), 1U);
  EXPECT_EQ(proposals->at(0).document("key")->to_json(), R"({"name":1})");
  EXPECT_EQ(proposals->at(0).documents("serves")->at(0).number("scannedThen"), 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, Advise, testing::ValuesIn(stores()),
                         [](const auto& one) { return one.param.label; });

}  // namespace
}  // namespace iacdb
