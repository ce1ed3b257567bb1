#pragma once
// Running text as the shell does: statements and backslash commands in order.
//
//   run_text(shell, "select 1; \\d people", "");
//   run_file(shell, "setup.sql");
//   return run_prompt(shell);
//
// The first error of a script ends it and is thrown with its file and line, unless the options say
// to go on: then it is printed and counted in shell.failed.
// Threads: one at a time.

#include <iosfwd>
#include <string>

#include "cli/shell/state.hpp"
#include "cli/shell/statement_reader.hpp"

namespace iacdb::cli {

/// `source` stands before line numbers in errors; "" is the command line or standard input.
void run_text(ShellState& shell, const std::string& text, const std::string& source);
/// Throws: ConfigError when the file cannot be read.
void run_file(ShellState& shell, const std::string& path);
/// Reads a stream to its end, running what is complete as it arrives.
void run_stream(ShellState& shell, std::istream& in, const std::string& source);
/// \if, \elif, \else and \endif; the statement being typed keeps what branches that run added.
void run_condition(ShellState& shell, const Piece& piece);
/// Runs until \q or the end of input; returns the exit code.
int run_prompt(ShellState& shell);

}  // namespace iacdb::cli
