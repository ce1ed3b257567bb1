// Validators in the database: what a table refuses, and that nobody slips past.

#include <gtest/gtest.h>

#include <future>
#include <iacdb/iacdb.hpp>

#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

// --- other writers ---

/// What a statement of another program ends with: "" where it succeeds.
std::string outcome(Database& db, const std::string& sql) {
  try {
    db.exec(sql);
    return "";
  } catch (const ConstraintError& error) {
    return std::string(to_string(error.kind()));
  }
}

/// Whether it is PostgreSQL.
class Guarded : public testing::TestWithParam<bool> {
 protected:
  Guarded()
      : stores_("guard"),
        db_(open(GetParam() ? postgres_url() : stores_.sqlite_url())),
        table_(GetParam() ? "documents.\"" + stores_.name() + "\""
                          : "\"documents." + stores_.name() + "\"") {
    store().run(stores_.command("create", R"(, "validator": {"$jsonSchema": {
      "required": ["name"], "properties": {
        "name": {"bsonType": "string", "minLength": 2, "pattern": "^A"},
        "age": {"bsonType": "int", "minimum": 0}}}})"));
  }
  DocumentStore& store() { return stores_.all()[GetParam() ? 1 : 0].second; }
  std::string insert(const std::string& doc) {
    return outcome(db_, "insert into " + table_ + "(id, doc) values ('" + std::to_string(++id_) +
                            "', '" + doc + "')");
  }
  Document reply(const std::string& verb, const std::string& more) {
    return store().reply_to(stores_.command(verb, more));
  }
  /// A path in what listCollections says of the validator.
  bool stands(const std::string& what, const std::string& name) {
    const Document listed = store().run(
        Document::from_json(R"({"listCollections": 1, "filter": {"name": ")" + name + "\"}}"));
    return listed.boolean("cursor.firstBatch.0.info.validator." + what).value_or(false);
  }

  Stores stores_;
  Database db_;
  std::string table_;
  int id_ = 0;
};
class GuardedInPostgres : public Guarded {};

TEST_P(Guarded, plain_sql_is_held_to_the_validator) {
  EXPECT_EQ(insert(R"({"_id": 1, "name": "Ada", "age": 36})"), "");
  EXPECT_EQ(insert(R"({"_id": 2})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "x"})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "ada"})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "Ada", "age": -1})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "Ada", "age": 36.0})"), "check_violation");
  EXPECT_EQ(insert(R"([1])"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 3, "name": "A"})"), "check_violation");
  EXPECT_EQ(outcome(db_, "update " + table_ + " set doc = '{\"_id\": 1}'"), "check_violation");
  EXPECT_EQ(outcome(db_, "update " + table_ + " set doc = '{\"_id\": 1, \"name\": \"Ann\"}'"), "");
}

TEST_P(Guarded, levels_and_actions_that_let_pass_have_no_constraint) {
  for (const char* change :
       {R"("validationLevel": "off")", R"("validationLevel": "strict", "validationAction": "warn")",
        R"("validator": {})"}) {
    store().run(stores_.command("collMod", std::string(", ") + change));
    EXPECT_EQ(insert(R"({"_id": 2})"), "") << change;
  }
  store().run(stores_.command("collMod", R"(, "validationAction": "error",
                                            "validator": {"name": {"$type": "string"}})"));
  EXPECT_EQ(insert(R"({"_id": 2})"), "check_violation");
  // What is older stays, and may not change but to what is valid.
  EXPECT_EQ(reply("count", "").integer("n"), 3);
  const Document refused = reply(
      "update", R"(, "updates": [{"q": {"name": {"$exists": false}}, "u": {"$set": {"age": 1}}}])");
  EXPECT_EQ(refused.integer("writeErrors.0.code"), 121);
}

TEST_P(Guarded, moderate_lets_change_what_was_invalid_before) {
  store().run(stores_.command("collMod", R"(, "validationLevel": "off")"));
  EXPECT_EQ(insert(R"({"_id": 1})"), "");
  store().run(stores_.command("collMod", R"(, "validationLevel": "moderate")"));
  EXPECT_EQ(insert(R"({"_id": 2})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "Ada"})"), "");
  const auto change = [&](const std::string& id, const std::string& doc) {
    return outcome(db_, "update " + table_ + " set doc = '" + doc + "' where id = '" + id + "'");
  };
  EXPECT_EQ(change("1", R"({"_id": 1, "age": 5})"), "");
  EXPECT_EQ(change("1", R"({"_id": 1, "name": "Ann"})"), "");
  EXPECT_EQ(change("1", R"({"_id": 1, "name": "x"})"), "check_violation");
  EXPECT_EQ(reply("insert", R"(, "documents": [{"_id": 7}], "bypassDocumentValidation": true)")
                .integer("n"),
            1);
  EXPECT_TRUE(stands("triggers", stores_.name()));
  store().run(stores_.command("collMod", R"(, "validationLevel": "strict")"));
  EXPECT_EQ(change("1", R"({"_id": 1, "name": "x"})"), "check_violation");
}

TEST_P(Guarded, a_write_that_bypasses_the_validator_passes_the_constraint) {
  const std::string bypass = R"(, "bypassDocumentValidation": true)";
  const std::string several = R"(, "documents": [{"_id": 1}, {"_id": 2}])";
  EXPECT_EQ(reply("insert", several + bypass).integer("n"), 2);
  const std::string update = R"(, "updates": [{"q": {"_id": 1}, "u": {"$set": {"age": "x"}}}])";
  EXPECT_EQ(reply("update", update + bypass).integer("nModified"), 1);
  EXPECT_EQ(
      reply("findAndModify", R"(, "query": {"_id": 2}, "update": {"$set": {"b": 1}})" + bypass)
          .boolean("lastErrorObject.updatedExisting"),
      true);
  const auto merge = [&](const std::string& value) {
    return R"(, "cursor": {}, "pipeline": [{"$project": {"c": ")" + value + R"("}}, {"$merge": ")" +
           stores_.name() + "\"}]";
  };
  EXPECT_EQ(reply("aggregate", merge("x") + bypass).number("ok"), 1.0);
  EXPECT_EQ(reply("aggregate", merge("y")).integer("code"), 121);
  EXPECT_EQ(insert(R"({"_id": 9})"), "check_violation");
}

