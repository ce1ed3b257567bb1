#pragma once
// How far a text can stand in a JSON string as it is, a block of bytes at a time.
//
// Threads: pure functions.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace iacdb::doc::json {

inline bool is_special(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

#if defined(__SSE2__)
inline constexpr std::size_t block = 16;

/// The bits of the bytes that cannot stand in a JSON string as they are.
inline std::uint32_t special_bytes(__m128i bytes) {
  const __m128i below_space = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(below_space, marks)));
}

inline __m128i block_at(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

/// The bytes of a block before the first that cannot stand in a JSON string as it is; `high` is set
/// when one of them is not ASCII.
inline std::size_t plain_in_block(const char* at, bool& high) {
  const __m128i bytes = block_at(at);
  const std::uint32_t special = special_bytes(bytes);
  const auto highs = static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
  const auto plain = static_cast<std::size_t>(std::countr_zero(special | (1U << block)));
  if (highs != 0) high = high || (highs & ((1U << plain) - 1)) != 0;
  return plain;
}

/// The bytes of the whole blocks before the first that has something special.
inline std::size_t plain_blocks(std::string_view text, bool& high) {
  __m128i all = _mm_setzero_si128();
  std::size_t at = 0;
  for (; text.size() - at >= block; at += block) {
    const __m128i bytes = block_at(text.data() + at);
    if (special_bytes(bytes) != 0) break;
    all = _mm_or_si128(all, bytes);
  }
  high = high || _mm_movemask_epi8(all) != 0;
  return at;
}
#else
inline constexpr std::size_t block = 8;

inline std::size_t plain_in_block(const char* at, bool& high) {
  std::size_t plain = 0;
  for (; plain < block && !is_special(at[plain]); ++plain) {
    high = high || static_cast<signed char>(at[plain]) < 0;
  }
  return plain;
}

inline std::size_t plain_blocks(std::string_view text, bool& high) {
  std::size_t at = 0;
  while (text.size() - at >= block) {
    bool in_block = false;
    if (plain_in_block(text.data() + at, in_block) < block) break;
    high = high || in_block;
    at += block;
  }
  return at;
}
#endif

}  // namespace iacdb::doc::json
