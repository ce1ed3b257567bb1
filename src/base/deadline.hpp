#pragma once
// Deadline: a point in time by which something must be done, or never.
//
//   const auto deadline = Deadline::in(200ms);
//   poll(fds, 1, deadline.poll_timeout_ms());
//
// Threads: plain value.

#include <algorithm>
#include <chrono>
#include <limits>

namespace iacdb::base {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// Never passes.
  constexpr Deadline() = default;
  constexpr explicit Deadline(Clock::time_point at) : at_(at) {}
  static Deadline in(std::chrono::nanoseconds span) {
    const auto now = Clock::now();
    return span >= Clock::time_point::max() - now ? Deadline() : Deadline(now + span);
  }
  /// `span` of zero means never: the convention of every timeout option.
  static Deadline after_timeout(std::chrono::nanoseconds span) {
    return span.count() == 0 ? Deadline() : in(span);
  }

  constexpr bool is_never() const noexcept { return at_ == Clock::time_point::max(); }
  bool passed() const noexcept { return !is_never() && Clock::now() >= at_; }
  constexpr Clock::time_point at() const noexcept { return at_; }
  /// What is left, never negative.
  std::chrono::nanoseconds left() const noexcept {
    if (is_never()) return std::chrono::nanoseconds::max();
    return std::max(at_ - Clock::now(), Clock::duration::zero());
  }
  /// For poll(2): -1 when never; rounded up, so that a poll does not return early.
  int poll_timeout_ms() const noexcept {
    if (is_never()) return -1;
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left()).count();
    return static_cast<int>(std::min<long long>(ms, std::numeric_limits<int>::max()));
  }
  constexpr bool operator==(const Deadline& other) const noexcept { return at_ == other.at_; }
  constexpr auto operator<=>(const Deadline& other) const noexcept { return at_ <=> other.at_; }

 private:
  Clock::time_point at_ = Clock::time_point::max();
};

}  // namespace iacdb::base
