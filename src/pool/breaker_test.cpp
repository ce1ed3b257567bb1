#include "pool/breaker.hpp"

#include <gtest/gtest.h>

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;
using Outcome = Breaker::Outcome;

class BreakerTest : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker_.end(Outcome::failed, breaker_.begin(), now_, jitter_);
  }

  Breaker breaker_{{.failures_max = 3, .backoff_first = 100ms, .backoff_max = 1s}};
  Jitter jitter_{42};
  Clock::time_point now_{1h};
};

TEST_F(BreakerTest, StaysClosedBelowItsLimitAndForgetsFailuresAfterASuccess) {
  fail(2);
  EXPECT_EQ(breaker_.state(), BreakerState::closed);
  breaker_.end(Outcome::succeeded, breaker_.begin(), now_, jitter_);
  fail(2);
  EXPECT_EQ(breaker_.state(), BreakerState::closed);
  EXPECT_TRUE(breaker_.permits(now_));
}

TEST_F(BreakerTest, OpensForAJitteredDelayThenPermitsExactlyOneProbe) {
  fail(3);
  EXPECT_EQ(breaker_.state(), BreakerState::open);
  EXPECT_FALSE(breaker_.permits(now_ + 79ms));
  EXPECT_TRUE(breaker_.permits(now_ + 121ms));
  EXPECT_TRUE(breaker_.begin());
  EXPECT_EQ(breaker_.state(), BreakerState::half_open);
  EXPECT_FALSE(breaker_.permits(now_ + 1h));
}

TEST_F(BreakerTest, DoublesTheDelayUpToItsLimit) {
  fail(3);
  auto backoff = 100ms;
  for (int i = 0; i < 6; ++i) {
    now_ = breaker_.retry_at();
    breaker_.end(Outcome::failed, breaker_.begin(), now_, jitter_);
    backoff = std::min(backoff * 2, std::chrono::milliseconds(1s));
    EXPECT_GE(breaker_.retry_at() - now_, backoff * 8 / 10);
    EXPECT_LE(breaker_.retry_at() - now_, backoff * 12 / 10);
  }
}

TEST_F(BreakerTest, ClosesAfterASuccessfulProbeAndStartsOverWithTheFirstDelay) {
  fail(3);
  now_ = breaker_.retry_at();
  fail(1);
  now_ = breaker_.retry_at();
  breaker_.end(Outcome::succeeded, breaker_.begin(), now_, jitter_);
  EXPECT_EQ(breaker_.state(), BreakerState::closed);
  fail(3);
  EXPECT_LE(breaker_.retry_at() - now_, 120ms);
}

TEST_F(BreakerTest, AbandonedProbeLetsTheNextCallerProbeAtOnce) {
  fail(3);
  now_ = breaker_.retry_at();
  breaker_.end(Outcome::abandoned, breaker_.begin(), now_, jitter_);
  EXPECT_EQ(breaker_.state(), BreakerState::open);
  EXPECT_TRUE(breaker_.permits(now_));
}

TEST_F(BreakerTest, LateFailuresOfEarlierAttemptsDoNotLengthenTheDelay) {
  fail(3);
  const auto retry_at = breaker_.retry_at();
  breaker_.end(Outcome::failed, false, now_ + 50ms, jitter_);
  EXPECT_EQ(breaker_.retry_at(), retry_at);
  ASSERT_TRUE(breaker_.begin());
  breaker_.end(Outcome::failed, false, now_ + 130ms, jitter_);  // Not the probe's end.
  EXPECT_EQ(breaker_.state(), BreakerState::half_open);
}

TEST_F(BreakerTest, LateSuccessOfAnEarlierAttemptCloses) {
  fail(3);
  breaker_.end(Outcome::succeeded, false, now_, jitter_);
  EXPECT_EQ(breaker_.state(), BreakerState::closed);
}

TEST(Jitter, StaysWithinItsPartAndVaries) {
  Jitter jitter(7);
  Clock::duration least = 2h;
  Clock::duration most{0};
  for (int i = 0; i < 1000; ++i) {
    const auto span = jitter.around(1h, 0.1);
    least = std::min(least, span);
    most = std::max(most, span);
  }
  EXPECT_GE(least, 54min);
  EXPECT_LT(least, 55min);
  EXPECT_LE(most, 66min);
  EXPECT_GT(most, 65min);
}

}  // namespace
}  // namespace iacdb::pool
