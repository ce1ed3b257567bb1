#include "pool/pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "driver/fake.hpp"

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;
using driver::Call;
using testing::Contains;
using testing::HasSubstr;
using What = PoolEvent::What;

class EventLog final : public Observer {
 public:
  void on_pool(const PoolEvent& event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::string(to_string(event.what)) + " " + std::string(event.database) +
                      ": " + std::string(event.detail));
  }
  std::vector<std::string> of(What what) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& event : events_) {
      if (event.starts_with(std::string(to_string(what)) + " ")) found.push_back(event);
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> events_;
};

class PoolTest : public testing::Test {
 protected:
  std::shared_ptr<Pool> make(const PoolOptions& options) {
    return Pool::make(
        "orders", options, [this](const Call& call) { return server_.connect(call); }, log_);
  }
  /// Waits for what another thread is about to bring about; ctest ends it when that never comes.
  static void until(const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::sleep_for(1ms);
  }
  static void run(const Lease& lease, std::string_view sql) {
    lease.connection().exec(sql, {}, {});
  }

  driver::FakeServer server_;
  std::shared_ptr<EventLog> log_ = std::make_shared<EventLog>();
};

TEST_F(PoolTest, OpensOnDemandAndReusesWhatComesBack) {
  const auto pool = make({.open_max = 2});
  EXPECT_EQ(server_.connects(), 0);
  const driver::Connection* first = nullptr;
  {
    const Lease lease = pool->acquire({});
    first = &lease.connection();
    run(lease, "select 1");
    EXPECT_EQ(lease.waited().count(), 0);
  }
  const Lease lease = pool->acquire({});
  EXPECT_EQ(&lease.connection(), first);
  const PoolMetrics metrics = pool->metrics();
  EXPECT_EQ(metrics.leases, 2U);
  EXPECT_EQ(metrics.opened, 1U);
  EXPECT_EQ(metrics.leased, 1U);
  EXPECT_EQ(metrics.open_max, 2U);
  EXPECT_EQ(server_.count("reset"), 0U) << "a clean connection needs no reset";
}

TEST_F(PoolTest, KeepsTheAttachmentWithItsConnection) {
  const auto pool = make({.open_max = 1});
  const auto attached = std::make_shared<int>(7);
  pool->acquire({}).attachment() = attached;
  {
    Lease lease = pool->acquire({});
    EXPECT_EQ(lease.attachment(), attached);
    lease.discard();
  }
  EXPECT_EQ(pool->acquire({}).attachment(), nullptr);
  EXPECT_EQ(attached.use_count(), 1);
}

TEST_F(PoolTest, MovedLeaseIsReturnedOnce) {
  const auto pool = make({.open_max = 2});
  Lease a = pool->acquire({});
  Lease b = std::move(a);
  EXPECT_FALSE(a);
  a.give_back();
  EXPECT_EQ(pool->metrics().leased, 1U);
  b = pool->acquire({});
  EXPECT_EQ(pool->metrics().leased, 1U);
  b.give_back();
  b.give_back();
  EXPECT_EQ(pool->metrics().leased, 0U);
}

TEST_F(PoolTest, ServesWaitersInTheOrderTheyCame) {
  const auto pool = make({.open_max = 1});
  std::optional<Lease> held = pool->acquire({});
  std::vector<int> order;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Lease lease = pool->acquire({});
      order.push_back(i);  // Whoever holds the only connection is alone.
      EXPECT_GT(lease.waited().count(), 0);
    });
    until([&] { return pool->metrics().waiting == static_cast<std::uint32_t>(i) + 1; });
  }
  held.reset();
  threads.clear();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(pool->metrics().waits, 8U);
  EXPECT_EQ(server_.connects(), 1);
}

TEST_F(PoolTest, TimesOutWithTheLimitsAndWhatToDo) {
  const auto pool = make({.open_max = 1, .acquire_timeout = 5ms});
  const Lease held = pool->acquire({});
  try {
    pool->acquire({});
    FAIL();
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::timeout);
    EXPECT_THAT(error.what(), HasSubstr("pool 'orders'"));
    EXPECT_THAT(error.what(), HasSubstr("acquire_timeout 5 ms"));
    EXPECT_THAT(error.what(), HasSubstr("1 of 1 are in use"));
    EXPECT_THAT(error.what(), HasSubstr("open_max"));
    EXPECT_TRUE(error.retryable());
  }
  EXPECT_EQ(pool->metrics().acquire_timeouts, 1U);
  EXPECT_EQ(pool->metrics().waiting, 0U);
  EXPECT_EQ(log_->of(What::acquire_timeout).size(), 1U);
}

