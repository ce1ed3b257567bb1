#include "config/overlay.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "config/key.hpp"
#include "config/reader.hpp"

namespace iacdb::config {
namespace {

constexpr std::string_view prefix = "IACDB_";
/// Maps of databases: how variables name them, and files.
struct DatabaseMap {
  std::string_view prefix;
  std::string_view key;
};
constexpr std::array database_maps = {DatabaseMap{"DATABASES_", "databases"},
                                      DatabaseMap{"DOCUMENTS_", "documents"}};
/// Variables of ours that are no settings.
constexpr std::array<std::string_view, 5> other_variables = {"CONFIG", "URL", "HISTORY", "PAGER",
                                                             "COLOR"};

struct Target {
  std::string variable;  ///< "POOL_OPEN_MAX"
  std::string path;      ///< "pool.open_max"
  const Key* key;
};

void collect(const Section& section, const std::string& path, std::vector<Target>& targets) {
  for (const Key& key : section.keys) {
    if (key.type == KeyType::section_map) continue;
    const std::string full =
        path.empty() ? std::string(key.name) : path + "." + std::string(key.name);
    std::string variable = base::upper(full);
    std::replace(variable.begin(), variable.end(), '.', '_');
    targets.push_back({variable, full, &key});
    if (key.type == KeyType::section) collect(*key.section, full, targets);
  }
}

std::vector<Target> collect_from(const Section& section) {
  std::vector<Target> targets;
  collect(section, "", targets);
  // The longest first: DATABASE before BASE, TLS_MODE before MODE.
  std::stable_sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
    return a.variable.size() > b.variable.size();
  });
  return targets;
}

const std::vector<Target>& database_targets() {
  static const std::vector<Target> targets = collect_from(database_section());
  return targets;
}

const std::vector<Target>& root_targets() {
  static const std::vector<Target> targets = collect_from(root_section());
  return targets;
}

std::string as_variable(std::string_view name) {
  std::string result = base::upper(name);
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return !(base::is_digit(c) || (c >= 'A' && c <= 'Z')); }, '_');
  return result;
}

bool takes_json(const Key& key) {
  return key.type == KeyType::section || key.type == KeyType::section_list ||
         key.type == KeyType::text_map || key.type == KeyType::choice_map;
}

void make_literal(Node& node) {
  if (node.is_scalar()) node.text = escape_references(node.text);
  for (Node& item : node.items) make_literal(item);
  for (Entry& entry : node.entries) make_literal(entry.value);
}

Node value_of(const Key& key, std::string_view text, const Mark& mark) {
  if (!takes_json(key)) return Node::scalar(text, mark);
  return read_json(text, mark);
}

class EnvironmentOverlay {
 public:
  EnvironmentOverlay(Node& root, Problems& problems, std::vector<Warning>& warnings)
      : root_(root), problems_(problems), warnings_(warnings) {}

  void lay(const std::string& variable, const std::string& value) {
    mark_ = Mark::of(variable, Source::Kind::environment);
    const std::string_view name = std::string_view(variable).substr(prefix.size());
    if (name == "URL") return put("databases.default.url", Node::scalar(value, mark_));
    if (name.starts_with("TEST_") ||
        std::find(other_variables.begin(), other_variables.end(), name) != other_variables.end()) {
      return;
    }
    for (const DatabaseMap& map : database_maps) {
      if (!name.starts_with(map.prefix)) continue;
      map_ = &map;
      return lay_database(name.substr(map.prefix.size()), value);
    }
    lay_root(name, value);
  }

 private:
  void put(const std::string& path, Node value) {
    make_literal(value);
    root_.put(path, std::move(value));
  }

  void put_value(const std::string& path, const Key& key, std::string_view text) {
    try {
      put(path, value_of(key, text, mark_));
    } catch (const SettingsError& error) {
      problems_.add(mark_, "takes JSON: " + error.problems().front().message);
    }
  }

  void lay_root(std::string_view name, const std::string& value) {
    for (const Target& target : root_targets()) {
      if (name == target.variable) return put_value(target.path, *target.key, value);
    }
    std::vector<std::string_view> names = {"DATABASES", "DOCUMENTS"};
    for (const Target& target : root_targets()) names.push_back(target.variable);
    warnings_.push_back(
        {mark_.text(), "a variable that means nothing here" + suggestion(name, names)});
  }

