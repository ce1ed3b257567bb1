// What a document store tells of its commands: counts, times, errors, and events without values.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iacdb/documents.hpp>
#include <iacdb/observer.hpp>
#include <mutex>

namespace iacdb {
namespace {

const std::string name = "advise_metrics";

std::string postgres_url() {
  const char* const all = std::getenv("IACDB_TEST_URLS");
  const std::string text = all == nullptr ? "" : all;
  const std::size_t at = text.find("postgres://");
  return at == std::string::npos ? "" : text.substr(at, text.find(' ', at) - at);
}

std::string mongo_url() {
  const char* const url = std::getenv("IACDB_TEST_MONGO_JAVA_URL");
  return url == nullptr ? "" : std::string(url) + "/advise_metrics";
}

struct Told {
  std::string database;
  std::string command;
  std::string collection;
  std::string text;
  std::uint64_t documents = 0;
  std::string error{};
  std::string message{};
};

struct Listener : Observer {
  void on_query(const QueryEvent& event) override {
    const std::lock_guard lock(mutex);
    Told told{std::string(event.database), std::string(event.command),
              std::string(event.collection), event.fingerprint(), event.rows};
    if (event.error != nullptr) {
      told.error = to_string(event.error->kind());
      told.message = event.error->what();
    }
    EXPECT_GT(event.duration.count(), 0);
    (told.command.empty() ? statements : commands).push_back(std::move(told));
  }
  std::mutex mutex;
  std::vector<Told> commands;
  std::vector<Told> statements;  ///< Of SQL.
};

class DocumentTelling : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string url = GetParam() == "sqlite"     ? "sqlite::memory:"
                            : GetParam() == "postgres" ? postgres_url()
                                                       : mongo_url();
    ASSERT_NE(url, "") << "needs the test servers, see scripts/servers";
    store_.emplace(open_documents(url, {.name = "told", .observer = listener_}));
    store_->reply_to(Document::from_json("{\"drop\": \"" + name + "\"}"));
    listener_->commands.clear();
    listener_->statements.clear();
  }
  void TearDown() override {
    if (store_) store_->reply_to(Document::from_json("{\"drop\": \"" + name + "\"}"));
  }
  Collection people() { return store_->collection(name); }
  StatementMetrics counted(const std::string& command, const std::string& collection = name) {
    for (const CommandMetrics& one : store_->metrics().commands) {
      if (one.command == command && one.collection == collection) return one.statements;
    }
    return {};
  }
  static std::uint64_t errors(const StatementMetrics& metrics, ErrorKind kind) {
    return metrics.errors[static_cast<std::size_t>(kind)];
  }

  std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
  std::optional<DocumentStore> store_;
};

TEST_P(DocumentTelling, CountsAndTimesByCollectionAndCommand) {
  people().insert_many(std::vector<Document>{R"({"_id": 1, "a": 1})", R"({"_id": 2, "a": 2})"});
  for (int i = 0; i < 3; ++i) people().find(R"({"a": {"$gte": 1}})").all();
  people().find_one(R"({"_id": 1})");
  people().update_many(R"({"a": 1})", R"({"$set": {"b": 1}})");
  people().count();
  people().distinct("a");
  EXPECT_EQ(counted("insert").count, 1U);
  EXPECT_EQ(counted("insert").rows, 2U);
  EXPECT_EQ(counted("find").count, 4U);
  EXPECT_EQ(counted("find").rows, 7U);
  EXPECT_GT(counted("find").total.count(), 0);
  EXPECT_EQ(counted("update").rows, 1U);
  EXPECT_EQ(counted("count").rows, 2U);
  EXPECT_EQ(counted("distinct").rows, 2U);
  const DocumentMetrics metrics = store_->metrics();
  EXPECT_EQ(metrics.database, "told");
  EXPECT_EQ(metrics.backend, GetParam() == "mongo_java" ? "mongodb" : GetParam());
  EXPECT_EQ(metrics.sql.has_value(), GetParam() != "mongo_java");
  if (metrics.sql) {
    EXPECT_EQ(metrics.sql->database, "told");
    EXPECT_GT(metrics.sql->statements.count, 0U);
  }
}

