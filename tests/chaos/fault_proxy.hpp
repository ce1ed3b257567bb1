#pragma once
// FaultProxy: a TCP relay between a client and a server that misbehaves on demand.
//
//   FaultProxy proxy("127.0.0.1", 0, server_port);
//   connect to proxy.port(); ...
//   proxy.set(Fault::trickle);   // for the connections there are, and for new ones
//
// Threads: safe to share. One thread does all the relaying.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "descriptor.hpp"

namespace iacdb::chaos {

enum class Fault : std::uint8_t {
  none,
  cut,         ///< Every connection is reset; new ones too, after their first bytes.
  delay,       ///< Each piece is held back for a while, in both directions.
  trickle,     ///< A few bytes at a time.
  half_close,  ///< The server's direction is closed; what the client sends still arrives.
  mute,        ///< What the client sends arrives; the answers are swallowed.
  refuse,      ///< Nobody listens.
};
const char* name_of(Fault fault);

class FaultProxy {
 public:
  /// `port` 0: any.
  FaultProxy(std::string address, std::uint16_t port, std::uint16_t server_port);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::uint16_t port() const { return port_; }
  void set(Fault fault);

 private:
  struct Direction;
  struct Pair;
  void run();
  void listen();
  void accept();
  void apply(Pair& pair, Fault fault);
  void pump(Pair& pair, Fault fault);
  void receive(Pair& pair, bool from_client);
  void forward(Pair& pair, bool from_client, Fault fault);

  const std::string address_;
  const std::uint16_t server_port_;
  std::uint16_t port_;
  Descriptor listener_;
  std::vector<std::unique_ptr<Pair>> pairs_;
  std::atomic<Fault> fault_ = Fault::none;
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

}  // namespace iacdb::chaos
