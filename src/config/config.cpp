// iacdb::Config, and what Settings resolves when it is asked.
#include <iacdb/config.hpp>
#include <optional>
#include <utility>

#include "config/bind.hpp"
#include "config/document.hpp"
#include "config/load.hpp"
#include "config/spread.hpp"

namespace iacdb {

Config Config::load(const std::string& path) {
  if (path.empty()) config::raise_problem({}, "no file is named");
  return Config(config::load_settings({.path = path}));
}

Config Config::parse(std::string_view text, std::string_view name) {
  return Config(config::load_settings(
      {.path = std::string(name), .text = std::string(text), .use_environment = false}));
}

Config Config::find() {
  return Config(config::load_settings({}));
}

std::vector<std::string> Config::names() const {
  std::vector<std::string> result;
  for (const auto& [name, database] : settings_->databases) result.push_back(name);
  return result;
}

namespace config {

DatabaseSettings Settings::database(std::string_view name) const {
  const auto found = databases.find(std::string(name));
  if (found == databases.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, database] : databases) names.push_back(known);
    raise_problem({}, names.empty()
                          ? "no database is configured; add one under databases:"
                          : "there is no database " + shown(name) + suggestion(name, names));
  }
  if (document == nullptr) return found->second;
  Node node = *document->root.find("databases")->find(name);
  Problems problems;
  spread_resolved(node, document->environment, problems);
  problems.raise_if_any();
  BindContext context{.problems = problems, .environment = document->environment, .resolve = true};
  DatabaseSettings settings;
  settings.name = name;
  bind_section(node, database_section(), &settings, context);
  problems.raise_if_any();
  return settings;
}

namespace {

/// A section of the root with its references resolved; nothing when it is not written.
std::optional<Settings> resolved_section(const Document* document, std::string_view name) {
  const Node* node = document == nullptr ? nullptr : document->root.find(name);
  if (node == nullptr) return std::nullopt;
  Problems problems;
  BindContext context{.problems = problems, .environment = document->environment, .resolve = true};
  Settings settings;
  bind_section(*node, *root_section().find(name)->section, &settings, context);
  problems.raise_if_any();
  return settings;
}

}  // namespace

ServeSettings Settings::resolved_serve() const {
  const auto resolved = resolved_section(document.get(), "serve");
  return resolved ? resolved->serve : serve;
}

TracesSettings Settings::resolved_traces() const {
  const auto resolved = resolved_section(document.get(), "traces");
  return resolved ? resolved->traces : traces;
}

}  // namespace config
}  // namespace iacdb
