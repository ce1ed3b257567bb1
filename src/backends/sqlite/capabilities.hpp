#pragma once
// What the linked SQLite, opened as it was, can do.
//
//   const Capabilities can = detect_capabilities(db, plan);
//
// Threads: one at a time.

#include "backends/sqlite/open_plan.hpp"
#include "iacdb/capabilities.hpp"

namespace iacdb::backends::sqlite {

/// Cost: one statement is prepared, none is run.
Capabilities detect_capabilities(sqlite3* db, const OpenPlan& plan);

}  // namespace iacdb::backends::sqlite
