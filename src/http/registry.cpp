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
  const auto open = [&]() -> Open {
    const config::DatabaseSettings settings = entry.source();
    Database database =
        database::open(settings, {.name = found->first, .observer = observer_}, entry.source);
    observe::DatabasePlace place = place_of(settings, database.can().product);
    return {std::move(database), std::move(place)};
  };
  return entry.open.get(open).database;
}

observe::DatabasePlace Registry::place(std::string_view name) const {
  const auto found = entries_.find(std::string(name));
  if (found == entries_.end()) return {};
  const auto open = found->second.open.opened();
  return open ? open->place : observe::DatabasePlace();
}

std::vector<Database> Registry::opened() {
  std::vector<Database> result;
  for (const auto& [name, entry] : entries_) {
    if (const auto open = entry.open.opened()) result.push_back(open->database);
  }
  return result;
}

void Registry::close(std::chrono::milliseconds drain) {
  for (Database& database : opened()) database.close(drain);
}

}  // namespace iacdb::http
