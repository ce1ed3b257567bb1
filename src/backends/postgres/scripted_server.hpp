#pragma once
// ScriptedServer: a PostgreSQL server of one connection that says what a test tells it to.
//
//   ScriptedServer server([](Peer& peer) {
//     peer.log_in();
//     peer.expect('Q');
//     peer.out().append("...");
//     peer.send();
//   });
//   auto connection = connect_to(server);
//
// The script runs on a thread of its own and ends when the client goes. For tests only.
// Threads: one at a time.

#include <array>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "backends/postgres/postgres.hpp"
#include "base/bytes.hpp"
#include "iacdb/error.hpp"
#include "io/listener.hpp"
#include "wire/postgres/backend_encode.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/notice.hpp"

namespace iacdb::backends::postgres {

/// The server's end of one connection.
class Peer {
 public:
  explicit Peer(io::Stream stream) : stream_(std::move(stream)) {}

  base::Buffer& out() noexcept { return out_; }
  void send() {
    stream_.write(out_.view(), {}, {});
    out_.clear();
  }
  io::Stream& stream() noexcept { return stream_; }

  /// Reads the startup packet.
  void read_startup() {
    for (;;) {
      const auto message = wire::postgres::next_startup(in_.view());
      if (message.type != 0) return in_.consume(message.size_bytes);
      read();
    }
  }
  /// Skips messages up to and with one of `type`.
  void expect(char type) {
    for (;;) {
      const auto message = wire::postgres::next_message(
          in_.view(), wire::postgres::body_bytes_max_default, wire::postgres::Sender::frontend);
      if (message.type == 0) {
        read();
        continue;
      }
      const bool found = message.type == type;
      in_.consume(message.size_bytes);
      if (found) return;
    }
  }
  void ready(wire::postgres::TransactionStatus status = wire::postgres::TransactionStatus::idle) {
    wire::postgres::encode_ready_for_query(out_, status);
  }
  void authentication_ok(std::string_view version = "15.0") {
    wire::postgres::encode_authentication(out_, wire::postgres::AuthenticationCode::ok);
    wire::postgres::encode_parameter_status(out_, "server_version", version);
    wire::postgres::encode_parameter_status(out_, "DateStyle", "ISO, MDY");
    const std::array<std::byte, 4> key{};
    wire::postgres::encode_backend_key_data(out_, 1, key);
    ready();
    send();
  }
  /// One row of one text column, by the simple protocol.
  void answer_text(std::string_view text) {
    std::array<wire::postgres::FieldDescription, 1> fields{};
    fields[0].name = "a";
    fields[0].type_oid = 25;
    wire::postgres::encode_row_description(out_, fields);
    wire::postgres::RowEncoder row(out_, 1);
    row.value(text);
    row.finish();
    wire::postgres::encode_command_complete(out_, "SELECT 1");
    ready();
    send();
  }
  /// Everything up to a connection that is ready for the test's statements.
  void log_in() {
    read_startup();
    authentication_ok();
    expect('Q');
    answer_text("64 read committed");
  }
  void error(std::string_view code, std::string_view severity = "ERROR") {
    wire::postgres::Notice notice;
    notice.severity = severity;
    notice.code = code;
    notice.message = "scripted";
    wire::postgres::encode_notice(out_, 'E', notice);
  }

 private:
  void read() {
    const std::size_t got = stream_.read({in_.prepare(4096), 4096}, {});
    if (got == 0) raise(ErrorKind::connection_lost, "the client has gone");
    in_.commit(got);
  }

  io::Stream stream_;
  base::Buffer in_;
  base::Buffer out_;
};

class ScriptedServer {
 public:
  explicit ScriptedServer(std::function<void(Peer&)> script)
      : thread_([this, run = std::move(script)] {
          try {
            Peer peer(listener_.accept({base::Deadline::in(std::chrono::seconds(20)), nullptr}));
            run(peer);
          } catch (const Error&) {
            return;  // The client has gone, as many tests end.
          }
        }) {}
  ~ScriptedServer() { thread_.join(); }
  std::uint16_t port() const noexcept { return listener_.port(); }

  ConnectionSettings settings() const {
    ConnectionSettings settings;
    settings.hosts = {{"127.0.0.1", port()}};
    settings.database = "d";
    settings.username = "u";
    settings.password = base::Secret("p");
    settings.tls.mode = TlsMode::disable;
    settings.tls.mode_given = true;
    return settings;
  }
  std::unique_ptr<driver::Connection> connect() const {
    const driver::Call call{base::Deadline::in(std::chrono::seconds(20)), {}};
    return backend_postgres().connect(settings(), call);
  }

 private:
  io::Listener listener_;
  std::thread thread_;
};

}  // namespace iacdb::backends::postgres
