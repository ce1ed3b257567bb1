#include "observe/command_counters.hpp"

#include "observe/statement_counters.hpp"

namespace iacdb::observe {

void CommandCounters::record(std::string_view collection, std::string_view command,
                             std::chrono::nanoseconds duration, std::uint64_t documents,
                             std::optional<ErrorKind> error) {
  const std::lock_guard lock(mutex_);
  auto at = counted_.find(std::pair(collection, command));
  if (at == counted_.end()) {
    const bool full = counted_.size() >= pairs_max;
    at = counted_
             .try_emplace(
                 {std::string(full ? other : collection), std::string(full ? other : command)})
             .first;
  }
  StatementMetrics& metrics = at->second;
  ++metrics.count;
  metrics.rows += documents;
  metrics.total += duration;
  ++metrics.buckets[StatementCounters::bucket_of(duration)];
  if (error) ++metrics.errors[static_cast<std::size_t>(*error)];
}

std::vector<CommandMetrics> CommandCounters::snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<CommandMetrics> out;
  out.reserve(counted_.size());
  for (const auto& [names, metrics] : counted_) {
    out.push_back({names.first, names.second, metrics});
  }
  return out;
}

}  // namespace iacdb::observe
