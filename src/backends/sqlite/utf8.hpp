#pragma once
// Checks that text is UTF-8: SQLite stores any bytes as text and gives them back.
//
//   if (!is_utf8(text)) raise(...);
//
// Cost: eight bytes a step while the text is ASCII. Threads: safe to share.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace iacdb::backends::sqlite {

/// The table of well-formed byte sequences, Unicode 15 section 3.9.
bool is_multibyte_utf8(std::string_view text) noexcept;

inline bool is_ascii(const char* at, std::size_t size) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::uint64_t word = 0;
  std::uint64_t seen = 0;
  if (size >= 8) {
    const char* const last = at + size - 8;
    for (; at < last; at += 8) {
      std::memcpy(&word, at, 8);
      seen |= word;
    }
    std::memcpy(&word, last, 8);  // The last step may overlap the one before.
    return ((seen | word) & high_bits) == 0;
  }
  for (std::size_t i = 0; i < size; ++i) seen |= static_cast<unsigned char>(at[i]);
  return (seen & 0x80U) == 0;
}

inline bool is_utf8(std::string_view text) noexcept {
  return is_ascii(text.data(), text.size()) || is_multibyte_utf8(text);
}

}  // namespace iacdb::backends::sqlite
