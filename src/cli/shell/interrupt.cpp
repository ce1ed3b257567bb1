#include "cli/shell/interrupt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace iacdb::cli {
namespace {

std::atomic<int> interrupt_fd{-1};

void on_interrupt(int) {
  const int before = errno;
  const std::uint64_t one = 1;
  const int fd = interrupt_fd.load();
  if (fd >= 0) [[maybe_unused]]
    const auto written = write(fd, &one, sizeof(one));
  errno = before;
}

}  // namespace

struct Interrupt::Impl {
  int signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction before {};
  std::mutex mutex;
  std::vector<std::stop_source*> watches;
  std::thread thread;
  bool once = false;
  std::atomic<bool> ended{false};  ///< A script's end was asked for, whatever ran then.

  void run() {
    for (;;) {
      pollfd fds[] = {{signal_fd, POLLIN, 0}, {end_fd, POLLIN, 0}};
      if (poll(fds, 2, -1) < 0) continue;
      if (fds[1].revents & POLLIN) return;
      std::uint64_t count = 0;
      if (read(signal_fd, &count, sizeof(count)) < 0) continue;
      const std::lock_guard lock(mutex);
      ended = once;
      if (!watches.empty()) {
        // All of them: an inner statement that has just ended must not swallow the request.
        for (std::stop_source* watch : watches) watch->request_stop();
      } else if (once) {
        _exit(128 + SIGINT);  // A script that waits for its input.
      }
    }
  }
};

Interrupt::Interrupt(bool once) : impl_(std::make_unique<Impl>()) {
  impl_->once = once;
  interrupt_fd = impl_->signal_fd;
  sigset_t all;
  sigset_t mask;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask);  // The thread takes no signals itself.
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART | (once ? static_cast<int>(SA_RESETHAND) : 0);
  sigaction(SIGINT, &action, &impl_->before);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &impl_->before, nullptr);
  interrupt_fd = -1;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(impl_->end_fd, &one, sizeof(one));
  impl_->thread.join();
  close(impl_->signal_fd);
  close(impl_->end_fd);
}

bool Interrupt::ended() const noexcept {
  return impl_->ended;
}

Interrupt::Watch::Watch(Interrupt& owner) : owner_(owner) {
  const std::lock_guard lock(owner_.impl_->mutex);
  owner_.impl_->watches.push_back(&source_);
  if (owner_.impl_->ended) source_.request_stop();
}

Interrupt::Watch::~Watch() {
  const std::lock_guard lock(owner_.impl_->mutex);
  owner_.impl_->watches.pop_back();
}

}  // namespace iacdb::cli
