#include "http/statement_body.hpp"

#include <nlohmann/json.hpp>

#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

using Json_ = nlohmann::json;

[[noreturn]] void refuse(std::string message) {
  raise(ErrorKind::usage, std::move(message));
}

Json_ parse_object(const std::string& body) {
  Json_ json = Json_::parse(body.empty() ? "{}" : body, nullptr, false);
  if (json.is_discarded()) refuse("the request's body is not valid JSON");
  if (!json.is_object()) refuse("the request's body must be a JSON object");
  return json;
}

void check_members(const Json_& json, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : json.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string list;
      for (const std::string_view one : known)
        list += (list.empty() ? "" : ", ") + std::string(one);
      refuse("unknown member \"" + name + "\" in the request's body; it takes " + list);
    }
  }
}

Value typed_value(const Json_& json) {
  if (!json.contains("type") || !json.contains("value") || json.size() != 2 ||
      !json["type"].is_string()) {
    refuse("a typed parameter is {\"type\": \"decimal\", \"value\": \"1.10\"}");
  }
  const std::string type = json["type"];
  const Json_& value = json["value"];
  if (value.is_null()) return {};
  if (type == "json") return Json{value.dump()};
  if (!value.is_string()) refuse("the value of a typed parameter is a string");
  const std::string text = value;
  if (type == "text") return text;
  if (type == "decimal") return Decimal::parse(text);
  if (type == "date") return Date::parse(text);
  if (type == "time") return Time::parse(text);
  if (type == "timestamp") return Timestamp::parse(text);
  if (type == "timestamptz") return TimestampTz::parse(text);
  if (type == "interval") return Interval::parse(text);
  if (type == "uuid") return Uuid::parse(text);
  if (type == "int64") {
    return read_cell<std::int64_t>(Cell::of_text(Type::decimal, Decimal::parse(text).print()));
  }
  if (type == "bytes") {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    if (!text.starts_with("\\x") || text.size() % 2 != 0 ||
        text.find_first_not_of("0123456789abcdefABCDEF", 2) != text.npos) {
      refuse("a bytes parameter is written as \\x and hexadecimal digits");
    }
    Bytes bytes;
    for (std::size_t i = 2; i < text.size(); i += 2) {
      bytes.push_back(static_cast<std::byte>(digit(text[i]) << 4 | digit(text[i + 1])));
    }
    return bytes;
  }
  refuse("unknown parameter type \"" + type + "\"");
}

Value to_value(const Json_& json) {
  switch (json.type()) {
    case Json_::value_t::null:
      return {};
    case Json_::value_t::boolean:
      return json.get<bool>();
    case Json_::value_t::number_integer:
      return json.get<std::int64_t>();
    case Json_::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
      return Decimal::parse(std::to_string(number));
    }
    case Json_::value_t::number_float:
      return json.get<double>();
    case Json_::value_t::string:
      return json.get<std::string>();
    case Json_::value_t::object:
      return typed_value(json);
    case Json_::value_t::array: {
      Array array;
      for (const Json_& element : json) {
        array.elements.push_back(to_value(element));
        if (!array.elements.back().is_null()) array.element = array.elements.back().type();
      }
      return array;
    }
    default:
      refuse("a parameter of an unknown JSON type");
  }
}

std::chrono::milliseconds timeout_of(const Json_& json) {
  if (!json.contains("timeout_ms")) return {};
  const Json_& timeout = json["timeout_ms"];
  if (!timeout.is_number_unsigned() || timeout.get<std::uint64_t>() > 86'400'000) {
    refuse("timeout_ms is a number of milliseconds up to 86400000");
  }
  return std::chrono::milliseconds(timeout.get<std::uint64_t>());
}

}  // namespace

StatementBody StatementBody::parse(const std::string& body) {
  const Json_ json = parse_object(body);
  check_members(json, {"sql", "parameters", "timeout_ms"});
  StatementBody result;
  if (!json.contains("sql") || !json["sql"].is_string()) {
    refuse("the request's body needs the member \"sql\", a string");
  }
  result.sql = json["sql"];
  result.timeout = timeout_of(json);
  if (!json.contains("parameters")) return result;
  const Json_& parameters = json["parameters"];
  if (!parameters.is_array() && !parameters.is_object()) {
    refuse("parameters is an array for ? or an object for :name");
  }
  for (const auto& [name, value] : parameters.items()) {
    if (parameters.is_object()) result.names.push_back(name);
    result.values.push_back(to_value(value));
  }
  return result;
}

SessionBody SessionBody::parse(const std::string& body) {
  const Json_ json = parse_object(body);
  check_members(json, {"isolation", "read_only", "timeout_ms"});
  SessionBody result;
  result.timeout = timeout_of(json);
  if (json.contains("read_only")) {
    if (!json["read_only"].is_boolean()) refuse("read_only is true or false");
    result.read_only = json["read_only"];
  }
  if (json.contains("isolation")) {
    for (const Isolation isolation :
         {Isolation::read_uncommitted, Isolation::read_committed, Isolation::repeatable_read,
          Isolation::snapshot, Isolation::serializable}) {
      if (json["isolation"] == to_string(isolation)) result.isolation = isolation;
    }
    if (!result.isolation) {
      refuse(
          "isolation is read uncommitted, read committed, repeatable read, snapshot or "
          "serializable");
    }
  }
  return result;
}

BoundParameters::BoundParameters(const StatementBody& body) {
  for (const Value& value : body.values) cells_.push_back(detail::cell_of_value(value, scratch_));
  for (const std::string& name : body.names) names_.push_back(name);
  if (!names_.empty()) sizes_.assign(names_.size(), -1);
}

Arguments BoundParameters::arguments() const {
  return {.cells = cells_, .names = names_, .list_sizes = sizes_};
}

}  // namespace iacdb::http
