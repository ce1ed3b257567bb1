#pragma once
// The cryptography of authentication: SHA-256, HMAC, PBKDF2 (of our own, see sha256.hpp), and MD5
// by OpenSSL; base64.
//
//   Digest key = hmac_sha256(salted, "Client Key");
//
// Throws: Error of kind unsupported when OpenSSL refuses MD5 (FIPS).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace iacdb::wire::postgres {

using Digest = std::array<std::byte, 32>;

inline base::Bytes bytes_of(const Digest& digest) noexcept {
  return digest;
}

Digest sha256(base::Bytes data);
Digest hmac_sha256(base::Bytes key, std::string_view data);
Digest pbkdf2_sha256(std::string_view password, base::Bytes salt, std::uint32_t iterations);
Digest exclusive_or(const Digest& a, const Digest& b) noexcept;
/// In a time that does not depend on where they differ.
bool equal_secret(base::Bytes a, base::Bytes b) noexcept;

std::string base64_encode(base::Bytes data);
/// None when the text is not base64 with its padding.
std::optional<std::string> base64_decode(std::string_view text);

/// `bytes` random bytes in base64: a nonce or a salt.
std::string random_base64(std::size_t bytes);

/// "md5" and md5(md5(password user) salt) in hexadecimal; without the salt, what pg_authid stores.
std::string md5_password(std::string_view user, std::string_view password, base::Bytes salt);
std::string md5_stored(std::string_view user, std::string_view password);
/// The answer computed from what is stored: the server's side.
std::string md5_answer(std::string_view stored, base::Bytes salt);

}  // namespace iacdb::wire::postgres
