#pragma once
// Random documents and filters, and the stores that are compared by them.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iacdb/documents.hpp>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace iacdb::doc {

inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

inline std::string postgres_url(std::string_view option = {}) {
  std::istringstream urls(std::getenv("IACDB_TEST_URLS"));
  for (std::string url; urls >> url;) {
    if (!url.starts_with("postgres")) continue;
    if (option.empty()) return url;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + std::string(option);
  }
  throw std::runtime_error("IACDB_TEST_URLS names no PostgreSQL; run scripts/test");
}

/// A SQLite file and PostgreSQL collections that go with the test.
class Stores {
 public:
  explicit Stores(const std::string& name)
      : name_(name + "_" + std::to_string(::getpid())),
        file_(std::filesystem::temp_directory_path() / ("iacdb-" + name_ + ".db")) {
    stores_.emplace_back("SQLite", open_documents("sqlite:" + file_.string()));
    stores_.emplace_back("PostgreSQL", open_documents(postgres_url()));
    // The planner prefers a scan of so few rows: make it take the indexes, too.
    stores_.emplace_back("PostgreSQL by index",
                         open_documents(postgres_url("options=-c%20enable_seqscan%3Doff")));
  }
  ~Stores() {
    stores_[1].second.reply_to(command("drop"));
    stores_.clear();
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(file_.string() + suffix);
    }
  }
  Document command(const std::string& verb, const std::string& more = {}) const {
    return Document::from_json("{\"" + verb + "\": \"" + name_ + "\"" + more + "}");
  }
  /// Those that hold data of their own.
  std::int64_t write(const std::string& verb, const std::string& more) {
    std::int64_t n = 0;
    for (std::size_t i = 0; i < 2; ++i) {
      n += stores_[i].second.run(command(verb, more)).integer("n").value_or(0);
    }
    return n;
  }
  const std::string& name() const { return name_; }
  std::string sqlite_url() const { return "sqlite:" + file_.string(); }
  auto& all() { return stores_; }

 private:
  std::string name_;
  std::filesystem::path file_;
  std::vector<std::pair<std::string, DocumentStore>> stores_;
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// Values as JSON text: of every type, equal ones of several types among them.
// tidy: table, one line a value
inline const std::vector<std::string>& scalars() {
  static const std::vector<std::string> list = {
      "0",
      "1",
      "2",
      "-1",
      "5",
      "18",
      "50",
      "2147483648",
      R"({"$numberLong": "5"})",
      R"({"$numberLong": "9007199254740993"})",
      R"({"$numberLong": "9223372036854775807"})",
      "0.1",
      "1.5",
      "-2.5",
      R"({"$numberDouble": "5.0"})",
      R"({"$numberDouble": "-0.0"})",
      R"({"$numberDouble": "NaN"})",
      R"({"$numberDouble": "Infinity"})",
      R"({"$numberDouble": "-Infinity"})",
      R"({"$numberDouble": "9007199254740992"})",
      R"({"$numberDouble": "1e23"})",
      R"({"$numberDouble": "1e300"})",
      R"({"$numberDouble": "5e-324"})",
      R"({"$numberDecimal": "0.1"})",
      R"({"$numberDecimal": "5"})",
      R"({"$numberDecimal": "1.5"})",
      R"({"$numberDecimal": "0.3"})",
      "0.3",
      "0.30000000000000004",
      "1e-7",
      R"({"$numberDecimal": "5.00"})",
      R"({"$numberDecimal": "5E+1"})",
      R"({"$numberDecimal": "0E+3"})",
      R"({"$numberDecimal": "-0"})",
      R"({"$numberDecimal": "NaN"})",
      R"({"$numberDecimal": "Infinity"})",
      R"({"$numberDecimal": "1E+23"})",
      R"({"$numberDecimal": "99999999999999991611392"})",
      R"({"$numberDecimal": "0.1000000000000000055511151231257827"})",
      R"({"$numberDecimal": "9007199254740993"})",
      R"({"$numberDecimal": "1E-80"})",
      R"("")",
      R"("x")",
      R"("y")",
      R"("vip")",
      R"("vi")",
      R"("vip and more")",
      R"("vi\u00e9")",
      R"("vi\uD83D\uDE00p")",
      "\"" + std::string(127, 'x') + "yz\"",
      "\"" + std::string(127, 'x') + "\"",
      "\"" + std::string(127, 'x') + "ya\"",
      R"("[x")",
      R"("{\"$decimal\":")",
      R"("5")",
      R"("a\u0000b")",
      R"({"$symbol": "x"})",
      "true",
      "false",
      "null",
      R"({"$date": {"$numberLong": "0"}})",
      R"({"$date": {"$numberLong": "1577836800000"}})",
      R"({"$date": {"$numberLong": "-5"}})",
      R"({"$oid": "65a5f1c2d3e4f5a6b7c8d9e0"})",
      R"({"$oid": "65a5f1c2d3e4f5a6b7c8d9e1"})",
      R"({"$binary": {"base64": "AQI=", "subType": "00"}})",
      R"({"$binary": {"base64": "AQI=", "subType": "05"}})",
      R"({"$timestamp": {"t": 1, "i": 2}})",
      R"({"$regularExpression": {"pattern": "x", "options": ""}})",
      R"({"$minKey": 1})",
      R"({"$maxKey": 1})",
      R"({"$undefined": true})",
      R"({"$code": "x"})"};
  return list;
}

inline std::string value(Dice& dice, int depth);

inline std::string object(Dice& dice, int depth) {
  std::string out = "{";
  const std::size_t n = dice.below(4);
  const std::vector<std::string> names = {"a", "b", "c", "0"};
  std::set<std::string> used;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string& name = dice.one_of(names);
    // A name that repeats is rare, and possible.
    if (!used.insert(name).second && !dice.one_in(4)) continue;
    if (out.size() > 1) out += ", ";
    out += "\"" + name + "\": " + value(dice, depth + 1);
  }
  return out + "}";
}

