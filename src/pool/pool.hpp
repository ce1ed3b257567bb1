#pragma once
// Pool: the connections of one database, leased one caller at a time, fairly and within limits.
//
//   auto pool = Pool::make("orders", options, [&](const driver::Call& call) {
//     return backend.connect(settings, call);
//   });
//   pool->warm_up(call);
//   Lease lease = pool->acquire(call, "checkout");
//   lease.connection().exec("delete from carts", {}, call);   // returned at the end of the scope
//
// A released connection goes to the caller that has waited longest. While a server is down callers
// fail fast with the cause, and one of them at a time tries again (see breaker.hpp).
// The decisions are Policy's (policy.hpp); this class adds the mutex, the waiting and the calls
// that block, which all happen outside the mutex.
//
// Threads: safe to share. A Lease: one at a time.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <iacdb/error.hpp>
#include <iacdb/health.hpp>
#include <iacdb/observer.hpp>
#include <iacdb/options.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "driver/driver.hpp"
#include "pool/brief_mutex.hpp"
#include "pool/policy.hpp"

namespace iacdb::pool {

class Pool;

/// Opens one connection, within the call's limits. Threads: called from many threads at once.
using Connect = std::function<std::unique_ptr<driver::Connection>(const driver::Call&)>;

/// A connection of the pool and what is kept with it.
struct PooledConnection {
  Pool* pool = nullptr;
  SlotIndex index = 0;
  bool discard = false;
  std::unique_ptr<driver::Connection> connection{};
  std::shared_ptr<void> attachment{};
  std::string label{};  ///< Of the lease; kept only where leaks are reported.
};

/// A leased connection; its destructor gives it back.
/// Lifetime: may outlive the Pool's last handle; its connection is then closed on return.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept
      : slot_(std::exchange(other.slot_, nullptr)), waited_(other.waited_) {}
  Lease& operator=(Lease&& other) noexcept {
    if (this != &other) {
      if (slot_ != nullptr) give_back();
      slot_ = std::exchange(other.slot_, nullptr);
      waited_ = other.waited_;
    }
    return *this;
  }
  ~Lease() {
    if (slot_ != nullptr) give_back();
  }

  driver::Connection& connection() const noexcept { return *slot_->connection; }
  explicit operator bool() const noexcept { return slot_ != nullptr; }
  /// The connection is closed when it comes back.
  void discard() noexcept { slot_->discard = true; }
  /// Whatever the caller keeps with the connection across leases; destroyed before the connection.
  std::shared_ptr<void>& attachment() const noexcept { return slot_->attachment; }
  /// Time acquire() spent waiting for others; 0 when a connection was free.
  std::chrono::nanoseconds waited() const noexcept { return waited_; }
  /// Returns the connection now: rolls back and clears session state where there is some.
  void give_back() noexcept;

 private:
  friend class Pool;
  Lease(PooledConnection* slot, std::chrono::nanoseconds waited) noexcept
      : slot_(slot), waited_(waited) {}

  PooledConnection* slot_ = nullptr;
  std::chrono::nanoseconds waited_{0};
};

class Pool {
 public:
  /// Connects to nobody yet. The last handle closes it; leases still out are closed on return.
  static std::shared_ptr<Pool> make(std::string name, const PoolOptions& options, Connect connect,
                                    std::shared_ptr<Observer> observer = {});
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Opens PoolOptions::warm connections, one after the other. Throws: what connecting throws.
  void warm_up(const driver::Call& call);

  /// Leases a connection, waiting up to the earlier of the call's deadline and acquire_timeout.
  /// `label` is shown in leak reports. Cost: nothing but a mutex when one is idle; a round trip
  /// when it was idle for long. Throws: TimeoutError when none came free in time, the call was
  /// stopped, or too many wait; ConnectError when none can be opened; UsageError after close().
  Lease acquire(const driver::Call& call, std::string_view label = {});
  /// As acquire(), for a look at the first connection: the background thread starts only when a
  /// lease after it comes back (or is held too long), for a process with one thread is faster.
  Lease acquire_to_look(const driver::Call& call);

