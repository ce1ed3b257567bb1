#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "documents/bson/codec.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/json_cursor.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

[[noreturn]] void bad(std::string_view key, const std::string& what) {
  fail(Code::failed_to_parse, "invalid Extended JSON: " + std::string(key) + " " + what);
}

const std::string& string_of(std::string_view key, const Value& value) {
  if (!value.is(Type::string)) bad(key, "needs a string");
  return value.text();
}

template <class T>
T integer_of(std::string_view key, const Value& value) {
  const std::string& text = string_of(key, value);
  T number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    bad(key, "needs an integer in a string that fits the type");
  }
  return number;
}

Value number_double(const Value& value) {
  const std::string& text = string_of("$numberDouble", value);
  if (text == "Infinity") return Value(HUGE_VAL);
  if (text == "-Infinity") return Value(-HUGE_VAL);
  if (text == "NaN") return Value(std::nan(""));
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool plain = text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (text.empty() || !plain || *end != '\0') bad("$numberDouble", "needs a number in a string");
  return Value(number);
}

Value number_decimal(const Value& value) {
  const auto number = parse_decimal(string_of("$numberDecimal", value));
  if (!number) bad("$numberDecimal", "needs a decimal number of at most 34 digits in a string");
  return Value(*number);
}

Value oid(const Value& value) {
  const auto id = parse_oid(string_of("$oid", value));
  if (!id) bad("$oid", "needs 24 hexadecimal digits");
  return Value(*id);
}

Value date(const Value& value) {
  if (value.is(Type::int64) || value.is(Type::int32)) {
    return Value(Date{value.is(Type::int64) ? value.int64() : value.int32()});
  }
  const auto millis = parse_iso_date(string_of("$date", value));
  if (!millis) bad("$date", "needs a date as RFC 3339 has it, or a $numberLong");
  return Value(Date{*millis});
}

const Object& parts(std::string_view key, const Value& value, std::string_view first,
                    std::string_view second) {
  if (!value.is(Type::object) || value.object().size() != 2 || !value.object().has(first) ||
      !value.object().has(second)) {
    bad(key, "needs a document of " + std::string(first) + " and " + std::string(second));
  }
  return value.object();
}

Value binary_of(const std::string& base64, const std::string& subtype) {
  const auto bytes = from_base64(base64);
  const auto type = from_hex(subtype.size() == 1 ? "0" + subtype : subtype);
  if (!bytes || !type || type->size() != 1) bad("$binary", "is malformed");
  return Value(Binary{static_cast<std::uint8_t>((*type)[0]), *bytes});
}

Value binary(const Value& value) {
  const Object& object = parts("$binary", value, "base64", "subType");
  return binary_of(string_of("$binary", object.get("base64")),
                   string_of("$binary", object.get("subType")));
}

Value uuid(const Value& value) {
  const std::string& text = string_of("$uuid", value);
  std::string digits = text;
  digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
  const auto bytes = from_hex(digits);
  if (text.size() != 36 || !bytes || bytes->size() != 16 || text[8] != '-' || text[13] != '-' ||
      text[18] != '-' || text[23] != '-') {
    bad("$uuid", "needs a UUID like 73ffd264-44b3-4c69-90e8-e7d1dfc035d4");
  }
  return Value(Binary{4, *bytes});
}

Value regular_expression(const Value& value) {
  const Object& object = parts("$regularExpression", value, "pattern", "options");
  Regex regex{string_of("$regularExpression", object.get("pattern")),
              string_of("$regularExpression", object.get("options"))};
  if ((regex.pattern + regex.options).find('\0') != std::string::npos) {
    bad("$regularExpression", "cannot hold a zero byte");
  }
  std::sort(regex.options.begin(), regex.options.end());
  return Value(std::move(regex));
}

/// The inner numbers of $timestamp were read as plain JSON numbers.
Value timestamp(const Value& value) {
  const Object& object = parts("$timestamp", value, "t", "i");
  const auto number = [&](std::string_view name) {
    const Value& part = object.get(name);
    std::int64_t n = -1;
    if (part.is(Type::int32)) n = part.int32();
    if (part.is(Type::int64)) n = part.int64();
    if (n < 0 || n > 0xFFFFFFFFLL) bad("$timestamp", "needs unsigned 32 bit numbers");
    return static_cast<std::uint32_t>(n);
  };
  const std::uint32_t seconds = number("t");
  return Value(Timestamp{seconds, number("i")});
}

Value db_pointer(const Value& value) {
  const Object& object = parts("$dbPointer", value, "$ref", "$id");
  if (!object.get("$id").is(Type::oid)) bad("$dbPointer", "needs an $oid as $id");
  return Value(DbPointer{string_of("$dbPointer", object.get("$ref")), object.get("$id").oid()});
}

Value key_of(Type type, std::string_view key, const Value& value) {
  if (!value.is(Type::int32) || value.int32() != 1) bad(key, "needs the number 1");
  return Value::of(type);
}

