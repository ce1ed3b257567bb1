#pragma once
// LOAD DATA LOCAL without files: the server may only ever get the memory of a running bulk insert.
//
//   refuse_local_files(handle);                     // every session, from the start
//   serve_memory(handle, &source);                  // while our own LOAD DATA runs
//
// A server (or whoever stands in its place) can ask the client for any file at any time.
// Connector/C would open it; these handlers never open anything. Threads: one at a time per handle.
// Lifetime: the source outlives the statement.

#include <string_view>

#include "backends/mysql/library.hpp"

namespace iacdb::mysql {

/// The bytes one LOAD DATA takes.
struct MemorySource {
  std::string_view left;
};

void refuse_local_files(MYSQL* handle);
void serve_memory(MYSQL* handle, MemorySource* source);

}  // namespace iacdb::mysql
