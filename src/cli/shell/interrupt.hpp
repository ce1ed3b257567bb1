#pragma once
// Interrupt: Ctrl-C as a stop of what runs, instead of the end of the program.
//
//   Interrupt interrupt;                         // from here on SIGINT does not end the process
//   const auto running = interrupt.watch();      // until `running` ends, SIGINT stops its token
//   session.with({.stop = running.token()}).exec(...);
//   if (running.fired()) ...
//
// Limits: one Interrupt a process. Threads: one at a time; the watching thread is its own.

#include <memory>
#include <stop_token>

namespace iacdb::cli {

class Interrupt {
 public:
  /// `once`: a second Ctrl-C ends the program, for scripts whose statement cannot be stopped.
  explicit Interrupt(bool once);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  class Watch {
   public:
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    std::stop_token token() const { return source_.get_token(); }
    bool fired() const noexcept { return source_.stop_requested(); }

   private:
    friend class Interrupt;
    explicit Watch(Interrupt& owner);
    Interrupt& owner_;
    std::stop_source source_;
  };
  /// Watches may nest; Ctrl-C stops them all.
  Watch watch() { return Watch(*this); }

  /// Ctrl-C has come to a script. It may have come just as a statement ended by itself, so that no
  /// watch reports it: the next watch is stopped from its beginning.
  bool ended() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace iacdb::cli
