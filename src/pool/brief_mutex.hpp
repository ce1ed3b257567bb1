#pragma once
// BriefMutex: a mutex for sections of some nanoseconds: one atomic instruction to lock, one to
// unlock; who finds it locked tries for a moment before going to sleep.
//
//   const std::lock_guard lock(mutex_);
//
// The three states are those of "Futexes Are Tricky" (U. Drepper, 2011), mutex 2.
// Threads: safe to share. Waiting for a condition takes std::condition_variable_any.

#include <atomic>

namespace iacdb::pool {

class BriefMutex {
 public:
  BriefMutex() = default;
  BriefMutex(const BriefMutex&) = delete;
  BriefMutex& operator=(const BriefMutex&) = delete;

  void lock() noexcept {
    if (!try_lock()) [[unlikely]]
      lock_contended();
  }
  bool try_lock() noexcept {
    int expected = unlocked;
    return state_.compare_exchange_strong(expected, locked, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  void unlock() noexcept {
    if (state_.exchange(unlocked, std::memory_order_release) == awaited) [[unlikely]] {
      state_.notify_one();
    }
  }

 private:
  enum State : int { unlocked, locked, awaited };
  void lock_contended() noexcept;

  std::atomic<int> state_ = unlocked;
};

}  // namespace iacdb::pool
