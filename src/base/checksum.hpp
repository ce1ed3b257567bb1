#pragma once
// crc32c(): the Castagnoli checksum of some bytes, to notice a record that was not written whole.
// fnv1a(): a number that stands for a text, the same in every run and on every machine.
//
//   if (crc32c(payload) != stored) record is damaged
//
// Not a defence against somebody who wants to deceive. Sources: RFC 3720, appendix B.4;
// FNV-1a by Fowler, Noll and Vo, of 64 bits.
// Threads: safe to share. Cost: a table look-up a byte; a multiplication a byte.

#include <array>
#include <cstdint>
#include <string_view>

namespace iacdb::base {

inline std::uint32_t crc32c(std::string_view bytes) noexcept {
  static constexpr auto table = [] {
    constexpr std::uint32_t reflected_polynomial = 0x82f63b78;
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) {
        value = (value >> 1) ^ ((value & 1) != 0 ? reflected_polynomial : 0);
      }
      entries[i] = value;
    }
    return entries;
  }();
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  }
  return ~crc;
}

constexpr std::uint64_t fnv1a(std::string_view bytes) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace iacdb::base
