#pragma once
// StatementCache: a connection's prepared statements by their SQL text, least recently used out.
//
//   StatementCache<Prepared> cache(256);
//   if (Prepared* found = cache.find(sql)) return *found;
//   return cache.insert(sql, prepare(sql));   // may destroy the one used longest ago
//
// The statements found last are tried first, without hashing: programs repeat themselves, and a
// transaction takes turns with a few.
// Lifetime: a Prepared& stays valid until it is evicted or erased; pin() holds it until unpin().
// Threads: one at a time.

#include <array>
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
    for (Entry* entry : recent_) {
      if (entry != nullptr && is_same(entry->sql, sql)) return &entry->prepared;
    }
    return find_indexed(sql);
  }

  /// Keeps `prepared`; with capacity 0 it is kept until the next insert.
  Prepared& insert(std::string_view sql, Prepared prepared) {
    evict_to(capacity_ == 0 ? 0 : capacity_ - 1);
    entries_.push_front(Entry{std::string(sql), std::move(prepared)});
    index_.emplace(entries_.front().sql, entries_.begin());
    if (capacity_ == 0) {
      index_.clear();
    } else {
      remember(&entries_.front());
    }
    return entries_.front().prepared;
  }

  void erase(std::string_view sql) {
    const auto found = index_.find(sql);
    if (found == index_.end()) return;
    forget(&*found->second);
    const auto entry = found->second;
    index_.erase(found);
    entries_.erase(entry);
  }
  void clear() {
    recent_ = {};
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
  /// The longer way, out of the callers' way.
  [[gnu::noinline]] Prepared* find_indexed(std::string_view sql) {
    const auto found = index_.find(sql);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    remember(&*found->second);
    return &found->second->prepared;
  }
  void remember(Entry* entry) noexcept { recent_[next_recent_++ % recent_.size()] = entry; }
  void forget(const Entry* entry) noexcept {
    for (Entry*& recent : recent_) {
      if (recent == entry) recent = nullptr;
    }
  }
  static bool is_same(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
  }
  void evict_to(std::size_t size) {
    while (entries_.size() > size && pins_ == 0) {
      index_.erase(entries_.back().sql);
      forget(&entries_.back());
      entries_.pop_back();
    }
  }

  std::size_t capacity_;
  std::uint32_t pins_ = 0;
  std::list<Entry> entries_;
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;
  std::array<Entry*, 4> recent_{};
  std::size_t next_recent_ = 0;
};

}  // namespace iacdb::driver
