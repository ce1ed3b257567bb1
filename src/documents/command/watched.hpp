#pragma once
// Watched: a server that tells of what it is asked, and remembers it by shape where that is wished.
//
//   ServerPtr server = watched(std::make_shared<Engine>(store));
//
// Threads: safe to share; one that begin() gives: one at a time.

#include "documents/command/server.hpp"

namespace iacdb::doc {

ServerPtr watched(ServerPtr server);

}  // namespace iacdb::doc
