#include "pool/brief_mutex.hpp"

namespace iacdb::pool {

void BriefMutex::lock_contended() noexcept {
  // About as long as going to sleep and waking up would take.
  constexpr int tries_max = 100;
  for (int i = 0; i < tries_max; ++i) {
    if (state_.load(std::memory_order_relaxed) == unlocked && try_lock()) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  while (state_.exchange(awaited, std::memory_order_acquire) != unlocked) state_.wait(awaited);
}

}  // namespace iacdb::pool