TEST_F(PoolTest, KeepsTheCallsOwnDeadline) {
  const auto pool = make({.open_max = 1, .acquire_timeout = 1h});
  const Lease held = pool->acquire({});
  EXPECT_THROW(pool->acquire({base::Deadline::in(5ms), {}}), TimeoutError);
}

TEST_F(PoolTest, StopTokenEndsWaiting) {
  const auto pool = make({.open_max = 1});
  const Lease held = pool->acquire({});
  std::stop_source source;
  auto kind = std::async(std::launch::async, [&] {
    try {
      pool->acquire({{}, source.get_token()});
    } catch (const Error& error) {
      return error.kind();
    }
    return ErrorKind::internal;
  });
  until([&] { return pool->metrics().waiting == 1; });
  source.request_stop();
  EXPECT_EQ(kind.get(), ErrorKind::cancelled);
  EXPECT_EQ(pool->metrics().waiting, 0U);
  // A token that has been stopped before ends waiting at once, too.
  EXPECT_THROW(pool->acquire({{}, source.get_token()}), TimeoutError);
}

TEST_F(PoolTest, RefusesMoreWaitersThanAllowed) {
  const auto pool = make({.open_max = 1, .waiters_max = 0});
  const Lease held = pool->acquire({});
  try {
    pool->acquire({});
    FAIL();
  } catch (const TimeoutError& error) {
    EXPECT_THAT(error.what(), HasSubstr("waiters_max"));
  }
}

TEST_F(PoolTest, ResetsATransactionOrSessionStateBeforeReuse) {
  const auto pool = make({.open_max = 1});
  pool->acquire({}).connection().begin({}, {});
  run(pool->acquire({}), "set search_path = x");
  const Lease lease = pool->acquire({});
  EXPECT_EQ(lease.connection().state(), driver::SessionState::idle);
  EXPECT_EQ(server_.count("reset"), 2U);
  EXPECT_EQ(server_.connects(), 1);
}

TEST_F(PoolTest, DropsWhatCannotBeReset) {
  const auto pool = make({.open_max = 1});
  server_.set_reset_works(false);
  pool->acquire({}).connection().begin({}, {});
  EXPECT_EQ(pool->metrics().open, 0U);
  EXPECT_EQ(pool->metrics().resets_dropped, 1U);
  EXPECT_EQ(log_->of(What::reset_dropped).size(), 1U);
  run(pool->acquire({}), "select 1");
}

TEST_F(PoolTest, DropsABrokenConnectionAndReplacesItsStaleSiblingsUnseen) {
  const auto pool = make({.open_max = 3});
  {
    const Lease a = pool->acquire({});
    const Lease b = pool->acquire({});
    const Lease c = pool->acquire({});
  }
  server_.restart();
  EXPECT_THROW(run(pool->acquire({}), "select 1"), ConnectError);
  // One caller failed; nobody else does.
  for (int i = 0; i < 3; ++i) run(pool->acquire({}), "select 1");
  const PoolMetrics metrics = pool->metrics();
  EXPECT_EQ(metrics.stale, 2U);
  EXPECT_EQ(metrics.open, 1U);
  EXPECT_EQ(metrics.closed, 3U);
  EXPECT_EQ(server_.open_count(), 1);
}

