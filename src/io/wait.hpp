#pragma once
// Waiting for a file descriptor, never longer than a deadline and never past a stop request.
//
//   if (wait_until(fd, Readiness::readable, {.deadline = Deadline::in(200ms), .stop = &token}) ==
//       Outcome::timeout) ...
//
// Threads: safe to share. Cost: one poll(2); a second descriptor only where a stop is possible.
// Throws: Error of kind resource when the system has no descriptors left.

#include <cstdint>
#include <stop_token>
#include <string_view>

#include "base/deadline.hpp"

namespace iacdb::io {

/// The limits of one wait. Lifetime: `stop` outlives the wait.
struct Wait {
  base::Deadline deadline{};
  const std::stop_token* stop = nullptr;  ///< null: nobody can stop it

  bool is_unbounded() const noexcept {
    return deadline.is_never() && (stop == nullptr || !stop->stop_possible());
  }
};

enum class Readiness : std::uint8_t { readable, writable, either };
enum class Outcome : std::uint8_t { ready, timeout, stopped };

/// Waits until `fd` is ready. An error or the peer's end counts as ready: the next call tells.
Outcome wait_until(int fd, Readiness readiness, const Wait& wait);

/// Throws TimeoutError (timeout or cancelled) for anything but ready; `what` names the activity.
void require_ready(Outcome outcome, std::string_view what);

}  // namespace iacdb::io
