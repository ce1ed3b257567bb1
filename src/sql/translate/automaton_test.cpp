#include "sql/translate/automaton.hpp"

#include <gtest/gtest.h>

namespace iacdb::sql {
namespace {

TEST(Automaton, HasAStateForEachCharacterOfThePattern) {
  const auto a = read_pattern("^a[0-9]+$", {});
  ASSERT_TRUE(a);
  EXPECT_EQ(a->sets.size(), 2U);
  EXPECT_EQ(a->steps.size(), 3U);  // into a, from it to the digits, and among them
  EXPECT_TRUE(a->at_start);
  EXPECT_FALSE(a->anywhere);
  EXPECT_TRUE(a->ends.empty());
  EXPECT_EQ(a->last_ends, std::vector<int>{3});
  EXPECT_FALSE(a->empty);
}

TEST(Automaton, RepeatsAnAtomAsOftenAsItSays) {
  EXPECT_EQ(read_pattern("(ab){3}", {})->sets.size(), 6U);
  EXPECT_EQ(read_pattern("a{2,4}", {})->ends.size(), 3U);
  EXPECT_TRUE(read_pattern("x*", {})->empty);
}

TEST(Automaton, KnowsWhetherATextCanBeReadInOneWayOnly) {
  EXPECT_TRUE(read_pattern("[a-z]+[0-9]", {})->deterministic());
  EXPECT_FALSE(read_pattern("[a-z]+[a-f]", {})->deterministic());
  EXPECT_FALSE(read_pattern("(a|ab)", {})->deterministic());
}

TEST(Automaton, LeavesOutWhatItCannotRead) {
  for (std::string_view p :
       {"(a)\\1", "(?=a)", "\\bword", "a**", "a{3,2}", "[a", "(a", "a)", "a+?", "(a{50}){50}",
        "((((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})"}) {
    EXPECT_FALSE(read_pattern(p, {})) << p;
  }
}

TEST(Automaton, WritesCharactersAsGlobReadsThem) {
  const auto glob = [](std::string_view pattern, bool folds = false) {
    return glob_of(
        read_pattern(pattern, {.ignore_case = folds, .dot_reads_newline = true})->sets[0]);
  };
  EXPECT_EQ(glob("a"), "a");
  EXPECT_EQ(glob("a", true), "[Aa]");
  EXPECT_EQ(glob("."), "?");
  EXPECT_EQ(glob("\\*"), "[*]");
  EXPECT_EQ(glob("[]a-]"), "[]a-]");
  EXPECT_EQ(glob("[^0-9]"), "[^0-9]");
  EXPECT_EQ(glob("\\^"), "^");
  EXPECT_EQ(glob("[-^]"), "[-^]");
  EXPECT_EQ(glob("\xC3\xA9"), "\xC3\xA9");
}

}  // namespace
}  // namespace iacdb::sql
