#include "documents/advice/workload.hpp"

#include <algorithm>

#include "documents/advice/shape.hpp"
#include "documents/advice/statement.hpp"
#include "documents/bson/codec.hpp"

namespace iacdb::doc {
namespace {

bool is_of_documents(std::string_view name) {
  static constexpr std::string_view names[] = {"find",     "aggregate",     "count",
                                               "distinct", "insert",        "update",
                                               "delete",   "findAndModify", "findandmodify"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// What names the client's session and the moment is no part of a sample.
Object sample_of(const Object& command) {
  Object out;
  for (const Field& field : command) {
    static constexpr std::string_view left_out[] = {
        "documents", "lsid", "txnNumber", "autocommit", "startTransaction", "$db", "$clusterTime"};
    if (std::find(std::begin(left_out), std::end(left_out), field.name) == std::end(left_out)) {
      out.add(field.name, field.value);
    }
  }
  return out;
}

}  // namespace

void Workload::add(const Object& command, std::int64_t times, std::chrono::nanoseconds time) {
  if (command.empty() || !is_of_documents(command.front().name) ||
      !command.front().value.is(Type::string)) {
    return;
  }
  const std::vector<Object> singles = single_commands(command);
  const auto share = time / static_cast<std::int64_t>(singles.size());
  for (const Object& one : singles) add_single(one, times, share);
}

void Workload::add_single(const Object& command, std::int64_t times,
                          std::chrono::nanoseconds time) {
  std::string shape = shape_of(command);
  const auto writing = writing_of(command);
  Object sample = sample_of(command);
  const bool keeps = encoded_size(sample) <= sample_bytes_max;
  const std::lock_guard lock(mutex_);
  auto at = by_shape_.find(shape);
  if (at == by_shape_.end()) {
    if (by_shape_.size() >= shapes_max) {
      dropped_ += times;
      return;
    }
    at = by_shape_.emplace(shape, Entry{}).first;
    at->second.shape = std::move(shape);
    at->second.collection = command.front().value.text();
  }
  Entry& entry = at->second;
  entry.count += times;
  entry.time += time;
  if (writing) entry.written += times * writing->documents;
  if (!keeps) return;
  if (entry.samples.size() < samples_max) {
    entry.samples.push_back(std::move(sample));
    return;
  }
  const auto place = std::uniform_int_distribution<std::int64_t>(0, entry.count - 1)(dice_);
  if (place < static_cast<std::int64_t>(samples_max)) {
    entry.samples[static_cast<std::size_t>(place)] = std::move(sample);
  }
}

std::vector<Workload::Entry> Workload::entries() const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> out;
  for (const auto& [shape, entry] : by_shape_) out.push_back(entry);
  return out;
}

std::int64_t Workload::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void Workload::add_all(const Workload& other) {
  const std::vector<Entry> all = other.entries();
  const std::int64_t dropped = other.dropped();
  const std::lock_guard lock(mutex_);
  dropped_ += dropped;
  for (const Entry& one : all) {
    const auto [at, fresh] = by_shape_.emplace(one.shape, one);
    if (fresh) continue;
    Entry& entry = at->second;
    entry.count += one.count;
    entry.time += one.time;
    entry.written += one.written;
    for (const Object& sample : one.samples) {
      if (entry.samples.size() < samples_max) entry.samples.push_back(sample);
    }
  }
}

}  // namespace iacdb::doc
