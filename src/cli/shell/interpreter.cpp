#include "cli/shell/interpreter.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <istream>
#include <ostream>
#include <utility>

#include "base/text.hpp"
#include "cli/shell/commands.hpp"
#include "cli/shell/completion.hpp"
#include "cli/shell/line_editor.hpp"
#include "cli/shell/runner.hpp"
#include "cli/shell/statement_reader.hpp"

namespace iacdb::cli {
namespace {

constexpr std::size_t part_bytes = 65'536;
constexpr int include_depth_max = 50;

bool goes_on(const ShellState& shell) {
  const std::string* stop = shell.variables.find("ON_ERROR_STOP");
  if (!stop) return shell.options.keep_going;
  const std::string word = base::lower(*stop);
  return word == "0" || word == "off" || word == "false" || word == "no";
}

std::string place(const ShellState& shell, std::size_t line) {
  return (shell.source.empty() ? "line " : shell.source + ":") + std::to_string(line);
}

/// A place that begins with "line N" counts from the statement: it becomes the script's line.
std::string place_of(const ShellState& shell, const std::string& within, std::size_t line) {
  constexpr std::string_view word = "line ";
  if (within.empty()) return place(shell, line);
  std::size_t counted = 0;
  const char* const end = within.data() + within.size();
  const auto number = within.starts_with(word)
                          ? std::from_chars(within.data() + word.size(), end, counted)
                          : std::from_chars_result{within.data(), std::errc::invalid_argument};
  if (number.ec != std::errc() || counted == 0) return place(shell, line) + ", " + within;
  const std::string rest(number.ptr, end);
  if (counted > 1) return place(shell, line + counted - 1) + rest;
  return place(shell, line) + rest + (rest.empty() ? "" : " of the statement");
}

[[noreturn]] void raise_with_place(const ShellState& shell, const Error& error, std::size_t line) {
  ErrorFacts facts = error.facts();
  facts.where = place_of(shell, facts.where, line);
  raise(std::move(facts));
}

void execute(ShellState& shell, const Piece& piece) {
  if (piece.is_command && is_conditional(piece.name)) return run_condition(shell, piece);
  if (!shell.conditions.active()) return;
  if (piece.is_command) return run_command(shell, piece);
  for (std::uint32_t time = 0; time < piece.times; ++time) {
    shell.last_statement = piece.text;
    run_statement(shell, piece.text, {.has_data = piece.has_data});
  }
}

/// An error of a script: thrown with its place, or told and counted.
void fail(ShellState& shell, const Error& error, std::size_t line) {
  shell.last_error = error.facts();
  const bool ends = error.breaks_connection() || error.kind() == ErrorKind::cancelled;
  if (ends || !goes_on(shell)) raise_with_place(shell, error, line);
  shell.output.plain().flush();
  shell.context.err << place(shell, line) << ": ";
  print_error(shell.context.err, error);
  ++shell.failed;
}

/// What runs now, for the time it runs.
class Running {
 public:
  Running(ShellState& shell, StatementReader& reader, const std::string& source)
      : shell_(shell), reader_(shell.reader), source_(shell.source) {
    shell.reader = &reader;
    shell.source = source;
    std::swap(conditions_, shell.conditions);
  }
  ~Running() {
    std::swap(conditions_, shell_.conditions);
    shell_.reader = reader_;
    shell_.source = source_;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  ShellState& shell_;
  StatementReader* reader_;
  std::string source_;
  Conditions conditions_;  // A file's blocks are its own.
};

void run_reader(ShellState& shell, StatementReader& reader, const std::string& source) {
  const Running running(shell, reader, source);
  while (!shell.done) {
    std::size_t line = 1;
    try {
      const auto piece = reader.next();
      if (!piece) {
        if (shell.conditions.depth() == 0) return;
        shell.conditions.close_to(0);
        raise(ErrorKind::config, "the text ends before the \\endif of its \\if");
      }
      line = piece->line;
      execute(shell, *piece);
      if (shell.interrupt.ended()) {
        shell.interrupted = true;
        raise(ErrorKind::cancelled, "cancelled by Ctrl-C");
      }
    } catch (const Error& error) {
      fail(shell, error, line);
    }
    reader.set_dialect(shell.dialect);
  }
}

/// \q inside an included file ends that file only, as psql has it.
void run_whole(ShellState& shell, StatementReader& reader, const std::string& source) {
  const bool outermost = shell.include_depth == 0;
  if (outermost && shell.options.single_transaction) run_statement(shell, "begin", {.ask = false});
  ++shell.include_depth;
  try {
    run_reader(shell, reader, source);
  } catch (...) {
    --shell.include_depth;
    if (outermost && shell.options.single_transaction && shell.session) {
      try {
        shell.session->exec("rollback");
      } catch (const Error&) {
        // The connection is gone, and the transaction with it.
      }
    }
    throw;
  }
  --shell.include_depth;
  if (!outermost) shell.done = false;
  if (outermost && shell.options.single_transaction) {
    const bool roll_back = shell.failed > 0;
    shell.session->exec(roll_back ? "rollback" : "commit");
  }
}

std::string prompt(const ShellState& shell, char state) {
  if (state == 'd') return ">> ";
  if (!shell.conditions.active()) state = '@';
  if (!shell.session) return "!" + shell.name + "> ";
  std::string text = shell.name + state;
  if (shell.in_transaction != InTransaction::no) text += static_cast<char>(shell.in_transaction);
  return text + "> ";
}

/// The lines of a prompt, and their history: a statement is one entry, however many lines it has.
class PromptLines {
 public:
  PromptLines(ShellState& shell, LineEditor& editor) : shell_(shell), editor_(editor) {}

