// How a command's database is named: a configured name, or a URL.

#include <fstream>
#include <ostream>

#include "cli/command.hpp"
#include "config/connection_string.hpp"
#include "config/load.hpp"
#include "database/open.hpp"

namespace iacdb::cli {
namespace {

bool looks_like_url(std::string_view text) {
  return text.find("://") != text.npos || text.starts_with("sqlite:");
}

}  // namespace

base::Secret read_password_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) {
    raise(ErrorFacts{.kind = ErrorKind::config,
                     .message = "the password file cannot be read; check --password-file",
                     .where = path});
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  base::Secret secret(line);
  std::fill(line.begin(), line.end(), '\0');
  return secret;
}

const Config& Context::config() {
  if (!config_) {
    config_ = Config(config::load_settings({.path = config_path, .assignments = assignments}));
    for (const config::Warning& warning : config_->settings().warnings) {
      err << "iacdb: warning: " << warning.where << ": " << warning.message << '\n';
    }
  }
  return *config_;
}

config::DatabaseSettings Context::document_settings(const Target& target) {
  if (target.url.empty() && !looks_like_url(target.name)) {
    const config::Settings& all = config().settings();
    const bool only = target.name.empty() && all.databases.empty() && all.documents.size() == 1;
    const std::string name = only ? all.documents.begin()->first : target.name;
    if (all.documents.contains(name)) {
      config::DatabaseSettings settings = all.document_store(name);
      if (!target.password_file.empty()) {
        settings.connection.password = read_password_file(target.password_file);
      }
      if (!target.database.empty()) settings.connection.database = target.database;
      return settings;
    }
  }
  return settings(target);
}

config::DatabaseSettings Context::settings(const Target& target) {
  if (!target.url.empty() && !target.name.empty()) {
    raise(ErrorKind::config, "name a configured database or give --url, not both");
  }
  const std::string& url = target.url.empty() ? target.name : target.url;
  config::DatabaseSettings settings;
  if (looks_like_url(url)) {
    settings = config::parse_connection_string(url, "", {.references = true});
    if (!settings.connection.password.empty()) {
      err << "iacdb: warning: a password on the command line can be seen by every user of this "
             "machine; use --password-file or a configuration file\n";
    }
  } else if (!target.url.empty()) {
    raise(ErrorKind::config, "--url needs sqlite:FILE, postgres://, mysql:// or mariadb://");
  } else if (!target.name.empty()) {
    settings = config().settings().database(target.name);
  } else {
    const auto names = config().names();
    if (names.size() != 1) {
      raise(ErrorKind::config,
            names.empty() ? "no database is configured; give --url or a configuration with --config"
                          : "several databases are configured; name one (see `iacdb list`)");
    }
    settings = config().settings().database(names.front());
  }
  if (!target.password_file.empty()) {
    settings.connection.password = read_password_file(target.password_file);
  }
  if (!target.database.empty()) settings.connection.database = target.database;
  return settings;
}

Database Context::open(const Target& target, const OpenOptions& options) {
  // What a command runs is often what the statements wait for: the tables.
  OpenOptions unchecked = options;
  unchecked.check_statements = false;
  return database::open(settings(target), unchecked);
}

void add_target(CLI::App& command, Target& target) {
  command.add_option("database", target.name, "A configured name (see `iacdb list`), or a URL");
  command.add_option("--url", target.url,
                     "sqlite:FILE, sqlite::memory:, postgres://..., mysql://..., mariadb://...");
  command.add_option("--password-file", target.password_file,
                     "File whose first line is the password");
}

}  // namespace iacdb::cli
