#pragma once
// Names and lists become positions: what a driver sees is `?` and one cell for each.
//
//   Positions p;
//   p.resolve(cache, sql, arguments, Dialect::postgres);
//   connection.query(p.sql(), p.cells(), ...);
//
// Lifetime: sql() and cells() are valid until the next resolve() and while the arguments live.
// Throws: UsageError for a name that is missing, unknown or given twice.
// Threads: one at a time.

#include <iacdb/argument.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/statement_cache.hpp"
#include "iacdb/dialect.hpp"
#include "sql/placeholders.hpp"

namespace iacdb::database {

/// Statements with names and without lists, already rewritten.
using RewriteCache = driver::StatementCache<sql::Rewritten>;

class Positions {
 public:
  void resolve(RewriteCache& cache, std::string_view sql, const Arguments& arguments,
               Dialect dialect);
  std::string_view sql() const noexcept { return text_; }
  std::span<const Cell> cells() const noexcept { return cells_; }

 private:
  void resolve_named(RewriteCache& cache, std::string_view sql, const Arguments& arguments,
                     Dialect dialect);
  void place(const sql::Rewritten& rewritten, const Arguments& arguments,
             const std::vector<std::size_t>& order);

  std::string text_;
  std::vector<Cell> cells_;
};

}  // namespace iacdb::database
