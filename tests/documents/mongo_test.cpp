// What goes to a MongoDB server and what comes back, against a server that says what a test wants:
// transactions, change streams and lost connections, which the real test servers do not have.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iacdb/documents.hpp>
#include <iacdb/iacdb.hpp>

#include "fake_mongo.hpp"

namespace iacdb::doc {
namespace {

using namespace std::chrono_literals;

Document fine(const std::string& fields = "") {
  return Document::from_json("{" + fields + (fields.empty() ? "" : ", ") + R"("ok": 1.0})");
}

std::string cursor(const std::string& id, const std::string& batch, const std::string& documents) {
  return R"("cursor": {"id": {"$numberLong": ")" + id + R"("}, "ns": "shop.people", ")" + batch +
         R"(": )" + documents + "}";
}

TEST(Mongo, CommandsGoOutAsTheyAre) {
  FakeMongo server;
  DocumentStore store = open_documents(server.url());
  const std::string given =
      R"("create":"people","validator":{"$jsonSchema":{"required":["name"]}},)"
      R"("validationLevel":"moderate","collation":{"locale":"de","strength":2})";
  store.run(Document::from_json("{" + given + "}"));
  const std::vector<Document> sent = server.take_commands();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to_json().substr(0, given.size() + 2), "{" + given + ",");
  EXPECT_EQ(sent[0].text("$db"), "shop");
  EXPECT_TRUE(sent[0].has("lsid"));
}

TEST(Mongo, ErrorsAreTheServers) {
  FakeMongo server;
  server.answer([](const Document& command) {
    if (command.has("insert")) {
      return fine(R"("n": 0, "writeErrors": [{"index": 0, "code": 121, "errmsg": "no",
                      "errInfo": {"why": "short"}}])");
    }
    return Document::from_json(
        R"({"ok": 0.0, "errmsg": "gone", "code": 9999, "codeName": "Odd", "extra": {"a": 1}})");
  });
  DocumentStore store = open_documents(server.url());
  try {
    store.collection("people").count();
    FAIL();
  } catch (const DocumentError& error) {
    EXPECT_EQ(error.code(), 9999);
    EXPECT_EQ(error.code_name(), "Odd");
    EXPECT_EQ(error.facts().message, "gone");
    EXPECT_EQ(error.reply().integer("extra.a"), 1);
  }
  EXPECT_EQ(store.reply_to(R"({"count": "people"})").to_json(),
            R"({"ok":0.0,"errmsg":"gone","code":9999,"codeName":"Odd","extra":{"a":1}})");
  try {
    store.collection("people").insert(Document::from_json(R"({"_id": 1})"));
    FAIL();
  } catch (const DocumentError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::check_violation);
    EXPECT_EQ(error.reply().documents("writeErrors")->at(0).text("errInfo.why"), "short");
  }
}

TEST(Mongo, ACursorStaysInItsSessionAndIsClosed) {
  FakeMongo server;
  server.answer([](const Document& command) {
    if (command.has("find")) return fine(cursor("7", "firstBatch", R"([{"_id": 1}])"));
    if (command.has("getMore")) return fine(cursor("7", "nextBatch", R"([{"_id": 2}])"));
    return fine();
  });
  DocumentStore store = open_documents(server.url(), {.pool = PoolOptions{.open_max = 2}});
  {
    DocumentRange range = store.collection("people").find();
    auto at = range.begin();
    store.collection("people").count();  // In another session.
    ++at;
    EXPECT_EQ((*at).integer("_id"), 2);
  }
  const std::vector<Document> sent = server.take_commands();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_TRUE(sent[1].has("count"));
  EXPECT_NE(sent[0].value_json("lsid"), sent[1].value_json("lsid"));
  EXPECT_EQ(sent[0].value_json("lsid"), sent[2].value_json("lsid"));
  EXPECT_EQ(sent[3].value_json("cursors"), "[7]");
}

TEST(Mongo, ThePoolIsBounded) {
  FakeMongo server;
  server.answer([](const Document& command) {
    if (command.has("find")) return fine(cursor("7", "firstBatch", R"([{"_id": 1}])"));
    return fine();
  });
  DocumentStore store =
      open_documents(server.url(), {.pool = PoolOptions{.open_max = 1, .acquire_timeout = 50ms}});
  {
    const DocumentRange open = store.collection("people").find();
    EXPECT_THROW(store.collection("people").count(), TimeoutError);
  }
  EXPECT_NO_THROW(store.collection("people").count());
}

