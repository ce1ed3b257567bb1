#pragma once
// Text: small operations on names and words that the standard library leaves out.
//
//   nearest("pol_max", {"pool_max", "port"});   // "pool_max": did you mean ...?
//
// Threads: plain functions.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace iacdb::base {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Without white space at both ends.
std::string_view trim(std::string_view text) noexcept;
/// ASCII letters in lower or upper case; other bytes as they are.
std::string lower(std::string_view text);
std::string upper(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept;

/// Letters to insert, drop, change or swap with their neighbour to turn one word into the other.
/// Limits: words longer than 64 bytes count as entirely different.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `word` is most likely a slip of; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// True for the bytes of UTF-8 that begin no character.
constexpr bool continues_utf8(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}
/// The characters of well-formed UTF-8.
std::size_t utf8_length(std::string_view text) noexcept;
/// The beginning of at most `bytes` bytes, without the half of a character at its end.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes) noexcept;
/// True when the bytes are well-formed UTF-8, without surrogates.
bool is_utf8(std::string_view text) noexcept;

}  // namespace iacdb::base
