// Counts, groups, updates and removals that PostgreSQL and SQLite do in one statement, against the
// evaluator: the same replies, and the same documents afterwards.
//
// IACDB_PROPERTY_ROUNDS sets another number of rounds, IACDB_PROPERTY_SEED repeats a run.

#include <gtest/gtest.h>

#include <array>
#include <iacdb/iacdb.hpp>

#include "documents/bson/ext_json.hpp"
#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

/// Mostly what SQL decides by itself, now and then any value.
std::string usual_value(Dice& dice) {
  static const std::vector<std::string> usual = {"0",
                                                 "1",
                                                 "2",
                                                 "5",
                                                 "-3",
                                                 "7",
                                                 "2147483647",
                                                 "0.1",
                                                 "0.2",
                                                 "0.7",
                                                 "1.5",
                                                 "19.99",
                                                 "-2.5",
                                                 R"({"$numberDouble": "5.0"})",
                                                 R"({"$numberDouble": "1e14"})",
                                                 R"({"$numberLong": "5"})",
                                                 R"("x")",
                                                 R"("y")",
                                                 R"("")",
                                                 "true",
                                                 "null",
                                                 R"({"$date": {"$numberLong": "1000"}})",
                                                 R"(["x", 1])",
                                                 R"({"q": 1})"};
  return dice.one_in(40) ? dice.one_of(scalars()) : dice.one_of(usual);
}

std::string usual_document(Dice& dice, std::size_t id) {
  std::string out = R"({"_id": )" + std::to_string(id);
  for (const char* name : {"b", "a", "cc", "d"}) {
    if (dice.one_in(4)) continue;
    if (dice.one_in(40))
      out += dice.one_of<std::string>({R"(, "b,a": 1)", R"(, "": 2)", R"(, "$b": 3)"});
    const bool nested = std::string_view(name) == "d";
    out += ", \"" + std::string(name) + "\": ";
    // A name that repeats is rare, and possible.
    const std::string repeats = dice.one_in(20) ? R"(, "y": 1, "y": 2)" : "";
    out += nested ? R"({"z": )" + usual_value(dice) + R"(, "e": )" + usual_value(dice) + repeats +
                        R"(, "g": {"h": )" + usual_value(dice) + "}}"
                  : usual_value(dice);
  }
  return out + "}";
}

std::string path(Dice& dice) {
  return dice.one_of<std::string>({"a", "b", "cc", "d.e", "d.z", "d.g.h", "none"});
}

std::string usual_filter(Dice& dice) {
  switch (dice.below(8)) {
    case 0:
      return "{}";
    case 1:
      return filter_text(dice, 0);
    case 2:
      return "{\"" + path(dice) + R"(": {"$exists": )" + (dice.one_in(2) ? "true" : "false") + "}}";
    case 3:
      return R"({"_id": )" + std::to_string(dice.below(14)) + "}";
    case 4:
      return "{\"" + path(dice) + "\": {\"" + dice.one_of<std::string>({"$in", "$nin"}) + "\": [" +
             usual_value(dice) + ", " + usual_value(dice) + "]}}";
    case 5:
      return "{\"" + path(dice) + "\": " + usual_value(dice) + ", \"" + path(dice) +
             "\": {\"$exists\": true}}";
    default:
      return "{\"" + path(dice) + "\": {\"" +
             dice.one_of<std::string>({"$gt", "$gte", "$lt", "$lte", "$ne", "$eq"}) +
             "\": " + usual_value(dice) + "}}";
  }
}

std::string update(Dice& dice) {
  std::map<std::string, std::string> by_operator;
  std::set<std::string> used;
  for (std::size_t i = 0, n = 1 + dice.below(3); i < n; ++i) {
    const std::string at = path(dice);
    if (!used.insert(at).second) continue;
    const auto name =
        dice.one_of<std::string>({"$set", "$set", "$unset", "$inc", "$mul", "$push", "$min"});
    const bool counts = name == "$inc" || name == "$mul";
    const std::string operand =
        counts ? dice.one_of<std::string>({"1", "-2", "5", "0.1", "2.5", "2147483647"})
               : usual_value(dice);
    std::string& list = by_operator[name];
    list += (list.empty() ? "\"" : ", \"") + at + "\": " + operand;
  }
  std::string out = "{";
  for (const auto& [name, list] : by_operator) {
    out += (out.size() > 1 ? ", " : "") + ("\"" + name + "\": {" + list + "}");
  }
  return out + "}";
}

