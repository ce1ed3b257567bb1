#include "pool/policy.hpp"

#include <algorithm>
#include <cassert>

namespace iacdb::pool {

Policy::Policy(const PoolOptions& options, const PolicyTuning& tuning)
    : options_(options), tuning_(tuning), jitter_(tuning.seed), breaker_(tuning.breaker) {
  options_.open_max = std::max(options_.open_max, 1U);
  keeps_idle_ = options_.idle_max > 0;
  options_.warm = std::min(options_.warm, options_.open_max);
}

Decision Policy::find_other(Clock::time_point now) {
  if (closed_) return {Verdict::refuse_closed};
  // Whoever waits already comes first: join() serves them.
  if (first_ == nullptr && may_open(now)) return reserve();
  if (is_hopeless(now)) {
    ++counts_.failed_fast;
    return {Verdict::refuse_breaker};
  }
  return {waiting_ >= options_.waiters_max ? Verdict::refuse_full : Verdict::wait};
}

Decision Policy::retry(Clock::time_point now) {
  if (closed_) return {Verdict::refuse_closed};
  if (!idle_.empty()) return take_idle(now);
  if (may_open(now)) return reserve();
  if (!is_hopeless(now)) return {Verdict::wait};
  ++counts_.failed_fast;
  return {Verdict::refuse_breaker};
}

Decision Policy::reserve() {
  if (free_.empty()) {
    free_.push_back(slots_count());
    slots_.emplace_back();
    idle_.reserve(slots_.size());  // So that a return never allocates.
    free_.reserve(slots_.size());
  }
  const SlotIndex index = free_.back();
  free_.pop_back();
  ++reserved_;
  begin_open(index);
  return {Verdict::open, index};
}

void Policy::begin_open(SlotIndex slot) {
  ++opening_;
  slots_[slot].state = State::opening;
  slots_[slot].is_probe = breaker_.begin();
}

void Policy::free_slot(SlotIndex slot) {
  slots_[slot].state = State::free;
  free_.push_back(slot);
  --reserved_;
}

void Policy::begin_close(SlotIndex slot, std::vector<SlotIndex>& close) {
  slots_[slot].state = State::closing;
  close.push_back(slot);
}

Released Policy::release_otherwise(SlotIndex index, Clock::time_point now, Condition condition) {
  Slot& slot = slots_[index];
  assert(slot.state == State::leased);
  --leased_;
  slot.since = now;
  slot.is_leak_reported = false;
  const bool has_room = options_.idle_max > 0 || first_ != nullptr;
  if (condition == Condition::good && now < slot.expires_at && has_room && !closed_) [[likely]] {
    slot.state = State::idle;
    idle_.push_back(index);
    return {false, first_ == nullptr ? nullptr : serve(now)};
  }
  slot.state = State::closing;
  if (condition == Condition::dirty) ++counts_.resets_dropped;
  if (condition == Condition::broken) suspect_until_ = now;
  // The last lease came back, and nothing can be opened: who waits must hear of it.
  return {true, serve(now)};
}

void Policy::start(SlotIndex index, Clock::time_point now) {
  Slot& slot = slots_[index];
  assert(slot.state == State::opening);
  --opening_;
  ++counts_.opened;
  slot.since = now;
  slot.is_leak_reported = false;
  slot.expires_at = options_.lifetime.count() == 0 ? Clock::time_point::max()
                                                   : now + jitter_.around(options_.lifetime, 0.1);
  breaker_.end(Breaker::Outcome::succeeded, slot.is_probe, now, jitter_);
}

Waiter* Policy::opened(SlotIndex slot, Clock::time_point now) {
  start(slot, now);
  slots_[slot].state = State::leased;
  ++leased_;
  ++counts_.leases;
  return serve(now);  // The breaker may just have closed.
}

Released Policy::opened_idle(SlotIndex slot, Clock::time_point now) {
  start(slot, now);
  if (closed_) {
    slots_[slot].state = State::closing;
    return {true, serve(now)};
  }
  slots_[slot].state = State::idle;
  idle_.push_back(slot);
  return {false, serve(now)};
}

Waiter* Policy::open_failed(SlotIndex slot, Clock::time_point now, Breaker::Outcome outcome) {
  assert(slots_[slot].state == State::opening);
  --opening_;
  free_slot(slot);
  const bool was_open = breaker_.state() == BreakerState::open;
  breaker_.end(outcome, slots_[slot].is_probe, now, jitter_);
  if (outcome == Breaker::Outcome::failed) {
    ++counts_.open_failures;
    if (!was_open && breaker_.state() == BreakerState::open) ++counts_.breaker_trips;
  }
  return serve(now);
}

void Policy::checked(SlotIndex slot) noexcept {
  assert(slots_[slot].state == State::checking);
  slots_[slot].state = State::leased;
  ++counts_.leases;
}

Decision Policy::check_failed(SlotIndex index, Clock::time_point now,
                              std::vector<SlotIndex>& close) {
  Slot& slot = slots_[index];
  assert(slot.state == State::checking);
  --leased_;
  const auto older = [&](SlotIndex other) { return slots_[other].since <= slot.since; };
  const auto newer = std::find_if_not(idle_.begin(), idle_.end(), older);
  counts_.stale += 1 + static_cast<std::uint64_t>(newer - idle_.begin());
  std::for_each(idle_.begin(), newer, [&](SlotIndex other) { begin_close(other, close); });
  idle_.erase(idle_.begin(), newer);
  if (closed_ || !breaker_.permits(now)) {
    begin_close(index, close);
    return {Verdict::wait};
  }
  ++counts_.closed;
  begin_open(index);
  return {Verdict::open, index};
}

Waiter* Policy::closed(SlotIndex slot, Clock::time_point now) {
  assert(slots_[slot].state == State::closing);
  ++counts_.closed;
  free_slot(slot);
  return serve(now);
}

PoolMetrics Policy::metrics() const noexcept {
  PoolMetrics metrics = counts_;
  metrics.open_max = options_.open_max;
  metrics.open = reserved_ - opening_;
  metrics.leased = leased_;
  metrics.idle = idle_count();
  metrics.waiting = waiting_;
  metrics.breaker = breaker_.state();
  return metrics;
}

}  // namespace iacdb::pool
