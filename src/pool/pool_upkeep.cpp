// Opening connections, and what the background thread does for a pool.
#include <algorithm>
#include <system_error>

#include "base/clock.hpp"
#include "pool/maintenance.hpp"
#include "pool/pool.hpp"

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;

/// An attempt that a caller gave up sooner says nothing about the server.
constexpr auto fair_attempt = 1s;
/// What the background thread may spend on one connection; other pools wait meanwhile.
constexpr auto background_open_timeout = 5s;

Breaker::Outcome judge(const Error& error, Clock::duration took) {
  if (error.kind() == ErrorKind::cancelled) return Breaker::Outcome::abandoned;
  if (error.kind() == ErrorKind::timeout && took < fair_attempt) {
    return Breaker::Outcome::abandoned;
  }
  return Breaker::Outcome::failed;
}

std::unique_ptr<driver::Connection> connect_once(const Connect& connect, const driver::Call& call) {
  try {
    if (auto connection = connect(call)) return connection;
    raise(ErrorKind::internal, "the backend gave no connection and no error; please report this");
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    raise(ErrorKind::internal, std::string("opening a connection failed: ") + error.what());
  } catch (...) {
    raise(ErrorKind::internal, "opening a connection threw something unknown; please report this");
  }
}

}  // namespace

void Pool::connect_slot(SlotIndex index, const driver::Call& call) {
  const auto begin = Clock::now();
  try {
    PooledConnection* slot = nullptr;
    {
      const std::lock_guard lock(mutex_);
      slot = &slot_at(index);
    }
    slot->connection = connect_once(connect_, call);
    slot->discard = false;
  } catch (const Error& error) {
    fail_open(index, error, Clock::now() - begin);
  }
  bool is_cured = false;
  {
    const std::lock_guard lock(mutex_);
    is_cured = policy_.breaker().state() != BreakerState::closed;
    cause_.reset();
  }
  tell(PoolEvent::What::opened, "");
  if (is_cured) tell(PoolEvent::What::breaker_closed, "");
  if (maintained_at_once_) register_for_maintenance();
}

void Pool::fail_open(SlotIndex index, const Error& error, Clock::duration took) {
  bool is_trip = false;
  {
    const std::lock_guard lock(mutex_);
    const auto trips = policy_.metrics().breaker_trips;
    const Breaker::Outcome outcome = judge(error, took);
    if (outcome == Breaker::Outcome::failed) cause_ = error;
    wake(policy_.open_failed(index, base::coarse_now(), outcome));
    is_trip = policy_.metrics().breaker_trips != trips;
    if (policy_.is_closed() && policy_.in_use() == 0) drained_.notify_all();
  }
  tell(PoolEvent::What::open_failed, error.what());
  if (is_trip) tell(PoolEvent::What::breaker_opened, error.what());
  throw;  // Called from a handler: the caller's error goes on as it is.
}

void Pool::open_idle(SlotIndex index, const driver::Call& call) {
  connect_slot(index, call);
  bool must_close = false;
  {
    const std::lock_guard lock(mutex_);
    const Released released = policy_.opened_idle(index, base::coarse_now());
    wake(released.served);
    must_close = released.close;
  }
  if (must_close) close_slot(index);
}

void Pool::warm_up(const driver::Call& call) {
  for (;;) {
    std::optional<SlotIndex> slot;
    {
      const std::lock_guard lock(mutex_);
      slot = policy_.reserve_warm(base::coarse_now());
    }
    if (!slot) return;
    open_idle(*slot, call);
  }
}

void Pool::note_return() noexcept {
  if (!looking_.exchange(false)) register_for_maintenance();
}

void Pool::register_for_maintenance() noexcept {
  if (registered_.exchange(true)) return;
  try {
    Maintenance::shared().add(*this, maintenance_period_);
  } catch (const std::system_error&) {
    // No thread to be had: callers that wait do its work, see maintain_if_due().
  }
}

void Pool::maintain_if_due() {
  const auto now = base::coarse_now();
  {
    const std::lock_guard lock(mutex_);
    if (now - maintained_at_ < 3 * maintenance_period_) return;
  }
  maintain(now);
}

void Pool::maintain(Clock::time_point now) {
  Chores chores;
  std::vector<std::string> labels;
  {
    const std::lock_guard lock(mutex_);
    maintained_at_ = now;
    policy_.maintain(now, chores);
    wake(chores.served);
    for (const Leak& leak : chores.leaks) labels.push_back(slots_[leak.slot]->label);
  }
  close_slots(chores.close);
  report_leaks(chores.leaks, labels);
  try {
    warm_up({base::Deadline::in(background_open_timeout), closing_.get_token()});
  } catch (const Error&) {
    // Counted and told; the breaker says when to try again.
  }
}

void Pool::report_leaks(const std::vector<Leak>& leaks, const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < leaks.size(); ++i) {
    const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(leaks[i].held).count();
    const std::string holder = labels[i].empty() ? "by a caller without a label" : labels[i];
    tell(PoolEvent::What::leak, "a connection is held for " + std::to_string(held) +
                                    " ms: " + holder +
                                    "; end the Session, Transaction or Rows that holds it");
  }
}

void Pool::begin_maintenance() noexcept {
  const std::lock_guard lock(mutex_);
  maintaining_ = true;
}

void Pool::end_maintenance() noexcept {
  bool is_last = false;
  {
    const std::lock_guard lock(mutex_);
    maintaining_ = false;
    is_last = is_last_use();
  }
  if (is_last) delete this;
}

}  // namespace iacdb::pool
