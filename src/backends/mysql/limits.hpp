#pragma once
// Limits: the deadline and stop request of the call that runs on this thread.
//
//   Limits limits(call, &canceller);             // nothing at all when the call has no limits
//   if (mysql_stmt_execute(stmt)) ... limits.fired() ...
//
// Connector/C calls wait_for_io() instead of poll(2) (MARIADB_OPT_IO_WAIT); there the thread that
// waits looks at its own limits. When they come it asks the server to end the statement, over a
// connection of its own, and waits `grace` for the answer; after that the wait fails and
// Connector/C gives the connection up. So no other thread is involved, and a statement cannot be
// mistaken for the next one. Threads: made, used and destroyed on one thread. Cost: two tests
// without limits.

#include <chrono>

#include "driver/driver.hpp"

namespace iacdb::mysql {

inline constexpr std::chrono::milliseconds grace{1000};

/// Ends the statement that runs.
class Canceller {
 public:
  /// True when the server has acknowledged it.
  virtual bool cancel_statement(base::Deadline deadline) noexcept = 0;
  /// Has Connector/C come to wait_for_io() while a call has limits: its own wait is cheaper.
  virtual void watch(bool on) noexcept = 0;

 protected:
  ~Canceller() = default;
};

class Limits {
 public:
  enum class Fired : std::uint8_t { no, deadline, stop };

  /// `canceller` null: nothing to cancel, the wait just fails (a connection being made).
  Limits(const driver::Call& call, Canceller* canceller) noexcept {
    if (!call.deadline.is_never() || call.stop.stop_possible()) [[unlikely]]
      arm(call, canceller);
  }
  ~Limits() {
    if (call_ != nullptr) [[unlikely]]
      disarm();
  }
  Limits(const Limits&) = delete;
  Limits& operator=(const Limits&) = delete;

  bool is_armed() const noexcept { return call_ != nullptr; }
  /// Which limit ended the call, if one did.
  Fired fired() const noexcept { return fired_; }
  /// True when a limit has come, waiting or not. Cost: reads the clock.
  bool has_come() noexcept;
  /// Asks the server to end the statement, once; from now on waits end after `grace`.
  void fire(Fired why) noexcept;

  /// One wait on a socket: 1 ready, 0 too late, -1 failed. Never throws: C calls it.
  int wait(int descriptor, bool reading) noexcept;

 private:
  void arm(const driver::Call& call, Canceller* canceller) noexcept;
  void disarm() noexcept;

  const driver::Call* call_ = nullptr;
  Canceller* canceller_ = nullptr;
  Limits* outer_ = nullptr;
  Fired fired_ = Fired::no;
  base::Deadline last_;  // When waiting ends after a limit came.
};

/// After connecting: reads never block (TLS would) but come to wait_for_io().
void make_interruptible(int descriptor) noexcept;

/// What Connector/C calls to wait.
int wait_for_io(int descriptor, char reading, int timeout_ms);

}  // namespace iacdb::mysql
