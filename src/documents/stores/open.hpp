#pragma once
// Which store a connection means, and what answers commands there.

#include <iacdb/database.hpp>

#include "config/settings.hpp"
#include "database/open.hpp"
#include "documents/command/server.hpp"

namespace iacdb::doc {

/// Throws: ConfigError, ConnectError; UnsupportedError for a store that is not built in.
/// With a `source` as database::open() takes it: secrets of a SQL database are read anew.
ServerPtr open_server(const config::DatabaseSettings& settings, const OpenOptions& options,
                      const database::SettingsSource& source = {});
ServerPtr open_server(const Database& database);

}  // namespace iacdb::doc
