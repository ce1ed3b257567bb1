#pragma once
// Characters that are overwritten before their memory goes back: passwords and keys.
//
//   SecretText password = secret_text(options.password);
//
// Threads: one at a time.

#include <openssl/crypto.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace iacdb::wire::postgres {

template <class T>
struct CleansingAllocator {
  using value_type = T;
  CleansingAllocator() = default;
  template <class U>
  CleansingAllocator(const CleansingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    OPENSSL_cleanse(memory, count * sizeof(T));
    std::allocator<T>{}.deallocate(memory, count);
  }
  bool operator==(const CleansingAllocator&) const noexcept { return true; }
};

/// A vector, not a string: short strings live inside the object, where nothing would wipe them.
template <class T>
using SecretVector = std::vector<T, CleansingAllocator<T>>;
using SecretText = SecretVector<char>;

inline SecretText secret_text(std::string_view text) {
  return {text.begin(), text.end()};
}
inline std::string_view view(const SecretText& secret) noexcept {
  return {secret.data(), secret.size()};
}

}  // namespace iacdb::wire::postgres
