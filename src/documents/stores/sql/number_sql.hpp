#pragma once
// The type of a stored number in SQL, out of its digits (see docs/reference/document-storage.md),
// and numbers made in SQL in the form of their type. PostgreSQL only.
//
//   "case " + number_kind_sql("n") + " when 1 then ..."     // n: a numeric
//
// Threads: pure functions.

#include <string>

namespace iacdb::doc {

/// What number_kind_sql() gives; null for decimals, and for what is not a number.
enum class NumberKind : int { int32 = 1, real = 2, int64 = 3 };

/// The kind of `numeric`, an expression of that type, which stands in it several times.
std::string number_kind_sql(const std::string& numeric);
std::string kind_sql(NumberKind kind);
/// The stored form of a double: `real` is an expression of type float8. An error of the database
/// beyond 10^15, which the caller leaves to the evaluator; null for zero, whose sign SQL hides.
std::string stored_real_sql(const std::string& real);

}  // namespace iacdb::doc
