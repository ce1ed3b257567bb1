#include "http/access.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cctype>

#include "base/text.hpp"
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
  if (token.sha256.size() != 64 ||
      token.sha256.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
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

void Access::replace(const std::vector<config::TokenSettings>& tokens) {
  auto entries = std::make_shared<Entries>();
  for (const config::TokenSettings& token : tokens) {
    const Hash hash = token.token.empty() ? parse_hash(token) : sha256(token.token.reveal());
    entries->push_back({hash, Grant{token.name, false, token.databases}});
  }
  const std::lock_guard lock(mutex_);
  entries_ = std::move(entries);
}

std::shared_ptr<const Access::Entries> Access::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

std::shared_ptr<const Grant> Access::check(std::string_view authorization) const {
  static const auto everything = std::make_shared<const Grant>(Grant{"", true, {}});
  constexpr std::string_view scheme = "bearer ";
  const auto entries = this->entries();
  if (entries->empty()) return everything;
  if (base::lower(authorization.substr(0, scheme.size())) != scheme) return nullptr;
  const Hash given = sha256(authorization.substr(scheme.size()));
  const Grant* found = nullptr;
  for (const Entry& entry : *entries) {  // All of them: the time tells nothing.
    if (CRYPTO_memcmp(entry.hash.data(), given.data(), given.size()) == 0) found = &entry.grant;
  }
  return found ? std::shared_ptr<const Grant>(entries, found) : nullptr;
}

}  // namespace iacdb::http
