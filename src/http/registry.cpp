#include "http/registry.hpp"

#include "database/open.hpp"
#include "iacdb/error.hpp"

namespace iacdb::http {

Registry::Registry(std::map<std::string, Source> sources, std::shared_ptr<Observer> observer)
    : observer_(std::move(observer)) {
  for (auto& entry : sources) entries_[entry.first].source = std::move(entry.second);
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : entries_) names.push_back(name);
  return names;
}

Database Registry::get(std::string_view name) {
  const auto found = entries_.find(std::string(name));
  if (found == entries_.end()) {
    raise(ErrorKind::usage, "no database of that name is configured; see GET /v1/databases");
  }
  Entry& entry = found->second;
  const std::lock_guard lock(entry.mutex);
  if (!entry.database) {
    entry.database =
        database::open(entry.source(), {.name = std::string(name), .observer = observer_});
  }
  return *entry.database;
}

std::vector<Database> Registry::opened() {
  std::vector<Database> result;
  for (auto& [name, entry] : entries_) {
    const std::lock_guard lock(entry.mutex);
    if (entry.database) result.push_back(*entry.database);
  }
  return result;
}

void Registry::close(std::chrono::milliseconds drain) {
  for (Database& database : opened()) database.close(drain);
}

}  // namespace iacdb::http
