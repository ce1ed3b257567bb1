#include "pool/acquisition.hpp"

#include <algorithm>
#include <optional>

#include "base/clock.hpp"

namespace iacdb::pool {
namespace {

using namespace std::chrono_literals;

/// A ping of an idle connection takes a round trip; a dead host must not take the whole deadline.
constexpr auto check_timeout = 3s;

/// Errors after which waiting for a connection that is in use makes sense: the server may be full.
bool is_worth_waiting(ErrorKind kind) {
  return kind == ErrorKind::connect || kind == ErrorKind::resource ||
         kind == ErrorKind::connection_lost;
}

std::string in_ms(Clock::duration span) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(span).count()) + " ms";
}

}  // namespace

Acquisition::Acquisition(Pool& pool, const driver::Call& call, std::string_view label,
                         std::unique_lock<BriefMutex> lock)
    : pool_(pool),
      limits_{
          std::min(call.deadline, base::Deadline::after_timeout(pool.options().acquire_timeout)),
          call.stop},
      label_(label),
      lock_(std::move(lock)) {}

Lease Acquisition::run(Decision decision) {
  for (;;) {
    switch (decision.verdict) {
      case Verdict::lease:
        return pool_.lease(decision.slot, label_, waited_);
      case Verdict::check:
        decision = check(decision.slot);
        break;
      case Verdict::open:
        decision = open(decision.slot);
        break;
      case Verdict::wait:
        decision = wait(Place::last);
        break;
      default:
        refuse(decision.verdict);
    }
  }
}

Decision Acquisition::wait(Place place) {
  BlockedCaller waiter;
  const auto since = Clock::now();
  pool_.wake(place == Place::first ? pool_.policy_.join_first(waiter, base::coarse_now())
                                   : pool_.policy_.join(waiter, base::coarse_now()));
  lock_.unlock();
  pool_.maintain_if_due();
  lock_.lock();
  const auto is_served = [&] { return waiter.given.verdict != Verdict::wait; };
  bool served = false;
  if (limits_.deadline.is_never()) {
    served = waiter.woken.wait(lock_, limits_.stop, is_served);
  } else {
    served = waiter.woken.wait_until(lock_, limits_.stop, limits_.deadline.at(), is_served);
  }
  // Served and too late at the same moment: served counts, so that nothing gets lost.
  if (!served) {
    pool_.policy_.leave(waiter);
    raise_over();
  }
  const auto waited = Clock::now() - since;
  waited_ += waited;
  pool_.policy_.count_wait(waited);
  return waiter.given;
}

Decision Acquisition::check(SlotIndex index) {
  PooledConnection& slot = pool_.slot_at(index);
  lock_.unlock();
  bool is_alive = true;
  try {
    slot.connection->ping(
        {std::min(limits_.deadline, base::Deadline::in(check_timeout)), limits_.stop});
  } catch (...) {
    is_alive = false;
  }
  lock_.lock();
  if (!is_alive) return reopen_failed_check(index);
  pool_.policy_.checked(index);
  return {Verdict::lease, index};
}

Decision Acquisition::reopen_failed_check(SlotIndex index) {
  std::vector<SlotIndex> close;
  const Decision decision = pool_.policy_.check_failed(index, base::coarse_now(), close);
  PooledConnection& slot = pool_.slot_at(index);
  lock_.unlock();
  if (decision.verdict == Verdict::open) {
    slot.attachment.reset();
    slot.connection.reset();
    pool_.tell(PoolEvent::What::closed, "found dead before it was leased");
  }
  pool_.close_slots(close);
  lock_.lock();
  return decision.verdict == Verdict::open ? decision : pool_.policy_.retry(base::coarse_now());
}

Decision Acquisition::open(SlotIndex index) {
  lock_.unlock();
  std::optional<Error> failure;
  try {
    pool_.connect_slot(index, limits_);
  } catch (const Error& error) {
    if (!is_worth_waiting(error.kind()) || is_over()) throw;
    failure = error;
  }
  lock_.lock();
  if (failure) {
    if (!pool_.policy_.is_waiting_useful()) raise(failure->facts());
    return wait(Place::first);
  }
  pool_.wake(pool_.policy_.opened(index, base::coarse_now()));
  if (!pool_.policy_.is_closed()) return {Verdict::lease, index};
  const Lease closes_it = pool_.lease(index, label_, waited_);
  lock_.unlock();
  refuse(Verdict::refuse_closed);
}

std::string Acquisition::describe_limits() const {
  const PoolMetrics metrics = pool_.policy_.metrics();
  std::string text = std::to_string(metrics.leased) + " of " + std::to_string(metrics.open_max) +
                     " are in use and " + std::to_string(metrics.waiting) + " callers wait";
  if (pool_.cause_) text += "; opening one failed last with: " + std::string(pool_.cause_->what());
  return text;
}

void Acquisition::raise_over() {
  ErrorFacts facts;
  facts.kind = ErrorKind::timeout;
  if (limits_.stop.stop_requested()) {
    facts.kind = ErrorKind::cancelled;
    facts.message =
        "waiting for a connection of pool '" + pool_.name_ + "' was stopped by the caller";
    lock_.unlock();
    raise(std::move(facts));
  }
  pool_.policy_.count_timeout();
  facts.retryable = true;
  facts.message = "no connection of pool '" + pool_.name_ +
                  "' came free in time (acquire_timeout " + in_ms(pool_.options().acquire_timeout) +
                  ", or the statement's own): " + describe_limits() +
                  ". Give leases back sooner, allow more time, or raise the pool's open_max";
  lock_.unlock();
  pool_.tell(PoolEvent::What::acquire_timeout, facts.message);
  raise(std::move(facts));
}

void Acquisition::refuse(Verdict verdict) {
  ErrorFacts facts;
  const std::string pool = "pool '" + pool_.name_ + "'";
  if (verdict == Verdict::refuse_closed) {
    facts.kind = ErrorKind::usage;
    facts.message = pool + " is closed; open the database again";
  } else if (verdict == Verdict::refuse_full) {
    facts.kind = ErrorKind::timeout;
    facts.retryable = true;
    facts.message = "as many callers as waiters_max allows (" +
                    std::to_string(pool_.options().waiters_max) + ") wait for " + pool + ": " +
                    describe_limits() + ". Give leases back sooner or raise the pool's open_max";
    pool_.policy_.count_timeout();
  } else {
    const Breaker& breaker = pool_.policy_.breaker();
    const auto left = std::max(breaker.retry_at() - base::coarse_now(), Clock::duration::zero());
    if (pool_.cause_) facts = pool_.cause_->facts();
    if (facts.kind != ErrorKind::authentication) facts.kind = ErrorKind::connect;
    facts.retryable = true;
    std::string last_failure;
    if (!facts.message.empty()) last_failure = "; the last failure: " + facts.message;
    facts.message = pool + " could not connect " + std::to_string(breaker.failures()) +
                    " times in a row and tries again in " + in_ms(left) + last_failure;
  }
  if (lock_.owns_lock()) lock_.unlock();
  raise(std::move(facts));
}

}  // namespace iacdb::pool
