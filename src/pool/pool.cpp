#include "pool/pool.hpp"

#include <algorithm>
#include <mutex>
#include <random>

#include "base/clock.hpp"
#include "pool/acquisition.hpp"
#include "pool/maintenance.hpp"

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;

/// A reset is a round trip at most; a connection that needs longer is not worth waiting for.
constexpr auto reset_timeout = 5s;
constexpr std::size_t label_bytes_max = 64;

/// Often enough that each limit is kept within a fraction of itself.
Clock::duration choose_maintenance_period(const PoolOptions& options) {
  Clock::duration period = 1s;
  const auto consider = [&](Clock::duration limit, int part) {
    if (limit.count() != 0) period = std::min(period, limit / part);
  };
  consider(options.idle_timeout, 4);
  consider(options.lifetime, 20);
  consider(options.leak_after, 4);
  return std::max<Clock::duration>(period, 10ms);
}

Condition restore(driver::Connection& connection, Clock::time_point now) noexcept {
  if (connection.state() == driver::SessionState::broken) return Condition::broken;
  if (connection.reset({base::Deadline(now + reset_timeout), {}})) return Condition::good;
  return connection.state() == driver::SessionState::broken ? Condition::broken : Condition::dirty;
}

}  // namespace

std::shared_ptr<Pool> Pool::make(std::string name, const PoolOptions& options, Connect connect,
                                 std::shared_ptr<Observer> observer) {
  // The pool outlives its last handle while leases are out, so the handle does not own it outright.
  return {new Pool(std::move(name), options, std::move(connect), std::move(observer)),
          [](Pool* pool) { pool->abandon(); }};
}

Pool::Pool(std::string name, const PoolOptions& options, Connect connect,
           std::shared_ptr<Observer> observer)
    : name_(std::move(name)),
      connect_(std::move(connect)),
      observer_(std::move(observer)),
      maintenance_period_(choose_maintenance_period(options)),
      maintained_at_once_(options.warm > 0 || options.leak_after.count() > 0),
      policy_(options, {.seed = std::random_device()()}),
      maintained_at_(base::coarse_now()) {}

Lease Pool::acquire(const driver::Call& call, std::string_view label) {
  const auto now = base::coarse_now();
  std::unique_lock lock(mutex_);
  const Decision decision = policy_.acquire(now);
  if (decision.verdict == Verdict::lease) [[likely]] {
    return lease(decision.slot, label, std::chrono::nanoseconds(0));
  }
  return Acquisition(*this, call, label, std::move(lock)).run(decision);
}

Lease Pool::acquire_to_look(const driver::Call& call) {
  looking_ = true;
  return acquire(call, "open");
}

PooledConnection& Pool::slot_at(SlotIndex index) {
  while (slots_.size() <= index) {
    auto slot = std::make_unique<PooledConnection>();
    slot->pool = this;
    slot->index = static_cast<SlotIndex>(slots_.size());
    slot->label.reserve(label_bytes_max);
    slots_.push_back(std::move(slot));
  }
  return *slots_[index];
}

void Pool::keep_label(PooledConnection& slot, std::string_view label) noexcept {
  slot.label.assign(label.substr(0, label_bytes_max));  // Within its capacity.
}

void Pool::wake(Waiter* served) noexcept {
  while (served != nullptr) {
    // Read first: once the mutex is free, the waiter may be gone.
    Waiter* const next = served->next;
    static_cast<BlockedCaller*>(served)->woken.notify_one();
    served = next;
  }
}

void Pool::release(PooledConnection& slot) noexcept {
  if (!registered_.load(std::memory_order_relaxed)) [[unlikely]]
    note_return();
  const auto now = base::coarse_now();
  const Condition condition = slot.discard ? Condition::unwanted : restore(*slot.connection, now);
  {
    const std::lock_guard lock(mutex_);
    const Released released = policy_.release(slot.index, now, condition);
    if (released.served != nullptr) wake(released.served);
    if (!released.close) [[likely]]
      return;
  }
  if (condition == Condition::dirty) {
    tell(PoolEvent::What::reset_dropped, "a returned connection could not be reset");
  }
  close_slot(slot.index);
}

void Pool::close_slot(SlotIndex index) noexcept {
  PooledConnection* slot = nullptr;
  {
    const std::lock_guard lock(mutex_);
    slot = slots_[index].get();
  }
  slot->attachment.reset();  // It may refer to the connection.
  slot->connection.reset();
  tell(PoolEvent::What::closed, "");
  bool is_last = false;
  {
    const std::lock_guard lock(mutex_);
    wake(policy_.closed(index, base::coarse_now()));
    if (policy_.is_closed() && policy_.in_use() == 0) drained_.notify_all();
    is_last = is_last_use();
  }
  if (is_last) delete this;
}

void Pool::close_slots(const std::vector<SlotIndex>& slots) noexcept {
  for (const SlotIndex slot : slots) close_slot(slot);
}

PoolMetrics Pool::metrics() const {
  const std::lock_guard lock(mutex_);
  return policy_.metrics();
}

void Pool::close(std::chrono::milliseconds drain) {
  closing_.request_stop();
  Maintenance::shared().remove(*this);
  Chores chores;
  {
    const std::lock_guard lock(mutex_);
    policy_.close(chores);
    wake(chores.served);
  }
  close_slots(chores.close);
  std::unique_lock lock(mutex_);
  drained_.wait_for(lock, drain, [&] { return policy_.in_use() == 0; });
}

void Pool::abandon() noexcept {
  close(0ms);
  bool is_last = false;
  {
    const std::lock_guard lock(mutex_);
    orphaned_ = true;
    is_last = is_last_use();
  }
  if (is_last) delete this;
}

void Pool::tell(PoolEvent::What what, std::string_view detail) const noexcept {
  if (!observer_) return;
  try {
    observer_->on_pool({.database = name_, .what = what, .detail = detail});
  } catch (...) {  // An observer's trouble is not the pool's.
  }
}

}  // namespace iacdb::pool
