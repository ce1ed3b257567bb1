#include "iacdb/capabilities.hpp"

#include <array>

#include "iacdb/health.hpp"
#include "iacdb/observer.hpp"

namespace iacdb {
namespace {

struct Entry {
  std::string_view name;
  std::string_view description;
};

// In the order of the enum; the static_assert below counts them.
constexpr std::array<Entry, capabilities_count> entries = {{
    {"transactions", "BEGIN, COMMIT and ROLLBACK"},
    {"savepoints", "Nested transactions by savepoints"},
    {"read_only_transactions", "A transaction that refuses writes"},
    {"isolation_levels", "More than one isolation level can be chosen"},
    {"concurrent_writers", "Transactions that write different rows run at the same time"},
    {"ddl_in_transactions", "DDL rolls back with its transaction"},
    {"ctes", "WITH queries"},
    {"recursive_ctes", "WITH RECURSIVE"},
    {"window_functions", "OVER (PARTITION BY ... ORDER BY ...)"},
    {"returning", "INSERT ... RETURNING"},
    {"update_returning", "UPDATE ... RETURNING"},
    {"generated_id", "The generated key is reported after an insert without RETURNING"},
    {"upsert_on_conflict", "INSERT ... ON CONFLICT DO UPDATE"},
    {"upsert_on_duplicate_key", "INSERT ... ON DUPLICATE KEY UPDATE"},
    {"merge", "MERGE"},
    {"skip_locked", "SELECT ... FOR UPDATE SKIP LOCKED"},
    {"row_locks", "SELECT ... FOR UPDATE"},
    {"json_type", "A JSON column type that checks its text"},
    {"json_functions", "JSON paths and functions in SQL"},
    {"full_text", "Full-text search"},
    {"arrays", "Array columns and parameters"},
    {"native_boolean", "A boolean column type"},
    {"native_uuid", "A UUID column type"},
    {"native_interval", "An interval column type"},
    {"native_decimal", "DECIMAL(p,s) columns keep every digit"},
    {"timestamps_with_zone", "A timestamp type that is an instant"},
    {"infinite_timestamps", "infinity and -infinity as dates and timestamps"},
    {"unsigned_integers", "Unsigned integer columns"},
    {"strict_types", "A column refuses a value of another type"},
    {"multiple_results", "One statement text gives several results"},
    {"stored_procedures", "Stored procedures can be called"},
    {"out_parameters", "Procedures have out and in-out parameters"},
    {"bulk_insert", "A bulk path faster than single inserts"},
    {"copy_streams", "COPY streams in and out"},
    {"notifications", "LISTEN and NOTIFY"},
    {"notices", "Notices and warnings beside the answers"},
    {"server_cancel", "A running statement can be ended from outside"},
    {"statement_timeout", "A deadline ends the statement on the server too"},
    {"streaming_rows", "Rows arrive while the statement runs"},
    {"streamed_parameters", "Large parameters are sent piece by piece"},
    {"tls", "Encrypted connections"},
    {"multiple_databases", "A server of many databases"},
    {"check_constraints", "CHECK constraints are enforced"},
    {"foreign_keys", "Foreign keys are enforced"},
    {"two_phase_commit", "Prepared transactions"},
}};
static_assert(!entries.back().name.empty(), "one entry for each capability");

}  // namespace

std::string_view to_string(Capability capability) noexcept {
  return entries[static_cast<std::size_t>(capability)].name;
}

std::string_view describe(Capability capability) noexcept {
  return entries[static_cast<std::size_t>(capability)].description;
}

std::string_view to_string(Isolation isolation) noexcept {
  switch (isolation) {
    case Isolation::read_uncommitted:
      return "read uncommitted";
    case Isolation::read_committed:
      return "read committed";
    case Isolation::repeatable_read:
      return "repeatable read";
    case Isolation::snapshot:
      return "snapshot";
    case Isolation::serializable:
      return "serializable";
  }
  return "";
}

std::string_view to_string(PoolEvent::What what) noexcept {
  switch (what) {
    case PoolEvent::What::opened:
      return "opened";
    case PoolEvent::What::closed:
      return "closed";
    case PoolEvent::What::open_failed:
      return "open_failed";
    case PoolEvent::What::acquire_timeout:
      return "acquire_timeout";
    case PoolEvent::What::leak:
      return "leak";
    case PoolEvent::What::reset_dropped:
      return "reset_dropped";
    case PoolEvent::What::breaker_opened:
      return "breaker_opened";
    case PoolEvent::What::breaker_closed:
      return "breaker_closed";
  }
  return "";
}

std::string_view to_string(BreakerState state) noexcept {
  switch (state) {
    case BreakerState::closed:
      return "closed";
    case BreakerState::open:
      return "open";
    case BreakerState::half_open:
      return "half_open";
  }
  return "";
}

std::string_view to_string(Role role) noexcept {
  switch (role) {
    case Role::unknown:
      return "unknown";
    case Role::primary:
      return "primary";
    case Role::replica:
      return "replica";
    case Role::file:
      return "file";
    case Role::memory:
      return "memory";
  }
  return "";
}

}  // namespace iacdb
