#include "io/stream.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <functional>
#include <thread>

#include "iacdb/error.hpp"
#include "io/connect.hpp"
#include "io/listener.hpp"

namespace iacdb::io {
namespace {

using base::Deadline;
using namespace std::chrono_literals;

struct Pair {
  Listener listener;
  Stream client;
  Stream server;
  Pair()
      : client(connect_tcp("127.0.0.1", listener.port(), {}, {}).socket, "test"),
        server(listener.accept({})) {}
};

ErrorKind kind_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::internal;
}

TEST(Stream, WritesTwoStretchesInOrder) {
  Pair pair;
  pair.client.write(base::as_bytes("hello "), base::as_bytes("world"), {});
  std::array<std::byte, 32> buffer{};
  std::size_t got = 0;
  while (got < 11) got += pair.server.read(std::span(buffer).subspan(got), {});
  EXPECT_EQ(base::as_text({buffer.data(), got}), "hello world");
}

TEST(Stream, ReadAnswersZeroAtTheEnd) {
  Pair pair;
  pair.server.close();
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(pair.client.read(buffer, {}), 0u);
}

TEST(Stream, ReadEndsAtItsDeadlineAndGoesOnLater) {
  Pair pair;
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(kind_of([&] { pair.client.read(buffer, {.deadline = Deadline::in(5ms)}); }),
            ErrorKind::timeout);
  pair.server.write(base::as_bytes("x"), {}, {});
  EXPECT_EQ(pair.client.read(buffer, {.deadline = Deadline::in(10s)}, Stream::Expect::reply), 1u);
}

TEST(Stream, ReadEndsWhenStopped) {
  Pair pair;
  std::array<std::byte, 8> buffer{};
  std::stop_source stop;
  const std::stop_token token = stop.get_token();
  std::thread stopper([&stop] { stop.request_stop(); });
  EXPECT_EQ(kind_of([&] { pair.client.read(buffer, {.stop = &token}); }), ErrorKind::cancelled);
  stopper.join();
  // A stop that has been noticed does not disturb the thread's next wait.
  std::stop_source other;
  const std::stop_token fresh = other.get_token();
  EXPECT_EQ(
      kind_of([&] { pair.client.read(buffer, {.deadline = Deadline::in(5ms), .stop = &fresh}); }),
      ErrorKind::timeout);
}

TEST(Stream, WriteOfMoreThanTheSocketHoldsWaitsAndEndsAtItsDeadline) {
  Pair pair;
  const std::string big(64 << 20, 'x');
  EXPECT_EQ(kind_of([&] {
              pair.client.write(base::as_bytes(big), {}, {.deadline = Deadline::in(20ms)});
            }),
            ErrorKind::timeout);
}

TEST(Stream, WriteToAClosedPeerIsLost) {
  Pair pair;
  pair.server.close();
  EXPECT_EQ(kind_of([&] {
              for (;;) pair.client.write(base::as_bytes("x"), {}, {});
            }),
            ErrorKind::connection_lost);
}

TEST(Connect, RefusedPortSaysSo) {
  std::uint16_t port = 0;
  { port = Listener().port(); }
  try {
    connect_tcp("127.0.0.1", port, {}, {});
    FAIL();
  } catch (const ConnectError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::connect);
    EXPECT_NE(std::string(error.what()).find("nothing listens"), std::string::npos);
    EXPECT_EQ(error.where(), "127.0.0.1:" + std::to_string(port));
  }
}

TEST(Connect, TriesEveryAddressOfAName) {
  Listener listener;  // IPv4 only; localhost may be ::1 first.
  EXPECT_TRUE(connect_tcp("localhost", listener.port(), {}, {}).socket);
}

TEST(Connect, MissingUnixSocketAndLongPath) {
  EXPECT_EQ(kind_of([] { connect_unix("/nonexistent/.s.PGSQL.5432", {}); }), ErrorKind::connect);
  EXPECT_EQ(kind_of([] { connect_unix("/" + std::string(200, 'x'), {}); }), ErrorKind::config);
}

TEST(Resolve, UnknownNamesAndPassedDeadlines) {
  EXPECT_EQ(kind_of([] { resolve("name.invalid", 1, {}); }), ErrorKind::connect);
  EXPECT_EQ(kind_of([] {
              resolve("name.invalid", 1, {.deadline = Deadline(Deadline::Clock::time_point())});
            }),
            ErrorKind::timeout);
  std::stop_source stop;
  stop.request_stop();
  const std::stop_token token = stop.get_token();
  EXPECT_EQ(kind_of([&] { resolve("name.invalid", 1, {.stop = &token}); }), ErrorKind::cancelled);
}

TEST(Resolve, LiteralsAndLocality) {
  EXPECT_EQ(resolve("127.0.0.1", 1, {}).at(0).print(), "127.0.0.1");
  EXPECT_EQ(resolve("::1", 1, {}).at(0).print(), "::1");
  EXPECT_TRUE(resolve("127.9.9.9", 1, {}).at(0).is_local());
  EXPECT_TRUE(resolve("::1", 1, {}).at(0).is_local());
  EXPECT_FALSE(resolve("10.0.0.1", 1, {}).at(0).is_local());
  EXPECT_TRUE(unix_address("/tmp/x").is_local());
  EXPECT_TRUE(is_ip_literal("::ffff:1.2.3.4"));
  EXPECT_FALSE(is_ip_literal("localhost"));
}

}  // namespace
}  // namespace iacdb::io
