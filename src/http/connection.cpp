#include "http/connection.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "http/errors.hpp"

namespace iacdb::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::awaitable;
using asio::use_awaitable;
using Plain = beast::tcp_stream;
using Encrypted = asio::ssl::stream<beast::tcp_stream>;

constexpr std::chrono::seconds idle_timeout{75};
constexpr std::chrono::seconds transfer_timeout{30};
constexpr std::chrono::milliseconds client_check{500};
constexpr std::uint32_t header_bytes_max = 16 * 1024;

/// The lowest layer's socket, whatever is around it.
template <class Stream>
asio::ip::tcp::socket& socket_of(Stream& stream) {
  return beast::get_lowest_layer(stream).socket();
}

template <class Stream>
void expire_in(Stream& stream, std::chrono::seconds span) {
  beast::get_lowest_layer(stream).expires_after(span);
}

/// True when the client closed its end and sent nothing more.
bool has_gone(asio::ip::tcp::socket& socket) {
  char byte = 0;
  const auto got = recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        sscanf(std::string(text.substr(i + 1, 2)).c_str(), "%2x", &value) == 1) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_loopback_name(std::string_view host) {
  const auto end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
  host = host.substr(0, std::min(end, host.size()));
  return host == "localhost" || host == "[::1]" || host.starts_with("127.") || host.empty();
}

template <class Body>
std::string text_of(const bhttp::request<Body>& message, bhttp::field field) {
  return std::string(message[field]);
}

Request to_request(bhttp::request<bhttp::string_body>& message, std::stop_token stop) {
  Request request;
  request.method =
      message.method() == bhttp::verb::head ? "GET" : std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  request.path = percent_decoded(target.substr(0, target.find('?')));
  if (!request.path.starts_with('/')) request.path = "/" + request.path;
  request.host = text_of(message, bhttp::field::host);
  request.content_type = text_of(message, bhttp::field::content_type);
  request.accept = text_of(message, bhttp::field::accept);
  request.authorization = text_of(message, bhttp::field::authorization);
  request.body = std::move(message.body());
  request.stop = std::move(stop);
  return request;
}

/// Reading and answering on one stream, plain or encrypted.
template <class Stream>
class Connection {
 public:
  Connection(std::shared_ptr<Shared> shared, Stream& stream)
      : shared_(std::move(shared)), stream_(stream) {}

  awaitable<void> serve() {
    // g++ 12 loses a coroutine's frame when a condition awaits: every answer gets a name first.
    while (!shared_->stopping && keep_alive_) {
      const bool got = co_await read_request();
      if (!got) break;
      co_await answer();
    }
  }

 private:
  using Parser = bhttp::request_parser<bhttp::string_body>;

  awaitable<bool> read_request() {
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(shared_->settings.limits.request_bytes_max);
    beast::error_code error;
    expire_in(stream_, idle_timeout);
    shared_->idle.insert(&socket_of(stream_));
    co_await bhttp::async_read_header(stream_, buffer_, *parser_,
                                      asio::redirect_error(use_awaitable, error));
    shared_->idle.erase(&socket_of(stream_));
    if (!error) {
      expire_in(stream_, transfer_timeout);
      co_await bhttp::async_read(stream_, buffer_, *parser_,
                                 asio::redirect_error(use_awaitable, error));
    }
    if (!error) co_return true;
    keep_alive_ = false;
    if (error == bhttp::error::body_limit) {
      co_await refuse(413, "usage", "the request is larger than serve.limits.request_bytes_max");
    } else if (error == bhttp::error::header_limit) {
      co_await refuse(431, "usage", "the request's header is too large");
    } else if (error != bhttp::error::end_of_stream && error != asio::error::operation_aborted &&
               error != beast::error::timeout &&
               error.category() == bhttp::make_error_code(bhttp::error::bad_target).category()) {
      co_await refuse(400, "usage", "the request is not valid HTTP");
    }
    co_return false;
  }

  awaitable<void> refuse(int status, std::string_view kind, std::string_view message) {
    step_ = Exchange::Step{Exchange::Step::Kind::whole,
                           status,
                           "application/json",
                           {},
                           error_json(kind, message) + "\n"};
    if (status == 503) step_.headers.emplace_back("Retry-After", "1");
    co_await write_whole();
  }

