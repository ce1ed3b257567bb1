#include "backends/postgres/parameters.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "backends/postgres/server_error.hpp"
#include "backends/postgres/utf8.hpp"
#include "iacdb/value.hpp"
#include "wire/postgres/array.hpp"
#include "wire/postgres/binary_time.hpp"
#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/message_writer.hpp"
#include "wire/postgres/types.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;
namespace oid = wp::oid;

namespace {

std::string name_of(std::uint32_t type_oid) {
  const wp::BuiltinType* const type = wp::find_type(type_oid);
  return type != nullptr ? std::string(type->name) : "oid " + std::to_string(type_oid);
}

[[noreturn, gnu::cold]] void raise_value(std::string message, std::size_t index) {
  ErrorFacts facts = own_facts(ErrorKind::data, std::move(message));
  facts.where = "parameter " + std::to_string(index);
  raise(std::move(facts));
}

[[noreturn, gnu::cold]] void raise_range(std::uint32_t type_oid, std::size_t index) {
  raise_value("the value does not fit the type " + name_of(type_oid) + " of the server", index);
}

bool is_text_type(std::uint32_t type_oid) noexcept {
  switch (type_oid) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::unknown:
    case oid::json:
      return true;
    default:
      return false;
  }
}

template <class Narrow>
void put_integer(base::Buffer& out, std::int64_t value, std::uint32_t type_oid, std::size_t index) {
  if (value < std::numeric_limits<Narrow>::min() || value > std::numeric_limits<Narrow>::max())
      [[unlikely]] {
    raise_range(type_oid, index);
  }
  wp::put_field(out.extend(4 + sizeof(Narrow)), static_cast<Narrow>(value));
}

void put_real(base::Buffer& out, std::uint32_t type_oid, double value, std::size_t index) {
  if (type_oid == oid::float8) {
    wp::put_field(out.extend(12), value);
    return;
  }
  // Rounding to the column's precision is what the type is for; becoming infinite is not.
  const auto narrow = static_cast<float>(value);
  if (std::isinf(narrow) && !std::isinf(value)) raise_range(type_oid, index);
  wp::put_field(out.extend(8), narrow);
}

void put_bytes_field(base::Buffer& out, base::Bytes bytes) {
  if (bytes.size() > wp::message_bytes_max) {
    wp::raise_data("a value passes the 1 GiB that PostgreSQL can take");
  }
  wp::put_field(out.extend(4 + bytes.size()), bytes);
}

bool is_array_binary(std::uint32_t type_oid, const ArrayView& array) noexcept {
  const wp::BuiltinType* const element = wp::find_element(type_oid);
  if (element == nullptr || array.dimensions_count > wp::dimensions_max) return false;
  for (std::uint32_t i = 0; i < array.size; ++i) {
    const Cell& cell = array.cells[i];
    if (!cell.is_null() && (cell.type() == Type::array || !has_binary_form(element->oid, cell))) {
      return false;
    }
  }
  return true;
}

void put_array(base::Buffer& out, std::uint32_t type_oid, const ArrayView& array,
               std::size_t index) {
  const std::uint32_t element = wp::find_element(type_oid)->oid;
  const std::size_t mark = out.append_be(std::int32_t{0});
  wp::ArrayEncoder encoder(out, element, {array.dimensions, array.dimensions_count});
  for (std::uint32_t i = 0; i < array.size; ++i) {
    if (array.cells[i].is_null()) {
      encoder.null();
    } else {
      encode_binary(out, element, array.cells[i], index);
    }
  }
  encoder.close_value(mark);
}

void put_streamed(base::Buffer& out, const Cell& cell, BindScratch& scratch, std::size_t index) {
  ByteSource* const source = cell.source();
  const std::uint64_t size = source->size_bytes();
  if (size > wp::message_bytes_max) {
    raise_value("a streamed value passes the 1 GiB that PostgreSQL can take", index);
  }
  out.append_be(static_cast<std::int32_t>(size));
  scratch.streams.push_back({out.size(), source, size});
}

wp::Format format_for(std::uint32_t type_oid, const Cell& cell) noexcept {
  if (cell.is_streamed()) return type_oid == oid::bytea ? wp::Format::binary : wp::Format::text;
  return cell.is_null() || has_binary_form(type_oid, cell) ? wp::Format::binary : wp::Format::text;
}

/// Adds the streamed bytes to the length of the message that begins at `start`.
void count_streams(base::Buffer& out, std::size_t start, const BindScratch& scratch) {
  std::uint64_t length = base::load_be<std::uint32_t>(out.data() + start + 1);
  for (const StreamSlot& slot : scratch.streams) length += slot.size_bytes;
  if (length > wp::message_bytes_max) {
    out.truncate(start);
    wp::raise_data("the parameters pass the 1 GiB that a PostgreSQL message can hold");
  }
  out.patch_be(start + 1, static_cast<std::uint32_t>(length));
}

}  // namespace

void check_text(std::string_view text, std::size_t index) {
  if (is_server_text(text)) [[likely]]
    return;
  raise_value("a text is not valid UTF-8 or holds a zero byte; correct it, or use bytes and bytea",
              index);
}

