// Pools: what every database gets of them, on real connections.

#include <atomic>
#include <mutex>
#include <thread>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

using namespace std::chrono_literals;

IACDB_CONFORMANCE(Pools);

/// Polls until it is so; a test that never comes there fails instead of hanging.
bool becomes_true(const std::function<bool()>& is_so) {
  for (int i = 0; i < 1000; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST_P(Pools, AreBoundedAndFair) {
  Database small = open({.pool = PoolOptions{.open_max = 1, .idle_max = 1}, .name = "fair"});
  EXPECT_EQ(small.name(), "fair");
  std::vector<int> order;             // Guarded by the one connection.
  std::vector<std::jthread> waiters;  // They end even when this test fails below.
  {
    auto held = small.session();
    for (int i = 0; i < 4; ++i) {
      waiters.emplace_back([&, i] {
        auto session = small.session();
        order.push_back(i);
      });
      ASSERT_TRUE(becomes_true(
          [&] { return small.metrics().pool.waiting == static_cast<std::uint32_t>(i + 1); }));
    }
  }
  for (std::jthread& waiter : waiters) waiter.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
  const PoolMetrics pool = small.metrics().pool;
  EXPECT_EQ(pool.open_max, 1u);
  EXPECT_EQ(pool.opened, 1u);
  EXPECT_EQ(pool.waits, 4u);
  EXPECT_EQ(pool.leased, 0u);
  EXPECT_EQ(pool.idle, 1u);
}

TEST_P(Pools, WarmUpBeforeTheFirstUse) {
  Database warm = open({.pool = PoolOptions{.open_max = 4, .idle_max = 4, .warm = 3}});
  EXPECT_EQ(warm.metrics().pool.open, 3u);
  EXPECT_EQ(warm.metrics().pool.idle, 3u);
}

TEST_P(Pools, KeepNoMoreIdleThanAllowed) {
  Database lean = open({.pool = PoolOptions{.open_max = 4, .idle_max = 1}});
  {
    const auto a = lean.session();
    const auto b = lean.session();
    const auto c = lean.session();
    EXPECT_EQ(lean.metrics().pool.open, 3u);
  }
  EXPECT_TRUE(becomes_true([&] { return lean.metrics().pool.open <= 1; }));
}

TEST_P(Pools, ConnectionsEndWithTheirLifetime) {
  Database brief = open({.pool = PoolOptions{.lifetime = 1ms}});
  EXPECT_TRUE(becomes_true(
      [&] { return brief.one<int>("select 1") == 1 && brief.metrics().pool.opened >= 3; }));
}

TEST_P(Pools, ConnectionsThatNobodyUsesAreClosed) {
  Database idle = open({.pool = PoolOptions{.idle_timeout = 20ms}});
  EXPECT_EQ(idle.one<int>("select 1"), 1);
  EXPECT_TRUE(becomes_true([&] { return idle.metrics().pool.open == 0; }));
  EXPECT_EQ(idle.one<int>("select 1"), 1);
}

TEST_P(Pools, WhatIsKeptInMemoryOutlivesItsConnections) {
  Database idle = open({.pool = PoolOptions{.lifetime = 1ms, .idle_timeout = 20ms}});
  const std::string name = unique("kept");
  idle.exec("create table " + name + " (a " + types().int64 + ")");
  EXPECT_TRUE(becomes_true([&] { return idle.metrics().pool.open == 0; }));
  EXPECT_EQ(idle.one<int>("select count(*) from " + name), 0);
  idle.exec("drop table " + name);
}

TEST_P(Pools, LeasesHeldForLongAreReported) {
  struct Reports final : Observer {
    std::mutex mutex;
    std::string detail;
    void on_pool(const PoolEvent& event) override {
      const std::lock_guard lock(mutex);
      if (event.what == PoolEvent::What::leak) detail = event.detail;
    }
  };
  auto reports = std::make_shared<Reports>();
  Database leaky = open({.pool = PoolOptions{.leak_after = 20ms}, .observer = reports});
  const auto held = leaky.with({.label = "the culprit"}).session();
  EXPECT_TRUE(becomes_true([&] { return leaky.metrics().pool.leaks == 1; }));
  EXPECT_TRUE(becomes_true([&] {
    const std::lock_guard lock(reports->mutex);
    return reports->detail.find("the culprit") != std::string::npos;
  })) << reports->detail;
}

TEST_P(Pools, CloseWaitsForWhatRuns) {
  Database closing = open({.pool = PoolOptions{}});
  auto held = std::make_optional(closing.session());
  std::thread closer([&] { closing.close(10s); });
  EXPECT_TRUE(becomes_true([&] { return !closing.health().ok; }));
  EXPECT_EQ(held->one<int>("select 1"), 1);
  held.reset();
  closer.join();
  EXPECT_EQ(closing.metrics().pool.open, 0u);
}

TEST_P(Pools, SessionStateIsNotHandedOn) {
  Database one = open({.pool = PoolOptions{.open_max = 1, .idle_max = 1}});
  const auto before = one.one<std::string>(types().setting_query);
  {
    auto session = one.session();
    session.exec(types().changed_setting);
    EXPECT_NE(session.one<std::string>(types().setting_query), before);
  }
  EXPECT_EQ(one.one<std::string>(types().setting_query), before);
}

TEST_P(Pools, AFailedTransactionIsNotHandedOn) {
  Database one = open({.pool = PoolOptions{.open_max = 1, .idle_max = 1}});
  const std::string t = unique("t");
  one.exec("create table " + t + " (a " + types().int64 + ")");
  at_end("drop table if exists " + t);
  {
    auto session = one.session();
    session.exec("begin");
    session.exec("insert into " + t + " (a) values (1)");
    EXPECT_THROW(session.exec("select * from no_such_table_here"), QueryError);
  }
  EXPECT_EQ(one.one<int>("select count(*) from " + t), 0);
  one.exec("insert into " + t + " (a) values (2)");
  EXPECT_EQ(one.one<int>("select a from " + t), 2);
}

TEST_P(Pools, AConnectionThatDiedIsReplacedUnseen) {
  IACDB_NEEDS(Capability::multiple_databases);
  Database one = open({.pool = PoolOptions{.open_max = 1, .idle_max = 1}});
  const auto id = one.one<std::int64_t>(types().process_query);
  open({.pool = PoolOptions{}}).exec(types().end_process, id);
  // The first use may meet it dying; from then on there is another one.
  try {
    one.exec("select 1");
  } catch (const Error& error) {
    EXPECT_EQ(to_string(error.kind()), to_string(ErrorKind::connection_lost)) << error.what();
  }
  EXPECT_NE(one.one<std::int64_t>(types().process_query), id);
}

TEST_P(Pools, ServeManyThreadsOnFewConnections) {
  Database few = open({.pool = PoolOptions{.open_max = 3, .idle_max = 3}});
  std::atomic<int> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) sum += few.one<int>("select 1");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 240);
  EXPECT_LE(few.metrics().pool.opened, 3u);
  EXPECT_GE(few.metrics().pool.leases, 240u);
}

