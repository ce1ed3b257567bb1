#include "http/statement_body.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "http/json_reader.hpp"
#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

using Kind = JsonReader::Kind;

constexpr std::size_t parameters_max = 65'535;  // What PostgreSQL's and MySQL's protocols count to.
constexpr std::size_t elements_max = 1'000'000;
constexpr std::uint64_t timeout_ms_max = 86'400'000;
/// More decimal digits than a double keeps: the number stays a decimal.
constexpr std::ptrdiff_t double_digits = 17;

[[noreturn]] void refuse(std::string message) {
  raise(ErrorKind::usage, std::move(message));
}

[[noreturn]] void refuse_member(const std::string& name, std::string_view known) {
  refuse("unknown member \"" + name + "\" in the request's body; it takes " + std::string(known));
}

std::int64_t to_int64(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    raise(ErrorKind::data, "an int64 parameter is a whole number of 64 bits");
  }
  return number;
}

double to_double(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    raise(ErrorKind::data, "a number does not fit a double; send it as a decimal");
  }
  return number;
}

Bytes to_bytes(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  if (!text.starts_with("\\x") || text.size() % 2 != 0 ||
      text.find_first_not_of("0123456789abcdefABCDEF", 2) != text.npos) {
    refuse("a bytes parameter is written as \\x and hexadecimal digits");
  }
  Bytes bytes;
  bytes.reserve(text.size() / 2 - 1);
  for (std::size_t i = 2; i < text.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(digit(text[i]) << 4 | digit(text[i + 1])));
  }
  return bytes;
}

/// A number as it was written: int64, decimal where a double would lose some of it, or double.
Value number_value(std::string_view text) {
  if (text.find_first_of(".eE") == text.npos) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
    return Decimal::parse(text);
  }
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  const auto digits =
      std::count_if(mantissa.begin(), mantissa.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits > double_digits && mantissa.size() == text.size()) return Decimal::parse(text);
  return to_double(text);
}

Value text_value(std::string_view type, std::string text) {
  if (type == "text") return text;
  if (type == "int64") return to_int64(text);
  if (type == "float64") return to_double(text);
  if (type == "decimal") return Decimal::parse(text);
  if (type == "date") return Date::parse(text);
  if (type == "time") return Time::parse(text);
  if (type == "timestamp") return Timestamp::parse(text);
  if (type == "timestamptz") return TimestampTz::parse(text);
  if (type == "interval") return Interval::parse(text);
  if (type == "uuid") return Uuid::parse(text);
  if (type == "bytes") return to_bytes(text);
  refuse("unknown parameter type \"" + std::string(type) + "\"; see GET /openapi.json");
}

Value read_value(JsonReader& json, std::string_view type);

/// Integers beside doubles become doubles; anything else must be of one type.
void make_alike(Array& array) {
  for (const Value& element : array.elements) {
    if (element.is_null() || element.type() == array.element) continue;
    const bool numbers = (array.element == Type::int64 && element.type() == Type::float64) ||
                         (array.element == Type::float64 && element.type() == Type::int64);
    if (array.element != Type::null && !numbers) refuse("an array has elements of one type");
    array.element = array.element == Type::null ? element.type() : Type::float64;
  }
  if (array.element != Type::float64) return;
  for (Value& element : array.elements) {
    if (element.type() == Type::int64) {
      element = Value(static_cast<double>(element.as<std::int64_t>()));
    }
  }
}

/// An array of arrays is one array of several dimensions.
void read_elements(JsonReader& json, std::string_view type, Array& array, std::size_t level) {
  std::uint32_t count = 0;
  json.array([&] {
    if (array.elements.size() >= elements_max) refuse("an array has a million elements at most");
    ++count;
    const bool nested = json.next() == Kind::array;
    if (count > 1 && nested != (array.dimensions.size() > level + 1)) {
      refuse("the arrays in an array are all as deep and as long");
    }
    if (nested) {
      if (count == 1 && array.dimensions.size() == level + 1) array.dimensions.push_back(0);
      return read_elements(json, type, array, level + 1);
    }
    array.elements.push_back(read_value(json, type));
  });
  std::uint32_t& size = array.dimensions[level];
  if (size != 0 && size != count) refuse("the arrays in an array are all as deep and as long");
  size = count;
}

Value read_array(JsonReader& json, std::string_view type) {
  Array array;
  array.dimensions.push_back(0);
  read_elements(json, type, array, 0);
  if (array.dimensions.size() == 1) array.dimensions.clear();
  if (array.elements.empty()) array.dimensions.clear();
  make_alike(array);
  return array;
}

/// The members of {"type": ..., "value": ...}; the type may stand after the value.
struct Typed {
  std::string type;
  std::string_view value;
};

Typed read_typed(JsonReader& json) {
  Typed typed;
  json.object([&](const std::string& name) {
    if (name == "type") {
      typed.type = json.string("a parameter's type");
    } else if (name == "value") {
      typed.value = json.skip();
    } else {
      refuse_member(name, "type and value");
    }
  });
  if (typed.type.empty() || typed.value.empty()) {
    refuse("a typed parameter is {\"type\": \"decimal\", \"value\": \"1.10\"}");
  }
  return typed;
}

