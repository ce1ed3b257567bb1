#include "crash_points.hpp"

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

namespace iacdb::chaos {
namespace {

std::atomic<bool> armed = false;
std::atomic<std::uint64_t> kill_at = 0;
std::atomic<std::uint64_t> calls = 0;

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

template <class Function>
Function* system_function(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// Runs a call that somebody outside of this process can notice.
template <class Call>
auto pass(Call call) {
  if (!armed) return call();
  const std::uint64_t point = 2 * ++calls;
  if (point == kill_at) die();
  const auto result = call();
  if (point + 1 == kill_at) die();
  return result;
}

bool is_file(int fd) {
  struct stat facts {};
  return ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
}

}  // namespace

void CrashPoints::arm(std::uint64_t point) {
  calls = 0;
  kill_at = point;
  armed = true;
}

std::uint64_t CrashPoints::passed() {
  return calls;
}

}  // namespace iacdb::chaos

using iacdb::chaos::pass;
using iacdb::chaos::system_function;

extern "C" {

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  static const auto real = system_function<ssize_t(int, const void*, size_t, int)>("send");
  return pass([&] { return real(fd, bytes, size, flags); });
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static const auto real = system_function<ssize_t(int, const msghdr*, int)>("sendmsg");
  return pass([&] { return real(fd, message, flags); });
}

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = system_function<ssize_t(int, const void*, size_t)>("write");
  if (iacdb::chaos::armed && iacdb::chaos::is_file(fd) &&
      2 * (iacdb::chaos::calls + 1) == iacdb::chaos::kill_at) {
    real(fd, bytes, size / 2);
    iacdb::chaos::die();
  }
  return pass([&] { return real(fd, bytes, size); });
}

int fdatasync(int fd) {
  static const auto real = system_function<int(int)>("fdatasync");
  return pass([&] { return real(fd); });
}

}  // extern "C"
