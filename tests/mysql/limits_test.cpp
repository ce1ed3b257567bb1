// Deadlines, stop requests, cancel, killed connections, and servers that say nothing or nonsense.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "fixture.hpp"

namespace iacdb::mysql_tests {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Everything must end within its deadline and the grace of one second, with room for a slow
// machine.
constexpr auto patience = 10s;

class Limits : public Live {
 protected:
  static driver::Call in(std::chrono::milliseconds span) { return {base::Deadline::in(span), {}}; }
};

TEST_F(Limits, ADeadlineEndsTheStatementOnTheServer) {
  for (const char* sql : {"select sleep(60)", "select benchmark(10000000000, md5(1))"}) {
    const auto start = Clock::now();
    const ErrorFacts facts = error_of([&] { connection_->exec(sql, {}, in(100ms)); });
    EXPECT_EQ(facts.kind, ErrorKind::timeout) << facts.message;
    EXPECT_FALSE(facts.breaks_connection);
    EXPECT_GE(Clock::now() - start, 100ms);
    EXPECT_LT(Clock::now() - start, patience);
  }
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  EXPECT_EQ(one("select count(*) from information_schema.processlist where info in "
                "('select sleep(60)', 'select benchmark(10000000000, md5(1))')"),
            Value(0));
}

TEST_F(Limits, ADeadlineEndsAStreamThatNeverPauses) {
  const driver::Call call = in(300ms);
  Cursor& cursor = connection_->query("select seq from seq_1_to_1000000000", {}, false, call);
  Batch batch;
  const auto start = Clock::now();
  const ErrorFacts facts = error_of([&] {
    while (cursor.fetch(batch)) {
    }
  });
  EXPECT_EQ(facts.kind, ErrorKind::timeout);
  EXPECT_LT(Clock::now() - start, patience);
  EXPECT_FALSE(cursor.fetch(batch));
  cursor.close();
  EXPECT_EQ(one("select 1"), Value(1));
}

TEST_F(Limits, ADeadlineThatHasPassedSendsNothing) {
  EXPECT_EQ(kind_of([&] {
              connection_->exec("do 0", {}, {base::Deadline(Clock::now() - 1s), {}});
            }),
            ErrorKind::timeout);
  EXPECT_EQ(one("select 1"), Value(1));
}

TEST_F(Limits, AnUnhurriedDeadlineDisturbsNothing) {
  const driver::Call call = in(60s);
  Cursor& cursor = connection_->query("select seq from seq_1_to_10000", {}, false, call);
  EXPECT_EQ(rest(cursor).size(), 10'000U);
  cursor.close();
}

TEST_F(Limits, AStopEndsTheStatement) {
  std::stop_source source;
  const driver::Call call{{}, source.get_token()};
  std::jthread stopper([&] {
    std::this_thread::sleep_for(100ms);
    source.request_stop();
  });
  const ErrorFacts facts = error_of([&] { connection_->exec("select sleep(60)", {}, call); });
  EXPECT_EQ(facts.kind, ErrorKind::cancelled);
  EXPECT_FALSE(facts.breaks_connection);
  EXPECT_EQ(one("select 1"), Value(1));
}

TEST_F(Limits, CancelFromAnotherThread) {
  std::jthread canceller([&] {
    std::this_thread::sleep_for(100ms);
    connection_->cancel();
  });
  EXPECT_EQ(kind_of([&] { exec("select sleep(60)"); }), ErrorKind::cancelled);
  canceller.join();
  EXPECT_EQ(one("select 1"), Value(1));
}

TEST_F(Limits, ACancelThatComesTooLateHitsNothing) {
  for (int i = 0; i < 5; ++i) {
    connection_->cancel();
    EXPECT_EQ(one("select ?", i), Value(i));
  }
}

TEST_F(Limits, AKilledConnectionIsBroken) {
  const auto admin = connect(settings_for(variable("IACDB_TEST_MYSQL_ADMIN_USER")));
  const std::string id = text("select connection_id()");
  std::jthread killer([&] {
    std::this_thread::sleep_for(200ms);
    admin->exec("kill connection " + id, {}, {});
  });
  const ErrorFacts facts = error_of([&] { exec("do sleep(60)"); });
  EXPECT_EQ(facts.kind, ErrorKind::connection_lost) << facts.native_code << facts.server_message;
  EXPECT_TRUE(facts.breaks_connection);
  EXPECT_EQ(connection_->state(), driver::SessionState::broken);
  EXPECT_EQ(kind_of([&] { exec("do 0"); }), ErrorKind::connection_lost);
  EXPECT_FALSE(connection_->reset(call_));
}

TEST_F(Limits, ALostCommitIsInDoubt) {
  const auto admin = connect(settings_for(variable("IACDB_TEST_MYSQL_ADMIN_USER")));
  exec("create or replace table iacdb_doubt (a int)");
  connection_->begin({}, call_);
  exec("insert into iacdb_doubt values (1)");
  admin->exec("kill connection " + text("select connection_id()"), {}, {});
  const ErrorFacts facts = error_of([&] { connection_->commit(call_); });
  EXPECT_EQ(facts.kind, ErrorKind::in_doubt);
  EXPECT_FALSE(facts.retryable);
  EXPECT_EQ(connection_->state(), driver::SessionState::broken);
  admin->exec("drop table iacdb_test.iacdb_doubt", {}, {});
}

/// A server that takes one connection after another and plays a script.
class Scripted {
 public:
  explicit Scripted(std::function<void(int)> script) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 8);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, script = std::move(script)] {
      for (;;) {
        const int client = ::accept(listener_, nullptr, nullptr);
        if (client < 0) return;
        script(client);
        ::close(client);
      }
    });
  }
  ~Scripted() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  ConnectionSettings settings() const {
    auto with = mysql_tests::settings();
    with.hosts = {{"127.0.0.1", port_}};
    with.connect_timeout = 300ms;
    return with;
  }

 private:
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

