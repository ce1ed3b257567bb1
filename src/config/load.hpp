#pragma once
// Load: from files, variables and the command line to checked settings.
//
//   auto settings = load_settings({.path = "iacdb.yaml", .assignments = {"log.level=debug"}});
//   for (const Warning& warning : settings->warnings) tell(warning);
//
// Precedence, highest first: command line, URL, environment, file, defaults. All problems of all
// sources are reported together.
// Throws: SettingsError (a ConfigError); UsageError never.
// Threads: plain functions; the environment is read without a lock, as getenv is.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/reference.hpp"
#include "config/settings.hpp"

namespace iacdb::config {

struct LoadRequest {
  std::string path{};                 ///< A file; empty: find_configuration(), or none.
  std::optional<std::string> text{};  ///< Instead of a file; then `path` only names it in errors.
  Environment environment{};          ///< By default the process's.
  bool use_environment = true;        ///< Whether IACDB_* and DB_* variables count.
  std::vector<std::string> assignments{};  ///< "databases.shop.port=5433", from --setting.
};

std::shared_ptr<const Settings> load_settings(const LoadRequest& request);

/// $IACDB_CONFIG, ./iacdb.yaml, ./iacdb.json, ./configuration.json (in its existing form),
/// $XDG_CONFIG_HOME/iacdb/iacdb.yaml, /etc/iacdb/iacdb.yaml; empty when there is none.
std::string find_configuration(const Environment& environment);

}  // namespace iacdb::config
