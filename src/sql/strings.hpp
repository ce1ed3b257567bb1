#pragma once
// String literals: from their written form to their characters and back; names in quotes.
//
//   decode_string("E'a\\nb'", StringForm::escape, Dialect::postgres, arena) == "a\nb"

#include <string>
#include <string_view>

#include "sql/arena.hpp"
#include "sql/dialect.hpp"
#include "sql/token.hpp"

namespace iacdb::sql {

/// The characters of a literal; a view into `written` where nothing needs decoding.
std::string_view decode_string(std::string_view written, StringForm form, Dialect dialect,
                               Arena& arena);

/// Appends a literal of a dialect: '..' with what the dialect must escape.
void append_string(std::string& out, std::string_view value, Dialect dialect);
/// Appends a name in a dialect's quotes.
void append_name(std::string& out, std::string_view name, Dialect dialect);

}  // namespace iacdb::sql