inline std::string array(Dice& dice, int depth) {
  std::string out = "[";
  const std::size_t n = dice.below(4);
  for (std::size_t i = 0; i < n; ++i) out += (i > 0 ? ", " : "") + value(dice, depth + 1);
  return out + "]";
}

inline std::string value(Dice& dice, int depth) {
  if (depth < 3 && dice.one_in(4)) return array(dice, depth);
  if (depth < 3 && dice.one_in(3)) return object(dice, depth);
  return dice.one_of(scalars());
}

inline std::string operator_on(Dice& dice, int depth) {
  const std::vector<std::string> comparisons = {"$eq", "$gt", "$gte", "$lt", "$lte", "$ne"};
  const auto list = [&] {
    std::string out = "[";
    for (std::size_t i = 0, n = dice.below(4); i < n; ++i) {
      out += (i > 0 ? ", " : "") + value(dice, 2);
    }
    return out + "]";
  };
  const std::vector<std::string> patterns = {
      "^vi", "^vip",       "^vip?", "^x{2}", "^[xy]", "^(?i)VI", "^vi|x", "^xx*y",
      "p$",  "^vi\u00e9?", "^$",    "x",     "p and", "vi",      "^5",    "x.y"};
  switch (dice.below(15)) {
    case 0:
      return R"({"$in": )" + list() + "}";
    case 1:
      return R"({"$nin": )" + list() + "}";
    case 2:
      return dice.one_in(2) ? R"({"$exists": true})" : R"({"$exists": false})";
    case 3:
      return R"({"$type": ")" + dice.one_of<std::string>({"number", "string", "array", "null"}) +
             "\"}";
    case 4:
      return R"({"$size": )" + std::to_string(dice.below(3)) + "}";
    case 5:
      return R"({"$all": )" + list() + "}";
    case 6:
      if (depth < 2) return R"({"$not": )" + operator_on(dice, depth + 1) + "}";
      return R"({"$exists": true})";
    case 7:
      if (depth < 2) return R"({"$elemMatch": )" + operator_on(dice, depth + 1) + "}";
      return R"({"$mod": [5, 0]})";
    case 8: {
      const std::string low = dice.one_of(scalars());
      return R"({"$gte": )" + low + R"(, "$lt": )" + dice.one_of(scalars()) + "}";
    }
    case 9:
      return R"({"$regex": ")" + dice.one_of(patterns) + R"(", "$options": ")" +
             dice.one_of<std::string>({"", "", "s", "i", "m"}) + "\"}";
    case 10:
      return R"({"$mod": [)" + dice.one_of<std::string>({"5, 0", "-2, 1", "3, 2", "2, -1"}) + "]}";
    case 11:
      return "{\"$bits" + dice.one_of<std::string>({"AllSet", "AllClear", "AnySet", "AnyClear"}) +
             "\": [" + dice.one_of<std::string>({"0", "0, 2", "1, 4", "63", "70", ""}) + "]}";
    default:
      return "{\"" + dice.one_of(comparisons) + "\": " + value(dice, 2) + "}";
  }
}

