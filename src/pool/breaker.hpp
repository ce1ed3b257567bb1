#pragma once
// Breaker: stops opening connections to a server that does not answer, and finds out when it does.
//
//   closed     every open is permitted; failures_max failures in a row open it
//   open       none is, until a delay has passed that doubles (with jitter) from failure to failure
//   half_open  one attempt, the probe, is under way; its end closes the breaker or opens it again
//
// Pure: told the time, it decides; it never waits.
// Threads: one at a time.

#include <chrono>
#include <cstdint>
#include <iacdb/health.hpp>

namespace iacdb::pool {

using Clock = std::chrono::steady_clock;

/// A small generator for jitter; no secret depends on it.
class Jitter {
 public:
  explicit Jitter(std::uint32_t seed) noexcept : state_(seed | 1) {}
  /// `span` times a random factor in [1 - part, 1 + part].
  Clock::duration around(Clock::duration span, double part) noexcept;

 private:
  std::uint32_t state_;
};

struct BreakerTuning {
  std::uint32_t failures_max = 3;  ///< In a row, before it opens.
  Clock::duration backoff_first = std::chrono::milliseconds(100);
  Clock::duration backoff_max = std::chrono::seconds(5);
};

class Breaker {
 public:
  /// How an attempt to open a connection ended.
  enum class Outcome : std::uint8_t {
    succeeded,
    failed,
    abandoned,  ///< The caller gave up: says nothing about the server.
  };

  explicit Breaker(const BreakerTuning& tuning) noexcept : tuning_(tuning) {}

  BreakerState state() const noexcept { return state_; }
  bool permits(Clock::time_point now) const noexcept {
    return state_ == BreakerState::closed || (state_ == BreakerState::open && now >= retry_at_);
  }
  /// An attempt that permits() allowed begins. True: it is the probe; say so at its end.
  bool begin() noexcept;
  void end(Outcome outcome, bool was_probe, Clock::time_point now, Jitter& jitter) noexcept;
  /// While open: when the next attempt is permitted.
  Clock::time_point retry_at() const noexcept { return retry_at_; }
  std::uint32_t failures() const noexcept { return failures_; }

 private:
  void trip(Clock::time_point now, Jitter& jitter) noexcept;

  BreakerTuning tuning_;
  BreakerState state_ = BreakerState::closed;
  std::uint32_t failures_ = 0;
  Clock::duration backoff_{0};
  Clock::time_point retry_at_{};
};

}  // namespace iacdb::pool
