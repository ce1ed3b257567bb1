// Validators in the database: what the constraint of a table refuses, and that nobody slips past.
//
// IACDB_PROPERTY_ROUNDS sets another number of random validators, IACDB_PROPERTY_SEED repeats a
// run.

#include <gtest/gtest.h>

#include <future>
#include <iacdb/iacdb.hpp>

#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/filter/filter.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/validator_sql.hpp"
#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

// --- random validators ---

std::string number(Dice& dice) {
  return dice.one_of<std::string>({"0", "1", "5", "-2", "0.1", "1.5", "18", "0.3",
                                   R"({"$numberLong": "5"})", R"({"$numberDecimal": "0.1"})",
                                   R"({"$numberDecimal": "1E+1"})", R"({"$numberDouble": "NaN"})",
                                   R"({"$numberLong": "9007199254740993"})"});
}

std::string pattern(Dice& dice) {
  return dice.one_of<std::string>({"^vi", "^vip$", "x", "^[xy]", "^x{2}", "p.a", "^v.*e$", "[^x]",
                                   "^(vi|x)", "\\\\d", "^\\\\w+$", "\\\\s", "^$", "vi\u00e9?$",
                                   "^(?:x|y)*z?$", "[\\\\w.-]", "(?i)VI", "^[a-z]?$", "b$"});
}

std::string schema(Dice& dice, int depth);

std::string list_of(Dice& dice, const std::function<std::string()>& one) {
  std::string out = "[" + one();
  for (std::size_t i = 0, n = dice.below(3); i < n; ++i) out += ", " + one();
  return out + "]";
}

std::string named_schemas(Dice& dice, int depth, const std::vector<std::string>& names) {
  std::string out = "{";
  std::set<std::string> used;
  for (std::size_t i = 0, n = 1 + dice.below(3); i < n; ++i) {
    const std::string& name = dice.one_of(names);
    if (!used.insert(name).second) continue;
    out += (out.size() > 1 ? ", \"" : "\"") + name + "\": " + schema(dice, depth + 1);
  }
  return out + "}";
}

std::string type_name_of(Dice& dice) {
  return "\"" +
         dice.one_of<std::string>({"int",    "long",     "double",  "decimal",    "number",
                                   "string", "bool",     "object",  "array",      "null",
                                   "date",   "objectId", "binData", "timestamp",  "regex",
                                   "minKey", "maxKey",   "symbol",  "javascript", "undefined"}) +
         "\"";
}

/// One keyword and its value; some come with another.
std::string keyword(Dice& dice, int depth) {
  static const std::vector<std::string> names = {"a", "b", "c", "0", "x'y"};
  const auto name = [&] { return "\"" + dice.one_of(names) + "\""; };
  const auto sub = [&] { return schema(dice, depth + 1); };
  const std::string n = std::to_string(dice.below(4));
  const std::string yes = dice.one_in(2) ? "true" : "false";
  switch (dice.below(depth < 3 ? 25 : 14)) {
    case 0:
    case 1:
      return R"("bsonType": )" + type_name_of(dice);
    case 2:
      return R"("bsonType": )" + list_of(dice, [&] { return type_name_of(dice); });
    case 3:
      return R"("enum": )" + list_of(dice, [&] { return value(dice, 2); });
    case 4:
      return R"("required": )" + list_of(dice, name);
    case 5:
      return R"("minimum": )" + number(dice) + R"(, "exclusiveMinimum": )" + yes;
    case 6:
      return R"("maximum": )" + number(dice) + R"(, "exclusiveMaximum": )" + yes;
    case 7:
      return R"("multipleOf": )" + dice.one_of<std::string>({"1", "2", "5", "0.5"});
    case 8:
      return R"("minLength": )" + n;
    case 9:
      return R"("maxLength": )" + n;
    case 10:
      return R"("pattern": ")" + pattern(dice) + "\"";
    case 11:
      return R"("minItems": )" + n + R"(, "maxItems": )" + std::to_string(dice.below(6));
    case 12:
      return R"("uniqueItems": )" + yes;
    case 13:
      return R"("minProperties": )" + n + R"(, "maxProperties": )" + std::to_string(dice.below(6));
    case 14:
    case 15:
    case 16:
      return R"("properties": )" + named_schemas(dice, depth, names);
    case 17:
      return R"("patternProperties": )" + named_schemas(dice, depth, {"^a", "b", "[0-9]", "(?i)A"});
    case 18:
      return R"("additionalProperties": )" + (dice.one_in(2) ? yes : sub());
    case 19:
      return R"("dependencies": {"a": )" + (dice.one_in(2) ? list_of(dice, name) : sub()) + "}";
    case 20:
      return R"("items": )" + (dice.one_in(2) ? sub() : list_of(dice, sub));
    case 21:
      return R"("additionalItems": )" + (dice.one_in(2) ? yes : sub());
    case 22:
      return R"("not": )" + sub();
    case 23:
      return R"("oneOf": )" + list_of(dice, sub);
    default:
      return dice.one_in(2) ? R"("anyOf": )" + list_of(dice, sub)
                            : R"("allOf": )" + list_of(dice, sub);
  }
}

