#include "backends/sqlite/utf8.hpp"

namespace iacdb::backends::sqlite {
namespace {

/// Length of the well-formed sequence at `at`, or 0.
std::size_t sequence(const unsigned char* at, std::size_t left) noexcept {
  const unsigned char lead = at[0];
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (lead < 0xC2 || lead > 0xF4 || left < length) return 0;
  // The second byte is narrower after E0 (overlong), ED (surrogates), F0 (overlong), F4 (too big).
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (at[1] < low || at[1] > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((at[i] & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

}  // namespace

bool is_multibyte_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t left = text.size(); left > 0;) {
    const std::size_t step = sequence(at, left);
    if (step == 0) return false;
    at += step;
    left -= step;
  }
  return true;
}

}  // namespace iacdb::backends::sqlite
