#include "observe/statement_counters.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace iacdb::observe {
namespace {

using namespace std::chrono_literals;

TEST(StatementCounters, CountsRowsTimeAndErrors) {
  StatementCounters counters;
  counters.record(2ms, 10);
  counters.record(3ms, 0);
  counters.record_error(ErrorKind::timeout);
  const StatementMetrics metrics = counters.snapshot();
  EXPECT_EQ(metrics.count, 2U);
  EXPECT_EQ(metrics.rows, 10U);
  EXPECT_EQ(metrics.total, 5ms);
  EXPECT_EQ(metrics.errors[static_cast<std::size_t>(ErrorKind::timeout)], 1U);
}

TEST(StatementCounters, BucketsIncludeTheirUpperBound) {
  EXPECT_EQ(StatementCounters::bucket_of(0ns), 0U);
  EXPECT_EQ(StatementCounters::bucket_of(100us), 0U);
  EXPECT_EQ(StatementCounters::bucket_of(100us + 1ns), 1U);
  EXPECT_EQ(StatementCounters::bucket_of(2s), latency_buckets_us.size() - 1);
  EXPECT_EQ(StatementCounters::bucket_of(1h), latency_buckets_us.size());
}

TEST(StatementCounters, AddsUpOverThreads) {
  StatementCounters counters;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 12; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) counters.record(1us, 1);
      });
    }
  }
  const StatementMetrics metrics = counters.snapshot();
  EXPECT_EQ(metrics.count, 12'000U);
  EXPECT_EQ(metrics.rows, 12'000U);
  EXPECT_EQ(metrics.buckets[0], 12'000U);
  EXPECT_EQ(metrics.total, 12ms);
}

}  // namespace
}  // namespace iacdb::observe
