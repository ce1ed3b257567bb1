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
/// One element of a document: its type, name and value.
void put_element(std::string& out, std::string_view name, const Value& value);
/// {path: {op: value}}: most filters are no more.
std::string encode_condition(std::string_view path, std::string_view op, const Value& value);
/// The bytes that encode() makes, counted without making them.
std::size_t encoded_size(const Object& object);
/// Throws: Failure FailedToParse with what is wrong and where.
Object decode(std::string_view bytes);
/// Valid UTF-8, without surrogates or over-long forms.
bool valid_utf8(std::string_view text) noexcept;

}  // namespace iacdb::doc
