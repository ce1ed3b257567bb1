#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <filesystem>

#include "iacdb/error.hpp"
#include "io/tls.hpp"

namespace iacdb::io {

void SslFree::operator()(ssl_st* ssl) const noexcept {
  ::SSL_free(ssl);
}
void SslFree::operator()(ssl_ctx_st* context) const noexcept {
  ::SSL_CTX_free(context);
}

namespace {

/// OpenSSL's own words for the error that happened first.
std::string reason() {
  const unsigned long code = ::ERR_peek_error();
  const char* const text = ::ERR_reason_error_string(code);
  ::ERR_clear_error();
  return text != nullptr ? text : "unknown reason";
}

[[noreturn]] void raise_file(std::string_view what, const std::string& file) {
  raise({.kind = ErrorKind::config,
         .message = "the " + std::string(what) + " file cannot be used (" + reason() +
                    "); it must be readable and in PEM format",
         .where = file});
}

/// A key that others can read is no secret; root's keys may be readable by a group, as in libpq.
void require_private(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto permissions = fs::status(file, error).permissions();
  if (error) return;  // Reading it tells why.
  const auto refused = fs::perms::group_write | fs::perms::group_exec | fs::perms::others_all;
  if ((permissions & refused) == fs::perms::none) return;
  raise({.kind = ErrorKind::config,
         .message = "the private key file is open to others; run: chmod 600 <file>",
         .where = file});
}

void use_certificate(ssl_ctx_st* context, const std::string& cert, const std::string& key) {
  if (::SSL_CTX_use_certificate_chain_file(context, cert.c_str()) != 1) {
    raise_file("certificate", cert);
  }
  require_private(key);
  if (::SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    raise_file("private key", key);
  }
  if (::SSL_CTX_check_private_key(context) != 1) {
    raise({.kind = ErrorKind::config,
           .message = "the private key does not belong to the certificate",
           .where = key});
  }
}

void trust(ssl_ctx_st* context, const TlsSettings& settings) {
  if (settings.root_file.empty() || settings.root_file == "system") {
    ::SSL_CTX_set_default_verify_paths(context);
  } else if (::SSL_CTX_load_verify_locations(context, settings.root_file.c_str(), nullptr) != 1) {
    raise_file("root certificate", settings.root_file);
  }
  if (settings.crl_file.empty()) return;
  X509_STORE* const store = ::SSL_CTX_get_cert_store(context);
  if (::X509_STORE_load_locations(store, settings.crl_file.c_str(), nullptr) != 1) {
    raise_file("revocation list", settings.crl_file);
  }
  ::X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

bool checks_chain(const TlsSettings& settings) noexcept {
  if (settings.mode >= TlsMode::verify_ca) return true;
  return settings.mode == TlsMode::require && !settings.root_file.empty();
}

ssl_ctx_st* make_context(const SSL_METHOD* method) {
  ssl_ctx_st* const context = ::SSL_CTX_new(method);
  if (context == nullptr) raise(ErrorKind::resource, "OpenSSL cannot start: " + reason());
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace

TlsContext TlsContext::client(const TlsSettings& settings) {
  TlsContext result;
  ::ERR_clear_error();
  result.context_.reset(make_context(::TLS_client_method()));
  result.checks_host_ = settings.mode == TlsMode::verify_full ||
                        (settings.root_file == "system" && settings.mode >= TlsMode::require);
  ssl_ctx_st* const context = result.context_.get();
  if (checks_chain(settings)) {
    trust(context, settings);
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  } else {
    ::SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  }
  if (settings.cert_file.empty() != settings.key_file.empty()) {
    raise(ErrorKind::config, "a client certificate needs both the certificate and the key file");
  }
  if (!settings.cert_file.empty()) {
    use_certificate(context, settings.cert_file, settings.key_file);
  }
  return result;
}

TlsContext TlsContext::server(const std::string& cert_file, const std::string& key_file,
                              const std::string& client_root_file) {
  TlsContext result;
  ::ERR_clear_error();
  result.is_server_ = true;
  result.context_.reset(make_context(::TLS_server_method()));
  use_certificate(result.context_.get(), cert_file, key_file);
  if (!client_root_file.empty()) {
    TlsSettings clients;
    clients.root_file = client_root_file;
    trust(result.context_.get(), clients);
    ::SSL_CTX_set_verify(result.context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                         nullptr);
  }
  return result;
}

}  // namespace iacdb::io
