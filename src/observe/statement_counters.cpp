#include "observe/statement_counters.hpp"

namespace iacdb::observe {

StatementMetrics StatementCounters::snapshot() const noexcept {
  const auto read = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  StatementMetrics sum;
  for (const Shard& shard : shards_) {
    sum.count += read(shard.count);
    sum.rows += read(shard.rows);
    sum.total += std::chrono::nanoseconds(static_cast<std::int64_t>(read(shard.total_ns)));
    for (std::size_t i = 0; i < shard.buckets.size(); ++i) sum.buckets[i] += read(shard.buckets[i]);
  }
  for (std::size_t i = 0; i < errors_.size(); ++i) sum.errors[i] = read(errors_[i]);
  return sum;
}

}  // namespace iacdb::observe
