// The DB_* and DOCDB_* variables of existing installations.
#include <array>
#include <utility>

#include "config/legacy.hpp"
#include "config/quantity.hpp"

namespace iacdb::config {
namespace {

constexpr std::int64_t replicas_max = 64;

/// Both spellings of a name are read; the first one wins.
LegacyValues values_of(const std::map<std::string, std::string>& variables,
                       std::string_view prefix) {
  LegacyValues values;
  for (const auto& [name, value] : variables) {
    if (value.empty()) continue;
    const std::string key = legacy_name(std::string_view(name).substr(prefix.size()));
    values.emplace(key, Node::scalar(value, Mark::of(name, Source::Kind::environment)));
  }
  return values;
}

bool names_database(const LegacyValues& values) {
  constexpr std::array<const char*, 8> names = {"type", "host",     "port", "database",
                                                "name", "username", "user", "password"};
  for (const char* name : names) {
    if (values.contains(name)) return true;
  }
  return false;
}

Mark mark_of(std::string_view name) {
  return Mark::of(name, Source::Kind::environment);
}

void put_replicas(const Environment& environment, const LegacyValues& primary, Node& root,
                  Problems& problems) {
  const auto count_text = primary.find("replicacount");
  if (count_text == primary.end()) return;
  const auto count = parse_integer(count_text->second.text);
  if (!count || *count < 0 || *count > replicas_max) {
    problems.add(count_text->second.mark, "is a number from 0 to 64");
    return;
  }
  Node list = Node::sequence(count_text->second.mark);
  for (std::int64_t i = 1; i <= *count; ++i) {
    const std::string prefix = "DB_REPLICA_" + std::to_string(i) + "_";
    const LegacyValues values = values_of(environment.all(prefix), prefix);
    if (!values.contains("host")) {
      problems.add(mark_of(prefix + "HOST"), "is not set, though DB_REPLICA_COUNT says it exists");
      continue;
    }
    LegacyValues whole = values;
    if (!whole.contains("type") && primary.contains("type")) {
      whole.emplace("type", primary.at("type"));
    }
    list.items.push_back(
        legacy_database(whole, LegacyRole::replica, mark_of(prefix + "HOST"), problems));
  }
  if (!list.items.empty()) root.put("databases.default.replicas", std::move(list));
}

void lay_database(Node& root, const std::string& name, LegacyValues values, LegacyRole role,
                  Problems& problems) {
  const Mark mark = values.begin()->second.mark;
  const std::string_view map = role == LegacyRole::document ? "documents" : "databases";
  Node* present = root.find(map) == nullptr ? nullptr : root.find(map)->find(name);
  if (present == nullptr) {
    root.put(std::string(map) + "." + name, legacy_database(values, role, mark, problems));
    return;
  }
  if (const Node* type = present->find("type")) values.emplace("type", *type);
  if (values.contains("host")) {
    present->erase("hosts");
    present->erase("port");
  }
  merge(*present, legacy_database(values, LegacyRole::overlay, mark, problems));
}

}  // namespace

void lay_legacy_environment(Node& root, const Environment& environment, Problems& problems) {
  const LegacyValues database = values_of(environment.all("DB_"), "DB_");
  const LegacyValues store = values_of(environment.all("DOCDB_"), "DOCDB_");
  if (names_database(database)) {
    lay_database(root, "default", database, LegacyRole::primary, problems);
    put_replicas(environment, database, root, problems);
    put_legacy_observation(database, root);
  }
  if (names_database(store)) {
    lay_database(root, "document", store, LegacyRole::document, problems);
  }
}

}  // namespace iacdb::config
