#pragma once
// The options of a database, checked against those its backend knows, before anything connects.
//
//   check_options(settings.connection, *backend);
//
// Throws: ConfigError that names the option, and the nearest one that exists.
// Threads: safe to share.

#include "core/connection_settings.hpp"
#include "driver/driver.hpp"

namespace iacdb::driver {

void check_options(const ConnectionSettings& settings, const Backend& backend);

}  // namespace iacdb::driver
