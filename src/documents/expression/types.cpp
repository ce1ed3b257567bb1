// Types: $type, $isNumber, $convert and its short forms.

#include <cmath>
#include <cstdlib>

#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/convert_binary.hpp"
#include "documents/expression/dates.hpp"
#include "documents/expression/operators.hpp"
#include "documents/filter/filter.hpp"

namespace iacdb::doc {
namespace {

[[noreturn]] void unsupported(const Value& v, Type to) {
  fail(Code::conversion_failure, "Unsupported conversion from " + type_of(v) + " to " +
                                     std::string(type_name(to)) +
                                     " in $convert with no onError value");
}
[[noreturn]] void failed(const std::string& what) {
  fail(Code::conversion_failure, what + " in $convert with no onError value");
}

Value to_boolean(const Value& v) {
  return Value(truthy(v));
}

std::int64_t whole_of(const Value& v, Type to, std::int64_t least, std::int64_t most) {
  if (number_is_nan(v)) failed("Attempt to convert NaN value to integer type");
  if ((v.is(Type::real) && std::isinf(v.real())) ||
      (v.is(Type::decimal) && is_infinite(v.decimal()))) {
    failed("Attempt to convert infinity value to integer type");
  }
  const auto n = truncated_int64(v);
  if (!n || *n < least || *n > most) {
    failed("Conversion would overflow target type " + std::string(type_name(to)));
  }
  return *n;
}

std::int64_t parse_whole(const std::string& text, Type to, std::int64_t least, std::int64_t most) {
  std::size_t at = text.starts_with('+') ? 1 : 0;
  std::int64_t out = 0;
  char* end = nullptr;
  errno = 0;
  const bool plain =
      text.size() > at &&
      text.find_first_not_of("0123456789", at + (text[at] == '-' && at == 0 ? 1 : 0)) ==
          std::string::npos;
  if (plain) out = std::strtoll(text.c_str() + at, &end, 10);
  if (!plain || end == text.c_str() + at || *end != '\0') {
    failed("Failed to parse number '" + text + "'");
  }
  if (errno == ERANGE || out < least || out > most) {
    failed("Failed to parse number '" + text + "': overflow of " + std::string(type_name(to)));
  }
  return out;
}

Value to_whole(const Value& v, Type to) {
  const bool narrow = to == Type::int32;
  const std::int64_t least = narrow ? INT32_MIN : INT64_MIN;
  const std::int64_t most = narrow ? INT32_MAX : INT64_MAX;
  std::int64_t out = 0;
  if (v.is(Type::boolean)) {
    out = v.boolean() ? 1 : 0;
  } else if (v.is_number()) {
    out = whole_of(v, to, least, most);
  } else if (v.is(Type::string)) {
    out = parse_whole(v.text(), to, least, most);
  } else if (v.is(Type::date) && !narrow) {
    out = v.millis();
  } else {
    unsupported(v, to);
  }
  return narrow ? Value(static_cast<std::int32_t>(out)) : Value(out);
}

Value to_int(const Value& v) {
  return to_whole(v, Type::int32);
}
Value to_long(const Value& v) {
  return to_whole(v, Type::int64);
}

Value to_real(const Value& v) {
  if (v.is(Type::boolean)) return Value(v.boolean() ? 1.0 : 0.0);
  if (v.is(Type::date)) return Value(static_cast<double>(v.millis()));
  if (v.is(Type::decimal)) {
    const double out = decimal_to_double(v.decimal());
    if (std::isinf(out) && !is_infinite(v.decimal())) {
      failed("Conversion would overflow target type double");
    }
    return Value(out);
  }
  if (v.is_number()) return Value(doc::to_double(v));
  if (!v.is(Type::string)) unsupported(v, Type::real);
  const std::string& text = v.text();
  char* end = nullptr;
  const double out = std::strtod(text.c_str(), &end);
  const bool odd = text.empty() || std::isspace(static_cast<unsigned char>(text[0])) != 0 ||
                   text.find_first_of("xX") != std::string::npos;
  if (odd || *end != '\0') failed("Failed to parse number '" + text + "'");
  if (std::isinf(out) && text.find_first_of("iI") == std::string::npos) {
    failed("Failed to parse number '" + text + "': out of range");
  }
  return Value(out);
}

Value to_decimal_value(const Value& v) {
  if (v.is(Type::boolean)) return Value(decimal_of(std::int64_t{v.boolean() ? 1 : 0}));
  if (v.is(Type::date)) return Value(decimal_of(v.millis()));
  if (v.is_number()) return Value(to_decimal(v));
  if (!v.is(Type::string)) unsupported(v, Type::decimal);
  const auto out = parse_decimal(v.text(), true);
  if (!out) failed("Failed to parse number '" + v.text() + "'");
  return Value(*out);
}

Value to_string_value(const Value& v) {
  switch (v.type()) {
    case Type::string:
      return v;
    case Type::boolean:
      return Value(v.boolean() ? "true" : "false");
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      return Value(print_number(v));
    case Type::oid:
      return Value(v.oid().hex());
    case Type::date:
      return Value(print_iso_date(v.millis()));
    default:
      unsupported(v, Type::string);
  }
}

Value to_oid(const Value& v) {
  if (v.is(Type::oid)) return v;
  if (!v.is(Type::string)) unsupported(v, Type::oid);
  const auto out = parse_oid(v.text());
  if (!out) {
    failed("Failed to parse objectId '" + v.text() + "'");
  }
  return Value(*out);
}

Value to_date(const Value& v) {
  switch (v.type()) {
    case Type::date:
      return v;
    case Type::real:
    case Type::decimal:
    case Type::int64: {
      if (number_is_nan(v)) failed("Attempt to convert NaN value to integer type");
      const auto n = truncated_int64(v);
      if (!n) failed("Conversion would overflow target type date");
      return Value(Date{*n});
    }
    case Type::oid: {
      const auto& b = v.oid().bytes;
      const std::int64_t seconds = (std::int64_t{b[0]} << 24) | (b[1] << 16) | (b[2] << 8) | b[3];
      return Value(Date{seconds * 1000});
    }
    case Type::timestamp:
      return Value(Date{std::int64_t{v.timestamp().seconds} * 1000});
    case Type::string: {
      const auto out = parse_date_text(v.text(), nullptr);
      if (!out) {
        failed("Error parsing date string '" + v.text() + "'");
      }
      return Value(Date{*out});
    }
    default:
      unsupported(v, Type::date);
  }
}

struct Conversion {
  Type type;
  std::string_view short_form;
  Value (*convert)(const Value&);
};
constexpr Conversion conversions[] = {
    {Type::boolean, "$toBool", to_boolean},
    {Type::int32, "$toInt", to_int},
    {Type::int64, "$toLong", to_long},
    {Type::real, "$toDouble", to_real},
    {Type::decimal, "$toDecimal", to_decimal_value},
    {Type::string, "$toString", to_string_value},
    {Type::oid, "$toObjectId", to_oid},
    {Type::date, "$toDate", to_date},
};

const Conversion& conversion_to(Type type, const Value& v) {
  for (const Conversion& c : conversions) {
    if (c.type == type) return c;
  }
  unsupported(v, type);
}

bool is_of_binary(const Value& input, Type to) {
  if (to == Type::binary) return true;
  return input.is(Type::binary) &&
         (to == Type::string || to == Type::int32 || to == Type::int64 || to == Type::real);
}

Value op_short(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  for (const Conversion& c : conversions) {
    if (c.short_form != call.op->name) continue;
    return is_of_binary(v, c.type) ? convert_binary(v, {.to = c.type}) : c.convert(v);
  }
  return Value();
}

/// The type that `to` names, as a name, a number, or {type: ..., subtype: ...}.
std::optional<Type> target_type(const Value& to, std::uint8_t& subtype) {
  if (to.is(Type::object)) {
    const Value& number = to.object().get("subtype");
    const auto n = number.is_number() ? exact_int64(number) : std::nullopt;
    if (!number.missing() && (!n || *n < 0 || *n > 255)) {
      fail(Code::failed_to_parse, "In $convert, 'to.subtype' must be a number from 0 to 255");
    }
    subtype = static_cast<std::uint8_t>(n.value_or(0));
    const Value& type = to.object().get("type");
    return type.is(Type::object) ? std::nullopt : target_type(type, subtype);
  }
  if (!to.is(Type::string) && !to.is_number()) {
    fail(Code::failed_to_parse,
         "$convert's 'to' argument must be a string, number or object, but is " + type_of(to));
  }
  if (to.is_number() && !exact_int64(to)) {
    fail(Code::failed_to_parse, "In $convert, numeric 'to' argument is not an integer");
  }
  if (to.is(Type::string) && to.text() == "missing") return std::nullopt;
  std::vector<Type> types;
  bool any_number = false;
  try {
    parse_type_names(to, types, any_number);
  } catch (const Failure& failure) {
    if (to.is(Type::string)) throw;
    fail(Code::failed_to_parse,
         "In $convert, numeric value for 'to' does not correspond to a BSON type: " +
             print_number(to));
  }
  if (any_number) fail(Code::bad_value, "Unknown type name: number");
  return types[0];
}

/// A word of $convert's; "" where it is missing or null.
std::string convert_word(const Expression& call, const Scope& scope, std::string_view name) {
  const Value v = named(call, name, scope);
  if (v.nullish()) return "";
  if (!v.is(Type::string)) {
    fail_at(name == "format" ? 4341114 : 9130001,
            "$convert requires that '" + std::string(name) + "' be a string, found: " + type_of(v));
  }
  return v.text();
}

Value converted(const Expression& call, const Scope& scope, const Value& input, const Value& to) {
  BinaryConversion how;
  const auto type = target_type(to, how.subtype);
  if (!type) unsupported(input, Type::missing);
  how.format = convert_word(call, scope, "format");
  if (!how.format.empty()) check_binary_format(how.format);
  const std::string order = convert_word(call, scope, "byteOrder");
  if (!order.empty() && order != "little" && order != "big") {
    fail_at(9130002, "$convert requires that 'byteOrder' be 'little' or 'big', found: " + order);
  }
  if (!is_of_binary(input, *type)) return conversion_to(*type, input).convert(input);
  how.to = *type;
  how.big_endian = order == "big";
  return convert_binary(input, how);
}

Value op_convert(const Expression& call, const Scope& scope) {
  const Value input = named(call, "input", scope);
  const Value to = named(call, "to", scope);
  if (input.nullish()) {
    return call.named("onNull") != nullptr ? named(call, "onNull", scope) : Value(nullptr);
  }
  if (to.nullish()) return Value(nullptr);
  try {
    return converted(call, scope, input, to);
  } catch (const Failure& failure) {
    if (failure.code() != static_cast<int>(Code::conversion_failure) ||
        call.named("onError") == nullptr) {
      throw;
    }
    return named(call, "onError", scope);
  }
}

Value op_to_uuid(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  return convert_binary(v, {.to = Type::binary, .subtype = 4, .format = "uuid"});
}

Value op_type(const Expression& call, const Scope& scope) {
  return Value(type_name(argument(call, 0, scope).type()));
}
Value op_is_number(const Expression& call, const Scope& scope) {
  return Value(argument(call, 0, scope).is_number());
}

Timestamp timestamp_argument(const Expression& call, const Value& v) {
  if (!v.is(Type::timestamp)) {
    fail_at(call.op->name == "$tsIncrement" ? 5687302 : 5687301,
            op_name(call) + " requires a timestamp, found: " + type_of(v));
  }
  return v.timestamp();
}
Value op_ts_second(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  return Value(std::int64_t{timestamp_argument(call, v).seconds});
}
Value op_ts_increment(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  if (v.nullish()) return Value(nullptr);
  return Value(std::int64_t{timestamp_argument(call, v).increment});
}

constexpr Operator operators[] = {
    {"$type", 1, 1, op_type},
    {"$isNumber", 1, 1, op_is_number},
    {"$convert", 0, 0, op_convert, "input to format? byteOrder? onError? onNull?"},
    {"$toBool", 1, 1, op_short},
    {"$toInt", 1, 1, op_short},
    {"$toLong", 1, 1, op_short},
    {"$toDouble", 1, 1, op_short},
    {"$toDecimal", 1, 1, op_short},
    {"$toString", 1, 1, op_short},
    {"$toObjectId", 1, 1, op_short},
    {"$toDate", 1, 1, op_short},
    {"$toUUID", 1, 1, op_to_uuid},
    {"$tsSecond", 1, 1, op_ts_second},
    {"$tsIncrement", 1, 1, op_ts_increment},
};

}  // namespace

std::span<const Operator> type_operators() {
  return operators;
}

}  // namespace iacdb::doc
