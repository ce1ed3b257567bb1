#include "observe/command_counters.hpp"

#include <gtest/gtest.h>

namespace iacdb::observe {
namespace {

using namespace std::chrono_literals;

TEST(CommandCounters, CountByCollectionAndCommand) {
  CommandCounters counters;
  counters.record("people", "find", 2ms, 5, std::nullopt);
  counters.record("people", "find", 4ms, 1, ErrorKind::timeout);
  counters.record("people", "insert", 1ms, 3, std::nullopt);
  counters.record("pets", "find", 1ms, 0, std::nullopt);
  const auto all = counters.snapshot();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].collection, "people");
  EXPECT_EQ(all[0].command, "find");
  EXPECT_EQ(all[0].statements.count, 2U);
  EXPECT_EQ(all[0].statements.rows, 6U);
  EXPECT_EQ(all[0].statements.total, 6ms);
  EXPECT_EQ(all[0].statements.errors[static_cast<std::size_t>(ErrorKind::timeout)], 1U);
  EXPECT_EQ(all[2].collection, "pets");
}

TEST(CommandCounters, HaveALimit) {
  CommandCounters counters;
  for (int i = 0; i < 1500; ++i) {
    counters.record("c" + std::to_string(i), "find", 1ms, 1, std::nullopt);
  }
  const auto all = counters.snapshot();
  ASSERT_EQ(all.size(), CommandCounters::pairs_max + 1);
  EXPECT_EQ(all[0].collection, CommandCounters::other);
  EXPECT_EQ(all[0].statements.count, 500U);
}

}  // namespace
}  // namespace iacdb::observe
