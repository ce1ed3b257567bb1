#pragma once
// Interrupt: Ctrl-C as a stop token, while a statement runs.
//
//   Interrupt interrupt;
//   auto running = interrupt.watch();            // until `running` ends, SIGINT requests a stop
//   db.with({.stop = interrupt.token()}).exec(...);
//
// Limits: one Interrupt a process. Threads: one at a time; the watching thread is its own.

#include <memory>
#include <stop_token>

namespace iacdb::cli {

class Interrupt {
 public:
  class Watch;

  std::stop_token token() const { return source_.get_token(); }
  bool fired() const noexcept { return source_.stop_requested(); }
  /// A new token, after the old one was used.
  void renew() { source_ = std::stop_source(); }
  std::unique_ptr<Watch> watch();

 private:
  std::stop_source source_;
};

/// While it lives SIGINT is waited for on a thread of its own, not delivered.
class Interrupt::Watch {
 public:
  explicit Watch(const std::stop_source& source);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace iacdb::cli
