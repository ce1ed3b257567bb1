#pragma once
// Server: HTTP/1.1 on an event loop, requests answered by a bounded number of workers.
//
//   Server server(settings, {.admit = ..., .handle = ..., .traffic = api.traffic()});
//   log("listening on " + server.url());
//   server.run();                    // until stop(), from a signal handler's thread or a test
//
// Listens on loopback only, unless TLS and tokens are configured.
// Threads: run() on one thread; stop() on any.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "http/message.hpp"
#include "http/traffic.hpp"

namespace iacdb::http {

/// What a server calls. Lifetime: `traffic` outlives the server.
struct Handlers {
  /// On the event loop, when a request's header is there: must not block.
  std::function<Admission(const Request&)> admit;
  /// On a worker, when its body is there too.
  std::function<void(const Request&, Reply&)> handle;
  Traffic& traffic;
};

class Server {
 public:
  /// Binds. Throws: ConfigError for an address that needs TLS and a token and has not both, for
  /// files that cannot be read, and for an address that is taken.
  Server(const config::ServeSettings& settings, Handlers handlers);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept;  ///< The real one, when the settings say 0.
  std::string url() const;
  /// Serves until stop(): takes no new requests then, finishes what runs within the shutdown grace,
  /// cancels the rest.
  void run();
  void stop();
  /// Called every second on a thread of its own, for whoever has something to expire.
  void every_second(std::function<void()> work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Throws: ConfigError when the settings would expose the service without TLS and a token.
void check_exposure(const config::ServeSettings& settings);

}  // namespace iacdb::http
