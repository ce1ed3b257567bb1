#pragma once
// Binds Cells to a statement's parameters.
//
//   bind_all(prepared, cells, Keep::borrowed, sql);
//
// Values SQLite has no type for are bound as their ISO text. Throws: UsageError for another number
// of cells than parameters; DataError for text that is no UTF-8 or a value that is too large;
// UnsupportedError for arrays.
// Threads: one at a time.

#include <span>
#include <string_view>

#include "backends/sqlite/prepared.hpp"
#include "backends/sqlite/utf8.hpp"

namespace iacdb::backends::sqlite {

/// Whether SQLite may point into the cells' memory until the statement is bound anew.
enum class Keep : std::uint8_t { borrowed, copied };

[[noreturn]] void raise_parameter_count(const Prepared& prepared, std::size_t given);
/// Everything but the plain cells below. Index counts from 1.
void bind_other(sqlite3_stmt* statement, int index, const Cell& cell, Keep keep);
[[noreturn]] void raise_bind(sqlite3_stmt* statement, int index, int rc);

inline void bind_cell(sqlite3_stmt* statement, int index, const Cell& cell, Keep keep) {
  int rc = SQLITE_OK;
  if (cell.type() == Type::text && !cell.is_streamed() && cell.text().size() < 0x7fffffff) {
    const std::string_view text = cell.text();
    if (!is_utf8(text) || text.data() == nullptr) [[unlikely]] {
      return bind_other(statement, index, cell, keep);
    }
    rc = sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()),
                           keep == Keep::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT);
  } else if (cell.type() == Type::float64) {
    rc = sqlite3_bind_double(statement, index, cell.real());
  } else {
    return bind_other(statement, index, cell, keep);
  }
  if (rc != SQLITE_OK) [[unlikely]]
    raise_bind(statement, index, rc);
}

[[gnu::always_inline]] inline void bind_all(const Prepared& prepared, std::span<const Cell> cells,
                                            Keep keep) {
  if (cells.size() != static_cast<std::size_t>(prepared.parameters_count)) [[unlikely]] {
    raise_parameter_count(prepared, cells.size());
  }
  sqlite3_stmt* statement = prepared.statement.get();
  int index = 0;
  for (const Cell& cell : cells) {
    ++index;
    if (cell.type() != Type::int64) {
      bind_cell(statement, index, cell, keep);
    } else if (const int rc = sqlite3_bind_int64(statement, index, cell.integer()); rc != SQLITE_OK)
        [[unlikely]] {
      raise_bind(statement, index, rc);
    }
  }
}

}  // namespace iacdb::backends::sqlite
