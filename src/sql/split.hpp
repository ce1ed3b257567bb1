#pragma once
// Splitting a script into statements, the way the dialect's own client does.
//
//   for (const ScriptStatement& s : split(script, Dialect::mysql)) run(s.text);
//
// Knows `;`, GO (tsql), a line of `/` (oracle, SQL*Plus), DELIMITER (mysql), dollar quotes, and the
// bodies of procedures, functions, triggers and packages, anonymous blocks and BEGIN .. END.
// Client commands (psql's `\set`, SQL*Plus' SET ECHO and PROMPT, sqlcmd's `:r`, sqlite3's `.mode`,
// DELIMITER) are not statements and left out. A statement's text has neither its terminator nor
// leading comments' blanks. Throws: QueryError(syntax) as the lexer. Lifetime: texts are views into
// the script. Cost: linear; one vector.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

struct ScriptStatement {
  std::string_view text = {};
  std::size_t offset = 0;   ///< of the text, in bytes
  std::size_t line = 1;     ///< of the text's first byte
  std::uint32_t times = 1;  ///< GO n runs a batch n times
  /// The lines that follow COPY .. FROM STDIN in a psql script, without the final `\.`.
  std::string_view data = {};
  std::size_t end = 0;  ///< offset after the terminator
};

std::vector<ScriptStatement> split(std::string_view script, Dialect dialect);

/// The complete statements of a text that may still grow, as a prompt reads it.
struct ScriptBeginning {
  std::vector<ScriptStatement> statements = {};
  std::size_t rest = 0;  ///< where the statement that has no end yet begins
  bool open = false;     ///< there is one, or an open string or comment
};

/// `delimiter` is ";" at first; a DELIMITER line of mysql changes it. Never throws.
ScriptBeginning split_beginning(std::string_view text, Dialect dialect, std::string& delimiter);

}  // namespace iacdb::sql
