#include "conformance/proxy.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <regex>
#include <stdexcept>
#include <vector>

namespace iacdb::conformance {
namespace {

int connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return -1;
  int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
  if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
    close(fd);
    fd = -1;
  }
  freeaddrinfo(found);
  return fd;
}

bool send_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

Proxy::Proxy(const std::string& url) {
  std::smatch parts;
  if (!std::regex_match(url, parts, std::regex("(.*@)([^:/@]+):([0-9]+)(/.*)"))) {
    throw std::runtime_error("a URL with host and port is needed");
  }
  host_ = parts[2];
  port_ = parts[3];
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  url_ = parts[1].str() + "127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + parts[4].str();
  thread_ = std::thread([this] { run(); });
}

Proxy::~Proxy() {
  stops_ = true;
  thread_.join();
  for (const Pair& pair : pairs_) end_pair(pair);
  close(listener_);
}

void Proxy::run() {
  constexpr int wait_ms = 20;  // How long stopping may take.
  while (!stops_) {
    std::vector<pollfd> polled{{listener_, POLLIN, 0}};
    for (const Pair& pair : pairs_) {
      polled.push_back({pair.client, POLLIN, 0});
      polled.push_back({pair.server, POLLIN, 0});
    }
    if (poll(polled.data(), polled.size(), wait_ms) <= 0) continue;
    std::size_t at = 1;
    for (auto pair = pairs_.begin(); pair != pairs_.end(); at += 2) {
      const bool lives = (polled[at].revents == 0 || pump(*pair, pair->client)) &&
                         (polled[at + 1].revents == 0 || pump(*pair, pair->server));
      if (!lives) end_pair(*pair);
      pair = lives ? std::next(pair) : pairs_.erase(pair);
    }
    if (polled[0].revents != 0) accept_one();
  }
}

void Proxy::accept_one() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = connect_to(host_, port_);
  if (server < 0) {
    close(client);
    return;
  }
  pairs_.push_back({client, server});
}

bool Proxy::pump(const Pair& pair, int from) {
  std::array<char, 65536> buffer;
  const ssize_t got = recv(from, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  const bool is_answer = from == pair.server;
  if (is_answer && cuts_.exchange(false)) return false;
  return send_all(is_answer ? pair.client : pair.server, buffer.data(),
                  static_cast<std::size_t>(got));
}

void Proxy::end_pair(const Pair& pair) {
  close(pair.client);
  close(pair.server);
}

}  // namespace iacdb::conformance
