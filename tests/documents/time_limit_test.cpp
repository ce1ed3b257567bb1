// maxTimeMS: a command ends by it, wherever it spends its time, and changes nothing then.

#include <gtest/gtest.h>

#include <future>
#include <iacdb/iacdb.hpp>
#include <stop_token>

#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

using namespace std::chrono_literals;

/// Far longer than any test may take.
const char* const endless = R"({"$reduce": {"input": {"$range": [0, 20000]}, "initialValue": 0,
  "in": {"$add": ["$$value", {"$size": {"$map": {"input": {"$range": [0, 50000]},
                                                 "in": "$$this"}}}]}}})";

class TimeLimits : public testing::TestWithParam<bool> {
 protected:
  TimeLimits() : stores_("time_limit"), url_(GetParam() ? postgres_url() : stores_.sqlite_url()) {
    std::string documents;
    for (int i = 1; i <= count; ++i) {
      documents += (i > 1 ? ", " : "") + (R"({"_id": )" + std::to_string(i)) + "}";
    }
    store().run(stores_.command("insert", R"(, "documents": [)" + documents + "]"));
  }
  static constexpr int count = 1500;  // More than are read ahead.
  DocumentStore& store() { return stores_.all()[GetParam() ? 1 : 0].second; }
  void expect_expired(const Document& command) {
    const Document reply = store().reply_to(command);
    EXPECT_EQ(reply.integer("code"), 50) << reply.to_json();
    EXPECT_EQ(reply.text("codeName"), "MaxTimeMSExpired");
    EXPECT_EQ(reply.text("errmsg"), "operation exceeded time limit");
  }
  std::int64_t changed() {
    return store()
        .run(stores_.command("count", R"(, "query": {"x": {"$exists": true}})"))
        .integer("n")
        .value_or(-1);
  }

  Stores stores_;
  std::string url_;
};

TEST_P(TimeLimits, end_what_is_computed_here) {
  expect_expired(stores_.command("aggregate", R"(, "pipeline": [{"$project": {"n": )" +
                                                  std::string(endless) +
                                                  R"(}}], "cursor": {}, "maxTimeMS": 50)"));
  expect_expired(stores_.command("find", R"(, "filter": {"$expr": {"$gt": [)" +
                                             std::string(endless) + R"(, 0]}}, "maxTimeMS": 50)"));
  // Documents multiply without a look at the store.
  expect_expired(stores_.command("aggregate", R"(, "pipeline": [
      {"$set": {"a": {"$range": [0, 3000]}, "b": {"$range": [0, 3000]}}}, {"$unwind": "$a"},
      {"$unwind": "$b"}, {"$count": "n"}], "cursor": {}, "maxTimeMS": 50)"));
}

TEST_P(TimeLimits, undo_what_a_write_has_changed) {
  expect_expired(stores_.command("update", R"(, "updates": [{"q": {"_id": 1},
      "u": {"$set": {"x": 1}}}, {"q": {}, "multi": true, "u": [{"$set": {"x": )" +
                                               std::string(endless) + R"(}}]}], "maxTimeMS": 50)"));
  EXPECT_EQ(changed(), 0);
}

TEST_P(TimeLimits, end_a_statement_that_waits_for_another_writer) {
  DocumentStore other = open_documents(url_);
  other.transact([&](DocumentStore& tx) {
    tx.run(stores_.command("update", R"(, "updates": [{"q": {"_id": 1},
        "u": {"$set": {"y": 1}}}])"));
    expect_expired(stores_.command("update", R"(, "updates": [{"q": {"_id": 1},
        "u": {"$set": {"x": 1}}}], "maxTimeMS": 200)"));
  });
  EXPECT_EQ(changed(), 0);
  // The connection it was sent over serves again.
  EXPECT_EQ(store().collection(stores_.name()).count(), count);
}

