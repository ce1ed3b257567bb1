// Source: MariaDB release notes and MySQL 8.0 reference manual, "What is new", for each feature.

#include "backends/mysql/connection.hpp"

namespace iacdb::mysql {

Capabilities capabilities_of(const ServerFacts& server) {
  using enum Capability;
  const auto since = [&](std::uint32_t mariadb, std::uint32_t mysql) {
    const std::uint32_t least = server.is_mariadb ? mariadb : mysql;
    return least != 0 && server.version_number >= least;
  };
  Capabilities can;
  can.backend = "mysql";
  can.product = server.is_mariadb ? "MariaDB" : "MySQL";
  can.version = server.version;
  can.version_number = server.version_number;
  can.parameters_max = 65'535;
  can.identifier_bytes_max = 64 * 4;  // 64 characters of utf8mb4.
  can.statement_bytes_max = server.max_packet_bytes;
  can.value_bytes_max = server.max_packet_bytes;
  can.default_isolation = server.isolation;
  for (const Capability always : {transactions,
                                  savepoints,
                                  read_only_transactions,
                                  isolation_levels,
                                  concurrent_writers,
                                  generated_id,
                                  upsert_on_duplicate_key,
                                  row_locks,
                                  full_text,
                                  native_decimal,
                                  timestamps_with_zone,
                                  unsigned_integers,
                                  strict_types,
                                  multiple_results,
                                  stored_procedures,
                                  out_parameters,
                                  bulk_insert,
                                  notices,
                                  server_cancel,
                                  statement_timeout,
                                  streaming_rows,
                                  streamed_parameters,
                                  multiple_databases,
                                  foreign_keys}) {
    can.set(always);
  }
  can.set(tls, server.has_tls);
  can.set(ctes, since(10'02'01, 8'00'01));
  can.set(recursive_ctes, since(10'02'02, 8'00'01));
  can.set(window_functions, since(10'02'00, 8'00'02));
  can.set(check_constraints, since(10'02'01, 8'00'16));
  can.set(json_functions, since(10'02'03, 5'07'08));
  can.set(json_type, since(10'04'03, 5'07'08));  // MariaDB: an alias with a check since then.
  can.set(returning, since(10'05'00, 0));
  can.set(skip_locked, since(10'06'00, 8'00'01));
  can.set(native_uuid, since(10'07'00, 0));
  // Before, a prepared XA transaction did not survive its connection.
  can.set(two_phase_commit, since(10'05'02, 5'07'07));
  return can;
}

}  // namespace iacdb::mysql
