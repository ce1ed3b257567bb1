// Many threads at a pool of few connections, a server that restarts, callers that give up.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "driver/fake.hpp"
#include "pool/pool.hpp"

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;
using driver::Call;

struct Accounts {
  std::atomic<std::uint64_t> leased = 0;
  std::atomic<std::uint64_t> not_leased = 0;
  std::atomic<std::uint64_t> unexpected = 0;
};

/// Leases and misuses connections in every way for a number of rounds.
class Customer {
 public:
  Customer(Pool& pool, Accounts& accounts, unsigned seed)
      : pool_(pool), accounts_(accounts), dice_(seed) {}

  void run(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      std::stop_source stop;
      const auto token = roll(8) == 0 ? stop.get_token() : std::stop_token();
      const auto deadline = roll(3) == 0 ? base::Deadline::in(std::chrono::microseconds(roll(2000)))
                                         : base::Deadline::in(60s);
      std::optional<std::jthread> stopper;
      if (token.stop_possible()) stopper.emplace([stop]() mutable { stop.request_stop(); });
      Lease lease;
      try {
        lease = pool_.acquire({deadline, token}, "customer");
        ++accounts_.leased;
      } catch (const Error& error) {
        ++accounts_.not_leased;
        judge(error);
        continue;
      }
      try {
        use(lease);
      } catch (const Error& error) {
        judge(error);
      }
    }
  }

 private:
  std::uint32_t roll(std::uint32_t sides) { return dice_() % sides; }

  void use(Lease& lease) {
    auto& holders = lease.attachment();
    if (!holders) holders = std::make_shared<std::atomic<int>>(0);
    auto& count = *static_cast<std::atomic<int>*>(holders.get());
    if (++count != 1) ++accounts_.unexpected;  // Two hold the same connection.
    const std::uint32_t what = roll(12);
    const auto leave = std::unique_ptr<std::atomic<int>, void (*)(std::atomic<int>*)>(
        &count, [](std::atomic<int>* c) { --*c; });
    if (what == 0) lease.connection().begin({}, {});
    if (what == 1) lease.connection().exec("set x = 1", {}, {});
    if (what == 2) lease.discard();
    if (what == 3) std::this_thread::sleep_for(std::chrono::microseconds(roll(300)));
    if (what > 3) lease.connection().exec("select 1", {}, {});
  }
  void judge(const Error& error) {
    switch (error.kind()) {
      case ErrorKind::timeout:
      case ErrorKind::cancelled:
      case ErrorKind::connect:
      case ErrorKind::connection_lost:
        return;
      default:
        ++accounts_.unexpected;
    }
  }

  Pool& pool_;
  Accounts& accounts_;
  std::mt19937 dice_;
};

void play(const PoolOptions& options, int threads_count, int rounds, bool restarts) {
  driver::FakeServer server;
  server.set_logging(false);
  Accounts accounts;
  auto pool = Pool::make("stress", options, [&](const Call& call) { return server.connect(call); });
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < threads_count; ++i) {
      threads.emplace_back(
          [&, i] { Customer(*pool, accounts, static_cast<unsigned>(i) + 1).run(rounds); });
    }
    std::jthread chaos([&](const std::stop_token& stop) {
      while (restarts && !stop.stop_requested()) {
        server.restart();
        std::this_thread::sleep_for(2ms);
        server.stop();
        std::this_thread::sleep_for(1ms);
        server.start();
        pool->maintain(Clock::now() + 1s);
      }
    });
    threads.clear();
  }
  EXPECT_EQ(accounts.unexpected, 0U);
  EXPECT_LE(server.open_count_max(), static_cast<int>(options.open_max));
  const PoolMetrics metrics = pool->metrics();
  EXPECT_EQ(metrics.leased, 0U);
  EXPECT_EQ(metrics.waiting, 0U);
  EXPECT_EQ(metrics.open, metrics.idle);
  EXPECT_EQ(static_cast<int>(metrics.open), server.open_count());
  EXPECT_EQ(metrics.opened - metrics.closed, metrics.open);
  // Every round ended in a lease or in an error of its own.
  EXPECT_EQ(accounts.leased + accounts.not_leased,
            static_cast<std::uint64_t>(threads_count) * static_cast<std::uint64_t>(rounds));
  pool.reset();
  EXPECT_EQ(server.open_count(), 0);
}

TEST(PoolStress, AsManyThreadsAsConnections) {
  play({.open_max = 8}, 8, 3000, false);
}

TEST(PoolStress, ManyMoreThreadsThanConnections) {
  play({.open_max = 3}, 16, 1000, false);
}

TEST(PoolStress, OneConnectionForAll) {
  play({.open_max = 1, .idle_max = 1}, 8, 1000, false);
}

TEST(PoolStress, ServerThatRestartsAllTheTime) {
  play({.open_max = 4,
        .idle_max = 1,
        .warm = 1,
        .lifetime = 20ms,
        .idle_timeout = 10ms,
        .leak_after = 1ms},
       12, 1500, true);
}

}  // namespace
}  // namespace iacdb::pool
