#pragma once
// Completer: what Tab offers: keywords, tables, columns, backslash commands and their arguments.
//
//   Completer completer(shell);
//   Completion found = completer.complete("", "select na");
//
// The names are read from the database on first use and again after DDL.
// Threads: one at a time.

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/shell/line_editor.hpp"
#include "cli/shell/state.hpp"

namespace iacdb::cli {

/// The names of a database, as they are written in SQL.
struct CatalogueNames {
  std::vector<std::string> schemas;
  std::map<std::string, std::vector<std::string>> relations;  ///< With their columns.
};

class Completer {
 public:
  explicit Completer(ShellState& shell) : shell_(shell) {}
  /// `pending` are the lines typed before; `line` is this line up to the cursor.
  Completion complete(std::string_view pending, std::string_view line);

 private:
  Completion command_argument(std::string_view command, std::string_view word);
  void refresh();

  ShellState& shell_;
  CatalogueNames names_;
  std::chrono::steady_clock::time_point read_{};
};

/// The pure part: candidates for the end of `text`, given the names.
Completion complete_sql(std::string_view text, const CatalogueNames& names, Dialect dialect);

}  // namespace iacdb::cli
