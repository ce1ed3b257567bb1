#pragma once
// The MySQL and MariaDB backend, on MariaDB Connector/C.
//
//   const driver::Backend& backend = backends::backend_mysql();
//   auto connection = backend.connect(settings, {});
//
// Schemes: mysql, mariadb. What a user should know of its types and sessions stands in types.hpp
// and session.hpp. Threads: safe to share.

#include "driver/driver.hpp"

namespace iacdb::backends {

const driver::Backend& backend_mysql();

}  // namespace iacdb::backends
