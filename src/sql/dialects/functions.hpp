#pragma once
// The functions of the dialects: how each reads into a common name and how that is written.
//
// A common name is the one used between reading and writing; it starts with $ where a dialect has
// a function of that name with another meaning.

#include <array>
#include <span>
#include <string_view>

#include "sql/dialect.hpp"

namespace iacdb::sql {

/// NAME(args) of a source dialect reads as `common`, a template in PostgreSQL's grammar.
struct ReadFunction {
  std::string_view name;
  int arguments;  ///< -1: any number
  std::string_view common;
};

/// How each dialect writes a common function: templates in the order of the Dialect enum.
/// "" there is no equal; "=" as it stands.
struct WriteFunction {
  std::string_view name;
  int arguments;
  std::array<std::string_view, 5> forms;
};

std::span<const ReadFunction> functions_read(Dialect dialect);
std::span<const WriteFunction> functions_written();

/// True for a function that only some dialects have and that no table translates.
bool is_foreign_function(std::string_view name, Dialect source, Dialect target);

}  // namespace iacdb::sql
