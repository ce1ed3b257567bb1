#pragma once
// BSON bytes to values and back.
//
//   std::string bytes = encode(object);
//   Object again = decode(bytes);          // Failure when malformed
//
// See: https://bsonspec.org/spec.html

#include <string>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

inline constexpr std::size_t document_bytes_max = 16 * 1024 * 1024;
inline constexpr int depth_max = 200;

std::string encode(const Object& object);
void encode(const Object& object, std::string& out);
/// Throws: Failure FailedToParse with what is wrong and where.
Object decode(std::string_view bytes);
/// Valid UTF-8, without surrogates or over-long forms.
bool valid_utf8(std::string_view text) noexcept;

}  // namespace iacdb::doc
