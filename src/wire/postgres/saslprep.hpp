#pragma once
// SASLprep: the one spelling of a password that both ends of SCRAM compute on.
//
//   SecretText prepared = prepare_password(password);
//
// Cost: linear; ASCII passwords are copied as they are.
// See: RFC 4013; PostgreSQL 15, pg_saslprep, whose order of steps is followed.

#include <optional>
#include <string_view>

#include "wire/postgres/secret_text.hpp"

namespace iacdb::wire::postgres {

/// The prepared form; none when the text is not UTF-8 or holds what RFC 4013 prohibits.
std::optional<SecretText> saslprep(std::string_view text);

/// saslprep, or the bytes as they are where that is not possible: PostgreSQL does the same on both
/// sides, so that passwords in other encodings keep working.
SecretText prepare_password(std::string_view password);

}  // namespace iacdb::wire::postgres