bool has_binary_form(std::uint32_t type_oid, const Cell& cell) noexcept {
  const Type type = cell.type();
  switch (type_oid) {
    case oid::int2:
    case oid::int4:
    case oid::int8:
      return type == Type::int64;
    case oid::boolean:
      return type == Type::boolean;
    case oid::float4:
      return type == Type::float64;
    case oid::float8:
      return type == Type::float64;
    case oid::bytea:
      return type == Type::bytes || type == Type::text;
    case oid::date:
      return type == Type::date;
    case oid::time:
      return type == Type::time;
    case oid::timestamp:
      // An instant in a column without a zone is kept as what the clock shows in UTC.
      return type == Type::timestamp || type == Type::timestamptz;
    case oid::timestamptz:
      return type == Type::timestamptz;
    case oid::interval:
      return type == Type::interval;
    case oid::uuid:
      return type == Type::uuid;
    default:
      break;
  }
  if (type == Type::array) return is_array_binary(type_oid, cell.array());
  return is_text_type(type_oid) &&
         (type == Type::text || type == Type::decimal || type == Type::json);
}

void encode_binary(base::Buffer& out, std::uint32_t type_oid, const Cell& cell, std::size_t index) {
  switch (type_oid) {
    case oid::int2:
      return put_integer<std::int16_t>(out, cell.integer(), type_oid, index);
    case oid::int4:
      return put_integer<std::int32_t>(out, cell.integer(), type_oid, index);
    case oid::int8:
      wp::put_field(out.extend(12), cell.integer());
      return;
    case oid::boolean:
      wp::put_field(out.extend(5), cell.boolean());
      return;
    case oid::float4:
    case oid::float8:
      return put_real(out, type_oid, cell.real(), index);
    case oid::bytea:
      return put_bytes_field(out, cell.bytes());
    case oid::date:
      wp::put_date(out.extend(8), static_cast<std::int32_t>(cell.integer()));
      return;
    case oid::time:
      wp::put_time(out.extend(12), cell.integer());
      return;
    case oid::timestamp:
    case oid::timestamptz:
      wp::put_timestamp(out.extend(12), cell.integer());
      return;
    case oid::interval: {
      const Interval& v = cell.interval();
      wp::put_interval(out.extend(20), {v.months, v.days, v.micros});
      return;
    }
    case oid::uuid:
      return put_bytes_field(out, cell.bytes());
    default:
      break;
  }
  if (cell.type() == Type::array) return put_array(out, type_oid, cell.array(), index);
  check_text(cell.text(), index);
  put_bytes_field(out, base::as_bytes(cell.text()));
}

void encode_as_text(base::Buffer& out, std::uint32_t type_oid, const Cell& cell,
                    std::size_t index) {
  switch (cell.type()) {
    case Type::text:
    case Type::decimal:
    case Type::json:
      check_text(cell.text(), index);
      return put_bytes_field(out, base::as_bytes(cell.text()));
    case Type::int64: {
      constexpr std::int64_t exact_max = std::int64_t{1} << 53;
      const std::int64_t value = cell.integer();
      const bool rounds = (type_oid == oid::float8 && (value > exact_max || value < -exact_max)) ||
                          (type_oid == oid::float4 && (value > 1 << 24 || value < -(1 << 24)));
      if (rounds) raise_range(type_oid, index);
      std::array<char, 24> digits{};
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
      return put_bytes_field(
          out, base::as_bytes({digits.data(), static_cast<std::size_t>(end - digits.data())}));
    }
    case Type::bytes:
      // 0: not known yet, as in a pipeline; the form below is what bytea reads.
      if (type_oid == 0) break;
      if (!is_text_type(type_oid)) {
        raise_value("bytes cannot be a " + name_of(type_oid) + "; use bytea or text", index);
      }
      check_text(cell.text(), index);
      return put_bytes_field(out, cell.bytes());
    default:
      break;
  }
  const std::string text = print(cell);
  check_text(text, index);
  put_bytes_field(out, base::as_bytes(text));
}

void encode_bind(base::Buffer& out, const BindTarget& target, std::span<const Cell> cells,
                 BindScratch& scratch) {
  scratch.formats.clear();
  scratch.streams.clear();
  bool all_binary = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t type = target.parameter_oids.empty() ? 0 : target.parameter_oids[i];
    scratch.formats.push_back(format_for(type, cells[i]));
    all_binary = all_binary && scratch.formats.back() == wp::Format::binary;
  }
  if (all_binary && !cells.empty()) scratch.formats.resize(1);
  const std::size_t start = out.size();
  wp::BindEncoder bind(out, {}, target.name, scratch.formats, cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t type = target.parameter_oids.empty() ? 0 : target.parameter_oids[i];
    const auto format = scratch.formats[all_binary ? 0 : i];
    if (cells[i].is_null()) {
      bind.null();
    } else if (cells[i].is_streamed()) {
      put_streamed(out, cells[i], scratch, i + 1);
    } else if (format == wp::Format::binary) {
      encode_binary(out, type, cells[i], i + 1);
    } else {
      encode_as_text(out, type, cells[i], i + 1);
    }
  }
  bind.finish(target.result_formats);
  if (!scratch.streams.empty()) count_streams(out, start, scratch);
}

}  // namespace iacdb::backends::postgres
