#pragma once
// The steady clock for the ways that every statement takes.
//
//   const auto start = base::steady_now();    // the call into the standard library left out
//   const auto now = base::coarse_now();      // as of the kernel's last tick, 1 to 10 ms ago
//
// coarse_now() reads no hardware clock: enough to tell how long a connection was idle.
// Threads: safe to share.

#include <chrono>

#ifdef __linux__
#include <ctime>
#endif

namespace iacdb::base {

#ifdef __linux__
namespace detail {
/// One of CLOCK_MONOTONIC's forms; std::chrono::steady_clock reads the same.
inline std::chrono::steady_clock::time_point read_clock(clockid_t id) noexcept {
  timespec time;
  clock_gettime(id, &time);
  return std::chrono::steady_clock::time_point(std::chrono::seconds(time.tv_sec) +
                                               std::chrono::nanoseconds(time.tv_nsec));
}
}  // namespace detail

inline std::chrono::steady_clock::time_point steady_now() noexcept {
  return detail::read_clock(CLOCK_MONOTONIC);
}
inline std::chrono::steady_clock::time_point coarse_now() noexcept {
  return detail::read_clock(CLOCK_MONOTONIC_COARSE);
}
#else
inline std::chrono::steady_clock::time_point steady_now() noexcept {
  return std::chrono::steady_clock::now();
}
inline std::chrono::steady_clock::time_point coarse_now() noexcept {
  return std::chrono::steady_clock::now();
}
#endif

}  // namespace iacdb::base
