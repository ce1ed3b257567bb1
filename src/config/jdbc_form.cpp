// JDBC: jdbc:postgresql:// jdbc:mysql:// jdbc:mariadb:// jdbc:sqlite: jdbc:sqlserver:// and
// jdbc:oracle:thin:. Sources: the drivers' documentation.
#include "config/jdbc_form.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "config/connection_parts.hpp"
#include "config/host_text.hpp"
#include "config/problem.hpp"

namespace iacdb::config {
namespace {

constexpr std::string_view prefix = "jdbc:";

/// jdbc:sqlserver://host[\instance][:port][;name=value...]
void parse_sqlserver(std::string_view text, ConnectionParts& parts) {
  constexpr std::string_view start = "jdbc:sqlserver://";
  if (!text.starts_with(start))
    parts.refuse(0, "write jdbc:sqlserver://host:1433;databaseName=...");
  const std::size_t end = std::min(text.find(';'), text.size());
  std::string_view server = text.substr(start.size(), end - start.size());
  HostPort host;
  std::string_view instance;
  const std::size_t slash = server.find('\\');
  if (slash != std::string_view::npos) {
    const std::size_t colon = std::min(server.find(':', slash), server.size());
    instance = server.substr(slash + 1, colon - slash - 1);
    const std::string address =
        std::string(server.substr(0, slash)) + std::string(server.substr(colon));
    const auto parsed = parse_host(address);
    if (!parsed) parts.refuse(start.size(), "a port is a number from 1 to 65535");
    host = *parsed;
  } else if (!server.empty()) {
    const auto parsed = parse_host(server);
    if (!parsed) parts.refuse(start.size(), "a port is a number from 1 to 65535");
    host = *parsed;
  }
  if (!host.host.empty() || host.port != 0) parts.put_host(host, start.size());
  if (!instance.empty()) parts.put_option("instance", instance, start.size());
  if (end < text.size()) parse_ado(text.substr(end + 1), end + 1, parts);
}

/// jdbc:oracle:thin:[user/password]@[//]host:port/service, or @host:port:SID
void parse_oracle(std::string_view text, ConnectionParts& parts) {
  constexpr std::string_view start = "jdbc:oracle:thin:";
  if (!text.starts_with(start)) parts.refuse(0, "write jdbc:oracle:thin:@//host:1521/service");
  const std::string_view rest = text.substr(start.size());
  const std::size_t sign = rest.rfind('@');
  const std::string_view address = sign == std::string_view::npos ? "" : rest.substr(sign + 1);
  const bool has_sid = !address.starts_with('[') && address.find('/') == std::string_view::npos &&
                       address.find(':') != address.rfind(':');
  if (!has_sid) return parse_ez_connect(rest, start.size(), parts);
  std::string with_service(rest);
  with_service[rest.rfind(':')] = '/';
  parse_ez_connect(with_service, start.size(), parts);
}

}  // namespace

std::string_view backend_of_jdbc(std::string_view text) noexcept {
  const std::string_view rest = text.substr(prefix.size());
  return backend_of_scheme(rest.substr(0, rest.find(':')));
}

void parse_jdbc(std::string_view text, bool references, ConnectionParts& parts) {
  if (parts.backend() == "mssql") return parse_sqlserver(text, parts);
  if (parts.backend() == "oracle") return parse_oracle(text, parts);
  parse_url_form(text.substr(prefix.size()), references, parts);
}

std::string build_jdbc(const ConnectionSettings& settings) {
  const std::string& backend = settings.backend;
  if (backend == "mssql") {
    ConnectionSettings rest = settings;
    rest.hosts.clear();
    rest.options.erase("instance");
    std::string text = "jdbc:sqlserver://";
    if (settings.hosts.size() > 1) refuse_form("JDBC", "several hosts");
    const auto instance = settings.options.find("instance");
    if (!settings.hosts.empty()) {
      HostPort host = settings.hosts.front();
      if (instance != settings.options.end()) host.host += "\\" + instance->second;
      if (host.host.find(';') != std::string::npos) refuse_form("JDBC", "this host");
      text += print_host(host);
    }
    const std::string parameters = build_ado(rest);
    return parameters.empty() ? text : text + ";" + parameters;
  }
  if (backend == "oracle") return "jdbc:oracle:thin:" + build_ez_connect(settings);
  if (backend == "mongodb") refuse_form("JDBC", "MongoDB");
  std::string url = build_url_form(settings);
  if (backend == "postgres") url.replace(0, std::string_view("postgres").size(), "postgresql");
  return std::string(prefix) + url;
}

}  // namespace iacdb::config
