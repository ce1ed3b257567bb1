#pragma once
// Is a text what PostgreSQL takes: UTF-8 without zero bytes?
//
//   if (!is_server_text(text)) raise(...);
//
// Cost: eight bytes a step while they are ASCII. See: RFC 3629.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace iacdb::backends::postgres {

/// Cold: decides from the first byte that is not plain ASCII.
[[gnu::noinline]] bool is_server_text_slow(const char* at, const char* end) noexcept;

/// Eight bytes at once: true when each is ASCII and none is zero.
inline bool is_plain_word(const char* at) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  std::uint64_t word;
  std::memcpy(&word, at, 8);
  return (((word - ones) | word) & highs) == 0;
}

inline bool is_server_text(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (text.size() >= 8) {
    const char* const last = end - 8;  // The last step overlaps the one before it.
    for (; at < last; at += 8) {
      if (!is_plain_word(at)) return is_server_text_slow(at, end);
    }
    return is_plain_word(last) || is_server_text_slow(text.data(), end);
  }
  for (; at != end; ++at) {
    if (static_cast<signed char>(*at) <= 0) return is_server_text_slow(at, end);
  }
  return true;
}

/// Copies `text` while it looks at it: the address behind the copy, or null when the text is not
/// plain ASCII and must be judged by is_server_text(). There is room for the text.
inline std::byte* copy_plain_text(std::byte* to, std::string_view text) noexcept {
  const char* at = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    const char* const last = at + size - 8;
    std::byte* const to_last = to + size - 8;
    for (; at < last; at += 8, to += 8) {
      if (!is_plain_word(at)) [[unlikely]]
        return nullptr;
      std::memcpy(to, at, 8);
    }
    if (!is_plain_word(last)) [[unlikely]]
      return nullptr;
    std::memcpy(to_last, last, 8);
    return to_last + 8;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (static_cast<signed char>(at[i]) <= 0) [[unlikely]]
      return nullptr;
    to[i] = static_cast<std::byte>(at[i]);
  }
  return to + size;
}

}  // namespace iacdb::backends::postgres
