// Every filter operator with every operand, over every value, in each place that a value may stand:
// the stores against the evaluator. Where narrow_test.cpp mixes by chance, this leaves no pair out.

#include <gtest/gtest.h>

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/filter/filter.hpp"
#include "random_documents.hpp"

namespace iacdb::doc {
namespace {

/// Texts at whose ends and beginnings patterns and comparisons are easily wrong.
const std::vector<std::string>& texts() {
  static const std::vector<std::string> list = {
      R"("p")",       R"("p\n")",     R"("p\n\n")",   R"("\np")",          R"("xp")",
      R"("px")",      R"("pp")",      R"("P")",       R"("p%")",           R"("p_x")",
      R"("\\p")",     R"("p\u0000")", R"("\u0000p")", R"("p\u0000p")",     R"("\u00e9p")",
      R"("p\u00e9")", R"("\u00e9")",  R"("e\u0301")", R"("\uD83D\uDE00")", R"("x\uD83D\uDE00")",
      R"(" p ")",     R"("p\r\n")",   R"("'p'")",     R"("vip and\nmore")"};
  return list;
}

const std::vector<std::string>& patterns() {
  static const std::vector<std::string> list = {
      "p",     "^p",       "p$",          "^p$",      "px",        "^px$",      "\\n",
      "p\\n$", "\\u00e9",  "^\\u00e9",    "\\u00e9$", "^\\u00e9$", "p\\u00e9$", "\\uD83D\\uDE00$",
      "^$",    "",         "^",           "$",        "P",         "%",         "_",
      "p_",    "'",        "^'p'$",       " ",        " $",        "^ ",        "vip",
      "more$", "^vip and", "and\\nmore$", "x$",       "^x",        "5",         "5$",
      "^5$",   "\\\\$",    "\\\\\\\\p",   "p|x",      "p.",        ".p",        "^.$",
      "p+$",   "[p]$",     "(p)$",        "p{1}$",    "e\\u0301$", "p$\\n",     "$p",
      "p^"};
  return list;
}

/// The documents in which a path finds a value, or just does not.
std::vector<std::string> around(const std::string& path, const std::string& value) {
  if (path == "a") return {R"({"a": )" + value + "}", R"({"a": [)" + value + R"(, "x"]})"};
  if (path == "a.0") return {R"({"a": [)" + value + "]}", R"({"a": {"0": )" + value + "}}"};
  if (path == "a.b") {
    return {R"({"a": {"b": )" + value + "}}", R"({"a": [{"b": )" + value + R"(}, 5]})",
            R"({"a": {"b": [)" + value + R"(, "x"]}})"};
  }
  return {R"({"a": [{"b": )" + value + "}]}"};
}

class EveryValue : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const std::vector<std::string>* list : {&scalars(), &texts()}) {
      for (const std::string& value : *list) {
        for (const std::string& document : around(GetParam(), value)) add(document);
      }
    }
    for (const char* other :
         {"{}", R"({"a": []})", R"({"a": {}})", R"({"a": [[]]})", R"({"a": [{}]})",
          R"({"a": [null]})", R"({"a": [1, [1, 2]]})", R"({"a": {"b": {}}})", R"({"a": {"b": []}})",
          R"({"a": 5})", R"({"a": "p"})"}) {
      add(other);
    }
    std::string batch;
    for (const std::string& document : texts_) batch += (batch.empty() ? "" : ", ") + document;
    stores_.write("insert", R"(, "documents": [)" + batch + "]");
  }
  void TearDown() override { EXPECT_GT(checked_, 100U); }

  void check(const std::string& predicate) {
    const std::string text = "{\"" + GetParam() + "\": " + predicate + "}";
    FilterPtr filter;
    try {
      filter = parse_filter(parse_json(text));
    } catch (const std::exception&) {
      return;  // Not every operand is one.
    }
    ++checked_;
    const Environment environment;
    std::string expected;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (matches(*filter, documents_[i], {.environment = &environment})) {
        expected += texts_[i] + "\n";
      }
    }
    for (const std::size_t which : {0, 1}) {
      auto& [name, store] = stores_.all()[which];
      std::string found;
      for (const Document& one : store.collection(stores_.name())
                                     .find(Document::from_json(text), {.sort = R"({"_id": 1})"})) {
        found += texts_[static_cast<std::size_t>(*one.integer("_id"))] + "\n";
      }
      EXPECT_EQ(found, expected) << name << ": " << text;
    }
  }

 private:
  void add(const std::string& text) {
    const std::string id = R"("_id": )" + std::to_string(texts_.size());
    texts_.push_back("{" + id + (text.size() > 2 ? ", " : "") + text.substr(1));
    documents_.emplace_back(parse_json(texts_.back()));
  }

  Stores stores_{"every"};
  std::vector<std::string> texts_;
  std::vector<Value> documents_;
  std::size_t checked_ = 0;
};

TEST_P(EveryValue, IsCompared) {
  for (const std::vector<std::string>* list : {&scalars(), &texts()}) {
    for (const std::string& operand : *list) {
      for (const char* op : {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte"}) {
        check("{\"" + std::string(op) + "\": " + operand + "}");
      }
      check(R"({"$in": [)" + operand + R"(, "vi"]})");
      check(R"({"$not": {"$gt": )" + operand + "}}");
    }
  }
}

TEST_P(EveryValue, IsMatchedWithPatterns) {
  for (const std::string& pattern : patterns()) {
    for (const char* options : {"", "i", "m", "s"}) {
      check(R"({"$regex": ")" + pattern + R"(", "$options": ")" + options + "\"}");
    }
    check(R"({"$not": {"$regex": ")" + pattern + "\"}}");
    check(R"({"$in": [{"$regularExpression": {"pattern": ")" + pattern +
          R"(", "options": ""}}, 5]})");
  }
}

TEST_P(EveryValue, HasTypeSizeAndBits) {
  for (int type = -1; type < 20; ++type) {
    check(R"({"$type": )" + std::to_string(type) + "}");
    check(R"({"$not": {"$type": )" + std::to_string(type) + "}}");
  }
  check(R"({"$type": "number"})");
  check(R"({"$type": ["string", 16, "array"]})");
  check(R"({"$exists": true})");
  check(R"({"$exists": false})");
  for (const char* size : {"0", "1", "2", "3"}) check(R"({"$size": )" + std::string(size) + "}");
  for (const char* op : {"AllSet", "AllClear", "AnySet", "AnyClear"}) {
    for (const char* mask : {"0", "1", "5", "[]", "[0, 2]", "[63]", "[62]", "[64]", "[200]",
                             R"({"$binary": {"base64": "AQI=", "subType": "00"}})"}) {
      check("{\"$bits" + std::string(op) + "\": " + mask + "}");
    }
  }
  for (const char* divisor :
       {"1", "2", "5", "-3", "1.9", R"({"$numberLong": "9007199254740993"})"}) {
    for (const char* remainder : {"0", "1", "-1", "2.5"}) {
      check(R"({"$mod": [)" + std::string(divisor) + ", " + remainder + "]}");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Places, EveryValue, testing::Values("a", "a.b", "a.0", "a.0.b"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace iacdb::doc