std::string schema(Dice& dice, int depth) {
  std::string out = "{";
  std::set<std::string> used;
  for (std::size_t i = 0, n = 1 + dice.below(3); i < n; ++i) {
    const std::string one = keyword(dice, depth);
    if (!used.insert(one.substr(0, one.find(':'))).second) continue;
    out += (out.size() > 1 ? ", " : "") + one;
  }
  return out + "}";
}

std::string validator(Dice& dice) {
  switch (dice.below(6)) {
    case 0:
      return filter_text(dice, 0);
    case 1:
      return R"({"$or": [{"$jsonSchema": )" + schema(dice, 1) + "}, " + filter_text(dice, 1) + "]}";
    case 2:
      return R"({"$nor": [{"$jsonSchema": )" + schema(dice, 1) + "}]}";
    default:
      return R"({"$jsonSchema": )" + schema(dice, 0) + "}";
  }
}

/// {_id: id, ...}
std::string document_text(Dice& dice, std::size_t id) {
  const std::string rest = object(dice, 0);
  return R"({"_id": )" + std::to_string(id) + (rest.size() > 2 ? ", " : "") + rest.substr(1);
}

// --- the store ---

struct Verdicts {
  std::size_t accepted = 0;
  std::size_t accepted_surely = 0;
  std::size_t refused_by_both = 0;
  std::size_t refused = 0;
};

/// Of each document what the evaluator says, and the two bounds of it in SQL.
void compare_verdicts(Database& db, const std::string& table, const Filter& filter,
                      const Guard& guard, const std::vector<Value>& documents, Verdicts& sum) {
  const Environment environment;
  for (const auto& [id, may, must] : db.query<std::tuple<std::int64_t, bool, bool>>(
           "select (doc -> '_id')::bigint, " + guard.condition + ", " + guard.surely +
           " from documents.\"" + table + "\"")) {
    const Value& document = documents.at(static_cast<std::size_t>(id));
    const bool accepts = matches(filter, document, {.environment = &environment});
    const std::string shown = to_storage(document.object(), KeyOrder::listed);
    EXPECT_TRUE(may || !accepts) << "too strict: " << shown;
    EXPECT_TRUE(accepts || !must) << "too sure: " << shown;
    sum.accepted += accepts ? 1 : 0;
    sum.accepted_surely += must ? 1 : 0;
    sum.refused += accepts ? 0 : 1;
    sum.refused_by_both += accepts || may ? 0 : 1;
  }
}

TEST(Validation, the_bounds_in_sql_hold_the_evaluators_verdict_between_them) {
  const std::uint64_t seed = setting("IACDB_PROPERTY_SEED", std::random_device{}());
  std::printf("IACDB_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Dice dice(seed);
  Stores stores("valid");
  Database db = open(postgres_url("options=-c%20jit%3Doff"));
  auto& store = stores.all()[1].second;
  std::vector<Value> documents;
  std::string texts;
  for (std::size_t i = 0; i < 300; ++i) {
    const std::string text = document_text(dice, i);
    documents.emplace_back(parse_json(text));
    texts += (i > 0 ? ", " : "") + text;
  }
  store.run(stores.command("insert", R"(, "documents": [)" + texts + "]"));
  Verdicts sum;
  std::size_t guarded = 0;
  const std::uint64_t rounds = setting("IACDB_PROPERTY_ROUNDS", 400);
  for (std::uint64_t round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    const std::string said = validator(dice);
    const testing::ScopedTrace trace(__FILE__, __LINE__, said);
    const Object spec = parse_json(said);
    FilterPtr filter;
    try {
      filter = parse_filter(spec);
    } catch (const Failure&) {
      continue;  // What MongoDB does not take either, such as {$eq: undefined}.
    }
    const Guard guard = guard_of(*postgres_value_sql(true), Object{{"validator", Value(spec)}});
    if (guard.condition == "true") continue;
    ++guarded;
    compare_verdicts(db, stores.name(), *filter, guard, documents, sum);
  }
  // It would be easy to be sure of nothing.
  EXPECT_GT(guarded, rounds / 2);
  EXPECT_GT(sum.refused_by_both, sum.refused / 2) << sum.refused;
  EXPECT_GT(sum.accepted_surely, sum.accepted / 4) << sum.accepted;
}

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

class Guarded : public testing::Test {
 protected:
  Guarded() : stores_("guard"), db_(open(postgres_url())) {
    store().run(stores_.command("create", R"(, "validator": {"$jsonSchema": {
      "required": ["name"], "properties": {
        "name": {"bsonType": "string", "minLength": 2, "pattern": "^[A-Z]"},
        "age": {"bsonType": "int", "minimum": 0}}}})"));
  }
  DocumentStore& store() { return stores_.all()[1].second; }
  std::string insert(const std::string& doc) {
    return outcome(db_, "insert into documents.\"" + stores_.name() + "\"(id, doc) values ('" +
                            std::to_string(++id_) + "', '" + doc + "')");
  }
  Document reply(const std::string& verb, const std::string& more) {
    return store().reply_to(stores_.command(verb, more));
  }

  Stores stores_;
  Database db_;
  int id_ = 0;
};

