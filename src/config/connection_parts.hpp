#pragma once
// ConnectionParts: what a connection string says, as the keys of a database.
//
//   ConnectionParts parts(mark, "postgres", references);
//   parts.put("username", "app", 11);
//   parts.put_parameter("sslmode", "require", 40);      // tls.mode
//   Node node = parts.take();                           // as if a file had said so
//
// Every form of connection string is parsed into this, and so goes through the same checks as a
// file. Without `references`, texts are taken literally, whatever they hold.
// Threads: one at a time.

#include <string>
#include <string_view>

#include "config/node.hpp"
#include "core/connection_settings.hpp"

namespace iacdb::config {

class ConnectionParts {
 public:
  ConnectionParts(Mark mark, std::string_view backend, bool references);

  const std::string& backend() const noexcept { return backend_; }
  /// Throws: SettingsError when the key was put before.
  void put(std::string_view path, std::string_view text, std::size_t position);
  void put_host(const HostPort& host, std::size_t position);
  /// libpq's form of several: "h1,h2" and "5432,5433", or one port for all.
  void put_host_list(std::string_view text, std::size_t position);
  void put_port_list(std::string_view text, std::size_t position);
  /// A named parameter as this kind of database calls it: a key of ours, or an option.
  void put_parameter(std::string_view name, std::string_view value, std::size_t position);
  void put_option(std::string_view name, std::string_view value, std::size_t position);
  [[noreturn]] void refuse(std::size_t position, std::string message) const;

  Node take();

 private:
  void apply_ports();

  Mark mark_;
  std::string backend_;
  bool references_;
  Node node_;
  std::vector<HostPort> hosts_;
  std::size_t hosts_position_ = 0;
  std::vector<std::uint16_t> ports_;
  std::size_t ports_position_ = 0;
};

/// Each parses one form; `text` begins behind nothing: positions count from its first byte.
void parse_url_form(std::string_view text, bool references, ConnectionParts& parts);
void parse_go_mysql(std::string_view text, ConnectionParts& parts);
void parse_keywords(std::string_view text, ConnectionParts& parts);
/// `offset` is added to positions: for text that follows something else.
void parse_ado(std::string_view text, std::size_t offset, ConnectionParts& parts);
void parse_ez_connect(std::string_view text, std::size_t offset, ConnectionParts& parts);

std::string build_url_form(const ConnectionSettings& settings);
std::string build_go_mysql(const ConnectionSettings& settings);
std::string build_keywords(const ConnectionSettings& settings);
std::string build_ado(const ConnectionSettings& settings);
std::string build_ez_connect(const ConnectionSettings& settings);
std::string build_jdbc(const ConnectionSettings& settings);

/// Any form to the keys of a database. The backend is told by the text, or by `backend`.
/// Throws: SettingsError.
Node connection_node(std::string_view text, std::string_view backend, const Mark& mark,
                     bool references);

/// The parameters that say what `settings` holds besides host, database, user and password.
std::vector<std::pair<std::string, std::string>> parameters_of(const ConnectionSettings& settings);

/// The backend of a URL scheme: "postgresql" -> "postgres"; empty when unknown.
std::string_view backend_of_scheme(std::string_view scheme) noexcept;
/// True for option names that hold a secret: those with password, secret or token in them.
bool is_secret_name(std::string_view name);
std::string_view tls_mode_name(TlsMode mode) noexcept;
[[noreturn]] void refuse_form(std::string_view form, std::string_view what);

}  // namespace iacdb::config
