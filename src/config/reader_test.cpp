#include "config/reader.hpp"

#include <gtest/gtest.h>

#include <array>

#include "config/problem.hpp"

namespace iacdb::config {
namespace {

/// What a refused text is told, as "line:column: message"; "" when it is accepted.
std::string refusal(std::string_view text, std::string_view name) {
  try {
    read_document(text, name);
    return "";
  } catch (const SettingsError& error) {
    return error.lines().front();
  }
}

TEST(Reader, KeepsPlacesOfYaml) {
  const Node root = read_document("a: 1\nb:\n  c: [x, 'y']\n  d: null\n", "f.yaml");
  EXPECT_EQ(root.find("a")->mark.text(), "f.yaml:1:4");
  EXPECT_EQ(root.find("a")->text, "1");
  EXPECT_EQ(root.find("a")->style, Node::Style::plain);
  const Node* list = root.find_path("b.c");
  EXPECT_EQ(list->items.at(1).mark.text(), "f.yaml:3:10");
  EXPECT_EQ(list->items.at(1).style, Node::Style::quoted);
  EXPECT_EQ(root.find_path("b.d")->kind, Node::Kind::null);
  EXPECT_EQ(root.entries.at(1).mark.text(), "f.yaml:2:1");
}

TEST(Reader, KeepsPlacesOfJson) {
  const Node root = read_document(
      "{\"a\": 1,\n \"b\": {\"c\": [true, \"y\\u00e9\", 1.50],\n\"d\": null}}", "f.json");
  EXPECT_EQ(root.find("a")->mark.text(), "f.json:1:7");
  EXPECT_EQ(root.entries.at(1).mark.text(), "f.json:2:2");
  const Node* list = root.find_path("b.c");
  EXPECT_EQ(list->mark.text(), "f.json:2:13");
  EXPECT_EQ(list->items.at(0).mark.text(), "f.json:2:14");
  EXPECT_EQ(list->items.at(1).mark.text(), "f.json:2:20");
  EXPECT_EQ(list->items.at(1).text, "y\xC3\xA9");
  EXPECT_EQ(list->items.at(1).style, Node::Style::quoted);
  EXPECT_EQ(list->items.at(2).text, "1.50");
  EXPECT_EQ(root.find_path("b.d")->kind, Node::Kind::null);
}

TEST(Reader, ReadsJsonThatYamlLibrariesRefuse) {
  const Node root =
      read_document("{\t\"smile\": \"\\ud83d\\ude00\", \"slash\": \"\\/\"}", "f.json");
  EXPECT_EQ(root.find("smile")->text, "\xF0\x9F\x98\x80");
  EXPECT_EQ(root.find("slash")->text, "/");
}

TEST(Reader, TellsTheFormByTheName) {
  EXPECT_TRUE(read_document("{a: b}", "f.yaml").is_mapping());
  EXPECT_NE(refusal("{a: b}", "f.json"), "");
  EXPECT_NE(refusal("{a: b}", "settings"), "");
  EXPECT_TRUE(read_document("\xEF\xBB\xBF"
                            "a: b",
                            "settings")
                  .is_mapping());
}

TEST(Reader, ExpandsAliasesAndTakesOver) {
  const Node root = read_document(
      "base: &b {host: h, port: 1}\na: *b\nc:\n  <<: *b\n  port: 2\nd:\n  <<: [*b, {x: y}]\n",
      "f.yaml");
  EXPECT_EQ(root.find_path("a.host")->text, "h");
  EXPECT_EQ(root.find_path("c.host")->text, "h");
  EXPECT_EQ(root.find_path("c.port")->text, "2");
  EXPECT_EQ(root.find_path("d.x")->text, "y");
  EXPECT_EQ(root.find_path("c.<<"), nullptr);
}

struct Mistake {
  std::string_view text;
  std::string_view name;
  std::string_view line;
};

TEST(Reader, RefusesWithTheExactLine) {
  const std::array<Mistake, 16> mistakes = {{
      {"a: 1\nb: 2\na: 3\n", "f.yaml", "f.yaml:3:1: \"a\" is given twice; the first is at line 1"},
      {"{\"a\": 1,\n \"a\": 2}", "f.json",
       "f.json:2:2: \"a\" is given twice; the first is at line 1"},
      {"a:\n\tb: 1\n", "f.yaml", "f.yaml:2:1: indented by a tab; YAML wants spaces"},
      {"? [x]\n: y\n", "f.yaml", "f.yaml:1:3: a key must be a name"},
      {"a: !!int 5\n", "f.yaml",
       "f.yaml:1:4: YAML tags such as !name are not used here; remove it"},
      {"a: 1\n---\nb: 2\n", "f.yaml", "f.yaml:3:1: a second YAML document; one file holds one"},
      {"a: *b\n", "f.yaml", "f.yaml:1:4: not YAML: the referenced anchor is not defined"},
      {"a: &x [*x]\n", "f.yaml", "f.yaml:1:8: an alias inside its own anchor"},
      {"b: é\na: 'x\n", "f.yaml", "f.yaml:2:4: a quote is not closed"},
      {"a: [x,\n  y\n", "f.yaml", "f.yaml:1:4: not YAML: end of sequence flow not found"},
      {"{\"a\": 1,}", "f.json", ""},
      {"{\"a\": 1\n \"b\": 2}", "f.json", ""},
      {"{\"a\": 1", "f.json", ""},
      {"{\n// note\n\"a\": 1}", "f.json", "f.json:2:1: not JSON; JSON has no comments, YAML has"},
      {"a: \xFF\n", "f.yaml", "f.yaml:1:1: this line is not UTF-8; save the file as UTF-8"},
      {"<<: 5\n", "f.yaml", "f.yaml:1:5: << takes a section, as in <<: *base"},
  }};
  for (const Mistake& mistake : mistakes) {
    const std::string told = refusal(mistake.text, mistake.name);
    EXPECT_NE(told, "") << mistake.text;
    if (!mistake.line.empty()) {
      EXPECT_EQ(told, mistake.line);
    } else {
      EXPECT_NE(told.find(":"), std::string::npos);
    }
  }
}

TEST(Reader, HasLimits) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "[";
  EXPECT_NE(refusal("a: " + deep + std::string(40, ']'), "f.yaml").find("32 levels"),
            std::string::npos);
  EXPECT_NE(refusal("{\"a\":" + deep, "f.json").find("32 levels"), std::string::npos);
  EXPECT_NE(refusal("a: " + std::string(1'100'000, 'x'), "f.yaml").find("1 MiB"),
            std::string::npos);
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    laughs += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) laughs += std::string(i > 0 ? "," : "") + "*" + char(c - 1);
    laughs += "]\n";
  }
  EXPECT_NE(refusal(laughs, "f.yaml").find("50,000 values"), std::string::npos);
  EXPECT_NE(refusal(std::string(100'000, '['), "f.yaml"), "");
  EXPECT_NE(refusal("[" + std::string(100'000, '{'), "f.json"), "");
}

}  // namespace
}  // namespace iacdb::config
