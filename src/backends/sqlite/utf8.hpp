#pragma once
// Checks that text is UTF-8: SQLite stores any bytes as text and gives them back.
//
//   if (!is_utf8(text)) raise(...);
//
// Cost: eight bytes a step while the text is ASCII. Threads: safe to share.

#include <array>
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
    if (size <= 32) {  // Short texts are the most: two words from either end, which may overlap.
      const std::size_t step = size >= 16 ? 8 : 0;
      std::array<std::uint64_t, 4> words;
      std::memcpy(&words[0], at, 8);
      std::memcpy(&words[1], at + step, 8);
      std::memcpy(&words[2], last - step, 8);
      std::memcpy(&words[3], last, 8);
      return ((words[0] | words[1] | words[2] | words[3]) & high_bits) == 0;
    }
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
