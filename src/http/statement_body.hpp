#pragma once
// The JSON body of a request that runs a statement.
//
//   {"sql": "select * from t where a = ?", "parameters": [1, {"type": "decimal", "value": "1.10"}],
//    "timeout_ms": 500}
//
// Parameters are an array for `?` or an object for `:name`. A whole number is an int64, or a
// decimal when it is larger; one with a fraction is a double, or a decimal when a double would lose
// digits. Anything JSON lacks is an object of type and value, its text as print() writes it; the
// type "list" stands for several values, as in `in (?)`.
// Limits: 65535 parameters, a million elements an array. Threads: pure functions.

#include <chrono>
#include <iacdb/argument.hpp>
#include <iacdb/options.hpp>
#include <iacdb/value.hpp>
#include <optional>
#include <string>
#include <vector>

namespace iacdb::http {

struct StatementBody {
  std::string sql;
  std::vector<std::string> names;   ///< Of named parameters; empty for positional ones.
  std::vector<Value> values;        ///< Lists laid out one after another.
  std::vector<std::int64_t> sizes;  ///< For each parameter: of a list its size, else -1.
  std::chrono::milliseconds timeout{0};

  /// Throws: UsageError that says which member is wrong.
  static StatementBody parse(std::string_view body);
};

/// The body of a request that opens a session.
struct SessionBody {
  std::optional<Isolation> isolation;
  bool read_only = false;
  std::chrono::milliseconds timeout{0};

  static SessionBody parse(std::string_view body);
};

/// A body's parameters as the database room takes them. Lifetime: while the body lives.
class BoundParameters {
 public:
  explicit BoundParameters(const StatementBody& body);
  Arguments arguments() const;

 private:
  detail::Scratch scratch_;
  std::vector<Cell> cells_;
  std::vector<std::string_view> names_;
  std::vector<std::int64_t> sizes_;
};

}  // namespace iacdb::http