  /// The configured name that `wanted` means, or its lower case for a new one.
  std::string database_name(std::string_view wanted) const {
    if (const Node* databases = root_.find(map_->key)) {
      for (const Entry& entry : databases->entries) {
        if (as_variable(entry.key) == wanted) return entry.key;
      }
    }
    return base::lower(wanted);
  }

  bool is_configured(std::string_view wanted) const {
    const Node* databases = root_.find(map_->key);
    return databases != nullptr && databases->find(database_name(wanted)) != nullptr;
  }

  void lay_database(std::string_view name, const std::string& value) {
    if (lay_option(name, value)) return;
    const Target* best = nullptr;
    for (const Target& target : database_targets()) {
      if (!name.ends_with("_" + target.variable)) continue;
      const std::string_view database = name.substr(0, name.size() - target.variable.size() - 1);
      if (database.empty()) continue;
      const bool exact = is_configured(database);
      if (best == nullptr || exact) best = &target;
      if (exact) break;
    }
    if (best == nullptr) {
      problems_.add(mark_, "names no key of a database; write IACDB_" + std::string(map_->prefix) +
                               "<NAME>_<KEY>, such as IACDB_" + std::string(map_->prefix) +
                               "SHOP_HOST" + near_key(name));
      return;
    }
    const std::string database =
        database_name(name.substr(0, name.size() - best->variable.size() - 1));
    put_value(path_of(database) + best->path, *best->key, value);
  }

  static std::string near_key(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Target& target : database_targets()) names.push_back(target.variable);
    for (std::size_t at = name.find('_'); at != std::string_view::npos;
         at = name.find('_', at + 1)) {
      const std::string_view near = base::nearest(name.substr(at + 1), names);
      if (!near.empty()) return "; did you mean \"..._" + std::string(near) + "\"?";
    }
    return "";
  }

  bool lay_option(std::string_view name, const std::string& value) {
    constexpr std::string_view infix = "_OPTIONS_";
    const std::size_t at = name.find(infix);
    if (at == std::string_view::npos || at == 0) return false;
    const std::string database = database_name(name.substr(0, at));
    put(path_of(database) + "options." + base::lower(name.substr(at + infix.size())),
        Node::scalar(value, mark_));
    return true;
  }

  std::string path_of(const std::string& database) const {
    return std::string(map_->key) + "." + database + ".";
  }

  Node& root_;
  Problems& problems_;
  std::vector<Warning>& warnings_;
  const DatabaseMap* map_ = &database_maps[0];
  Mark mark_;
};

/// The key that a path of --setting names; null when there is none.
const Key* key_of_path(std::string_view path) {
  const Section* section = &root_section();
  const Key* key = nullptr;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view name = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (key != nullptr && key->type == KeyType::text_map) return path.empty() ? key : nullptr;
    if (key != nullptr && key->type == KeyType::section_map) {
      section = key->section;
      key = nullptr;
      continue;
    }
    if (section == nullptr) return nullptr;
    key = section->find(name);
    if (key == nullptr) return nullptr;
    if (key->type == KeyType::section) section = key->section;
  }
  return key;
}

}  // namespace

void lay_environment(Node& root, const Environment& environment, Problems& problems,
                     std::vector<Warning>& warnings) {
  EnvironmentOverlay overlay(root, problems, warnings);
  for (const auto& [name, value] : environment.all(prefix)) overlay.lay(name, value);
}

void lay_command_line(Node& root, const std::vector<std::string>& assignments, Problems& problems) {
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    const std::string path = assignment.substr(0, equals);
    const Mark mark = Mark::of("--setting " + path, Source::Kind::command_line);
    const Key* key = key_of_path(path);
    if (equals == std::string::npos || key == nullptr) {
      problems.add(mark, "names no key; write --setting databases.<name>.port=5433");
      continue;
    }
    const bool is_map_entry = key->type == KeyType::text_map && !path.ends_with(key->name);
    try {
      const std::string_view text = std::string_view(assignment).substr(equals + 1);
      root.put(path, is_map_entry ? Node::scalar(text, mark) : value_of(*key, text, mark));
    } catch (const SettingsError& error) {
      problems.add(mark, "takes JSON: " + error.problems().front().message);
    }
  }
}

}  // namespace iacdb::config
