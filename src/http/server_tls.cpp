#include "http/server_tls.hpp"

#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

namespace asio = boost::asio;

std::shared_ptr<asio::ssl::context> make_context(const config::ServeSettings& settings) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  context->use_certificate_chain_file(settings.tls_cert_file, error);
  if (error) {
    raise(ErrorFacts{.kind = ErrorKind::config,
                     .message = "serve.tls.cert_file is no readable PEM certificate",
                     .where = settings.tls_cert_file});
  }
  context->use_private_key_file(settings.tls_key_file, asio::ssl::context::pem, error);
  if (error) {
    raise(ErrorFacts{.kind = ErrorKind::config,
                     .message = "serve.tls.key_file is no readable PEM key of the certificate",
                     .where = settings.tls_key_file});
  }
  return context;
}

std::filesystem::file_time_type time_of(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::last_write_time(path, ignored);
}

}  // namespace

bool has_tls(const config::ServeSettings& settings) {
  return !settings.tls_cert_file.empty();
}

ServerTls::ServerTls(const config::ServeSettings& settings) : settings_(settings) {
  if (!has_tls(settings)) return;
  cert_time_ = time_of(settings.tls_cert_file);
  key_time_ = time_of(settings.tls_key_file);
  context_ = make_context(settings);
}

void ServerTls::reload_when_changed() noexcept {
  if (!context_) return;
  try {
    const Time cert_time = time_of(settings_.tls_cert_file);
    const Time key_time = time_of(settings_.tls_key_file);
    if (cert_time == cert_time_ && key_time == key_time_) return;
    context_ = make_context(settings_);
    cert_time_ = cert_time;
    key_time_ = key_time;
  } catch (const std::exception&) {
    // Tried again in a second; until then the old certificate serves.
  }
}

}  // namespace iacdb::http
