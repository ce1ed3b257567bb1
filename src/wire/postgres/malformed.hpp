#pragma once
// What codecs throw: bytes that no server or client may send end the connection.
//
//   if (size < 4) raise_malformed("message header");
//
// Throws: Error of kind internal (malformed) or resource (over a limit), with breaks_connection.

#include <string_view>

namespace iacdb::wire::postgres {

/// The peer broke the protocol inside `part`, a fixed text such as "DataRow".
[[noreturn, gnu::cold]] void raise_malformed(std::string_view part);
/// The peer announced a message larger than the limit.
[[noreturn, gnu::cold]] void raise_too_large(std::string_view part);
/// A value cannot be carried, or cannot be held: kind data, the connection stays usable.
/// `message` says what and what to do; it never quotes the value.
[[noreturn, gnu::cold]] void raise_data(std::string_view message);

}  // namespace iacdb::wire::postgres
