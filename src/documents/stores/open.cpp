#include "documents/stores/open.hpp"

#include "database/open.hpp"
#include "documents/command/engine.hpp"
#include "documents/command/watched.hpp"
#include "documents/stores/mongo/mongo_server.hpp"
#include "documents/stores/sql/sql_store.hpp"

namespace iacdb::doc {

ServerPtr open_server(const config::DatabaseSettings& settings, const OpenOptions& options) {
  if (settings.connection.backend == "mongodb") return watched(open_mongo(settings, options));
  auto engine =
      std::make_shared<Engine>(std::make_shared<SqlStore>(database::open(settings, options)));
  if (settings.expiry_interval.count() > 0) engine->expire_every(settings.expiry_interval);
  return watched(std::move(engine));
}

ServerPtr open_server(const Database& database) {
  return watched(std::make_shared<Engine>(std::make_shared<SqlStore>(database)));
}

}  // namespace iacdb::doc
