#pragma once
// Address: where to connect, and resolving names into them within a deadline.
//
//   for (const Address& address : resolve("db.example.com", 5432, wait)) ...
//
// A name is looked up by getaddrinfo on a worker of its own, because it cannot be interrupted; when
// the deadline comes first, the worker ends later by itself. Literal addresses need no worker.
// Throws: ConnectError when the name is unknown; TimeoutError.
// Limits: 64 lookups at a time in a process. Threads: safe to share.

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/wait.hpp"

namespace iacdb::io {

struct Address {
  sockaddr_storage storage{};
  socklen_t size_bytes = 0;

  int family() const noexcept { return storage.ss_family; }
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
  /// "127.0.0.1", "::1" or a socket's path.
  std::string print() const;
  /// True for 127.0.0.0/8, ::1 and Unix sockets: nobody else can listen in.
  bool is_local() const noexcept;
};

/// All addresses of a name or literal, in the system's order of preference.
std::vector<Address> resolve(std::string_view host, std::uint16_t port, const Wait& wait);

/// A Unix socket. Throws: ConfigError when the path is too long for one.
Address unix_address(std::string_view path);

/// True for "10.0.0.1", "::1" and the like.
bool is_ip_literal(std::string_view host) noexcept;

}  // namespace iacdb::io
