#pragma once
// Binary types that are bytes on the wire: text, bytea, json, jsonb and uuid.
//
//   std::string_view document = decode_jsonb(row.next());
//   to = put_jsonb(to, document);
//
// text, varchar, name, json and bytea need nothing: Field::text() and Field::bytes(), put_field().
// Throws: raise_malformed. Lifetime: views into the field.
// See: PostgreSQL 15 sources, jsonb.c (jsonb_recv) and uuid.c.

#include <cstdint>
#include <span>
#include <string_view>

#include "wire/postgres/binary_number.hpp"

namespace iacdb::wire::postgres {

inline constexpr std::byte jsonb_version{1};

/// The JSON text behind the version byte.
inline std::string_view decode_jsonb(Field field) {
  if (field.size < 1 || *field.data != jsonb_version) [[unlikely]]
    raise_malformed("jsonb");
  return field.text().substr(1);
}

/// Unchecked: 5 + size() bytes are there.
inline std::byte* put_jsonb(std::byte* to, std::string_view json) noexcept {
  to = base::put_be(to, static_cast<std::int32_t>(json.size() + 1));
  *to = jsonb_version;
  return base::put_bytes(to + 1, base::as_bytes(json));
}

inline std::span<const std::byte, 16> decode_uuid(Field field) {
  if (field.size != 16) [[unlikely]]
    raise_malformed("uuid");
  return std::span<const std::byte, 16>(field.data, 16);
}

/// Unchecked: 20 bytes are there.
inline std::byte* put_uuid(std::byte* to, std::span<const std::byte, 16> uuid) noexcept {
  return put_field(to, base::Bytes(uuid));
}

}  // namespace iacdb::wire::postgres
