// iacdb translate: statements of one dialect become statements of another.

#include "cli/translate.hpp"

#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include "cli/part_path.hpp"

namespace iacdb::cli {

namespace {

struct TranslateCommand {
  std::string from;
  std::string to;
  std::vector<std::string> commands;
  std::vector<std::string> files;
  std::string output;
  std::string schema;
  std::string save_schema;
  std::vector<std::string> policies;  ///< name=value
  bool batch = false;
  bool strict = false;
  bool lossy = false;
  bool explain = false;
};

constexpr const char* names = "mysql, postgres, tsql, oracle or sqlite";

[[noreturn]] void refuse(std::string message, std::string where = {}) {
  raise(ErrorFacts{
      .kind = ErrorKind::config, .message = std::move(message), .where = std::move(where)});
}

sql::DialectVersion dialect_of(const std::string& text, const char* option) {
  const auto found = sql::parse_target(text);
  if (!found) {
    refuse("\"" + text + "\" is no dialect; " + option + " takes " + names +
           ", with a version as in oracle:11 or tsql:2016");
  }
  return *found;
}

std::string read_all(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text = file ? read_all(file) : std::string();
  if (!file || file.bad()) refuse("the file cannot be read", path);
  return text;
}

/// Written beside its name first: a failure leaves what was there.
void write_file(const std::string& path, const std::string& text) {
  const PartFile part = part_of(path);
  std::ofstream file = open_part(part);
  file << text;
  file.close();
  if (!file || !name_part(part)) {
    remove_part(part);
    raise(ErrorFacts{.kind = ErrorKind::resource,
                     .message = "the output cannot be written; is the disk full?",
                     .where = path});
  }
}

void report(const std::vector<std::string>& lines, const char* what, const std::string& source,
            std::ostream& err) {
  for (const std::string& line : lines) {
    err << "iacdb: " << what << (source.empty() ? "line " : source + ":") << line << '\n';
  }
}

void translate_texts(const TranslateCommand& command, sql::Translator& translator,
                     Context& context) {
  std::vector<std::pair<std::string, std::string>> scripts;  // source, text
  for (const std::string& text : command.commands) scripts.emplace_back("", text);
  for (const std::string& path : command.files) {
    scripts.emplace_back(path == "-" ? "" : path,
                         path == "-" ? read_all(context.in) : read_file(path));
  }
  if (scripts.empty()) scripts.emplace_back("", read_all(context.in));
  std::string out;
  bool failed = false;
  for (const auto& [source, text] : scripts) {
    const sql::TranslatedScript script = sql::translate_script(translator, text);
    report(script.warnings, "warning: ", source, context.err);
    report(script.errors, "", source, context.err);
    report(script.rules, "rules: ", source, context.err);
    failed = failed || !script.errors.empty();
    out += script.text;
  }
  if (failed) {
    context.exit_code = exit_failed;
    return;
  }
  if (!command.output.empty()) return write_file(command.output, out);
  context.out << out;
  context.out.flush();
  if (!context.out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
}

sql::Policies policies_of(const std::vector<std::string>& assignments) {
  sql::Policies policies;
  for (const std::string& one : assignments) {
    const std::size_t equals = one.find('=');
    if (equals == one.npos) refuse("--policy takes name=value, as in --policy case=all", one);
    try {
      sql::set_policy(policies, std::string_view(one).substr(0, equals),
                      std::string_view(one).substr(equals + 1));
    } catch (const UsageError& error) {
      refuse(error.facts().message, "--policy " + one);
    }
  }
  return policies;
}

/// For the help: each policy with its values, the default first.
std::string policies_help() {
  std::string text = "Policies, the default first:\n";
  for (const sql::PolicyDescription& one : sql::policy_descriptions()) {
    text += "  " + std::string(one.name) + " = " + std::string(one.values) + "\n      " +
            std::string(one.meaning) + "\n";
  }
  return text;
}

void run_translate(const TranslateCommand& command, Context& context) {
  if (command.strict && command.lossy) refuse("give --strict or --lossy, not both");
  if (command.batch && !(command.commands.empty() && command.files.empty())) {
    refuse("--batch reads standard input; give no file and no -c with it");
  }
  const Dialect from = dialect_of(command.from, "--from").dialect;
  const sql::DialectVersion to = dialect_of(command.to, "--to");
  sql::SchemaFacts schema;
  if (!command.schema.empty()) schema = read_schema_source(command.schema, from, context);
  if (!command.save_schema.empty()) {
    if (command.schema.empty()) refuse("--save-schema needs --schema, which says what to save");
    write_file(command.save_schema, print_catalogue(schema));
    if (!command.batch && command.commands.empty() && command.files.empty()) return;
  }
  sql::Translator translator(from, to, std::move(schema),
                             {.lossy = command.lossy,
                              .explain = command.explain,
                              .policies = policies_of(command.policies)});
  if (!command.batch) return translate_texts(command, translator, context);
  translate_batch(translator, context.in, context.out);
  if (!context.out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
}

}  // namespace

void add_translate(CLI::App& app, Context& context) {
  auto options = std::make_shared<TranslateCommand>();
  CLI::App* command = app.add_subcommand(
      "translate", "Translate SQL of one dialect to another, or say why it cannot be kept");
  command->add_option("--from", options->from, names)->required();
  command->add_option("--to", options->to, std::string(names) + "; a version may follow a colon")
      ->required();
  command->add_option("files", options->files, "Scripts to translate; - is standard input");
  command->add_option("-c,--command", options->commands, "Statements to translate; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--batch", options->batch,
                    R"(Read {"id","sql"} objects, one a line; write one answer a line)");
  command->add_option("--schema", options->schema,
                      "What is known of the tables: a script of the source's dialect, a database's "
                      "URL, or a saved catalogue");
  command->add_option("--save-schema", options->save_schema,
                      "Save what --schema says as a catalogue in this file");
  command->add_option("-o,--output", options->output,
                      "Write here instead of to standard output, all or nothing");
  command->add_flag("--strict", options->strict, "What cannot be kept is an error (the default)");
  command->add_flag("--lossy", options->lossy, "What cannot be kept is a warning");
  command
      ->add_option("--policy", options->policies,
                   "What to mean where databases truly differ: name=value; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--explain", options->explain, "Say which rules were applied");
  command->footer(policies_help() + R"help(
Examples:
  iacdb translate --from mysql --to postgres schema.sql -o schema.pg.sql
  iacdb translate --from tsql --to sqlite -c "select top 3 * from orders order by id"
  iacdb translate --from oracle --to tsql:2016 --schema tables.sql --explain queries.sql
  echo '{"id":1,"sql":"select now()"}' | iacdb translate --from mysql --to sqlite --batch

Names: mysql (mariadb), postgres (postgresql), tsql (mssql, sqlserver), oracle, sqlite.
Exit codes: 0 all was translated (--batch: all was answered), 1 something was refused, 2 usage.)help");
  command->callback([options, &context] { run_translate(*options, context); });
}

}  // namespace iacdb::cli
