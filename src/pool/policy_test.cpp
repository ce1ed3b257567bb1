#include "pool/policy.hpp"

#include <gtest/gtest.h>

#include <set>

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;
using Outcome = Breaker::Outcome;

class PolicyTest : public testing::Test {
 protected:
  Policy make(PoolOptions options) { return Policy(options); }

  /// A slot whose connection is open and leased.
  SlotIndex lease(Policy& policy) {
    const Decision decision = policy.acquire(now_);
    EXPECT_EQ(decision.verdict, Verdict::open);
    EXPECT_EQ(policy.opened(decision.slot, now_), nullptr);
    return decision.slot;
  }
  void trip_breaker(Policy& policy) {
    while (policy.breaker().state() == BreakerState::closed) {
      const Decision decision = policy.acquire(now_);
      ASSERT_EQ(decision.verdict, Verdict::open);
      policy.open_failed(decision.slot, now_, Outcome::failed);
    }
  }

  Clock::time_point now_{100h};
};

TEST_F(PolicyTest, OpensUpToTheLimitThenWaits) {
  Policy policy = make({.open_max = 2});
  lease(policy);
  lease(policy);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::wait);
  EXPECT_EQ(policy.metrics().open, 2U);
  EXPECT_EQ(policy.metrics().leased, 2U);
}

TEST_F(PolicyTest, LeasesTheConnectionReturnedLast) {
  Policy policy = make({.open_max = 3});
  const SlotIndex a = lease(policy);
  const SlotIndex b = lease(policy);
  EXPECT_FALSE(policy.release(b, now_, Condition::good).close);
  EXPECT_FALSE(policy.release(a, now_, Condition::good).close);
  const Decision first = policy.acquire(now_);
  EXPECT_EQ(first.verdict, Verdict::lease);
  EXPECT_EQ(first.slot, a);
  EXPECT_EQ(policy.acquire(now_).slot, b);
}

TEST_F(PolicyTest, HandsAReturnedConnectionToTheFirstWaiter) {
  Policy policy = make({.open_max = 1});
  const SlotIndex slot = lease(policy);
  Waiter first;
  Waiter second;
  ASSERT_EQ(policy.acquire(now_).verdict, Verdict::wait);
  EXPECT_EQ(policy.join(first, now_), nullptr);
  EXPECT_EQ(policy.join(second, now_), nullptr);
  EXPECT_EQ(policy.metrics().waiting, 2U);
  EXPECT_EQ(policy.release(slot, now_, Condition::good).served, &first);
  EXPECT_EQ(first.given.verdict, Verdict::lease);
  EXPECT_EQ(first.given.slot, slot);
  EXPECT_EQ(second.given.verdict, Verdict::wait);
  EXPECT_EQ(policy.metrics().idle, 0U);
  policy.leave(second);
  EXPECT_EQ(policy.metrics().waiting, 0U);
}

TEST_F(PolicyTest, WaiterThatLeavesTheMiddleDoesNotDisturbTheOrder) {
  Policy policy = make({.open_max = 1});
  const SlotIndex slot = lease(policy);
  Waiter waiters[3];
  for (Waiter& waiter : waiters) policy.join(waiter, now_);
  policy.leave(waiters[1]);
  EXPECT_EQ(policy.release(slot, now_, Condition::good).served, &waiters[0]);
  EXPECT_EQ(policy.release(slot, now_, Condition::good).served, &waiters[2]);
}

TEST_F(PolicyTest, NewcomerDoesNotOvertakeWaiters) {
  Policy policy = make({.open_max = 2});
  const SlotIndex a = lease(policy);
  lease(policy);
  Waiter waiter;
  policy.join(waiter, now_);
  // The broken connection's place goes to the waiter, as a right to open one.
  EXPECT_TRUE(policy.release(a, now_, Condition::unwanted).close);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::wait);
  EXPECT_EQ(policy.closed(a, now_), &waiter);
  EXPECT_EQ(waiter.given.verdict, Verdict::open);
}