TEST_P(Guarded, a_bypass_ends_within_a_transaction_too) {
  const std::string bypass = R"(, "bypassDocumentValidation": true)";
  store().transact([&](DocumentStore& tx) {
    tx.run(stores_.command("insert", R"(, "documents": [{"_id": 1}])" + bypass));
    tx.run(stores_.command("insert", R"(, "documents": [{"_id": 2, "name": "Ada"}])"));
    tx.run(stores_.command("insert", R"(, "documents": [{"_id": 3}])" + bypass));
  });
  EXPECT_EQ(reply("count", "").integer("n"), 3);
  EXPECT_EQ(insert(R"({"_id": 9})"), "check_violation");
}

TEST_P(Guarded, what_holds_others_goes_with_the_collection) {
  const std::string moved = stores_.name() + "_moved";
  const std::string database =
      GetParam() ? db_.one<std::string>("select current_database()::text") : std::string("main");
  const char* const what = GetParam() ? "constraint" : "triggers";
  EXPECT_TRUE(stands(what, stores_.name()));
  store().run(stores_.command("insert", R"(, "documents": [{"_id": 1, "name": "Ada"}])"));
  EXPECT_EQ(
      reply("aggregate", R"(, "cursor": {}, "pipeline": [{"$out": ")" + stores_.name() + "\"}]")
          .number("ok"),
      1.0);
  EXPECT_EQ(insert(R"({"_id": 2})"), "check_violation");
  store().run(Document::from_json(R"({"renameCollection": ")" + database + "." + stores_.name() +
                                  R"(", "to": ")" + database + "." + moved + "\"}"));
  EXPECT_TRUE(stands(what, moved));
  table_.insert(table_.size() - 1, "_moved");
  EXPECT_EQ(insert(R"({"_id": 2})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "Ann"})"), "");
  store().run(Document::from_json(R"({"drop": ")" + moved + "\"}"));
  store().run(stores_.command("create", ""));
  table_.erase(table_.size() - 7, 6);
  EXPECT_EQ(insert(R"({"_id": 2})"), "");
}

/// The setting lasts for the commands that ask for it, also within one transaction.
TEST_P(GuardedInPostgres, a_bypass_ends_with_its_command) {
  db_.exec("alter table documents.\"" + stores_.name() +
           "\" add constraint asks check (current_setting('iacdb.bypass_validation', true) = "
           "doc ->> 'expects') not valid");
  store().transact([&](DocumentStore& tx) {
    const auto insert = [&](const std::string& rest) {
      tx.run(stores_.command("insert", R"(, "documents": [{"_id": )" + std::to_string(++id_) +
                                           R"(, "name": "Ada", "expects": )" + rest));
    };
    insert(R"("on"}], "bypassDocumentValidation": true)");
    insert(R"("off"}])");
    insert(R"("on"}], "bypassDocumentValidation": true)");
  });
  EXPECT_EQ(reply("count", "").integer("n"), 3);
}

