#pragma once
// Errors as the service answers them: a status and a JSON body.
//
//   {"error":{"kind":"unique_violation","message":"...","sqlstate":"23505","retryable":false}}
//
// Threads: pure functions.

#include <iacdb/error.hpp>
#include <string>

namespace iacdb::http {

/// The HTTP status that belongs to an error's kind.
int status_of(const Error& error) noexcept;
/// The "error" object, without a line end. The server's own text is part of it: whoever may run
/// statements may read what they say.
std::string error_json(const Error& error);
std::string error_json(std::string_view kind, std::string_view message);

}  // namespace iacdb::http
