#pragma once
// Reads a column of the current row as a Cell, without copying.
//
//   read_cell(statement, i, cells[i]);
//
// One sqlite3_column_value and then sqlite3_value_*: each sqlite3_column_* call would take and
// check the connection again. The value is "unprotected", which makes no difference on a connection
// without a mutex (https://sqlite.org/c3ref/value.html).
// Lifetime: text and bytes are SQLite's own memory, valid until the next step.
// Throws: DataError for text that is no UTF-8. Threads: one at a time.

#include <sqlite3.h>

#include "backends/sqlite/utf8.hpp"
#include "iacdb/cell.hpp"

namespace iacdb::backends::sqlite {

[[noreturn]] void raise_bad_text(sqlite3_stmt* statement, int index, bool no_memory);

inline Cell read_text(sqlite3_stmt* statement, int index, sqlite3_value* value) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const std::string_view text(data, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  if (data == nullptr || !is_utf8(text)) [[unlikely]] {
    raise_bad_text(statement, index, data == nullptr);
  }
  return Cell::of_text(text);
}

inline Cell read_cell(sqlite3_stmt* statement, int index) {
  sqlite3_value* const value = sqlite3_column_value(statement, index);
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return Cell::of_int64(sqlite3_value_int64(value));
    case SQLITE_TEXT:
      return read_text(statement, index, value);
    case SQLITE_FLOAT:
      return Cell::of_float64(sqlite3_value_double(value));
    case SQLITE_BLOB: {
      const void* data = sqlite3_value_blob(value);
      const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
      return Cell::of_bytes({static_cast<const std::byte*>(data), size});
    }
    default:
      return {};
  }
}

}  // namespace iacdb::backends::sqlite
