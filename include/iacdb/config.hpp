#pragma once
// Config: the checked settings of all configured databases.
//
//   auto config = iacdb::Config::load("iacdb.yaml");
//   auto db = iacdb::open(config, "orders");
//
// Precedence, highest first: command line, URL, environment, file, defaults.
// Throws: ConfigError with file:line and a suggestion.
// Threads: a plain value; safe to share when const.

#include <iacdb/error.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

namespace config {
struct Settings;
}

class Config {
 public:
  /// Reads one YAML or JSON file, and the environment over it.
  static Config load(const std::string& path);
  /// From text; `name` stands for the file in errors.
  static Config parse(std::string_view text, std::string_view name = "<text>");
  /// Where a program finds its configuration: $IACDB_CONFIG, ./iacdb.yaml, ./iacdb.json,
  /// $XDG_CONFIG_HOME/iacdb/iacdb.yaml, /etc/iacdb/iacdb.yaml; empty settings when there is none.
  static Config find();

  std::vector<std::string> names() const;
  /// Those of `documents:`, for open_documents().
  std::vector<std::string> document_stores() const;
  const config::Settings& settings() const noexcept { return *settings_; }

  explicit Config(std::shared_ptr<const config::Settings> settings)
      : settings_(std::move(settings)) {}

 private:
  std::shared_ptr<const config::Settings> settings_;
};

}  // namespace iacdb
