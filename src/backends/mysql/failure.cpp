#include "backends/mysql/failure.hpp"

#include "backends/mysql/error_table.hpp"
#include "iacdb/sql.hpp"

namespace iacdb::mysql {
namespace {

void fill_place(ErrorFacts& facts, const Place& place) {
  facts.backend = "mysql";
  facts.where = place.host;
  if (!place.sql.empty()) facts.statement = sql::fingerprint(place.sql, Dialect::mysql).text;
}

bool is_retryable(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::serialization_failure:
    case ErrorKind::deadlock:
    case ErrorKind::lock_timeout:
    case ErrorKind::connection_lost:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool Failure::is_lost() const noexcept {
  return find_error(code).breaks_connection;
}

Failure failure_of(MYSQL* handle) {
  return {::mysql_errno(handle), ::mysql_sqlstate(handle), ::mysql_error(handle)};
}

Failure failure_of(MYSQL_STMT* statement) {
  return {::mysql_stmt_errno(statement), ::mysql_stmt_sqlstate(statement),
          ::mysql_stmt_error(statement)};
}

ErrorFacts facts_of(const Failure& failure, const Place& place) {
  const NativeError& known = find_error(failure.code);
  ErrorFacts facts;
  facts.kind = known.kind;
  facts.message = known.message;
  facts.sqlstate = failure.sqlstate;
  facts.native_code = failure.code;
  facts.server_message = failure.server_message;
  facts.breaks_connection = known.breaks_connection;
  facts.breaks_transaction = known.breaks_transaction || known.breaks_connection;
  facts.retryable = is_retryable(known.kind);
  fill_place(facts, place);
  return facts;
}

void raise_failure(const Failure& failure, const Place& place) {
  raise(facts_of(failure, place));
}

void raise_at(ErrorKind kind, std::string message, const Place& place) {
  ErrorFacts facts;
  facts.kind = kind;
  facts.message = std::move(message);
  fill_place(facts, place);
  raise(std::move(facts));
}

}  // namespace iacdb::mysql
