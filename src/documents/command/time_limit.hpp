#pragma once
// TimeLimit: how long a command may work, its maxTimeMS; of a cursor that it leaves, all its
// batches together, without the time between them.
//
//   TimeLimit limit(alarms, std::stop_source(), 200ms);
//   auto unit = store.begin(Access::read, limit.token());   // whose statements end with it
//
// Threads: Alarms is safe to share; a TimeLimit is used by one at a time.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace iacdb::doc {

/// Asks for stops at points in time; one thread, from the first of them on.
class Alarms {
 public:
  using Clock = std::chrono::steady_clock;
  using Key = std::pair<Clock::time_point, std::uint64_t>;

  Key set(Clock::time_point when, std::stop_source stop);
  /// One that has gone off is no longer there.
  void clear(const Key& key);

 private:
  void watch(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t last_ = 0;
  std::map<Key, std::stop_source> set_;
  std::jthread thread_;
};

class TimeLimit {
 public:
  TimeLimit(std::shared_ptr<Alarms> alarms, std::stop_source stop, std::chrono::milliseconds most);
  ~TimeLimit() { pause(); }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  /// Asked for when the time is up.
  std::stop_token token() const { return stop_.get_token(); }
  void pause();
  void resume();

 private:
  std::shared_ptr<Alarms> alarms_;
  std::stop_source stop_;
  Alarms::Clock::duration left_;
  Alarms::Key alarm_{};
  bool runs_ = false;
};

}  // namespace iacdb::doc