TEST_P(DocumentTelling, CountsErrorsByTheirKind) {
  people().insert(R"({"_id": "secret"})");
  EXPECT_THROW(people().insert(R"({"_id": "secret"})"), DocumentError);
  EXPECT_THROW(people().find(R"({"$nope": "secret"})").all(), DocumentError);
  store_->reply_to(Document::from_json(R"({"secret": "x"})"));
  EXPECT_EQ(errors(counted("insert"), ErrorKind::unique_violation), 1U);
  EXPECT_EQ(errors(counted("find"), ErrorKind::data), 1U);
  EXPECT_EQ(errors(counted("(unknown)", ""), ErrorKind::data), 1U);
  const auto failed = std::count_if(listener_->commands.begin(), listener_->commands.end(),
                                    [](const Told& told) { return !told.error.empty(); });
  EXPECT_EQ(failed, 3);
  for (const Told& told : listener_->commands) {
    EXPECT_EQ(told.text.find("secret"), std::string::npos) << told.text;
    EXPECT_EQ(told.message.find("secret"), std::string::npos) << told.message;
  }
}

TEST_P(DocumentTelling, TellsCommandsBesideTheirSql) {
  people().find(R"({"a": "secret", "b": {"$gt": 5}})", {.sort = R"({"a": -1})", .limit = 3}).all();
  ASSERT_EQ(listener_->commands.size(), 1U);
  const Told& told = listener_->commands[0];
  EXPECT_EQ(told.database, "told");
  EXPECT_EQ(told.command, "find");
  EXPECT_EQ(told.collection, name);
  EXPECT_EQ(told.text, "find " + name + R"( {"a":?,"b":{"$gt":?}} sort {"a":-1} limit ?)");
  EXPECT_EQ(listener_->statements.empty(), GetParam() == "mongo_java");
}

TEST_P(DocumentTelling, CountsWhatTransactionsAskToo) {
  if (GetParam() == "mongo_java") return;
  store_->transact([](DocumentStore& inner) {
    inner.collection(name).insert(R"({"_id": 1})");
    inner.collection(name).find(R"({"_id": 1})").all();
  });
  EXPECT_EQ(counted("insert").count, 1U);
  EXPECT_EQ(counted("find").count, 1U);
}

TEST(DocumentTellingOfADatabase, UsesItsObserver) {
  const auto listener = std::make_shared<Listener>();
  const Database db = open("sqlite::memory:", {.name = "shop", .observer = listener});
  documents(db, "people").insert(R"({"a": 1})");
  ASSERT_EQ(listener->commands.size(), 1U);
  EXPECT_EQ(listener->commands[0].text, "insert people");
  EXPECT_EQ(listener->commands[0].database, "shop");
}

TEST(DocumentTellingOfADatabase, TellsErrorsOfTheShortWayById) {
  const auto listener = std::make_shared<Listener>();
  Database db = open("sqlite::memory:", {.name = "shop", .observer = listener});
  Collection people = documents(db, "people");
  people.insert(R"({"_id": 7})");
  EXPECT_TRUE(people.find_one(R"({"_id": 7})"));
  db.exec(R"(alter table "documents.people" rename column doc to gone)");
  EXPECT_THROW(people.find_one(R"({"_id": 7})"), Error);
  ASSERT_EQ(listener->commands.size(), 3U);
  EXPECT_EQ(listener->commands[1].error, "");
  EXPECT_NE(listener->commands[2].error, "");
}

INSTANTIATE_TEST_SUITE_P(Stores, DocumentTelling,
                         testing::Values("sqlite", "postgres", "mongo_java"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace iacdb
