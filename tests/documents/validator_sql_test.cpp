// Validators as SQL: random ones, of random documents, against the evaluator.
//
// IACDB_PROPERTY_ROUNDS sets another number of random validators, IACDB_PROPERTY_SEED repeats a
// run.

#include "documents/stores/sql/validator_sql.hpp"

#include <gtest/gtest.h>

#include <iacdb/iacdb.hpp>

#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/filter/filter.hpp"
#include "documents/storage/encoding.hpp"
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
void compare_verdicts(Database& db, const std::string& source, const Filter& filter,
                      const Guard& guard, const std::vector<Value>& documents, Verdicts& sum) {
  const Environment environment;
  for (const auto& [id, may, must] : db.query<std::tuple<std::int64_t, bool, bool>>(
           "select " + source.substr(0, source.find(' ')) + ", " + guard.condition + ", " +
           guard.surely + " from" + source.substr(source.find(' ')))) {
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

/// A database whose SQL is held to the evaluator.
struct Judge {
  std::string name;
  Database db;
  std::string source;  ///< Where the number of a document is read, and from what table.
  std::unique_ptr<ValueSql> (*values)(bool utf8);
  Verdicts sum{};
  std::size_t guarded = 0;

  void look(const Object& spec, const Filter& filter, const std::vector<Value>& documents) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, name);
    const Guard guard = guard_of(*values(true), Object{{"validator", Value(spec)}});
    if (guard.condition == "true") return;
    ++guarded;
    compare_verdicts(db, source, filter, guard, documents, sum);
  }
};

TEST(Validation, the_bounds_in_sql_hold_the_evaluators_verdict_between_them) {
  const std::uint64_t seed = setting("IACDB_PROPERTY_SEED", std::random_device{}());
  std::printf("IACDB_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Dice dice(seed);
  Stores stores("valid");
  Judge judges[] = {
      {"PostgreSQL", open(postgres_url("options=-c%20jit%3Doff")),
       "(doc->'_id')::bigint documents.\"" + stores.name() + "\"", postgres_value_sql},
      {"SQLite", open(stores.sqlite_url()), "doc->>'_id' \"documents." + stores.name() + "\"",
       sqlite_value_sql}};
  std::vector<Value> documents;
  std::string texts;
  for (std::size_t i = 0; i < 300; ++i) {
    const std::string text = document_text(dice, i);
    documents.emplace_back(parse_json(text));
    texts += (i > 0 ? ", " : "") + text;
  }
  stores.write("insert", R"(, "documents": [)" + texts + "]");
  const std::string rules = "\"" + stores.name() + "_rules\"";
  for (auto& [name, store] : stores.all()) {
    store.reply_to(Document::from_json(R"({"create": )" + rules + "}"));
  }
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
    for (Judge& judge : judges) judge.look(spec, *filter, documents);
    for (std::size_t i = 0; i < 2 && round % 4 == 0; ++i) {  // And the database takes it.
      const Document reply = stores.all()[i].second.reply_to(
          Document::from_json(R"({"collMod": )" + rules +
                              R"(, "validationLevel": "moderate", "validator": )" + said + "}"));
      EXPECT_EQ(reply.number("ok"), 1.0) << reply.to_json();
    }
  }
  stores.all()[1].second.reply_to(Document::from_json(R"({"drop": )" + rules + "}"));
  for (const Judge& judge : judges) {  // It would be easy to be sure of nothing.
    EXPECT_GT(judge.guarded, rounds / 2) << judge.name;
    EXPECT_GT(judge.sum.refused_by_both, judge.sum.refused / 2) << judge.name;
    EXPECT_GT(judge.sum.accepted_surely, judge.sum.accepted / 4) << judge.name;
    std::printf("%s: %zu of %zu refused, %zu of %zu surely accepted\n", judge.name.c_str(),
                judge.sum.refused_by_both, judge.sum.refused, judge.sum.accepted_surely,
                judge.sum.accepted);
  }
}

}  // namespace
}  // namespace iacdb::doc
