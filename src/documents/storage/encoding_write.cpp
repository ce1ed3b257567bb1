#include <algorithm>
#include <cmath>

#include "documents/bson/big_decimal.hpp"
#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/json_cursor.hpp"
#include "documents/bson/number.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/storage/key_list.hpp"

namespace iacdb::doc {
namespace {

constexpr double two_63 = 9223372036854775808.0;

/// jsonb's order of keys: shorter first, then by bytes.
bool before_in_jsonb(const std::string& a, const std::string& b) {
  const std::size_t a_size = a.size() + (a.starts_with('$') ? 1 : 0);  // As storage_key() has it.
  const std::size_t b_size = b.size() + (b.starts_with('$') ? 1 : 0);
  return a_size != b_size ? a_size < b_size : a < b;
}

bool has_zero(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

class Writer {
 public:
  explicit Writer(KeyOrder order) : order_(order) {}

  void object(const Object& object) {
    const bool repeated = keys_repeat(object);
    out_ += '{';
    bool first = true;
    bool sorted = true;
    if (repeated) {
      // The fields beside it are the first of each name: what a query sees.
      out_ += "\"$bson\":\"" + to_hex(encode(object)) + '"';
      first = false;
    }
    const std::string* previous = nullptr;
    for (const Field& field : object) {
      if (repeated && object.find(field.name) != &field.value) continue;
      if (!std::exchange(first, false)) out_ += ',';
      put_json_string(out_, storage_key(field.name));
      out_ += ':';
      value(field.value);
      if (previous != nullptr && !before_in_jsonb(*previous, field.name)) sorted = false;
      previous = &field.name;
    }
    if (!sorted && !repeated && order_ == KeyOrder::listed) keys(object);
    out_ += '}';
  }

  // tidy: table, one line a type
  void value(const Value& v) {
    switch (v.type()) {
      case Type::missing:
      case Type::undefined:
        out_ += R"({"$undefined":true})";
        break;
      case Type::null:
        out_ += "null";
        break;
      case Type::boolean:
        out_ += v.boolean() ? "true" : "false";
        break;
      case Type::int32:
        out_ += std::to_string(v.int32());
        break;
      case Type::int64:
        int64(v.int64());
        break;
      case Type::real:
        real(v.real());
        break;
      case Type::decimal:
        decimal(v.decimal());
        break;
      case Type::string:
        string(v.text());
        break;
      case Type::object:
        object(v.object());
        break;
      case Type::array:
        array(v.array());
        break;
      case Type::date:
        out_ += R"({"$date":)" + std::to_string(v.millis()) + "}";
        break;
      case Type::oid:
        wrapped("$oid", v.oid().hex());
        break;
      case Type::binary:
        out_ += R"({"$binary":[)" + std::to_string(v.binary().bytes.size()) + "," +
                std::to_string(v.binary().subtype) + ",\"" + to_hex(v.binary().bytes) + "\"]}";
        break;
      case Type::timestamp:
        out_ += R"({"$timestamp":[)" + std::to_string(v.timestamp().seconds) + "," +
                std::to_string(v.timestamp().increment) + "]}";
        break;
      case Type::regex:
        out_ += R"({"$regex":[)";
        put_json_string(out_, v.regex().pattern);
        out_ += ',';
        put_json_string(out_, v.regex().options);
        out_ += "]}";
        break;
      case Type::min_key:
        out_ += R"({"$minKey":1})";
        break;
      case Type::max_key:
        out_ += R"({"$maxKey":1})";
        break;
      default:
        rare(v);
        break;
    }
  }

  std::string take() { return std::move(out_); }

 private:
  static bool keys_repeat(const Object& object) {
    for (std::size_t i = 1; i < object.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (object[i].name == object[k].name) return true;
      }
    }
    return false;
  }
  void keys(const Object& object) {
    std::vector<std::string_view> names;
    for (const Field& field : object) names.push_back(field.name);
    out_ += ",\"$k\":";
    put_key_list(out_, names);
  }
  void wrapped(std::string_view key, std::string_view text) {
    out_ += "{\"" + std::string(key) + "\":";
    put_json_string(out_, text);
    out_ += '}';
  }
  /// A value that may equal one of another form: "$w" lets an index find all of these.
  void marked(std::string_view key, std::string_view text) {
    wrapped(key, text);
    out_.insert(out_.size() - 1, ",\"$w\":1");
  }
  void string(const std::string& text) {
    if (has_zero(text)) {
      wrapped("$text", to_hex(text));  // jsonb cannot hold a zero byte.
    } else {
      put_json_string(out_, text);
    }
  }
  void array(const Array& array) {
    out_ += '[';
    bool first = true;
    for (const Value& element : array) {
      if (!std::exchange(first, false)) out_ += ',';
      value(element);
    }
    out_ += ']';
  }
  void int64(std::int64_t v) {
    out_ += std::to_string(v);
    if (v >= INT32_MIN && v <= INT32_MAX) out_ += ".00";
  }
  void real(double v) {
    if (!std::isfinite(v) || (v == 0 && std::signbit(v))) {
      marked("$double", std::isfinite(v) ? "-0.0" : print_number(Value(v)));
      return;
    }
    if (v == std::trunc(v) && std::abs(v) < two_63) {
      out_ += std::to_string(static_cast<std::int64_t>(v)) + ".0";
      return;
    }
    out_ += shortest(v);
  }
  void decimal(Decimal128 v) {
    const BigDecimal big = unpack(v);
    const bool plain = big.kind == BigDecimal::finite && big.exponent <= 0 &&
                       big.exponent >= -decimal_places_max &&
                       !(big.coefficient == 0 && big.negative);
    if (!plain) {
      marked("$decimal", print_decimal(v));
      return;
    }
    std::string digits = big.coefficient.str();
    const auto places = static_cast<std::size_t>(-big.exponent);
    if (digits.size() <= places) digits.insert(0, places - digits.size() + 1, '0');
    digits.insert(digits.size() - places, ".");
    out_ += (big.negative ? "-" : "") + digits + "000";
  }
  /// Types that hardly anybody stores: their BSON bytes.
  void rare(const Value& v) {
    Object holder;
    holder.add("", v);
    marked("$value", to_hex(encode(holder)));
  }

  static constexpr int decimal_places_max = 64;
  KeyOrder order_;
  std::string out_;
};

}  // namespace

std::string storage_key(std::string_view name) {
  return name.starts_with('$') ? "$" + std::string(name) : std::string(name);
}

std::string to_storage(const Object& object, KeyOrder order) {
  Writer writer(order);
  writer.object(object);
  return writer.take();
}

std::string to_storage(const Value& value, KeyOrder order) {
  Writer writer(order);
  writer.value(value);
  return writer.take();
}

}  // namespace iacdb::doc
