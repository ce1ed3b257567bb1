#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "documents/bson/codec.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/json_cursor.hpp"
#include "documents/errors.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/storage/key_list.hpp"
#include "documents/storage/reading.hpp"

namespace iacdb::doc {

void foreign(const std::string& what) {
  fail(Code::internal_error, "a stored document is not in the form of documents: " + what);
}

namespace {

constexpr std::size_t exact_digits = 15;  ///< Integers that a double has exactly.
constexpr std::array<double, 16> powers_of_ten{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// What one pass over a number's text tells.
struct NumberText {
  explicit NumberText(std::string_view text) {
    bool fraction = false;
    for (const char c : text) {
      if (c == '.') {
        fraction = true;
      } else if (c == 'e' || c == 'E') {
        exponent = true;
        return;
      } else if (c != '-') {
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
        ++digits;
        places += fraction ? 1 : 0;
      }
    }
  }
  std::uint64_t value = 0;  ///< Without the point; of up to `exact_digits` digits.
  std::size_t digits = 0;
  std::size_t places = 0;
  bool exponent = false;
};

}  // namespace

Value number_of_form(std::string_view text) {
  const NumberText number(text);
  const std::size_t places = number.places;
  if (!number.exponent) {
    if (places >= 3 && text.ends_with("000")) {
      std::string_view digits = text.substr(0, text.size() - 3);
      if (digits.ends_with('.')) digits.remove_suffix(1);
      const auto value = parse_decimal(digits);
      if (!value) foreign("a decimal of more than 34 digits");
      return Value(*value);
    }
    if (places == 0 || (places == 2 && text.ends_with(".00"))) {
      std::int64_t whole = 0;
      const char* const end = text.data() + text.size() - (places == 0 ? 0 : places + 1);
      const auto result = std::from_chars(text.data(), end, whole);
      if (result.ec == std::errc()) {
        if (places == 0 && whole >= INT32_MIN && whole <= INT32_MAX) {
          return Value(static_cast<std::int32_t>(whole));
        }
        return Value(whole);
      }
    }
    // Both are exact, and a quotient of two such is the double next to what is written.
    if (number.digits <= exact_digits && places < powers_of_ten.size()) {
      const double real = static_cast<double>(number.value) / powers_of_ten[places];
      return Value(text[0] == '-' ? -real : real);
    }
  }
  double real = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), real);
  if (read.ec == std::errc()) return Value(real);
  return Value(std::strtod(std::string(text).c_str(), nullptr));  // Beyond doubles: infinity, zero.
}

namespace {

std::string hex_bytes(const Value& value) {
  const auto bytes = value.is(Type::string) ? from_hex(value.text()) : std::nullopt;
  if (!bytes) foreign("hexadecimal digits expected");
  return *bytes;
}

Value wrapped_double(const Value& value) {
  if (!value.is(Type::string)) foreign("$double");
  const std::string& text = value.text();
  if (text == "NaN") return Value(std::nan(""));
  if (text == "Infinity") return Value(HUGE_VAL);
  if (text == "-Infinity") return Value(-HUGE_VAL);
  return Value(-0.0);
}

const Array& list(const Value& value, std::size_t size) {
  if (!value.is(Type::array) || value.array().size() != size) foreign("a list expected");
  return value.array();
}

std::int64_t integer(const Value& value) {
  if (value.is(Type::int32)) return value.int32();
  if (value.is(Type::int64)) return value.int64();
  foreign("an integer expected");
}

std::string text(const Value& value) {
  if (!value.is(Type::string)) foreign("a string expected");
  return value.text();
}

Value special(const std::string& key, const Value& value) {
  if (key == "$date") return Value(Date{integer(value)});
  if (key == "$oid") {
    const auto id = parse_oid(text(value));
    if (!id) foreign("$oid");
    return Value(*id);
  }
  if (key == "$double") return wrapped_double(value);
  if (key == "$decimal") {
    const auto decimal = parse_decimal(text(value));
    if (!decimal) foreign("$decimal");
    return Value(*decimal);
  }
  if (key == "$binary") {
    const Array& parts = list(value, 3);
    return Value(Binary{static_cast<std::uint8_t>(integer(parts[1])), hex_bytes(parts[2])});
  }
  if (key == "$timestamp") {
    const Array& parts = list(value, 2);
    return Value(Timestamp{static_cast<std::uint32_t>(integer(parts[0])),
                           static_cast<std::uint32_t>(integer(parts[1]))});
  }
  if (key == "$regex") {
    const Array& parts = list(value, 2);
    return Value(Regex{text(parts[0]), text(parts[1])});
  }
  if (key == "$text") return Value(hex_bytes(value));
  if (key == "$undefined") return Value::of(Type::undefined);
  if (key == "$minKey") return Value::of(Type::min_key);
  if (key == "$maxKey") return Value::of(Type::max_key);
  if (key == "$bson") return Value(decode(hex_bytes(value)));
  if (key == "$value") return decode(hex_bytes(value)).front().value;
  foreign("the key " + key);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : cursor_(text) {}

  Value value(int depth) {
    if (depth > depth_max + 10) cursor_.malformed("values are nested too deeply");
    switch (cursor_.peek()) {
      case '{':
        return object(depth);
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
        return number_of_form(cursor_.number());
    }
  }
  void end() { cursor_.end(); }

 private:
  Value object(int depth) {
    cursor_.expect('{');
    Object out;
    if (cursor_.take('}')) return Value(std::move(out));
    Value order;
    Value whole;  // What the object stands for, where it is none.
    do {
      std::string name = cursor_.string();
      cursor_.expect(':');
      Value inner = value(depth + 1);
      if (name.starts_with("$$")) {
        out.add(name.substr(1), std::move(inner));
      } else if (name == "$k") {
        order = std::move(inner);
      } else if (name.starts_with('$')) {
        if (name != "$w") whole = special(name, inner);
      } else {
        out.add(std::move(name), std::move(inner));
      }
    } while (cursor_.take(','));
    cursor_.expect('}');
    if (!whole.missing()) return whole;
    return Value(order.missing() ? std::move(out) : ordered(std::move(out), order));
  }
  static Object ordered(Object object, const Value& keys) {
    Object out;
    const auto take = [&](std::string_view key) {
      const std::string name(key);
      Value* const found = object.find(name);
      if (found != nullptr && !found->missing()) {
        out.add(name, std::move(*found));
        *found = Value();
      }
    };
    if (keys.is(Type::string)) {
      for_each_key(keys.text(), take);
    } else if (keys.is(Type::array)) {
      for (const Value& key : keys.array()) {
        if (!key.is(Type::string)) foreign("$k");
        take(key.text());
      }
    }
    for (Field& field : object) {  // What another writer added without listing it.
      if (!field.value.missing()) out.add(field.name, std::move(field.value));
    }
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

  JsonCursor cursor_;
};

}  // namespace

Value value_from_storage(std::string_view text) {
  Reader reader(text);
  Value value = reader.value(0);
  reader.end();
  return value;
}

Value document_from_storage(std::string_view text) {
  Value value = value_from_storage(text);
  if (!value.is(Type::object)) foreign("no object");
  return value;
}

Object from_storage(std::string_view text) {
  Value value = document_from_storage(text);
  return std::move(value.edit_object());
}

}  // namespace iacdb::doc