TEST(Mongo, TransactionsCommitAndAbort) {
  FakeMongo server;
  server.answer([](const Document&) { return fine(R"("n": 1)"); });
  DocumentStore store = open_documents(server.url());
  const auto insert = [](DocumentStore& inside) {
    inside.collection("people").insert(Document::from_json(R"({"_id": 1})"));
  };
  store.transact([&](DocumentStore& inside) {
    insert(inside);
    insert(inside);
  });
  std::vector<Document> sent = server.take_commands();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].boolean("startTransaction"), true);
  EXPECT_FALSE(sent[1].has("startTransaction"));
  EXPECT_TRUE(sent[2].has("commitTransaction"));
  for (const Document& one : sent) {
    EXPECT_EQ(one.boolean("autocommit"), false);
    EXPECT_EQ(one.value_json("lsid"), sent[0].value_json("lsid"));
    EXPECT_EQ(one.integer("txnNumber"), sent[0].integer("txnNumber"));
  }
  EXPECT_THROW(store.transact([&](DocumentStore& inside) {
    insert(inside);
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  sent = server.take_commands();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_TRUE(sent[1].has("abortTransaction"));
}

TEST(Mongo, ACommitWithoutAnAnswerIsInDoubt) {
  FakeMongo server;
  std::optional<Document> at_commit;
  server.answer([&](const Document& command) -> std::optional<Document> {
    return command.has("commitTransaction") ? at_commit : fine(R"("n": 1)");
  });
  DocumentStore store = open_documents(server.url());
  const auto write = [&] {
    store.transact([](DocumentStore& inside) {
      inside.collection("people").insert(Document::from_json(R"({"_id": 1})"));
    });
  };
  EXPECT_THROW(write(), InDoubtError);
  at_commit = Document::from_json(R"({"ok": 0, "code": 91, "errmsg": "shutting down",
      "errorLabels": ["RetryableWriteError", "UnknownTransactionCommitResult"]})");
  EXPECT_THROW(write(), InDoubtError);
  at_commit = Document::from_json(R"({"ok": 0, "code": 251, "errmsg": "no such transaction"})");
  EXPECT_THROW(write(), DocumentError);

  at_commit.reset();
  const std::string session = R"("lsid": {"id": 5}, "txnNumber": 1, "autocommit": false)";
  store.run(Document::from_json(R"({"insert": "people", "documents": [{"_id": 1}], )" + session +
                                R"(, "startTransaction": true})"));
  const Document reply =
      store.reply_to(Document::from_json(R"({"commitTransaction": 1, )" + session + "}"));
  EXPECT_EQ(reply.integer("code"), 6) << reply.to_json();
  EXPECT_EQ(reply.text("errorLabels.0"), "UnknownTransactionCommitResult") << reply.to_json();
}

TEST(Mongo, ACommandsOwnSessionIsATransaction) {
  FakeMongo server;
  server.answer([](const Document&) { return fine(R"("n": 1)"); });
  DocumentStore store = open_documents(server.url());
  const std::string session = R"("lsid": {"id": 5}, "txnNumber": 1, "autocommit": false)";
  const std::string insert = R"({"insert": "people", "documents": [{"_id": 1}], )" + session;
  store.run(Document::from_json(insert + R"(, "startTransaction": true})"));
  store.run(Document::from_json(insert + "}"));
  store.run(Document::from_json(R"({"commitTransaction": 1, )" + session + "}"));
  const std::vector<Document> sent = server.take_commands();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].value_json("lsid"), sent[2].value_json("lsid"));
  EXPECT_TRUE(sent[2].has("commitTransaction"));
  const Document again = store.reply_to(Document::from_json(insert + "}"));
  EXPECT_EQ(again.integer("code"), 251);
}

TEST(Mongo, WithoutAReplicaSetThereAreNoTransactions) {
  FakeMongo server(FakeMongo::Kind::standalone);
  DocumentStore store = open_documents(server.url());
  EXPECT_THROW(store.transact([](DocumentStore&) {}), UnsupportedError);
  const Document reply = store.reply_to(
      R"({"find": "people", "lsid": {"id": 5}, "txnNumber": 1, "autocommit": false,
          "startTransaction": true})");
  EXPECT_EQ(reply.integer("code"), 20);
  EXPECT_TRUE(server.take_commands().empty());
}