void send_text(int socket, std::string_view bytes) {
  ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}
/// Reads whatever comes until the peer closes.
void swallow(int socket) {
  char bytes[4096];
  while (::recv(socket, bytes, sizeof bytes, 0) > 0) {
  }
}
std::string read_packet(int socket) {
  unsigned char head[4];
  if (::recv(socket, head, 4, MSG_WAITALL) != 4) return {};
  std::string body(head[0] | head[1] << 8 | head[2] << 16, '\0');
  if (!body.empty()) ::recv(socket, body.data(), body.size(), MSG_WAITALL);
  return body;
}
std::string packet(int number, std::string_view body) {
  std::string bytes;
  for (const int shift : {0, 8, 16}) bytes += static_cast<char>(body.size() >> shift & 0xff);
  bytes += static_cast<char>(number);
  return bytes.append(body);
}
/// Source: MariaDB protocol, "Initial handshake packet".
std::string greeting(bool with_tls, std::string_view version = "10.11.0-MariaDB") {
  using namespace std::string_literals;
  std::string body = "\x0a"s + std::string(version) + '\0';
  body += "\1\0\0\0"s + "12345678" + '\0';
  // LONG_PASSWORD, CONNECT_WITH_DB, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, LOCAL_FILES.
  body += with_tls ? "\x89\xaa"s : "\x89\xa2"s;
  body += "\x2d\2\0"s + "\x0f\0"s + "\x15" + std::string(10, '\0') + "123456789012" + '\0';
  return packet(0, body + "mysql_native_password" + '\0');
}
const std::string ok_body("\0\0\0\2\0\0\0", 7);

TEST(Silence, AServerThatNeverGreetsIsLeftInTime) {
  const Scripted server([](int socket) { swallow(socket); });
  const auto start = Clock::now();
  EXPECT_EQ(kind_of([&] { connect(server.settings()); }), ErrorKind::timeout);
  EXPECT_LT(Clock::now() - start, patience);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(kind_of([&] {
              connect(server.settings(), {{}, source.get_token()});
            }),
            ErrorKind::cancelled);
}

TEST(Silence, AServerThatStopsInTheTlsHandshakeIsLeftInTime) {
  const Scripted server([](int socket) {
    send_text(socket, greeting(true));
    swallow(socket);
  });
  auto with = server.settings();
  with.tls.mode = TlsMode::require;
  with.tls.mode_given = true;
  const auto start = Clock::now();
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::timeout);
  EXPECT_LT(Clock::now() - start, patience);
}

TEST(Silence, AServerThatStopsInTheLoginOrTheSettingsIsLeftInTime) {
  for (const bool lets_in : {false, true}) {
    const Scripted server([lets_in](int socket) {
      send_text(socket, greeting(false));
      read_packet(socket);
      if (lets_in) send_text(socket, packet(2, ok_body));
      swallow(socket);
    });
    const auto start = Clock::now();
    EXPECT_EQ(kind_of([&] { connect(server.settings()); }), ErrorKind::timeout);
    EXPECT_LT(Clock::now() - start, patience);
  }
}

