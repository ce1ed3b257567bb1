#pragma once
// Databases on a scripted server, for the unit tests of this room.
//
//   driver::FakeServer server;
//   Database db = open_fake(server);
//
// Threads: one server at a time.

#include "database/open.hpp"
#include "driver/fake.hpp"

namespace iacdb::database {

Database open_fake(driver::FakeServer& server, const PoolOptions& pool = {});

}  // namespace iacdb::database
