#include <charconv>
#include <cmath>
#include <string>

#include "backends/postgres/bulk.hpp"
#include "backends/postgres/column_codec.hpp"
#include "backends/postgres/parameters.hpp"
#include "iacdb/value.hpp"
#include "wire/postgres/binary_text.hpp"
#include "wire/postgres/numeric.hpp"
#include "wire/postgres/types.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;
namespace oid = wp::oid;

namespace {

constexpr std::int64_t day_micros = 86'400'000'000;

[[noreturn]] void raise_mismatch(std::uint32_t type_oid, std::size_t index) {
  const wp::BuiltinType* const type = wp::find_type(type_oid);
  ErrorFacts facts = own_facts(
      ErrorKind::data, "the value cannot become a " +
                           (type != nullptr ? std::string(type->name) : "value of this type") +
                           " without loss; pass one of the column's own type");
  facts.where = "column " + std::to_string(index);
  raise(std::move(facts));
}

/// Another cell of the column's natural type with the same value, or null.
Cell convert(std::uint32_t type_oid, const Cell& cell, const std::string& text) {
  const auto number = [&text]<class Number>(Number value, Cell (*make)(Number)) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? make(value) : Cell();
  };
  const bool from_text = cell.type() == Type::text;
  switch (type_oid) {
    case oid::int2:
    case oid::int4:
    case oid::int8:
      return number(
          std::int64_t{}, +[](std::int64_t v) { return Cell::of_int64(v); });
    case oid::float4:
    case oid::float8:
      if (cell.type() == Type::int64 && std::abs(cell.integer()) > (std::int64_t{1} << 53)) {
        return {};
      }
      return number(
          double{}, +[](double v) { return Cell::of_float64(v); });
    case oid::boolean:
      if (text == "true" || text == "t" || text == "1") return Cell::of_bool(true);
      if (text == "false" || text == "f" || text == "0") return Cell::of_bool(false);
      return {};
    case oid::date:
      return from_text ? Cell::of_date(Date::parse(text).days) : Cell();
    case oid::time:
      return from_text ? Cell::of_time(Time::parse(text).micros) : Cell();
    case oid::timestamp:
      if (cell.type() == Type::date && std::abs(cell.integer()) < 100'000'000) {
        return Cell::of_timestamp(cell.integer() * day_micros);
      }
      return from_text ? Cell::of_timestamp(Timestamp::parse(text).micros) : Cell();
    case oid::timestamptz:
      return from_text ? Cell::of_timestamptz(TimestampTz::parse(text).micros) : Cell();
    default:
      return {};
  }
}

void encode_numeric_field(base::Buffer& out, const std::string& text) {
  const std::size_t mark = out.append_be(std::int32_t{0});
  wp::encode_numeric(out, text);
  out.patch_be(mark, static_cast<std::int32_t>(out.size() - mark - 4));
}

std::string read_all(const Cell& cell) {
  ByteSource* const source = cell.source();
  std::string bytes(source->size_bytes(), '\0');
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t got = source->read(std::as_writable_bytes(std::span(bytes).subspan(at)));
    if (got == 0)
      raise(own_facts(ErrorKind::usage, "a streamed value ended before its size_bytes"));
    at += got;
  }
  return bytes;
}

void encode_by_text(base::Buffer& out, std::uint32_t type_oid, const Cell& cell,
                    std::size_t index) {
  const std::string text = print(cell);
  switch (type_oid) {
    case oid::numeric:
      return encode_numeric_field(out, text);
    case oid::jsonb:
      check_text(text, index);
      wp::put_jsonb(out.extend(5 + text.size()), text);
      return;
    case oid::uuid: {
      const Uuid uuid = Uuid::parse(text);
      return encode_binary(out, type_oid, Cell::of_uuid(uuid.bytes.data()), index);
    }
    case oid::interval: {
      const Interval interval = Interval::parse(text);
      return encode_binary(out, type_oid, Cell::of_interval(&interval), index);
    }
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::json:
      return encode_binary(out, type_oid, Cell::of_text(text), index);
    default:
      break;
  }
  const Cell converted = convert(type_oid, cell, text);
  if (converted.is_null()) raise_mismatch(type_oid, index);
  encode_binary(out, type_oid, converted, index);
}

}  // namespace

bool is_copy_binary(std::uint32_t type_oid) noexcept {
  const wp::BuiltinType* const element = wp::find_element(type_oid);
  switch (element != nullptr ? element->oid : type_oid) {
    case oid::boolean:
    case oid::int2:
    case oid::int4:
    case oid::int8:
    case oid::float4:
    case oid::float8:
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::json:
    case oid::bytea:
    case oid::date:
    case oid::time:
    case oid::timestamp:
    case oid::timestamptz:
    case oid::interval:
    case oid::uuid:
      return true;
    case oid::jsonb:
    case oid::numeric:
      return element == nullptr;  // Their arrays take the text form.
    default:
      return false;
  }
}

void encode_converted(base::Buffer& out, std::uint32_t type_oid, const Cell& cell,
                      std::size_t index) {
  if (cell.is_streamed()) {
    const std::string bytes = read_all(cell);
    return encode_converted(out, type_oid, Cell::of_text(cell.type(), bytes), index);
  }
  if (has_binary_form(type_oid, cell)) return encode_binary(out, type_oid, cell, index);
  if (cell.type() == Type::array || cell.type() == Type::bytes) raise_mismatch(type_oid, index);
  encode_by_text(out, type_oid, cell, index);
}

/// See: PostgreSQL 15 documentation, COPY, "Text Format".
void encode_copy_text(base::Buffer& out, const Cell& cell, std::size_t index) {
  if (cell.is_null()) return out.append("\\N");
  const std::string text = cell.is_streamed() ? read_all(cell) : print(cell);
  check_text(text, index);
  for (const char c : text) {
    switch (c) {
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        out.append_u8(static_cast<std::uint8_t>(c));
    }
  }
}

}  // namespace iacdb::backends::postgres
