// iacdb sql: statements from the command line, a file, standard input or the prompt.

#include <unistd.h>

#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include "cli/command.hpp"
#include "cli/formats/result_writer.hpp"
#include "cli/script.hpp"
#include "cli/shell/shell.hpp"

namespace iacdb::cli {
namespace {

struct SqlOptions {
  Target target;
  std::vector<std::string> commands;
  std::vector<std::string> files;
  std::string format = "table";
  bool keep_going = false;
  bool quiet = false;
  bool single_transaction = false;
  bool read_only = false;
  double timeout_s = 0;
};

std::string read_all(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    raise(ErrorFacts{
        .kind = ErrorKind::config, .message = "the file cannot be read; check -f", .where = path});
  }
  return read_all(file);
}

Dialect dialect_of(const Database& db) {
  return parse_dialect(db.can().backend).value_or(Dialect::sqlite);
}

ScriptOptions script_options(const SqlOptions& options, std::string source) {
  return {.format = options.format,
          .keep_going = options.keep_going,
          .quiet = options.quiet,
          .single_transaction = options.single_transaction,
          .source = std::move(source)};
}

void run_sql(const SqlOptions& options, Context& context) {
  Database db = context.open(options.target, {.pool = PoolOptions{.open_max = 2, .idle_max = 1}});
  if (options.timeout_s > 0) {
    db = db.with({.timeout = std::chrono::milliseconds(
                      static_cast<std::int64_t>(options.timeout_s * 1000))});
  }
  const bool prompt = options.commands.empty() && options.files.empty() && isatty(STDIN_FILENO) &&
                      isatty(STDOUT_FILENO);
  if (prompt) {
    context.exit_code =
        run_shell(db, {.format = options.format, .read_only = options.read_only}, context);
    return;
  }
  Session session = db.session();
  if (options.read_only) make_read_only(session, dialect_of(db));
  std::size_t failed = 0;
  const auto run = [&](const std::string& text, const std::string& source) {
    failed += run_script(session, dialect_of(db), text, script_options(options, source),
                         context.out, context.err);
    context.out.flush();
  };
  for (const std::string& command : options.commands) run(command, "");
  for (const std::string& file : options.files) run(read_file(file), file);
  if (options.commands.empty() && options.files.empty()) run(read_all(context.in), "");
  if (!context.out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
  if (failed > 0) context.exit_code = exit_failed;
}

}  // namespace

void add_sql(CLI::App& app, Context& context) {
  auto options = std::make_shared<SqlOptions>();
  CLI::App* command = app.add_subcommand(
      "sql", "Run SQL from the command line, files, standard input or an interactive prompt");
  add_target(*command, options->target);
  command->add_option("-c,--command", options->commands, "Statements to run; may be repeated")
      ->allow_extra_args(false);
  command->add_option("-f,--file", options->files, "Files of statements to run; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--format", options->format, "table, csv, json, md or vertical")
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(format_names), std::end(format_names))));
  command->add_flag("--keep-going", options->keep_going, "Go on after a statement that failed");
  command->add_flag("-q,--quiet", options->quiet, "Print rows only");
  command->add_flag("-1,--single-transaction", options->single_transaction,
                    "All statements of a file or command, or none");
  command->add_flag("--read-only", options->read_only, "Refuse to change anything");
  command->add_option("--timeout", options->timeout_s, "Seconds a statement may take");
  command->footer(R"(Examples:
  iacdb sql --url sqlite:shop.db -c "select count(*) from orders"
  iacdb sql orders -f migration.sql --single-transaction
  echo "select 1" | iacdb sql orders --format json
  iacdb sql orders                      an interactive prompt; \? lists its commands)");
  command->callback([options, &context] { run_sql(*options, context); });
}

}  // namespace iacdb::cli
