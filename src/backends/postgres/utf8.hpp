#pragma once
// Is a text what PostgreSQL takes: UTF-8 without zero bytes?
//
//   if (!is_server_text(text)) raise(...);
//
// Cost: eight bytes a step while they are ASCII. See: RFC 3629.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace iacdb::backends::postgres {

/// Cold: decides from the first byte that is not plain ASCII.
[[gnu::noinline]] bool is_server_text_slow(const char* at, const char* end) noexcept;

inline bool is_server_text(std::string_view text) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    if ((((word - ones) & ~word) | word) & highs) return is_server_text_slow(at, end);
  }
  for (; at != end; ++at) {
    if (static_cast<signed char>(*at) <= 0) return is_server_text_slow(at, end);
  }
  return true;
}

}  // namespace iacdb::backends::postgres