TEST_F(PoolTest, FailsFastWhileTheServerIsDownAndRecovers) {
  const auto pool = make({.open_max = 4});
  server_.stop();
  for (int i = 0; i < 3; ++i) EXPECT_THROW(pool->acquire({}), ConnectError);
  try {
    pool->acquire({});
    FAIL();
  } catch (const ConnectError& error) {
    EXPECT_THAT(error.what(), HasSubstr("pool 'orders' could not connect 3 times in a row"));
    EXPECT_THAT(error.what(), HasSubstr("the fake server is down"));
    EXPECT_EQ(error.backend(), "fake");
  }
  EXPECT_EQ(server_.connects(), 3);
  EXPECT_EQ(pool->metrics().failed_fast, 1U);
  EXPECT_EQ(pool->metrics().breaker, BreakerState::open);
  EXPECT_EQ(log_->of(What::breaker_opened).size(), 1U);
  server_.start();
  until([&] {
    try {
      pool->acquire({});
      return true;
    } catch (const ConnectError&) {
      return false;
    }
  });
  EXPECT_EQ(server_.connects(), 4);
  EXPECT_EQ(pool->metrics().breaker, BreakerState::closed);
  EXPECT_EQ(log_->of(What::breaker_closed).size(), 1U);
}

TEST_F(PoolTest, ConnectionsInUseServeThoseForWhomTheServerHasNoRoom) {
  server_.limit(1);
  const auto pool = make({.open_max = 4});
  std::optional<Lease> held = pool->acquire({});
  auto second = std::async(std::launch::async, [&] { run(pool->acquire({}), "select 2"); });
  until([&] { return pool->metrics().breaker == BreakerState::open; });
  held.reset();
  second.get();
  EXPECT_EQ(server_.open_count_max(), 1);
  EXPECT_EQ(pool->metrics().open, 1U);
}

TEST_F(PoolTest, TimeoutTellsWhyNoMoreConnectionsOpened) {
  server_.limit(1);
  const auto pool = make({.open_max = 4, .acquire_timeout = 20ms});
  const Lease held = pool->acquire({});
  try {
    pool->acquire({});
    FAIL();
  } catch (const TimeoutError& error) {
    EXPECT_THAT(error.what(), HasSubstr("has too many connections"));
  }
}

TEST_F(PoolTest, WrongPasswordIsThrownAtOnceAlthoughOthersAreConnected) {
  const auto pool = make({.open_max = 4});
  const Lease held = pool->acquire({});
  server_.fail_once("connect", {.kind = ErrorKind::authentication, .message = "wrong password"});
  try {
    pool->acquire({});
    FAIL();
  } catch (const ConnectError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::authentication);
  }
}

TEST_F(PoolTest, CallersOwnShortDeadlineDoesNotTripTheBreaker) {
  const auto pool = make({.open_max = 1});
  server_.set_connect_delay(10s);
  for (int i = 0; i < 5; ++i) {
    EXPECT_THROW(pool->acquire({base::Deadline::in(1ms), {}}), TimeoutError);
  }
  EXPECT_EQ(pool->metrics().breaker, BreakerState::closed);
  EXPECT_EQ(pool->metrics().open_failures, 0U);
}

TEST_F(PoolTest, ConnectThatThrowsSomethingElseLosesNoPlace) {
  int calls = 0;
  const auto pool = Pool::make("odd", {.open_max = 1}, [&](const Call& call) {
    if (++calls == 1) throw std::runtime_error("plug-in trouble");
    if (calls == 2) return std::unique_ptr<driver::Connection>();
    return server_.connect(call);
  });
  for (int i = 0; i < 2; ++i) {
    try {
      pool->acquire({});
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::internal);
    }
  }
  EXPECT_TRUE(pool->acquire({}));
}

TEST_F(PoolTest, WarmsUpAndStaysWarm) {
  const auto pool = make({.open_max = 4, .idle_max = 1, .warm = 3, .lifetime = 1h});
  pool->warm_up({});
  EXPECT_EQ(pool->metrics().idle, 3U);
  EXPECT_EQ(pool->metrics().leases, 0U);
  pool->maintain(Clock::now() + 3h);
  EXPECT_EQ(pool->metrics().open, 3U);
  EXPECT_EQ(pool->metrics().closed, 3U);
  EXPECT_EQ(server_.connects(), 6);
}

TEST_F(PoolTest, WarmUpThrowsWhyItCannot) {
  const auto pool = make({.open_max = 4, .warm = 3});
  server_.stop();
  EXPECT_THROW(pool->warm_up({}), ConnectError);
  EXPECT_EQ(pool->metrics().open, 0U);
}

