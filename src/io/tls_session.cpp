#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "iacdb/error.hpp"
#include "io/address.hpp"
#include "io/stream.hpp"
#include "io/tls.hpp"

namespace iacdb::io {
namespace {

// OpenSSL's own socket BIO writes with write(2), which may raise SIGPIPE in a program that does not
// expect it, and blocks on a blocking socket. This one does neither.

int fd_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(::BIO_get_data(bio)));
}

int moved(BIO* bio, ssize_t count, int retry_flag) {
  BIO_clear_retry_flags(bio);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    ::BIO_set_flags(bio, retry_flag | BIO_FLAGS_SHOULD_RETRY);
  }
  return static_cast<int>(count);
}

int bio_write(BIO* bio, const char* data, int size) {
  const auto count = static_cast<std::size_t>(size);
  return moved(bio, ::send(fd_of(bio), data, count, MSG_NOSIGNAL | MSG_DONTWAIT), BIO_FLAGS_WRITE);
}

int bio_read(BIO* bio, char* data, int size) {
  const auto count = static_cast<std::size_t>(size);
  return moved(bio, ::recv(fd_of(bio), data, count, MSG_DONTWAIT), BIO_FLAGS_READ);
}

long bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* make_bio(int fd) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const made = ::BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "iacdb");
    ::BIO_meth_set_write(made, bio_write);
    ::BIO_meth_set_read(made, bio_read);
    ::BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  BIO* const bio = ::BIO_new(method);
  if (bio == nullptr) raise(ErrorKind::resource, "OpenSSL has no memory for a connection");
  ::BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  ::BIO_set_init(bio, 1);
  return bio;
}

/// What went wrong with the peer's certificate, and what to do.
std::string advice_for(long verify_result, const std::string& host) {
  switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the server's certificate has expired; renew it on the server";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the server's certificate is not valid yet; check the clocks of both machines";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the server's certificate is for another host than " + host +
             "; connect by a name in the certificate, or use TLS mode verify-ca";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "the server's certificate is from an authority that is not trusted; give the "
             "authority's certificate as the TLS root file";
    case X509_V_ERR_CERT_REVOKED:
      return "the server's certificate was revoked; get a new one for the server";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return "the revocation list does not cover the server's authority, or has expired; renew "
             "the list";
    default:
      return std::string("the server's certificate was refused (") +
             ::X509_verify_cert_error_string(verify_result) + ")";
  }
}

/// What a peer's alert, or another failure of the handshake, means.
std::string advice_for_failure(unsigned long code) {
  const int why = ERR_GET_REASON(code);
  switch (why) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "the server demands a client certificate; give a certificate and key file";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return "the server refused the client certificate; use one of an authority it trusts";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "the server speaks no TLS 1.2 or newer; upgrade it";
    case SSL_R_WRONG_VERSION_NUMBER:
      return "the server does not answer in TLS; check the port";
    default:
      break;
  }
  const char* const text = ::ERR_reason_error_string(code);
  return std::string("the TLS handshake failed (") +
         (text != nullptr ? text : "the connection ended") + ")";
}

}  // namespace

TlsSession::TlsSession(const TlsContext& context, int fd, std::string peer)
    : ssl_(::SSL_new(context.get())), fd_(fd), peer_(std::move(peer)) {
  if (!ssl_) raise(ErrorKind::resource, "OpenSSL has no memory for a connection");
  BIO* const bio = make_bio(fd);
  ::SSL_set_bio(ssl_.get(), bio, bio);
  if (context.is_server()) {
    ::SSL_set_accept_state(ssl_.get());
  } else {
    ::SSL_set_connect_state(ssl_.get());
  }
  if (context.checks_host()) {
    ::SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    host_ = "?";  // Until expect_host: nothing matches, so that nothing passes unchecked.
    ::SSL_set1_host(ssl_.get(), "?");
  }
}

void TlsSession::expect_host(std::string_view host) {
  const bool checks = !host_.empty();
  host_ = host;
  if (is_ip_literal(host)) {
    if (!checks) return;
    ::SSL_set1_host(ssl_.get(), nullptr);
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl_.get()), host_.c_str());
    return;
  }
  if (host.empty() || host.front() == '/') return;
  SSL_set_tlsext_host_name(ssl_.get(), host_.c_str());
  if (checks) ::SSL_set1_host(ssl_.get(), host_.c_str());
}

