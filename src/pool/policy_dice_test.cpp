// A Policy under random use: whatever happens, what must always hold holds.
#include <gtest/gtest.h>

#include <list>
#include <optional>
#include <random>
#include <vector>

#include "pool/policy.hpp"

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;
using Outcome = Breaker::Outcome;

/// Drives a Policy by dice and checks what must always hold.
class DicePlay {
 public:
  explicit DicePlay(std::uint32_t seed) : dice_(seed) {
    options_ = {.open_max = 1 + roll(4),
                .idle_max = roll(4),
                .warm = roll(3),
                .lifetime = 1s,
                .idle_timeout = 500ms,
                .waiters_max = 6,
                .leak_after = 300ms};
    policy_.emplace(options_, PolicyTuning{.seed = seed});
  }

  void step() {
    now_ += std::chrono::milliseconds(roll(20));
    switch (roll(8)) {
      case 0:
      case 1:
      case 2:
        carry_out(policy_->acquire(now_));
        break;
      case 3:
      case 4:
        return_one();
        break;
      case 5:
        finish_one();
        break;
      case 6:
        maintain();
        break;
      default:
        give_up();
    }
    check();
  }

  void drain() {
    while (!leased_.empty() || !opening_.empty() || !closing_.empty()) {
      return_one();
      finish_one();
      maintain();
      now_ += 50ms;
    }
    maintain();
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(policy_->metrics().waiting, 0U);
  }

 private:
  std::uint32_t roll(std::uint32_t sides) { return dice_() % sides; }

  void carry_out(Decision decision) {
    switch (decision.verdict) {
      case Verdict::lease:
        leased_.push_back(decision.slot);
        break;
      case Verdict::check:
        if (roll(3) != 0) {
          policy_->checked(decision.slot);
          leased_.push_back(decision.slot);
          break;
        }
        {
          const Decision next = policy_->check_failed(decision.slot, now_, closing_);
          if (next.verdict == Verdict::open) opening_.push_back(next.slot);
        }
        break;
      case Verdict::open:
        opening_.push_back(decision.slot);
        break;
      case Verdict::wait:
        queue_.emplace_back();
        take(policy_->join(queue_.back(), now_));
        break;
      default:
        ++refused_;
    }
  }
  void take(Waiter* served) {
    while (served != nullptr) {
      Waiter* const next = served->next;
      EXPECT_EQ(served, &queue_.front()) << "served out of order";
      const Decision given = served->given;
      queue_.pop_front();
      served = next;
      carry_out(given);
    }
  }
  void return_one() {
    if (leased_.empty()) return;
    const std::uint32_t at = roll(static_cast<std::uint32_t>(leased_.size()));
    const SlotIndex slot = leased_[at];
    leased_.erase(leased_.begin() + at);
    const Condition condition = roll(4) == 0 ? static_cast<Condition>(roll(4)) : Condition::good;
    const Released released = policy_->release(slot, now_, condition);
    if (released.close) closing_.push_back(slot);
    take(released.served);
  }
  void finish_one() {
    if (!closing_.empty()) {
      const SlotIndex slot = closing_.back();
      closing_.pop_back();
      take(policy_->closed(slot, now_));
    }
    if (opening_.empty()) return;
    const SlotIndex slot = opening_.back();
    opening_.pop_back();
    switch (roll(4)) {
      case 0:
        take(policy_->open_failed(slot, now_, Outcome::failed));
        break;
      case 1:
        take(policy_->open_failed(slot, now_, Outcome::abandoned));
        break;
      default:
        leased_.push_back(slot);
        take(policy_->opened(slot, now_));
    }
  }
  void maintain() {
    Chores chores;
    policy_->maintain(now_, chores);
    closing_.insert(closing_.end(), chores.close.begin(), chores.close.end());
    take(chores.served);
    if (const auto slot = policy_->reserve_warm(now_)) {
      const Released released = policy_->opened_idle(*slot, now_);
      EXPECT_FALSE(released.close);
      take(released.served);
    }
  }
  void give_up() {
    if (queue_.empty()) return;
    const auto at = std::next(queue_.begin(), roll(static_cast<std::uint32_t>(queue_.size())));
    policy_->leave(*at);
    queue_.erase(at);
  }
  void check() {
    const PoolMetrics metrics = policy_->metrics();
    EXPECT_LE(metrics.open + opening_.size(), options_.open_max);
    EXPECT_EQ(metrics.leased, leased_.size());
    EXPECT_EQ(metrics.open, leased_.size() + metrics.idle + closing_.size());
    EXPECT_EQ(metrics.waiting, queue_.size());
    EXPECT_LE(metrics.waiting, options_.waiters_max);
    EXPECT_EQ(policy_->in_use(), leased_.size() + opening_.size() + closing_.size());
    if (!queue_.empty()) {
      EXPECT_EQ(metrics.idle, 0U) << "somebody waits beside an idle connection";
    }
  }

  std::mt19937 dice_;
  PoolOptions options_;
  std::optional<Policy> policy_;
  Clock::time_point now_{100h};
  std::vector<SlotIndex> leased_, opening_, closing_;
  std::list<Waiter> queue_;
  int refused_ = 0;
};

TEST(PolicyDice, HoldsItsInvariantsWhateverHappens) {
  for (std::uint32_t seed = 1; seed <= 300 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    DicePlay play(seed);
    for (int i = 0; i < 2000; ++i) play.step();
    play.drain();
  }
}

}  // namespace
}  // namespace iacdb::pool