  /// A connection beside the pool, which counts nowhere: for asking how a server is while every
  /// connection is in use. Throws: what connecting throws.
  std::unique_ptr<driver::Connection> connect_apart(const driver::Call& call) {
    return connect_(call);
  }

  /// Refuses new leases, waits up to `drain` for those that are out, closes what is idle. A lease
  /// that comes back later is closed then. Idempotent.
  void close(std::chrono::milliseconds drain);

  PoolMetrics metrics() const;
  const std::string& name() const noexcept { return name_; }
  const PoolOptions& options() const noexcept { return policy_.options(); }

  /// Retires idle and old connections, keeps `warm` of them, reports leaks. A background thread
  /// shared by all pools calls it; tests call it with a time of their own.
  void maintain(Clock::time_point now);

 private:
  friend class Lease;
  friend class Acquisition;
  friend class Maintenance;

  Pool(std::string name, const PoolOptions& options, Connect connect,
       std::shared_ptr<Observer> observer);
  ~Pool() = default;
  void abandon() noexcept;

  // Each of these needs mutex_.
  PooledConnection& slot_at(SlotIndex index);
  Lease lease(SlotIndex index, std::string_view label, std::chrono::nanoseconds waited) noexcept;
  static void keep_label(PooledConnection& slot, std::string_view label) noexcept;
  static void wake(Waiter* served) noexcept;
  bool is_last_use() const noexcept { return orphaned_ && !maintaining_ && policy_.in_use() == 0; }
  // These must not have it.
  void connect_slot(SlotIndex index, const driver::Call& call);
  [[noreturn]] void fail_open(SlotIndex index, const Error& error, Clock::duration took);
  void open_idle(SlotIndex index, const driver::Call& call);
  void register_for_maintenance() noexcept;
  void note_return() noexcept;
  void maintain_if_due();
  void report_leaks(const std::vector<Leak>& leaks, const std::vector<std::string>& labels);
  void release(PooledConnection& slot) noexcept;
  void close_slot(SlotIndex index) noexcept;
  void close_slots(const std::vector<SlotIndex>& slots) noexcept;
  void tell(PoolEvent::What what, std::string_view detail) const noexcept;
  // For the background thread.
  void begin_maintenance() noexcept;
  void end_maintenance() noexcept;

  const std::string name_;
  const Connect connect_;
  const std::shared_ptr<Observer> observer_;
  const Clock::duration maintenance_period_;
  const bool maintained_at_once_;  ///< Not only from the first lease that comes back.
  std::stop_source closing_;       ///< Ends what the background thread is opening.

  mutable BriefMutex mutex_;  ///< Guards what follows.
  Policy policy_;
  std::vector<std::unique_ptr<PooledConnection>> slots_;  ///< By SlotIndex.
  std::condition_variable_any drained_;
  std::optional<Error> cause_;  ///< Why the last attempt to open failed.
  Clock::time_point maintained_at_{};
  std::atomic<bool> registered_{false};  ///< With the background thread.
  std::atomic<bool> looking_{false};     ///< The lease that is out is acquire_to_look()'s.
  bool maintaining_ = false;             ///< It is at work here now.
  bool orphaned_ = false;                ///< The last handle is gone.
};

inline Lease Pool::lease(SlotIndex index, std::string_view label,
                         std::chrono::nanoseconds waited) noexcept {
  PooledConnection* const slot = slots_[index].get();
  if (policy_.options().leak_after.count() != 0) keep_label(*slot, label);
  return {slot, waited};
}

inline void Lease::give_back() noexcept {
  if (PooledConnection* slot = std::exchange(slot_, nullptr)) slot->pool->release(*slot);
}

}  // namespace iacdb::pool
