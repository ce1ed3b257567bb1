#pragma once
// From SQLite's result codes to the error family.
//
//   if (rc != SQLITE_OK) raise_error(db, rc, {.sql = sql});
//
// See: https://sqlite.org/rescode.html
// Threads: safe to share.

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "iacdb/error.hpp"

namespace iacdb::backends::sqlite {

/// Who asked for the end of what was interrupted.
enum class StopReason : std::uint8_t { none, deadline, stop_token, cancel };

/// What the caller knows of the failure besides the code.
struct FailureContext {
  std::string_view sql = {};
  StopReason stopped = StopReason::none;
  bool transaction_lost = false;  ///< SQLite rolled the transaction back by itself.
  std::string where = {};         ///< Used when SQLite tells no position.
};

/// The facts of error `rc`, which was the last call on `db`.
ErrorFacts error_facts(sqlite3* db, int rc, const FailureContext& context);
[[noreturn]] void raise_error(sqlite3* db, int rc, const FailureContext& context);
/// An error of our own about a statement.
[[noreturn]] void raise_own(ErrorKind kind, std::string message, std::string_view sql = {},
                            std::string where = {});

}  // namespace iacdb::backends::sqlite
