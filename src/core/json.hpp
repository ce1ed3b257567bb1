#pragma once
// Cells as JSON, for the service and the command.
//
//   std::string line;
//   append_json(line, cell);      // "text", 12, null, {"a":1} for a json cell
//
// Integers and finite doubles become numbers; decimals, dates, bytes (\x hex), NaN and infinity
// become strings, because a JSON number would lose them; json cells stand as they are when they are
// valid, and as a string when not; arrays nest.
// Threads: pure functions. Cost: linear.

#include <string>
#include <string_view>

#include "iacdb/cell.hpp"

namespace iacdb::core {

void append_json(std::string& out, const Cell& cell);
/// A quoted JSON string; invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// True for one complete JSON value. Limits: 512 levels deep.
bool is_json(std::string_view text) noexcept;

}  // namespace iacdb::core
