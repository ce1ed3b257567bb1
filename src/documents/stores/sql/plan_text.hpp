#pragma once
// What the text of a PostgreSQL plan that ran says of the rows it looked at.
//
//   rows_examined(plan);   // of its scans: what they gave, and what their filters dropped
//
// Threads: a pure function. See: https://www.postgresql.org/docs/current/using-explain.html

#include <cstdint>
#include <string_view>

namespace iacdb::doc {

std::int64_t rows_examined(std::string_view plan);

}  // namespace iacdb::doc