TEST_F(PolicyTest, CountsAConnectionThatIsBeingClosedAsOpen) {
  Policy policy = make({.open_max = 1});
  const SlotIndex slot = lease(policy);
  EXPECT_TRUE(policy.release(slot, now_, Condition::unwanted).close);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::wait);
  policy.closed(slot, now_);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::open);
}

TEST_F(PolicyTest, RefusesWaitersBeyondTheirLimit) {
  Policy policy = make({.open_max = 1, .waiters_max = 1});
  lease(policy);
  Waiter waiter;
  ASSERT_EQ(policy.acquire(now_).verdict, Verdict::wait);
  policy.join(waiter, now_);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::refuse_full);
}

TEST_F(PolicyTest, ClosesAConnectionReturnedAfterItsLifetime) {
  Policy policy = make({.open_max = 1, .lifetime = 100min});
  const SlotIndex slot = lease(policy);
  EXPECT_FALSE(policy.release(slot, now_ + 89min, Condition::good).close);
  ASSERT_EQ(policy.acquire(now_ + 89min).verdict, Verdict::lease);
  EXPECT_TRUE(policy.release(slot, now_ + 111min, Condition::good).close);
}

TEST_F(PolicyTest, SpreadsLifetimesByTenPercent) {
  Policy policy = make({.open_max = 50, .idle_max = 50, .lifetime = 100min, .idle_timeout = 0ms});
  for (int i = 0; i < 50; ++i) lease(policy);
  for (SlotIndex slot = 0; slot < 50; ++slot) policy.release(slot, now_, Condition::good);
  std::set<std::size_t> closed_by_minute;
  Chores chores;
  policy.maintain(now_ + 89min, chores);
  EXPECT_TRUE(chores.close.empty());
  for (auto minute = 90min; minute <= 111min; ++minute) {
    policy.maintain(now_ + minute, chores);
    closed_by_minute.insert(chores.close.size());
  }
  EXPECT_EQ(chores.close.size(), 50U);
  EXPECT_GT(closed_by_minute.size(), 5U);
}

TEST_F(PolicyTest, ChecksConnectionsThatWereIdleForLong) {
  Policy policy = make({.open_max = 1});
  const SlotIndex slot = lease(policy);
  policy.release(slot, now_, Condition::good);
  EXPECT_EQ(policy.acquire(now_ + 2s).verdict, Verdict::check);
  EXPECT_EQ(policy.metrics().leases, 1U);
  policy.checked(slot);
  EXPECT_EQ(policy.metrics().leases, 2U);
  policy.release(slot, now_ + 2s, Condition::good);
  EXPECT_EQ(policy.acquire(now_ + 2s).verdict, Verdict::lease);
}

TEST_F(PolicyTest, FailedCheckReplacesTheConnectionAndDropsOlderOnes) {
  Policy policy = make({.open_max = 3, .lifetime = 0ms});
  const SlotIndex a = lease(policy);
  const SlotIndex b = lease(policy);
  const SlotIndex c = lease(policy);
  policy.release(a, now_, Condition::good);
  policy.release(b, now_, Condition::good);
  now_ += 1h;
  const Decision check = policy.acquire(now_);
  ASSERT_EQ(check.verdict, Verdict::check);
  ASSERT_EQ(check.slot, b);
  policy.release(c, now_ + 1s, Condition::good);  // Newer: it has just worked.
  std::vector<SlotIndex> close;
  const Decision decision = policy.check_failed(b, now_ + 1s, close);
  EXPECT_EQ(decision.verdict, Verdict::open);
  EXPECT_EQ(decision.slot, b);
  EXPECT_EQ(close, std::vector{a});
  EXPECT_EQ(policy.metrics().stale, 2U);
  EXPECT_EQ(policy.metrics().idle, 1U);
  policy.opened(b, now_);
  policy.closed(a, now_);
  EXPECT_EQ(policy.metrics().open, 2U);
  EXPECT_EQ(policy.metrics().closed, 2U);
}

