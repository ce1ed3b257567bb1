#pragma once
// Observer: told of every statement and pool event.
//
//   struct Log : iacdb::Observer {
//     void on_query(const iacdb::QueryEvent& e) override { print(e.fingerprint(), e.duration); }
//   };
//   auto db = iacdb::open(url, {.observer = std::make_shared<Log>()});
//
// Threads: called on the thread that ran the statement, from many threads at once; implementations
// are safe to share. Exceptions from an observer are swallowed.

#include <chrono>
#include <cstdint>
#include <iacdb/error.hpp>
#include <string>
#include <string_view>

namespace iacdb {

/// One finished statement, or one finished command of a document store; the SQL that such a command
/// ran is told as well. Lifetime: valid during the call only.
struct QueryEvent {
  std::string_view database;  ///< The pool's name.
  std::string_view backend;
  std::string_view label;  ///< Options::label.
  /// The text as the program gave it, literals included, never parameters; of a command its shape,
  /// without values.
  std::string_view sql;
  std::chrono::nanoseconds duration{0};  ///< From the call to the last row fetched.
  std::chrono::nanoseconds waited{0};    ///< Of that, waiting for a connection.
  std::uint64_t rows = 0;                ///< Rows fetched or affected.
  const Error* error = nullptr;          ///< Null when it succeeded.
  std::string_view plan{};     ///< How the database runs it; only where plan_after() asked for it.
  std::string_view command{};  ///< "find": a command of a document store; else empty.
  std::string_view collection{};  ///< What that command is about.

  /// The text with literals replaced: what logs may keep. Cost: lexes the statement.
  std::string fingerprint() const;
};

struct PoolEvent {
  enum class What : std::uint8_t {
    opened,
    closed,
    open_failed,
    acquire_timeout,
    leak,            ///< A lease is held longer than PoolOptions::leak_after.
    reset_dropped,   ///< A returned connection could not be reset and was closed.
    breaker_opened,  ///< The server does not answer: callers fail fast for a while.
    breaker_closed,  ///< It answers again.
  };
  std::string_view database;
  What what = What::opened;
  std::string_view detail;
};
std::string_view to_string(PoolEvent::What what) noexcept;

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_query(const QueryEvent&) {}
  virtual void on_pool(const PoolEvent&) {}
  /// Statements of a database that take longer are explained, and their event has a plan: one more
  /// round trip each, on their connection. By default none is.
  virtual std::chrono::nanoseconds plan_after(std::string_view /*database*/) const {
    return std::chrono::nanoseconds::max();
  }
};

}  // namespace iacdb
