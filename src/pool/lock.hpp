#pragma once
// lock_briefly(): locks a mutex that others hold for some nanoseconds only; tries for about as long
// before it goes to sleep, because sleeping and waking costs a hundred times more.
//
//   const auto lock = lock_briefly(mutex_);

#include <mutex>

namespace iacdb::pool {

inline std::unique_lock<std::mutex> lock_briefly(std::mutex& mutex) {
  constexpr int tries_max = 64;
  for (int i = 0; i < tries_max; ++i) {
    if (mutex.try_lock()) [[likely]]
      return std::unique_lock(mutex, std::adopt_lock);
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  return std::unique_lock(mutex);
}

}  // namespace iacdb::pool
