#pragma once
// Readiness: whether each database and document store answers, asked at most once a second however
// many want to know.
//
//   for (const auto& [name, ok] : readiness.ask()) ...      // waits up to three seconds
//
// A database that does not answer in that time counts as not ready, and is not asked again while
// the earlier question is open. Threads: safe to share.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/workers.hpp"

namespace iacdb::http {

class Readiness {
 public:
  static constexpr std::chrono::seconds patience{3};
  /// One of a name; it may throw, which is a no.
  using Question = std::function<bool()>;

  explicit Readiness(std::map<std::string, Question> questions);

  std::map<std::string, bool> ask();
  /// The answers of the last ask(), without asking.
  std::map<std::string, bool> latest() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct State {
    bool ok = false;
    bool asking = false;
    bool known = false;
    Clock::time_point time;
  };

  void check(const std::string& name);

  const std::map<std::string, Question> questions_;
  mutable std::mutex mutex_;
  std::condition_variable answered_;
  std::map<std::string, State> states_;
  base::Workers workers_;  // Last: its threads end before what they use.
};

}  // namespace iacdb::http
