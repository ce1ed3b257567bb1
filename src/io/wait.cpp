#include "io/wait.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>
#include <string>

#include "iacdb/error.hpp"
#include "io/file_descriptor.hpp"

namespace iacdb::io {
namespace {

/// A thread waits for one thing at a time, so one event descriptor a thread is enough.
int thread_event() {
  thread_local FileDescriptor event;
  if (!event) {
    event = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) raise(ErrorKind::resource, "no event descriptor; raise the open files limit");
  }
  return event.get();
}

short events_of(Readiness readiness) noexcept {
  switch (readiness) {
    case Readiness::readable:
      return POLLIN;
    case Readiness::writable:
      return POLLOUT;
    case Readiness::either:
      break;
  }
  return POLLIN | POLLOUT;
}

Outcome poll_until(std::span<pollfd> fds, const base::Deadline& deadline) {
  for (;;) {
    const int ready = ::poll(fds.data(), fds.size(), deadline.poll_timeout_ms());
    if (ready > 0) return fds[0].revents != 0 ? Outcome::ready : Outcome::stopped;
    if (ready < 0 && errno != EINTR) raise(ErrorKind::resource, "poll failed: out of memory");
    if (deadline.passed()) return Outcome::timeout;
  }
}

}  // namespace

Outcome wait_until(int fd, Readiness readiness, const Wait& wait) {
  std::array<pollfd, 2> fds{{{fd, events_of(readiness), 0}, {-1, POLLIN, 0}}};
  if (wait.stop == nullptr || !wait.stop->stop_possible()) {
    return poll_until({fds.data(), 1}, wait.deadline);
  }
  if (wait.stop->stop_requested()) return Outcome::stopped;
  const int event = thread_event();
  fds[1].fd = event;
  Outcome outcome = Outcome::ready;
  {
    const std::stop_callback wake(*wait.stop, [event]() noexcept { ::eventfd_write(event, 1); });
    outcome = poll_until(fds, wait.deadline);
  }
  // The callback has ended: what it wrote must not wake the next wait of this thread.
  eventfd_t unused = 0;
  if (wait.stop->stop_requested()) ::eventfd_read(event, &unused);
  return outcome;
}

void require_ready(Outcome outcome, std::string_view what) {
  if (outcome == Outcome::ready) return;
  if (outcome == Outcome::timeout) {
    raise(ErrorKind::timeout, "the deadline passed while " + std::string(what));
  }
  raise(ErrorKind::cancelled, "stopped by the caller while " + std::string(what));
}

}  // namespace iacdb::io
