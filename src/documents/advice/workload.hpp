#pragma once
// Workload: what was asked of a store, by shape, with some of the commands of each.
//
//   workload.add(command, 1, duration);
//   for (const Workload::Entry& one : workload.entries()) ...
//
// Limits: shapes_max shapes, of each samples_max commands no larger than sample_bytes_max; further
// shapes are only counted. Threads: safe to share.

#include <chrono>
#include <map>
#include <mutex>
#include <random>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

class Workload {
 public:
  static constexpr std::size_t shapes_max = 1000;
  static constexpr std::size_t samples_max = 5;
  static constexpr std::size_t sample_bytes_max = std::size_t{64} * 1024;

  struct Entry {
    std::string shape;
    std::string collection;
    std::int64_t count = 0;
    std::chrono::nanoseconds time{0};
    std::int64_t written = 0;  ///< Documents, at least.
    /// Each as likely as any other; an insert without its documents.
    std::vector<Object> samples;
    bool is_stage = false;  ///< A $lookup of a statement that is counted by itself.
  };

  /// A command that was asked so often, which took so long in all. Others than those that read or
  /// write documents are left out.
  void add(const Object& command, std::int64_t times, std::chrono::nanoseconds time);
  /// Everything that another one has.
  void add_all(const Workload& other);
  std::vector<Entry> entries() const;
  /// Statements of shapes beyond shapes_max.
  std::int64_t dropped() const;

 private:
  void add_single(const Object& command, std::int64_t times, std::chrono::nanoseconds time);

  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> by_shape_;
  std::int64_t dropped_ = 0;
  std::minstd_rand dice_;
};

}  // namespace iacdb::doc
