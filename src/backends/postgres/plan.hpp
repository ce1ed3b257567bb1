#pragma once
// Plan: everything a connection attempt needs, after settings, service file, environment and
// defaults were put together, in this order of precedence.
//
//   const Plan plan = make_plan(settings, process_environment());
//
// Throws: ConfigError naming the variable, option or file:line.
// See: PostgreSQL 15 documentation, 34.15 environment variables, 34.16 password file, 34.17
// service file.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "core/connection_settings.hpp"
#include "io/connect.hpp"
#include "wire/postgres/auth.hpp"

namespace iacdb::backends::postgres {

enum class TargetSession : std::uint8_t {
  any,
  read_write,
  read_only,
  primary,
  standby,
  prefer_standby,
};

/// Which statements are kept prepared on the server.
enum class PrepareMode : std::uint8_t { always, never };

struct Plan {
  std::vector<HostPort> hosts;  ///< Ports are filled in; a Unix socket is its whole path.
  std::string database;
  std::string username;
  base::Secret password;      ///< Empty: looked up in the password file for each host.
  std::string password_file;  ///< Empty: none.
  TlsSettings tls;            ///< mode_given false: by the kind of host.
  std::chrono::milliseconds connect_timeout{0};
  TargetSession target = TargetSession::any;
  bool shuffle_hosts = false;
  wire::postgres::ChannelBinding channel_binding = wire::postgres::ChannelBinding::prefer;
  PrepareMode prepare = PrepareMode::always;
  bool cleartext_anywhere = false;
  io::TcpOptions tcp;
  std::vector<std::pair<std::string, std::string>> startup;  ///< Besides user and database.
};

/// A variable's value; nothing when unset or empty. Tests hand in their own.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment process_environment();

Plan make_plan(const ConnectionSettings& settings, const Environment& environment);

/// Settings of one section of a service file, by libpq's keywords.
std::vector<std::pair<std::string, std::string>> read_service(const std::string& service,
                                                              const Environment& environment);

/// What a password file says about one server.
struct PasswordFound {
  base::Secret password;
  std::string problem;  ///< Why the file was not used, for the error when a password is missing.
};
PasswordFound find_password(const std::string& file, const HostPort& host,
                            const std::string& database, const std::string& username);

}  // namespace iacdb::backends::postgres
