#include <array>

#include "backends/postgres/connection.hpp"

namespace iacdb::backends::postgres {
namespace {

// What every supported version (10 and newer) has.
constexpr auto always = std::to_array<Capability>({
    Capability::transactions,
    Capability::savepoints,
    Capability::read_only_transactions,
    Capability::isolation_levels,
    Capability::concurrent_writers,
    Capability::ddl_in_transactions,
    Capability::ctes,
    Capability::recursive_ctes,
    Capability::window_functions,
    Capability::returning,
    Capability::update_returning,
    Capability::upsert_on_conflict,
    Capability::skip_locked,
    Capability::row_locks,
    Capability::json_type,
    Capability::json_functions,
    Capability::full_text,
    Capability::arrays,
    Capability::native_boolean,
    Capability::native_uuid,
    Capability::native_interval,
    Capability::native_decimal,
    Capability::timestamps_with_zone,
    Capability::infinite_timestamps,
    Capability::strict_types,
    Capability::multiple_results,
    Capability::bulk_insert,
    Capability::copy_streams,
    Capability::notifications,
    Capability::notices,
    Capability::server_cancel,
    Capability::statement_timeout,
    Capability::streaming_rows,
    Capability::streamed_parameters,
    Capability::tls,
    Capability::multiple_databases,
    Capability::check_constraints,
    Capability::foreign_keys,
    Capability::two_phase_commit,
});

}  // namespace

Capabilities capabilities_of(std::uint32_t version_number, std::string_view version) {
  Capabilities can;
  can.backend = "postgres";
  can.product = "PostgreSQL";
  can.version = version.substr(0, version.find(' '));
  can.version_number = version_number;
  can.parameters_max = 65'535;
  can.identifier_bytes_max = 63;
  can.statement_bytes_max = 0x3fffffff;
  can.value_bytes_max = 0x3fffffff;
  for (const Capability capability : always) can.set(capability);
  can.set(Capability::stored_procedures, version_number >= 110000);
  can.set(Capability::out_parameters, version_number >= 110000);
  can.set(Capability::merge, version_number >= 150000);
  return can;
}

}  // namespace iacdb::backends::postgres
