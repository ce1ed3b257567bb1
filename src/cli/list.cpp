// iacdb list: the configured databases and document stores, without connecting to any.

#include <ostream>

#include "cli/command.hpp"
#include "config/connection_string.hpp"

namespace iacdb::cli {

void add_list(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("list", "List the configured databases and document stores");
  command->footer("Example:\n  iacdb list --config iacdb.yaml");
  command->callback([&context] {
    const config::Settings& settings = context.config().settings();
    const auto& databases = settings.databases;
    if (databases.empty() && settings.documents.empty()) {
      context.out << "no database is configured; see `iacdb config schema` and examples/config\n";
      return;
    }
    for (const auto& [name, database] : databases) {
      context.out << name << "  " << config::masked_url(database.connection) << "  pool "
                  << database.pool.open_max;
      if (!database.replicas.empty()) context.out << "  replicas " << database.replicas.size();
      context.out << '\n';
    }
    for (const auto& [name, store] : settings.documents) {
      context.out << name << "  " << config::masked_url(store.connection) << "  pool "
                  << store.pool.open_max << "  documents\n";
    }
  });
}

}  // namespace iacdb::cli