void TlsSession::handshake(const Wait& wait) {
  for (;;) {
    ::ERR_clear_error();
    errno = 0;
    const int result = ::SSL_do_handshake(ssl_.get());
    if (result == 1) return;
    const int error = ::SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) raise_handshake(result);
    const auto needs = error == SSL_ERROR_WANT_READ ? Readiness::readable : Readiness::writable;
    require_ready(wait_until(fd_, needs, wait), "opening TLS");
  }
}

void TlsSession::raise_handshake(int) {
  const unsigned long code = ::ERR_peek_error();
  const long verified = ::SSL_get_verify_result(ssl_.get());
  std::string advice =
      verified != X509_V_OK ? advice_for(verified, host_) : advice_for_failure(code);
  ::ERR_clear_error();
  raise({.kind = ErrorKind::connect,
         .message = std::move(advice),
         .where = peer_,
         .breaks_connection = true});
}

std::ptrdiff_t TlsSession::judge(int result, bool writing) {
  const int error = ::SSL_get_error(ssl_.get(), result);
  Readiness& needs = writing ? write_needs_ : read_needs_;
  switch (error) {
    case SSL_ERROR_WANT_READ:
      needs = Readiness::readable;
      return Stream::would_block;
    case SSL_ERROR_WANT_WRITE:
      needs = Readiness::writable;
      return Stream::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      break;
  }
  const unsigned long code = ::ERR_peek_error();
  // A peer that goes without a close_notify is common; the protocol above notices what is missing.
  const bool ended = code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  std::string message = ended ? "the server closed the connection; look into its log, then connect "
                                "again"
                              : advice_for_failure(code);
  ::ERR_clear_error();
  if (ended && !writing) return 0;
  raise({.kind = ErrorKind::connection_lost,
         .message = std::move(message),
         .where = peer_,
         .breaks_connection = true,
         .breaks_transaction = true});
}

std::ptrdiff_t TlsSession::try_read(std::span<std::byte> into) {
  ::ERR_clear_error();
  const auto size = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
  const int got = ::SSL_read(ssl_.get(), into.data(), size);
  return got > 0 ? got : judge(got, false);
}

std::ptrdiff_t TlsSession::try_write(base::Bytes bytes) {
  if (bytes.empty()) return 0;
  ::ERR_clear_error();
  const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
  const int sent = ::SSL_write(ssl_.get(), bytes.data(), size);
  if (sent > 0) return sent;
  const std::ptrdiff_t outcome = judge(sent, true);
  if (outcome == Stream::would_block) return outcome;
  raise({.kind = ErrorKind::connection_lost,
         .message = "the server closed the connection; look into its log, then connect again",
         .where = peer_,
         .breaks_connection = true,
         .breaks_transaction = true});
}

Readiness TlsSession::real_readiness(Readiness wanted) const noexcept {
  if (wanted == Readiness::readable) return read_needs_;
  if (wanted == Readiness::writable) return write_needs_;
  return read_needs_ == write_needs_ ? read_needs_ : Readiness::either;
}

void TlsSession::notify_close() noexcept {
  if (::SSL_is_init_finished(ssl_.get()) == 1) ::SSL_shutdown(ssl_.get());
  ::ERR_clear_error();
}

std::vector<std::byte> TlsSession::server_end_point() const {
  const std::unique_ptr<X509, decltype(&::X509_free)> certificate(
      ::SSL_get1_peer_certificate(ssl_.get()), &::X509_free);
  if (!certificate) return {};
  int digest = NID_undef;
  if (::X509_get_signature_info(certificate.get(), &digest, nullptr, nullptr, nullptr) != 1) {
    return {};
  }
  // RFC 5929, 4.1: a weak hash is replaced by SHA-256; a signature without one has no binding.
  if (digest == NID_md5 || digest == NID_sha1) digest = NID_sha256;
  const EVP_MD* const algorithm = ::EVP_get_digestbynid(digest);
  if (algorithm == nullptr) return {};
  std::vector<std::byte> bytes(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  ::X509_digest(certificate.get(), algorithm, reinterpret_cast<unsigned char*>(bytes.data()),
                &size);
  bytes.resize(size);
  return bytes;
}

std::string TlsSession::version() const {
  return ::SSL_get_version(ssl_.get());
}
std::string TlsSession::cipher() const {
  return ::SSL_get_cipher_name(ssl_.get());
}

}  // namespace iacdb::io
