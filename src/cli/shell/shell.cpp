#include "cli/shell/shell.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <ostream>
#include <sstream>
#include <stop_token>
#include <thread>

#include "cli/formats/result_writer.hpp"
#include "cli/script.hpp"
#include "cli/shell/interrupt.hpp"
#include "cli/shell/line_editor.hpp"
#include "sql/classify.hpp"
#include "sql/lexer.hpp"
#include "sql/split.hpp"

namespace iacdb::cli {
namespace {

constexpr const char* help = R"(  \?            this list
  \q            quit
  \i FILE       run a file
  \x            vertical output on or off
  \format NAME  table, csv, json, md or vertical
  \timing       time of each statement on or off
  \r            forget the statement being typed
A statement ends with ; and may take several lines. Ctrl-C cancels it, Ctrl-D quits.
)";

/// True when the text ends a statement: its last token is a semicolon outside strings.
bool is_complete(const std::string& text, Dialect dialect) {
  try {
    sql::Lexer lexer(text, dialect);
    bool semicolon = false;
    for (auto token = lexer.next_significant(); token.kind != sql::TokenKind::end;
         token = lexer.next_significant()) {
      semicolon = token.is(sql::Op::semicolon);
    }
    return semicolon;
  } catch (const Error&) {
    return false;  // A string or comment is still open.
  }
}

class Shell {
 public:
  Shell(Database& db, const ShellOptions& options, Context& context)
      : context_(context),
        name_(db.name()),
        dialect_(parse_dialect(db.can().backend).value_or(Dialect::sqlite)),
        db_(db.with({.stop = interrupt_.token()})),
        editor_(LineEditor::default_history_path()) {
    script_.format = options.format;
    start_session(options.read_only);
    const Capabilities can = db.can();
    context_.out << can.product << ' ' << can.version << ", " << name_
                 << "\nType \\? for help, \\q to quit.\n";
  }

  int run() {
    while (!done_) {
      context_.out.flush();
      const auto line = editor_.read(name_ + (typed_.empty() ? "=> " : "-> "));
      if (!line) break;
      if (line->interrupted) {
        typed_.clear();
        continue;
      }
      take(line->text);
    }
    context_.out << '\n';
    return exit_ok;
  }

 private:
  void start_session(bool read_only) {
    session_.reset();
    session_.emplace(db_.session());
    if (read_only) make_read_only(*session_, dialect_);
  }

  void take(const std::string& line) {
    if (typed_.empty() && line.starts_with('\\')) {
      editor_.remember(line);
      return command(line);
    }
    if (typed_.empty() && line.find_first_not_of(" \t") == line.npos) return;
    typed_ += line + '\n';
    if (!is_complete(typed_, dialect_)) return;
    const std::string text = std::exchange(typed_, "");
    editor_.remember(text.substr(0, text.size() - 1));
    if (confirmed(text)) execute(text, "");
  }

  /// UPDATE and DELETE without WHERE need a yes.
  bool confirmed(const std::string& text) {
    for (const sql::ScriptStatement& statement : sql::split(text, dialect_)) {
      const sql::StatementFacts facts = sql::classify(statement.text, dialect_);
      const bool all_rows =
          facts.kind == sql::StatementKind::update || facts.kind == sql::StatementKind::delete_;
      if (!all_rows || facts.has_where) continue;
      context_.out << "This statement has no WHERE and changes every row." << std::endl;
      const auto answer = editor_.read("Run it? [y/N] ");
      return answer && (answer->text == "y" || answer->text == "yes");
    }
    return true;
  }

  void execute(const std::string& text, const std::string& source) {
    const auto start = std::chrono::steady_clock::now();
    script_.source = source;
    const auto running = interrupt_.watch();
    try {
      run_script(*session_, dialect_, text, script_, context_.out, context_.err);
    } catch (const Error& error) {
      context_.out.flush();
      print_error(context_.err, error);
      if (error.breaks_connection()) reconnect();
    }
    if (interrupt_.fired()) {
      // A used stop token stays used: the session goes on with a new one.
      interrupt_.renew();
      db_ = db_.with({.stop = interrupt_.token()});
      reconnect();
    }
    if (timing_) {
      const auto took = std::chrono::steady_clock::now() - start;
      context_.out << "Time: " << std::chrono::duration<double, std::milli>(took).count()
                   << " ms\n";
    }
  }

  void reconnect() {
    try {
      start_session(false);
      context_.err << "iacdb: a new session was started; an open transaction is gone\n";
    } catch (const Error& error) {
      print_error(context_.err, error);
      done_ = true;
    }
  }

  void command(const std::string& line) {
    std::istringstream words(line);
    std::string name;
    std::string argument;
    words >> name >> argument;
    if (name == "\\q") {
      done_ = true;
    } else if (name == "\\?" || name == "\\h") {
      context_.out << help;
    } else if (name == "\\x") {
      script_.format = script_.format == "vertical" ? "table" : "vertical";
      context_.out << "Output is " << script_.format << ".\n";
    } else if (name == "\\timing") {
      timing_ = !timing_;
      context_.out << "Timing is " << (timing_ ? "on" : "off") << ".\n";
    } else if (name == "\\r") {
      typed_.clear();
    } else if (name == "\\format") {
      set_format(argument);
    } else if (name == "\\i") {
      include(argument);
    } else {
      context_.err << "iacdb: no command " << name << "; \\? lists them\n";
    }
  }

  void set_format(const std::string& format) {
    if (std::find(std::begin(format_names), std::end(format_names), format) ==
        std::end(format_names)) {
      context_.err << "iacdb: formats are table, csv, json, md and vertical\n";
      return;
    }
    script_.format = format;
  }

  void include(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      context_.err << "iacdb: " << path << ": the file cannot be read\n";
      return;
    }
    execute({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}, path);
  }

  Context& context_;
  std::string name_;
  Dialect dialect_;
  Interrupt interrupt_;
  Database db_;
  std::optional<Session> session_;
  LineEditor editor_;
  ScriptOptions script_;
  std::string typed_;
  bool timing_ = false;
  bool done_ = false;
};

}  // namespace

int run_shell(Database& db, const ShellOptions& options, Context& context) {
  return Shell(db, options, context).run();
}

void make_read_only(Session& session, Dialect dialect) {
  switch (dialect) {
    case Dialect::sqlite:
      session.exec("pragma query_only = on");
      break;
    case Dialect::postgres:
      session.exec("set session characteristics as transaction read only");
      break;
    case Dialect::mysql:
      session.exec("set session transaction read only");
      break;
    default:
      raise(ErrorKind::unsupported, "this database has no read-only session");
  }
}

}  // namespace iacdb::cli
