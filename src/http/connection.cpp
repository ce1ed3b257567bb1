#include "http/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <vector>

#include "http/errors.hpp"
#include "http/target.hpp"

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
constexpr std::chrono::seconds linger_timeout{2};
constexpr std::size_t linger_bytes_max = 64 * 1024 * 1024;
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

/// True when the client closed its end and sent nothing more. Under TLS its last word lies unread
/// before the end.
bool has_gone(asio::ip::tcp::socket& socket, bool encrypted) {
  if (encrypted) {
    pollfd ended{.fd = socket.native_handle(), .events = POLLRDHUP, .revents = 0};
    return ::poll(&ended, 1, 0) > 0;
  }
  char byte = 0;
  const auto got = recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/// What the header says; the body follows later.
Request to_request(const bhttp::request_header<>& message, bool has_body) {
  const auto text = [&message](auto field) { return std::string(message[field]); };
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.content_type = text(bhttp::field::content_type);
  request.accept = text(bhttp::field::accept);
  request.authorization = text(bhttp::field::authorization);
  request.traceparent = text("traceparent");
  request.origin = text(bhttp::field::origin);
  request.has_body = has_body;
  return request;
}

Exchange::Step whole_answer(int status, std::string body, Headers headers = {}) {
  return {Exchange::Step::Kind::whole, status, body.empty() ? "" : "application/json",
          std::move(headers), std::move(body)};
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
      const bool got = co_await read_header();
      if (!got) break;
      co_await answer();
    }
  }

 private:
  using Parser = bhttp::request_parser<bhttp::string_body>;

  awaitable<bool> read_header() {
    head_ = false;
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(shared_->settings.limits.request_bytes_max);
    beast::error_code error;
    expire_in(stream_, idle_timeout);
    shared_->idle.insert(&socket_of(stream_));
    co_await bhttp::async_read_header(stream_, buffer_, *parser_,
                                      asio::redirect_error(use_awaitable, error));
    shared_->idle.erase(&socket_of(stream_));
    if (!error) co_return true;
    co_await refuse_malformed(error);
    co_return false;
  }

  awaitable<bool> read_body() {
    beast::error_code error;
    expire_in(stream_, transfer_timeout);
    if (parser_->get()[bhttp::field::expect] == "100-continue" && !parser_->is_done()) {
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(go_on),
                                 asio::redirect_error(use_awaitable, error));
    }
    if (!error && !parser_->is_done()) {
      co_await bhttp::async_read(stream_, buffer_, *parser_,
                                 asio::redirect_error(use_awaitable, error));
    }
    if (!error) co_return true;
    co_await refuse_malformed(error);
    co_return false;
  }

  awaitable<void> refuse_malformed(beast::error_code error) {
    keep_alive_ = false;
    if (error == bhttp::error::body_limit) {
      step_ = whole_answer(
          413, error_json("usage", "the request is larger than serve.limits.request_bytes_max"));
    } else if (error == bhttp::error::header_limit) {
      step_ = whole_answer(431, error_json("usage", "the request's header is too large"));
    } else if (error == beast::error::timeout && parser_->got_some()) {
      step_ = whole_answer(408, error_json("usage", "the request did not arrive in time"));
    } else if (error.category() == bhttp::make_error_code(bhttp::error::bad_target).category() &&
               error != bhttp::error::end_of_stream && error != bhttp::error::partial_message) {
      step_ = whole_answer(400, error_json("usage", "the request is not valid HTTP"));
    } else {
      co_return;
    }
    co_await refuse();
  }

  /// Writes step_, and ends the connection when some of the request is still to come.
  awaitable<void> refuse() {
    const bool all_read = parser_->is_done();
    if (!all_read) keep_alive_ = false;
    if (step_.status == 503) step_.headers.emplace_back("Retry-After", "1");
    co_await write_whole();
    if (all_read) co_return;
    // Closing now would reset the connection, and the client might lose the answer.
    beast::error_code error;
    socket_of(stream_).shutdown(asio::ip::tcp::socket::shutdown_send, error);
    expire_in(stream_, linger_timeout);
    std::vector<char> unread(64 * 1024);
    for (std::size_t read = 0; !error && read < linger_bytes_max;) {
      read += co_await socket_of(stream_).async_read_some(
          asio::buffer(unread), asio::redirect_error(use_awaitable, error));
    }
  }

  /// What is wrong with the header as such; 0: nothing.
  int judge_header() {
    const auto& message = parser_->get();
    const bool has_host = message.find(bhttp::field::host) != message.end();
    if ((message.version() >= 11 && !has_host) || message.count(bhttp::field::host) > 1 ||
        message.version() < 10 || message.version() > 11 || message.count("Authorization") > 1) {
      step_ = whole_answer(400, error_json("usage", "the request is not valid HTTP/1.1"));
      return 400;
    }
    if (shared_->loopback_only && has_host &&
        !is_loopback_name(std::string(message[bhttp::field::host]))) {
      // A page from elsewhere whose name was pointed at this machine.
      step_ = whole_answer(
          421, error_json("usage", "this service answers on the loopback address only"));
      return 421;
    }
    return 0;
  }

  awaitable<void> answer() {
    keep_alive_ = parser_->get().keep_alive() && !shared_->stopping;
    version_ = parser_->get().version() < 11 ? 10 : 11;
    head_ = parser_->get().method() == bhttp::verb::head;
    if (judge_header() != 0) {
      keep_alive_ = false;
      co_await refuse();
      co_return;
    }
    const bool has_body = !parser_->is_done();
    auto request = std::make_shared<Request>(to_request(parser_->get().base(), has_body));
    Admission admission = shared_->handlers.admit(*request);
    if (admission.status != 0) {
      step_ =
          whole_answer(admission.status, std::move(admission.body), std::move(admission.headers));
      co_await refuse();
      co_return;
    }
    const bool got = co_await read_body();
    if (!got) co_return;
    request->body = std::move(parser_->get().body());
    co_await work(std::move(request), admission.runs_statement);
  }

  awaitable<void> work(std::shared_ptr<Request> request, bool runs_statement) {
    auto event = std::make_shared<asio::steady_timer>(shared_->loop);
    auto wake = [event, &loop = shared_->loop] { asio::post(loop, [event] { event->cancel(); }); };
    auto exchange = std::make_shared<Exchange>(wake);
    request->stop = exchange->stop_token();
    auto work = [shared = shared_, exchange, request] {
      shared->handlers.traffic.request_begun();
      try {
        shared->handlers.handle(*request, *exchange);
      } catch (const std::exception&) {
        // Only the client's going can be thrown here: there is nobody to tell.
      }
      shared->handlers.traffic.request_ended();
    };
    base::Workers& workers = runs_statement ? shared_->workers : shared_->quick_workers;
    if (!workers.submit(work)) {
      shared_->handlers.traffic.refused_busy();
      step_ = whole_answer(503, error_json("resource", "the service is busy; try again"));
      co_await refuse();
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
        if (has_gone(socket_of(stream_), std::is_same_v<Stream, Encrypted>)) break;
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
    if (!step_.content_type.empty()) {
      response.set(bhttp::field::content_type, step_.content_type);
    }
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
                                 std::shared_ptr<asio::ssl::context> tls) {
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
  shared->handlers.traffic.connection_closed();
  --shared->connections;
  shared->on_connection_end();
}

}  // namespace iacdb::http