TEST_P(GuardedInPostgres, a_constraint_of_ones_own_is_a_validation_failure) {
  db_.exec("alter table documents.\"" + stores_.name() +
           "\" add constraint mine check (doc -> 'name' <> '\"Amy\"')");
  EXPECT_EQ(reply("insert", R"(, "documents": [{"_id": 1, "name": "Ada"}])").integer("n"), 1);
  for (const std::string documents :
       {R"([{"_id": 2, "name": "Amy"}])",
        R"([{"_id": 3, "name": "Ann"}, {"_id": 2, "name": "Amy"}])"}) {
    const Document refused = reply("insert", R"(, "documents": )" + documents);
    EXPECT_EQ(refused.integer("writeErrors.0.code"), 121);
    EXPECT_EQ(refused.integer("writeErrors.0.errInfo.failingDocumentId"), 2);
    const auto reason = refused.text("writeErrors.0.errInfo.details.reason");
    EXPECT_NE(reason.value_or("").find("mine"), std::string::npos);
  }
  for (const char* const change : {"", R"(, "validator": {})"}) {
    store().run(stores_.command("collMod", change));
    for (const char* const q : {R"({"_id": 1})", R"({}, "multi": true)"}) {
      const Document refused =
          reply("update",
                R"(, "updates": [{"u": {"$set": {"name": "Amy"}}, "q": )" + std::string(q) + "}]");
      EXPECT_EQ(refused.integer("writeErrors.0.code"), 121) << refused.to_json();
      EXPECT_EQ(refused.integer("writeErrors.0.errInfo.failingDocumentId"), 1);
    }
  }
}

TEST_P(GuardedInPostgres, the_constraint_goes_with_the_collection) {
  const std::string moved = stores_.name() + "_moved";
  const auto functions = [&] {
    return db_.one<std::int64_t>("select count(*) from pg_proc where proname like ?",
                                 stores_.name() + "%");
  };
  const auto database = db_.one<std::string>("select current_database()::text");
  // A name that no command would take again.
  const Document refused = store().reply_to(
      Document::from_json(R"({"renameCollection": ")" + database + "." + stores_.name() +
                          R"(", "to": ")" + database + "." + moved + "$x\"}"));
  EXPECT_EQ(refused.integer("code"), 73);
  store().run(Document::from_json(R"({"renameCollection": ")" + database + "." + stores_.name() +
                                  R"(", "to": ")" + database + "." + moved + "\"}"));
  EXPECT_EQ(functions(), 1);
  EXPECT_EQ(
      outcome(db_, "insert into documents.\"" + moved + R"("(id, doc) values ('1', '{"_id": 1}'))"),
      "check_violation");
  EXPECT_TRUE(stands("constraint", moved));
  store().run(Document::from_json(R"({"drop": ")" + moved + "\"}"));
  EXPECT_EQ(functions(), 0);
  // A function that is left over, of a table that was dropped by hand, is replaced.
  db_.exec("create function documents.\"" + moved +
           "$valid\"(doc jsonb) returns boolean language sql as 'select false'");
  store().run(Document::from_json(R"({"create": ")" + moved +
                                  R"(", "validator": {"a": {"$type": "int"}}})"));
  EXPECT_EQ(outcome(db_, "insert into documents.\"" + moved +
                             R"("(id, doc) values ('1', '{"_id": 1, "a": 1}'))"),
            "");
  store().run(Document::from_json(R"({"drop": ")" + moved + "\"}"));
}

INSTANTIATE_TEST_SUITE_P(Stores, Guarded, testing::Bool(), [](const auto& run) {
  return run.param ? std::string("PostgreSQL") : std::string("SQLite");
});
INSTANTIATE_TEST_SUITE_P(Stores, GuardedInPostgres, testing::Values(true));

class SqliteTriggers : public testing::Test {
 protected:
  void guard(const std::string& schema) {
    stores_.all()[0].second.run(
        stores_.command("create", R"(, "validator": {"$jsonSchema": )" + schema + "}"));
  }
  std::string insert(const std::string& doc) {
    std::string quoted;
    for (const char c : doc) quoted += c == '\'' ? "''" : std::string(1, c);
    return outcome(db_, "insert into \"documents." + stores_.name() + "\"(id, doc) values ('" +
                            std::to_string(++id_) + "', '" + quoted + "')");
  }

  Stores stores_{"triggers"};
  Database db_ = open(stores_.sqlite_url());
  int id_ = 0;
};

