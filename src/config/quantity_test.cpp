#include "config/quantity.hpp"

#include <gtest/gtest.h>

namespace iacdb::config {
namespace {

TEST(Quantity, ReadsDurations) {
  EXPECT_EQ(parse_duration("200ms", 1000), 200);
  EXPECT_EQ(parse_duration("30s", 1), 30'000);
  EXPECT_EQ(parse_duration("5m", 1), 300'000);
  EXPECT_EQ(parse_duration("1h30m", 1), 5'400'000);
  EXPECT_EQ(parse_duration("7d", 1), 7 * 86'400'000LL);
  EXPECT_EQ(parse_duration("1.5s", 1), 1500);
  EXPECT_EQ(parse_duration("0", 1000), 0);
  EXPECT_EQ(parse_duration("30", 1000), 30'000);
  EXPECT_EQ(parse_duration("30", 1), 30);
  EXPECT_EQ(parse_duration("0.5", 1000), 500);
}

TEST(Quantity, RefusesOtherDurations) {
  for (const char* text : {"", " ", "s", "5x", "5S", "30m1h", "1s1s", "1h30", "--5s", "1..5s",
                           "1.0005s", "99999999999999999999s", "9223372036854775807d", "5 s x"}) {
    EXPECT_FALSE(parse_duration(text, 1000)) << text;
  }
}

TEST(Quantity, PrintsDurationsThatReadBack) {
  EXPECT_EQ(print_duration(0), "0s");
  EXPECT_EQ(print_duration(1), "1ms");
  EXPECT_EQ(print_duration(300'000), "5m");
  EXPECT_EQ(print_duration(90'000), "90s");
  for (const std::int64_t value : {0LL, 1LL, 999LL, 1000LL, 86'400'000LL, 123'456'789LL}) {
    EXPECT_EQ(parse_duration(print_duration(value), 1), value);
  }
}

TEST(Quantity, ReadsSizes) {
  EXPECT_EQ(parse_bytes("0"), 0);
  EXPECT_EQ(parse_bytes("17"), 17);
  EXPECT_EQ(parse_bytes("64KiB"), 65'536);
  EXPECT_EQ(parse_bytes("1MB"), 1'000'000);
  EXPECT_EQ(parse_bytes("1.5 GiB"), 1'610'612'736);
  EXPECT_EQ(parse_bytes("2kB"), 2000);
  EXPECT_EQ(parse_bytes("5B"), 5);
  for (const char* text : {"", "KiB", "1Kib", "1 PB", "1.3B", "99999999TiB", "1KiBx", "-1"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
  EXPECT_EQ(print_bytes(8 << 20), "8MiB");
  EXPECT_EQ(print_bytes(1000), "1000");
  EXPECT_EQ(print_bytes(0), "0");
}

TEST(Quantity, ReadsWholeNumbers) {
  EXPECT_EQ(parse_integer("-5"), -5);
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "5.0", "0x10", "1e3", " 5", "5 ", "9223372036854775808"}) {
    EXPECT_FALSE(parse_integer(text)) << text;
  }
}

}  // namespace
}  // namespace iacdb::config