TEST(Mongo, ALostConnectionIsTriedAgain) {
  FakeMongo server;
  int left = 1;
  server.answer([&left](const Document&) -> std::optional<Document> {
    if (left-- > 0) return std::nullopt;
    return fine(R"("n": 1)");
  });
  DocumentStore store = open_documents(server.url());
  EXPECT_EQ(store.collection("people").count(), 1);
  server.take_commands();
  left = 1;
  store.collection("people").find_one_and_remove({});
  std::vector<Document> sent = server.take_commands();
  ASSERT_EQ(sent.size(), 2U) << "the server tells by the number that it is the same write";
  EXPECT_TRUE(sent[0].has("txnNumber"));
  EXPECT_EQ(sent[0].value_json("txnNumber"), sent[1].value_json("txnNumber"));
  EXPECT_EQ(sent[0].value_json("lsid"), sent[1].value_json("lsid"));
  left = 1;
  try {
    store.collection("people").remove_many({});
    FAIL() << "nobody knows how many were removed";
  } catch (const InDoubtError& error) {
    EXPECT_FALSE(error.retryable());
  }
  EXPECT_EQ(store.collection("people").remove_many({}), 1);
}

TEST(Mongo, AWriteThatIsTooLargeGoesInParts) {
  FakeMongo server;
  server.answer([](const Document& command) {
    const std::vector<Document> documents = *command.documents("documents");
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (documents[i].integer("_id") != 3) continue;
      return fine(R"("n": 1, "writeErrors": [{"index": )" + std::to_string(i) +
                  R"(, "code": 11000, "errmsg": "there"}])");
    }
    return fine(R"("n": )" + std::to_string(documents.size()));
  });
  DocumentStore store = open_documents(server.url());
  std::vector<Document> documents;
  const std::string text(6'000'000, 'x');
  for (int i = 0; i < 5; ++i) {
    documents.push_back(
        Document::from_json(R"({"_id": )" + std::to_string(i) + R"(, "t": ")" + text + "\"}"));
  }
  const InsertResult result =
      store.collection("people").insert_many(documents, {.ordered = false, .keep_errors = true});
  EXPECT_EQ(server.take_commands().size(), 3U);
  EXPECT_EQ(result.inserted, 4);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].integer("index"), 3);
  EXPECT_THROW(store.collection("people").insert_many(documents), DocumentError);
  EXPECT_EQ(server.take_commands().size(), 2U) << "an ordered write ends at its first error";
}

TEST(Mongo, UnacknowledgedWritesWaitForTheirReply) {
  FakeMongo server;
  server.answer([](const Document&) { return fine(R"("n": 1)"); });
  DocumentStore store = open_documents(server.url());
  const Document reply = store.run(
      R"({"delete": "people", "deletes": [{"q": {}, "limit": 1}], "writeConcern": {"w": 0}})");
  EXPECT_EQ(reply.integer("n"), 1);
  EXPECT_THROW(open_documents(server.url("&w=0")), ConfigError);
}

TEST(Mongo, ConcernsOfTheUrlAndOfACommand) {
  FakeMongo server;
  server.answer([](const Document&) { return fine(R"("n": 1)"); });
  DocumentStore store = open_documents(server.url("&w=majority&readConcernLevel=local"));
  store.collection("people").count();
  store.collection("people").insert(Document::from_json(R"({"_id": 1})"));
  store.run(R"({"insert": "people", "documents": [{}], "writeConcern": {"w": 1}})");
  const std::vector<Document> sent = server.take_commands();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].text("readConcern.level"), "local");
  EXPECT_EQ(sent[1].text("writeConcern.w"), "majority");
  EXPECT_EQ(sent[2].integer("writeConcern.w"), 1);
}

