#include "documents/stores/open.hpp"

#include "documents/command/engine.hpp"
#include "documents/command/watched.hpp"
#include "documents/stores/mongo/mongo_server.hpp"
#include "documents/stores/sql/sql_store.hpp"

namespace iacdb::doc {
namespace {

/// What a store is called in metrics and logs, as a database is.
std::string name_of(const config::DatabaseSettings& settings, const OpenOptions& options) {
  for (const std::string* name : {&options.name, &settings.name, &settings.connection.database}) {
    if (!name->empty()) return *name;
  }
  return settings.connection.backend;
}

}  // namespace

ServerPtr open_server(const config::DatabaseSettings& settings, const OpenOptions& options,
                      const database::SettingsSource& source) {
  if (settings.connection.backend == "mongodb") {
    return watched(open_mongo(settings, options),
                   {name_of(settings, options), "mongodb", options.observer});
  }
  const Database database = database::open(settings, options, source);
  auto engine = std::make_shared<Engine>(std::make_shared<SqlStore>(database));
  if (settings.expiry_interval.count() > 0) engine->expire_every(settings.expiry_interval);
  return watched(std::move(engine), {database.name(), database.can().backend, options.observer});
}

ServerPtr open_server(const Database& database) {
  return watched(std::make_shared<Engine>(std::make_shared<SqlStore>(database)),
                 {database.name(), database.can().backend, database::observer_of(database)});
}

}  // namespace iacdb::doc
