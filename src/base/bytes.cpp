#include "base/bytes.hpp"

#include <limits>
#include <new>

namespace iacdb::base {

void Buffer::grow(std::size_t count) {
  constexpr std::size_t size_max = std::numeric_limits<std::ptrdiff_t>::max();
  if (count > size_max - size_) throw std::bad_alloc();
  std::size_t wanted = capacity_ < 128 ? 256 : capacity_ * 2;
  if (wanted < size_ + count) wanted = size_ + count;
  auto* const moved = static_cast<std::byte*>(std::realloc(data_, wanted));
  if (moved == nullptr) throw std::bad_alloc();
  data_ = moved;
  capacity_ = wanted;
}

void Buffer::shrink() noexcept {
  std::free(data_);
  data_ = static_cast<std::byte*>(std::malloc(keep_bytes_));
  capacity_ = data_ == nullptr ? 0 : keep_bytes_;
}

}  // namespace iacdb::base
