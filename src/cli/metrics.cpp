// iacdb metrics: connects, and prints the pool's and statements' numbers as Prometheus reads them.

#include <ostream>

#include "cli/command.hpp"
#include "observe/exporters/prometheus/prometheus.hpp"

namespace iacdb::cli {

void add_metrics(CLI::App& app, Context& context) {
  auto target = std::make_shared<Target>();
  CLI::App* command = app.add_subcommand(
      "metrics", "Connect and print metrics in Prometheus form (a running service has /metrics)");
  add_target(*command, *target);
  command->footer("Example:\n  iacdb metrics orders");
  command->callback([target, &context] {
    Database db = context.open(*target);
    const Health health = db.health();
    context.out << observe::prometheus_text({db.metrics()});
    if (!health.ok) context.exit_code = exit_failed;
  });
}

}  // namespace iacdb::cli
