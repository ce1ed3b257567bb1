#include "cli/shell/commands.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <ostream>

#include "base/text.hpp"
#include "cli/shell/copy.hpp"
#include "cli/shell/interpreter.hpp"
#include "cli/shell/runner.hpp"
#include "config/settings.hpp"

namespace iacdb::cli {
namespace {

struct Entry {
  std::string_view name;
  Command run;
  std::string_view usage = {};  ///< For \?; empty for a second name.
  std::string_view meaning = {};
};

void quit(ShellState& shell, const Piece&) {
  shell.done = true;
}

void copy(ShellState& shell, const Piece& piece) {
  copy_command(shell, piece.text);
}

void include(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  if (words.size() != 1) raise(ErrorKind::config, "\\" + piece.name + " needs one file");
  std::string path = words[0];
  const std::size_t slash = shell.source.rfind('/');
  if (piece.name.starts_with("ir") && !path.starts_with('/') && slash != path.npos) {
    path = shell.source.substr(0, slash + 1) + path;
  }
  run_file(shell, path);
}

void output(ShellState& shell, const Piece& piece) {
  const bool pipe = piece.text.starts_with('|');
  const auto words =
      pipe ? std::vector<std::string>{piece.text} : arguments(piece.text, shell.variables);
  shell.output.redirect(words.empty() ? "" : words[0]);
}

void echo(ShellState& shell, const Piece& piece) {
  auto words = arguments(piece.text, shell.variables);
  const bool no_end = !words.empty() && words[0] == "-n";
  if (no_end) words.erase(words.begin());
  std::ostream& out = piece.name == "warn"    ? shell.context.err
                      : piece.name == "qecho" ? shell.output.plain()
                                              : shell.output.standard();
  for (std::size_t i = 0; i < words.size(); ++i) {
    out << (i > 0 ? " " : "") << (shell.output.is_terminal() ? printable(words[i]) : words[i]);
  }
  if (!no_end) out << '\n';
}

void system_command(ShellState& shell, const Piece& piece) {
  shell.output.standard().flush();
  const char* shell_path = std::getenv("SHELL");
  const std::string command = piece.text.empty() ? (shell_path ? shell_path : "sh") : piece.text;
  std::signal(SIGPIPE, SIG_DFL);  // Inherited by the command.
  const int status = std::system(command.c_str());
  std::signal(SIGPIPE, SIG_IGN);
  if (status != 0) raise(ErrorKind::config, "\\!: the command failed");
}

void change_folder(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  const char* home = std::getenv("HOME");
  const std::string folder = words.empty() ? (home ? home : "/") : words[0];
  if (chdir(folder.c_str()) != 0) {
    raise(ErrorFacts{
        .kind = ErrorKind::config, .message = "\\cd: there is no such folder", .where = folder});
  }
}

void connection_info(ShellState& shell, const Piece&) {
  std::ostream& out = shell.output.plain();
  const config::DatabaseSettings settings = shell.context.settings(shell.target);
  const ConnectionSettings& connection = settings.connection;
  out << "You are connected to " << shell.can.product << ' ' << shell.can.version << ", database \""
      << connection.database << '"';
  if (!connection.username.empty()) out << " as user \"" << connection.username << '"';
  if (!connection.hosts.empty() && shell.dialect != Dialect::sqlite) {
    const HostPort& first = connection.hosts.front();
    const bool socket = first.host.starts_with('/');
    out << (socket ? " via socket \"" : " on host \"") << first.host << '"';
    if (first.port != 0) out << " at port " << first.port;
  }
  out << (shell.options.read_only ? ", read-only.\n" : ".\n");
}

void connect(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  if (words.empty()) {
    if (!shell.session) return shell.connect(shell.target);
    return connection_info(shell, piece);
  }
  Target target;
  const auto names = shell.context.config().names();
  const bool configured = std::find(names.begin(), names.end(), words[0]) != names.end();
  if (configured || words[0].find("://") != std::string::npos || words[0].starts_with("sqlite:")) {
    target.name = words[0];
  } else {
    target = shell.target;  // Another database of the same server.
    target.database = words[0];
  }
  shell.connect(target);
  if (!shell.options.quiet) connection_info(shell, piece);
}

void encoding(ShellState& shell, const Piece&) {
  shell.output.plain() << "UTF8\n";
}

void show_error(ShellState& shell, const Piece&) {
  if (!shell.last_error) {
    shell.output.plain() << "There is no previous error.\n";
    return;
  }
  const ErrorFacts& facts = *shell.last_error;
  std::ostream& out = shell.output.plain();
  out << "kind:      " << to_string(facts.kind) << "\nmessage:   " << facts.message << '\n';
  if (!facts.sqlstate.empty()) out << "SQLSTATE:  " << facts.sqlstate << '\n';
  if (facts.native_code != 0) out << "code:      " << facts.native_code << '\n';
  if (!facts.where.empty()) out << "where:     " << printable(facts.where) << '\n';
  if (!facts.server_message.empty()) {
    out << "server:    " << printable(facts.server_message) << '\n';
  }
  if (!facts.statement.empty()) out << "statement: " << printable(facts.statement) << '\n';
}

void sql_help(ShellState& shell, const Piece& piece) {
  std::string_view topic = base::trim(piece.text);
  if (topic.ends_with(';')) topic.remove_suffix(1);
  shell.output.plain() << help_on(topic);
}

void help(ShellState& shell, const Piece& piece);

constexpr auto entries = std::to_array<Entry>({
    {"?", help, "", "this list"},
    {"q", quit, "", "quit, as Ctrl-D does"},
    {"quit", quit},
    {"h", sql_help, "[NAME]", "the form of a SQL statement"},
    {"help", sql_help},
    {"c", connect, "[NAME|URL|DATABASE]", "connect to another database"},
    {"connect", connect},
    {"conninfo", connection_info, "", "what the shell is connected to"},
    {"g", run_buffer, "[FILE or |COMMAND]", "run the statement, as ; does"},
    {"gx", run_buffer, "[FILE or |COMMAND]", "run it, one line a column (\\G too)"},
    {"G", run_buffer},
    {"gexec", run_results, "", "run it, then run each value it gives"},
    {"gset", keep_results, "[PREFIX]", "run it, and keep its one row in variables"},
    {"gdesc", describe_results, "", "the columns it would give, without running it"},
    {"bind", bind_command, "[VALUE ...]", "the parameters of the next statement"},
    {"watch", watch_command, "[SECONDS]", "run it again and again, until Ctrl-C"},
    {"if", run_condition, "CONDITION",
     "run what follows only when it is true, up to \\elif, \\else"},
    {"elif", run_condition},
    {"else", run_condition},
    {"endif", run_condition, "", "the end of \\if"},
    {"prompt", prompt_command, "[TEXT] NAME", "ask for the value of a variable"},
    {"i", include, "FILE", "run a file"},
    {"include", include},
    {"ir", include, "FILE", "run a file, beside the one that runs"},
    {"copy", copy, "TABLE from|to FILE [OPTIONS]",
     "copy a table or (query) between client and server"},
    {"o", output, "[FILE or |COMMAND]", "send results there, or back to the terminal"},
    {"echo", echo, "TEXT", "write to standard output (\\qecho: where \\o points; \\warn: errors)"},
    {"qecho", echo},
    {"warn", echo},
    {"d", describe_command, "[NAME]", "describe a table, view or index; list them all"},
    {"dt", describe_command, "[PATTERN]", "tables (\\dt+ with more)"},
    {"dv", describe_command, "[PATTERN]", "views"},
    {"dm", describe_command, "[PATTERN]", "materialized views"},
    {"ds", describe_command, "[PATTERN]", "sequences"},
    {"di", describe_command, "[PATTERN]", "indexes"},
    {"df", describe_command, "[PATTERN]", "functions and procedures"},
    {"dn", describe_command, "[PATTERN]", "schemas"},
    {"du", describe_command, "[PATTERN]", "roles"},
    {"dg", describe_command},
    {"dp", describe_command, "[PATTERN]", "privileges (\\z too)"},
    {"z", describe_command},
    {"dx", describe_command, "", "extensions"},
    {"dT", describe_command, "[PATTERN]", "types"},
    {"l", list_databases, "", "databases (\\l+ with more)"},
    {"list", list_databases},
    {"sv", show_text_command, "VIEW", "the text of a view"},
    {"sf", show_text_command, "FUNCTION", "the text of a function"},
    {"x", look_command, "[on|off|auto]", "one line a column"},
    {"t", look_command, "[on|off]", "rows only"},
    {"a", look_command, "", "csv or table"},
    {"format", look_command, "NAME", "table, csv, json, md or vertical"},
    {"timing", look_command, "[on|off]", "the time of each statement"},
    {"pset", pset_command, "[NAME [VALUE]]", "format, null, title, footer, pager, ..."},
    {"set", set_command, "[NAME [VALUE]]", "variables, used as :NAME, :'NAME' and :\"NAME\""},
    {"unset", set_command, "NAME", "forget a variable"},
    {"p", edit_command, "", "print the statement being typed"},
    {"print", edit_command},
    {"r", edit_command, "", "forget it"},
    {"reset", edit_command},
    {"e", edit_command, "[FILE]", "edit it in $EDITOR"},
    {"edit", edit_command},
    {"w", edit_command, "FILE", "write it to a file"},
    {"write", edit_command},
    {"s", edit_command, "[FILE]", "print the history"},
    {"errverbose", show_error, "", "all that is known of the last error"},
    {"encoding", encoding, "", "the client's encoding"},
    {"cd", change_folder, "[FOLDER]", "change the working folder"},
    {"!", system_command, "[COMMAND]", "run a command of the system"},
});

void help(ShellState& shell, const Piece&) {
  Output::Result result(shell.output);
  std::ostream& out = result.stream();
  for (const Entry& entry : entries) {
    if (entry.meaning.empty()) continue;
    std::string left = "  \\" + std::string(entry.name) + ' ' + std::string(entry.usage);
    left.resize(std::max<std::size_t>(left.size() + 1, 34), ' ');
    out << left << entry.meaning << '\n';
  }
  out << "\nA statement ends with ; or \\g and may take several lines. Ctrl-C cancels it, Tab "
         "completes,\nCtrl-R searches the history, Ctrl-D quits.\n";
}

/// "dt+" and "dtS" are \dt; "d" families may be combined: \dtv.
const Entry* find_entry(std::string_view name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  while (name.size() > 1 && (name.back() == '+' || name.back() == 'S')) {
    name.remove_suffix(1);
    for (const Entry& entry : entries) {
      if (entry.name == name) return &entry;
    }
  }
  const bool combined =
      name.size() > 1 && name[0] == 'd' && name.substr(1).find_first_not_of("tvmsiE") == name.npos;
  return combined ? find_entry("d") : nullptr;
}

}  // namespace

void run_command(ShellState& shell, const Piece& piece) {
  const Entry* entry = find_entry(piece.name);
  if (!entry) {
    std::vector<std::string_view> names = command_names();
    const std::string_view near = base::nearest(piece.name, names);
    raise(ErrorKind::config,
          "there is no command \\" + printable(piece.name) +
              (near.empty() ? std::string() : "; did you mean \\" + std::string(near) + '?') +
              " \\? lists them");
  }
  entry->run(shell, piece);
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

}  // namespace iacdb::cli