TEST_F(PolicyTest, BrokenReturnMakesIdleOnesSuspect) {
  Policy policy = make({.open_max = 2});
  const SlotIndex a = lease(policy);
  const SlotIndex b = lease(policy);
  policy.release(a, now_, Condition::good);
  now_ += 10ms;
  EXPECT_TRUE(policy.release(b, now_, Condition::broken).close);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::check);
}

TEST_F(PolicyTest, FailsFastOnceTheBreakerIsOpenAndProbesOneAtATime) {
  Policy policy = make({.open_max = 5});
  trip_breaker(policy);
  EXPECT_EQ(policy.metrics().breaker_trips, 1U);
  EXPECT_EQ(policy.metrics().open_failures, 3U);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::refuse_breaker);
  now_ = policy.breaker().retry_at();
  const Decision probe = policy.acquire(now_);
  ASSERT_EQ(probe.verdict, Verdict::open);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::refuse_breaker);
  EXPECT_EQ(policy.metrics().failed_fast, 2U);
  policy.opened(probe.slot, now_);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::open);
}

TEST_F(PolicyTest, WaitsForLeasesThatAreOutWhileNothingCanBeOpened) {
  Policy policy = make({.open_max = 5});
  const SlotIndex out = lease(policy);
  trip_breaker(policy);
  EXPECT_TRUE(policy.is_waiting_useful());
  ASSERT_EQ(policy.acquire(now_).verdict, Verdict::wait);
  Waiter first;
  Waiter second;
  EXPECT_EQ(policy.join(first, now_), nullptr);
  EXPECT_EQ(policy.join(second, now_), nullptr);
  EXPECT_EQ(policy.release(out, now_, Condition::good).served, &first);
  // The last connection breaks: nobody who waits can be served any more.
  const Released released = policy.release(out, now_, Condition::broken);
  EXPECT_TRUE(released.close);
  EXPECT_EQ(released.served, &second);
  EXPECT_EQ(second.given.verdict, Verdict::refuse_breaker);
}

TEST_F(PolicyTest, FailedOpenPassesItsPlaceOn) {
  Policy policy = make({.open_max = 1});
  const Decision decision = policy.acquire(now_);
  ASSERT_EQ(decision.verdict, Verdict::open);
  Waiter waiter;
  EXPECT_EQ(policy.join(waiter, now_), nullptr);
  EXPECT_EQ(policy.open_failed(decision.slot, now_, Outcome::failed), &waiter);
  EXPECT_EQ(waiter.given.verdict, Verdict::open);
}

TEST_F(PolicyTest, MaintenanceGivesTheProbeToTheFirstWaiter) {
  Policy policy = make({.open_max = 5});
  lease(policy);
  trip_breaker(policy);
  Waiter waiter;
  policy.join(waiter, now_);
  Chores chores;
  policy.maintain(now_, chores);
  EXPECT_EQ(chores.served, nullptr);
  policy.maintain(policy.breaker().retry_at(), chores);
  EXPECT_EQ(chores.served, &waiter);
  EXPECT_EQ(waiter.given.verdict, Verdict::open);
}

TEST_F(PolicyTest, RetiresIdleConnectionsButKeepsTheWarmOnes) {
  Policy policy =
      make({.open_max = 4, .idle_max = 4, .warm = 1, .lifetime = 0ms, .idle_timeout = 5min});
  for (int i = 0; i < 3; ++i) lease(policy);
  for (SlotIndex slot = 0; slot < 3; ++slot)
    policy.release(slot, now_ + 1min * slot, Condition::good);
  Chores chores;
  policy.maintain(now_ + 5min, chores);
  EXPECT_EQ(chores.close, std::vector<SlotIndex>{0});
  policy.maintain(now_ + 50min, chores);
  EXPECT_EQ(chores.close, (std::vector<SlotIndex>{0, 1}));
  EXPECT_EQ(policy.metrics().idle, 1U);
}

