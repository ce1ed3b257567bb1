#pragma once
// One client connection: requests read, handed to a worker, answers written.
//
// Threads: everything here runs on the event loop's one thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <set>

#include "base/workers.hpp"
#include "http/exchange.hpp"
#include "http/message.hpp"
#include "http/server.hpp"

namespace iacdb::http {

/// What all connections of a server share.
struct Shared {
  const config::ServeSettings& settings;
  Handlers handlers;
  boost::asio::io_context& loop;
  base::Workers& workers;        ///< For statements: concurrency_max.
  base::Workers& quick_workers;  ///< For what must be answered while all of those are busy.
  bool loopback_only = true;     ///< Then a Host header must name the loopback.
  bool stopping = false;
  std::set<Exchange*> running;                   ///< Requests being answered.
  std::set<boost::asio::ip::tcp::socket*> idle;  ///< Connections waiting for a request.
  std::size_t connections = 0;
  std::function<void()> on_connection_end;
};

/// Serves one accepted socket until it closes. `tls` is null for plain HTTP.
boost::asio::awaitable<void> serve_connection(std::shared_ptr<Shared> shared,
                                              boost::asio::ip::tcp::socket socket,
                                              std::shared_ptr<boost::asio::ssl::context> tls);

}  // namespace iacdb::http
