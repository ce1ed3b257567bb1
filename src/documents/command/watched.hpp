#pragma once
// Watched: a server that counts what it is asked, tells an observer of it, and remembers it by
// shape where that is wished.
//
//   ServerPtr server = watched(engine, {"shop", "postgres", options.observer});
//   server->metrics().commands;
//
// The observer gets a QueryEvent a command, with its shape and never a value. Threads: safe to
// share; one that begin() gives: one at a time. Cost: a lock and a look-up a command; with an
// observer or a record, the shape's text.

#include <iacdb/observer.hpp>

#include "documents/command/server.hpp"

namespace iacdb::doc {

struct WatchedName {
  std::string database;
  std::string backend;
  std::shared_ptr<Observer> observer{};
};
ServerPtr watched(ServerPtr server, WatchedName name);

}  // namespace iacdb::doc
