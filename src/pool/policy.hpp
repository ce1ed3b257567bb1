#pragma once
// Policy: who gets a connection slot, and when to open, check and retire connections.
//
//   const Decision decision = policy.acquire(now);
//   if (decision.verdict == Verdict::open) connect, then policy.opened(decision.slot, now);
//
// Pure: it is told the time and what happened, and decides; it neither waits nor connects, so that
// the Pool drives it under a mutex and an event loop drives it without one. Whoever drives it
// carries out each decision and reports the end of it, so that no slot is lost.
//
// A slot goes  free -> opening -> leased <-> idle -> closing -> free,
// with idle -> checking -> leased where the connection was idle for long.
// Waiters are served in the order they joined. While anyone waits, nothing is idle.
//
// Functions that free something return the waiters they served, chained by Waiter::next.
// Threads: one at a time.

#include <chrono>
#include <cstdint>
#include <iacdb/health.hpp>
#include <iacdb/options.hpp>
#include <optional>
#include <vector>

#include "pool/breaker.hpp"

namespace iacdb::pool {

using SlotIndex = std::uint32_t;

enum class Verdict : std::uint8_t {
  lease,           ///< The slot's connection is yours.
  check,           ///< So it is, but idle for long: ping it, then checked() or check_failed().
  open,            ///< The slot is reserved: connect, then opened() or open_failed().
  wait,            ///< Join the queue.
  refuse_full,     ///< As many wait as may.
  refuse_breaker,  ///< The server does not answer; see Breaker.
  refuse_closed,   ///< The pool is closed.
};

struct Decision {
  Verdict verdict = Verdict::wait;
  SlotIndex slot = 0;
};

/// A place in the queue. Lifetime: from join() until it is served or leave().
struct Waiter {
  Decision given{};  ///< Verdict::wait until it is served.
  Waiter* next = nullptr;
  Waiter* previous = nullptr;
};

/// In which condition a leased connection comes back.
enum class Condition : std::uint8_t {
  good,
  unwanted,  ///< Its holder does not want it to be used again.
  dirty,     ///< It could not be reset.
  broken,    ///< It does not work any more; perhaps others do not either.
};

/// What follows from a return.
struct Released {
  bool close = false;  ///< Close the connection, then say closed().
  Waiter* served = nullptr;
};

/// A lease that is held for too long.
struct Leak {
  SlotIndex slot = 0;
  Clock::duration held{0};
};

/// What maintenance found to do.
struct Chores {
  std::vector<SlotIndex> close{};  ///< Each to be closed, then closed().
  std::vector<Leak> leaks{};
  Waiter* served = nullptr;
};

struct PolicyTuning {
  BreakerTuning breaker{};
  /// A connection idle for longer is pinged before it is leased.
  Clock::duration check_after = std::chrono::seconds(1);
  /// Idle connections beyond idle_max are kept this long, so that a busy moment does not reopen
  /// what it has just closed. With idle_max 0 nothing is kept.
  Clock::duration excess_after = std::chrono::seconds(1);
  std::uint32_t seed = 1;  ///< Of the jitter.
};

class Policy {
 public:
  explicit Policy(const PoolOptions& options, const PolicyTuning& tuning = {});

  Decision acquire(Clock::time_point now);
  Released release(SlotIndex slot, Clock::time_point now, Condition condition);

  /// The end of Verdict::open: the slot is leased.
  Waiter* opened(SlotIndex slot, Clock::time_point now);
  /// The end of reserve_warm(): the connection is idle.
  Released opened_idle(SlotIndex slot, Clock::time_point now);
  /// The slot is free again.
  Waiter* open_failed(SlotIndex slot, Clock::time_point now, Breaker::Outcome outcome);

  /// The end of Verdict::check.
  void checked(SlotIndex slot) noexcept;
  /// The slot's connection is dead, and those that were idle even longer probably too: they are
  /// added to `close`. Verdict::open: the slot stays reserved; destroy its connection and open
  /// another. Anything else: the slot is among `close`; do that, then ask retry().
  Decision check_failed(SlotIndex slot, Clock::time_point now, std::vector<SlotIndex>& close);
  /// acquire() for one that had been served already: it does not go to the end of the queue.
  Decision retry(Clock::time_point now);

  /// The end of what was to be closed.
  Waiter* closed(SlotIndex slot, Clock::time_point now);