/// A value without an object around it; `type` is what its text means, or empty.
Value read_value(JsonReader& json, std::string_view type) {
  switch (json.next()) {
    case Kind::null:
      json.null();
      return {};
    case Kind::boolean:
      return json.boolean();
    case Kind::number: {
      const std::string_view number = json.number();
      return type.empty() || type == "text" ? number_value(number)
                                            : text_value(type, std::string(number));
    }
    case Kind::string: {
      std::string text = json.string("a value");
      return type.empty() ? Value(std::move(text)) : text_value(type, std::move(text));
    }
    case Kind::array:
      return read_array(json, type);
    case Kind::object: {
      const Typed typed = read_typed(json);
      if (typed.type == "json") return Json{std::string(typed.value)};
      JsonReader inner(typed.value);
      return read_value(inner, typed.type);
    }
  }
  return {};
}

void read_parameter(JsonReader& json, StatementBody& body) {
  if (body.values.size() >= parameters_max) refuse("a statement takes 65535 parameters at most");
  body.sizes.push_back(-1);
  if (json.next() == Kind::object) {
    const Typed typed = read_typed(json);
    JsonReader inner(typed.value);
    if (typed.type == "json") {
      // A string is the document's text; anything else is the document.
      body.values.push_back(inner.next() == Kind::string ? Json{inner.string("a document")}
                                                         : Json{std::string(typed.value)});
      return;
    }
    if (typed.type == "list") {
      std::int64_t count = 0;
      inner.array([&] {
        if (body.values.size() >= parameters_max) {
          refuse("a statement takes 65535 parameters at most");
        }
        ++count;
        body.values.push_back(read_value(inner, ""));
      });
      body.sizes.back() = count;
      return;
    }
    body.values.push_back(read_value(inner, typed.type));
    return;
  }
  body.values.push_back(read_value(json, ""));
}

void read_parameters(JsonReader& json, StatementBody& body) {
  switch (json.next()) {
    case Kind::array:
      return json.array([&] { read_parameter(json, body); });
    case Kind::object:
      return json.object([&](const std::string& name) {
        body.names.push_back(name);
        read_parameter(json, body);
      });
    default:
      refuse("parameters is an array for ? or an object for :name");
  }
}

std::chrono::milliseconds read_timeout(JsonReader& json) {
  const std::string_view text = json.next() == Kind::number ? json.number() : json.skip();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > timeout_ms_max) {
    refuse("timeout_ms is a number of milliseconds up to 86400000");
  }
  return std::chrono::milliseconds(number);
}

Isolation read_isolation(JsonReader& json) {
  const std::string text = json.string("isolation");
  for (const Isolation isolation :
       {Isolation::read_uncommitted, Isolation::read_committed, Isolation::repeatable_read,
        Isolation::snapshot, Isolation::serializable}) {
    if (text == to_string(isolation)) return isolation;
  }
  refuse(
      "isolation is read uncommitted, read committed, repeatable read, snapshot or serializable");
}

}  // namespace

StatementBody StatementBody::parse(std::string_view body) {
  StatementBody result;
  JsonReader json(body);
  bool has_sql = false;
  json.object([&](const std::string& name) {
    if (name == "sql") {
      result.sql = json.string("sql");
      has_sql = true;
    } else if (name == "parameters") {
      read_parameters(json, result);
    } else if (name == "timeout_ms") {
      result.timeout = read_timeout(json);
    } else {
      refuse_member(name, "sql, parameters, timeout_ms");
    }
  });
  json.end();
  if (!has_sql) refuse("the request's body needs the member \"sql\", a string");
  return result;
}

SessionBody SessionBody::parse(std::string_view body) {
  SessionBody result;
  if (body.empty()) return result;
  JsonReader json(body);
  json.object([&](const std::string& name) {
    if (name == "isolation") {
      result.isolation = read_isolation(json);
    } else if (name == "read_only") {
      if (json.next() != Kind::boolean) refuse("read_only is true or false");
      result.read_only = json.boolean();
    } else if (name == "timeout_ms") {
      result.timeout = read_timeout(json);
    } else {
      refuse_member(name, "isolation, read_only, timeout_ms");
    }
  });
  json.end();
  return result;
}

BoundParameters::BoundParameters(const StatementBody& body) {
  for (const Value& value : body.values) cells_.push_back(detail::cell_of_value(value, scratch_));
  for (const std::string& name : body.names) names_.push_back(name);
  const bool has_list = std::any_of(body.sizes.begin(), body.sizes.end(),
                                    [](std::int64_t size) { return size >= 0; });
  if (has_list || !names_.empty()) sizes_ = body.sizes;
}

Arguments BoundParameters::arguments() const {
  return {.cells = cells_, .names = names_, .list_sizes = sizes_};
}

}  // namespace iacdb::http
