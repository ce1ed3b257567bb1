#include "observe/log_line.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace iacdb::observe {
namespace {

using namespace std::chrono_literals;

std::string escape(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

const auto noon = std::chrono::system_clock::time_point(1'700'000'000s + 7ms);

TEST(LogLine, TextForPeople) {
  LogLine line(LogFormat::text, LogLevel::warn, "slow_query", noon);
  line.add("database", "orders").add("ms", 1234.5).add("rows", std::uint64_t{3});
  line.add_if("label", "").add("statement", "select ?");
  EXPECT_EQ(line.finish(),
            "2023-11-14T22:13:20.007Z WARN  slow_query database=orders ms=1234.500 rows=3 "
            "statement=\"select ?\"");
}

TEST(LogLine, JsonForPrograms) {
  LogLine line(LogFormat::json, LogLevel::error, "query_failed", noon);
  line.add("database", "a\"b").add("code", std::int64_t{-7}).add("ms", 0.25);
  const auto json = nlohmann::json::parse(line.finish());
  EXPECT_EQ(json["time"], "2023-11-14T22:13:20.007Z");
  EXPECT_EQ(json["level"], "error");
  EXPECT_EQ(json["event"], "query_failed");
  EXPECT_EQ(json["database"], "a\"b");
  EXPECT_EQ(json["code"], -7);
  EXPECT_EQ(json["ms"], 0.25);
}

TEST(LogLine, QuotesWhatWouldReadAsAnotherField) {
  for (const std::string_view text : {"", "a b", "a=b", "a\"b", "a\\b"}) {
    LogLine line(LogFormat::text, LogLevel::info, "x", noon);
    line.add("f", text);
    EXPECT_TRUE(line.finish().ends_with("f=\"" + escape(text) + "\"")) << text;
  }
}

TEST(LogLine, EscapesWhatCouldForgeALineOrDriveATerminal) {
  EXPECT_EQ(escape("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(escape("\x1b[2J\x07\x7f"), "\\u001b[2J\\u0007\\u007f");
  EXPECT_EQ(escape(std::string_view("\0", 1)), "\\u0000");
  EXPECT_EQ(escape("\xc2\x9b"), "\\u009b");  // CSI as one C1 character.
  EXPECT_EQ(escape("\xe2\x80\xae\xe2\x80\xa8"), "\\u202e\\u2028");
  EXPECT_EQ(escape("\"\\"), "\\\"\\\\");
}

TEST(LogLine, KeepsOtherLanguagesAndReplacesWhatIsNotUtf8) {
  EXPECT_EQ(escape("Zürich 東京 🙂"), "Zürich 東京 🙂");
  EXPECT_EQ(escape("a\xff\xc3"), "a\\ufffd\\ufffd");
  EXPECT_EQ(escape("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd");  // A surrogate.
  EXPECT_EQ(escape("\xc0\x8a"), "\\ufffd\\ufffd");             // An overlong line feed.
}

TEST(LogLine, EscapedControlsInTextFormAreQuoted) {
  LogLine line(LogFormat::text, LogLevel::info, "x", noon);
  line.add("f", "\xc2\x9b");
  EXPECT_TRUE(line.finish().ends_with("f=\"\\u009b\"")) << line.finish();
}

TEST(LogLine, CutsLongTextBetweenCharacters) {
  std::string text(LogLine::field_bytes_max - 4, 'a');
  for (int i = 0; i < 10; ++i) text += "ü";
  LogLine line(LogFormat::json, LogLevel::info, "x", noon);
  const auto json = nlohmann::json::parse(line.add("f", text).finish());
  const auto kept = json["f"].get<std::string>();
  EXPECT_LE(kept.size(), LogLine::field_bytes_max);
  EXPECT_TRUE(kept.ends_with("a...")) << kept.substr(kept.size() - 8);
}

}  // namespace
}  // namespace iacdb::observe
