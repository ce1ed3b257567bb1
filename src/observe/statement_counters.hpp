#pragma once
// StatementCounters: how many statements ran, how long, and how they failed.
//
//   counters.record(duration, rows);
//   counters.record_error(ErrorKind::timeout);
//   StatementMetrics now = counters.snapshot();
//
// Threads: safe to share. Cost: four additions to a cache line that few threads share; no lock.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iacdb/error.hpp>
#include <iacdb/health.hpp>

namespace iacdb::observe {

class StatementCounters {
 public:
  void record(std::chrono::nanoseconds duration, std::uint64_t rows) noexcept {
    Shard& shard = shards_[shard_index()];
    add(shard.count, 1);
    if (rows != 0) add(shard.rows, rows);
    add(shard.total_ns, static_cast<std::uint64_t>(duration.count()));
    add(shard.buckets[bucket_of(duration)], 1);
  }
  void record_error(ErrorKind kind) noexcept { add(errors_[static_cast<std::size_t>(kind)], 1); }

  /// Sums of the moment: statements that end meanwhile may be counted in part.
  StatementMetrics snapshot() const noexcept;

  /// Index into StatementMetrics::buckets.
  static std::size_t bucket_of(std::chrono::nanoseconds duration) noexcept {
    std::size_t bucket = 0;
    while (bucket < latency_buckets_us.size() &&
           duration.count() > std::int64_t{latency_buckets_us[bucket]} * 1000) {
      ++bucket;
    }
    return bucket;
  }

 private:
  using Counter = std::atomic<std::uint64_t>;
  static constexpr std::size_t shards_count = 8;
  static constexpr std::size_t cache_line_bytes = 64;

  struct alignas(cache_line_bytes) Shard {
    Counter count{0};
    Counter rows{0};
    Counter total_ns{0};
    std::array<Counter, latency_buckets_us.size() + 1> buckets{};
  };

  static void add(Counter& counter, std::uint64_t n) noexcept {
    counter.fetch_add(n, std::memory_order_relaxed);
  }
  /// Threads take the shards in turn.
  static std::size_t shard_index() noexcept {
    if (own_shard_ == shards_count) [[unlikely]]
      own_shard_ = next_shard_.fetch_add(1, std::memory_order_relaxed) % shards_count;
    return own_shard_;
  }
  // Constant initialisation: reading it takes no guard.
  static constinit inline thread_local std::size_t own_shard_ = shards_count;
  static constinit inline std::atomic<std::size_t> next_shard_{0};

  std::array<Shard, shards_count> shards_;
  std::array<Counter, error_kinds_count> errors_{};
};

}  // namespace iacdb::observe
