#include "http/registry.hpp"

#include "database/open.hpp"
#include "iacdb/error.hpp"

namespace iacdb::http {

namespace {

observe::DatabasePlace place_of(const config::DatabaseSettings& settings,
                                const std::string& product) {
  const ConnectionSettings& connection = settings.connection;
  const bool is_mariadb = product.find("MariaDB") != product.npos;
  observe::DatabasePlace place{
      .system = is_mariadb ? "mariadb" : observe::system_name(connection.backend),
      .namespace_ = connection.database,
      .address = {},
      .port = 0};
  if (!connection.hosts.empty()) {
    place.address = connection.hosts.front().host;
    place.port = connection.hosts.front().port;
  }
  return place;
}

}  // namespace

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
  std::unique_lock lock(entry.mutex);
  if (entry.database) return *entry.database;
  if (entry.opening) {
    // Whoever comes meanwhile shares the attempt and its outcome.
    entry.changed.wait(lock, [&] { return !entry.opening; });
    if (entry.database) return *entry.database;
    std::rethrow_exception(entry.failure);
  }
  entry.opening = true;
  lock.unlock();
  open(found->first, entry);
  lock.lock();
  entry.opening = false;
  entry.changed.notify_all();
  if (!entry.database) std::rethrow_exception(entry.failure);
  return *entry.database;
}

/// Only the one thread that set `opening` comes here.
void Registry::open(const std::string& name, Entry& entry) noexcept {
  std::optional<Database> database;
  std::exception_ptr failure;
  observe::DatabasePlace place;
  try {
    const config::DatabaseSettings settings = entry.source();
    database = database::open(settings, {.name = name, .observer = observer_}, entry.source);
    place = place_of(settings, database->can().product);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(entry.mutex);
  entry.database = std::move(database);
  entry.failure = failure;
  entry.place = std::move(place);
}

observe::DatabasePlace Registry::place(std::string_view name) const {
  const auto found = entries_.find(std::string(name));
  if (found == entries_.end()) return {};
  const std::lock_guard lock(found->second.mutex);
  return found->second.place;
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