/// What other programs write is not always as we would write it.
TEST_F(SqliteTriggers, take_what_is_written_in_other_ways) {
  guard(R"({"required": ["a"], "additionalProperties": {"minLength": 1}, "properties": {
      "_id": {}, "a": {"bsonType": ["double", "string", "date"], "minLength": 2},
      "o": {"enum": [{"x": {"$date": {"$numberLong": "5"}}}]}}})");
  for (const char* const taken : {R"({"_id": 1, "a": 1e3})", R"({ "_id" : 1 , "a" : 1E000 })",
                                  R"({"_id": 1, "a": "\u0061b"})", R"({"_id": 1, "a": "\u0000b"})",
                                  R"({"_id": 1, "a": {"$date": 5.00}})",
                                  R"({"_id": 1, "a": 0.5, "o": { "x" : { "$date" : 5 } }})",
                                  R"({"_id": 1, "a": 0.5, "": "x", "q\"": "x", "s]'.": "x"})"}) {
    EXPECT_EQ(insert(taken), "") << taken;
  }
  for (const char* const refused :
       {R"({"_id": 1, "a": 5})", R"({"_id": 1, "a": 5.000})", R"({"_id": 1, "a": 5.00})",
        R"({"_id": 1, "a": "x"})", R"({"_id": 1, "a": 0.5, "s]'.": ""})", R"(["a"])",
        R"({"_id": 1, "a": 0.5, "o": 5})", R"({"_id": 1, "a": 0.5, "o": {"$oid": "x"}})"}) {
    EXPECT_EQ(insert(refused), "check_violation") << refused;
  }
}

TEST_F(SqliteTriggers, hold_schemas_of_thousands_of_fields) {
  std::string properties;
  for (int i = 0; i < 1500; ++i) {
    properties += (i > 0 ? ", \"f" : "\"f") + std::to_string(i) + R"(": {"bsonType": "bool"})";
  }
  guard(R"({"properties": {)" + properties + "}}");
  EXPECT_EQ(insert(R"({"_id": 1, "f1499": true})"), "");
  EXPECT_EQ(insert(R"({"_id": 1, "f1499": "x"})"), "check_violation");
}

// --- at the same time ---

/// Two connections to one store; the collection has no validator yet.
class Race : public testing::TestWithParam<bool> {
 protected:
  Race()
      : file_(std::filesystem::temp_directory_path() /
              ("iacdb-race-" + std::to_string(::getpid()) + ".db")),
        url_(GetParam() ? postgres_url() : "sqlite:" + file_.string()),
        first_(open_documents(url_)),
        second_(open_documents(url_)) {
    first_.reply_to(command(R"("drop": )", ""));
    first_.run(command(R"("create": )", ""));
  }
  ~Race() override {
    first_.reply_to(command(R"("drop": )", ""));
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(file_.string() + suffix);
    }
  }
  static Document command(const std::string& verb, const std::string& more) {
    return Document::from_json("{" + verb + "\"race_" + std::to_string(::getpid()) + "\"" + more +
                               "}");
  }
  static Document change() {
    return command(R"("collMod": )", R"(, "validator": {"a": {"$type": "int"}})");
  }
  static Document insert(int id) {
    return command(R"("insert": )",
                   R"(, "documents": [{"_id": )" + std::to_string(id) + R"(, "a": "x"}])");
  }
  /// Runs `then` on the second connection after `before`, in an open transaction of the first.
  Document meet(const Document& before, const Document& then) {
    std::future<Document> other;
    first_.transact([&](DocumentStore& tx) {
      tx.run(before);
      other = std::async(std::launch::async, [&] { return second_.reply_to(then); });
      EXPECT_EQ(other.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout)
          << "the other did not wait";
    });
    return other.get();
  }

  std::filesystem::path file_;
  std::string url_;
  DocumentStore first_;
  DocumentStore second_;
};

TEST_P(Race, a_writer_that_meets_a_change_of_the_validator_is_held_to_the_new_one) {
  const Document reply = meet(change(), insert(1));
  EXPECT_EQ(reply.integer("writeErrors.0.code"), 121) << reply.to_json();
  EXPECT_EQ(first_.run(command(R"("count": )", "")).integer("n"), 0);
}

TEST_P(Race, a_change_of_the_validator_waits_for_the_writers_before_it) {
  const Document reply = meet(insert(1), change());
  EXPECT_EQ(reply.number("ok"), 1.0) << reply.to_json();
  EXPECT_EQ(first_.reply_to(insert(2)).integer("writeErrors.0.code"), 121);
  EXPECT_EQ(second_.reply_to(insert(3)).integer("writeErrors.0.code"), 121);
  EXPECT_EQ(first_.run(command(R"("count": )", "")).integer("n"), 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, Race, testing::Bool(), [](const auto& run) {
  return run.param ? std::string("PostgreSQL") : std::string("SQLite");
});

}  // namespace
}  // namespace iacdb::doc
