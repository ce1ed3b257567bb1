#include "pool/breaker.hpp"

#include <algorithm>

namespace iacdb::pool {

Clock::duration Jitter::around(Clock::duration span, double part) noexcept {
  // xorshift32 (Marsaglia 2003).
  state_ ^= state_ << 13;
  state_ ^= state_ >> 17;
  state_ ^= state_ << 5;
  const double unit = static_cast<double>(state_) / 4294967296.0;
  const double factor = 1.0 - part + 2.0 * part * unit;
  return Clock::duration(
      static_cast<Clock::duration::rep>(static_cast<double>(span.count()) * factor));
}

bool Breaker::begin() noexcept {
  if (state_ != BreakerState::open) return false;
  state_ = BreakerState::half_open;
  return true;
}

void Breaker::end(Outcome outcome, bool was_probe, Clock::time_point now, Jitter& jitter) noexcept {
  switch (outcome) {
    case Outcome::succeeded:
      state_ = BreakerState::closed;
      failures_ = 0;
      backoff_ = Clock::duration::zero();
      return;
    case Outcome::abandoned:
      // The next caller probes at once: retry_at_ has passed already.
      if (was_probe && state_ == BreakerState::half_open) state_ = BreakerState::open;
      return;
    case Outcome::failed:
      ++failures_;
      // Attempts that began before it opened end late; they must not lengthen the delay.
      if (was_probe && state_ == BreakerState::half_open) trip(now, jitter);
      if (state_ == BreakerState::closed && failures_ >= tuning_.failures_max) trip(now, jitter);
      return;
  }
}

void Breaker::trip(Clock::time_point now, Jitter& jitter) noexcept {
  state_ = BreakerState::open;
  backoff_ = backoff_ == Clock::duration::zero() ? tuning_.backoff_first
                                                 : std::min(backoff_ * 2, tuning_.backoff_max);
  retry_at_ = now + jitter.around(backoff_, 0.2);
}

}  // namespace iacdb::pool
