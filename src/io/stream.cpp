#include "io/stream.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "iacdb/error.hpp"
#include "io/tls.hpp"

namespace iacdb::io {
namespace {

bool is_would_block(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK;
}

/// Blocking, so that an unbounded read is one call; every other call says MSG_DONTWAIT.
void make_blocking(int fd) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

iovec to_iovec(base::Bytes bytes) noexcept {
  return {const_cast<std::byte*>(bytes.data()), bytes.size()};
}

constexpr int send_flags = MSG_NOSIGNAL | MSG_DONTWAIT;

ssize_t send_both(int fd, base::Bytes first, base::Bytes second) noexcept {
  std::array<iovec, 2> parts{to_iovec(first), to_iovec(second)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(fd, &message, send_flags);
}

void drop_front(base::Bytes& first, base::Bytes& second, std::size_t count) noexcept {
  const std::size_t from_first = std::min(count, first.size());
  first = first.subspan(from_first);
  second = second.subspan(count - from_first);
}

}  // namespace

Stream::Stream() noexcept = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() {
  close();
}

Stream::Stream(FileDescriptor socket, std::string peer)
    : socket_(std::move(socket)), peer_(std::move(peer)) {
  make_blocking(socket_.get());
}

void Stream::close() noexcept {
  if (tls_) tls_->notify_close();
  tls_.reset();
  socket_.reset();
}

void Stream::raise_lost(int error) const {
  const bool ended = error == 0 || error == EPIPE || error == ECONNRESET;
  raise({.kind = ErrorKind::connection_lost,
         .message = ended
                        ? "the server closed the connection; look into its log, then connect again"
                        : "the connection broke (" +
                              std::error_code(error, std::generic_category()).message() +
                              "); check the network, then connect again",
         .native_code = error,
         .where = peer_,
         .breaks_connection = true,
         .breaks_transaction = true});
}

std::ptrdiff_t Stream::receive(std::span<std::byte> into, int flags) {
  for (;;) {
    const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), flags);
    if (got >= 0) return got;
    if (is_would_block(errno)) return would_block;
    if (errno == ECONNRESET) return 0;
    if (errno != EINTR) raise_lost(errno);
  }
}

std::ptrdiff_t Stream::try_read(std::span<std::byte> into) {
  return tls_ ? tls_->try_read(into) : receive(into, MSG_DONTWAIT);
}

std::ptrdiff_t Stream::try_write(base::Bytes first, base::Bytes second) {
  if (tls_) return tls_->try_write(first.empty() ? second : first);
  for (;;) {
    const ssize_t sent = second.empty()
                             ? ::send(socket_.get(), first.data(), first.size(), send_flags)
                             : send_both(socket_.get(), first, second);
    if (sent >= 0) [[likely]]
      return sent;
    if (is_would_block(errno)) return would_block;
    if (errno != EINTR) raise_lost(errno);
  }
}

Outcome Stream::wait_for(Readiness readiness, const Wait& wait) {
  if (tls_) readiness = tls_->real_readiness(readiness);
  return wait_until(socket_.get(), readiness, wait);
}

std::size_t Stream::read(std::span<std::byte> into, const Wait& wait, Expect expect) {
  if (!tls_ && wait.is_unbounded()) {
    const std::ptrdiff_t got = receive(into, 0);
    if (got != would_block) return static_cast<std::size_t>(got);
  }
  bool try_first = tls_ != nullptr || expect == Expect::data;
  for (;; try_first = true) {
    if (try_first) {
      const std::ptrdiff_t got = try_read(into);
      if (got != would_block) return static_cast<std::size_t>(got);
    }
    require_ready(wait_for(Readiness::readable, wait), "waiting for the server");
  }
}

void Stream::write(base::Bytes first, base::Bytes second, const Wait& wait) {
  while (!first.empty() || !second.empty()) {
    const std::ptrdiff_t sent = try_write(first, second);
    if (sent != would_block) {
      drop_front(first, second, static_cast<std::size_t>(sent));
    } else {
      require_ready(wait_for(Readiness::writable, wait), "sending to the server");
    }
  }
}

void Stream::start_tls(const TlsContext& context, std::string_view host, const Wait& wait) {
  tls_ = std::make_unique<TlsSession>(context, socket_.get(), peer_);
  tls_->expect_host(host);
  tls_->handshake(wait);
}

void Stream::accept_tls(const TlsContext& context, const Wait& wait) {
  tls_ = std::make_unique<TlsSession>(context, socket_.get(), peer_);
  tls_->handshake(wait);
}

}  // namespace iacdb::io
