#pragma once
// Whether a statement may change what later statements of its session see.
//
//   if (changes_session("SET @x = 1")) session_changed_ = true;   // reset() must clear it
//
// Doubt counts as yes: a needless reset costs a round trip, a missed one leaks state to the next
// user of a pooled connection. Plain reads and writes without user variables and named locks are
// no. Threads: pure function. Cost: the first words, and a search for '@', ';' and "_lock".

#include <string_view>

namespace iacdb::mysql {

bool changes_session(std::string_view sql) noexcept;
/// Whether the statement writes rows (INSERT, UPDATE, DELETE, REPLACE, also with RETURNING).
bool writes_rows(std::string_view sql) noexcept;

}  // namespace iacdb::mysql
