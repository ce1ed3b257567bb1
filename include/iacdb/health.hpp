#pragma once
// Health and Metrics: how a database and its pool are doing, as plain numbers.
//
//   if (!db.health().ok) alert(db.health().message);
//   double busy = double(db.metrics().pool.leased) / db.metrics().pool.open_max;
//
// Threads: plain values.

#include <array>
#include <chrono>
#include <cstdint>
#include <iacdb/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

/// Whether a pool opens connections: it stops for a while when the server does not answer.
enum class BreakerState : std::uint8_t {
  closed,     ///< It does.
  open,       ///< It does not: callers fail fast with the cause.
  half_open,  ///< One attempt is under way to find out.
};
std::string_view to_string(BreakerState state) noexcept;

struct PoolMetrics {
  std::uint32_t open_max = 0;
  std::uint32_t open = 0;    ///< Connections that exist.
  std::uint32_t leased = 0;  ///< Of these, in use.
  std::uint32_t idle = 0;
  std::uint32_t waiting = 0;            ///< Callers waiting now.
  std::uint64_t leases = 0;             ///< Handed out since open.
  std::uint64_t waits = 0;              ///< Of these, after waiting.
  std::chrono::microseconds waited{0};  ///< In total.
  std::uint64_t acquire_timeouts = 0;
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
  std::uint64_t open_failures = 0;
  std::uint64_t resets_dropped = 0;
  std::uint64_t leaks = 0;
  std::uint64_t stale = 0;          ///< Idle connections found dead before they were leased.
  std::uint64_t failed_fast = 0;    ///< Callers refused while the breaker was open.
  std::uint64_t breaker_trips = 0;  ///< Times the breaker opened.
  BreakerState breaker = BreakerState::closed;
};

/// The part a server plays for the data it holds.
enum class Role : std::uint8_t {
  unknown,
  primary,  ///< It takes writes.
  replica,  ///< It follows another server.
  file,     ///< No server: a file of this machine.
  memory,   ///< No server and no file.
};
std::string_view to_string(Role role) noexcept;

struct Health {
  bool ok = false;      ///< It answers, and nothing that it should do is known to fail.
  std::string message;  ///< "ok", or one line saying what is wrong.
  std::string backend;
  std::string version;
  std::chrono::microseconds latency{0};  ///< Of one round trip.
  bool read_only = false;                ///< A replica, or a file that cannot be written.
  bool reachable = false;                ///< It answered.
  Role role = Role::unknown;
  std::optional<std::uint64_t> disk_free_bytes{};  ///< Of the file's disk; empty for servers.
  PoolMetrics pool{};                              ///< As of before the question.
  /// Every connection is in use and somebody waits for one.
  bool is_saturated() const noexcept { return pool.leased >= pool.open_max && pool.waiting > 0; }
};

inline constexpr std::size_t error_kinds_count = static_cast<std::size_t>(ErrorKind::internal) + 1;
/// Upper bounds of StatementMetrics::buckets in microseconds; one more bucket holds the rest.
inline constexpr std::array<std::uint32_t, 12> latency_buckets_us = {
    100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 500'000, 2'000'000};

struct StatementMetrics {
  std::uint64_t count = 0;
  std::uint64_t rows = 0;
  std::chrono::nanoseconds total{0};
  std::array<std::uint64_t, latency_buckets_us.size() + 1> buckets{};
  std::array<std::uint64_t, error_kinds_count> errors{};  ///< By ErrorKind.
};

struct Metrics {
  std::string database;
  std::string backend;
  PoolMetrics pool;
  StatementMetrics statements;
};

/// One command on one collection of a document store: `rows` are documents.
struct CommandMetrics {
  std::string collection;
  std::string command;  ///< "find"
  StatementMetrics statements;
};

struct DocumentMetrics {
  std::string database;  ///< The store's name.
  std::string backend;
  std::optional<Metrics> sql{};  ///< Of the SQL database that keeps the documents; not of MongoDB.
  std::vector<CommandMetrics> commands{};
};

}  // namespace iacdb
