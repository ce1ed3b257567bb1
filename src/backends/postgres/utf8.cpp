#include "backends/postgres/utf8.hpp"

namespace iacdb::backends::postgres {
namespace {

/// Bytes of the sequence that begins at `at`; 0 when there is none.
int sequence_bytes(const unsigned char* at, std::ptrdiff_t left) noexcept {
  const auto continues = [at](int i) { return (at[i] & 0xc0) == 0x80; };
  if (*at == 0) return 0;
  if (*at < 0x80) return 1;
  if (*at < 0xc2) return 0;  // A continuation, or an overlong form of ASCII.
  if (*at < 0xe0) return left >= 2 && continues(1) ? 2 : 0;
  if (*at < 0xf0) {
    if (left < 3 || !continues(1) || !continues(2)) return 0;
    if (*at == 0xe0 && at[1] < 0xa0) return 0;   // overlong
    if (*at == 0xed && at[1] >= 0xa0) return 0;  // a surrogate
    return 3;
  }
  if (*at > 0xf4 || left < 4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  if (*at == 0xf0 && at[1] < 0x90) return 0;   // overlong
  if (*at == 0xf4 && at[1] >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

}  // namespace

bool is_server_text_slow(const char* at, const char* end) noexcept {
  while (at != end) {
    const int bytes = sequence_bytes(reinterpret_cast<const unsigned char*>(at), end - at);
    if (bytes == 0) return false;
    at += bytes;
  }
  return true;
}

}  // namespace iacdb::backends::postgres
