#include "documents/command/time_limit.hpp"

namespace iacdb::doc {

Alarms::Key Alarms::set(Clock::time_point when, std::stop_source stop) {
  const std::lock_guard lock(mutex_);
  const Key key{when, ++last_};
  const auto it = set_.emplace(key, std::move(stop)).first;
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& asked) { watch(asked); });
  } else if (it == set_.begin()) {
    changed_.notify_one();
  }
  return key;
}

void Alarms::clear(const Key& key) {
  const std::lock_guard lock(mutex_);
  set_.erase(key);
}

void Alarms::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (set_.empty()) {
      changed_.wait(lock, stop, [this] { return !set_.empty(); });
      continue;
    }
    const auto first = set_.begin();
    if (first->first.first > Clock::now()) {
      const Key waits_for = first->first;
      changed_.wait_until(lock, stop, waits_for.first,
                          [&] { return set_.empty() || set_.begin()->first != waits_for; });
      continue;
    }
    std::stop_source late = std::move(first->second);
    set_.erase(first);
    lock.unlock();
    late.request_stop();  // Runs what others have registered.
    lock.lock();
  }
}

TimeLimit::TimeLimit(std::shared_ptr<Alarms> alarms, std::stop_source stop,
                     std::chrono::milliseconds most)
    : alarms_(std::move(alarms)), stop_(std::move(stop)), left_(most) {
  resume();
}

void TimeLimit::pause() {
  if (!runs_) return;
  alarms_->clear(alarm_);
  left_ = alarm_.first - Alarms::Clock::now();
  runs_ = false;
}

void TimeLimit::resume() {
  if (runs_) return;
  alarm_ = alarms_->set(Alarms::Clock::now() + left_, stop_);
  runs_ = true;
}

}  // namespace iacdb::doc
