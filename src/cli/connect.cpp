// iacdb connect: opens a connection and says what answered.

#include <ostream>

#include "cli/command.hpp"

namespace iacdb::cli {

void add_connect(CLI::App& app, Context& context) {
  auto target = std::make_shared<Target>();
  CLI::App* command =
      app.add_subcommand("connect", "Connect once and say what answered, or why nothing did");
  add_target(*command, *target);
  command->footer("Example:\n  iacdb connect --url postgres://app@localhost/shop");
  command->callback([target, &context] {
    Database db = context.open(*target, {.pool = PoolOptions{.open_max = 1, .idle_max = 1}});
    const Capabilities can = db.can();
    const Health health = db.health();
    context.out << "connected to " << can.product << ' ' << can.version << " (" << can.backend
                << ") in database " << db.name() << ", round trip "
                << static_cast<double>(health.latency.count()) / 1000.0 << " ms"
                << (health.read_only ? ", read only" : "") << '\n';
  });
}

}  // namespace iacdb::cli
