#pragma once
// StatementGroups: an observer that counts and times statements by fingerprint.
//
//   auto groups = std::make_shared<observe::StatementGroups>();
//   auto db = iacdb::open(url, {.observer = groups});
//   for (const auto& group : groups->slowest(10)) print(group.fingerprint, group.metrics.total);
//
// Limits: groups_max groups; statements that come when there are as many count into the group with
// the fingerprint "(other)". Cost: a hash of the text a statement; a text seen for the first time
// is lexed once. Threads: safe to share.

#include <cstdint>
#include <functional>
#include <iacdb/health.hpp>
#include <iacdb/observer.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace iacdb::observe {

/// A short stable name of a fingerprint, the same in logs and metrics: 16 hexadecimal digits.
std::string group_id(std::string_view fingerprint);

struct StatementGroup {
  std::string database;
  std::string fingerprint;
  std::string id;  ///< group_id() of the fingerprint.
  StatementMetrics metrics;
};

class StatementGroups final : public Observer {
 public:
  static constexpr std::string_view other = "(other)";

  explicit StatementGroups(std::size_t groups_max = 500);

  void on_query(const QueryEvent& event) override;

  /// Those that took most time in all, at most `count`, the costliest first.
  std::vector<StatementGroup> slowest(std::size_t count = SIZE_MAX) const;

 private:
  std::size_t find_group(const QueryEvent& event);
  std::size_t find_group(std::string_view database, std::string fingerprint);

  const std::size_t groups_max_;
  mutable std::mutex mutex_;
  std::vector<StatementGroup> groups_;                    ///< The first is "(other)".
  std::unordered_map<std::string, std::size_t> by_name_;  ///< Database and fingerprint.
  /// Which group a text belongs to, by the hash of database and text: spares the lexing. A clash of
  /// two hashes counts a statement into the wrong group; nothing worse.
  std::unordered_map<std::uint64_t, std::size_t> by_text_;
};

}  // namespace iacdb::observe
