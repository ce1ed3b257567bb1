#include "http/json_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

std::string text_of(std::string_view json) {
  JsonReader reader(json);
  std::string text = reader.string("it");
  reader.end();
  return text;
}

void skip_all(std::string_view json) {
  JsonReader reader(json);
  reader.skip();
  reader.end();
}

TEST(JsonReader, KeepsNumbersAsTheyWereWritten) {
  JsonReader reader(" [1.10, -0, 12345678901234567890123, 1E+5] ");
  std::vector<std::string> numbers;
  reader.array([&] { numbers.emplace_back((reader.next(), reader.number())); });
  reader.end();
  EXPECT_EQ(numbers, (std::vector<std::string>{"1.10", "-0", "12345678901234567890123", "1E+5"}));
}

TEST(JsonReader, ReadsEscapes) {
  EXPECT_EQ(text_of(R"("a\"\\\/\b\f\n\r\té")"), "a\"\\/\b\f\n\r\t\xc3\xa9");
  EXPECT_EQ(text_of(R"("\ud83d\ude00")"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(text_of(R"("\u0000")"), std::string(1, '\0'));
}

TEST(JsonReader, RefusesWhatIsNotJson) {
  for (const std::string_view wrong : {"",
                                       "nul",
                                       "tru",
                                       "01",
                                       "1.",
                                       ".5",
                                       "-",
                                       "1e",
                                       "+1",
                                       "\"",
                                       "\"\n\"",
                                       "\"\\x\"",
                                       "\"\\u12\"",
                                       "\"\\ud800\"",
                                       "\"\\ud800\\u0041\"",
                                       "\"\\udc00\"",
                                       "\"\xff\"",
                                       "[",
                                       "[1",
                                       "[1,]",
                                       "[1 2]",
                                       "{",
                                       "{1:2}",
                                       "{\"a\"}",
                                       "{\"a\":}",
                                       "{\"a\":1,}",
                                       "{\"a\":1 \"b\":2}",
                                       "1 2",
                                       "NaN",
                                       "'a'"}) {
    EXPECT_THROW(skip_all(wrong), UsageError) << wrong;
  }
}

TEST(JsonReader, RefusesAMemberThatIsGivenTwice) {
  EXPECT_THROW(skip_all(R"({"a":1,"b":2,"a":3})"), UsageError);
  EXPECT_NO_THROW(skip_all(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST(JsonReader, BoundsItsDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_NO_THROW(skip_all(nested(JsonReader::depth_max)));
  EXPECT_THROW(skip_all(nested(JsonReader::depth_max + 1)), UsageError);
  EXPECT_THROW(skip_all(std::string(1'000'000, '[')), UsageError);
}

TEST(JsonReader, SaysWhere) {
  try {
    skip_all("[1, x]");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("at byte 4"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace iacdb::http
