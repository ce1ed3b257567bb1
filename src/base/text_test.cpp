#include "base/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace iacdb::base {
namespace {

TEST(Text, TrimsAndChangesCase) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(lower("AbC\xC3\x89"), "abc\xC3\x89");
  EXPECT_EQ(upper("abC_1"), "ABC_1");
  EXPECT_TRUE(equals_ignoring_case("Port", "pORT"));
  EXPECT_FALSE(equals_ignoring_case("Port", "ports"));
  EXPECT_TRUE(starts_with_ignoring_case("TCP:host", "tcp:"));
}

TEST(Text, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("pool", "pol"), 1u);
  EXPECT_EQ(edit_distance("pool", "pole"), 2u);
  EXPECT_EQ(edit_distance("prot", "port"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance(std::string(65, 'a'), "a"), 65u);
}

TEST(Text, FindsTheNearestName) {
  const std::array<std::string_view, 3> names = {"pool", "port", "password"};
  EXPECT_EQ(nearest("pasword", names), "password");
  EXPECT_EQ(nearest("prot", names), "port");
  EXPECT_EQ(nearest("POOL", names), "pool");
  EXPECT_EQ(nearest("timeout", names), "");
}

TEST(Text, ChecksUtf8) {
  EXPECT_TRUE(is_utf8("plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  EXPECT_FALSE(is_utf8("\xC3"));
  EXPECT_FALSE(is_utf8("\xC0\x80"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xFF"));
  EXPECT_FALSE(is_utf8("\x80"));
}

}  // namespace
}  // namespace iacdb::base
