#pragma once
// Inside: lets the parts of this room reach what stands behind a Database.
//
//   Inside::state(db).pool()
//
// Threads: safe to share.

#include "database/executors.hpp"

namespace iacdb::database {

struct Inside {
  static PoolExecutor& executor(const Database& database) noexcept {
    return static_cast<PoolExecutor&>(*database.executor_);  // A Database has no other.
  }
  static DatabaseState& state(const Database& database) noexcept {
    return executor(database).state();
  }
};

}  // namespace iacdb::database
