// configuration.json and the JSON file with primary, replicas and document.
#include <utility>

#include "config/legacy.hpp"

namespace iacdb::config {
namespace {

bool has_section(const Node& document, std::string_view key) {
  const Node* node = document.find(key);
  return node != nullptr && node->is_mapping();
}

bool has_list(const Node& document, std::string_view key) {
  const Node* node = document.find(key);
  return node != nullptr && node->is_sequence();
}

void put_cache(const Node& cache, Node& root) {
  const auto put = [&](std::string_view from, std::string_view to) {
    const Node* node = cache.find_path(from);
    if (node == nullptr || !node->is_scalar() || node->text.empty()) return;
    root.put(to, Node::scalar(escape_references(node->text), node->mark));
  };
  put("adapter", "cache.adapter");
  put("redis.conn", "cache.port");
  put("redis.dbNum", "cache.database");
  put("redis.password", "cache.password");
  put("redis.key", "cache.key_prefix");
  const Node* port = root.find_path("cache.port");
  if (port == nullptr) return;
  // "host:6379" and ":6379" are in use beside the plain number.
  const std::size_t colon = port->text.rfind(':');
  if (colon == std::string::npos) return;
  const Mark mark = port->mark;
  const std::string text = port->text;
  if (colon > 0) root.put("cache.host", Node::scalar(text.substr(0, colon), mark));
  root.put("cache.port", Node::scalar(text.substr(colon + 1), mark));
}

void put_database(const Node& section, const std::string& name, LegacyRole role, Node& root,
                  Problems& problems) {
  if (!section.is_mapping()) return;
  root.put((role == LegacyRole::document ? "documents." : "databases.") + name,
           legacy_database(legacy_values(section), role, section.mark, problems));
}

void put_alternatives(const Node& list, Node& root, Problems& problems) {
  for (const Node& item : list.items) {
    if (!item.is_mapping()) continue;
    const Node* name = item.find("name");
    if (name == nullptr || name->text.empty()) {
      problems.add(item.mark, "a database of altdatabases has no name");
      continue;
    }
    LegacyValues values = legacy_values(item);
    values.erase("name");  // The configuration's name, not the database's.
    Node database = legacy_database(values, LegacyRole::primary, item.mark, problems);
    if (root.find_path("databases") == nullptr) {
      root.put("databases", Node::mapping(list.mark));
    }
    Node& databases = *root.find("databases");
    if (databases.find(name->text) != nullptr) {
      problems.add(name->mark, "two databases have the name " + shown(name->text));
      continue;
    }
    databases.entries.push_back({name->text, name->mark, std::move(database)});
  }
}

void put_transaction_timeout(const Node& document, Node& root) {
  const Node* timeout = document.find_path("transaction.timeout");
  Node* databases = root.find("databases");
  if (timeout == nullptr || !timeout->is_scalar() || databases == nullptr) return;
  for (Entry& entry : databases->entries) {
    entry.value.put("transaction_timeout", Node::scalar(timeout->text, timeout->mark));
  }
}

/// primary, replicas and document.
void convert_primary(const Node& document, Node& root, Problems& problems) {
  const Node* primary = document.find("primary");
  if (primary != nullptr) {
    put_database(*primary, "default", LegacyRole::primary, root, problems);
    if (primary->is_mapping()) put_legacy_observation(legacy_values(*primary), root);
  }
  if (const Node* store = document.find("document")) {
    put_database(*store, "document", LegacyRole::document, root, problems);
  }
  const Node* replicas = document.find("replicas");
  if (replicas == nullptr || !replicas->is_sequence() || replicas->items.empty()) return;
  if (root.find_path("databases.default") == nullptr) {
    problems.add(replicas->mark, "replicas without a primary");
    return;
  }
  Node list = Node::sequence(replicas->mark);
  for (const Node& item : replicas->items) {
    list.items.push_back(
        legacy_database(legacy_values(item), LegacyRole::replica, item.mark, problems));
  }
  root.put("databases.default.replicas", std::move(list));
}

}  // namespace

bool is_legacy(const Node& document) {
  if (!document.is_mapping() || document.find("databases") != nullptr) return false;
  const Node* database = document.find("database");
  const bool names_database = database != nullptr && (database->find("type") != nullptr ||
                                                      database->find("connection") != nullptr);
  return names_database || has_list(document, "altdatabases") ||
         has_section(document, "documentdb") || has_section(document, "primary") ||
         has_list(document, "replicas") || has_section(document, "document");
}

Node convert_legacy(const Node& document, Problems& problems) {
  Node root = Node::mapping(document.mark);
  if (const Node* database = document.find("database")) {
    put_database(*database, "default", LegacyRole::primary, root, problems);
  }
  if (const Node* others = document.find("altdatabases")) {
    put_alternatives(*others, root, problems);
  }
  if (const Node* store = document.find("documentdb")) {
    put_database(*store, "document", LegacyRole::document, root, problems);
  }
  convert_primary(document, root, problems);
  put_transaction_timeout(document, root);
  if (const Node* cache = document.find("cache"); cache != nullptr && cache->is_mapping()) {
    put_cache(*cache, root);
  }
  return root;
}

}  // namespace iacdb::config
