#pragma once
// Listener: accepts TCP connections on one loopback port.
//
//   Listener listener;                       // 127.0.0.1, a free port
//   Stream client = listener.accept(wait);   // of somebody who connected to listener.port()
//
// Throws: ConnectError, TimeoutError. Threads: one at a time.

#include <cstdint>

#include "io/stream.hpp"

namespace iacdb::io {

class Listener {
 public:
  Listener();
  std::uint16_t port() const noexcept { return port_; }
  Stream accept(const Wait& wait);

 private:
  FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

}  // namespace iacdb::io