std::string group(Dice& dice) {
  std::string id = "null";
  if (dice.one_in(2)) id = "\"$" + path(dice) + "\"";
  if (dice.one_in(4)) id = R"({"k": "$)" + path(dice) + R"(", "l": "$)" + path(dice) + "\"}";
  std::string out = R"({"_id": )" + id + R"(, "n": {"$sum": 1}, "m": {"$count": {}})";
  for (const char* name : {"s", "t"}) {
    out += std::string(", \"") + name + "\": {\"" +
           dice.one_of<std::string>({"$sum", "$avg", "$min", "$max", "$sum"}) + "\": \"$" +
           path(dice) + "\"}";
  }
  return out + "}";
}

/// What a command answers, without what differs by the store's name.
std::string answer(DocumentStore& store, const std::string& command) {
  std::string out = store.reply_to(Document::from_json(command)).to_json();
  const std::size_t ns = out.find("\"ns\"");
  if (ns != std::string::npos) out.erase(ns, out.find('"', out.find(':', ns) + 3) - ns);
  return out;
}

/// Whether the store does the command in one statement: 1, or 0.
std::size_t one_statement(DocumentStore& store, const std::string& command) {
  const Document plan = store.reply_to(
      Document::from_json(R"({"explain": )" + command + R"(, "verbosity": "queryPlanner"})"));
  return plan.boolean("queryPlanner.winningPlan.wholeBySql").value_or(false) ? 1 : 0;
}

/// A command with a place for its collection, and one for its filter.
struct Step {
  std::string before;
  std::string filter{};  ///< Empty: it has none.
  std::string behind{};

  bool is_set() const { return !filter.empty(); }
  std::string of(const std::string& collection) const { return text(collection, filter); }
  /// With a filter of the same meaning, which SQL does not decide.
  std::string evaluated(const std::string& collection) const {
    return text(collection, R"({"$and": [)" + filter + R"(, {"$expr": true}]})");
  }

 private:
  std::string text(const std::string& collection, const std::string& with) const {
    std::string out = before;
    out.replace(out.find('@'), 1, "\"" + collection + "\"");
    return is_set() ? out + with + behind : out;
  }
};

std::vector<Step> steps(Dice& dice, const std::string& documents, bool indexed) {
  std::vector<Step> out = {{R"({"drop": @})"}};
  if (indexed) {
    out.push_back({R"({"createIndexes": @, "indexes": [{"key": {"a": 1}, "name": "a"},
                       {"key": {"d.e": 1}, "name": "e"}]})"});
  }
  out.push_back({R"({"insert": @, "documents": [)" + documents + "]}"});
  for (int i = 0; i < 3; ++i) {
    const std::string filter = usual_filter(dice);
    out.push_back({R"({"count": @, "query": )", filter, "}"});
    out.push_back({R"({"aggregate": @, "pipeline": [{"$match": )", filter,
                   R"(}, {"$group": )" + group(dice) + R"(}], "cursor": {}})"});
    out.push_back({R"({"update": @, "updates": [{"q": )", filter,
                   R"(, "u": )" + update(dice) + R"(, "multi": )" +
                       (dice.one_in(3) ? "false" : "true") + "}]}"});
    out.push_back({R"({"find": @})"});
  }
  out.push_back({R"({"delete": @, "deletes": [{"q": )", usual_filter(dice), R"(, "limit": 0}]})"});
  out.push_back({R"({"find": @})"});
  return out;
}

