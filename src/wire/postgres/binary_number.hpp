#pragma once
// Binary bool, int2, int4, int8, oid, float4 and float8.
//
//   std::int32_t id = decode_int4(row.next());
//   to = put_field(to, std::int32_t{7});           // length and value, for Bind, COPY and arrays
//
// Throws: raise_malformed when the length is not the type's. The field is not NULL.
// Cost: a compare, a load and a swap.
// See: PostgreSQL 15 sources, the send and receive functions of int.c, int8.c, float.c and bool.c.

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/bytes.hpp"
#include "wire/postgres/data_row.hpp"
#include "wire/postgres/malformed.hpp"

namespace iacdb::wire::postgres {

/// A number whose wire form is its big-endian bytes. `part` names the type in errors.
template <base::Scalar T>
T decode_number(Field field, std::string_view part) {
  if (field.size != sizeof(T)) [[unlikely]]
    raise_malformed(part);
  return base::load_be<T>(field.data);
}

inline bool decode_bool(Field field) {
  return decode_number<std::uint8_t>(field, "bool") != 0;
}
inline std::int16_t decode_int2(Field field) {
  return decode_number<std::int16_t>(field, "int2");
}
inline std::int32_t decode_int4(Field field) {
  return decode_number<std::int32_t>(field, "int4");
}
inline std::int64_t decode_int8(Field field) {
  return decode_number<std::int64_t>(field, "int8");
}
inline std::uint32_t decode_oid(Field field) {
  return decode_number<std::uint32_t>(field, "oid");
}
inline float decode_float4(Field field) {
  return decode_number<float>(field, "float4");
}
inline double decode_float8(Field field) {
  return decode_number<double>(field, "float8");
}

/// Writes a field and answers the address behind it. Unchecked: 4 + sizeof(T) bytes are there.
template <base::Scalar T>
requires(!std::is_same_v<T, bool>) std::byte* put_field(std::byte* to, T value) noexcept {
  return base::put_be(base::put_be(to, static_cast<std::int32_t>(sizeof(T))), value);
}
inline std::byte* put_field(std::byte* to, bool value) noexcept {
  return put_field(to, static_cast<std::uint8_t>(value ? 1 : 0));
}
/// Text and bytes: 4 + size() bytes are there. Limits: the caller keeps it below 1 GiB.
inline std::byte* put_field(std::byte* to, base::Bytes value) noexcept {
  return base::put_bytes(base::put_be(to, static_cast<std::int32_t>(value.size())), value);
}
inline std::byte* put_field(std::byte* to, std::string_view value) noexcept {
  return put_field(to, base::as_bytes(value));
}
inline std::byte* put_null(std::byte* to) noexcept {
  return base::put_be(to, std::int32_t{-1});
}

}  // namespace iacdb::wire::postgres
