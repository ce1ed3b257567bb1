#include "http/access.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cctype>

#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

using Hash = std::array<std::uint8_t, 32>;

Hash sha256(std::string_view text) {
  Hash hash{};
  EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  return hash;
}

Hash parse_hash(const config::TokenSettings& token) {
  Hash hash{};
  const auto digit = [](char c) {
    const int lower = std::tolower(static_cast<unsigned char>(c));
    return lower <= '9' ? lower - '0' : lower - 'a' + 10;
  };
  if (token.sha256.size() != 64) {
    raise(ErrorKind::config,
          "serve.tokens: the sha256 of token \"" + token.name + "\" is not 64 hexadecimal digits");
  }
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash[i] =
        static_cast<std::uint8_t>(digit(token.sha256[2 * i]) << 4 | digit(token.sha256[2 * i + 1]));
  }
  return hash;
}

}  // namespace

bool Grant::may(std::string_view database, config::Access access) const {
  if (everything) return true;
  for (const std::string_view key : {database, std::string_view("*")}) {
    const auto found = databases.find(std::string(key));
    if (found != databases.end()) {
      return found->second == config::Access::write || access == config::Access::read;
    }
  }
  return false;
}

Access::Access(const std::vector<config::TokenSettings>& tokens) {
  for (const config::TokenSettings& token : tokens) {
    const Hash hash = token.token.empty() ? parse_hash(token) : sha256(token.token.reveal());
    entries_.push_back({hash, Grant{token.name, false, token.databases}});
  }
}

const Grant* Access::check(std::string_view authorization) const {
  if (entries_.empty()) return &open_;
  constexpr std::string_view scheme = "Bearer ";
  if (!authorization.starts_with(scheme)) return nullptr;
  const Hash given = sha256(authorization.substr(scheme.size()));
  const Grant* found = nullptr;
  for (const Entry& entry : entries_) {  // All of them: the time tells nothing.
    if (CRYPTO_memcmp(entry.hash.data(), given.data(), given.size()) == 0) found = &entry.grant;
  }
  return found;
}

}  // namespace iacdb::http
