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

std::vector<std::string> Config::document_stores() const {
  std::vector<std::string> result;
  for (const auto& [name, store] : settings_->documents) result.push_back(name);
  return result;
}

namespace config {

namespace {

/// What a map of databases or of document stores is called, in the file and in messages.
struct MapNames {
  std::string_view key;
  std::string_view one;
};

DatabaseSettings resolved(const std::map<std::string, DatabaseSettings>& all, const MapNames& map,
                          std::string_view name, const Document* document) {
  const auto found = all.find(std::string(name));
  if (found == all.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, database] : all) names.push_back(known);
    const std::string one(map.one);
    raise_problem({},
                  names.empty()
                      ? "no " + one + " is configured; add one under " + std::string(map.key) + ":"
                      : "there is no " + one + " " + shown(name) + suggestion(name, names));
  }
  if (document == nullptr) return found->second;
  Node node = *document->root.find(map.key)->find(name);
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

}  // namespace

DatabaseSettings Settings::database(std::string_view name) const {
  return resolved(databases, {"databases", "database"}, name, document.get());
}

DatabaseSettings Settings::document_store(std::string_view name) const {
  return resolved(documents, {"documents", "document store"}, name, document.get());
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
