#include "pool/maintenance.hpp"

#include <algorithm>
#include <cstdlib>

#include "pool/pool.hpp"

namespace iacdb::pool {

Maintenance& Maintenance::shared() {
  static Maintenance& instance = []() -> Maintenance& {
    auto* created = new Maintenance();
    std::atexit([] { shared().stop(); });
    return *created;
  }();
  return instance;
}

void Maintenance::add(Pool& pool, Clock::duration period) {
  std::unique_lock lock(mutex_);
  if (stopped_) return;
  entries_.push_back({&pool, period, Clock::now() + period});
  if (thread_.joinable()) {
    changed_.notify_all();
    return;
  }
  try {
    thread_ = std::thread([this, generation = generation_] { run(generation); });
  } catch (...) {
    entries_.pop_back();
    throw;
  }
}

void Maintenance::remove(Pool& pool) noexcept {
  std::unique_lock lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.pool == &pool; });
  if (entries_.empty()) end_thread(std::move(lock));
}

void Maintenance::stop() noexcept {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  entries_.clear();
  end_thread(std::move(lock));
}

void Maintenance::end_thread(std::unique_lock<std::mutex> lock) noexcept {
  ++generation_;
  std::thread ending = std::move(thread_);
  changed_.notify_all();
  lock.unlock();
  if (!ending.joinable()) return;
  // An observer may drop the last handle of a pool on the thread itself.
  if (ending.get_id() == std::this_thread::get_id()) {
    ending.detach();
  } else {
    ending.join();
  }
}

std::vector<Maintenance::Entry>::iterator Maintenance::find_next() {
  return std::min_element(entries_.begin(), entries_.end(),
                          [](const Entry& a, const Entry& b) { return a.due < b.due; });
}

void Maintenance::run(std::uint64_t generation) {
  std::unique_lock lock(mutex_);
  while (generation == generation_) {
    const auto next = find_next();
    if (next == entries_.end()) {
      changed_.wait(lock);
      continue;
    }
    const auto due = next->due;
    if (Clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    next->due = Clock::now() + next->period;
    Pool& pool = *next->pool;
    pool.begin_maintenance();  // From here on the pool lives until end_maintenance().
    lock.unlock();
    pool.maintain(Clock::now());
    pool.end_maintenance();
    lock.lock();
  }
}

}  // namespace iacdb::pool
