#pragma once
// Stream: a connected socket, plain or under TLS, whose waits end at a deadline or a stop request.
//
//   Stream stream(connect_tcp(host, port, {}, wait).socket, "db1:5432");
//   stream.write(request, {}, wait);
//   std::size_t got = stream.read(buffer, wait, Stream::Expect::reply);   // 0: the peer closed
//
// A write of two stretches is one system call. After a TimeoutError the stream stays usable for
// reading; an interrupted write() has sent an unknown part of its bytes.
// Throws: ConnectError(connection_lost) with breaks_connection; TimeoutError.
// Threads: one at a time. Cost: plain and unbounded, a read of a reply is one system call.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "io/file_descriptor.hpp"
#include "io/wait.hpp"

namespace iacdb::io {

class TlsContext;
class TlsSession;

class Stream {
 public:
  /// Whether bytes are probably there, or only after the peer has worked.
  enum class Expect : std::uint8_t { data, reply };
  static constexpr std::ptrdiff_t would_block = -1;

  Stream() noexcept;
  Stream(FileDescriptor socket, std::string peer);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  /// At least one byte, or 0 when the peer has closed.
  std::size_t read(std::span<std::byte> into, const Wait& wait, Expect expect = Expect::data);
  /// Writes everything.
  void write(base::Bytes first, base::Bytes second, const Wait& wait);

  /// Bytes moved, 0 when the peer has closed (reading only), or would_block.
  std::ptrdiff_t try_read(std::span<std::byte> into);
  std::ptrdiff_t try_write(base::Bytes first, base::Bytes second = {});
  /// For after would_block: until the same call can do something.
  Outcome wait_for(Readiness readiness, const Wait& wait);

  /// Client's handshake. `host` is sent as SNI and checked as the context demands.
  void start_tls(const TlsContext& context, std::string_view host, const Wait& wait);
  /// Server's handshake.
  void accept_tls(const TlsContext& context, const Wait& wait);
  /// Null without TLS.
  const TlsSession* tls() const noexcept { return tls_.get(); }

  bool is_open() const noexcept { return static_cast<bool>(socket_); }
  int fd() const noexcept { return socket_.get(); }
  /// Ends it at once; a TLS peer gets its close_notify when that does not block.
  void close() noexcept;

 private:
  [[noreturn]] void raise_lost(int error) const;
  std::ptrdiff_t receive(std::span<std::byte> into, int flags);

  FileDescriptor socket_;
  std::string peer_;
  std::unique_ptr<TlsSession> tls_;
};

}  // namespace iacdb::io
