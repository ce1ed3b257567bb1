#pragma once
// Whether one text may stand for another: the same parameters, and no more done than was asked for.
//
// Threads: safe to share. Cost: linear.

#include <string>
#include <string_view>

#include "sql/named_statements.hpp"

namespace iacdb::sql {

/// Why `other` cannot run in place of `text`, as the rest of a sentence; empty when it can.
std::string find_difference(std::string_view text, Dialect dialect, const StatementText& other);

}  // namespace iacdb::sql
