#pragma once
// coarse_now(): the steady clock as of the kernel's last tick (1 to 10 ms ago), read without a
// hardware clock access: enough to tell how long a connection was idle.
//
//   const auto now = coarse_now();

#include <chrono>

#ifdef __linux__
#include <ctime>
#endif

namespace iacdb::pool {

inline std::chrono::steady_clock::time_point coarse_now() noexcept {
#ifdef __linux__
  timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);  // The same clock as steady_clock's, rounded.
  return std::chrono::steady_clock::time_point(std::chrono::seconds(time.tv_sec) +
                                               std::chrono::nanoseconds(time.tv_nsec));
#else
  return std::chrono::steady_clock::now();
#endif
}

}  // namespace iacdb::pool
