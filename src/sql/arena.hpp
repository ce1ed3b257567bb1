#pragma once
// Memory of one tree: allocated in blocks, freed all at once.
//
//   Arena arena;
//   Node* n = arena.make<Node>();
//
// Lifetime: what it made lives as long as it does. Threads: one at a time.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sql/problem.hpp"

namespace iacdb::sql {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    if (bytes > left_) grow(bytes);
    void* result = next_;
    next_ += bytes;
    left_ -= bytes;
    return result;
  }

  template <typename T, typename... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T))) T{std::forward<Args>(args)...};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* bytes = static_cast<char*>(allocate(text.size()));
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
  }

  /// Remembers a number below 128 until reset(): what kinds of things were made here.
  void note(std::uint8_t what) noexcept { noted_[what / 64] |= std::uint64_t{1} << (what % 64); }
  bool noted(std::uint8_t what) const noexcept {
    return (noted_[what / 64] >> (what % 64) & 1) != 0;
  }
  /// True when one of a set's numbers, a bit each, was noted.
  bool noted_one(const std::array<std::uint64_t, 2>& set) const noexcept {
    return ((noted_[0] & set[0]) | (noted_[1] & set[1])) != 0;
  }

  /// More than this many bytes from now on are too many. Throws then, where they are asked for:
  /// Problem "limit".
  void limit(std::size_t bytes) noexcept { room_ = bytes; }

  /// Forgets everything and keeps the first block for the next tree.
  void reset() noexcept {
    noted_ = {};
    if (blocks_.empty()) return;
    blocks_.resize(1);
    next_ = blocks_[0].get();
    left_ = block_bytes;
  }

 private:
  static constexpr std::size_t block_bytes = 32 * 1024;

  void grow(std::size_t bytes) {
    const std::size_t size = bytes > block_bytes ? bytes : block_bytes;
    if (size > room_) fail("limit", "the statement needs too much memory", 0);
    room_ -= size;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = blocks_.back().get();
    left_ = size;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t room_ = std::numeric_limits<std::size_t>::max();
  std::array<std::uint64_t, 2> noted_{};
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace iacdb::sql
