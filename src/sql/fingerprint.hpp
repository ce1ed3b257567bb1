#pragma once
// A statement's shape: its text without literals, comments and spare blanks, for logs and grouping.
//
//   fingerprint("SELECT * FROM t WHERE a IN (1,2) -- x", Dialect::mysql).text
//     == "select * from t where a in (?)"
//
// Every literal becomes ?, an IN list and the rows of VALUES collapse to one. Where the text cannot
// be read, the rest is "..."; a literal never appears. In sqlite "x" is a name, as its manual says.
// Threads: safe to share. Cost: linear. Limits: bytes_max of text.

#include <cstdint>
#include <string>
#include <string_view>

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

struct Fingerprint {
  std::string text = {};
  std::uint64_t hash = 0;  ///< of the whole shape, also where `text` was cut
};

Fingerprint fingerprint(std::string_view sql, Dialect dialect, std::size_t bytes_max = 2048);

}  // namespace iacdb::sql
