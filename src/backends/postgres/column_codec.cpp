#include "backends/postgres/column_codec.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "iacdb/error.hpp"
#include "wire/postgres/array.hpp"
#include "wire/postgres/malformed.hpp"
#include "wire/postgres/numeric.hpp"
#include "wire/postgres/types.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;
namespace oid = wp::oid;

namespace {

bool scalar_codec(std::uint32_t type_oid, Codec& codec) noexcept {
  const auto is = [&codec](Codec found) {
    codec = found;
    return true;
  };
  switch (type_oid) {
    case oid::boolean:
      return is(Codec::boolean);
    case oid::int2:
      return is(Codec::int2);
    case oid::int4:
      return is(Codec::int4);
    case oid::int8:
      return is(Codec::int8);
    case oid::oid:
      return is(Codec::oid);
    case oid::float4:
      return is(Codec::float4);
    case oid::float8:
      return is(Codec::float8);
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::unknown:
      return is(Codec::text);
    case oid::json:
      return is(Codec::json);
    case oid::jsonb:
      return is(Codec::jsonb);
    case oid::bytea:
      return is(Codec::bytes);
    case oid::date:
      return is(Codec::date);
    case oid::time:
      return is(Codec::time);
    case oid::timestamp:
      return is(Codec::timestamp);
    case oid::timestamptz:
      return is(Codec::timestamptz);
    case oid::interval:
      return is(Codec::interval);
    case oid::numeric:
      return is(Codec::numeric);
    case oid::uuid:
      return is(Codec::uuid);
    default:
      return false;
  }
}

Codec text_codec(std::uint32_t type_oid, bool iso_dates, bool iso_intervals) noexcept {
  switch (type_oid) {
    case oid::boolean:
      return Codec::text_boolean;
    case oid::int2:
    case oid::int4:
    case oid::int8:
    case oid::oid:
      return Codec::text_integer;
    case oid::float4:
    case oid::float8:
      return Codec::text_real;
    case oid::numeric:
      return Codec::text_decimal;
    case oid::bytea:
      return Codec::text_bytes;
    case oid::uuid:
      return Codec::text_uuid;
    case oid::json:
    case oid::jsonb:
      return Codec::json;
    case oid::time:
      return Codec::text_time;
    case oid::date:
      return iso_dates ? Codec::text_date : Codec::text;
    case oid::timestamp:
      return iso_dates ? Codec::text_timestamp : Codec::text;
    case oid::timestamptz:
      return iso_dates ? Codec::text_timestamptz : Codec::text;
    case oid::interval:
      return iso_intervals ? Codec::text_interval : Codec::text;
    default:
      return Codec::text;
  }
}

std::string type_name(const wp::FieldDescription& field) {
  const wp::BuiltinType* const type = wp::find_type(field.type_oid);
  if (type == nullptr) return "oid " + std::to_string(field.type_oid);
  std::string name(type->name);
  const std::int32_t modifier = field.type_modifier;
  if (modifier < 0) return name;
  if (field.type_oid == oid::varchar || field.type_oid == oid::bpchar) {
    name += "(" + std::to_string(modifier - 4) + ")";
  } else if (field.type_oid == oid::numeric && modifier >= 4) {
    // The scale is a signed number of 11 bits since version 15.
    const std::int32_t scale = ((modifier - 4) & 0x7ff) ^ 1024;
    name += "(" + std::to_string(((modifier - 4) >> 16) & 0xffff) + "," +
            std::to_string(scale - 1024) + ")";
  }
  return name;
}

Cell decode_array(wp::Field field, sql::Arena& arena) {
  wp::ArrayReader reader(field);
  Codec codec = Codec::text;
  if (!scalar_codec(reader.element_oid(), codec)) wp::raise_malformed("array element type");
  const auto dimensions = reader.dimensions();
  auto* const view = arena.make<ArrayView>();
  auto* const sizes = static_cast<std::uint32_t*>(
      arena.allocate(sizeof(std::uint32_t) * std::max<std::size_t>(dimensions.size(), 1)));
  for (std::size_t i = 0; i < dimensions.size(); ++i) sizes[i] = dimensions[i].size;
  auto* const cells =
      static_cast<Cell*>(arena.allocate(sizeof(Cell) * std::max<std::size_t>(reader.size(), 1)));
  for (std::size_t i = 0; i < reader.size(); ++i) {
    const wp::Field element = reader.next();
    new (cells + i) Cell(element.is_null() ? Cell() : decode_field(codec, element, arena));
  }
  reader.finish();
  view->element = type_of(codec);
  view->dimensions_count = static_cast<std::uint16_t>(dimensions.size());
  view->size = static_cast<std::uint32_t>(reader.size());
  view->dimensions = sizes;
  view->cells = cells;
  return Cell::of_array(view);
}

Cell decode_numeric_cell(wp::Field field, sql::Arena& arena) {
  auto* const text = static_cast<char*>(arena.allocate(wp::numeric_text_bytes_max(field)));
  const char* const end = wp::decode_numeric(field, text);
  return Cell::of_text(Type::decimal, {text, static_cast<std::size_t>(end - text)});
}

template <class Number>
Number parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // "Infinity" and "NaN" are read too; a result out of range cannot come from a server.
  if (error != std::errc{} || end != text.data() + text.size())
    wp::raise_malformed("number as text");
  return value;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  wp::raise_malformed("bytea as text");
}