  StatementReader::More read(std::string& text, char state) {
    shell_.output.standard().flush();
    if (state == '=') remember();
    const auto line = editor_.read(prompt(shell_, state), state != 'd');
    if (!line) return StatementReader::More::end;
    if (line->interrupted) {
      if (shell_.conditions.depth() > 0) shell_.conditions.close_to(shell_.conditions.depth() - 1);
      typed_.clear();
      return StatementReader::More::interrupted;
    }
    if (state != 'd') typed_ += line->text + '\n';
    text += line->text + '\n';
    return StatementReader::More::text;
  }

  void remember() {
    const std::string entry(base::trim(typed_));
    const bool hidden = typed_.starts_with(' ');
    typed_.clear();
    if (!entry.empty() && !hidden) editor_.remember(entry);
  }

 private:
  ShellState& shell_;
  LineEditor& editor_;
  std::string typed_;
};

void take_piece(ShellState& shell, const Piece& piece) {
  try {
    execute(shell, piece);
  } catch (const Error& error) {
    shell.last_error = error.facts();
    shell.output.standard().flush();
    print_error(shell.context.err, error);
    if (error.breaks_connection() && shell.session) shell.reconnect();
  }
}

}  // namespace

void run_condition(ShellState& shell, const Piece& piece) {
  Conditions& conditions = shell.conditions;
  StatementReader& reader = *shell.reader;
  std::string front =
      conditions.active() ? reader.pending().substr(0, piece.at) : conditions.kept();
  reader.replace_front(piece.at, front);
  const auto condition = [&] {
    std::string text;
    for (const std::string& word : arguments(piece.text, shell.variables)) {
      text += (text.empty() ? "" : " ") + word;
    }
    return truth(text);
  };
  const std::size_t depth = conditions.depth();
  const auto finish = [&] {
    if (conditions.depth() >= depth) conditions.keep(std::move(front));
  };
  try {
    if (piece.name == "if") conditions.begin(condition);
    if (piece.name == "elif") conditions.otherwise_if(condition);
    if (piece.name == "else") conditions.otherwise();
    if (piece.name == "endif") conditions.end();
  } catch (const Error&) {
    finish();
    throw;
  }
  finish();
}

void run_text(ShellState& shell, const std::string& text, const std::string& source) {
  bool given = false;
  StatementReader reader(
      [&](std::string& into, char) {
        if (std::exchange(given, true)) return StatementReader::More::end;
        into += text + '\n';
        return StatementReader::More::text;
      },
      shell.dialect);
  run_whole(shell, reader, source);
}

void run_stream(ShellState& shell, std::istream& in, const std::string& source) {
  std::size_t wanted = part_bytes;
  StatementReader reader(
      [&](std::string& into, char) {
        // More at once where a statement is long, so that it is not looked over again and again.
        wanted = std::max(part_bytes, into.size());
        const std::size_t before = into.size();
        std::string line;
        while (into.size() - before < wanted && std::getline(in, line)) {
          into += line;
          into += '\n';
          if (in.rdbuf()->in_avail() <= 0) break;  // A pipe: run what has arrived.
        }
        return into.size() == before ? StatementReader::More::end : StatementReader::More::text;
      },
      shell.dialect);
  run_whole(shell, reader, source);
}

void run_file(ShellState& shell, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    if (file.is_open() && file.eof()) return;  // An empty file.
    raise(
        ErrorFacts{.kind = ErrorKind::config, .message = "the file cannot be read", .where = path});
  }
  if (shell.include_depth >= include_depth_max) {
    raise(ErrorKind::config, "files include each other more than 50 deep");
  }
  run_stream(shell, file, path);
}

int run_prompt(ShellState& shell) {
  LineEditor editor(LineEditor::default_history_path());
  PromptLines lines(shell, editor);
  Completer completer(shell);
  StatementReader reader([&](std::string& text, char state) { return lines.read(text, state); },
                         shell.dialect);
  reader.keep_last(false);
  editor.complete_with(
      [&](std::string_view before) { return completer.complete(reader.pending(), before); });
  shell.editor = &editor;
  shell.reader = &reader;
  shell.include_depth = 1;
  if (!shell.options.quiet) {
    shell.context.out << shell.can.product << ' ' << shell.can.version << ", " << shell.name
                      << (shell.options.read_only ? ", read-only" : "")
                      << "\nType \\? for help, \\q to quit.\n";
  }
  while (!shell.done) {
    const auto piece = reader.next();
    if (!piece) {
      shell.context.out << "\\q\n";
      break;
    }
    take_piece(shell, *piece);
    reader.set_dialect(shell.dialect);
  }
  lines.remember();
  shell.reader = nullptr;
  shell.editor = nullptr;
  return exit_ok;
}

}  // namespace iacdb::cli
