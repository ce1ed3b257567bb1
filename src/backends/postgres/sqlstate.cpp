#include "backends/postgres/sqlstate.hpp"

#include <algorithm>
#include <array>

namespace iacdb::backends::postgres {
namespace {

using enum ErrorKind;

struct Row {
  std::string_view code;
  ErrorKind kind;
};

// Sorted. PostgreSQL 15, Appendix A: codes whose kind differs from that of their class.
constexpr auto codes = std::to_array<Row>({
    {"08P01", internal},               // protocol_violation
    {"0LP01", permission},             // invalid_grant_operation
    {"22000", data},                   // data_exception
    {"22P06", syntax},                 // nonstandard_use_of_escape_character
    {"23000", check_violation},        // integrity_constraint_violation
    {"23001", foreign_key_violation},  // restrict_violation
    {"23502", not_null_violation},     // not_null_violation
    {"23503", foreign_key_violation},  // foreign_key_violation
    {"23505", unique_violation},       // unique_violation
    {"23514", check_violation},        // check_violation
    {"23P01", check_violation},        // exclusion_violation
    {"25000", usage},                  // invalid_transaction_state
    {"25006", read_only},              // read_only_sql_transaction
    {"25P02", usage},                  // in_failed_sql_transaction
    {"25P03", connection_lost},        // idle_in_transaction_session_timeout
    {"26000", undefined_object},       // invalid_sql_statement_name
    {"34000", undefined_object},       // invalid_cursor_name
    {"3D000", undefined_object},       // invalid_catalog_name
    {"3F000", undefined_object},       // invalid_schema_name
    {"40001", serialization_failure},  // serialization_failure
    {"40002", check_violation},        // transaction_integrity_constraint_violation
    {"40003", in_doubt},               // statement_completion_unknown
    {"40P01", deadlock},               // deadlock_detected
    {"42501", permission},             // insufficient_privilege
    {"42601", syntax},                 // syntax_error
    {"42602", syntax},                 // invalid_name
    {"42611", syntax},                 // invalid_column_definition
    {"42622", syntax},                 // name_too_long
    {"42701", duplicate_object},       // duplicate_column
    {"42702", syntax},                 // ambiguous_column
    {"42703", undefined_object},       // undefined_column
    {"42704", undefined_object},       // undefined_object
    {"42710", duplicate_object},       // duplicate_object
    {"42712", duplicate_object},       // duplicate_alias
    {"42723", duplicate_object},       // duplicate_function
    {"42725", syntax},                 // ambiguous_function
    {"42803", syntax},                 // grouping_error
    {"42804", data},                   // datatype_mismatch
    {"42809", usage},                  // wrong_object_type
    {"42830", syntax},                 // invalid_foreign_key
    {"42846", data},                   // cannot_coerce
    {"42883", undefined_object},       // undefined_function
    {"42939", permission},             // reserved_name
    {"42P01", undefined_object},       // undefined_table
    {"42P02", usage},                  // undefined_parameter
    {"42P03", duplicate_object},       // duplicate_cursor
    {"42P04", duplicate_object},       // duplicate_database
    {"42P05", duplicate_object},       // duplicate_prepared_statement
    {"42P06", duplicate_object},       // duplicate_schema
    {"42P07", duplicate_object},       // duplicate_table
    {"42P17", syntax},                 // invalid_object_definition
    {"42P18", usage},                  // indeterminate_datatype
    {"44000", check_violation},        // with_check_option_violation
    {"53300", resource},               // too_many_connections
    {"55006", resource},               // object_in_use
    {"55P02", usage},                  // cant_change_runtime_param
    {"55P03", lock_timeout},           // lock_not_available
    {"57014", cancelled},              // query_canceled
    {"57P01", connection_lost},        // admin_shutdown
    {"57P02", connection_lost},        // crash_shutdown
    {"57P03", connect},                // cannot_connect_now
    {"57P04", undefined_object},       // database_dropped
    {"57P05", connection_lost},        // idle_session_timeout
    {"58P01", resource},               // undefined_file
    {"P0002", row_count},              // no_data_found
    {"P0003", row_count},              // too_many_rows
});

// Sorted. The classes of Appendix A.
constexpr auto classes = std::to_array<Row>({
    {"03", usage},                  // SQL statement not yet complete
    {"08", connection_lost},        // connection exception
    {"09", data},                   // triggered action exception
    {"0A", unsupported},            // feature not supported
    {"0B", usage},                  // invalid transaction initiation
    {"0F", data},                   // locator exception
    {"0L", permission},             // invalid grantor
    {"0P", permission},             // invalid role specification
    {"20", usage},                  // case not found
    {"21", row_count},              // cardinality violation
    {"22", data},                   // data exception
    {"23", check_violation},        // integrity constraint violation
    {"24", usage},                  // invalid cursor state
    {"25", usage},                  // invalid transaction state
    {"26", undefined_object},       // invalid SQL statement name
    {"27", data},                   // triggered data change violation
    {"28", authentication},         // invalid authorization specification
    {"2B", usage},                  // dependent privilege descriptors still exist
    {"2D", usage},                  // invalid transaction termination
    {"2F", data},                   // SQL routine exception
    {"34", undefined_object},       // invalid cursor name
    {"38", data},                   // external routine exception
    {"39", data},                   // external routine invocation exception
    {"3B", undefined_object},       // savepoint exception
    {"3D", undefined_object},       // invalid catalog name
    {"3F", undefined_object},       // invalid schema name
    {"40", serialization_failure},  // transaction rollback
    {"42", syntax},                 // syntax error or access rule violation
    {"44", check_violation},        // with check option violation
    {"53", resource},               // insufficient resources
    {"54", resource},               // program limit exceeded
    {"55", usage},                  // object not in prerequisite state
    {"57", cancelled},              // operator intervention
    {"58", resource},               // system error
    {"72", serialization_failure},  // snapshot failure
    {"F0", config},                 // configuration file error
    {"HV", unsupported},            // foreign data wrapper error
    {"P0", data},                   // PL/pgSQL error
    {"XX", internal},               // internal error
});

template <std::size_t N>
const Row* find(const std::array<Row, N>& rows, std::string_view code) noexcept {
  const auto at = std::lower_bound(rows.begin(), rows.end(), code,
                                   [](const Row& row, std::string_view c) { return row.code < c; });
  return at != rows.end() && at->code == code ? &*at : nullptr;
}

constexpr bool sorted(const auto& rows) {
  return std::is_sorted(rows.begin(), rows.end(),
                        [](const Row& a, const Row& b) { return a.code < b.code; });
}
static_assert(sorted(codes) && sorted(classes));

}  // namespace

ErrorKind kind_of_sqlstate(std::string_view code) noexcept {
  if (const Row* row = find(codes, code)) return row->kind;
  if (const Row* row = find(classes, code.substr(0, 2))) return row->kind;
  return internal;
}

bool is_retryable(std::string_view code) noexcept {
  switch (kind_of_sqlstate(code)) {
    case serialization_failure:
    case deadlock:
    case lock_timeout:
      return true;
    default:
      return code == "53300" || code == "57P03";  // Too many connections; starting up.
  }
}

}  // namespace iacdb::backends::postgres
