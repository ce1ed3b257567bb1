#pragma once
// SHA-256, HMAC and PBKDF2 over it, without a library: a login by SCRAM needs nothing else, and
// starting OpenSSL for it would cost a plain connection two megabytes and eight milliseconds.
//
//   Sha256 hash;
//   hash.update(data);
//   Digest digest = hash.finish();
//
// See: FIPS 180-4, 6.2; RFC 2104; RFC 8018, 5.2. Cost: about 1,500 instructions a block of 64
// bytes.

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace iacdb::wire::postgres {

class Sha256 {
 public:
  Sha256() noexcept;
  void update(base::Bytes data) noexcept;
  std::array<std::byte, 32> finish() noexcept;

 private:
  void add_block(const std::byte* block) noexcept;

  std::array<std::uint32_t, 8> state_;
  std::array<std::byte, 64> partial_{};
  std::uint64_t size_bytes_ = 0;
};

/// A key, ready for any number of messages.
class HmacSha256 {
 public:
  explicit HmacSha256(base::Bytes key) noexcept;
  std::array<std::byte, 32> of(base::Bytes first, base::Bytes second = {}) const noexcept;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

}  // namespace iacdb::wire::postgres