/// bytea_output = hex and escape. See: PostgreSQL 15 documentation, 8.4.
Cell parse_bytes(std::string_view text, sql::Arena& arena) {
  auto* const bytes = static_cast<std::byte*>(arena.allocate(text.size() + 1));
  std::size_t size = 0;
  if (text.starts_with("\\x")) {
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
      bytes[size++] = static_cast<std::byte>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
    }
    return Cell::of_bytes({bytes, size});
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes[size++] = static_cast<std::byte>(text[i]);
    } else if (text.substr(i, 2) == "\\\\") {
      bytes[size++] = static_cast<std::byte>(text[++i]);
    } else {
      if (i + 3 >= text.size()) wp::raise_malformed("bytea as text");
      bytes[size++] = static_cast<std::byte>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                             (text[i + 3] - '0'));
      i += 3;
    }
  }
  return Cell::of_bytes({bytes, size});
}

template <class T>
const T* keep(const T& value, sql::Arena& arena) {
  return new (arena.allocate(sizeof(T))) T(value);
}

Cell decode_text(Codec codec, std::string_view text, sql::Arena& arena) {
  switch (codec) {
    case Codec::text_boolean:
      return Cell::of_bool(text == "t");
    case Codec::text_integer:
      return Cell::of_int64(parse_number<std::int64_t>(text));
    case Codec::text_real:
      return Cell::of_float64(parse_number<double>(text));
    case Codec::text_decimal:
      return Cell::of_text(Type::decimal, text);
    case Codec::text_bytes:
      return parse_bytes(text, arena);
    case Codec::text_date:
      return Cell::of_date(Date::parse(text).days);
    case Codec::text_time:
      return Cell::of_time(Time::parse(text).micros);
    case Codec::text_timestamp:
      return Cell::of_timestamp(Timestamp::parse(text).micros);
    case Codec::text_timestamptz:
      return Cell::of_timestamptz(TimestampTz::parse(text).micros);
    case Codec::text_interval:
      return Cell::of_interval(keep(Interval::parse(text), arena));
    case Codec::text_uuid:
      return Cell::of_uuid(keep(Uuid::parse(text), arena)->bytes.data());
    default:
      return Cell::of_text(text);
  }
}

}  // namespace

bool binary_codec(std::uint32_t type_oid, Codec& codec) noexcept {
  if (scalar_codec(type_oid, codec)) return true;
  const wp::BuiltinType* const element = wp::find_element(type_oid);
  Codec unused = Codec::text;
  if (element == nullptr || !scalar_codec(element->oid, unused)) return false;
  codec = Codec::array;
  return true;
}

Type type_of(Codec codec) noexcept {
  switch (codec) {
    case Codec::boolean:
    case Codec::text_boolean:
      return Type::boolean;
    case Codec::int2:
    case Codec::int4:
    case Codec::int8:
    case Codec::oid:
    case Codec::text_integer:
      return Type::int64;
    case Codec::float4:
    case Codec::float8:
    case Codec::text_real:
      return Type::float64;
    case Codec::numeric:
    case Codec::text_decimal:
      return Type::decimal;
    case Codec::bytes:
    case Codec::text_bytes:
      return Type::bytes;
    case Codec::date:
    case Codec::text_date:
      return Type::date;
    case Codec::time:
    case Codec::text_time:
      return Type::time;
    case Codec::timestamp:
    case Codec::text_timestamp:
      return Type::timestamp;
    case Codec::timestamptz:
    case Codec::text_timestamptz:
      return Type::timestamptz;
    case Codec::interval:
    case Codec::text_interval:
      return Type::interval;
    case Codec::uuid:
    case Codec::text_uuid:
      return Type::uuid;
    case Codec::json:
    case Codec::jsonb:
      return Type::json;
    case Codec::array:
      return Type::array;
    case Codec::text:
      break;
  }
  return Type::text;
}

void plan_columns(std::span<const wp::FieldDescription> fields, ColumnPlan& plan) {
  plan = {};
  bool all_binary = true;
  for (const auto& field : fields) {
    Codec codec = Codec::text;
    const bool binary = binary_codec(field.type_oid, codec);
    all_binary = all_binary && binary;
    plan.formats.push_back(binary ? wp::Format::binary : wp::Format::text);
    plan.codecs.push_back(codec);
    plan.columns.push_back({std::string(field.name), type_of(codec), type_name(field)});
  }
  if (all_binary && !fields.empty()) plan.formats.assign(1, wp::Format::binary);
}

void plan_text_columns(std::span<const wp::FieldDescription> fields, bool iso_dates,
                       bool iso_intervals, ColumnPlan& plan) {
  plan = {};
  for (const auto& field : fields) {
    const Codec codec = text_codec(field.type_oid, iso_dates, iso_intervals);
    plan.codecs.push_back(codec);
    plan.columns.push_back({std::string(field.name), type_of(codec), type_name(field)});
  }
}

namespace codec_detail {

Cell decode_rare(Codec codec, wp::Field field, sql::Arena& arena) {
  switch (codec) {
    case Codec::jsonb:
      return Cell::of_text(Type::json, wp::decode_jsonb(field));
    case Codec::numeric:
      return decode_numeric_cell(field, arena);
    case Codec::uuid:
      return Cell::of_uuid(reinterpret_cast<const std::uint8_t*>(wp::decode_uuid(field).data()));
    case Codec::interval: {
      const auto parts = wp::decode_interval(field);
      return Cell::of_interval(
          arena.make<Interval>(Interval{parts.months, parts.days, parts.micros}));
    }
    case Codec::array:
      return decode_array(field, arena);
    default:
      return decode_text(codec, field.text(), arena);
  }
}

}  // namespace codec_detail
}  // namespace iacdb::backends::postgres
