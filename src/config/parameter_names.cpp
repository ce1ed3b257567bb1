#include "config/parameter_names.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"
#include "config/key.hpp"

namespace iacdb::config {
namespace {

struct UrlName {
  std::string name;
  std::string path;
};

void collect(const Section& section, const std::string& prefix, std::vector<UrlName>& names) {
  for (const Key& key : section.keys) {
    const std::string path = prefix + std::string(key.name);
    if (key.type == KeyType::section) collect(*key.section, path + ".", names);
    if (!key.url_parameter.empty()) names.push_back({std::string(key.url_parameter), path});
  }
}

const std::vector<UrlName>& url_names() {
  static const std::vector<UrlName> names = [] {
    std::vector<UrlName> result;
    collect(database_section(), "", result);
    return result;
  }();
  return names;
}

enum class Meaning : std::uint8_t {
  as_is,
  milliseconds,
  mysql_ssl_mode,  ///< REQUIRED, VERIFY_CA ...
  go_tls,          ///< true, false, skip-verify, preferred
  use_tls,         ///< true: verify-full; false: disable
  ssl_true,        ///< pgjdbc's ssl=true: verify-full
  nothing,
};

struct Synonym {
  std::string_view backend;  ///< Empty: all.
  std::string_view name;     ///< Compared without case.
  std::string_view path;
  Meaning meaning = Meaning::as_is;
};

constexpr std::array<Synonym, 53> synonyms = {{
    {"mysql", "ssl-mode", "tls.mode", Meaning::mysql_ssl_mode},
    {"mysql", "ssl_mode", "tls.mode", Meaning::mysql_ssl_mode},
    {"mysql", "tls", "tls.mode", Meaning::go_tls},
    {"mysql", "usessl", "tls.mode", Meaning::go_tls},
    {"mysql", "ssl-ca", "tls.root_file", Meaning::as_is},
    {"mysql", "ssl-cert", "tls.cert_file", Meaning::as_is},
    {"mysql", "ssl-key", "tls.key_file", Meaning::as_is},
    {"mysql", "ssl-crl", "tls.crl_file", Meaning::as_is},
    {"mysql", "timeout", "connect_timeout", Meaning::as_is},
    {"mysql", "connecttimeout", "connect_timeout", Meaning::milliseconds},
    {"mysql", "socket", "host", Meaning::as_is},
    {"mysql", "unix_socket", "host", Meaning::as_is},
    {"mysql", "characterencoding", "", Meaning::nothing},
    // What only go-sql-driver knows; our reading of values does not depend on it.
    {"mysql", "charset", "", Meaning::nothing},
    {"mysql", "collation", "", Meaning::nothing},
    {"mysql", "parsetime", "", Meaning::nothing},
    {"mysql", "loc", "", Meaning::nothing},
    {"mysql", "allownativepasswords", "", Meaning::nothing},
    {"mysql", "allowoldpasswords", "", Meaning::nothing},
    {"mysql", "checkconnliveness", "", Meaning::nothing},
    {"mysql", "clientfoundrows", "", Meaning::nothing},
    {"mysql", "columnswithalias", "", Meaning::nothing},
    {"mysql", "interpolateparams", "", Meaning::nothing},
    {"mysql", "maxallowedpacket", "", Meaning::nothing},
    {"mysql", "multistatements", "", Meaning::nothing},
    {"mysql", "readtimeout", "", Meaning::nothing},
    {"mysql", "writetimeout", "", Meaning::nothing},
    {"mysql", "rejectreadonly", "", Meaning::nothing},
    {"mysql", "allowpublickeyretrieval", "", Meaning::nothing},
    {"mysql", "servertimezone", "", Meaning::nothing},
    {"mysql", "useunicode", "", Meaning::nothing},
    {"postgres", "ssl", "tls.mode", Meaning::ssl_true},
    {"postgres", "applicationname", "options.application_name", Meaning::as_is},
    {"postgres", "currentschema", "options.search_path", Meaning::as_is},
    {"postgres", "client_encoding", "", Meaning::nothing},  // It is UTF-8, always.
    {"postgres", "connecttimeout", "connect_timeout", Meaning::as_is},
    {"mongodb", "tls", "tls.mode", Meaning::use_tls},
    {"mongodb", "ssl", "tls.mode", Meaning::use_tls},
    {"mongodb", "tlscafile", "tls.root_file", Meaning::as_is},
    {"mongodb", "tlscertificatekeyfile", "tls.cert_file", Meaning::as_is},
    {"mongodb", "tlscrlfile", "tls.crl_file", Meaning::as_is},
    {"mongodb", "connecttimeoutms", "connect_timeout", Meaning::milliseconds},
    {"mongodb", "maxpoolsize", "pool.open_max", Meaning::as_is},
    {"mongodb", "minpoolsize", "pool.warm", Meaning::as_is},
    {"mongodb", "maxidletimems", "pool.idle_timeout", Meaning::milliseconds},
    {"mongodb", "waitqueuetimeoutms", "pool.acquire_timeout", Meaning::milliseconds},
    {"mssql", "database", "database", Meaning::as_is},
    {"mssql", "connection timeout", "connect_timeout", Meaning::as_is},
    {"mssql", "connect timeout", "connect_timeout", Meaning::as_is},
    {"mssql", "dial timeout", "connect_timeout", Meaning::as_is},
    {"mssql", "certificate", "tls.root_file", Meaning::as_is},
    {"oracle", "ssl", "tls.mode", Meaning::use_tls},
    {"oracle", "connection timeout", "connect_timeout", Meaning::as_is},
}};

std::string_view mysql_ssl_mode(std::string_view value) {
  const std::string low = base::lower(value);
  if (low == "disabled") return "disable";
  if (low == "preferred") return "prefer";
  if (low == "required") return "require";
  if (low == "verify_ca") return "verify-ca";
  if (low == "verify_identity") return "verify-full";
  return {};
}

std::string_view go_tls(std::string_view value) {
  if (value == "true") return "verify-full";
  if (value == "false") return "disable";
  if (value == "skip-verify") return "require";
  if (value == "preferred") return "prefer";
  return {};
}

TranslatedParameter mode(std::string_view name) {
  if (name.empty()) return {refused_parameter, ""};
  return {"tls.mode", std::string(name)};
}

TranslatedParameter apply(const Synonym& synonym, std::string_view value) {
  const bool yes = value == "true" || value == "1" || value == "enable";
  switch (synonym.meaning) {
    case Meaning::nothing:
      return {ignored_parameter, ""};
    case Meaning::milliseconds:
      return {synonym.path, std::string(value) + "ms"};
    case Meaning::mysql_ssl_mode:
      return mode(mysql_ssl_mode(value));
    case Meaning::go_tls:
      return mode(go_tls(value));
    case Meaning::use_tls:
    case Meaning::ssl_true:
      return mode(yes ? "verify-full" : "disable");
    case Meaning::as_is:
      break;
  }
  return {synonym.path, std::string(value)};
}

}  // namespace

std::string_view path_of_url_parameter(std::string_view name) {
  for (const UrlName& known : url_names()) {
    if (known.name == name) return known.path;
  }
  return {};
}

std::string_view url_parameter_of_path(std::string_view path) {
  for (const UrlName& known : url_names()) {
    if (known.path == path) return known.name;
  }
  return {};
}

TranslatedParameter translate_parameter(std::string_view backend, std::string_view name,
                                        std::string_view value) {
  if (const std::string_view path = path_of_url_parameter(name); !path.empty()) {
    return {path, std::string(value)};
  }
  // Connector/J's sslMode takes MySQL's names, ours those of libpq.
  if (backend == "mysql" && name == "sslMode") return mode(mysql_ssl_mode(value));
  for (const Synonym& synonym : synonyms) {
    if (synonym.backend == backend && base::equals_ignoring_case(synonym.name, name)) {
      return apply(synonym, value);
    }
  }
  return {"", std::string(value)};
}

std::string_view near_parameter(std::string_view name) {
  constexpr std::size_t long_name_bytes = 8;
  const std::size_t slips_max = name.size() >= long_name_bytes ? 2 : 1;
  if (name.size() < 4) return {};
  for (const UrlName& known : url_names()) {
    if (base::edit_distance(base::lower(name), known.name) <= slips_max) return known.name;
  }
  return {};
}

}  // namespace iacdb::config
