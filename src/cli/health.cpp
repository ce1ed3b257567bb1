// iacdb health: the health of one or all configured databases and document stores, and one exit
// code for all.

#include <iacdb/documents.hpp>
#include <iomanip>
#include <ostream>

#include "cli/command.hpp"
#include "config/connection_string.hpp"
#include "core/json.hpp"
#include "database/open.hpp"
#include "documents/stores/open.hpp"

namespace iacdb::cli {
namespace {

struct HealthOptions {
  Target target;
  bool all = false;
  bool json = false;
};

/// Opens and asks; a database that cannot be opened is a health too.
Health ask(Context& context, const config::DatabaseSettings& settings) {
  const OpenOptions options{.pool = PoolOptions{.open_max = 1, .idle_max = 1}};
  try {
    if (settings.connection.backend == "mongodb") {
      Health health = DocumentStore(doc::open_server(settings, options)).health();
      if (!health.ok && context.exit_code == exit_ok) context.exit_code = exit_cannot_connect;
      return health;
    }
    return database::open(settings, options).health();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::config) throw;
    Health health;
    health.backend = settings.connection.backend;
    health.message = error.what();
    if (context.exit_code == exit_ok) context.exit_code = exit_code_of(error);
    return health;
  }
}

/// A configured name, or the URL without its password.
std::string name_of(const config::DatabaseSettings& settings) {
  return settings.name.empty() ? config::masked_url(settings.connection) : settings.name;
}

void print_json(std::ostream& out, const std::string& name, const Health& health) {
  std::string line = "{\"database\":";
  core::append_json_string(line, name);
  line += ",\"ok\":";
  line += health.ok ? "true" : "false";
  line += ",\"backend\":";
  core::append_json_string(line, health.backend);
  line += ",\"version\":";
  core::append_json_string(line, health.version);
  line += ",\"latency_us\":" + std::to_string(health.latency.count());
  line += ",\"read_only\":";
  line += health.read_only ? "true" : "false";
  line += ",\"reachable\":";
  line += health.reachable ? "true" : "false";
  line += ",\"role\":";
  core::append_json_string(line, to_string(health.role));
  line += ",\"disk_free_bytes\":";
  line += health.disk_free_bytes ? std::to_string(*health.disk_free_bytes) : "null";
  line += ",\"breaker\":";
  core::append_json_string(line, to_string(health.pool.breaker));
  line += ",\"pool\":{\"open_max\":" + std::to_string(health.pool.open_max) +
          ",\"leased\":" + std::to_string(health.pool.leased) +
          ",\"waiting\":" + std::to_string(health.pool.waiting) + "}";
  line += ",\"message\":";
  core::append_json_string(line, health.message);
  out << line << "}\n";
}

void print_text(std::ostream& out, const std::string& name, const Health& health) {
  out << (health.ok ? "ok    " : "FAIL  ") << name;
  if (health.reachable) {
    out << "  " << health.backend << ' ' << health.version << "  " << to_string(health.role) << "  "
        << static_cast<double>(health.latency.count()) / 1000.0 << " ms"
        << (health.read_only ? "  read only" : "");
  }
  if (health.message != "ok") out << "  " << health.message;
  out << '\n';
}

}  // namespace

void add_health(CLI::App& app, Context& context) {
  auto options = std::make_shared<HealthOptions>();
  CLI::App* command = app.add_subcommand(
      "health", "Ask databases how they are; exit code 0 only when all are well");
  add_target(*command, options->target);
  command->add_flag("--all", options->all, "All configured databases (the default without a name)");
  command->add_flag("--json", options->json, "One JSON object a line");
  command->footer("Examples:\n  iacdb health\n  iacdb health orders --json");
  command->callback([options, &context] {
    std::vector<config::DatabaseSettings> asked;
    if (options->target.name.empty() && options->target.url.empty()) {
      for (const std::string& name : context.config().names()) {
        asked.push_back(context.settings({name, "", options->target.password_file}));
      }
      for (const std::string& name : context.config().document_stores()) {
        asked.push_back(context.document_settings({name, "", options->target.password_file}));
      }
      if (asked.empty()) raise(ErrorKind::config, "no database is configured; give --url");
    } else {
      asked.push_back(context.document_settings(options->target));
    }
    std::size_t well = 0;
    for (const config::DatabaseSettings& settings : asked) {
      const Health health = ask(context, settings);
      const std::string name = name_of(settings);
      well += health.ok ? 1 : 0;
      if (!health.ok && context.exit_code == exit_ok) context.exit_code = exit_failed;
      options->json ? print_json(context.out, name, health) : print_text(context.out, name, health);
    }
    if (!options->json && asked.size() > 1) {
      context.out << well << " of " << asked.size() << " databases are well\n";
    }
  });
}

}  // namespace iacdb::cli