TEST_F(Guarded, plain_sql_is_held_to_the_validator) {
  EXPECT_EQ(insert(R"({"_id": 1, "name": "Ada", "age": 36})"), "");
  EXPECT_EQ(insert(R"({"_id": 2})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "x"})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "ada"})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "Ada", "age": -1})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "Ada", "age": 36.0})"), "check_violation");
  EXPECT_EQ(insert(R"([1])"), "check_violation");
  const std::string table = "documents.\"" + stores_.name() + "\"";
  EXPECT_EQ(outcome(db_, "update " + table + " set doc = doc - 'name'"), "check_violation");
  EXPECT_EQ(outcome(db_, "update " + table + " set doc = doc || '{\"name\": \"Eve\"}'"), "");
}

TEST_F(Guarded, levels_and_actions_that_let_pass_have_no_constraint) {
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

TEST_F(Guarded, moderate_lets_change_what_was_invalid_before) {
  const std::string table = "documents.\"" + stores_.name() + "\"";
  store().run(stores_.command("collMod", R"(, "validationLevel": "off")"));
  EXPECT_EQ(insert(R"({"_id": 1})"), "");
  store().run(stores_.command("collMod", R"(, "validationLevel": "moderate")"));
  EXPECT_EQ(insert(R"({"_id": 2})"), "check_violation");
  EXPECT_EQ(insert(R"({"_id": 2, "name": "Ada"})"), "");
  const auto change = [&](const std::string& id, const std::string& doc) {
    return outcome(db_, "update " + table + " set doc = '" + doc + "' where id = '" + id + "'");
  };
  EXPECT_EQ(change("1", R"({"_id": 1, "age": 5})"), "");
  EXPECT_EQ(change("1", R"({"_id": 1, "name": "Eve"})"), "");
  EXPECT_EQ(change("1", R"({"_id": 1, "name": "x"})"), "check_violation");
  EXPECT_EQ(reply("insert", R"(, "documents": [{"_id": 7}], "bypassDocumentValidation": true)")
                .integer("n"),
            1);
  const Document listed = store().run(Document::from_json(
      R"({"listCollections": 1, "filter": {"name": ")" + stores_.name() + "\"}}"));
  EXPECT_EQ(listed.boolean("cursor.firstBatch.0.info.validator.triggers"), true);
  store().run(stores_.command("collMod", R"(, "validationLevel": "strict")"));
  EXPECT_EQ(change("1", R"({"_id": 1, "name": "x"})"), "check_violation");
}

TEST_F(Guarded, a_write_that_bypasses_the_validator_passes_the_constraint) {
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
}

/// The setting lasts for the commands that ask for it, also within one transaction.
TEST_F(Guarded, a_bypass_ends_with_its_command) {
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

TEST_F(Guarded, a_constraint_of_ones_own_is_a_validation_failure) {
  db_.exec("alter table documents.\"" + stores_.name() +
           "\" add constraint mine check (doc -> 'name' <> '\"Eve\"')");
  EXPECT_EQ(reply("insert", R"(, "documents": [{"_id": 1, "name": "Ada"}])").integer("n"), 1);
  for (const std::string documents :
       {R"([{"_id": 2, "name": "Eve"}])",
        R"([{"_id": 3, "name": "Bob"}, {"_id": 2, "name": "Eve"}])"}) {
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
                R"(, "updates": [{"u": {"$set": {"name": "Eve"}}, "q": )" + std::string(q) + "}]");
      EXPECT_EQ(refused.integer("writeErrors.0.code"), 121) << refused.to_json();
      EXPECT_EQ(refused.integer("writeErrors.0.errInfo.failingDocumentId"), 1);
    }
  }
}

TEST_F(Guarded, the_constraint_goes_with_the_collection) {
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
  const Document listed = store().run(
      Document::from_json(R"({"listCollections": 1, "filter": {"name": ")" + moved + "\"}}"));
  EXPECT_EQ(listed.boolean("cursor.firstBatch.0.info.validator.constraint"), true);
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
