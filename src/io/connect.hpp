#pragma once
// Making connections: TCP to the first address that answers, or a Unix socket.
//
//   Connected c = connect_tcp("db1", 5432, {}, wait);   // c.socket, c.address
//
// With several addresses each gets its share of the time left, so that a silent first one leaves
// some for the others.
// Throws: ConnectError with the last address's reason; TimeoutError.
// Threads: safe to share.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "io/address.hpp"
#include "io/file_descriptor.hpp"
#include "io/wait.hpp"

namespace iacdb::io {

/// Socket options of TCP; zero durations and counts leave the system's values.
struct TcpOptions {
  bool keepalive = true;
  std::chrono::seconds keepalive_idle{0};
  std::chrono::seconds keepalive_interval{0};
  int keepalive_count = 0;
  std::chrono::milliseconds user_timeout{0};  ///< Unacknowledged data ends the connection.
};

struct Connected {
  FileDescriptor socket;
  Address address;
};

Connected connect_tcp(std::string_view host, std::uint16_t port, const TcpOptions& options,
                      const Wait& wait);
Connected connect_unix(std::string_view path, const Wait& wait);
/// Connects again to an address that worked before: for cancelling.
FileDescriptor connect_address(const Address& address, const TcpOptions& options, const Wait& wait);

}  // namespace iacdb::io
