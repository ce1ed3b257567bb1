#include "backends/sqlite/capabilities.hpp"

namespace iacdb::backends::sqlite {
namespace {

bool prepares(sqlite3* db, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  const int rc = sqlite3_prepare_v2(db, sql, -1, &raw, nullptr);
  const Statement statement(raw);
  return rc == SQLITE_OK;
}

std::uint64_t limit(sqlite3* db, int which) {
  return static_cast<std::uint64_t>(sqlite3_limit(db, which, -1));
}

void set_limits(Capabilities& can, sqlite3* db) {
  can.parameters_max = static_cast<std::uint32_t>(limit(db, SQLITE_LIMIT_VARIABLE_NUMBER));
  can.identifier_bytes_max = 0;
  can.statement_bytes_max = limit(db, SQLITE_LIMIT_SQL_LENGTH);
  can.value_bytes_max = limit(db, SQLITE_LIMIT_LENGTH);
}

}  // namespace

Capabilities detect_capabilities(sqlite3* db, const OpenPlan& plan) {
  Capabilities can;
  const int version = sqlite3_libversion_number();  // major * 1000000 + minor * 1000 + patch
  can.backend = "sqlite";
  can.product = "SQLite";
  can.version = sqlite3_libversion();
  can.version_number = static_cast<std::uint32_t>(version / 1000000 * 10000 +
                                                  version / 1000 % 1000 * 100 + version % 1000);
  can.default_isolation = Isolation::serializable;
  set_limits(can, db);
  using enum Capability;
  for (const Capability always :
       {transactions, savepoints, read_only_transactions, ddl_in_transactions, ctes, recursive_ctes,
        window_functions, generated_id, upsert_on_conflict, multiple_results, bulk_insert,
        server_cancel, statement_timeout, streaming_rows, check_constraints}) {
    can.set(always);
  }
  can.set(returning, version >= 3035000);
  can.set(update_returning, version >= 3035000);
  can.set(foreign_keys, plan.foreign_keys && !sqlite3_compileoption_used("OMIT_FOREIGN_KEY"));
  can.set(json_functions, prepares(db, "select json_extract('{}', '$')"));
  can.set(full_text, sqlite3_compileoption_used("ENABLE_FTS5") != 0);
  return can;
}

}  // namespace iacdb::backends::sqlite
