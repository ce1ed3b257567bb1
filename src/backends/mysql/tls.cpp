// What Connector/C 3.3 does, seen by trying: a CA given means that the chain is checked; with
// MYSQL_OPT_SSL_VERIFY_SERVER_CERT the name is checked too; without a CA and without that option
// nothing is checked. MYSQL_OPT_SSL_ENFORCE refuses a server without TLS.

#include "backends/mysql/tls.hpp"

#include <openssl/x509.h>

#include "iacdb/error.hpp"

namespace iacdb::mysql {
namespace {

void set_flag(MYSQL* handle, mysql_option option, bool value) {
  const my_bool flag = value ? 1 : 0;
  ::mysql_optionsv(handle, option, &flag);
}

void set_file(MYSQL* handle, mysql_option option, const std::string& path) {
  if (!path.empty()) ::mysql_optionsv(handle, option, path.c_str());
}

[[noreturn]] void raise_config(std::string message) {
  ErrorFacts facts;
  facts.kind = ErrorKind::config;
  facts.backend = "mysql";
  facts.message = std::move(message);
  raise(std::move(facts));
}

}  // namespace

bool is_local(const HostPort& host) noexcept {
  return host.host.empty() || host.host.front() == '/' || host.host == "localhost" ||
         host.host == "::1" || host.host.starts_with("127.");
}

TlsMode effective_mode(const ConnectionSettings& settings, const HostPort& host) {
  if (!host.host.empty() && host.host.front() == '/') return TlsMode::disable;
  if (settings.tls.mode_given) return settings.tls.mode;
  return is_local(host) ? TlsMode::disable : TlsMode::prefer;
}

void apply_tls(MYSQL* handle, const TlsSettings& tls, TlsMode mode) {
  if (mode == TlsMode::disable) return;
  const bool checked = mode == TlsMode::verify_ca || mode == TlsMode::verify_full;
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    raise_config("a TLS client certificate needs both cert_file and key_file");
  }
  set_flag(handle, MYSQL_OPT_SSL_ENFORCE, true);
  set_flag(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, mode == TlsMode::verify_full);
  if (tls.root_file == "system" || (checked && tls.root_file.empty())) {
    ::mysql_optionsv(handle, MYSQL_OPT_SSL_CAPATH, ::X509_get_default_cert_dir());
  } else {
    set_file(handle, MYSQL_OPT_SSL_CA, tls.root_file);
  }
  set_file(handle, MYSQL_OPT_SSL_CERT, tls.cert_file);
  set_file(handle, MYSQL_OPT_SSL_KEY, tls.key_file);
  set_file(handle, MYSQL_OPT_SSL_CRL, tls.crl_file);
}

}  // namespace iacdb::mysql