  awaitable<void> answer() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive() && !shared_->stopping;
    version_ = message.version();
    head_ = message.method() == bhttp::verb::head;
    if (shared_->loopback_only && !is_loopback_name(text_of(message, bhttp::field::host))) {
      // A page from elsewhere whose name was pointed at this machine.
      co_await refuse(421, "usage", "this service answers on the loopback address only");
      co_return;
    }
    auto event = std::make_shared<asio::steady_timer>(shared_->loop);
    auto wake = [event, &loop = shared_->loop] { asio::post(loop, [event] { event->cancel(); }); };
    auto exchange = std::make_shared<Exchange>(wake);
    auto request = std::make_shared<Request>(to_request(message, exchange->stop_token()));
    auto work = [shared = shared_, exchange, request] {
      try {
        shared->handler(*request, *exchange);
      } catch (const std::exception&) {
        // Only the client's going can be thrown here: there is nobody to tell.
      }
    };
    if (!shared_->workers.submit(work)) {
      co_await refuse(503, "resource", "the service is busy; try again");
      co_return;
    }
    shared_->running.insert(exchange.get());
    co_await relay(*exchange, *event);
    shared_->running.erase(exchange.get());
  }

  /// Writes the steps of an answer as they come.
  awaitable<void> relay(Exchange& exchange, asio::steady_timer& event) {
    beast::error_code error;
    while (true) {
      auto step = exchange.take();
      if (!step) {
        event.expires_after(client_check);
        co_await event.async_wait(asio::redirect_error(use_awaitable, error));
        if (has_gone(socket_of(stream_))) break;
        continue;
      }
      step_ = std::move(*step);
      bool ok = false;
      switch (step_.kind) {
        case Exchange::Step::Kind::whole:
          ok = co_await write_whole();
          break;
        case Exchange::Step::Kind::start:
          ok = co_await write_start();
          break;
        case Exchange::Step::Kind::chunk:
          ok = co_await write_chunk();
          break;
        case Exchange::Step::Kind::end:
          ok = co_await write_end();
          break;
      }
      if (!ok) break;
      const bool last =
          step_.kind == Exchange::Step::Kind::whole || step_.kind == Exchange::Step::Kind::end;
      if (last) co_return;
    }
    keep_alive_ = false;
    exchange.abandon();
  }

  template <class Body>
  void fill(bhttp::response<Body>& response) {
    response.result(static_cast<unsigned>(step_.status));
    response.version(version_);
    response.set(bhttp::field::server, "iacdb");
    response.set(bhttp::field::content_type, step_.content_type);
    response.set(bhttp::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : step_.headers) response.set(name, value);
    response.keep_alive(keep_alive_);
  }

  awaitable<bool> write_whole() {
    bhttp::response<bhttp::string_body> response;
    fill(response);
    response.body() = std::move(step_.bytes);
    response.prepare_payload();
    bhttp::response_serializer<bhttp::string_body> serializer(response);
    beast::error_code error;
    expire_in(stream_, transfer_timeout);
    if (head_) {
      co_await bhttp::async_write_header(stream_, serializer,
                                         asio::redirect_error(use_awaitable, error));
    } else {
      co_await bhttp::async_write(stream_, serializer, asio::redirect_error(use_awaitable, error));
    }
    co_return !error;
  }

  awaitable<bool> write_start() {
    bhttp::response<bhttp::empty_body> response;
    if (version_ < 11) keep_alive_ = false;  // No chunks there: the end is the connection's end.
    fill(response);
    response.chunked(version_ >= 11);
    bhttp::response_serializer<bhttp::empty_body> serializer(response);
    beast::error_code error;
    expire_in(stream_, transfer_timeout);
    co_await bhttp::async_write_header(stream_, serializer,
                                       asio::redirect_error(use_awaitable, error));
    co_return !error;
  }

  awaitable<bool> write_chunk() {
    beast::error_code error;
    expire_in(stream_, transfer_timeout);
    if (version_ >= 11) {
      co_await asio::async_write(stream_, bhttp::make_chunk(asio::buffer(step_.bytes)),
                                 asio::redirect_error(use_awaitable, error));
    } else {
      co_await asio::async_write(stream_, asio::buffer(step_.bytes),
                                 asio::redirect_error(use_awaitable, error));
    }
    co_return !error;
  }

  awaitable<bool> write_end() {
    if (version_ < 11) co_return true;
    beast::error_code error;
    expire_in(stream_, transfer_timeout);
    co_await asio::async_write(stream_, bhttp::make_chunk_last(),
                               asio::redirect_error(use_awaitable, error));
    co_return !error;
  }

  std::shared_ptr<Shared> shared_;
  Stream& stream_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Exchange::Step step_;  // What is being written.
  bool keep_alive_ = true;
  bool head_ = false;
  unsigned version_ = 11;
};

}  // namespace

awaitable<void> serve_connection(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket,
                                 asio::ssl::context* tls) {
  beast::error_code ignored;
  try {
    if (tls) {
      Encrypted stream(Plain(std::move(socket)), *tls);
      expire_in(stream, transfer_timeout);
      co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
      Connection<Encrypted> connection(shared, stream);
      co_await connection.serve();
      expire_in(stream, std::chrono::seconds(1));
      co_await stream.async_shutdown(asio::redirect_error(use_awaitable, ignored));
    } else {
      Plain stream(std::move(socket));
      Connection<Plain> connection(shared, stream);
      co_await connection.serve();
      stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
  } catch (const std::exception&) {
    // A failed handshake or a reset: the client knows, and nobody else needs to.
  }
  --shared->connections;
  shared->on_connection_end();
}

}  // namespace iacdb::http
