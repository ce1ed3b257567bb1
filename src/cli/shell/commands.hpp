#pragma once
// The backslash commands, those of psql by name and arguments.
//
//   run_command(shell, *reader.next());
//
// Throws: Error. Threads: one at a time. See: docs/guides/shell.md.

#include <string>
#include <string_view>
#include <vector>

#include "cli/shell/state.hpp"
#include "cli/shell/statement_reader.hpp"

namespace iacdb::cli {

void run_command(ShellState& shell, const Piece& piece);

std::vector<std::string_view> command_names();
std::vector<std::string> pset_names();
std::vector<std::string> help_topics();
/// What \h prints: the form of a statement.
std::string help_on(std::string_view topic);

/// The statement before a command, or the last one run. Throws: ConfigError when there is none.
const std::string& statement_of(ShellState& shell, const Piece& piece);

/// One command, called with what stood behind its name.
using Command = void (*)(ShellState& shell, const Piece& piece);

// Families, each in a file of its own.
void describe_command(ShellState& shell, const Piece& piece);  // \d... \l \z \sv \sf
void list_databases(ShellState& shell, const Piece& piece);
void show_text_command(ShellState& shell, const Piece& piece);
void run_buffer(ShellState& shell, const Piece& piece);    // \g \gx \G
void run_results(ShellState& shell, const Piece& piece);   // \gexec
void keep_results(ShellState& shell, const Piece& piece);  // \gset
void watch_command(ShellState& shell, const Piece& piece);
void prompt_command(ShellState& shell, const Piece& piece);
void bind_command(ShellState& shell, const Piece& piece);
void describe_results(ShellState& shell, const Piece& piece);  // \gdesc
void look_command(ShellState& shell, const Piece& piece);      // \x \t \format \timing
void pset_command(ShellState& shell, const Piece& piece);
void set_command(ShellState& shell, const Piece& piece);   // \set \unset
void edit_command(ShellState& shell, const Piece& piece);  // \e \p \r \w \s

}  // namespace iacdb::cli