TEST_P(TimeLimits, undo_what_transact_has_done) {
  EXPECT_THROW(store().transact([&](DocumentStore& mine) {
    Collection all = mine.collection(stores_.name());
    all.update_one(R"({"_id": 2})", R"({"$set": {"x": 1}})");
    const Document set = Document::from_json(R"({"$set": {"x": )" + std::string(endless) + "}}");
    all.update_many({}, PipelineSpec({set}).stages(), {.max_time = 50ms});
  }),
               TimeoutError);
  EXPECT_EQ(changed(), 0);
  if (!GetParam()) return;  // A second writer of SQLite waits before it begins, not in between.
  DocumentStore other = open_documents(url_);
  other.transact([&](DocumentStore& tx) {
    tx.run(stores_.command("update", R"(, "updates": [{"q": {"_id": 1},
        "u": {"$set": {"y": 1}}}])"));
    EXPECT_THROW(store().transact([&](DocumentStore& mine) {
      mine.collection(stores_.name())
          .update_one(R"({"_id": 1})", R"({"$set": {"x": 1}})", {.max_time = 200ms});
    }),
                 TimeoutError);
  });
  EXPECT_EQ(changed(), 0);
}

TEST_P(TimeLimits, end_a_transaction_with_its_command) {
  const auto in_transaction = [&](const char* command, const std::string& rest) {
    return stores_.command(command, rest + R"(, "lsid": {"id": 7}, "autocommit": false,
        "txnNumber": {"$numberLong": "1"})");
  };
  store().run(in_transaction("update", R"(, "updates": [{"q": {"_id": 1},
      "u": {"$set": {"x": 1}}}], "startTransaction": true, "maxTimeMS": 600000)"));
  expect_expired(in_transaction("aggregate", R"(, "pipeline": [{"$project": {"n": )" +
                                                 std::string(endless) +
                                                 R"(}}], "cursor": {}, "maxTimeMS": 50)"));
  const Document reply = store().reply_to(in_transaction("find", ""));
  EXPECT_EQ(reply.text("codeName"), "NoSuchTransaction") << reply.to_json();
  EXPECT_EQ(changed(), 0);
}

TEST_P(TimeLimits, leave_alone_what_is_in_time) {
  EXPECT_EQ(store()
                .run(stores_.command("update", R"(, "updates": [{"q": {"_id": {"$lte": 3}},
      "u": {"$set": {"x": 1}}, "multi": true}], "maxTimeMS": 600000)"))
                .integer("n"),
            3);
  Collection all = store().collection(stores_.name());
  std::int64_t seen = 0;
  for (const Document& d : all.find({}, {.batch_size = 10, .max_time = 10min})) {
    seen += d.empty() ? 0 : 1;
  }
  EXPECT_EQ(seen, count);
  EXPECT_EQ(store()
                .run(stores_.command("find", R"(, "filter": {"_id": 5}, "maxTimeMS": 0)"))
                .integer("cursor.firstBatch.0._id"),
            5);
}

TEST_P(TimeLimits, are_options_of_the_library_and_its_errors) {
  Collection all = store().collection(stores_.name());
  const Document projection = Document::from_json(R"({"n": )" + std::string(endless) + "}");
  EXPECT_THROW(all.find_one({}, {.projection = projection, .max_time = 50ms}), TimeoutError);
  EXPECT_THROW(
      all.update_many(
          {},
          PipelineSpec({Document::from_json(R"({"$set": {"x": )" + std::string(endless) + "}}")})
              .stages(),
          {.max_time = 50ms}),
      TimeoutError);
}

TEST_P(TimeLimits, are_not_for_the_next_batch_of_a_cursor) {
  const Document reply = store().reply_to(Document::from_json(
      R"({"getMore": {"$numberLong": "5"}, "collection": "a", "maxTimeMS": 5})"));
  EXPECT_EQ(reply.integer("code"), 2) << reply.to_json();
}

INSTANTIATE_TEST_SUITE_P(Stores, TimeLimits, testing::Bool(), [](const auto& run) {
  return run.param ? std::string("PostgreSQL") : std::string("SQLite");
});

}  // namespace
}  // namespace iacdb::doc
