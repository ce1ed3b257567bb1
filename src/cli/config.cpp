// iacdb config show|check|schema: the configuration as it is understood, its mistakes, its schema.

#include <ostream>

#include "cli/command.hpp"
#include "config/load.hpp"
#include "config/problem.hpp"
#include "config/schema.hpp"
#include "config/show.hpp"
#include "database/open.hpp"
#include "driver/option_check.hpp"

namespace iacdb::cli {
namespace {

void add_show(CLI::App& config, Context& context) {
  CLI::App* command = config.add_subcommand(
      "show", "Print the settings in today's form, each with its origin; secrets as ***");
  auto secrets = std::make_shared<bool>(false);
  command->add_flag("--secrets", *secrets,
                    "Print secrets too: the output is a whole configuration, to be kept private");
  command->footer(
      "Example:\n  iacdb --config configuration.json config show --secrets > iacdb.yaml");
  command->callback([secrets, &context] {
    context.out << config::show_settings(context.config().settings(), {.secrets = *secrets});
  });
}

/// Checks everything, and goes on after a mistake; false when there was one.
bool check_all(Context& context) {
  bool good = true;
  const auto check = [&](const auto& part) {
    try {
      part();
    } catch (const config::SettingsError& error) {
      good = false;
      for (const std::string& line : error.lines()) context.err << "iacdb: " << line << '\n';
    } catch (const ConfigError& error) {
      good = false;
      print_error(context.err, error);
    }
  };
  const config::Settings* settings = nullptr;
  check([&] { settings = &context.config().settings(); });
  if (settings == nullptr) return false;
  for (const auto& entry : settings->databases) {
    check([&] {
      const config::DatabaseSettings database = settings->database(entry.first);
      const auto* backend = driver::find_backend(database.connection.backend);
      if (backend) driver::check_options(database.connection, *backend);
      database::check_settings(database);
    });
  }
  for (const auto& entry : settings->documents) {
    check([&] {
      const config::DatabaseSettings store = settings->document_store(entry.first);
      const auto* backend = driver::find_backend(store.connection.backend);
      if (backend) driver::check_options(store.connection, *backend);
    });
  }
  check([&] { settings->resolved_serve(); });
  return good;
}

void add_check(CLI::App& config, Context& context) {
  CLI::App* command =
      config.add_subcommand("check", "Check the configuration, and the files it names");
  auto connect = std::make_shared<bool>(false);
  command->add_flag("--connect", *connect,
                    "Prepare the named statements on their databases too, which are opened");
  command->footer(R"(Examples:
  iacdb --config iacdb.yaml config check
  iacdb --config iacdb.yaml config check --connect)");
  command->callback([connect, &context] {
    const bool good =
        check_all(context) && (!*connect || check_statements(context.config().settings(), context));
    if (!good) {
      context.exit_code = exit_usage;
      return;
    }
    const config::Settings& settings = context.config().settings();
    const std::size_t databases = settings.databases.size();
    context.out << "ok, " << databases << (databases == 1 ? " database" : " databases");
    const std::size_t stores = settings.documents.size();
    if (stores > 0)
      context.out << ", " << stores << (stores == 1 ? " document store" : " document stores");
    context.out << '\n';
  });
}

void add_schema(CLI::App& config, Context& context) {
  auto reference = std::make_shared<bool>(false);
  CLI::App* command =
      config.add_subcommand("schema", "Print the JSON Schema of configuration files, for editors");
  command->add_flag("--reference", *reference, "Print the reference page in Markdown instead");
  command->footer("Example:\n  iacdb config schema > iacdb.schema.json");
  command->callback([reference, &context] {
    context.out << (*reference ? config::reference_page() : config::json_schema());
  });
}

}  // namespace

void add_config(CLI::App& app, Context& context) {
  CLI::App* config = app.add_subcommand("config", "Show or check the configuration");
  config->require_subcommand(1);
  add_show(*config, context);
  add_check(*config, context);
  add_schema(*config, context);
}

}  // namespace iacdb::cli
