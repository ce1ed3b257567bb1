#pragma once
// Maintenance: the one background thread that looks after every pool of the process.
//
//   Maintenance::shared().add(pool);      // starts the thread with the first pool
//   Maintenance::shared().remove(pool);   // ends it with the last
//
// It is never destroyed, so that pools that are static objects may still remove themselves; when
// the process exits, the thread is ended before static objects go.
// Threads: safe to share.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "pool/policy.hpp"

namespace iacdb::pool {

class Pool;

class Maintenance {
 public:
  static Maintenance& shared();

  /// Throws: std::system_error when no thread can be started.
  void add(Pool& pool, Clock::duration period);
  /// Does not wait for work on this pool that has begun: Pool keeps itself alive for it.
  void remove(Pool& pool) noexcept;
  /// Ends the thread; for the end of the process.
  void stop() noexcept;

 private:
  struct Entry {
    Pool* pool;
    Clock::duration period;
    Clock::time_point due;
  };
  Maintenance() = default;
  void run(std::uint64_t generation);
  std::vector<Entry>::iterator find_next();
  void end_thread(std::unique_lock<std::mutex> lock) noexcept;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  std::thread thread_;
  std::uint64_t generation_ = 0;  ///< A thread ends when it is no longer its own.
  bool stopped_ = false;
};

}  // namespace iacdb::pool
