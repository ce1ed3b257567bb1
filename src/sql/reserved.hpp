#pragma once
// Reserved words: which words a dialect does not take as a plain name.
//
//   if (is_reserved("order", Dialect::mysql)) quote();
//
// Threads: safe to share.

#include <string_view>

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

/// True where an unquoted use as a column or table name is an error in some place of the grammar.
bool is_reserved(std::string_view word, Dialect dialect) noexcept;

}  // namespace iacdb::sql
