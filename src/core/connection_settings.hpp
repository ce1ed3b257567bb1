#pragma once
// ConnectionSettings: everything needed to connect to one database, already checked and resolved.
//
// config/ makes it from files, variables and URLs; a backend reads it. It names no source any more.
// Threads: plain value.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/secret.hpp"

namespace iacdb {

/// How TLS is used, named as libpq names it.
enum class TlsMode : std::uint8_t {
  disable,
  allow,        ///< Plain first, TLS when the server insists.
  prefer,       ///< TLS first, plain when the server has none.
  require,      ///< TLS, certificate not checked (checked when a root file is given, as libpq).
  verify_ca,    ///< The certificate's chain is checked.
  verify_full,  ///< Chain and host name are checked.
};

struct TlsSettings {
  /// The default checks nothing less than what was asked for: loopback and Unix sockets need none.
  TlsMode mode = TlsMode::prefer;
  bool mode_given = false;  ///< False: the backend's default for the host applies.
  std::string root_file;    ///< CA certificates, PEM; "system" means the system's store.
  std::string cert_file;
  std::string key_file;
  std::string crl_file;
  bool operator==(const TlsSettings&) const = default;
};

struct HostPort {
  std::string host;        ///< Name, address, or for a Unix socket an absolute path.
  std::uint16_t port = 0;  ///< 0: the backend's default.
  bool operator==(const HostPort&) const = default;
};

struct ConnectionSettings {
  std::string backend;  ///< "sqlite", "postgres", "mysql"
  std::vector<HostPort> hosts;
  std::string database;  ///< A name; for sqlite the file, or ":memory:".
  std::string username;
  base::Secret password;
  TlsSettings tls;
  std::chrono::milliseconds connect_timeout{30'000};
  /// Backend options by name, each known to the backend (see Backend::options), e.g.
  /// application_name, target_session_attrs, busy_timeout_ms, search_path.
  std::map<std::string, std::string> options;
  std::uint32_t statement_cache_size = 256;
  std::uint32_t batch_rows = 256;
  bool operator==(const ConnectionSettings&) const = default;
};

}  // namespace iacdb
