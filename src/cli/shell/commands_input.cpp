// Commands that ask, or look at a statement before it runs: \prompt \bind \gdesc.

#include <iostream>
#include <ostream>

#include "cli/shell/commands.hpp"
#include "cli/shell/line_editor.hpp"
#include "cli/shell/runner.hpp"
#include "iacdb/sql.hpp"

namespace iacdb::cli {
namespace {

/// A line from the terminal, from the script on standard input, or from standard input itself.
std::optional<std::string> ask(ShellState& shell, const std::string& question) {
  if (shell.editor != nullptr) {
    const auto line = shell.editor->read(question, false);
    if (!line) return std::nullopt;
    if (line->interrupted) raise(ErrorKind::cancelled, "\\prompt: cancelled by Ctrl-C");
    return line->text;
  }
  shell.output.standard() << question << std::flush;
  if (shell.script_is_input) return shell.reader->take_line();
  std::string line;
  if (!std::getline(shell.context.in, line)) return std::nullopt;
  return line;
}

/// The columns of a query without its rows; only its type and names are asked of the database.
std::string without_rows(std::string_view statement, Dialect dialect) {
  if (dialect == Dialect::mysql) {  // It makes the rows of a derived table in any case.
    raise(ErrorKind::unsupported,
          "\\gdesc: MySQL and MariaDB tell the columns of a query only by running it");
  }
  const sql::StatementFacts facts = sql::classify(statement, dialect);
  if (facts.kind != sql::StatementKind::select || !facts.read_only || facts.several) {
    raise(ErrorKind::unsupported,
          "\\gdesc tells the columns of one query that changes nothing; run others to see theirs");
  }
  return "select * from (" + std::string(statement) + "\n) described where 1 = 0";
}

}  // namespace

void prompt_command(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  if (words.empty() || words.size() > 2) {
    raise(ErrorKind::config,
          "\\prompt needs the name of a variable, and may have a text before it");
  }
  auto answer = ask(shell, words.size() == 2 ? words[0] : "");
  if (!answer) raise(ErrorKind::config, "\\prompt: the input has ended");
  shell.variables.set(words.back(), std::move(*answer));
}

void bind_command(ShellState& shell, const Piece& piece) {
  shell.bound = arguments(piece.text, shell.variables);
}

void describe_results(ShellState& shell, const Piece& piece) {
  const std::string statement = shell.variables.expand(statement_of(shell, piece), shell.dialect);
  std::vector<std::vector<std::optional<std::string>>> columns;
  with_rows(shell, without_rows(statement, shell.dialect),
            [&](Rows<Row>& rows, const Interrupt::Watch&) {
              for (const Column& column : rows.columns()) {
                auto type = std::optional<std::string>(column.database_type);
                if (type->empty() && column.type != Type::null) type = to_string(column.type);
                columns.push_back({column.name, std::move(type)});  // SQLite types few expressions.
              }
            });
  Look look = shell.options.look;
  look.terminal = shell.output.is_terminal();
  print_text_table(shell, {"Column", "Type"}, columns, look);
}

}  // namespace iacdb::cli
