#include "fault_proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <stdexcept>

namespace iacdb::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto tick = 2ms;
constexpr auto hold = 60ms;
constexpr std::size_t trickle_bytes = 7;
constexpr std::size_t held_bytes_max = 1024 * 1024;

sockaddr_in address_of(const std::string& text, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  return address;
}

Descriptor new_socket() {
  return Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// Closes with a reset, as a firewall or a dying host does.
void reset(Descriptor& socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket = Descriptor();
}

}  // namespace

const char* name_of(Fault fault) {
  constexpr std::array names{"none", "cut", "delay", "trickle", "half-close", "mute", "refuse"};
  return names[static_cast<std::size_t>(fault)];
}

/// What travels one way.
struct FaultProxy::Direction {
  struct Piece {
    std::string bytes;
    Clock::time_point due;
  };
  std::deque<Piece> held;
  std::size_t held_bytes = 0;
  bool has_ended = false;  ///< The sender has closed its side.
  bool is_closed = false;  ///< So have we, on the other side.
};

struct FaultProxy::Pair {
  Descriptor client;
  Descriptor server;
  Direction up;    ///< From the client.
  Direction down;  ///< From the server.
  bool is_dead = false;
};

FaultProxy::FaultProxy(std::string address, std::uint16_t port, std::uint16_t server_port)
    : address_(std::move(address)), server_port_(server_port), port_(port) {
  listen();
  if (listener_.get() < 0) throw std::runtime_error("the fault proxy cannot listen");
  thread_ = std::thread([this] { run(); });
}

FaultProxy::~FaultProxy() {
  ends_ = true;
  thread_.join();
}

void FaultProxy::set(Fault fault) {
  fault_ = fault;
}

void FaultProxy::listen() {
  Descriptor socket = new_socket();
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = address_of(address_, port_);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
  if (::listen(socket.get(), 128) != 0) return;
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  listener_ = std::move(socket);
}

void FaultProxy::run() {
  while (!ends_) {
    const Fault fault = fault_;
    if (fault == Fault::refuse) {
      listener_ = Descriptor();
      for (auto& pair : pairs_) reset(pair->client);
      pairs_.clear();
      std::this_thread::sleep_for(tick);
      continue;
    }
    if (listener_.get() < 0) listen();
    std::vector<pollfd> polled{{listener_.get(), POLLIN, 0}};
    for (const auto& pair : pairs_) {
      // What has ended stays readable: it must not wake the loop all the time.
      const auto wanted = [](const Direction& way) {
        return way.has_ended || way.held_bytes > held_bytes_max ? 0 : POLLIN;
      };
      polled.push_back({pair->client.get(), static_cast<short>(wanted(pair->up)), 0});
      polled.push_back({pair->server.get(), static_cast<short>(wanted(pair->down)), 0});
    }
    const bool has_held = std::any_of(pairs_.begin(), pairs_.end(), [](const auto& pair) {
      return !pair->up.held.empty() || !pair->down.held.empty();
    });
    ::poll(polled.data(), polled.size(), has_held ? 2 : 20);
    accept();
    for (auto& pair : pairs_) pump(*pair, fault);
    std::erase_if(pairs_, [](const auto& pair) { return pair->is_dead; });
  }
}

void FaultProxy::accept() {
  for (;;) {
    Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client.get() < 0) return;
    Descriptor server = new_socket();
    const sockaddr_in address = address_of("127.0.0.1", server_port_);
    const int on = 1;
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(server.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS) {
      reset(client);
      continue;
    }
    auto pair = std::make_unique<Pair>();
    pair->client = std::move(client);
    pair->server = std::move(server);
    pairs_.push_back(std::move(pair));
  }
}

void FaultProxy::apply(Pair& pair, Fault fault) {
  if (fault == Fault::cut && (pair.up.held_bytes > 0 || pair.down.held_bytes > 0)) {
    reset(pair.client);
    reset(pair.server);
    pair.is_dead = true;
  } else if (fault == Fault::half_close && !pair.down.is_closed) {
    ::shutdown(pair.client.get(), SHUT_WR);
    pair.down.is_closed = true;
  } else if (fault == Fault::mute) {
    pair.down.held.clear();
    pair.down.held_bytes = 0;
  }
}

void FaultProxy::pump(Pair& pair, Fault fault) {
  receive(pair, true);
  receive(pair, false);
  if (pair.is_dead) return;
  apply(pair, fault);
  if (pair.is_dead) return;
  forward(pair, true, fault);
  if (!pair.is_dead) forward(pair, false, fault);
}

void FaultProxy::receive(Pair& pair, bool from_client) {
  Direction& way = from_client ? pair.up : pair.down;
  const int from = from_client ? pair.client.get() : pair.server.get();
  std::array<char, 16 * 1024> bytes;
  while (!way.has_ended && way.held_bytes <= held_bytes_max) {
    const ssize_t got = ::recv(from, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      way.held.push_back(
          {std::string(bytes.data(), static_cast<std::size_t>(got)), Clock::now() + hold});
      way.held_bytes += static_cast<std::size_t>(got);
      continue;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN)) return;
    if (got < 0) {  // Reset, or nobody listens: so is the other side.
      reset(pair.client);
      reset(pair.server);
      pair.is_dead = true;
      return;
    }
    way.has_ended = true;
  }
}

void FaultProxy::forward(Pair& pair, bool from_client, Fault fault) {
  Direction& way = from_client ? pair.up : pair.down;
  const int to = from_client ? pair.server.get() : pair.client.get();
  const auto now = Clock::now();
  while (!way.held.empty()) {
    Direction::Piece& piece = way.held.front();
    if (fault == Fault::delay && piece.due > now) return;
    const std::size_t size =
        fault == Fault::trickle ? std::min(trickle_bytes, piece.bytes.size()) : piece.bytes.size();
    if (!way.is_closed) {
      const ssize_t put = ::send(to, piece.bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (put < 0 && (errno == EAGAIN || errno == ENOTCONN)) return;
      if (put < 0) {
        way.is_closed = true;
        continue;
      }
      piece.bytes.erase(0, static_cast<std::size_t>(put));
      way.held_bytes -= static_cast<std::size_t>(put);
    } else {
      way.held_bytes -= piece.bytes.size();
      piece.bytes.clear();
    }
    if (piece.bytes.empty()) way.held.pop_front();
    if (fault == Fault::trickle) break;
  }
  if (way.has_ended && way.held.empty() && !way.is_closed) {
    ::shutdown(to, SHUT_WR);
    way.is_closed = true;
  }
  pair.is_dead =
      pair.up.has_ended && pair.down.has_ended && pair.up.held.empty() && pair.down.held.empty();
}

}  // namespace iacdb::chaos