inline std::string filter_text(Dice& dice, int depth) {
  const std::vector<std::string> paths = {"a",     "b",   "c",     "a.a", "a.b",
                                          "b.a.b", "a.0", "a.0.b", "_id"};
  if (depth < 2 && dice.one_in(4)) {
    const std::string word = dice.one_of<std::string>({"$and", "$or", "$nor"});
    std::string out = "{\"" + word + "\": [" + filter_text(dice, depth + 1);
    for (std::size_t i = 0, n = dice.below(3); i < n; ++i)
      out += ", " + filter_text(dice, depth + 1);
    return out + "]}";
  }
  if (depth < 2 && dice.one_in(8)) {
    return R"({"a": {"$elemMatch": )" + filter_text(dice, depth + 1) + "}}";
  }
  const std::string& path = dice.one_of(paths);
  if (path == "_id") return R"({"_id": )" + std::to_string(dice.below(1000)) + "}";
  if (dice.one_in(3)) return "{\"" + path + "\": " + value(dice, 2) + "}";
  return "{\"" + path + "\": " + operator_on(dice, 0) + "}";
}

/// Of all kinds, mostly of such as choose among the fields at the top.
inline std::string projection_text(Dice& dice) {
  std::vector<std::string> names = {"a", "b", "c", "0", "_id"};
  if (dice.one_in(3)) names = {"a", "b.a", "c", "a.b", "a.0", "c.a.b", "_id"};
  const std::string all = dice.one_in(2) ? "1" : "0";
  std::set<std::string> used;
  std::string out = "{";
  for (std::size_t i = 0, n = 1 + dice.below(3); i < n; ++i) {
    const std::string& name = dice.one_of(names);
    if (!used.insert(name).second) continue;
    out += (out.size() > 1 ? ", \"" : "\"") + name + "\": ";
    const bool other = name == "_id" && dice.one_in(2);
    if (dice.one_in(12)) {
      out += dice.one_of<std::string>({R"({"$slice": 1})", R"({"$slice": [1, 2]})", R"("$b.a")",
                                       R"({"$elemMatch": {"b": {"$gt": 1}}})"});
    } else {
      out += other ? (all == "1" ? "0" : "1") : all;
    }
  }
  return out + "}";
}

/// {"a": 1, "b.a": -1}
inline std::string order_text(Dice& dice) {
  const std::vector<std::string> paths = {"a", "b", "c", "a.a", "a.b", "a.b.c", "a.0", "_id"};
  std::set<std::string> used;
  std::string out = "{";
  for (std::size_t i = 0, n = 1 + dice.below(3); i < n; ++i) {
    const std::string& path = dice.one_of(paths);
    if (!used.insert(path).second) continue;
    out += (out.size() > 1 ? ", \"" : "\"") + path + "\": " + (dice.one_in(2) ? "1" : "-1");
  }
  return out + "}";
}

}  // namespace iacdb::doc
