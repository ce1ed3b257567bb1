#pragma once
// TLS on OpenSSL 3: what a side demands (TlsContext) and one connection's session (TlsSession).
//
//   const TlsContext context = TlsContext::client(settings.tls);
//   stream.start_tls(context, "db1.example.com", wait);
//
// verify_ca checks the chain, verify_full also the host name or address; require checks the chain
// when a root file is given, as libpq does. Without a root file the system's store is trusted.
// TLS 1.2 is the least that is spoken. OpenSSL is touched only here.
// Throws: ConnectError saying which check failed and what to do; ConfigError for bad files.
// Threads: a TlsContext is safe to share; a TlsSession is for one thread at a time.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "core/connection_settings.hpp"
#include "io/wait.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace iacdb::io {

struct SslFree {
  void operator()(ssl_st* ssl) const noexcept;
  void operator()(ssl_ctx_st* context) const noexcept;
};

class TlsContext {
 public:
  static TlsContext client(const TlsSettings& settings);
  /// With `client_root_file` the client must show a certificate of that authority.
  static TlsContext server(const std::string& cert_file, const std::string& key_file,
                           const std::string& client_root_file = {});

  ssl_ctx_st* get() const noexcept { return context_.get(); }
  bool is_server() const noexcept { return is_server_; }
  bool checks_host() const noexcept { return checks_host_; }

 private:
  TlsContext() = default;
  std::unique_ptr<ssl_ctx_st, SslFree> context_;
  bool is_server_ = false;
  bool checks_host_ = false;
};

class TlsSession {
 public:
  TlsSession(const TlsContext& context, int fd, std::string peer);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// SNI, and the check of the certificate's names where the context demands it.
  void expect_host(std::string_view host);
  void handshake(const Wait& wait);

  std::ptrdiff_t try_read(std::span<std::byte> into);
  std::ptrdiff_t try_write(base::Bytes bytes);
  /// TLS may have to read in order to write, and the other way round.
  Readiness real_readiness(Readiness wanted) const noexcept;
  void notify_close() noexcept;

  /// The peer's "tls-server-end-point" channel binding (RFC 5929); empty when there is none.
  std::vector<std::byte> server_end_point() const;
  std::string version() const;  ///< "TLSv1.3"
  std::string cipher() const;

 private:
  std::ptrdiff_t judge(int result, bool writing);
  [[noreturn]] void raise_handshake(int result);

  std::unique_ptr<ssl_st, SslFree> ssl_;
  int fd_;
  std::string peer_;
  std::string host_;
  Readiness read_needs_ = Readiness::readable;
  Readiness write_needs_ = Readiness::writable;
};

}  // namespace iacdb::io
