#pragma once
// MssqlTls: SQL Server's two words, encrypt and TrustServerCertificate, and our one mode.
//
// Source: go-mssqldb README "Connection Parameters"; Microsoft.Data.SqlClient documentation.
// Threads: one at a time.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/connection_parts.hpp"

namespace iacdb::config {

class MssqlTls {
 public:
  /// True when the parameter was one of the two.
  bool take(std::string_view name, std::string_view value, std::size_t position);
  /// Puts tls.mode when either was given.
  void put(ConnectionParts& parts) const;

  /// Throws: ConfigError for modes that the two words cannot say.
  static std::vector<std::pair<std::string, std::string>> parameters(const TlsSettings& tls);

 private:
  std::string encrypt_;
  bool trust_ = false;
  bool given_ = false;
  std::size_t position_ = 0;
};

}  // namespace iacdb::config
