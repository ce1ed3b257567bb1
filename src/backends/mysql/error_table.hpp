#pragma once
// What each error number of MySQL and MariaDB means.
//
//   const NativeError& e = find_error(1062);   // unique_violation
//
// Threads: safe to share. Cost: a binary search, on errors only.

#include <span>

#include "iacdb/error.hpp"

namespace iacdb::mysql {

struct NativeError {
  unsigned code = 0;
  ErrorKind kind = ErrorKind::internal;
  std::string_view message = {};    ///< ours, without values
  bool breaks_transaction = false;  ///< the server has rolled the whole transaction back
  bool breaks_connection = false;
};

/// The entry of a number, or one of kind internal (server numbers) or connection_lost (client
/// numbers, 2000 to 2999) with code 0.
const NativeError& find_error(unsigned code) noexcept;
/// All entries, ascending by code.
std::span<const NativeError> error_table() noexcept;

}  // namespace iacdb::mysql
