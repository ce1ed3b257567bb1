#pragma once
// Connection strings in the forms that users of each database know: parsed to settings and built.
//
//   auto settings = config::parse_url("postgres://app:p%40ss@db1:5432,db2/shop?pool_max=20");
//   auto legacy = config::parse_connection_string("u:p@tcp(db:3306)/shop?parseTime=true", "mysql");
//   std::string text = config::build_connection_string(settings.connection, ConnectionForm::url);
//
// Throws: ConfigError whose where() names the position; the text is never quoted, because it holds
// the password.

#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace iacdb::config {

/// The spellings in use. One database kind has one to four of them.
enum class ConnectionForm : std::uint8_t {
  url,         ///< postgres:// mysql:// mariadb:// sqlite: sqlserver:// oracle:// mongodb://
  go_mysql,    ///< user:pass@tcp(host:3306)/db?parseTime=true
  keywords,    ///< libpq: host=... password='it''s'
  ado,         ///< server=...;user id=...;password=...
  ez_connect,  ///< user/pass@host:1521/service
  jdbc,        ///< jdbc:postgresql://host/db?user=...
};

/// A URL and nothing else: ${...} is not resolved, so that a URL from outside cannot run anything.
DatabaseSettings parse_url(std::string_view url);

struct ParseOptions {
  /// Resolve ${env:X}, ${file:X} and ${cmd:X} in the parts, after they were taken apart: for text
  /// that the user of this program typed, such as --url.
  bool references = false;
};

/// Any form: told by how it begins; `backend` decides where that leaves a choice, "" guesses.
DatabaseSettings parse_connection_string(std::string_view text, std::string_view backend = "",
                                         ParseOptions options = {});

/// The text that parses to the same settings, password included: show it to nobody.
/// Throws: ConfigError when the form cannot express them.
std::string build_connection_string(const ConnectionSettings& settings,
                                    ConnectionForm form = ConnectionForm::url);

/// The same with *** for the password: for messages and lists. Never throws; falls back to
/// "backend:database".
std::string masked_url(const ConnectionSettings& settings);

}  // namespace iacdb::config
