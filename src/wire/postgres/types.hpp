#pragma once
// The built-in types of PostgreSQL: their oids, the oids of their arrays, their names.
//
//   if (field.type_oid == oid::int4) ...
//   const BuiltinType* type = find_type(field.type_oid);   // nullptr: user-defined
//
// Threads: constant data. Cost: by oid a binary search, else linear over about 90 rows.
// See: PostgreSQL 15 sources, src/include/catalog/pg_type.dat.

#include <cstdint>
#include <string_view>

namespace iacdb::wire::postgres {

namespace oid {
inline constexpr std::uint32_t boolean = 16;
inline constexpr std::uint32_t bytea = 17;
inline constexpr std::uint32_t single_char = 18;
inline constexpr std::uint32_t name = 19;
inline constexpr std::uint32_t int8 = 20;
inline constexpr std::uint32_t int2 = 21;
inline constexpr std::uint32_t int4 = 23;
inline constexpr std::uint32_t text = 25;
inline constexpr std::uint32_t oid = 26;
inline constexpr std::uint32_t json = 114;
inline constexpr std::uint32_t xml = 142;
inline constexpr std::uint32_t point = 600;
inline constexpr std::uint32_t cidr = 650;
inline constexpr std::uint32_t float4 = 700;
inline constexpr std::uint32_t float8 = 701;
inline constexpr std::uint32_t unknown = 705;
inline constexpr std::uint32_t money = 790;
inline constexpr std::uint32_t macaddr = 829;
inline constexpr std::uint32_t inet = 869;
inline constexpr std::uint32_t bpchar = 1042;
inline constexpr std::uint32_t varchar = 1043;
inline constexpr std::uint32_t date = 1082;
inline constexpr std::uint32_t time = 1083;
inline constexpr std::uint32_t timestamp = 1114;
inline constexpr std::uint32_t timestamptz = 1184;
inline constexpr std::uint32_t interval = 1186;
inline constexpr std::uint32_t timetz = 1266;
inline constexpr std::uint32_t bit = 1560;
inline constexpr std::uint32_t varbit = 1562;
inline constexpr std::uint32_t numeric = 1700;
inline constexpr std::uint32_t record = 2249;
inline constexpr std::uint32_t nothing = 2278;
inline constexpr std::uint32_t uuid = 2950;
inline constexpr std::uint32_t tsvector = 3614;
inline constexpr std::uint32_t tsquery = 3615;
inline constexpr std::uint32_t jsonb = 3802;
inline constexpr std::uint32_t int4range = 3904;
inline constexpr std::uint32_t jsonpath = 4072;

inline constexpr std::uint32_t boolean_array = 1000;
inline constexpr std::uint32_t int2_array = 1005;
inline constexpr std::uint32_t int4_array = 1007;
inline constexpr std::uint32_t int8_array = 1016;
inline constexpr std::uint32_t float4_array = 1021;
inline constexpr std::uint32_t float8_array = 1022;
inline constexpr std::uint32_t numeric_array = 1231;
inline constexpr std::uint32_t text_array = 1009;
inline constexpr std::uint32_t varchar_array = 1015;
inline constexpr std::uint32_t bpchar_array = 1014;
inline constexpr std::uint32_t bytea_array = 1001;
inline constexpr std::uint32_t date_array = 1182;
inline constexpr std::uint32_t time_array = 1183;
inline constexpr std::uint32_t timetz_array = 1270;
inline constexpr std::uint32_t timestamp_array = 1115;
inline constexpr std::uint32_t timestamptz_array = 1185;
inline constexpr std::uint32_t interval_array = 1187;
inline constexpr std::uint32_t uuid_array = 2951;
inline constexpr std::uint32_t json_array = 199;
inline constexpr std::uint32_t jsonb_array = 3807;
inline constexpr std::uint32_t oid_array = 1028;
}  // namespace oid

struct BuiltinType {
  std::uint32_t oid;
  std::uint32_t array_oid;  ///< 0: it has none.
  std::string_view name;    ///< As in pg_type.typname.
};

const BuiltinType* find_type(std::uint32_t oid) noexcept;
const BuiltinType* find_type(std::string_view name) noexcept;
/// The element type of an array type; nullptr when it is no built-in array.
const BuiltinType* find_element(std::uint32_t array_oid) noexcept;

}  // namespace iacdb::wire::postgres
