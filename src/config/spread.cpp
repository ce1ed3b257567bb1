#include "config/spread.hpp"

#include <utility>

#include "config/connection_parts.hpp"

namespace iacdb::config {
namespace {

struct SpreadContext {
  Problems& problems;
  std::vector<Warning>* warnings;
  const Environment* environment;  ///< Null: a URL that is a reference stays.
};

/// Merges what a URL says (`parts`) with what the keys beside it say (`section`).
class Spreading {
 public:
  Spreading(Node& section, const Mark& url, SpreadContext& context)
      : section_(section), url_(url), context_(context) {}

  void apply(const Node& parts) {
    const bool says_host = parts.find("host") != nullptr || parts.find("hosts") != nullptr ||
                           parts.find("port") != nullptr;
    bool host_wins = says_host;
    if (says_host) {
      for (const std::string_view key : {"host", "port", "hosts"}) host_wins &= settle(key);
    }
    for (const Entry& entry : parts.entries) {
      const bool is_host = entry.key == "host" || entry.key == "port" || entry.key == "hosts";
      if (is_host && !host_wins) continue;
      if (entry.key == "type") {
        section_.put("type", entry.value);  // They agree: connection_node() has seen to it.
      } else {
        put(section_, entry, entry.key);
      }
    }
  }

 private:
  void put(Node& into, const Entry& entry, const std::string& path) {
    Node* present = into.find(entry.key);
    if (present != nullptr && present->is_mapping() && entry.value.is_mapping()) {
      for (const Entry& inner : entry.value.entries) put(*present, inner, path + "." + inner.key);
      return;
    }
    if (present != nullptr && !wins_over(*present, path)) return;
    into.erase(entry.key);
    into.entries.push_back(entry);
  }

  /// Drops a key that the URL wins over; false when the key wins.
  bool settle(std::string_view key) {
    const Node* present = section_.find(key);
    if (present == nullptr) return true;
    if (!wins_over(*present, key)) return false;
    section_.erase(key);
    return true;
  }

  bool wins_over(const Node& present, std::string_view key) {
    const Source::Kind kind = present.mark.kind();
    if (kind == url_.kind()) {
      context_.problems.add(present.mark,
                            "url and " + std::string(key) + " both say it; keep one of them");
      return true;
    }
    if (kind == Source::Kind::command_line) return false;
    if (kind > url_.kind() && context_.warnings != nullptr) {
      context_.warnings->push_back({present.mark.text(), "ignored, because the url at " +
                                                             url_.text() + " says " +
                                                             std::string(key) + " already"});
    }
    return true;
  }

  Node& section_;
  const Mark& url_;
  SpreadContext& context_;
};

void spread_section(Node& section, SpreadContext& context) {
  const Node* url = section.find("url");
  if (url == nullptr || !url->is_scalar()) return;  // Binding complains.
  const bool is_reference = is_one_reference(url->text);
  if (is_reference && context.environment == nullptr) return;
  const Mark mark = url->mark;
  const Node* type = section.find("type");
  const std::string backend = type != nullptr && type->is_scalar() ? type->text : "";
  try {
    const std::string text =
        is_reference ? resolve_references(url->text, *context.environment, mark) : url->text;
    const Node parts = connection_node(text, backend, mark, !is_reference);
    section.erase("url");
    Spreading(section, mark, context).apply(parts);
  } catch (const SettingsError& error) {
    context.problems.add(error);
  }
}

void spread_database(Node& database, SpreadContext& context) {
  spread_section(database, context);
  Node* replicas = database.find("replicas");
  if (replicas == nullptr) return;
  for (Node& replica : replicas->items) spread_section(replica, context);
}

}  // namespace

void spread_urls(Node& root, Problems& problems, std::vector<Warning>& warnings) {
  SpreadContext context{problems, &warnings, nullptr};
  for (const char* map : {"databases", "documents"}) {
    Node* all = root.find(map);
    if (all == nullptr) continue;
    for (Entry& entry : all->entries) spread_database(entry.value, context);
  }
}

void spread_resolved(Node& database, const Environment& environment, Problems& problems) {
  SpreadContext context{problems, nullptr, &environment};
  spread_database(database, context);
}

}  // namespace iacdb::config