TEST(Sets, are_the_evaluators_in_one_statement) {
  const std::uint64_t seed = setting("IACDB_PROPERTY_SEED", std::random_device{}());
  std::printf("IACDB_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Dice dice(seed);
  Stores stores("sets");
  DocumentStore evaluator = stores.all()[0].second;
  const std::uint64_t rounds = setting("IACDB_PROPERTY_ROUNDS", 400);
  std::size_t sets = 0;
  std::array<std::size_t, 2> whole{};
  for (std::uint64_t round = 0; round < rounds; ++round) {
    std::string documents;
    for (std::size_t i = 0; i < 12; ++i) {
      documents += (i > 0 ? ", " : "") + usual_document(dice, i);
    }
    for (const Step& step : steps(dice, documents, round % 4 == 0)) {
      const std::string command = step.of(stores.name());
      if (step.is_set()) ++sets;
      const std::string expected = answer(evaluator, step.evaluated(stores.name() + "_e"));
      for (std::size_t i = 0; i < 2; ++i) {
        auto& [name, store] = stores.all()[i];
        if (step.is_set()) whole[i] += one_statement(store, command);
        EXPECT_EQ(answer(store, command), expected)
            << name << ": " << command << "\nafter " << documents;
      }
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(whole[0], sets / 3) << "of " << sets;
  EXPECT_GT(whole[1], sets / 2) << "of " << sets;
}

/// What SQL sees of a document whose keys repeat is not all of it.
TEST(Sets, change_what_lies_in_documents_whose_keys_repeat) {
  Stores stores("repeats");
  stores.write("insert", R"(, "documents": [
      {"_id": 1, "a": {"x": 1, "x": 2, "b": {"c": 1}}}, {"_id": 2, "a": {"b": {"c": 1, "q": 1, "q": 2}}},
      {"_id": 3, "a": {"b": {"c": 1}}, "z": 1, "z": 2}])");
  const char* update = R"(, "updates": [{"q": {}, "u": {"$inc": {"a.b.c": 4}}, "multi": true}])";
  for (std::size_t i = 0; i < 2; ++i) {
    auto& [name, store] = stores.all()[i];
    EXPECT_EQ(store.run(stores.command("update", update)).integer("nModified"), 3) << name;
    EXPECT_EQ(store.run(stores.command("count", R"(, "query": {"a.b.c": 5})")).integer("n"), 3);
    const std::string found = store.run(stores.command("find")).to_json();
    EXPECT_EQ(found.find(R"("c":1)"), std::string::npos) << name << found;
  }
}

/// A row may be small where its document is not: PostgreSQL compresses.
TEST(Sets, do_not_grow_a_document_beyond_the_limit) {
  Stores stores("large");
  const std::string name = "\"" + stores.name() + "\"";
  constexpr std::size_t almost = 16 * 1024 * 1024 - 200'000;
  for (std::size_t i = 0; i < 2; ++i) {
    auto& [which, store] = stores.all()[i];
    const auto reply = [&store](const std::string& command) {
      return store.reply_to(Document::from_json(command)).to_json();
    };
    reply(R"({"insert": )" + name + R"(, "documents": [{"_id": 1, "t": ")" +
          std::string(almost, 'a') + R"("}]})");
    for (const char* q : {"{}", R"({"_id": 1})"}) {
      const std::string refused = reply(R"({"update": )" + name + R"(, "updates": [{"q": )" + q +
                                        R"(, "u": {"$set": {"u": ")" + std::string(400'000, 'b') +
                                        R"("}}, "multi": true}]})");
      EXPECT_NE(refused.find("larger than 16777216"), std::string::npos)
          << which << refused.substr(0, 500);
    }
  }
}

/// What a write made that fails is undone with it, and the next one does not take it as there.
TEST(Sets, make_a_collection_again_when_the_first_write_fails) {
  Stores stores("made");
  const std::string large = "\"" + std::string(16 * 1024 * 1024, 'a') + "\"";
  for (std::size_t i = 0; i < 2; ++i) {
    auto& [which, store] = stores.all()[i];
    const std::string name = "\"" + stores.name() + "\"";
    const auto reply = [&store](const std::string& command) {
      return store.reply_to(Document::from_json(command)).to_json();
    };
    reply(R"({"drop": )" + name + "}");
    const std::string updated = reply(
        R"({"update": )" + name + R"(, "ordered": false, "updates": [{"q": {"_id": 1}, "u": )" +
        R"({"$set": {"x": )" + large + R"(}}, "upsert": true}, )" +
        R"({"q": {"_id": 7}, "u": {"$set": {"z": 1}}, "upsert": true}]})");
    EXPECT_NE(updated.find(R"("upserted":[{"index":1,"_id":7}])"), std::string::npos)
        << which << updated.substr(0, 500);
    EXPECT_EQ(store.collection(stores.name()).count(), 1) << which;
    reply(R"({"drop": )" + name + "}");
    const Document found = store.run(Document::from_json(R"({"find": )" + name + "}"));
    const std::string written = reply(
        R"({"bulkWrite": 1, "ordered": false, "nsInfo": [{"ns": ")" + *found.text("cursor.ns") +
        R"("}], "ops": [{"insert": 0, "document": {"_id": 1, "x": )" + large +
        R"(}}, {"delete": 0, "filter": {"_id": 9}}, {"insert": 0, "document": {"_id": 5}}]})");
    EXPECT_NE(written.find(R"("nInserted":1)"), std::string::npos)
        << which << written.substr(0, 500);
    EXPECT_EQ(store.collection(stores.name()).count(), 1) << which;
  }
}

}  // namespace
}  // namespace iacdb::doc