  /// At the end of the queue. The waiters served may include itself.
  Waiter* join(Waiter& waiter, Clock::time_point now);
  /// At its head: for one that had been served already.
  Waiter* join_first(Waiter& waiter, Clock::time_point now);
  /// It gave up, and has not been served.
  void leave(Waiter& waiter) noexcept;
  /// Leases are out that may come back: waiting makes sense even while nothing can be opened.
  bool is_waiting_useful() const noexcept { return leased_ > 0 && !closed_; }

  /// Retires, reports leaks, serves.
  void maintain(Clock::time_point now, Chores& chores);
  /// Reserves a slot for a connection that PoolOptions::warm asks for.
  std::optional<SlotIndex> reserve_warm(Clock::time_point now);
  /// No more leases; who waits is refused.
  void close(Chores& chores);

  bool is_closed() const noexcept { return closed_; }
  /// Slots that somebody works with or on.
  std::uint32_t in_use() const noexcept { return reserved_ - idle_count(); }
  std::uint32_t slots_count() const noexcept { return static_cast<std::uint32_t>(slots_.size()); }
  const PoolOptions& options() const noexcept { return options_; }
  const Breaker& breaker() const noexcept { return breaker_; }
  PoolMetrics metrics() const noexcept;

  // Counted here because they are shown together; the driver knows when they happen.
  void count_wait(Clock::duration waited) noexcept;
  void count_timeout() noexcept { ++counts_.acquire_timeouts; }

 private:
  enum class State : std::uint8_t { free, opening, leased, idle, checking, closing };
  struct Slot {
    Clock::time_point expires_at = Clock::time_point::max();
    Clock::time_point since{};  ///< Of being idle, or leased.
    State state = State::free;
    bool is_probe = false;
    bool is_leak_reported = false;
  };

  std::uint32_t idle_count() const noexcept { return static_cast<std::uint32_t>(idle_.size()); }
  Decision take_idle(Clock::time_point now);
  Decision find_other(Clock::time_point now);
  Released release_otherwise(SlotIndex slot, Clock::time_point now, Condition condition);
  bool may_open(Clock::time_point now) const noexcept {
    return reserved_ < options_.open_max && breaker_.permits(now);
  }
  bool is_hopeless(Clock::time_point now) const noexcept {
    return leased_ == 0 && !breaker_.permits(now);
  }
  Decision reserve();
  void begin_open(SlotIndex slot);
  void begin_close(SlotIndex slot, std::vector<SlotIndex>& close);
  void free_slot(SlotIndex slot);
  void start(SlotIndex slot, Clock::time_point now);
  Waiter* serve(Clock::time_point now);
  void retire_idle(Clock::time_point now, std::vector<SlotIndex>& close);
  void report_leaks(Clock::time_point now, std::vector<Leak>& leaks);

  PoolOptions options_;
  PolicyTuning tuning_;
  Jitter jitter_;
  Breaker breaker_;
  std::vector<Slot> slots_;
  std::vector<SlotIndex> idle_;  ///< Idle longest first; taken from the end.
  std::vector<SlotIndex> free_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  std::uint32_t waiting_ = 0;
  std::uint32_t reserved_ = 0;  ///< Slots that are not free.
  std::uint32_t opening_ = 0;   ///< Of these.
  std::uint32_t leased_ = 0;    ///< Of these, leased or checking.
  bool closed_ = false;
  bool keeps_idle_ = true;  ///< Not closed, and idle_max allows some.
  /// What was idle before is checked before use: since then another connection broke.
  Clock::time_point suspect_until_{};
  PoolMetrics counts_{};
};

inline Decision Policy::acquire(Clock::time_point now) {
  if (!idle_.empty()) [[likely]]
    return take_idle(now);
  return find_other(now);
}

inline Decision Policy::take_idle(Clock::time_point now) {
  const SlotIndex index = idle_.back();
  idle_.pop_back();
  Slot& slot = slots_[index];
  const bool is_doubtful = now - slot.since > tuning_.check_after || slot.since <= suspect_until_;
  slot.since = now;
  ++leased_;
  if (is_doubtful) [[unlikely]] {
    slot.state = State::checking;
    return {Verdict::check, index};
  }
  slot.state = State::leased;
  ++counts_.leases;
  return {Verdict::lease, index};
}

inline Released Policy::release(SlotIndex index, Clock::time_point now, Condition condition) {
  Slot& slot = slots_[index];
  if (condition == Condition::good && first_ == nullptr && now < slot.expires_at && keeps_idle_)
      [[likely]] {
    --leased_;
    slot.since = now;
    slot.state = State::idle;
    slot.is_leak_reported = false;
    idle_.push_back(index);
    return {};
  }
  return release_otherwise(index, now, condition);
}

}  // namespace iacdb::pool
