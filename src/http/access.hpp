#pragma once
// Access: bearer tokens and what each may do.
//
//   const auto grant = access.check(request.authorization);        // null: answer 401
//   if (!grant->may(name, config::Access::write)) answer 403;
//
// Tokens are compared by their SHA-256 in constant time; only hashes are kept. replace() puts new
// tokens in place of the old while requests run.
// Threads: safe to share.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace iacdb::http {

struct Grant {
  std::string name;
  bool everything = false;  ///< No tokens are configured: loopback only.
  std::map<std::string, config::Access> databases;

  /// True when this grant has at least `access` on the database.
  bool may(std::string_view database, config::Access access) const;
};

class Access {
 public:
  /// Throws: ConfigError for a malformed hash.
  explicit Access(const std::vector<config::TokenSettings>& tokens) { replace(tokens); }
  /// Throws: ConfigError; the old tokens then stay.
  void replace(const std::vector<config::TokenSettings>& tokens);
  /// The grant of an Authorization header; null when it names no known token.
  std::shared_ptr<const Grant> check(std::string_view authorization) const;

 private:
  using Hash = std::array<std::uint8_t, 32>;
  struct Entry {
    Hash hash;
    Grant grant;
  };
  using Entries = std::vector<Entry>;

  std::shared_ptr<const Entries> entries() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Entries> entries_;
};

}  // namespace iacdb::http
