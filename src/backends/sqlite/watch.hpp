#pragma once
// Watch: ends what SQLite runs when a call's deadline, stop token or cancel() asks for it.
//
//   watch.start(call);          // before every call into SQLite
//   ... sqlite3_step ...        // SQLITE_INTERRUPT or SQLITE_BUSY, then watch.reason() says who
//
// The progress handler is installed only for calls that have a limit. The busy handler waits for
// locks as long as the busy timeout, the deadline and the stop token all allow.
// Lifetime: a limited call outlives what was started under it. Threads: one at a time; cancel()
// any.

#include <sqlite3.h>

#include <atomic>
#include <chrono>

#include "backends/sqlite/errors.hpp"
#include "driver/driver.hpp"

namespace iacdb::backends::sqlite {

class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Installs the busy handler. Lifetime: `db` is closed before the watch goes.
  void attach(sqlite3* db, std::chrono::milliseconds busy_timeout);
  /// Throws: TimeoutError when the limit is passed already.
  void start(const driver::Call& call) {
    reason_ = StopReason::none;
    cancelled_.store(false, std::memory_order_relaxed);
    const bool limited = !call.deadline.is_never() || call.stop.stop_possible();
    if (limited || installed_) [[unlikely]]
      install(limited ? &call : nullptr);
  }
  StopReason reason() const noexcept;
  void cancel() noexcept;

 private:
  void install(const driver::Call* call);
  bool must_stop() noexcept;
  bool wait_for_lock(int waits) noexcept;
  static int on_progress(void* self);
  static int on_busy(void* self, int waits);

  sqlite3* db_ = nullptr;
  const driver::Call* call_ = nullptr;  // Only of calls with a limit.
  bool installed_ = false;
  StopReason reason_ = StopReason::none;
  std::atomic<bool> cancelled_ = false;
  std::chrono::milliseconds busy_timeout_{0};
  base::Deadline busy_deadline_;
};

}  // namespace iacdb::backends::sqlite
