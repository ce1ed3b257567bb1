#include "documents/stores/mongo/mongo_uri.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/url.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

constexpr std::uint16_t default_port = 27017;

bool is_srv(const ConnectionSettings& settings) {
  return settings.options.contains("srv");
}

/// libmongoc only warns of an option that it does not know, and goes on without it.
void check_option(const std::string& name) {
  constexpr std::array others = {
      "authmechanism", "authmechanismproperties", "authsource", "compressors",
      "journal",       "readconcernlevel",        "w",          "readpreferencetags"};
  const std::string low = base::lower(name);
  const char* text = low.c_str();
  if (mongoc_uri_option_is_int32(text) || mongoc_uri_option_is_int64(text) ||
      mongoc_uri_option_is_bool(text) || mongoc_uri_option_is_utf8(text) ||
      std::find(others.begin(), others.end(), low) != others.end()) {
    return;
  }
  raise(ErrorFacts{.kind = ErrorKind::config,
                   .message = "MongoDB connections have no option \"" + name + "\"",
                   .backend = "mongodb"});
}

std::string host_text(const HostPort& host, bool srv) {
  if (host.host.starts_with('/')) return base::percent_encode(host.host);
  std::string text = host.host.find(':') == std::string::npos ? host.host : "[" + host.host + "]";
  if (!srv) text += ":" + std::to_string(host.port == 0 ? default_port : host.port);
  return text;
}

std::string uri_text(const ConnectionSettings& settings) {
  const bool srv = is_srv(settings);
  std::string text = srv ? "mongodb+srv://" : "mongodb://";
  bool first = true;
  for (const HostPort& host : settings.hosts) {
    if (!std::exchange(first, false)) text += ',';
    text += host_text(host, srv);
  }
  if (settings.hosts.empty()) text += "localhost";
  text += '/';
  char separator = '?';
  for (const auto& [name, value] : settings.options) {
    if (name == "srv") continue;
    check_option(name);
    text += std::exchange(separator, '&');
    text += name + "=" + base::percent_encode(value, ",:");
  }
  return text;
}

void set_milliseconds(mongoc_uri_t* uri, const char* name, std::chrono::milliseconds value) {
  if (mongoc_uri_has_option(uri, name)) return;
  const auto most = std::chrono::milliseconds(INT32_MAX);
  mongoc_uri_set_option_as_int32(uri, name, static_cast<int>(std::min(value, most).count()));
}

void refuse_tls(const std::string& what) {
  raise(ErrorFacts{.kind = ErrorKind::config, .message = what, .backend = "mongodb"});
}

void check_tls(const TlsSettings& tls) {
  if (tls.mode_given && (tls.mode == TlsMode::allow || tls.mode == TlsMode::prefer)) {
    refuse_tls("MongoDB uses TLS or does not: a TLS mode of allow or prefer cannot be kept");
  }
  if (!tls.key_file.empty() && tls.key_file != tls.cert_file) {
    refuse_tls("MongoDB takes one file with certificate and key; name it as tls.cert_file alone");
  }
}

}  // namespace

bool uses_tls(const ConnectionSettings& settings) {
  return settings.tls.mode_given ? settings.tls.mode != TlsMode::disable : is_srv(settings);
}

MongoUri mongo_uri(const config::DatabaseSettings& database, const PoolOptions& pool) {
  const ConnectionSettings& settings = database.connection;
  check_tls(settings.tls);
  bson_error_t error;
  MongoUri uri(mongoc_uri_new_with_error(uri_text(settings).c_str(), &error));
  if (!uri) {
    raise(ErrorFacts{.kind = ErrorKind::config,
                     .message = "the settings of the MongoDB connection are refused",
                     .backend = "mongodb",
                     .server_message = error.message});
  }
  if (!mongoc_write_concern_is_acknowledged(mongoc_uri_get_write_concern(uri.get()))) {
    raise(ErrorFacts{.kind = ErrorKind::config,
                     .message = "w=0 is refused: a write whose reply nobody reads may be lost",
                     .backend = "mongodb"});
  }
  mongoc_uri_set_database(uri.get(), settings.database.c_str());
  if (!settings.username.empty()) {
    mongoc_uri_set_username(uri.get(), settings.username.c_str());
    if (!settings.password.empty()) {
      mongoc_uri_set_password(uri.get(), std::string(settings.password.reveal()).c_str());
    }
  }
  mongoc_uri_set_option_as_bool(uri.get(), MONGOC_URI_TLS, uses_tls(settings));
  set_milliseconds(uri.get(), MONGOC_URI_CONNECTTIMEOUTMS, settings.connect_timeout);
  set_milliseconds(uri.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS, settings.connect_timeout);
  set_milliseconds(uri.get(), MONGOC_URI_WAITQUEUETIMEOUTMS, pool.acquire_timeout);
  return uri;
}

mongoc_ssl_opt_t mongo_tls(const TlsSettings& tls) {
  mongoc_ssl_opt_t out = *mongoc_ssl_opt_get_default();
  const auto text = [](const std::string& file) { return file.empty() ? nullptr : file.c_str(); };
  out.pem_file = text(tls.cert_file);
  out.ca_file = tls.root_file == "system" ? nullptr : text(tls.root_file);
  out.crl_file = text(tls.crl_file);
  out.weak_cert_validation = tls.mode_given && tls.mode == TlsMode::require;
  out.allow_invalid_hostname =
      tls.mode_given && (tls.mode == TlsMode::require || tls.mode == TlsMode::verify_ca);
  return out;
}

}  // namespace iacdb::doc