/// Source: MariaDB protocol, "Result set packets".
std::string column(std::string_view name) {
  using namespace std::string_literals;
  std::string body =
      "\x03"
      "def" +
      "\0\0\0"s + static_cast<char>(name.size());
  body.append(name);
  return body + "\0\x0c\x2d\0\xff\0\0\0\xfd\0\0\0\0\0"s;
}
std::string value(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}
/// Lets a client in and tells it the settings it asks for.
void welcome(int socket) {
  using namespace std::string_literals;
  send_text(socket, greeting(false));
  read_packet(socket);
  send_text(socket, packet(2, ok_body));
  read_packet(socket);
  const std::string eof = "\xfe\0\0\x02\0"s;
  std::string bytes = packet(1, "\0\0\0\x0a\0\0\0"s) + packet(2, "\x03"s);
  bytes += packet(3, column("a")) + packet(4, column("b")) + packet(5, column("c"));
  bytes += packet(6, eof) + packet(7, value("1") + value("1024") + value("SERIALIZABLE"));
  send_text(socket, bytes + packet(8, eof));
}

TEST(Silence, AServerThatStopsAnsweringIsGivenUpWithItsConnection) {
  // The connection that would cancel the statement gets no answer either, as from a stopped server.
  const Scripted server([](int socket) {
    welcome(socket);
    swallow(socket);
  });
  const auto connection = connect(server.settings());
  EXPECT_EQ(connection->can().default_isolation, Isolation::serializable);
  const auto start = Clock::now();
  const driver::Call call{base::Deadline::in(200ms), {}};
  const ErrorFacts facts = error_of([&] { connection->exec("select 1", {}, call); });
  EXPECT_EQ(facts.kind, ErrorKind::timeout);
  EXPECT_TRUE(facts.breaks_connection);
  EXPECT_EQ(connection->state(), driver::SessionState::broken);
  EXPECT_LT(Clock::now() - start, patience);
}

TEST(Silence, ACommitWithoutAnswerIsInDoubt) {
  const Scripted server([](int socket) {
    welcome(socket);
    swallow(socket);
  });
  const auto connection = connect(server.settings());
  const driver::Call call{base::Deadline::in(200ms), {}};
  EXPECT_EQ(kind_of([&] { connection->commit(call); }), ErrorKind::in_doubt);
}

TEST(Versions, ServersThatAreTooOldAreRefusedByName) {
  for (const char* version : {"10.2.44-MariaDB", "5.5.68-MariaDB", "5.6.51", "4.1.22"}) {
    const Scripted server([&](int socket) {
      send_text(socket, greeting(false, version));
      read_packet(socket);
      send_text(socket, packet(2, ok_body));
      swallow(socket);
    });
    try {
      connect(server.settings());
      ADD_FAILURE() << version;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unsupported) << version << ": " << error.what();
      EXPECT_NE(error.facts().message.find("too old"), std::string::npos) << error.what();
    }
  }
}

TEST(Nonsense, GarbageAndEarlyEndsAreErrors) {
  using namespace std::string_literals;
  for (const std::string& bytes : {"HTTP/1.1 400 Bad Request\r\n\r\n"s, ""s, "\x05\0\0\0\x0a"s,
                                   std::string(4096, '\xff'), packet(0, "\x0a"), packet(0, "")}) {
    const Scripted server([&bytes](int socket) { send_text(socket, bytes); });
    const ErrorFacts facts = error_of([&] { connect(server.settings()); });
    EXPECT_TRUE(facts.kind == ErrorKind::connect || facts.kind == ErrorKind::timeout ||
                facts.kind == ErrorKind::authentication)
        << to_string(facts.kind);
  }
}

TEST(Nonsense, AServerThatAsksForAFileGetsNone) {
  std::string answer;
  const Scripted server([&answer](int socket) {
    send_text(socket, greeting(false));
    read_packet(socket);
    send_text(socket, packet(2, ok_body));
    read_packet(socket);                                // The session's settings.
    send_text(socket, packet(1, "\xfb/etc/hostname"));  // Send me this file.
    answer = read_packet(socket);
    send_text(socket, packet(3, ok_body));
    swallow(socket);
  });
  EXPECT_NO_THROW({
    const ErrorFacts facts = error_of([&] { connect(server.settings()); });
    EXPECT_EQ(facts.breaks_connection, false) << facts.message;
    EXPECT_NE(facts.server_message.find("local file"), std::string::npos) << facts.server_message;
  });
  EXPECT_EQ(answer, "");
}

TEST(Nonsense, LoadDataLocalOfAFileIsRefused) {
  auto connection = connect(settings());
  connection->exec("create temporary table t (a text)", {}, {});
  const ErrorFacts facts = error_of(
      [&] { connection->exec("load data local infile '/etc/hostname' into table t", {}, {}); });
  EXPECT_NE(facts.server_message.find("local file"), std::string::npos) << facts.server_message;
  EXPECT_EQ(facts.kind, ErrorKind::permission);
  EXPECT_EQ(connection->state(), driver::SessionState::idle);
  connection->ping({});
}

}  // namespace
}  // namespace iacdb::mysql_tests
