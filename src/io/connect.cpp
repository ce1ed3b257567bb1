#include "io/connect.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "iacdb/error.hpp"

namespace iacdb::io {
namespace {

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

void apply(int fd, const TcpOptions& options) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, options.keepalive ? 1 : 0);
  const auto set_if = [fd](int name, auto count) {
    if (count > 0) set_option(fd, IPPROTO_TCP, name, static_cast<int>(count));
  };
  set_if(TCP_KEEPIDLE, options.keepalive_idle.count());
  set_if(TCP_KEEPINTVL, options.keepalive_interval.count());
  set_if(TCP_KEEPCNT, options.keepalive_count);
  set_if(TCP_USER_TIMEOUT, options.user_timeout.count());
}

std::string advice(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "nothing listens there; is the server running, and is the port right?";
    case ENOENT:
      return "there is no such socket; is the server running, and is the folder right?";
    case EACCES:
    case EPERM:
      return "access was denied; check the socket's permissions and the firewall";
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "the host does not answer; check the address, the network and the firewall";
    default:
      return std::error_code(error, std::generic_category()).message();
  }
}

std::string place(const Address& address) {
  std::string text = address.print();
  if (address.family() == AF_UNIX) return text;
  const auto port = address.family() == AF_INET
                        ? reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port
                        : reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port;
  return (address.family() == AF_INET6 ? "[" + text + "]" : text) + ":" +
         std::to_string(ntohs(port));
}

[[noreturn]] void raise_failed(const Address& address, int error) {
  raise({.kind = ErrorKind::connect,
         .message = "cannot connect: " + advice(error),
         .native_code = error,
         .where = place(address)});
}

/// The error number of a connection attempt, or 0.
int try_connect(int fd, const Address& address, const Wait& wait) {
  int failed = 0;
  if (::connect(fd, address.get(), address.size_bytes) != 0) failed = errno;
  // A Unix socket whose backlog is full answers EAGAIN at once: the server is there, but busy.
  if (failed != EINPROGRESS && failed != EINTR) return failed;
  require_ready(wait_until(fd, Readiness::writable, wait), "connecting to " + place(address));
  int result = 0;
  socklen_t size = sizeof result;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size);
  return result;
}

FileDescriptor open_socket(const Address& address) {
  FileDescriptor fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) raise(ErrorKind::resource, "no socket; raise the limit of open files");
  return fd;
}

Wait share_of(const Wait& wait, std::size_t addresses_left) {
  if (wait.deadline.is_never() || addresses_left <= 1) return wait;
  const auto share = wait.deadline.left() / static_cast<std::int64_t>(addresses_left);
  return {base::Deadline::in(share), wait.stop};
}

}  // namespace

FileDescriptor connect_address(const Address& address, const TcpOptions& options,
                               const Wait& wait) {
  FileDescriptor fd = open_socket(address);
  if (const int error = try_connect(fd.get(), address, wait); error != 0) {
    raise_failed(address, error);
  }
  if (address.family() != AF_UNIX) apply(fd.get(), options);
  return fd;
}

Connected connect_tcp(std::string_view host, std::uint16_t port, const TcpOptions& options,
                      const Wait& wait) {
  const auto addresses = resolve(host, port, wait);
  for (std::size_t i = 0;; ++i) {
    const std::size_t left = addresses.size() - i;
    try {
      return {connect_address(addresses[i], options, share_of(wait, left)), addresses[i]};
    } catch (const Error& error) {
      if (left <= 1 || error.kind() == ErrorKind::cancelled) throw;
    }
  }
}

Connected connect_unix(std::string_view path, const Wait& wait) {
  const Address address = unix_address(path);
  return {connect_address(address, {}, wait), address};
}

}  // namespace iacdb::io
