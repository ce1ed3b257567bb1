// iacdb sql: statements from the command line, a file, standard input or the prompt.

#include <unistd.h>

#include <ostream>

#include "cli/command.hpp"
#include "cli/shell/interpreter.hpp"
#include "cli/shell/state.hpp"

namespace iacdb::cli {
namespace {

struct SqlOptions {
  Target target;
  ShellOptions shell;
  std::vector<std::string> commands;
  std::vector<std::string> files;
  std::vector<std::string> variables;
  double timeout_s = 0;
  bool no_header = false;
};

constexpr int exit_interrupted = 130;

void set_variables(ShellState& shell, const std::vector<std::string>& given) {
  for (const std::string& one : given) {
    const std::size_t equals = one.find('=');
    if (equals == one.npos) raise(ErrorKind::config, "--set needs NAME=VALUE");
    shell.variables.set(one.substr(0, equals), one.substr(equals + 1));
  }
}

void read_input(ShellState& shell) {
  shell.script_is_input = true;
  run_stream(shell, shell.context.in, "");
  shell.script_is_input = false;
}

void run_scripts(const SqlOptions& options, ShellState& shell, Context& context) {
  for (const std::string& command : options.commands) {
    run_text(shell, command, "");
    context.out.flush();
  }
  for (const std::string& file : options.files) {
    if (file == "-") {
      read_input(shell);
    } else {
      run_file(shell, file);
    }
    context.out.flush();
  }
  if (options.commands.empty() && options.files.empty()) read_input(shell);
  context.out.flush();
  if (!context.out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
  if (shell.failed > 0) context.exit_code = exit_failed;
}

void run_sql(const SqlOptions& given, Context& context) {
  ShellOptions options = given.shell;
  options.look.tuples_only = given.no_header;
  options.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(given.timeout_s * 1000));
  options.interactive = given.commands.empty() && given.files.empty() && isatty(STDIN_FILENO) &&
                        isatty(STDOUT_FILENO);
  ShellState shell(context, given.target, options);
  set_variables(shell, given.variables);
  if (options.interactive) {
    context.exit_code = run_prompt(shell);
    return;
  }
  try {
    run_scripts(given, shell, context);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::cancelled || !shell.interrupted) throw;
    context.out.flush();
    print_error(context.err, error);
    context.exit_code = exit_interrupted;
  }
}

}  // namespace

void add_sql(CLI::App& app, Context& context) {
  auto options = std::make_shared<SqlOptions>();
  CLI::App* command = app.add_subcommand(
      "sql", "Run SQL from the command line, files, standard input or an interactive prompt");
  add_target(*command, options->target);
  command
      ->add_option("-c,--command", options->commands,
                   "Statements and backslash commands to run; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("-f,--file", options->files,
                   "Files of statements to run, - is standard input; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--format", options->shell.look.format, "table, csv, json, md or vertical")
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(format_names), std::end(format_names))));
  command->add_option("--null", options->shell.look.null, "Text shown for NULL");
  command->add_flag("--no-header", options->no_header, "Rows without column names and counts");
  command->add_option("-v,--set", options->variables, "NAME=VALUE, used as :NAME in statements")
      ->allow_extra_args(false);
  command->add_flag("--keep-going", options->shell.keep_going,
                    "Go on after a statement that failed");
  command->add_flag("-q,--quiet", options->shell.quiet, "Print rows only");
  command->add_flag("-1,--single-transaction", options->shell.single_transaction,
                    "All statements of a file or command, or none");
  command->add_flag("--read-only", options->shell.read_only, "Refuse to change anything");
  command->add_option("--timeout", options->timeout_s, "Seconds a statement may take");
  command->footer(R"help(Examples:
  iacdb sql --url sqlite:shop.db -c "select count(*) from orders"
  iacdb sql orders -f migration.sql --single-transaction
  echo "select 1" | iacdb sql orders --format json
  iacdb sql orders -c "\copy people from people.csv with (format csv, header)"
  iacdb sql orders                      an interactive prompt; \? lists its commands)help");
  command->callback([options, &context] { run_sql(*options, context); });
}

}  // namespace iacdb::cli
