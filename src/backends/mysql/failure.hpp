#pragma once
// Raising what the server or the client library reported.
//
//   if (mysql_stmt_execute(stmt)) raise_failure(failure_of(stmt), {host, sql});
//
// Throws: always, the class of the family that belongs to the number; the statement's fingerprint
// is made here, so that it costs nothing while all goes well.

#include <string>
#include <string_view>

#include "backends/mysql/library.hpp"
#include "iacdb/error.hpp"

namespace iacdb::mysql {

/// A copy of an error's three parts: the handles' own are overwritten by the next call.
struct Failure {
  unsigned code = 0;
  std::string sqlstate;
  std::string server_message;

  bool is_lost() const noexcept;
};
Failure failure_of(MYSQL* handle);
Failure failure_of(MYSQL_STMT* statement);

/// Where it happened. Lifetime: views, for the call only.
struct Place {
  std::string_view host = {};
  std::string_view sql = {};  ///< as the application wrote it
};

ErrorFacts facts_of(const Failure& failure, const Place& place);
[[noreturn]] void raise_failure(const Failure& failure, const Place& place);
/// An error of ours at a place.
[[noreturn]] void raise_at(ErrorKind kind, std::string message, const Place& place);

}  // namespace iacdb::mysql
