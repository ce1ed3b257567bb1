#pragma once
// Condition: a piece of SQL with its parameters, in the order of their marks.
//
//   Condition both = all_of(a, any_of(b, c));
//
// Threads: plain values.

#include <cstdint>
#include <iacdb/cell.hpp>
#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

namespace iacdb::doc {

using SqlParameter = std::variant<std::string, std::int64_t, double>;

/// Empty: nothing is known, which is true.
struct Condition {
  std::string sql;
  std::vector<SqlParameter> parameters;

  bool empty() const noexcept { return sql.empty(); }
  bool operator==(const Condition&) const = default;
};

/// Appends the text, and what follows it with its parameters.
void append(Condition& out, const std::string& text, const Condition& then);
/// Those that are not empty must all hold.
Condition all_of(const std::vector<Condition>& conditions);
/// One must hold; empty when one is, or when there are none. Said twice, it stands once.
Condition any_of(const std::vector<Condition>& conditions);
/// For a statement's arguments; they refer to the parameters.
std::vector<Cell> cells_of(const std::vector<SqlParameter>& parameters);

}  // namespace iacdb::doc
