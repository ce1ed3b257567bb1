// The pause between two tries of a transaction.

#include <algorithm>
#include <random>
#include <thread>

#include "iacdb/database.hpp"

namespace iacdb::detail {

void back_off(const TransactionOptions& options, std::uint32_t attempt) {
  constexpr std::chrono::milliseconds pause_max{1000};
  constexpr std::uint32_t doublings_max = 10;
  const auto doubled = options.backoff * (1LL << std::min(attempt - 1, doublings_max));
  const auto pause = std::min<std::chrono::milliseconds>(doubled, pause_max);
  // Full jitter: two transactions that conflicted do not meet again.
  static thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<long long> jitter(0, std::max<long long>(pause.count(), 0));
  std::this_thread::sleep_for(std::chrono::milliseconds(jitter(random)));
}

}  // namespace iacdb::detail