Value undefined(const Value& value) {
  if (!value.is(Type::boolean) || !value.boolean()) bad("$undefined", "needs true");
  return Value::of(Type::undefined);
}

using Convert = Value (*)(const Value&);
struct Special {
  std::string_view key;
  Convert convert;
};
constexpr Special specials[] = {
    {"$oid", oid},
    {"$numberInt", [](const Value& v) { return Value(integer_of<std::int32_t>("$numberInt", v)); }},
    {"$numberLong",
     [](const Value& v) { return Value(integer_of<std::int64_t>("$numberLong", v)); }},
    {"$numberDouble", number_double},
    {"$numberDecimal", number_decimal},
    {"$date", date},
    {"$binary", binary},
    {"$uuid", uuid},
    {"$regularExpression", regular_expression},
    {"$timestamp", timestamp},
    {"$dbPointer", db_pointer},
    {"$minKey", [](const Value& v) { return key_of(Type::min_key, "$minKey", v); }},
    {"$maxKey", [](const Value& v) { return key_of(Type::max_key, "$maxKey", v); }},
    {"$undefined", undefined},
    {"$symbol",
     [](const Value& v) { return Value::text_of(Type::symbol, string_of("$symbol", v)); }},
};

Value code(const Object& object) {
  const std::string& text = string_of("$code", object.get("$code"));
  if (object.size() == 1) return Value::text_of(Type::code, text);
  const Value& scope = object.get("$scope");
  if (object.size() != 2 || !scope.is(Type::object)) bad("$code", "goes with a $scope only");
  return Value(CodeScope{text, scope.object()});
}

/// Turns {"$oid": ...} and its like into what they mean; leaves operators and DBRefs alone.
Value typed(Object object) {
  if (object.empty()) return Value(std::move(object));
  for (const Field& field : object) {
    if (field.name.empty() || field.name[0] != '$') continue;
    if (field.name == "$code") return code(object);
    if (field.name == "$binary" && object.size() == 2 && object.has("$type") &&
        object.get("$binary").is(Type::string) && object.get("$type").is(Type::string)) {
      return binary_of(object.get("$binary").text(), object.get("$type").text());
    }
    for (const Special& special : specials) {
      if (field.name != special.key) continue;
      if (object.size() != 1) bad(field.name, "cannot stand beside other keys");
      return special.convert(field.value);
    }
  }
  return Value(std::move(object));
}

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : cursor_(text) {}

  Value value(int depth) {
    if (depth > depth_max) cursor_.malformed("values are nested too deeply");
    switch (cursor_.peek()) {
      case '{':
        return typed(object(depth));
      case '[':
        return array(depth);
      case '"':
        return Value(cursor_.string());
      case 't':
        cursor_.literal("true");
        return Value(true);
      case 'f':
        cursor_.literal("false");
        return Value(false);
      case 'n':
        cursor_.literal("null");
        return Value(nullptr);
      default:
        return number(cursor_.number());
    }
  }
  void end() { cursor_.end(); }

 private:
  Object object(int depth) {
    cursor_.expect('{');
    Object out;
    if (cursor_.take('}')) return out;
    do {
      std::string name = cursor_.string();
      if (name.find('\0') != std::string::npos) cursor_.malformed("a zero byte in a field's name");
      cursor_.expect(':');
      const char first = cursor_.peek();
      if (name == "$date" && (first == '-' || (first >= '0' && first <= '9'))) {
        cursor_.malformed("$date needs a string or a $numberLong");
      }
      out.add(std::move(name), value(depth + 1));
    } while (cursor_.take(','));
    cursor_.expect('}');
    return out;
  }
  Value array(int depth) {
    cursor_.expect('[');
    Array out;
    if (cursor_.take(']')) return Value(std::move(out));
    do {
      out.push_back(value(depth + 1));
    } while (cursor_.take(','));
    cursor_.expect(']');
    return Value(std::move(out));
  }
  static Value number(std::string_view text) {
    if (text.find_first_of(".eE") == std::string_view::npos) {
      std::int64_t whole = 0;
      const auto result = std::from_chars(text.data(), text.data() + text.size(), whole);
      if (result.ec == std::errc()) {
        if (whole >= INT32_MIN && whole <= INT32_MAX) {
          return Value(static_cast<std::int32_t>(whole));
        }
        return Value(whole);
      }
    }
    return Value(std::strtod(std::string(text).c_str(), nullptr));
  }

  JsonCursor cursor_;
};

}  // namespace

Value parse_json_value(std::string_view text) {
  JsonReader reader(text);
  Value value = reader.value(0);
  reader.end();
  return value;
}

Object parse_json(std::string_view text) {
  Value value = parse_json_value(text);
  if (!value.is(Type::object)) {
    fail(Code::failed_to_parse, "invalid Extended JSON: a document expected");
  }
  return value.object();
}

}  // namespace iacdb::doc