TEST_P(Pools, WaitingEndsWithTheCallsOwnDeadlineAndStop) {
  Database small = open({.pool = PoolOptions{.open_max = 1, .idle_max = 1}});
  const auto held = small.session();
  expect_error(ErrorKind::timeout, [&] { small.with({.timeout = 30ms}).exec("select 1"); });
  std::stop_source stop;
  std::jthread stopper([&] {
    EXPECT_TRUE(becomes_true([&] { return small.metrics().pool.waiting == 1; }));
    stop.request_stop();
  });
  expect_error(ErrorKind::cancelled,
               [&] { small.with({.stop = stop.get_token()}).exec("select 1"); });
}

TEST_P(Pools, StatisticsCountWhatHappened) {
  Database counted = open({.pool = PoolOptions{.open_max = 2, .idle_max = 2}, .name = "counted"});
  counted.query<int>("select 1 union all select 2 union all select 3").all();
  EXPECT_THROW(counted.exec("selekt"), QueryError);
  const Metrics metrics = counted.metrics();
  EXPECT_EQ(metrics.database, "counted");
  EXPECT_EQ(metrics.backend, counted.can().backend);
  EXPECT_EQ(metrics.statements.count, 2u);
  EXPECT_EQ(metrics.statements.rows, 3u);
  EXPECT_EQ(metrics.statements.errors[static_cast<std::size_t>(ErrorKind::syntax)], 1u);
  EXPECT_GT(metrics.statements.total.count(), 0);
}

TEST_P(Pools, EightThreadsOnOneHandle) {
  const auto t = table("worker " + types().int64 + ", n " + types().int64);
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int worker = 0; worker < 8; ++worker) {
    threads.emplace_back([&, worker] {
      try {
        for (int n = 0; n < 25; ++n) {
          db->exec("insert into " + t + " (worker, n) values (?, ?)", worker, n);
        }
      } catch (const Error&) {
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 200);
  EXPECT_EQ(db->metrics().pool.leased, 0u);
}

TEST_P(Pools, AFullPoolTellsSo) {
  Database small =
      open({.pool = PoolOptions{.open_max = 1, .idle_max = 1, .warm = 1, .acquire_timeout = 50ms},
            .name = "small"});
  auto held = small.session();
  const auto facts = expect_error(ErrorKind::timeout, [&] { small.exec("select 1"); });
  EXPECT_NE(facts.message.find("small"), std::string::npos) << facts.message;
}

TEST_P(Pools, ObserversAreToldOfEveryStatement) {
  struct Count final : Observer {
    std::atomic<int> good{0};
    std::atomic<int> bad{0};
    std::string last;
    void on_query(const QueryEvent& event) override {
      event.error ? ++bad : ++good;
      last = event.fingerprint();
      throw std::runtime_error("observers do not matter");
    }
  };
  auto observer = std::make_shared<Count>();
  Database watched = open({.observer = observer});
  watched.one<std::string>("select 'secret' where 1 = ?", 1);
  EXPECT_EQ(observer->good, 1);
  EXPECT_EQ(observer->last.find("secret"), std::string::npos);
  EXPECT_THROW(watched.exec("selekt"), Error);
  EXPECT_EQ(observer->bad, 1);
  EXPECT_EQ(watched.metrics().statements.count, 2u);
}

TEST_P(Pools, AClosedDatabaseRefuses) {
  Database closing = open();
  EXPECT_TRUE(closing.health().ok);
  closing.close();
  closing.close();
  expect_error(ErrorKind::usage, [&] { closing.exec("select 1"); });
  EXPECT_FALSE(closing.health().ok);
}

}  // namespace
}  // namespace iacdb::conformance
