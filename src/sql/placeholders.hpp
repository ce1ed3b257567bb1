#pragma once
// Placeholders: `?` or `:name` in the application's SQL become the markers a database reads.
//
//   auto r = rewrite("select * from t where a = ? and b in (?)", Dialect::postgres,
//                    {.counts = counts});       // counts {1, 3} -> "... a = $1 and b in ($2, $3,
//                    $4)"
//   for (Binding b : r.bindings) bind(values[b.parameter][b.element]);
//
// `??` is the operator `?`. Colons are read as names only when `named` is set. Markers inside
// literals, comments and quoted names stay as they are.
// Throws: UsageError for `?` mixed with `:name`, for an empty list that is not a whole IN list, and
// for counts of another number than the parameters; QueryError(syntax) as the lexer.
// Threads: safe to share. Cost: linear; nothing but a copy where the text holds no marker.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

struct PlaceholderOptions {
  bool named = false;  ///< read `:name`
  /// Write `?` on every dialect and keep `??`: names and lists go, the rest waits for the backend.
  bool portable = false;
  /// Values per parameter: 1 a scalar, n a list of n. Empty: every parameter is a scalar.
  /// In named mode the order is that of `names`.
  std::span<const std::size_t> counts = {};
};

/// What one native marker takes: a parameter, and the element of it when that is a list.
struct Binding {
  std::uint32_t parameter = 0;
  std::uint32_t element = 0;
  bool operator==(const Binding&) const = default;
};

/// Where a source marker went; both are byte offsets.
struct Moved {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  std::uint32_t source_size = 0;
  std::uint32_t target_size = 0;
};

struct Rewritten {
  std::string text = {};
  std::size_t parameters = 0;           ///< `?` markers, or distinct names
  std::vector<std::string> names = {};  ///< distinct names in the order of their first use
  std::vector<Binding> bindings = {};   ///< one a value the database expects, in its order
  std::vector<Moved> moved = {};        ///< every replaced stretch, ascending
};

/// Rewrites a statement for a database of `dialect`: $n for postgres, ? for the others.
Rewritten rewrite(std::string_view sql, Dialect dialect, const PlaceholderOptions& options = {});

/// The source offset that an offset of the rewritten text came from.
std::size_t source_offset(const Rewritten& rewritten, std::size_t target) noexcept;

/// The distinct `:name` parameters of a statement, in the order of their first use.
std::vector<std::string> parameter_names(std::string_view sql, Dialect dialect);

}  // namespace iacdb::sql
