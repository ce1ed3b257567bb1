#pragma once
// Acquisition: one call of Pool::acquire that does not find a fresh idle connection at once. It
// carries out the policy's decisions one after another until there is a lease or an error.
//
//   return Acquisition(pool, call, label, std::move(lock)).run(decision);
//
// Threads: one at a time; it lives on the stack of the caller.

#include <condition_variable>
#include <mutex>
#include <string_view>

#include "pool/pool.hpp"

namespace iacdb::pool {

/// A waiter that is a blocked thread.
struct BlockedCaller : Waiter {
  std::condition_variable_any woken;
};

class Acquisition {
 public:
  /// `lock` holds the pool's mutex.
  Acquisition(Pool& pool, const driver::Call& call, std::string_view label,
              std::unique_lock<BriefMutex> lock);
  Lease run(Decision decision);

 private:
  enum class Place : std::uint8_t { last, first };

  // Each returns what to do next; all are called, and return, with the mutex held.
  Decision wait(Place place);
  Decision check(SlotIndex index);
  Decision reopen_failed_check(SlotIndex index);
  Decision open(SlotIndex index);
  bool is_over() const noexcept {
    return limits_.stop.stop_requested() || limits_.deadline.passed();
  }
  [[noreturn]] void raise_over();
  [[noreturn]] void refuse(Verdict verdict);
  std::string describe_limits() const;

  Pool& pool_;
  const driver::Call limits_;  ///< The call's, with the pool's acquire_timeout.
  const std::string_view label_;
  std::unique_lock<BriefMutex> lock_;
  Clock::duration waited_{0};
};

}  // namespace iacdb::pool
