#include "backends/mysql/limits.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <exception>

#include "io/wait.hpp"

namespace iacdb::mysql {
namespace {

thread_local Limits* current = nullptr;

/// Connector/C blocks in the TLS handshake instead of waiting here: let the kernel wake it up.
void bound_blocking_reads(int descriptor, const base::Deadline& deadline) noexcept {
  if (deadline.is_never()) return;
  const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline.left()).count() + 1;
  const timeval limit{static_cast<time_t>(left / 1'000'000),
                      static_cast<suseconds_t>(left % 1'000'000)};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

void Limits::arm(const driver::Call& call, Canceller* canceller) noexcept {
  call_ = &call;
  canceller_ = canceller;
  outer_ = current;
  current = this;
  if (canceller_ != nullptr) canceller_->watch(true);
}

void Limits::disarm() noexcept {
  if (canceller_ != nullptr) canceller_->watch(false);
  current = outer_;
}

bool Limits::has_come() noexcept {
  if (call_ == nullptr) return false;
  if (fired_ != Fired::no) return true;
  return call_->stop.stop_requested() || call_->deadline.passed();
}

void Limits::fire(Fired why) noexcept {
  if (fired_ != Fired::no) return;
  fired_ = why;
  last_ = base::Deadline::in(grace);
  if (canceller_ != nullptr) canceller_->cancel_statement(last_);
}

int Limits::wait(int descriptor, bool reading) noexcept {
  const auto readiness = reading ? io::Readiness::readable : io::Readiness::writable;
  try {
    // A server that never stops sending never lets poll(2) wait: look at the clock first.
    if (fired_ == Fired::no && call_->deadline.passed()) fire(Fired::deadline);
    if (fired_ == Fired::no) {
      const auto outcome = io::wait_until(descriptor, readiness,
                                          {.deadline = call_->deadline, .stop = &call_->stop});
      if (outcome == io::Outcome::ready) {
        if (canceller_ == nullptr) bound_blocking_reads(descriptor, call_->deadline);
        return 1;
      }
      fire(outcome == io::Outcome::timeout ? Fired::deadline : Fired::stop);
    }
    if (canceller_ == nullptr || last_.passed()) return 0;
    return io::wait_until(descriptor, readiness, {.deadline = last_}) == io::Outcome::ready;
  } catch (const std::exception&) {
    return -1;
  }
}

void make_interruptible(int descriptor) noexcept {
  const timeval never{0, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &never, sizeof never);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &never, sizeof never);
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

int wait_for_io(int descriptor, char reading, int timeout_ms) {
  if (current != nullptr) [[unlikely]] {
    return current->wait(descriptor, reading != 0);
  }
  pollfd fd{descriptor, static_cast<short>(reading != 0 ? POLLIN : POLLOUT), 0};
  int ready = 0;
  do {
    // Under TLS Connector/C passes its read timeout of 0, which means none.
    ready = ::poll(&fd, 1, timeout_ms <= 0 ? -1 : timeout_ms);
  } while (ready < 0 && errno == EINTR);
  return ready;
}

}  // namespace iacdb::mysql
