// The waiters' queue, and what maintenance does.
#include <algorithm>

#include "pool/policy.hpp"

namespace iacdb::pool {

Waiter* Policy::join(Waiter& waiter, Clock::time_point now) {
  waiter = Waiter{.previous = last_};
  (last_ != nullptr ? last_->next : first_) = &waiter;
  last_ = &waiter;
  ++waiting_;
  return serve(now);
}

Waiter* Policy::join_first(Waiter& waiter, Clock::time_point now) {
  waiter = Waiter{.next = first_};
  (first_ != nullptr ? first_->previous : last_) = &waiter;
  first_ = &waiter;
  ++waiting_;
  return serve(now);
}

void Policy::leave(Waiter& waiter) noexcept {
  (waiter.previous != nullptr ? waiter.previous->next : first_) = waiter.next;
  (waiter.next != nullptr ? waiter.next->previous : last_) = waiter.previous;
  waiter.next = waiter.previous = nullptr;
  --waiting_;
}

Waiter* Policy::serve(Clock::time_point now) {
  Waiter* served = nullptr;
  Waiter** end = &served;
  while (first_ != nullptr) {
    Decision decision;
    if (closed_) {
      decision = {Verdict::refuse_closed};
    } else if (!idle_.empty()) {
      decision = take_idle(now);
    } else if (may_open(now)) {
      decision = reserve();
    } else if (is_hopeless(now)) {
      ++counts_.failed_fast;
      decision = {Verdict::refuse_breaker};
    } else {
      break;
    }
    Waiter& waiter = *first_;
    leave(waiter);
    waiter.given = decision;
    *end = &waiter;
    end = &waiter.next;
  }
  return served;
}

void Policy::count_wait(Clock::duration waited) noexcept {
  ++counts_.waits;
  counts_.waited += std::chrono::duration_cast<std::chrono::microseconds>(waited);
}

void Policy::maintain(Clock::time_point now, Chores& chores) {
  retire_idle(now, chores.close);
  if (options_.leak_after.count() != 0) report_leaks(now, chores.leaks);
  chores.served = serve(now);
}

void Policy::retire_idle(Clock::time_point now, std::vector<SlotIndex>& close) {
  const std::uint32_t keep = std::max(options_.idle_max, options_.warm);
  std::uint32_t idle_left = idle_count();
  std::uint32_t left = leased_ + opening_ + idle_left;  // What is closing is gone.
  const auto retire = [&](SlotIndex index) {
    const Slot& slot = slots_[index];
    const auto idle = now - slot.since;
    const bool is_excess = idle_left > keep && idle >= tuning_.excess_after;
    const bool is_unused =
        options_.idle_timeout.count() != 0 && left > options_.warm && idle >= options_.idle_timeout;
    if (now < slot.expires_at && !is_excess && !is_unused) return false;
    --idle_left;
    --left;
    begin_close(index, close);
    return true;
  };
  // In order, the one idle longest first; remove_if calls the predicate once for each.
  idle_.erase(std::remove_if(idle_.begin(), idle_.end(), retire), idle_.end());
}

void Policy::report_leaks(Clock::time_point now, std::vector<Leak>& leaks) {
  for (SlotIndex index = 0; index < slots_.size(); ++index) {
    Slot& slot = slots_[index];
    if (slot.state != State::leased || slot.is_leak_reported) continue;
    if (now - slot.since < options_.leak_after) continue;
    slot.is_leak_reported = true;
    ++counts_.leaks;
    leaks.push_back({index, now - slot.since});
  }
}

std::optional<SlotIndex> Policy::reserve_warm(Clock::time_point now) {
  if (closed_ || first_ != nullptr || leased_ + opening_ + idle_count() >= options_.warm ||
      !may_open(now)) {
    return std::nullopt;
  }
  return reserve().slot;
}

void Policy::close(Chores& chores) {
  closed_ = true;
  keeps_idle_ = false;
  for (const SlotIndex slot : idle_) begin_close(slot, chores.close);
  idle_.clear();
  chores.served = serve({});
}

}  // namespace iacdb::pool
