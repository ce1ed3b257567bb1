#pragma once
// Expiry: removes what is past the expireAfterSeconds of an index.
//
//   Object reply = run_expire(engine, parse_json(R"({"expireDocuments": 1})"));
//
// Threads: as the engine.

#include "documents/command/engine.hpp"

namespace iacdb::doc {

Object run_expire(Engine& engine, const Object& command);

}  // namespace iacdb::doc
