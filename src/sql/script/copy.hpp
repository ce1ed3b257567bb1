#pragma once
// COPY .. FROM STDIN and its lines as INSERT statements of PostgreSQL, which translate as any
// other.
//
//   for (const std::string& insert : inserts_of_copy(text, data, facts)) translate(insert, ..);
//
// Reads the text format (tabs, \N, backslash escapes); CSV and binary are not read.
// Threads: pure. Cost: linear in the data.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/schema_facts.hpp"

namespace iacdb::sql {

inline constexpr std::size_t copy_rows_a_statement = 100;

/// Nothing when the statement is not COPY .. FROM STDIN in the text format.
std::optional<std::vector<std::string>> inserts_of_copy(std::string_view statement,
                                                        std::string_view data,
                                                        const SchemaFacts& facts);

}  // namespace iacdb::sql
