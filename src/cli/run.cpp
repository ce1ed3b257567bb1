// The command line: its subcommands, its help, and how errors become lines and exit codes.

#include <algorithm>
#include <ostream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/formats/result_writer.hpp"
#include "cli/version.hpp"

namespace iacdb::cli {
namespace {

constexpr const char* footer = R"(Examples:
  iacdb sql --url sqlite:shop.db -c "select * from products limit 5"
  iacdb connect --url postgres://app@localhost/shop
  iacdb health orders
  iacdb serve --config iacdb.yaml

Exit codes: 0 ok, 1 failed, 2 usage or configuration, 4 cannot connect.
`iacdb COMMAND --help` shows a command's options and examples.)";

/// Server text is untrusted: control characters must not reach a terminal.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return base::is_space(c); }, ' ');
  return printable(out);
}

/// There is no command, or none of that name.
int refuse_command(const CLI::App& app, Context& context) {
  std::string message = "name a command";
  if (const std::vector<std::string> rest = app.remaining(); !rest.empty()) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    message = "there is no command \"" + one_line(rest.front()) + "\"";
    const std::string_view near = base::nearest(rest.front(), candidates);
    if (!near.empty()) message += "; did you mean \"" + std::string(near) + "\"?";
  }
  context.err << "iacdb: " << message << "; `iacdb --help` lists the commands\n";
  return exit_usage;
}

}  // namespace

void print_error(std::ostream& err, const Error& error) {
  err << "iacdb: " << one_line(error.what()) << '\n';
  if (!error.server_message().empty()) {
    err << "  " << error.backend() << " says: " << one_line(error.server_message()) << '\n';
  }
}

int exit_code_of(const Error& error) noexcept {
  switch (error.kind()) {
    case ErrorKind::config:
    case ErrorKind::usage:
      return exit_usage;
    case ErrorKind::connect:
    case ErrorKind::authentication:
      return exit_cannot_connect;
    default:
      return exit_failed;
  }
}

int run(int argc, const char* const* argv, Context& context) {
  CLI::App app("One database layer over SQLite, PostgreSQL and MySQL/MariaDB.", "iacdb");
  app.set_version_flag("--version", std::string("iacdb ") + version);
  app.require_subcommand(1);
  app.footer(footer);
  app.add_option("--config", context.config_path,
                 "Configuration file (default: $IACDB_CONFIG, ./iacdb.yaml, ./iacdb.json, "
                 "$XDG_CONFIG_HOME/iacdb/iacdb.yaml, /etc/iacdb/iacdb.yaml)");
  app.add_option("--setting", context.assignments,
                 "A setting over those of the file, as databases.shop.port=5433; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.fallthrough();
  add_backends(app, context);
  add_config(app, context);
  add_connect(app, context);
  add_doc(app, context);
  add_health(app, context);
  add_list(app, context);
  add_metrics(app, context);
  add_serve(app, context);
  add_sql(app, context);
  add_translate(app, context);
  add_tx(app, context);
  try {
    app.parse(argc, argv);
    return context.exit_code;
  } catch (const CLI::RequiredError& error) {
    if (app.get_subcommands().empty()) return refuse_command(app, context);
    app.exit(error, context.out, context.err);
    return exit_usage;
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, context.out, context.err);
    return code == 0 ? exit_ok : exit_usage;
  } catch (const Error& error) {
    context.out.flush();
    print_error(context.err, error);
    return exit_code_of(error);
  }
}

}  // namespace iacdb::cli
