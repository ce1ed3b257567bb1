#include "http/readiness.hpp"

#include <algorithm>
#include <exception>

namespace iacdb::http {
namespace {

constexpr std::size_t threads_max = 4;
constexpr std::chrono::seconds fresh{1};

}  // namespace

Readiness::Readiness(std::map<std::string, Question> questions)
    : questions_(std::move(questions)),
      workers_(std::clamp<std::size_t>(questions_.size(), 1, threads_max), questions_.size()) {
  for (const auto& [name, unused] : questions_) states_[name];
}

void Readiness::check(const std::string& name) {
  bool ok = false;
  try {
    ok = questions_.at(name)();
  } catch (const std::exception&) {
    // Not ready; the pool has told the log why.
  }
  {
    const std::lock_guard lock(mutex_);
    states_[name] = {.ok = ok, .asking = false, .known = true, .time = Clock::now()};
  }
  answered_.notify_all();
}

std::map<std::string, bool> Readiness::ask() {
  std::unique_lock lock(mutex_);
  const auto begin = Clock::now();
  for (auto& [name, state] : states_) {
    if (state.asking || (state.known && begin - state.time < fresh)) continue;
    state.asking = workers_.submit([this, key = name] { check(key); });
  }
  answered_.wait_until(lock, begin + patience, [this] {
    return std::none_of(states_.begin(), states_.end(),
                        [](const auto& entry) { return entry.second.asking; });
  });
  std::map<std::string, bool> result;
  for (const auto& [name, state] : states_) {
    result[name] = state.known && state.ok && !state.asking;
  }
  return result;
}

std::map<std::string, bool> Readiness::latest() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, bool> result;
  for (const auto& [name, state] : states_) {
    if (state.known) result[name] = state.ok;
  }
  return result;
}

}  // namespace iacdb::http
