// Named statements of the configured databases, tried on each of them.

#include <ostream>

#include "cli/command.hpp"
#include "database/open.hpp"

namespace iacdb::cli {

bool check_statements(const config::Settings& settings, Context& context) {
  bool good = true;
  for (const auto& [name, written] : settings.databases) {
    if (written.statements.empty()) continue;
    try {
      const Database database =
          database::open(settings.database(name), {.name = name, .check_statements = false});
      for (const std::string& line : database::check_statements(database)) {
        good = false;
        context.err << "iacdb: " << name << ": " << line << '\n';
      }
    } catch (const ConnectError& error) {
      context.err << "iacdb: warning: " << name << ": its named statements are not checked, for "
                  << error.what() << '\n';
    } catch (const Error& error) {
      good = false;
      context.err << "iacdb: " << name << ": " << error.what() << '\n';
    }
  }
  return good;
}

}  // namespace iacdb::cli
