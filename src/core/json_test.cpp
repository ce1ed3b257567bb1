#include "core/json.hpp"

#include <gtest/gtest.h>

namespace iacdb::core {
namespace {

std::string json(const Cell& cell) {
  std::string out;
  append_json(out, cell);
  return out;
}

TEST(Json, NumbersThatJsonWouldLoseAreStrings) {
  EXPECT_EQ(json(Cell::of_int64(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(json(Cell::of_float64(0.5)), "0.5");
  EXPECT_EQ(json(Cell::of_float64(1.0 / 0.0)), "\"Infinity\"");
  EXPECT_EQ(json(Cell::of_text(Type::decimal, "1.10")), "\"1.10\"");
  EXPECT_EQ(json(Cell()), "null");
}

TEST(Json, StringsAreEscapedAndAlwaysValidUtf8) {
  EXPECT_EQ(json(Cell::of_text("a\"b\\c\n\x01\xC3\xA9")), "\"a\\\"b\\\\c\\n\\u0001\xC3\xA9\"");
  EXPECT_EQ(json(Cell::of_text("\xFF|\xC3|\xED\xA0\x80")),
            "\"\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(Json, JsonCellsStandAsTheyAreWhenTheyAreValid) {
  EXPECT_EQ(json(Cell::of_text(Type::json, "{\"a\": [1, 2.5e3, true]}")),
            "{\"a\": [1, 2.5e3, true]}");
  EXPECT_EQ(json(Cell::of_text(Type::json, "{a:1}")), "\"{a:1}\"");
}

TEST(Json, TheGrammarIsStrict) {
  for (const char* good : {"0", "-1.5e+3", "\"\\u00e9\"", "[]", "{}", " [1 , {\"a\":null}] "}) {
    EXPECT_TRUE(is_json(good)) << good;
  }
  for (const char* bad : {"", "01", "1.", "+1", "[1,]", "{\"a\"}", "\"\n\"", "\"\\x\"", "nul",
                          "1 2", "\"\xFF\"", "{\"a\":1,}"}) {
    EXPECT_FALSE(is_json(bad)) << bad;
  }
  EXPECT_FALSE(is_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace iacdb::core
