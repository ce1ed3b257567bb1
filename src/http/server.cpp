#include "http/server.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/connection.hpp"
#include "http/server_tls.hpp"
#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr std::size_t connections_max = 10'000;
constexpr std::size_t quick_threads = 4;
constexpr std::size_t quick_waiting_max = 256;
constexpr std::chrono::seconds cancel_grace{5};  ///< After the stop was requested.

asio::ip::address parse_address(const std::string& text) {
  boost::system::error_code error;
  auto address = asio::ip::make_address(text == "localhost" ? "127.0.0.1" : text, error);
  if (error) {
    raise(ErrorKind::config,
          "serve.address must be an IP address such as 127.0.0.1, ::1 or 0.0.0.0");
  }
  return address;
}

}  // namespace

void check_exposure(const config::ServeSettings& settings) {
  if (parse_address(settings.address).is_loopback()) return;
  if (has_tls(settings) && !settings.tokens.empty()) return;
  raise(ErrorKind::config,
        "listening on " + settings.address +
            " lets other machines in: configure serve.tls_cert_file, serve.tls_key_file and "
            "serve.tokens first, or listen on 127.0.0.1");
}

struct Server::Impl {
  Impl(const config::ServeSettings& serve, Handlers handlers)
      : settings(serve),
        tls(serve),
        acceptor(loop),
        ticker(loop),
        deadline(loop),
        workers(serve.limits.concurrency_max, serve.limits.concurrency_max),
        quick_workers(quick_threads, quick_waiting_max),
        shared(std::make_shared<Shared>(Shared{.settings = settings,
                                               .handlers = std::move(handlers),
                                               .loop = loop,
                                               .workers = workers,
                                               .quick_workers = quick_workers,
                                               .running = {},
                                               .idle = {},
                                               .on_connection_end = {}})) {
    const auto address = parse_address(serve.address);
    shared->loopback_only = address.is_loopback();
    shared->on_connection_end = [this] {
      if (shared->stopping && shared->connections == 0) finish();
    };
    bind(tcp::endpoint(address, serve.port));
  }

  void bind(const tcp::endpoint& endpoint) {
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      raise(ErrorFacts{.kind = ErrorKind::config,
                       .message = "cannot listen: " + error.message() + "; choose another port",
                       .where = settings.address + ":" + std::to_string(settings.port)});
    }
  }

  asio::awaitable<void> accept() {
    while (acceptor.is_open()) {
      boost::system::error_code error;
      tcp::socket socket =
          co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error || shared->connections >= connections_max) {
        // Out of descriptors or connections: let some end before the next is taken.
        asio::steady_timer pause(loop, std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      boost::system::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      ++shared->connections;
      shared->handlers.traffic.connection_opened();
      asio::co_spawn(loop, serve_connection(shared, std::move(socket), tls.current()),
                     asio::detached);
    }
  }

  asio::awaitable<void> tick() {
    while (!shared->stopping) {
      boost::system::error_code error;
      ticker.expires_after(std::chrono::seconds(1));
      co_await ticker.async_wait(asio::redirect_error(asio::use_awaitable, error));
      if (shared->stopping) co_return;
      tls.reload_when_changed();
      // One at a time: a slow rollback of an expired session must not pile up.
      if (each_second && !second_running.exchange(true)) {
        const bool begun = quick_workers.submit([this] {
          each_second();
          second_running = false;
        });
        if (!begun) second_running = false;
      }
    }
  }

  void begin_stop() {
    if (shared->stopping) return;
    shared->stopping = true;
    boost::system::error_code ignored;
    acceptor.close(ignored);
    ticker.cancel();
    for (tcp::socket* socket : shared->idle) socket->shutdown(tcp::socket::shutdown_both, ignored);
    if (shared->connections == 0) return finish();
    deadline.expires_after(settings.limits.shutdown_grace);
    deadline.async_wait([this](boost::system::error_code error) {
      if (error) return;
      for (Exchange* exchange : shared->running) exchange->request_stop();
      deadline.expires_after(cancel_grace);
      deadline.async_wait([this](boost::system::error_code late) {
        if (!late) finish();
      });
    });
  }

  void finish() {
    deadline.cancel();
    loop.stop();
  }

  config::ServeSettings settings;
  asio::io_context loop{1};
  ServerTls tls;
  tcp::acceptor acceptor;
  asio::steady_timer ticker;
  asio::steady_timer deadline;
  std::function<void()> each_second;
  std::atomic<bool> second_running = false;
  base::Workers workers;
  base::Workers quick_workers;
  std::shared_ptr<Shared> shared;
};

Server::Server(const config::ServeSettings& settings, Handlers handlers) {
  check_exposure(settings);
  impl_ = std::make_unique<Impl>(settings, std::move(handlers));
}

Server::~Server() {
  // Requests that outlived the grace are told that their clients are gone; then the workers end.
  for (Exchange* exchange : impl_->shared->running) exchange->abandon();
  impl_->workers.stop();
  impl_->quick_workers.stop();
}

std::uint16_t Server::port() const noexcept {
  return impl_->acceptor.local_endpoint().port();
}

std::string Server::url() const {
  const std::string address = impl_->settings.address;
  return std::string(has_tls(impl_->settings) ? "https://" : "http://") +
         (address.find(':') == address.npos ? address : "[" + address + "]") + ":" +
         std::to_string(port());
}

void Server::run() {
  asio::co_spawn(impl_->loop, impl_->accept(), asio::detached);
  asio::co_spawn(impl_->loop, impl_->tick(), asio::detached);
  impl_->loop.run();
}

void Server::stop() {
  asio::post(impl_->loop, [this] { impl_->begin_stop(); });
}

void Server::every_second(std::function<void()> work) {
  impl_->each_second = std::move(work);
}

}  // namespace iacdb::http
