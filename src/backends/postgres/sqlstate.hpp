#pragma once
// SQLSTATE codes of PostgreSQL as the portable kinds of iacdb.
//
//   facts.kind = kind_of_sqlstate("23505");   // ErrorKind::unique_violation
//
// A code that is not listed takes the kind of its class (the first two characters).
// See: PostgreSQL 15 documentation, Appendix A "PostgreSQL Error Codes".

#include <string_view>

#include "iacdb/error.hpp"

namespace iacdb::backends::postgres {

ErrorKind kind_of_sqlstate(std::string_view code) noexcept;
/// Running the whole unit of work again may succeed.
bool is_retryable(std::string_view code) noexcept;

}  // namespace iacdb::backends::postgres
