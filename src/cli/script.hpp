#pragma once
// Running SQL text of one or more statements and printing what each gives.
//
// Threads: one at a time.

#include <iacdb/database.hpp>
#include <iosfwd>
#include <string>
#include <string_view>

#include "iacdb/dialect.hpp"

namespace iacdb::cli {

struct ScriptOptions {
  std::string format = "table";
  bool keep_going = false;  ///< Go on after a failed statement.
  bool quiet = false;       ///< No "ok, n rows" lines.
  bool single_transaction = false;
  std::string source;  ///< Shown before line numbers in errors: a file's name.
};

/// Runs each statement in turn on the session; errors go to `err` with their line.
/// Returns the number of failed statements; without keep_going the first one throws.
std::size_t run_script(Session& session, Dialect dialect, std::string_view text,
                       const ScriptOptions& options, std::ostream& out, std::ostream& err);

/// Runs one statement and prints its results.
void run_statement(Queryable& queryable, std::string_view sql, const ScriptOptions& options,
                   std::ostream& out);

}  // namespace iacdb::cli