TEST_F(PoolTest, ReportsALeakWithItsLabelOnce) {
  const auto pool = make({.open_max = 2, .leak_after = 1h});
  const Lease held = pool->acquire({}, "nightly export");
  pool->maintain(Clock::now() + 2h);
  pool->maintain(Clock::now() + 3h);
  const auto leaks = log_->of(What::leak);
  ASSERT_EQ(leaks.size(), 1U);
  EXPECT_THAT(leaks[0], HasSubstr("nightly export"));
  EXPECT_EQ(pool->metrics().leaks, 1U);
}

TEST_F(PoolTest, BackgroundThreadRetiresWhatNobodyUses) {
  const auto pool = make({.open_max = 2, .idle_timeout = 20ms});
  const auto other = make({.open_max = 2, .idle_timeout = 20ms});
  pool->acquire({});
  other->acquire({});
  until([&] { return pool->metrics().open == 0 && other->metrics().open == 0; });
  EXPECT_EQ(server_.open_count(), 0);
}

TEST_F(PoolTest, CloseClosesIdleOnesAndRefusesNewcomers) {
  const auto pool = make({.open_max = 2});
  pool->acquire({});
  pool->close(0ms);
  EXPECT_EQ(server_.open_count(), 0);
  EXPECT_THROW(pool->acquire({}), UsageError);
  pool->close(0ms);
}

TEST_F(PoolTest, CloseWakesWaitersAndWaitsForLeases) {
  const auto pool = make({.open_max = 1});
  std::optional<Lease> held = pool->acquire({});
  auto waiting = std::async(std::launch::async, [&] { pool->acquire({}); });
  until([&] { return pool->metrics().waiting == 1; });
  auto closing = std::async(std::launch::async, [&] { pool->close(1h); });
  EXPECT_THROW(waiting.get(), UsageError);
  EXPECT_EQ(closing.wait_for(0s), std::future_status::timeout);
  run(*held, "select 1");
  held.reset();
  closing.get();
  EXPECT_EQ(server_.open_count(), 0);
}

TEST_F(PoolTest, LeasePastItsDrainIsClosedOnReturn) {
  const auto pool = make({.open_max = 1});
  Lease held = pool->acquire({});
  pool->close(1ms);
  run(held, "select 1");
  EXPECT_EQ(server_.open_count(), 1);
  held.give_back();
  EXPECT_EQ(server_.open_count(), 0);
}

TEST_F(PoolTest, LeaseOutlivesTheLastHandle) {
  auto pool = make({.open_max = 2});
  Lease a = pool->acquire({});
  Lease b = pool->acquire({});
  pool.reset();
  run(a, "select 1");
  a.give_back();
  run(b, "select 1");
  b.give_back();
  EXPECT_EQ(server_.open_count(), 0);
}

TEST_F(PoolTest, CloseDuringConnectRefusesTheCaller) {
  const auto pool = make({.open_max = 1});
  server_.set_connect_delay(50ms);
  auto caller = std::async(std::launch::async, [&] { pool->acquire({}); });
  until([&] { return server_.connects() == 1; });
  pool->close(1h);
  EXPECT_THROW(caller.get(), UsageError);
  EXPECT_EQ(server_.open_count(), 0);
}

TEST_F(PoolTest, ObserverThatThrowsDisturbsNothing) {
  struct Thrower final : Observer {
    void on_pool(const PoolEvent&) override { throw std::runtime_error("observer"); }
  };
  const auto pool = Pool::make(
      "x", {.open_max = 1}, [this](const Call& call) { return server_.connect(call); },
      std::make_shared<Thrower>());
  Lease lease = pool->acquire({});
  lease.discard();
  lease.give_back();
  EXPECT_EQ(pool->metrics().closed, 1U);
}

TEST_F(PoolTest, ObserverMayDropTheLastHandle) {
  struct Dropper final : Observer {
    std::shared_ptr<Pool> pool;
    void on_pool(const PoolEvent& event) override {
      if (event.what == What::closed) pool.reset();
    }
  };
  const auto dropper = std::make_shared<Dropper>();
  dropper->pool = Pool::make(
      "x", {.open_max = 1, .idle_timeout = 20ms},
      [this](const Call& call) { return server_.connect(call); }, dropper);
  dropper->pool->acquire({});
  until([&] { return server_.open_count() == 0; });
}

}  // namespace
}  // namespace iacdb::pool
