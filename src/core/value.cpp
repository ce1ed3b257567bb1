#include "iacdb/value.hpp"

#include <charconv>

#include "iacdb/argument.hpp"
#include "iacdb/convert.hpp"
#include "iacdb/error.hpp"

namespace iacdb {
namespace {

Array owned_array(const ArrayView& view) {
  Array array;
  array.element = view.element;
  array.dimensions.assign(view.dimensions, view.dimensions + view.dimensions_count);
  array.elements.reserve(view.size);
  for (std::uint32_t i = 0; i < view.size; ++i) {
    array.elements.push_back(Value::of(view.cells[i], view.element));
  }
  return array;
}

Value parsed_text(std::string_view text, Type declared) {
  try {
    switch (declared) {
      case Type::decimal:
        return Decimal::parse(text);
      case Type::date:
        return Date::parse(text);
      case Type::time:
        return Time::parse(text);
      case Type::timestamp:
        return Timestamp::parse(text);
      case Type::timestamptz:
        return TimestampTz::parse(text);
      case Type::interval:
        return Interval::parse(text);
      case Type::uuid:
        return Uuid::parse(text);
      case Type::json:
        return Json{std::string(text)};
      default:
        break;
    }
  } catch (const DataError&) {
    // A typeless store keeps any text in any column: it stays text.
  }
  return std::string(text);
}

void append_hex(std::string& out, BytesView bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += "\\x";
  for (const std::byte b : bytes) {
    out += digits[std::to_integer<unsigned>(b) >> 4];
    out += digits[std::to_integer<unsigned>(b) & 15];
  }
}

void append_double(std::string& out, double value) {
  if (value != value) {
    out += "NaN";
  } else if (value > std::numeric_limits<double>::max()) {
    out += "Infinity";
  } else if (value < std::numeric_limits<double>::lowest()) {
    out += "-Infinity";
  } else {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
    out.append(buffer, end);
  }
}

bool needs_array_quotes(std::string_view text) {
  return text.empty() || text == "NULL" ||
         text.find_first_of("{}\",\\ \t\n\r\v\f") != std::string_view::npos;
}

void append_array_element(std::string& out, const Cell& cell) {
  const std::string text = print(cell);
  if (cell.is_null() || !needs_array_quotes(text)) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

/// PostgreSQL's array form: {1,2,{...}}. Returns how many cells it printed.
std::uint32_t append_array(std::string& out, const ArrayView& array, std::uint16_t dimension,
                           std::uint32_t first) {
  out += '{';
  const bool innermost = dimension + 1 >= array.dimensions_count;
  const std::uint32_t count = array.dimensions_count == 0 ? 0 : array.dimensions[dimension];
  std::uint32_t at = first;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    if (innermost) {
      append_array_element(out, array.cells[at++]);
    } else {
      at += append_array(out, array, static_cast<std::uint16_t>(dimension + 1), at);
    }
  }
  out += '}';
  return at - first;
}

}  // namespace

bool Array::operator==(const Array& other) const {
  return element == other.element && dimensions == other.dimensions && elements == other.elements;
}

Value Value::of(const Cell& cell, Type declared) {
  switch (cell.type()) {
    case Type::null:
      return {};
    case Type::boolean:
      return cell.boolean();
    case Type::int64:
      if (declared == Type::boolean && (cell.integer() == 0 || cell.integer() == 1)) {
        return cell.integer() == 1;
      }
      return cell.integer();
    case Type::float64:
      return cell.real();
    case Type::decimal:
      return Decimal::parse(cell.text());
    case Type::text:
      return parsed_text(cell.text(), declared);
    case Type::bytes:
      return Bytes(cell.bytes().begin(), cell.bytes().end());
    case Type::date:
      return Date{static_cast<std::int32_t>(cell.integer())};
    case Type::time:
      return Time{cell.integer()};
    case Type::timestamp:
      return Timestamp{cell.integer()};
    case Type::timestamptz:
      return TimestampTz{cell.integer()};
    case Type::interval:
      return cell.interval();
    case Type::uuid:
      return cell.uuid();
    case Type::json:
      return Json{std::string(cell.text())};
    case Type::array:
      return owned_array(cell.array());
  }
  return {};
}

bool Value::operator==(const Value& other) const {
  if (type() == Type::array && other.type() == Type::array) {
    return as<Array>() == other.as<Array>();
  }
  return storage_ == other.storage_;
}

std::string Value::print() const {
  detail::Scratch scratch;
  return iacdb::print(detail::cell_of_value(*this, scratch));
}

std::string print(const Cell& cell) {
  std::string out;
  switch (cell.type()) {
    case Type::null:
      return "NULL";
    case Type::boolean:
      return cell.boolean() ? "true" : "false";
    case Type::int64:
      return std::to_string(cell.integer());
    case Type::float64:
      append_double(out, cell.real());
      return out;
    case Type::decimal:
    case Type::text:
    case Type::json:
      return std::string(cell.text());
    case Type::bytes:
      append_hex(out, cell.bytes());
      return out;
    case Type::date:
      return Date{static_cast<std::int32_t>(cell.integer())}.print();
    case Type::time:
      return Time{cell.integer()}.print();
    case Type::timestamp:
      return Timestamp{cell.integer()}.print();
    case Type::timestamptz:
      return TimestampTz{cell.integer()}.print();
    case Type::interval:
      return cell.interval().print();
    case Type::uuid:
      return cell.uuid().print();
    case Type::array:
      append_array(out, cell.array(), 0, 0);
      return out;
  }
  return out;
}

namespace detail {

Cell cell_of_value(const Value& value, Scratch& scratch) {
  switch (value.type()) {
    case Type::null:
      return {};
    case Type::boolean:
      return Cell::of_bool(value.as<bool>());
    case Type::int64:
      return Cell::of_int64(value.as<std::int64_t>());
    case Type::float64:
      return Cell::of_float64(value.as<double>());
    case Type::decimal:
      return Cell::of_text(Type::decimal, value.as<Decimal>().print());
    case Type::text:
      return Cell::of_text(value.as<std::string>());
    case Type::bytes:
      return Cell::of_bytes(value.as<Bytes>());
    case Type::date:
      return Cell::of_date(value.as<Date>().days);
    case Type::time:
      return Cell::of_time(value.as<Time>().micros);
    case Type::timestamp:
      return Cell::of_timestamp(value.as<Timestamp>().micros);
    case Type::timestamptz:
      return Cell::of_timestamptz(value.as<TimestampTz>().micros);
    case Type::interval:
      return Cell::of_interval(&value.as<Interval>());
    case Type::uuid:
      return Cell::of_uuid(value.as<Uuid>().bytes.data());
    case Type::json:
      return Cell::of_text(Type::json, value.as<Json>().text);
    case Type::array:
      break;
  }
  const Array& array = value.as<Array>();
  auto& cells = scratch.cells();
  for (const Value& element : array.elements) cells.push_back(cell_of_value(element, scratch));
  ArrayView& view = scratch.array();
  view.element = array.element;
  view.size = static_cast<std::uint32_t>(cells.size());
  view.cells = cells.data();
  if (!array.dimensions.empty()) {
    view.dimensions = array.dimensions.data();
    view.dimensions_count = static_cast<std::uint16_t>(array.dimensions.size());
  } else if (!cells.empty()) {
    view.dimensions = &scratch.dimension(view.size);
    view.dimensions_count = 1;
  }
  return Cell::of_array(&view);
}

}  // namespace detail
}  // namespace iacdb
