// iacdb metrics: connects, and prints the pool's and statements' numbers as Prometheus reads them.

#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/doc_open.hpp"
#include "observe/exporters/prometheus/prometheus.hpp"

namespace iacdb::cli {
namespace {

bool is_document_store(Context& context, const Target& target) {
  if (context.document_settings(target).connection.backend == "mongodb") return true;
  if (!target.url.empty()) return false;
  const std::vector<std::string> stores = context.config().document_stores();
  return std::find(stores.begin(), stores.end(), target.name) != stores.end();
}

/// Prints what asking for the health made; true when all is well.
bool print_metrics(Context& context, const Target& target) {
  if (is_document_store(context, target)) {
    DocumentStore store = open_document_store(context, target, {});
    const Health health = store.health();
    context.out << observe::prometheus_text({}, {}, {store.metrics()});
    return health.ok;
  }
  Database db = context.open(target);
  const Health health = db.health();
  context.out << observe::prometheus_text({db.metrics()});
  return health.ok;
}

}  // namespace

void add_metrics(CLI::App& app, Context& context) {
  auto target = std::make_shared<Target>();
  CLI::App* command = app.add_subcommand(
      "metrics", "Connect and print metrics in Prometheus form (a running service has /metrics)");
  add_target(*command, *target);
  command->footer("Example:\n  iacdb metrics orders");
  command->callback([target, &context] {
    if (!print_metrics(context, *target)) context.exit_code = exit_failed;
  });
}

}  // namespace iacdb::cli
