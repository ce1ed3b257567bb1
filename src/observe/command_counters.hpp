#pragma once
// CommandCounters: how many commands of a document store ran, how long, and how they failed, by
// collection and command.
//
//   counters.record("people", "find", duration, documents, std::nullopt);
//   for (const CommandMetrics& one : counters.snapshot()) ...
//
// Limits: pairs_max pairs of collection and command; further ones count as "(other)".
// Threads: safe to share. Cost: a lock and a look-up a command.

#include <chrono>
#include <iacdb/health.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iacdb::observe {

class CommandCounters {
 public:
  static constexpr std::size_t pairs_max = 1000;
  static constexpr std::string_view other = "(other)";

  void record(std::string_view collection, std::string_view command,
              std::chrono::nanoseconds duration, std::uint64_t documents,
              std::optional<ErrorKind> error);
  std::vector<CommandMetrics> snapshot() const;

 private:
  struct Less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      const std::string_view first = a.first;
      const std::string_view second = b.first;
      return first != second ? first < second : std::string_view(a.second) < b.second;
    }
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, StatementMetrics, Less> counted_;
};

}  // namespace iacdb::observe
