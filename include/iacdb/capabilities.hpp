#pragma once
// What one database, of one version, with its settings, can do. Detected at connect; the same
// object drives code, test skips and the generated capability matrix.
//
//   if (db.can().has(iacdb::Capability::returning)) ...
//
// Threads: a plain value.

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

namespace iacdb {

enum class Isolation : std::uint8_t {
  read_uncommitted,
  read_committed,
  repeatable_read,
  snapshot,
  serializable,
};
std::string_view to_string(Isolation isolation) noexcept;

enum class Capability : std::uint8_t {
  transactions,
  savepoints,
  read_only_transactions,
  isolation_levels,     ///< More than one isolation level can be chosen.
  concurrent_writers,   ///< Two transactions may write different rows at the same time.
  ddl_in_transactions,  ///< DDL rolls back with its transaction.
  ctes,
  recursive_ctes,
  window_functions,
  returning,                ///< INSERT ... RETURNING
  update_returning,         ///< UPDATE ... RETURNING
  generated_id,             ///< ExecResult::generated_id after an insert without RETURNING.
  upsert_on_conflict,       ///< INSERT ... ON CONFLICT
  upsert_on_duplicate_key,  ///< INSERT ... ON DUPLICATE KEY UPDATE
  merge,                    ///< MERGE
  skip_locked,              ///< SELECT ... FOR UPDATE SKIP LOCKED
  row_locks,                ///< SELECT ... FOR UPDATE
  json_type,                ///< A JSON column type that checks its text.
  json_functions,           ///< JSON paths in SQL.
  full_text,
  arrays,  ///< Array columns and parameters.
  native_boolean,
  native_uuid,
  native_interval,
  native_decimal,  ///< DECIMAL(p,s) columns keep every digit.
  timestamps_with_zone,
  infinite_timestamps,
  unsigned_integers,
  strict_types,  ///< A column refuses a value of another type.
  multiple_results,
  stored_procedures,
  out_parameters,
  bulk_insert,
  copy_streams,         ///< Session::copy_in and copy_out.
  notifications,        ///< LISTEN / NOTIFY.
  notices,              ///< Remarks beside the answers: Session::notices.
  server_cancel,        ///< A running statement can be ended from outside.
  statement_timeout,    ///< A deadline ends the statement on the server too.
  streaming_rows,       ///< Rows arrive while the statement runs.
  streamed_parameters,  ///< Large parameters are sent piece by piece.
  tls,
  multiple_databases,  ///< A server of many databases, not a single file.
  check_constraints,
  foreign_keys,
  two_phase_commit,
  limit_,  ///< Not a capability: the number of them.
};
inline constexpr std::size_t capabilities_count = static_cast<std::size_t>(Capability::limit_);
/// The name documents use, for example "skip_locked".
std::string_view to_string(Capability capability) noexcept;
/// One sentence for the generated matrix.
std::string_view describe(Capability capability) noexcept;

class Capabilities {
 public:
  std::string backend;               ///< "sqlite", "postgres", "mysql"
  std::string product;               ///< "SQLite", "PostgreSQL", "MariaDB", "MySQL"
  std::string version;               ///< As the server prints it: "15.8".
  std::uint32_t version_number = 0;  ///< major * 10000 + minor * 100 + patch
  std::uint32_t parameters_max = 0;
  std::uint32_t identifier_bytes_max = 0;  ///< 0: unlimited.
  std::uint64_t statement_bytes_max = 0;
  std::uint64_t value_bytes_max = 0;
  Isolation default_isolation = Isolation::read_committed;

  bool has(Capability capability) const noexcept {
    return bits_[static_cast<std::size_t>(capability)];
  }
  void set(Capability capability, bool value = true) {
    bits_[static_cast<std::size_t>(capability)] = value;
  }
  bool operator==(const Capabilities&) const = default;

 private:
  std::bitset<capabilities_count> bits_;
};

}  // namespace iacdb
