#pragma once
// Access: bearer tokens and what each may do.
//
//   const Grant* grant = access.check(request.authorization);      // null: answer 401
//   if (!grant->may(name, config::Access::write)) answer 403;
//
// Tokens are compared by their SHA-256 in constant time; only hashes are kept.
// Threads: safe to share once made.

#include <array>
#include <cstdint>
#include <map>
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
  explicit Access(const std::vector<config::TokenSettings>& tokens);
  bool is_open() const noexcept { return entries_.empty(); }
  /// The grant of an Authorization header; null when it names no known token.
  const Grant* check(std::string_view authorization) const;

 private:
  using Hash = std::array<std::uint8_t, 32>;
  struct Entry {
    Hash hash;
    Grant grant;
  };
  std::vector<Entry> entries_;
  Grant open_{"", true, {}};
};

}  // namespace iacdb::http
