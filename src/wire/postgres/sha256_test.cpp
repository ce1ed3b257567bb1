#include "wire/postgres/sha256.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

#include "wire/postgres/digest.hpp"

namespace iacdb::wire::postgres {
namespace {

std::string hex(base::Bytes bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

TEST(Sha256, AnswersTheStandardsExamples) {
  // FIPS 180-4 examples, published by NIST.
  EXPECT_EQ(hex(sha256(base::as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, AgreesWithOpenSslAtEverySizeAndSplit) {
  std::string data;
  for (int size = 0; size < 200; ++size) {
    std::array<unsigned char, 32> expected{};
    EVP_Digest(data.data(), data.size(), expected.data(), nullptr, EVP_sha256(), nullptr);
    Sha256 hash;
    const auto bytes = base::as_bytes(data);
    hash.update(bytes.first(bytes.size() / 3));
    hash.update(bytes.subspan(bytes.size() / 3));
    EXPECT_EQ(hex(hash.finish()), hex(std::as_bytes(std::span(expected)))) << size;
    data += static_cast<char>(size * 7);
  }
}

TEST(Sha256, HmacAndPbkdf2AgreeWithOpenSsl) {
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 200U}) {
    const std::string key(size, 'k');
    std::array<unsigned char, 32> expected{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(size),
         reinterpret_cast<const unsigned char*>("message"), 7, expected.data(), &length);
    EXPECT_EQ(hex(hmac_sha256(base::as_bytes(key), "message")),
              hex(std::as_bytes(std::span(expected))));
    PKCS5_PBKDF2_HMAC(key.data(), static_cast<int>(size),
                      reinterpret_cast<const unsigned char*>("salt"), 4, 100, EVP_sha256(), 32,
                      expected.data());
    EXPECT_EQ(hex(pbkdf2_sha256(key, base::as_bytes("salt"), 100)),
              hex(std::as_bytes(std::span(expected))));
  }
}

}  // namespace
}  // namespace iacdb::wire::postgres
