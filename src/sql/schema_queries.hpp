#pragma once
// The query that asks a database for its tables in a form that read_schema() reads.
//
//   SchemaFacts facts = read_schema(rows_of(tables_query(Dialect::postgres)), Dialect::postgres);
//
// MySQL's gives names: SHOW CREATE TABLE says the rest. Threads: constant.

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

const char* tables_query(Dialect dialect) noexcept;

}  // namespace iacdb::sql
