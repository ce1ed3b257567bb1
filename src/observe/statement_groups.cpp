#include "observe/statement_groups.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/checksum.hpp"
#include "observe/statement_counters.hpp"

namespace iacdb::observe {
namespace {

/// Texts with literals in them are all different: what is remembered of them has a limit too.
constexpr std::size_t texts_max = 10'000;

std::uint64_t hash_of(const QueryEvent& event) {
  const std::hash<std::string_view> hash;
  return hash(event.sql) * 31 + hash(event.database);
}

}  // namespace

std::string group_id(std::string_view fingerprint) {
  // std::hash may differ from run to run, and a name in an alert must not.
  const std::uint64_t hash = base::fnv1a(fingerprint);
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

StatementGroups::StatementGroups(std::size_t groups_max)
    : groups_max_(groups_max), groups_(1, {"", std::string(other), std::string(other), {}}) {}

std::size_t StatementGroups::find_group(std::string_view database, std::string fingerprint) {
  std::string name = std::string(database) + '\0' + fingerprint;
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) return known->second;
  if (groups_.size() > groups_max_) return 0;
  std::string id = group_id(fingerprint);
  groups_.push_back({std::string(database), std::move(fingerprint), std::move(id), {}});
  return by_name_.emplace(std::move(name), groups_.size() - 1).first->second;
}

std::size_t StatementGroups::find_group(const QueryEvent& event) {
  const std::uint64_t hash = hash_of(event);
  {
    const std::lock_guard lock(mutex_);
    const auto known = by_text_.find(hash);
    if (known != by_text_.end()) return known->second;
  }
  std::string fingerprint = event.fingerprint();  // Lexes: not under the mutex.
  const std::lock_guard lock(mutex_);
  const std::size_t group = find_group(event.database, std::move(fingerprint));
  if (by_text_.size() >= texts_max) by_text_.clear();
  by_text_.emplace(hash, group);
  return group;
}

void StatementGroups::on_query(const QueryEvent& event) {
  const std::size_t index = find_group(event);
  const std::lock_guard lock(mutex_);
  StatementMetrics& metrics = groups_[index].metrics;
  ++metrics.count;
  metrics.rows += event.rows;
  metrics.total += event.duration;
  ++metrics.buckets[StatementCounters::bucket_of(event.duration)];
  if (event.error != nullptr) ++metrics.errors[static_cast<std::size_t>(event.error->kind())];
}

std::vector<StatementGroup> StatementGroups::slowest(std::size_t count) const {
  std::vector<StatementGroup> found;
  {
    const std::lock_guard lock(mutex_);
    found = groups_;
  }
  std::erase_if(found, [](const StatementGroup& group) { return group.metrics.count == 0; });
  std::sort(found.begin(), found.end(), [](const StatementGroup& a, const StatementGroup& b) {
    return a.metrics.total > b.metrics.total;
  });
  if (found.size() > count) found.resize(count);
  return found;
}

}  // namespace iacdb::observe
