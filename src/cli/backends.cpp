// iacdb backends: what this build can talk to, what it lacks and how to get it.

#include <ostream>

#include "cli/command.hpp"
#include "driver/driver.hpp"

namespace iacdb::cli {

void add_backends(CLI::App& app, Context& context) {
  auto verbose = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "backends", "List the databases this build can talk to, and their options");
  command->add_flag("--options", *verbose, "Show each backend's options too");
  command->footer("Example:\n  iacdb backends --options");
  command->callback([verbose, &context] {
    for (const driver::Backend* backend : driver::backends()) {
      context.out << backend->name() << "  " << backend->client_version() << "  URL";
      for (const std::string_view scheme : backend->schemes()) context.out << ' ' << scheme << ':';
      context.out << '\n';
      if (!*verbose) continue;
      for (const driver::BackendOption& option : backend->options()) {
        context.out << "    " << option.name;
        if (!option.choices.empty()) context.out << " (" << option.choices << ')';
        context.out << "  " << option.description << '\n';
      }
    }
    for (const driver::MissingBackend& missing : driver::missing_backends()) {
      context.out << missing.name << "  absent: " << missing.hint << '\n';
    }
  });
}

}  // namespace iacdb::cli
