#pragma once
// Options of databases, statements and transactions: every member has a default.
//
//   auto reports = db.with({.timeout = 200ms, .label = "reports"});
//   db.transact(work, {.isolation = Isolation::serializable, .attempts_max = 5});
//
// The order of members is part of the API: designated initialisers depend on it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <iacdb/capabilities.hpp>
#include <iacdb/dialect.hpp>
#include <iacdb/policies.hpp>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace iacdb {

class Observer;

/// Pool settings of one database. Limits: open_max bounds connections, waiters_max bounds waiting.
struct PoolOptions {
  std::uint32_t open_max = 10;
  std::uint32_t idle_max = 5;
  std::uint32_t warm = 0;  ///< Connections opened at once, before the first use.
  std::chrono::milliseconds lifetime{std::chrono::minutes(30)};  ///< 0: unlimited; jittered ±10 %.
  std::chrono::milliseconds idle_timeout{std::chrono::minutes(5)};  ///< 0: unlimited.
  std::chrono::milliseconds acquire_timeout{std::chrono::seconds(30)};
  std::uint32_t waiters_max = 10'000;       ///< Callers that may wait for a lease at the same time.
  std::chrono::milliseconds leak_after{0};  ///< Report a lease held longer; 0: never.
  bool operator==(const PoolOptions&) const = default;
};

/// How open() differs from what the URL says. A value here wins over the URL.
struct OpenOptions {
  std::optional<PoolOptions> pool{};
  std::string name{};  ///< The pool's name in metrics and health; "" takes the database's own.
  std::shared_ptr<Observer> observer{};
  std::uint32_t statement_cache_size = 256;  ///< Prepared statements kept a connection; 0: none.
  std::uint32_t batch_rows = 256;            ///< Rows a batch at most.
  /// The dialect that the program's SQL is written in, where it is not the database's own:
  /// statements are translated, once a text. Unset: what the configuration says, or none.
  std::optional<Dialect> source_dialect{};
  /// A file of named statements, with texts for one database where it must differ; see
  /// Database::statement. Empty: what the configuration says, or none.
  std::string statements_file{};
  /// Prepares each of them on the first connection, without running it. Throws: ConfigError.
  bool check_statements = true;
  /// Of translation, where databases truly differ. Unset: what the configuration says.
  std::optional<sql::Policies> policies{};
};

/// Defaults of every statement run through a handle; see Database::with.
struct Options {
  std::chrono::milliseconds timeout{0};  ///< For each statement, waiting included; 0: none.
  std::stop_token stop{};                ///< Requesting a stop cancels what runs.
  std::string label{};                   ///< Shown in logs, metrics and the slow-query log.
  std::shared_ptr<Observer> observer{};  ///< Told of each statement, besides the database's own.
};

/// How a transaction ends its life when something fails, and what it sees.
struct TransactionOptions {
  std::optional<Isolation> isolation{};  ///< Unset: the database's default.
  bool read_only = false;
  bool deferrable = false;         ///< PostgreSQL: serializable, read only, without conflicts.
  std::uint32_t attempts_max = 1;  ///< transact() only: whole-unit tries on a ConflictError.
  std::chrono::milliseconds backoff{10};  ///< Before the second try; doubles, with jitter, to 1 s.
};

}  // namespace iacdb
