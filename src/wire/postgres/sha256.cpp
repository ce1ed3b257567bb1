#include "wire/postgres/sha256.hpp"

#include <algorithm>
#include <bit>

namespace iacdb::wire::postgres {
namespace {

// FIPS 180-4, 4.2.2: the first 32 bits of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> round_words{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// Extends the sixteen words of a block to 64 (6.2.2, step 1).
void schedule(const std::byte* block, std::array<std::uint32_t, 64>& w) noexcept {
  for (std::size_t i = 0; i < 16; ++i) w[i] = base::load_be<std::uint32_t>(block + i * 4);
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t a = w[i - 15];
    const std::uint32_t b = w[i - 2];
    const std::uint32_t s0 = std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3);
    const std::uint32_t s1 = std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
}

}  // namespace

Sha256::Sha256() noexcept
    : state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {}

void Sha256::add_block(const std::byte* block) noexcept {
  std::array<std::uint32_t, 64> w;
  schedule(block, w);
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_words[i] + w[i];
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state_[i] += added[i];
  explicit_bzero(w.data(), sizeof w);  // It may hold a password.
}

void Sha256::update(base::Bytes data) noexcept {
  while (!data.empty()) {
    const std::size_t held = size_bytes_ % 64;
    const std::size_t taken = std::min(data.size(), 64 - held);
    std::copy_n(data.begin(), taken, partial_.begin() + static_cast<std::ptrdiff_t>(held));
    size_bytes_ += taken;
    data = data.subspan(taken);
    if (held + taken == 64) add_block(partial_.data());
  }
}

std::array<std::byte, 32> Sha256::finish() noexcept {
  const std::uint64_t size_bits = size_bytes_ * 8;
  static constexpr std::array<std::byte, 64> padding{std::byte{0x80}};
  update({padding.data(), 1 + (119 - size_bytes_ % 64) % 64});
  std::array<std::byte, 8> length{};
  base::store_be(length.data(), size_bits);
  update(length);
  std::array<std::byte, 32> digest{};
  for (std::size_t i = 0; i < 8; ++i) base::store_be(digest.data() + i * 4, state_[i]);
  explicit_bzero(partial_.data(), partial_.size());
  return digest;
}

HmacSha256::HmacSha256(base::Bytes key) noexcept {
  std::array<std::byte, 64> block{};
  if (key.size() > block.size()) {
    Sha256 hash;
    hash.update(key);
    const auto digest = hash.finish();
    std::copy(digest.begin(), digest.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (auto& byte : block) byte ^= std::byte{0x36};
  inner_.update(block);
  for (auto& byte : block) byte ^= std::byte{0x36 ^ 0x5c};
  outer_.update(block);
  explicit_bzero(block.data(), block.size());
}

std::array<std::byte, 32> HmacSha256::of(base::Bytes first, base::Bytes second) const noexcept {
  Sha256 inner = inner_;
  inner.update(first);
  inner.update(second);
  Sha256 outer = outer_;
  outer.update(inner.finish());
  return outer.finish();
}

}  // namespace iacdb::wire::postgres
