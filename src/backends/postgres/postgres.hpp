#pragma once
// The PostgreSQL backend: our own protocol client, without libpq.
//
//   auto connection = backend_postgres().connect(settings, call);
//
// Threads: safe to share; a connection is for one thread at a time.

#include "driver/driver.hpp"

namespace iacdb::backends {

const driver::Backend& backend_postgres();

}  // namespace iacdb::backends