TEST_F(PolicyTest, KeepsExcessIdleConnectionsOnlyForAMoment) {
  Policy policy = make({.open_max = 3, .idle_max = 1});
  for (int i = 0; i < 3; ++i) lease(policy);
  for (SlotIndex slot = 0; slot < 3; ++slot) {
    EXPECT_FALSE(policy.release(slot, now_, Condition::good).close);
  }
  Chores chores;
  policy.maintain(now_ + 500ms, chores);
  EXPECT_TRUE(chores.close.empty());
  policy.maintain(now_ + 1s, chores);
  EXPECT_EQ(chores.close, (std::vector<SlotIndex>{0, 1}));
}

TEST_F(PolicyTest, IdleMaxZeroKeepsNothing) {
  Policy policy = make({.open_max = 1, .idle_max = 0});
  EXPECT_TRUE(policy.release(lease(policy), now_, Condition::good).close);
}

TEST_F(PolicyTest, ReservesWhatWarmAsksFor) {
  Policy policy = make({.open_max = 4, .warm = 2});
  for (int i = 0; i < 2; ++i) {
    const auto slot = policy.reserve_warm(now_);
    ASSERT_TRUE(slot);
    EXPECT_FALSE(policy.opened_idle(*slot, now_).close);
  }
  EXPECT_FALSE(policy.reserve_warm(now_));
  EXPECT_EQ(policy.metrics().idle, 2U);
  EXPECT_EQ(policy.metrics().leases, 0U);
}

TEST_F(PolicyTest, ReportsALeakOnceALease) {
  Policy policy = make({.open_max = 2, .leak_after = 1min});
  const SlotIndex slot = lease(policy);
  Chores chores;
  policy.maintain(now_ + 59s, chores);
  EXPECT_TRUE(chores.leaks.empty());
  policy.maintain(now_ + 61s, chores);
  policy.maintain(now_ + 99s, chores);
  ASSERT_EQ(chores.leaks.size(), 1U);
  EXPECT_EQ(chores.leaks[0].slot, slot);
  EXPECT_EQ(chores.leaks[0].held, 61s);
  now_ += 100s;
  policy.release(slot, now_, Condition::good);
  policy.acquire(now_);
  policy.maintain(now_ + 61s, chores);
  EXPECT_EQ(chores.leaks.size(), 2U);
  EXPECT_EQ(policy.metrics().leaks, 2U);
}

TEST_F(PolicyTest, CloseRefusesWaitersAndNewcomersAndClosesReturns) {
  Policy policy = make({.open_max = 2});
  const SlotIndex a = lease(policy);
  const SlotIndex b = lease(policy);
  Waiter waiter;
  policy.join(waiter, now_);
  Chores chores;
  policy.close(chores);
  EXPECT_EQ(chores.served, &waiter);
  EXPECT_EQ(waiter.given.verdict, Verdict::refuse_closed);
  EXPECT_EQ(policy.acquire(now_).verdict, Verdict::refuse_closed);
  EXPECT_TRUE(policy.release(a, now_, Condition::good).close);
  policy.closed(a, now_);
  EXPECT_EQ(policy.in_use(), 1U);
  EXPECT_TRUE(policy.release(b, now_, Condition::good).close);
  policy.closed(b, now_);
  EXPECT_EQ(policy.in_use(), 0U);
  EXPECT_EQ(policy.metrics().open, 0U);
}

TEST_F(PolicyTest, WarmConnectionThatArrivesAfterCloseIsClosed) {
  Policy policy = make({.open_max = 2, .warm = 1});
  const auto slot = policy.reserve_warm(now_);
  Chores chores;
  policy.close(chores);
  EXPECT_TRUE(policy.opened_idle(*slot, now_).close);
}

}  // namespace
}  // namespace iacdb::pool
