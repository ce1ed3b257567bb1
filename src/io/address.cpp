#include "io/address.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "iacdb/error.hpp"

namespace iacdb::io {
namespace {

constexpr int lookups_max = 64;
std::atomic<int> lookups_running{0};

struct Lookup {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool done = false;
  int error = 0;
  std::vector<Address> addresses;
};

std::vector<Address> copy_addresses(const addrinfo* list) {
  std::vector<Address> addresses;
  for (; list != nullptr; list = list->ai_next) {
    Address address;
    if (list->ai_addrlen > sizeof address.storage) continue;
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.size_bytes = list->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

int look_up(const std::string& host, std::uint16_t port, int flags, std::vector<Address>& into) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error == 0) into = copy_addresses(list);
  if (list != nullptr) ::freeaddrinfo(list);
  return error;
}

void run_lookup(const std::shared_ptr<Lookup>& lookup, const std::string& host,
                std::uint16_t port) {
  std::vector<Address> addresses;
  const int error = look_up(host, port, AI_ADDRCONFIG, addresses);
  {
    const std::lock_guard lock(lookup->mutex);
    lookup->error = error;
    lookup->addresses = std::move(addresses);
    lookup->done = true;
  }
  lookup->changed.notify_all();
  --lookups_running;
}

void start_lookup(const std::shared_ptr<Lookup>& lookup, const std::string& host,
                  std::uint16_t port) {
  if (++lookups_running > lookups_max) {
    --lookups_running;
    raise(ErrorKind::resource,
          "too many name lookups hang at the same time; check the name servers");
  }
  try {
    std::thread([lookup, host, port] { run_lookup(lookup, host, port); }).detach();
  } catch (const std::system_error&) {
    --lookups_running;
    raise(ErrorKind::resource, "no thread for a name lookup; raise the process's thread limit");
  }
}

bool wait_for(Lookup& lookup, const Wait& wait) {
  std::unique_lock lock(lookup.mutex);
  const auto done = [&lookup] { return lookup.done; };
  const std::stop_token stop = wait.stop != nullptr ? *wait.stop : std::stop_token();
  if (wait.deadline.is_never()) return lookup.changed.wait(lock, stop, done);
  return lookup.changed.wait_until(lock, stop, wait.deadline.at(), done);
}

[[noreturn]] void raise_unknown_host(const std::string& host, int error) {
  raise({.kind = ErrorKind::connect,
         .message = std::string("the host name cannot be resolved (") + ::gai_strerror(error) +
                    "); check its spelling and the name servers",
         .where = host});
}

}  // namespace

std::string Address::print() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&storage);
    return ::inet_ntop(AF_INET, &in->sin_addr, text.data(), text.size());
  }
  if (family() == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(&storage);
    return ::inet_ntop(AF_INET6, &in->sin6_addr, text.data(), text.size());
  }
  return reinterpret_cast<const sockaddr_un*>(&storage)->sun_path;
}

bool Address::is_local() const noexcept {
  if (family() == AF_UNIX) return true;
  if (family() == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&storage);
    return (ntohl(in->sin_addr.s_addr) >> 24) == 127;
  }
  const auto* in = reinterpret_cast<const sockaddr_in6*>(&storage);
  return IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
}

bool is_ip_literal(std::string_view host) noexcept {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (host.empty() || host.size() >= text.size()) return false;
  std::memcpy(text.data(), host.data(), host.size());
  std::array<std::byte, sizeof(in6_addr)> unused{};
  return ::inet_pton(AF_INET, text.data(), unused.data()) == 1 ||
         ::inet_pton(AF_INET6, text.data(), unused.data()) == 1;
}

std::vector<Address> resolve(std::string_view host, std::uint16_t port, const Wait& wait) {
  const std::string name(host);
  std::vector<Address> addresses;
  if (look_up(name, port, AI_NUMERICHOST, addresses) == 0) return addresses;
  const auto lookup = std::make_shared<Lookup>();
  start_lookup(lookup, name, port);
  const bool done = wait_for(*lookup, wait);
  // An answer that is there already does not excuse a passed deadline.
  const bool stopped = wait.stop != nullptr && wait.stop->stop_requested();
  if (stopped) require_ready(Outcome::stopped, "resolving a host name");
  if (!done || wait.deadline.passed()) require_ready(Outcome::timeout, "resolving a host name");
  if (lookup->error != 0) raise_unknown_host(name, lookup->error);
  return std::move(lookup->addresses);
}

Address unix_address(std::string_view path) {
  Address address;
  auto* un = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.size() >= sizeof un->sun_path) {
    raise({.kind = ErrorKind::config,
           .message = "the path of the Unix socket is too long; at most 107 bytes are possible",
           .where = std::string(path)});
  }
  un->sun_family = AF_UNIX;
  std::memcpy(un->sun_path, path.data(), path.size());
  address.size_bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

}  // namespace iacdb::io
