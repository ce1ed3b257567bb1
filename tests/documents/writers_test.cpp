// Writers at the same time: none takes what another one has, and nothing is lost between them.

#include <gtest/gtest.h>

#include <future>
#include <iacdb/iacdb.hpp>

#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

class Writers : public testing::TestWithParam<bool> {
 protected:
  Writers() : stores_("writers"), url_(GetParam() ? postgres_url() : stores_.sqlite_url()) {}
  DocumentStore& store() { return stores_.all()[GetParam() ? 1 : 0].second; }
  /// Documents with _id from 1 on, of which the greatest has the first place in the order.
  void fill(int count) {
    std::string documents;
    for (int i = 1; i <= count; ++i) {
      documents += (i > 1 ? ", " : "") + (R"({"_id": )" + std::to_string(i)) + R"(, "place": )" +
                   std::to_string(-i) + R"(, "state": "new"})";
    }
    store().run(stores_.command("insert", R"(, "documents": [)" + documents + "]"));
  }
  Document take() const {
    return stores_.command("findAndModify", R"(, "query": {"state": "new"}, "sort": {"place": 1},
        "update": {"$set": {"state": "taken"}, "$inc": {"times": 1}})");
  }

  Stores stores_;
  std::string url_;
};

TEST_P(Writers, take_the_first_of_a_queue_each_once) {
  constexpr int jobs = 120;
  fill(jobs);
  const auto work = [&] {
    DocumentStore own = open_documents(url_);
    std::vector<std::int64_t> taken;
    while (const auto id = own.run(take()).integer("value._id")) taken.push_back(*id);
    return taken;
  };
  std::vector<std::future<std::vector<std::int64_t>>> workers;
  for (int i = 0; i < 4; ++i) workers.push_back(std::async(std::launch::async, work));
  std::set<std::int64_t> all;
  for (auto& worker : workers) {
    const std::vector<std::int64_t> taken = worker.get();
    EXPECT_TRUE(std::is_sorted(taken.rbegin(), taken.rend()));
    all.insert(taken.begin(), taken.end());
  }
  EXPECT_EQ(all.size(), jobs);
  EXPECT_EQ(store().run(stores_.command("count", R"(, "query": {"times": 1})")).integer("n"), jobs);
}

TEST_P(Writers, wait_for_the_first_and_take_the_next_when_it_is_gone) {
  fill(3);
  DocumentStore other = open_documents(url_);
  std::future<Document> second;
  store().transact([&](DocumentStore& tx) {
    EXPECT_EQ(tx.run(take()).integer("value._id"), 3);
    second = std::async(std::launch::async, [&] { return other.run(take()); });
    EXPECT_EQ(second.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  });
  EXPECT_EQ(second.get().integer("value._id"), 2);
}

TEST_P(Writers, change_or_remove_the_one_that_comes_first) {
  fill(3);
  EXPECT_EQ(store()
                .run(stores_.command("update", R"(, "updates": [{"q": {"state": "new"},
                                    "u": {"$set": {"state": "old"}}, "sort": {"place": -1}}])"))
                .integer("nModified"),
            1);
  EXPECT_EQ(store()
                .run(stores_.command("findAndModify",
                                     R"(, "sort": {"state": 1, "place": 1}, "remove": true)"))
                .integer("value._id"),
            3);
  EXPECT_EQ(store().run(stores_.command("count", R"(, "query": {"state": "old"})")).integer("n"),
            1);
  const Document reply = store().run(Document::from_json(R"({"explain": )" + take().to_json() +
                                                         R"(, "verbosity": "queryPlanner"})"));
  EXPECT_EQ(reply.boolean("queryPlanner.winningPlan.limitedBySql"), true) << reply.to_json();
}

INSTANTIATE_TEST_SUITE_P(Stores, Writers, testing::Bool(), [](const auto& run) {
  return run.param ? std::string("PostgreSQL") : std::string("SQLite");
});

}  // namespace
}  // namespace iacdb::doc
