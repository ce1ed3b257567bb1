#pragma once
// What statements, procedures and notifications give back.
//
//   iacdb::ExecResult r = db.exec("delete from carts where age > ?", 30);
//   log(r.rows_affected);
//
// Threads: plain values.

#include <cstdint>
#include <iacdb/row.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace iacdb {

/// What a statement without rows did.
struct ExecResult {
  std::uint64_t rows_affected = 0;
  std::optional<std::int64_t> generated_id;  ///< Where Capability::generated_id, after an insert.
};

/// One statement of Session::pipeline.
struct PipelinedStatement {
  std::string sql;
  std::vector<Value> parameters;
};

/// A message of NOTIFY.
struct Notification {
  std::string channel;
  std::string payload;
  std::int32_t process_id = 0;  ///< Server process of the sender.
};

/// What the server said beside its answer: a notice, a warning. Untrusted text.
struct Notice {
  std::string severity;  ///< The server's own word, in capitals: NOTICE, WARNING, NOTE ...
  std::string code;      ///< SQLSTATE on PostgreSQL, the warning's number on MySQL and MariaDB.
  std::string message;
};

/// An in, out or in-out parameter of a stored procedure; see Session::call.
struct ProcedureParameter {
  enum class Mode : std::uint8_t { in, out, in_out };
  Value value;
  Mode mode = Mode::in;
};
inline ProcedureParameter in(Value v) {
  return {std::move(v), ProcedureParameter::Mode::in};
}
inline ProcedureParameter out(Value typed_null = {}) {
  return {std::move(typed_null), ProcedureParameter::Mode::out};
}
inline ProcedureParameter in_out(Value v) {
  return {std::move(v), ProcedureParameter::Mode::in_out};
}

/// What a procedure left: its out values in order, and its result sets collected.
struct CallResult {
  std::vector<Value> out;
  std::vector<std::vector<Record>> results;
};

namespace detail {

/// Takes the rows of a bulk insert.
class BulkSink {
 public:
  virtual ~BulkSink() = default;  ///< Without finish(): nothing is inserted.
  /// Cells are read before it returns.
  virtual void write(std::span<const Cell> row) = 0;
  /// Makes the rows permanent (or part of the running transaction); returns how many.
  virtual std::uint64_t finish() = 0;
};

}  // namespace detail
}  // namespace iacdb
