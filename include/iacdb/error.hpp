#pragma once
// Errors: one flat family of exceptions, with the facts on the base class.
//
//   try { db.exec("insert into t(id) values (?)", 1); }
//   catch (const iacdb::ConstraintError& e) { if (e.kind() == iacdb::ErrorKind::unique_violation)
//   ... }
//
// A subclass exists only where a caller writes another `catch`; everything else is told by kind().
// Threads: an Error is immutable; copies share their facts and never throw.

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace iacdb {

/// What went wrong, the same names on every database.
enum class ErrorKind : std::uint8_t {
  config,            ///< A setting is missing, unknown, malformed or contradicts another.
  connect,           ///< No connection could be made: address, TLS, protocol, server not ready.
  authentication,    ///< The server refused the user or the password.
  connection_lost,   ///< An established connection broke.
  timeout,           ///< A deadline passed.
  cancelled,         ///< The caller's stop token, or an administrator, ended the statement.
  usage,             ///< The program used the API in a way that cannot work.
  unsupported,       ///< The database, its version or its settings lack this.
  data,              ///< A value does not fit its type: overflow, malformed text, NULL.
  row_count,         ///< Another number of rows than the caller required.
  syntax,            ///< The database cannot parse the statement.
  undefined_object,  ///< A table, column, function or database that does not exist.
  duplicate_object,  ///< Something of that name exists already.
  permission,        ///< The user lacks a privilege.
  unique_violation,  ///< A unique or primary key exists already.
  foreign_key_violation,  ///< A referenced row is missing, or a referencing one is left.
  not_null_violation,     ///< NULL in a NOT NULL column.
  check_violation,        ///< A CHECK, domain or exclusion constraint.
  serialization_failure,  ///< Concurrent transactions conflict; run the whole transaction again.
  deadlock,               ///< This transaction was chosen to end a deadlock; run it again.
  lock_timeout,           ///< A row or table lock was not granted in time.
  read_only,              ///< A write in a read-only transaction, database or replica.
  resource,               ///< Disk full, memory, too many connections, a server limit.
  in_doubt,               ///< A commit was sent and its answer was lost.
  internal,               ///< The server or iacdb broke its own rules; please report.
};

/// The kind's name as documents and JSON show it, for example "unique_violation".
std::string_view to_string(ErrorKind kind) noexcept;

/// The facts an error carries. Rooms fill it in and hand it to raise().
struct ErrorFacts {
  ErrorKind kind = ErrorKind::internal;
  std::string message{};   ///< What failed and what to do, one line, ours; never holds a value.
  std::string sqlstate{};  ///< Five characters, or empty.
  std::int64_t native_code = 0;  ///< The database's own number, 0 when it gave none.
  std::string backend{};         ///< "postgres", "mysql", "sqlite" ...; empty before one is chosen.
  std::string statement{};       ///< Fingerprint of the statement: literals replaced by ?.
  std::string server_message{};  ///< Untrusted text of the server, kept apart; may quote data.
  std::string where{};           ///< Host, file:line, column or position: where to look.
  bool retryable = false;        ///< Running the whole unit of work again may succeed.
  bool breaks_connection = false;
  bool breaks_transaction = false;
};

/// The base of every exception iacdb throws.
class Error : public std::exception {
 public:
  explicit Error(ErrorFacts facts);

  ErrorKind kind() const noexcept { return facts_->kind; }
  const std::string& sqlstate() const noexcept { return facts_->sqlstate; }
  std::int64_t native_code() const noexcept { return facts_->native_code; }
  const std::string& backend() const noexcept { return facts_->backend; }
  /// Fingerprint of the statement, never its values; empty when none was involved.
  const std::string& statement() const noexcept { return facts_->statement; }
  /// The server's own words. Untrusted: may quote data; do not show it to strangers.
  const std::string& server_message() const noexcept { return facts_->server_message; }
  const std::string& where() const noexcept { return facts_->where; }
  bool retryable() const noexcept { return facts_->retryable; }
  bool breaks_connection() const noexcept { return facts_->breaks_connection; }
  bool breaks_transaction() const noexcept { return facts_->breaks_transaction; }
  const ErrorFacts& facts() const noexcept { return *facts_; }

  /// One line in our words: what failed, where, what to do next. server_message() is not part of
  /// it, because it may quote data; show it beside what() where its reader may see the data.
  const char* what() const noexcept override { return what_->c_str(); }

 private:
  std::shared_ptr<const ErrorFacts> facts_;
  std::shared_ptr<const std::string> what_;
};

class ConfigError : public Error {
  using Error::Error;
};
class ConnectError : public Error {
  using Error::Error;
};
class TimeoutError : public Error {
  using Error::Error;
};
class UsageError : public Error {
  using Error::Error;
};
class UnsupportedError : public Error {
  using Error::Error;
};
class DataError : public Error {
  using Error::Error;
};
class RowCountError : public Error {
  using Error::Error;
};
/// The database refused a statement.
class QueryError : public Error {
  using Error::Error;
};
/// unique, foreign_key, not_null or check violation.
class ConstraintError : public QueryError {
  using QueryError::QueryError;
};
/// serialization_failure, deadlock or lock_timeout.
class ConflictError : public QueryError {
  using QueryError::QueryError;
};
/// A commit whose answer was lost: it happened or it did not. Never retried by anyone.
class InDoubtError : public Error {
  using Error::Error;
};

/// Throws the class of the family that belongs to facts.kind.
[[noreturn]] void raise(ErrorFacts facts);
/// Shorthand for raise() with a kind and a message only.
[[noreturn]] void raise(ErrorKind kind, std::string message);

}  // namespace iacdb
