#include "cli/shell/runner.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <ostream>
#include <sstream>

#include "base/text.hpp"
#include "cli/shell/line_editor.hpp"
#include "cli/shell/progress.hpp"
#include "cli/shell/statement_reader.hpp"
#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"

namespace iacdb::cli {
namespace {

using sql::StatementKind;
using sql::operator""_w;

bool changes_data(const sql::StatementFacts& facts) {
  switch (facts.kind) {
    case StatementKind::insert:
    case StatementKind::update:
    case StatementKind::delete_:
    case StatementKind::merge:
    case StatementKind::ddl:
      return true;
    default:
      return false;
  }
}

/// --read-only: the session refuses changes; here, what would make it forget that is refused.
void check_read_only(std::string_view text, const sql::StatementFacts& facts) {
  static constexpr std::array<std::string_view, 4> switches{"transaction_read_only", "tx_read_only",
                                                            "query_only", "read write"};
  std::string words = base::lower(text);
  words.erase(std::unique(words.begin(), words.end(),
                          [](char a, char b) { return base::is_space(a) && base::is_space(b); }),
              words.end());
  std::replace_if(words.begin(), words.end(), base::is_space, ' ');
  const bool unlocks = std::any_of(switches.begin(), switches.end(), [&](std::string_view word) {
    return words.find(word) != words.npos;
  });
  const bool resets = words.starts_with("reset ") || words.starts_with("discard ");
  const bool sets = words.starts_with("set session characteristics");
  if (!changes_data(facts) && !unlocks && !resets && !sets) return;
  raise(ErrorKind::read_only,
        "the shell is read-only; start it without --read-only to change data");
}

/// UPDATE and DELETE without WHERE need a yes.
bool confirmed(ShellState& shell, const sql::StatementFacts& facts) {
  const bool all_rows =
      (facts.kind == StatementKind::update || facts.kind == StatementKind::delete_) &&
      !facts.has_where;
  if (!all_rows || !shell.editor) return true;
  shell.output.standard() << "warning: this "
                          << (facts.kind == StatementKind::update ? "UPDATE" : "DELETE")
                          << " has no WHERE: it changes every row\n"
                          << std::flush;
  const auto answer = shell.editor->read("Run it? [y/N] ", false);
  const std::string word = answer ? base::lower(base::trim(answer->text)) : "";
  if (word == "y" || word == "yes") return true;
  shell.output.standard() << "not run\n";
  return false;
}

void follow_transaction(ShellState& shell, const sql::StatementFacts& facts,
                        std::string_view text) {
  switch (facts.kind) {
    case StatementKind::begin:
      shell.in_transaction = InTransaction::yes;
      break;
    case StatementKind::commit:
    case StatementKind::rollback: {
      const std::string words = base::lower(text);
      if (words.find(" to ") == words.npos) shell.in_transaction = InTransaction::no;
      if (shell.in_transaction == InTransaction::failed) shell.in_transaction = InTransaction::yes;
      break;
    }
    case StatementKind::savepoint:
      if (shell.in_transaction == InTransaction::failed &&
          base::starts_with_ignoring_case(text, "rollback")) {
        shell.in_transaction = InTransaction::yes;
      }
      break;
    case StatementKind::ddl:
      shell.names_changed = true;
      if (shell.dialect == Dialect::mysql) shell.in_transaction = InTransaction::no;
      break;
    default:
      break;
  }
}

void print_time(ShellState& shell, std::chrono::steady_clock::duration took) {
  std::ostringstream line;
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  line << "Time: " << std::fixed << std::setprecision(3) << ms << " ms";
  if (ms >= 1000) {
    const auto seconds = static_cast<long>(ms / 1000);
    line << " (" << std::setfill('0') << std::setw(2) << seconds / 60 << ':' << std::setw(2)
         << seconds % 60 << ')';
  }
  shell.output.plain() << line.str() << '\n';
}

void print_notifications(ShellState& shell) {
  if (!shell.listening || !shell.session) return;
  for (const Notification& one : shell.session->notifications(std::chrono::milliseconds(0))) {
    shell.output.plain() << "Asynchronous notification \"" << printable(one.channel) << '"';
    if (!one.payload.empty()) {
      shell.output.plain() << " with payload \"" << printable(one.payload) << '"';
    }
    shell.output.plain() << " received from server process with PID " << one.process_id << ".\n";
  }
}

/// What the server remarked; beside the results, as psql does it.
void print_notices(ShellState& shell) {
  std::vector<Notice> notices;
  try {
    notices = shell.session->notices();
  } catch (const Error&) {
    return;  // The statement's own outcome is what counts; a lost connection shows at the next.
  }
  if (notices.empty()) return;
  shell.output.plain().flush();
  for (const Notice& one : notices) {
    std::cerr << one.severity << ":  " << printable(one.message) << '\n';
  }
}

/// COPY ... FROM STDIN or TO STDOUT as a plain statement.
enum class CopyEnd : std::uint8_t { none, from_stdin, to_stdout };
CopyEnd copy_end(std::string_view text, Dialect dialect) {
  if (dialect != Dialect::postgres) return CopyEnd::none;
  try {
    sql::Lexer lexer(text, dialect);
    if (!lexer.next_significant().is("copy"_w)) return CopyEnd::none;
    sql::Token before;
    for (auto t = lexer.next_significant(); t.kind != sql::TokenKind::end;
         before = t, t = lexer.next_significant()) {
      if (before.is("from"_w) && t.is("stdin"_w)) return CopyEnd::from_stdin;
      if (before.is("to"_w) && t.is("stdout"_w)) return CopyEnd::to_stdout;
    }
  } catch (const Error&) {
    return CopyEnd::none;
  }
  return CopyEnd::none;
}

bool shows_status(const ShellState& shell, const Look& look) {
  return !shell.options.quiet && (look.format == "table" || look.format == "vertical");
}

/// What \bind gave for the statement that runs now, and for no other.
using Bound = std::optional<std::vector<std::string>>;
Bound take_bound(ShellState& shell) {
  return std::exchange(shell.bound, std::nullopt);
}

/// The rows of a statement; the database finds the types of what was bound.
Rows<Row> rows_of(Session& session, Dialect dialect, std::string_view sql, const Bound& bound) {
  if (!bound) return session.query(as_library_sql(sql, dialect));
  std::vector<Cell> cells;
  for (const std::string& value : *bound) cells.push_back(Cell::of_text(value));
  return session.query(sql, Arguments{.cells = cells});
}

/// The lines that follow in the script, or that are typed.
std::uint64_t copy_lines_in(ShellState& shell, Session& session, std::string_view text) {
  const bool typed = shell.editor != nullptr;
  Progress progress(shell.context.err, isatty(STDERR_FILENO) != 0 && !typed, {});
  try {
    const std::uint64_t rows = session.copy_in(text, [&](std::span<std::byte> into) {
      const std::size_t size = shell.reader ? shell.reader->read_data(into) : 0;
      const auto part = into.first(size);
      progress.add(
          static_cast<std::uint64_t>(std::count(part.begin(), part.end(), std::byte{'\n'})), size);
      return size;
    });
    progress.finish();
    return rows;
  } catch (...) {
    progress.clear();
    throw;
  }
}

void run_copy(ShellState& shell, std::string_view text, CopyEnd end, const Look& look,
              const Interrupt::Watch& watch) {
  Session session = shell.session->with({.stop = watch.token()});
  std::uint64_t rows = 0;
  if (end == CopyEnd::from_stdin) {
    rows = copy_lines_in(shell, session, text);
  } else {
    Output::Result result(shell.output);
    rows = session.copy_out(text, [&](BytesView bytes) {
      result.stream().write(reinterpret_cast<const char*>(bytes.data()),
                            static_cast<std::streamsize>(bytes.size()));
    });
  }
  if (end == CopyEnd::from_stdin && shows_status(shell, look)) {
    shell.output.plain() << "COPY " << rows << '\n';
  }
}

/// Everything around a statement; `work` does it.
bool guarded(ShellState& shell, std::string_view text, bool ask,
             const std::function<void(const Interrupt::Watch&)>& work) {
  if (!shell.session) raise(ErrorKind::connect, "there is no connection; \\c connects again");
  const sql::StatementFacts facts = sql::classify(text, shell.dialect);
  if (shell.options.read_only) check_read_only(text, facts);
  if (ask && !confirmed(shell, facts)) return false;
  const auto start = std::chrono::steady_clock::now();
  const Interrupt::Watch watch = shell.interrupt.watch();
  try {
    work(watch);
  } catch (const Error& error) {
    shell.interrupted = watch.fired();
    print_notices(shell);
    const bool only_rollback = shell.dialect == Dialect::postgres &&
                               shell.in_transaction != InTransaction::no &&
                               facts.kind != StatementKind::commit;
    if (only_rollback) {
      shell.in_transaction = InTransaction::failed;
    } else if (facts.kind == StatementKind::commit || error.breaks_transaction()) {
      shell.in_transaction = InTransaction::no;
    }
    throw;
  }
  print_notices(shell);
  follow_transaction(shell, facts, text);
  if (base::starts_with_ignoring_case(text, "listen")) shell.listening = true;
  if (shell.timing) print_time(shell, std::chrono::steady_clock::now() - start);
  print_notifications(shell);
  return true;
}

}  // namespace

std::string as_library_sql(std::string_view text, Dialect dialect) {
  if (dialect != Dialect::postgres || text.find('?') == text.npos) return std::string(text);
  std::string out;
  std::size_t copied = 0;
  try {
    sql::Lexer lexer(text, dialect);
    for (auto t = lexer.next(); t.kind != sql::TokenKind::end; t = lexer.next()) {
      if (t.kind != sql::TokenKind::question) continue;
      out.append(text, copied, t.begin - copied);
      out += "??";
      copied = t.end();
    }
  } catch (const Error&) {
    return std::string(text);
  }
  out.append(text.substr(copied));
  return out;
}

void print_rows(ShellState& shell, Rows<Row>& rows, const Look& look,
                const Interrupt::Watch& watch) {
  do {
    if (rows.columns().empty()) {
      while (rows.next()) {
      }
      if (shows_status(shell, look)) {
        shell.output.plain() << "ok, " << rows.rows_affected()
                             << (rows.rows_affected() == 1 ? " row\n" : " rows\n");
      }
      continue;
    }
    Output::Result result(shell.output);
    const auto writer = make_writer(look, result.stream());
    writer->begin(rows.columns());
    while (rows.next()) {
      if (result.refused()) return;
      if (watch.fired()) raise(ErrorKind::cancelled, "cancelled by Ctrl-C");
      writer->row(rows.current());
    }
    writer->end();
  } while (rows.next_result());
}

void print_text_table(ShellState& shell, const std::vector<std::string>& names,
                      const std::vector<std::vector<std::optional<std::string>>>& rows,
                      const Look& look) {
  std::vector<Column> columns;
  for (const std::string& name : names)
    columns.push_back({.name = name, .type = Type::text, .database_type = {}});
  const auto writer = make_writer(look, shell.output.plain());
  writer->begin(columns);
  std::vector<Cell> cells;
  for (const auto& values : rows) {
    cells.clear();
    for (const auto& value : values) cells.push_back(value ? Cell::of_text(*value) : Cell());
    Row row;
    row.reset(cells.data(), columns);
    writer->row(row);
  }
  writer->end();
}

bool with_rows(ShellState& shell, std::string_view text, const UseRows& use, bool ask) {
  const Bound bound = take_bound(shell);
  const std::string expanded = shell.variables.expand(text, shell.dialect);
  return guarded(shell, expanded, ask, [&](const Interrupt::Watch& watch) {
    Session session = shell.session->with({.stop = watch.token()});
    Rows<Row> rows = rows_of(session, shell.dialect, expanded, bound);
    use(rows, watch);
  });
}

void run_statement(ShellState& shell, std::string_view text, const RunHow& how) {
  const std::string expanded = shell.variables.expand(text, shell.dialect);
  Look look = shell.options.look;
  if (!how.format.empty()) look.format = how.format;
  look.terminal = shell.output.is_terminal();
  if (look.terminal) look.columns = screen_size().columns;
  const CopyEnd end = copy_end(expanded, shell.dialect);
  const Bound bound = take_bound(shell);
  guarded(shell, expanded, how.ask, [&](const Interrupt::Watch& watch) {
    if (end != CopyEnd::none) return run_copy(shell, expanded, end, look, watch);
    Session session = shell.session->with({.stop = watch.token()});
    Rows<Row> rows = rows_of(session, shell.dialect, expanded, bound);
    print_rows(shell, rows, look, watch);
  });
}

}  // namespace iacdb::cli
