#include "wire/postgres/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include "iacdb/error.hpp"
#include "wire/postgres/secret_text.hpp"
#include "wire/postgres/sha256.hpp"

namespace iacdb::wire::postgres {
namespace {

const unsigned char* raw(base::Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string md5_hex(base::Bytes data) {
  std::array<unsigned char, 16> digest{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) {
    raise(ErrorKind::unsupported,
          "OpenSSL refuses MD5 here (FIPS?); store the password as scram-sha-256");
  }
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

bool is_base64(std::string_view text) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto end = text.find_last_not_of('=');
  const std::size_t padding = text.size() - (end == std::string_view::npos ? 0 : end + 1);
  return text.size() % 4 == 0 && padding <= 2 &&
         text.substr(0, text.size() - padding).find_first_not_of(alphabet) ==
             std::string_view::npos;
}

}  // namespace

Digest sha256(base::Bytes data) {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

Digest hmac_sha256(base::Bytes key, std::string_view data) {
  return HmacSha256(key).of(base::as_bytes(data));
}

Digest pbkdf2_sha256(std::string_view password, base::Bytes salt, std::uint32_t iterations) {
  static constexpr std::array first_block{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}};
  const HmacSha256 hmac(base::as_bytes(password));
  Digest round = hmac.of(salt, first_block);
  Digest result = round;
  for (std::uint32_t i = 1; i < iterations; ++i) {
    round = hmac.of(round);
    result = exclusive_or(result, round);
  }
  return result;
}

Digest exclusive_or(const Digest& a, const Digest& b) noexcept {
  Digest result;
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = a[i] ^ b[i];
  return result;
}

bool equal_secret(base::Bytes a, base::Bytes b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64_encode(base::Bytes data) {
  std::string text((data.size() + 2) / 3 * 4, '\0');  // OpenSSL writes one zero byte behind it
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), raw(data),
                  static_cast<int>(data.size()));
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (!is_base64(text)) return std::nullopt;
  std::string data(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(data.data()),
                                   raw(base::as_bytes(text)), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.size() - (text.find_last_not_of('=') + 1);
  data.resize(static_cast<std::size_t>(size) - padding);
  return data;
}

std::string random_base64(std::size_t bytes) {
  std::string data(bytes, '\0');
  // Short requests are never interrupted and never short: getrandom(2).
  if (::getrandom(data.data(), data.size(), 0) != static_cast<ssize_t>(data.size())) {
    raise(ErrorKind::internal, "the system gives no random bytes");
  }
  return base64_encode(base::as_bytes(data));
}

std::string md5_stored(std::string_view user, std::string_view password) {
  SecretText joined = secret_text(password);
  joined.insert(joined.end(), user.begin(), user.end());
  return "md5" + md5_hex(base::as_bytes(view(joined)));
}

std::string md5_answer(std::string_view stored, base::Bytes salt) {
  SecretText joined = secret_text(stored.substr(std::string_view("md5").size()));
  const auto salt_text = base::as_text(salt);
  joined.insert(joined.end(), salt_text.begin(), salt_text.end());
  return "md5" + md5_hex(base::as_bytes(view(joined)));
}

std::string md5_password(std::string_view user, std::string_view password, base::Bytes salt) {
  std::string stored = md5_stored(user, password);
  std::string answer = md5_answer(stored, salt);
  OPENSSL_cleanse(stored.data(), stored.size());
  return answer;
}

}  // namespace iacdb::wire::postgres
