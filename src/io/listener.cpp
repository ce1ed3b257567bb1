#include "io/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "iacdb/error.hpp"

namespace iacdb::io {

Listener::Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_.get(), any, size) != 0 || ::listen(socket_.get(), 16) != 0 ||
      ::getsockname(socket_.get(), any, &size) != 0) {
    raise(ErrorKind::connect, "cannot listen on a loopback port");
  }
  port_ = ntohs(address.sin_port);
}

Stream Listener::accept(const Wait& wait) {
  for (;;) {
    FileDescriptor client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client) return {std::move(client), "a client of port " + std::to_string(port_)};
    require_ready(wait_until(socket_.get(), Readiness::readable, wait), "waiting for a client");
  }
}

}  // namespace iacdb::io
