#include "observe/statement_groups.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <thread>

namespace iacdb::observe {
namespace {

using namespace std::chrono_literals;

QueryEvent query(std::string_view sql, std::chrono::nanoseconds duration) {
  QueryEvent event;
  event.database = "orders";
  event.sql = sql;
  event.duration = duration;
  event.rows = 2;
  return event;
}

TEST(StatementGroups, IdsAreStable) {
  EXPECT_EQ(group_id(""), "cbf29ce484222325");  // FNV-1a's own test vectors.
  EXPECT_EQ(group_id("a"), "af63dc4c8601ec8c");
}

TEST(StatementGroups, GathersTextsThatDifferInLiteralsOnly) {
  StatementGroups groups;
  groups.on_query(query("select 1", 200us));
  groups.on_query(query("select 22", 20ms));
  groups.on_query(query("select 1", 200us));
  groups.on_query(query("delete", 1ms));
  const auto found = groups.slowest(10);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].fingerprint, "select ?");
  EXPECT_EQ(found[0].database, "orders");
  EXPECT_EQ(found[0].metrics.count, 3U);
  EXPECT_EQ(found[0].metrics.rows, 6U);
  EXPECT_EQ(found[0].metrics.total, 20ms + 400us);
  EXPECT_EQ(found[0].metrics.buckets[1], 2U);
  EXPECT_EQ(found[1].fingerprint, "delete");
  EXPECT_EQ(groups.slowest(1).size(), 1U);
}

TEST(StatementGroups, KeepsDatabasesApart) {
  StatementGroups groups;
  groups.on_query(query("select 1", 1ms));
  QueryEvent other = query("select 1", 1ms);
  other.database = "archive";
  groups.on_query(other);
  EXPECT_EQ(groups.slowest(10).size(), 2U);
}

TEST(StatementGroups, CountsErrorsByKind) {
  StatementGroups groups;
  ErrorFacts facts;
  facts.kind = ErrorKind::deadlock;
  const Error error(facts);
  QueryEvent event = query("update", 1ms);
  event.error = &error;
  groups.on_query(event);
  const auto found = groups.slowest(1);
  EXPECT_EQ(found.at(0).metrics.errors[static_cast<std::size_t>(ErrorKind::deadlock)], 1U);
}

TEST(StatementGroups, PutsWhatIsBeyondItsLimitTogether) {
  StatementGroups groups(2);
  for (const std::string_view sql : {"a", "b", "c", "d", "a"}) groups.on_query(query(sql, 1ms));
  const auto found = groups.slowest(10);
  ASSERT_EQ(found.size(), 3U);
  std::map<std::string, std::uint64_t> counts;
  for (const auto& group : found) counts[group.fingerprint] = group.metrics.count;
  EXPECT_EQ(counts["a"], 2U);
  EXPECT_EQ(counts["b"], 1U);
  EXPECT_EQ(counts[std::string(StatementGroups::other)], 2U);
}

TEST(StatementGroups, LosesNothingBetweenThreads) {
  StatementGroups groups(50);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) {
          groups.on_query(query(std::string(static_cast<std::size_t>(i % 100) + 1, 'x'), 1us));
        }
      });
    }
  }
  const auto found = groups.slowest(1000);
  const auto total = std::accumulate(
      found.begin(), found.end(), std::uint64_t{0},
      [](std::uint64_t sum, const StatementGroup& group) { return sum + group.metrics.count; });
  EXPECT_EQ(total, 4000U);
  EXPECT_EQ(found.size(), 51U);
}

}  // namespace
}  // namespace iacdb::observe
