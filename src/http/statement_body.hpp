#pragma once
// The JSON body of a request that runs a statement.
//
//   {"sql": "select * from t where a = ?", "parameters": [1, {"type": "decimal", "value": "1.10"}],
//    "timeout_ms": 500}
//
// Parameters are an array for `?` or an object for `:name`. A JSON number without a fraction is an
// int64; anything JSON lacks is an object of type and value, its text as print() writes it.
// Threads: pure functions.

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
  std::vector<std::string> names;  ///< Of named parameters; empty for positional ones.
  std::vector<Value> values;
  std::chrono::milliseconds timeout{0};

  /// Throws: UsageError that says which member is wrong.
  static StatementBody parse(const std::string& body);
};

/// The body of a request that opens a session.
struct SessionBody {
  std::optional<Isolation> isolation;
  bool read_only = false;
  std::chrono::milliseconds timeout{0};

  static SessionBody parse(const std::string& body);
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
