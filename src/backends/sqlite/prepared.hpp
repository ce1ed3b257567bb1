#pragma once
// Prepared: one statement of SQLite's, with what the hot path must know of it.
//
//   Prepared p = prepare(db, "insert into t values (?)");
//   if (p.inserts) ...
//
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "backends/sqlite/handles.hpp"
#include "iacdb/cell.hpp"

namespace iacdb::backends::sqlite {

inline constexpr std::ptrdiff_t value_stride_unknown = -1;
inline constexpr std::ptrdiff_t value_stride_none = 0;  ///< They are no array.

struct Prepared {
  Statement statement;       ///< Null for text without a statement: blanks, comments.
  std::size_t consumed = 0;  ///< Bytes of the text up to this statement's end.
  int parameters_count = 0;
  int columns_count = 0;
  int reprepares = 0;             ///< SQLite's own count, when `columns` were last valid.
  bool read_only = true;          ///< Writes nothing into the database.
  bool writes_rows = false;       ///< insert, update or delete: sqlite3_changes64 is its own.
  bool inserts = false;           ///< May make a rowid.
  bool steers = false;            ///< begin, commit, rollback, savepoint, release.
  bool ends_transaction = false;  ///< rollback of the whole transaction.
  bool changes_session = false;   ///< Later statements of the connection may see it.
  bool cacheable = true;          ///< Pragmas act while they are prepared, so never.
  bool columns_known = false;
  std::ptrdiff_t value_stride = value_stride_unknown;  ///< See cells.hpp.
  std::vector<Column> columns;                         ///< Filled by columns_of.
};

/// The first statement of `sql`; `consumed` says where the next would begin.
/// Throws: the errors of SQLite; DataError when `sql` is no UTF-8 or holds a NUL.
Prepared prepare(sqlite3* db, std::string_view sql);
/// True when nothing but blanks, semicolons and comments is left.
bool is_blank_sql(std::string_view sql) noexcept;
void read_columns(Prepared& prepared);
/// Names and types, read from SQLite once.
inline std::span<const Column> columns_of(Prepared& prepared) {
  if (!prepared.columns_known) [[unlikely]]
    read_columns(prepared);
  return prepared.columns;
}
/// To be called after the first step: SQLite may have prepared the statement anew for a new schema.
inline void note_reprepare(Prepared& prepared) {
  const int now = sqlite3_stmt_status(prepared.statement.get(), SQLITE_STMTSTATUS_REPREPARE, 0);
  if (now == prepared.reprepares) [[likely]]
    return;
  prepared.reprepares = now;
  prepared.columns_count = sqlite3_column_count(prepared.statement.get());
  prepared.columns_known = false;
  prepared.value_stride = value_stride_unknown;
}

}  // namespace iacdb::backends::sqlite
