#pragma once
// Telemetry: what a database tells about its statements: counters and observers.
//
// Kept apart from the pool, so that what lives with a connection can hold on to it without a cycle.
// Threads: safe to share.

#include <chrono>
#include <iacdb/observer.hpp>
#include <iacdb/options.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "iacdb/dialect.hpp"
#include "observe/statement_counters.hpp"
#include "sql/named_statements.hpp"

namespace iacdb::database {

using Clock = std::chrono::steady_clock;

struct Telemetry {
  std::string database;
  std::string backend;
  std::optional<Dialect> source_dialect;  ///< Of the program's SQL, where it is another one.
  sql::Policies policies;                 ///< Of translating it.
  /// Texts for this database where it differs from others; or null.
  std::shared_ptr<const sql::NamedStatements> statements;
  std::shared_ptr<Observer> observer;
  observe::StatementCounters counters;

  bool is_observed(const Options& options) const noexcept { return observer || options.observer; }
  /// When a statement's plan is wanted; the longest time there is: never.
  std::chrono::nanoseconds plan_after(const Options& options) const noexcept;
  /// Fills in the names and hands the event to both observers; never throws.
  void tell(QueryEvent event, const Options& options) const noexcept;
};

/// One statement being timed: counts and tells its end exactly once.
struct Timing {
  Clock::time_point start;
  std::chrono::nanoseconds waited{0};
  std::chrono::nanoseconds took{-1};  ///< Set when it has ended before it is told.
};

/// The dialect whose literals a backend's statements have, for fingerprints.
Dialect dialect_of(std::string_view backend) noexcept;

}  // namespace iacdb::database
