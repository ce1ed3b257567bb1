// URLs: postgres:// mysql:// mariadb:// sqlite: sqlserver:// oracle:// mongodb:// mongodb+srv://
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/url.hpp"
#include "config/connection_parts.hpp"
#include "config/mssql_tls.hpp"
#include "config/problem.hpp"
#include "config/quantity.hpp"

namespace iacdb::config {
namespace {

void parse_sqlite(const base::Url& url, ConnectionParts& parts) {
  const bool named_host = url.has_authority && (!url.hosts.empty() || url.user);
  if (named_host) {
    parts.refuse(0,
                 "sqlite is a file and takes no host; write sqlite:file.db for a file beside you, "
                 "sqlite:///path/file.db for an absolute path");
  }
  if (url.path.empty() || url.path == "/") {
    parts.refuse(url.path_position, "no file; write sqlite:file.db or sqlite::memory:");
  }
  parts.put("database", url.path, url.path_position);
}

void parse_mongodb_parameters(const base::Url& url, ConnectionParts& parts) {
  bool any_certificate = false;
  bool any_host = false;
  bool tls = url.scheme == "mongodb+srv";
  bool tls_given = false;
  std::size_t position = 0;
  for (const base::UrlParameter& parameter : url.parameters) {
    const std::string name = base::lower(parameter.name);
    const bool yes = parameter.value == "true";
    if (name == "tls" || name == "ssl") {
      tls = yes;
      tls_given = true;
      position = parameter.position;
    } else if (name == "tlsinsecure" || name == "tlsallowinvalidcertificates") {
      any_certificate = any_certificate || yes;
    } else if (name == "tlsallowinvalidhostnames") {
      any_host = any_host || yes;
    } else {
      parts.put_parameter(parameter.name, parameter.value, parameter.position);
    }
  }
  if (!tls && !tls_given) return;
  parts.put("tls.mode",
            !tls              ? "disable"
            : any_certificate ? "require"
            : any_host        ? "verify-ca"
                              : "verify-full",
            position);
}

void parse_mssql_parameters(const base::Url& url, ConnectionParts& parts) {
  MssqlTls tls;
  for (const base::UrlParameter& parameter : url.parameters) {
    if (tls.take(parameter.name, parameter.value, parameter.position)) continue;
    parts.put_parameter(parameter.name, parameter.value, parameter.position);
  }
  tls.put(parts);
}

void parse_parameters(const base::Url& url, ConnectionParts& parts) {
  if (parts.backend() == "mongodb") return parse_mongodb_parameters(url, parts);
  if (parts.backend() == "mssql") return parse_mssql_parameters(url, parts);
  for (const base::UrlParameter& parameter : url.parameters) {
    parts.put_parameter(parameter.name, parameter.value, parameter.position);
  }
}

void parse_path(const base::Url& url, ConnectionParts& parts) {
  if (!url.has_authority) {
    parts.refuse(url.path_position, "// is missing; write " + url.scheme + "://host/database");
  }
  const std::string_view name =
      url.path.empty() ? std::string_view() : std::string_view(url.path).substr(1);
  if (name.empty()) return;
  if (parts.backend() == "mssql") {
    parts.put_option("instance", name, url.path_position + 1);
  } else {
    parts.put("database", name, url.path_position + 1);
  }
}

base::Url network_url(const ConnectionSettings& settings, std::string_view scheme) {
  base::Url url;
  url.scheme = scheme;
  url.has_authority = true;
  if (!settings.username.empty()) url.user = settings.username;
  if (!settings.password.empty()) url.password = settings.password.reveal();
  for (const HostPort& host : settings.hosts) url.hosts.push_back({host.host, host.port});
  return url;
}

void add_mongodb(const ConnectionSettings& settings, base::Url& url) {
  if (settings.options.contains("srv")) url.scheme = "mongodb+srv";
  const TlsSettings& tls = settings.tls;
  if (tls.mode_given) {
    if (tls.mode == TlsMode::allow || tls.mode == TlsMode::prefer) {
      refuse_form("a mongodb URL", "a TLS mode of allow or prefer");
    }
    url.parameters.push_back({"tls", tls.mode == TlsMode::disable ? "false" : "true"});
    if (tls.mode == TlsMode::require) url.parameters.push_back({"tlsInsecure", "true"});
    if (tls.mode == TlsMode::verify_ca) {
      url.parameters.push_back({"tlsAllowInvalidHostnames", "true"});
    }
  }
}

}  // namespace

void parse_url_form(std::string_view text, bool references, ConnectionParts& parts) {
  base::UrlProblem problem;
  const auto url = base::parse_url(text, problem, references);
  if (!url) parts.refuse(problem.position, "the URL is malformed: " + problem.message);
  if (parts.backend() == "sqlite") {
    parse_sqlite(*url, parts);
  } else {
    if (url->user && !url->user->empty()) parts.put("username", *url->user, url->user_position);
    if (url->password) parts.put("password", *url->password, url->password_position);
    for (const base::UrlHost& host : url->hosts) {
      if (host.host.empty() && host.port == 0) parts.refuse(host.position, "an empty host");
      parts.put_host({.host = host.host, .port = host.port}, host.position);
    }
    parse_path(*url, parts);
    if (url->scheme == "mongodb+srv") parts.put_option("srv", "true", 0);
  }
  parse_parameters(*url, parts);
}

std::string build_url_form(const ConnectionSettings& settings) {
  const std::string& backend = settings.backend;
  base::Url url;
  if (backend == "sqlite") {
    url.scheme = "sqlite";
    url.has_authority = settings.database.starts_with('/');
    url.path = settings.database;
  } else {
    url = network_url(settings, backend == "mssql" ? "sqlserver" : backend);
    if (backend == "mssql") {
      const auto instance = settings.options.find("instance");
      if (instance != settings.options.end()) url.path = "/" + instance->second;
      if (!settings.database.empty()) url.parameters.push_back({"database", settings.database});
      for (const auto& [name, value] : MssqlTls::parameters(settings.tls)) {
        url.parameters.push_back({name, value});
      }
    } else if (!settings.database.empty()) {
      url.path = "/" + settings.database;
    }
    if (backend == "mongodb") add_mongodb(settings, url);
  }
  for (const auto& [name, value] : parameters_of(settings)) {
    const bool native_tls = backend == "mongodb" || backend == "mssql";
    if (native_tls && name == "sslmode") continue;
    if (backend == "mongodb" && name == "srv") continue;
    if (backend == "mssql" && name == "instance") continue;
    url.parameters.push_back({name, value});
  }
  return base::print_url(url);
}

std::vector<std::pair<std::string, std::string>> parameters_of(const ConnectionSettings& settings) {
  const ConnectionSettings defaults;
  std::vector<std::pair<std::string, std::string>> result;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) result.emplace_back(name, value);
  };
  const TlsSettings& tls = settings.tls;
  if (tls.mode_given) add("sslmode", std::string(tls_mode_name(tls.mode)));
  add("sslrootcert", tls.root_file);
  add("sslcert", tls.cert_file);
  add("sslkey", tls.key_file);
  add("sslcrl", tls.crl_file);
  if (settings.connect_timeout != defaults.connect_timeout) {
    add("connect_timeout", print_duration(settings.connect_timeout.count()));
  }
  if (settings.statement_cache_size != defaults.statement_cache_size) {
    add("statement_cache_size", std::to_string(settings.statement_cache_size));
  }
  if (settings.batch_rows != defaults.batch_rows) {
    add("batch_rows", std::to_string(settings.batch_rows));
  }
  for (const auto& [name, value] : settings.options) result.emplace_back(name, value);
  return result;
}

}  // namespace iacdb::config
