#pragma once
// Reads a column of the current row as a Cell, without copying.
//
//   read_row(prepared, cells);
//
// One sqlite3_column_value a row and then sqlite3_value_*: each sqlite3_column_* call would take
// and check the connection again. The value is "unprotected", which makes no difference on a
// connection without a mutex (https://sqlite.org/c3ref/value.html). The values of a row are an
// array in every SQLite there has been; whether they are in this one, a statement's first row
// tells, and otherwise each column is asked for.
// Lifetime: text and bytes are SQLite's own memory, valid until the next step.
// Throws: DataError for text that is no UTF-8. Threads: one at a time.

#include <sqlite3.h>

#include "backends/sqlite/prepared.hpp"
#include "backends/sqlite/utf8.hpp"
#include "iacdb/cell.hpp"

namespace iacdb::backends::sqlite {

[[noreturn]] void raise_bad_text(sqlite3_stmt* statement, int index, bool no_memory);

[[gnu::always_inline]] inline Cell read_text(sqlite3_stmt* statement, int index,
                                             sqlite3_value* value) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const std::string_view text(data, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  if (data == nullptr || !is_utf8(text)) [[unlikely]] {
    raise_bad_text(statement, index, data == nullptr);
  }
  return Cell::of_text(text);
}

[[gnu::always_inline]] inline Cell read_cell(sqlite3_stmt* statement, int index,
                                             sqlite3_value* value) {
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

/// Reads a row column by column, and finds out how far apart the values are.
void read_first_row(Prepared& prepared, Cell* cells);

/// Reads the row that the statement stands on; there are as many cells as columns.
[[gnu::always_inline]] inline void read_row(Prepared& prepared, Cell* cells) {
  sqlite3_stmt* const statement = prepared.statement.get();
  const int count = prepared.columns_count;
  if (prepared.value_stride <= value_stride_none) [[unlikely]]
    return read_first_row(prepared, cells);
  auto* value = reinterpret_cast<char*>(sqlite3_column_value(statement, 0));
  for (int i = 0; i < count; ++i, value += prepared.value_stride) {
    cells[i] = read_cell(statement, i, reinterpret_cast<sqlite3_value*>(value));
  }
}

}  // namespace iacdb::backends::sqlite
