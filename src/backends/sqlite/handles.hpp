#pragma once
// Owners of SQLite's handles.
//
//   Statement statement(raw);   // finalised when it goes
//
// Threads: one at a time.

#include <sqlite3.h>

#include <memory>

namespace iacdb::backends::sqlite {

static_assert(SQLITE_VERSION_NUMBER >= 3037000,
              "iacdb needs SQLite 3.37 or newer: sqlite3_changes64, the memdb VFS, RETURNING");

struct CloseDatabase {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

}  // namespace iacdb::backends::sqlite
