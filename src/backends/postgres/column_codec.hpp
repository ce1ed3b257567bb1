#pragma once
// How the bytes of a result column become a Cell: chosen once a statement, by the column's type.
//
//   ColumnPlan plan = plan_columns(fields);            // codecs, formats and public columns
//   cell = decode_field(plan.codecs[i], field, arena);
//
// Types without a binary decoder here are asked for as text, exactly as psql shows them.
// Throws: raise_malformed, raise_data. Lifetime: cells view the field or the arena.
// Cost: 8 to 15 instructions a cell for numbers, text and timestamps; nothing allocated.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "iacdb/cell.hpp"
#include "sql/arena.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/binary_number.hpp"
#include "wire/postgres/binary_text.hpp"
#include "wire/postgres/binary_time.hpp"

namespace iacdb::backends::postgres {

enum class Codec : std::uint8_t {
  boolean,
  int2,
  int4,
  int8,
  oid,
  float4,
  float8,
  text,
  json,
  bytes,
  date,
  time,
  timestamp,
  timestamptz,
  jsonb,
  interval,
  numeric,
  uuid,
  array,
  // The text format, which only the simple protocol brings for these types.
  text_boolean,
  text_integer,
  text_real,
  text_decimal,
  text_bytes,
  text_date,
  text_time,
  text_timestamp,
  text_timestamptz,
  text_interval,
  text_uuid,
};

/// The binary codec of a type; false when it has none and text is asked for.
bool binary_codec(std::uint32_t type_oid, Codec& codec) noexcept;
Type type_of(Codec codec) noexcept;

struct ColumnPlan {
  std::vector<Column> columns;
  std::vector<Codec> codecs;
  std::vector<wire::postgres::Format> formats;  ///< For Bind: empty means all text.
};
/// For the extended protocol, where the formats can be chosen.
void plan_columns(std::span<const wire::postgres::FieldDescription> fields, ColumnPlan& plan);
/// For the simple protocol, where everything is text. `iso_dates`: DateStyle and IntervalStyle are
/// those that can be read; otherwise dates and intervals stay text.
void plan_text_columns(std::span<const wire::postgres::FieldDescription> fields, bool iso_dates,
                       bool iso_intervals, ColumnPlan& plan);

namespace codec_detail {
/// What is not hot: values in the arena, and the text format.
[[gnu::noinline]] Cell decode_rare(Codec codec, wire::postgres::Field field, sql::Arena& arena);
}  // namespace codec_detail

/// `field` is not NULL.
[[gnu::always_inline]] inline Cell decode_field(Codec codec, wire::postgres::Field field,
                                                sql::Arena& arena) {
  namespace wp = wire::postgres;
  switch (codec) {
    case Codec::boolean:
      return Cell::of_bool(wp::decode_bool(field));
    case Codec::int2:
      return Cell::of_int64(wp::decode_int2(field));
    case Codec::int4:
      return Cell::of_int64(wp::decode_int4(field));
    case Codec::int8:
      return Cell::of_int64(wp::decode_int8(field));
    case Codec::oid:
      return Cell::of_int64(wp::decode_oid(field));
    case Codec::float4:
      return Cell::of_float64(static_cast<double>(wp::decode_float4(field)));
    case Codec::float8:
      return Cell::of_float64(wp::decode_float8(field));
    case Codec::text:
      return Cell::of_text(field.text());
    case Codec::json:
      return Cell::of_text(Type::json, field.text());
    case Codec::bytes:
      return Cell::of_bytes(field.bytes());
    case Codec::date:
      return Cell::of_date(wp::decode_date(field));
    case Codec::time:
      return Cell::of_time(wp::decode_time(field));
    case Codec::timestamp:
      return Cell::of_timestamp(wp::decode_timestamp(field));
    case Codec::timestamptz:
      return Cell::of_timestamptz(wp::decode_timestamp(field));
    default:
      return codec_detail::decode_rare(codec, field, arena);
  }
}

}  // namespace iacdb::backends::postgres
