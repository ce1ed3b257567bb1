#pragma once
// Plans: how the database runs a statement, asked after it took long.
//
//   kept.keep(sql, arguments.cells);                                   // before it runs
//   event.plan = explain(connection, kept.sql(), kept.cells(), dialect);
//
// Threads: one at a time, as the connection.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/driver.hpp"
#include "iacdb/dialect.hpp"
#include "iacdb/value.hpp"

namespace iacdb::database {

/// A copy of a statement and its arguments, for when it has ended.
class KeptStatement {
 public:
  /// Not with streams among the arguments: they can be read only once.
  void keep(std::string_view sql, std::span<const Cell> cells);
  void clear() noexcept;
  /// Empty when there is none.
  const std::string& sql() const noexcept { return sql_; }
  std::span<const Cell> cells() const noexcept { return cells_; }

 private:
  std::string sql_;
  std::vector<Value> values_;
  std::vector<Cell> cells_;
  detail::Scratch scratch_;
};

/// The plan's text, a line a step; empty for what cannot be explained. Runs nothing: the database
/// plans the statement again. A transaction that is open goes on unharmed.
/// Limits: 2 s; 16 KiB of text.
std::string explain(driver::Connection& connection, std::string_view sql,
                    std::span<const Cell> arguments, Dialect dialect) noexcept;

}  // namespace iacdb::database
