#include "cli/shell/interrupt.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace iacdb::cli {

struct Interrupt::Watch::Impl {
  sigset_t before{};
  int signal_fd = -1;
  int end_fd = -1;
  std::thread thread;
};

Interrupt::Watch::Watch(const std::stop_source& source) : impl_(std::make_unique<Impl>()) {
  sigset_t interrupts;
  sigemptyset(&interrupts);
  sigaddset(&interrupts, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupts, &impl_->before);
  impl_->signal_fd = signalfd(-1, &interrupts, SFD_CLOEXEC);
  impl_->end_fd = eventfd(0, EFD_CLOEXEC);
  impl_->thread =
      std::thread([source, signal_fd = impl_->signal_fd, end_fd = impl_->end_fd]() mutable {
        pollfd fds[] = {{signal_fd, POLLIN, 0}, {end_fd, POLLIN, 0}};
        while (poll(fds, 2, -1) < 0) {
        }
        if (fds[0].revents & POLLIN) {
          signalfd_siginfo taken;
          if (read(signal_fd, &taken, sizeof(taken)) > 0) source.request_stop();
        }
      });
}

Interrupt::Watch::~Watch() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(impl_->end_fd, &one, sizeof(one));
  impl_->thread.join();
  close(impl_->signal_fd);
  close(impl_->end_fd);
  pthread_sigmask(SIG_SETMASK, &impl_->before, nullptr);
}

std::unique_ptr<Interrupt::Watch> Interrupt::watch() {
  return std::make_unique<Watch>(source_);
}

}  // namespace iacdb::cli
