#pragma once
// Splitting a text that grows while it is typed; see iacdb/sql.hpp for split().
//
//   ScriptBeginning read = split_beginning(text, Dialect::mysql, delimiter);
//   for (const ScriptStatement& s : read.statements) run(s.text);
//
// Threads: safe to share. Lifetime: texts are views into the text. Cost: linear; one vector.

#include "iacdb/sql.hpp"

namespace iacdb::sql {

/// The complete statements of a text that may still grow, as a prompt reads it.
struct ScriptBeginning {
  std::vector<ScriptStatement> statements = {};
  std::size_t rest = 0;  ///< where the statement that has no end yet begins
  bool open = false;     ///< there is one, or an open string or comment
};

/// `delimiter` is ";" at first; a DELIMITER line of mysql changes it. Never throws.
ScriptBeginning split_beginning(std::string_view text, Dialect dialect, std::string& delimiter);

}  // namespace iacdb::sql
