#pragma once
// \copy: a table or query to a file, a file to a table, on the client's side.
//
//   copy_command(shell, "people(id, name) from 'people.csv' with (format csv, header)", reader);
//
// PostgreSQL reads and writes the format itself; on other databases this does, with the same
// options: format text or csv, delimiter, null, header, quote, escape.
// Throws: Error. Threads: one at a time.

#include <string>
#include <string_view>

#include "cli/shell/copy_format.hpp"
#include "cli/shell/state.hpp"

namespace iacdb::cli {

struct CopyCommand {
  std::string source;    ///< "table", "table(column, ...)" or "(query)"
  bool from = false;     ///< Into the table.
  std::string file;      ///< A path, or "" for the standard streams.
  bool program = false;  ///< `file` is a command.
  std::string options;   ///< As they were typed.
  CopyFormat format;

  /// Throws: ConfigError that says what was expected.
  static CopyCommand parse(std::string_view text);
};

void copy_command(ShellState& shell, std::string_view text);

}  // namespace iacdb::cli
