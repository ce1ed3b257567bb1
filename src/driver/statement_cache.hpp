#pragma once
// StatementCache: a connection's prepared statements by their SQL text, least recently used out.
//
//   StatementCache<Prepared> cache(256);
//   if (Prepared* found = cache.find(sql)) return *found;
//   return cache.insert(sql, prepare(sql));   // may destroy the one used longest ago
//
// The statement found last is tried first, without hashing: programs repeat themselves.
// Lifetime: a Prepared& stays valid until it is evicted or erased; pin() holds it until unpin().
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace iacdb::driver {

template <class Prepared>
class StatementCache {
 public:
  explicit StatementCache(std::size_t capacity) : capacity_(capacity) {}

  Prepared* find(std::string_view sql) {
    if (last_ && is_same(last_->sql, sql)) return &last_->prepared;
    const auto found = index_.find(sql);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    last_ = &*found->second;
    return &last_->prepared;
  }

  /// Keeps `prepared`; with capacity 0 it is kept until the next insert.
  Prepared& insert(std::string_view sql, Prepared prepared) {
    evict_to(capacity_ == 0 ? 0 : capacity_ - 1);
    entries_.push_front(Entry{std::string(sql), std::move(prepared)});
    index_.emplace(entries_.front().sql, entries_.begin());
    last_ = capacity_ == 0 ? nullptr : &entries_.front();
    if (capacity_ == 0) index_.clear();
    return entries_.front().prepared;
  }

  void erase(std::string_view sql) {
    const auto found = index_.find(sql);
    if (found == index_.end()) return;
    if (last_ == &*found->second) last_ = nullptr;
    const auto entry = found->second;
    index_.erase(found);
    entries_.erase(entry);
  }
  void clear() {
    last_ = nullptr;
    index_.clear();
    entries_.clear();
  }
  std::size_t size() const noexcept { return entries_.size(); }

  /// While pinned, nothing is evicted: a running cursor reads the statement.
  void pin() noexcept { ++pins_; }
  void unpin() noexcept { --pins_; }

 private:
  struct Entry {
    std::string sql;
    Prepared prepared;
  };
  static bool is_same(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
  }
  void evict_to(std::size_t size) {
    while (entries_.size() > size && pins_ == 0) {
      index_.erase(entries_.back().sql);
      if (last_ == &entries_.back()) last_ = nullptr;
      entries_.pop_back();
    }
  }

  std::size_t capacity_;
  std::uint32_t pins_ = 0;
  std::list<Entry> entries_;
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;
  Entry* last_ = nullptr;
};

}  // namespace iacdb::driver