TEST(Mongo, ChangesAreWatched) {
  FakeMongo server;
  int asked = 0;
  server.answer([&asked](const Document& command) {
    if (command.has("aggregate")) return fine(cursor("7", "firstBatch", "[]"));
    if (command.has("getMore") && asked++ == 0) {
      return fine(cursor("7", "nextBatch",
                         R"([{"_id": {"t": 1}, "operationType": "insert"},
                             {"_id": {"t": 2}, "operationType": "delete"}])"));
    }
    return fine(cursor("7", "nextBatch", "[]"));
  });
  DocumentStore store = open_documents(server.url());
  {
    ChangeStream changes = store.collection("people").watch(
        R"([{"$match": {"operationType": "insert"}}])",
        {.resume_after = Document::from_json(R"({"t": 0})"), .full_document = "updateLookup"});
    EXPECT_EQ(changes.next(20ms)->text("operationType"), "insert");
    EXPECT_EQ(changes.resume_token().to_json(), R"({"t":1})");
    EXPECT_EQ(changes.next(20ms)->text("operationType"), "delete");
    EXPECT_EQ(changes.next(20ms), std::nullopt);
  }
  const std::vector<Document> sent = server.take_commands();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0].value_json("pipeline"),
            R"([{"$changeStream":{"resumeAfter":{"t":0},"fullDocument":"updateLookup"}},)"
            R"({"$match":{"operationType":"insert"}}])");
  EXPECT_EQ(sent[1].integer("maxTimeMS"), 20);
  EXPECT_TRUE(sent[3].has("killCursors"));
}

TEST(Mongo, SqlStoresHaveNoChangeStreams) {
  DocumentStore store = open_documents("sqlite::memory:");
  store.create("people");
  try {
    store.collection("people").watch();
    FAIL();
  } catch (const DocumentError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_NE(error.facts().message.find("$changeStream"), std::string::npos);
  }
}

TEST(Mongo, SettingsThatCannotBeKeptAreRefused) {
  for (const char* options : {"?noSuchOption=1", "?tls=true&tlsCAFile=/no/such/file"}) {
    const std::string url = "mongodb://app:s3cr3t@127.0.0.1:1/shop";
    try {
      open_documents(url + options + std::string("&serverSelectionTimeoutMS=50"));
      FAIL() << options;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("s3cr3t"), std::string::npos);
      EXPECT_EQ(error.server_message().find("s3cr3t"), std::string::npos);
    }
  }
}

TEST(Mongo, APasswordThatIsRefusedIsNotShown) {
  FakeMongo server;
  server.answer([](const Document& command) {
    if (!command.has("saslStart")) return fine();
    return Document::from_json(R"({"ok": 0.0, "code": 18, "errmsg": "Authentication failed."})");
  });
  std::string url = server.url();
  url.insert(std::string_view("mongodb://").size(), "app:s3cr3t@");
  try {
    open_documents(url);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::authentication);
    EXPECT_EQ((error.what() + error.server_message()).find("s3cr3t"), std::string::npos);
  }
}

TEST(Mongo, AMongoDbUrlIsNoSqlDatabase) {
  EXPECT_THROW(open("mongodb://127.0.0.1:1/shop"), UnsupportedError);
}

TEST(Mongo, CertificatesAreVerified) {
  const char* folder = std::getenv("IACDB_TEST_TLS_DIR");
  ASSERT_NE(folder, nullptr) << "run scripts/test";
  const std::string files = folder;
  // A connection that is refused is tried until that time is over.
  const auto connects = [&](const std::string& certificate, const std::string& options,
                            const std::string& within = "500") {
    FakeMongo server(FakeMongo::Kind::standalone,
                     io::TlsContext::server(files + "/" + certificate + ".pem",
                                            files + "/" + certificate + ".key"));
    try {
      open_documents(server.url(options, within)).run(R"({"ping": 1})");
      return true;
    } catch (const ConnectError&) {
      return false;
    }
  };
  const std::string ours = "&tls=true&tlsCAFile=" + files + "/ca.pem";
  EXPECT_TRUE(connects("server", ours, "5000"));
  EXPECT_FALSE(connects("server", "&tls=true")) << "an authority that nobody named";
  EXPECT_FALSE(connects("expired", ours));
  EXPECT_FALSE(connects("wronghost", ours));
  EXPECT_TRUE(connects("wronghost", ours + "&tlsAllowInvalidHostnames=true", "5000"));
  EXPECT_FALSE(connects("other-server", ours));
  EXPECT_TRUE(connects("other-server", "&tls=true&tlsInsecure=true", "5000"));
  EXPECT_FALSE(connects("server", "")) << "no TLS where the server wants it";
}

}  // namespace
}  // namespace iacdb::doc
