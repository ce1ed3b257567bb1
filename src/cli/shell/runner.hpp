#pragma once
// Running one statement as the shell does: guarded, cancellable, timed, printed.
//
//   run_statement(shell, "select * from t", {});
//   with_rows(shell, sql, [&](Rows<Row>& rows, const Interrupt::Watch& watch) { ... });
//
// Throws: Error, as the database refuses it; a cancelled one as ErrorKind::cancelled.
// Threads: one at a time.

#include <functional>
#include <string>
#include <string_view>

#include "cli/shell/state.hpp"

namespace iacdb::cli {

struct RunHow {
  std::string format = {};  ///< "" is the shell's own.
  bool has_data = false;    ///< COPY FROM STDIN: the reader has its lines.
  bool ask = true;          ///< Before an UPDATE or DELETE of all rows, at a prompt.
};

void run_statement(ShellState& shell, std::string_view sql, const RunHow& how = {});

using UseRows = std::function<void(Rows<Row>&, const Interrupt::Watch&)>;
/// Hands the rows to `use` instead of printing them. False when the user said no.
bool with_rows(ShellState& shell, std::string_view sql, const UseRows& use, bool ask = true);

/// A cursor's results, printed in `look`.
void print_rows(ShellState& shell, Rows<Row>& rows, const Look& look,
                const Interrupt::Watch& watch);
/// A table the shell made itself.
void print_text_table(ShellState& shell, const std::vector<std::string>& names,
                      const std::vector<std::vector<std::optional<std::string>>>& rows,
                      const Look& look);

/// The statement with the operator `?` as the library writes it.
std::string as_library_sql(std::string_view sql, Dialect dialect);

}  // namespace iacdb::cli
