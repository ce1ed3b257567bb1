#pragma once
// Bytes: views, big-endian loads and stores, and the growing buffer that every codec writes into.
//
//   Buffer out;
//   std::size_t mark = out.append_be<std::int32_t>(0);   // a length, not known yet
//   out.append_cstring("select 1");
//   out.patch_be<std::int32_t>(mark, 9);
//
// Threads: one at a time.
// Cost: an append is one compare and one store; growth doubles.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace iacdb::base {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace bytes_detail {
template <std::size_t Size>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using type = std::uint8_t;
};
template <>
struct UnsignedOf<2> {
  using type = std::uint16_t;
};
template <>
struct UnsignedOf<4> {
  using type = std::uint32_t;
};
template <>
struct UnsignedOf<8> {
  using type = std::uint64_t;
};

constexpr std::uint8_t swap(std::uint8_t value) noexcept {
  return value;
}
constexpr std::uint16_t swap(std::uint16_t value) noexcept {
  return __builtin_bswap16(value);
}
constexpr std::uint32_t swap(std::uint32_t value) noexcept {
  return __builtin_bswap32(value);
}
constexpr std::uint64_t swap(std::uint64_t value) noexcept {
  return __builtin_bswap64(value);
}

template <class Unsigned>
constexpr Unsigned big_endian(Unsigned value) noexcept {
  if constexpr (std::endian::native == std::endian::little) return swap(value);
  return value;
}
}  // namespace bytes_detail

/// A number of 1, 2, 4 or 8 bytes; IEEE floats count.
template <class T>
concept Scalar = std::is_arithmetic_v<T> && sizeof(T) <= 8;

/// Reads a big-endian number from any address.
template <Scalar T>
T load_be(const std::byte* from) noexcept {
  typename bytes_detail::UnsignedOf<sizeof(T)>::type raw;
  std::memcpy(&raw, from, sizeof raw);
  return std::bit_cast<T>(bytes_detail::big_endian(raw));
}

/// Writes a big-endian number to any address.
template <Scalar T>
void store_be(std::byte* to, T value) noexcept {
  using Raw = typename bytes_detail::UnsignedOf<sizeof(T)>::type;
  const Raw raw = bytes_detail::big_endian(std::bit_cast<Raw>(value));
  std::memcpy(to, &raw, sizeof raw);
}

/// store_be that answers the address behind what it wrote: for chains of unchecked writes.
template <Scalar T>
std::byte* put_be(std::byte* to, T value) noexcept {
  store_be(to, value);
  return to + sizeof(T);
}

inline std::byte* put_bytes(std::byte* to, Bytes bytes) noexcept {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

/// A growing array of bytes, never initialised and never shrunk below `keep_bytes`.
/// Lifetime: pointers and views into it end with the next call that may grow it.
/// Throws: std::bad_alloc.
class Buffer {
 public:
  explicit Buffer(std::size_t keep_bytes = 64 * 1024) noexcept : keep_bytes_(keep_bytes) {}
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)),
        keep_bytes_(other.keep_bytes_) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(keep_bytes_, other.keep_bytes_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  std::byte* data() noexcept { return data_; }
  const std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }
  bool empty() const noexcept { return size_ == 0; }
  Bytes view() const noexcept { return {data_, size_}; }
  std::string_view text() const noexcept { return as_text(view()); }

  /// Empties it; memory above keep_bytes goes back to the system.
  void clear() noexcept {
    size_ = 0;
    if (capacity_ > keep_bytes_) [[unlikely]]
      shrink();
  }
  /// Overwrites its present memory, then empties it: after secrets. Growing may have left copies
  /// behind, so prepare() enough before a secret is appended.
  void wipe() noexcept {
    if (data_ != nullptr) explicit_bzero(data_, capacity_);
    clear();
  }
  /// Drops bytes at the end, so that a half-written message can be taken back.
  void truncate(std::size_t size) noexcept {
    if (size < size_) size_ = size;
  }
  /// Drops bytes at the front and moves the rest down.
  void consume(std::size_t count) noexcept {
    if (count >= size_) return clear();
    std::memmove(data_, data_ + count, size_ - count);
    size_ -= count;
  }

  /// Room for `count` bytes behind the end, which are not part of the buffer until commit().
  std::byte* prepare(std::size_t count) {
    if (capacity_ - size_ < count) [[unlikely]]
      grow(count);
    return data_ + size_;
  }
  void commit(std::size_t count) noexcept { size_ += count; }
  /// Commits everything up to `end`, a pointer that came from prepare() and writes behind it.
  void commit_to(const std::byte* end) noexcept { size_ = static_cast<std::size_t>(end - data_); }
  /// Makes `count` bytes part of the buffer at once and answers where to write them.
  std::byte* extend(std::size_t count) {
    std::byte* start = prepare(count);
    size_ += count;
    return start;
  }

  void append_u8(std::uint8_t value) { *extend(1) = static_cast<std::byte>(value); }
  /// Appends a number and answers its offset, for patch_be.
  template <Scalar T>
  std::size_t append_be(T value) {
    const std::size_t offset = size_;
    store_be(extend(sizeof(T)), value);
    return offset;
  }
  void append(Bytes bytes) { put_bytes(extend(bytes.size()), bytes); }
  void append(std::string_view text) { append(as_bytes(text)); }
  /// The text and a zero byte. The caller has made sure that the text holds no zero byte itself.
  void append_cstring(std::string_view text) {
    *put_bytes(extend(text.size() + 1), as_bytes(text)) = std::byte{0};
  }
  template <Scalar T>
  void patch_be(std::size_t offset, T value) noexcept {
    store_be(data_ + offset, value);
  }

 private:
  [[gnu::cold]] void grow(std::size_t count);
  [[gnu::cold]] void shrink() noexcept;

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::size_t keep_bytes_;
};

}  // namespace iacdb::base
