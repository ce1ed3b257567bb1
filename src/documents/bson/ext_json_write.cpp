#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/json_cursor.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

constexpr std::int64_t year_10000_millis = 253'402'300'800'000;

/// Doubles from here on are written with an exponent.
constexpr double fixed_below = 1e16;

std::string scientific(double number) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::scientific)
                       .ptr;
  return {buffer.data(), end};
}

class Writer {
 public:
  explicit Writer(JsonForm form) : canonical_(form == JsonForm::canonical) {}

  void object(const Object& object) {
    out_ += '{';
    bool first = true;
    for (const Field& field : object) {
      if (!std::exchange(first, false)) out_ += ',';
      put_json_string(out_, field.name);
      out_ += ':';
      value(field.value);
    }
    out_ += '}';
  }

  // tidy: table, one line a type
  void value(const Value& v) {
    switch (v.type()) {
      case Type::missing:
      case Type::undefined:
        out_ += R"({"$undefined":true})";
        break;
      case Type::real:
        real(v.real());
        break;
      case Type::string:
        put_json_string(out_, v.text());
        break;
      case Type::object:
        object(v.object());
        break;
      case Type::array:
        array(v.array());
        break;
      case Type::binary:
        binary(v.binary());
        break;
      case Type::oid:
        wrapped("$oid", v.oid().hex());
        break;
      case Type::boolean:
        out_ += v.boolean() ? "true" : "false";
        break;
      case Type::date:
        date(v.millis());
        break;
      case Type::null:
        out_ += "null";
        break;
      case Type::regex:
        regex(v.regex());
        break;
      case Type::db_pointer:
        out_ += R"({"$dbPointer":{"$ref":)";
        put_json_string(out_, v.db_pointer().ns);
        out_ += R"(,"$id":{"$oid":")" + v.db_pointer().id.hex() + "\"}}}";
        break;
      case Type::code:
        wrapped("$code", v.text());
        break;
      case Type::symbol:
        wrapped("$symbol", v.text());
        break;
      case Type::code_scope:
        out_ += R"({"$code":)";
        put_json_string(out_, v.code_scope().code);
        out_ += R"(,"$scope":)";
        object(v.code_scope().scope);
        out_ += '}';
        break;
      case Type::int32:
        whole("$numberInt", v.int32());
        break;
      case Type::int64:
        whole("$numberLong", v.int64());
        break;
      case Type::timestamp:
        out_ += R"({"$timestamp":{"t":)" + std::to_string(v.timestamp().seconds) +
                ",\"i\":" + std::to_string(v.timestamp().increment) + "}}";
        break;
      case Type::decimal:
        wrapped("$numberDecimal", print_decimal(v.decimal()));
        break;
      case Type::max_key:
        out_ += R"({"$maxKey":1})";
        break;
      case Type::min_key:
        out_ += R"({"$minKey":1})";
        break;
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void wrapped(std::string_view key, std::string_view text) {
    out_ += "{\"" + std::string(key) + "\":";
    put_json_string(out_, text);
    out_ += '}';
  }
  void whole(std::string_view key, std::int64_t number) {
    if (canonical_) {
      wrapped(key, std::to_string(number));
    } else {
      out_ += std::to_string(number);
    }
  }
  void real(double number) {
    std::string text;
    if (std::isnan(number)) {
      text = "NaN";
    } else if (std::isinf(number)) {
      text = number < 0 ? "-Infinity" : "Infinity";
    } else {
      text = std::fabs(number) < fixed_below ? shortest(number) : scientific(number);
      const std::size_t e = text.find('e');
      if (text.find('.') == std::string::npos) text.insert(std::min(e, text.size()), ".0");
      std::replace(text.begin(), text.end(), 'e', 'E');
    }
    if (canonical_ || !std::isfinite(number)) {
      wrapped("$numberDouble", text);
    } else {
      out_ += text;
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
  void binary(const Binary& binary) {
    out_ += R"({"$binary":{"base64":")" + to_base64(binary.bytes) + R"(","subType":")" +
            to_hex(std::string(1, static_cast<char>(binary.subtype))) + "\"}}";
  }
  void date(std::int64_t millis) {
    if (canonical_ || millis < 0 || millis >= year_10000_millis) {
      out_ += R"({"$date":{"$numberLong":")" + std::to_string(millis) + "\"}}";
      return;
    }
    std::string text = print_iso_date(millis);
    if (millis % 1000 == 0) text.erase(text.size() - 5, 4);
    wrapped("$date", text);
  }
  void regex(const Regex& regex) {
    std::string options = regex.options;
    std::sort(options.begin(), options.end());
    out_ += R"({"$regularExpression":{"pattern":)";
    put_json_string(out_, regex.pattern);
    out_ += ",\"options\":";
    put_json_string(out_, options);
    out_ += "}}";
  }

  bool canonical_;
  std::string out_;
};

}  // namespace

std::string print_json(const Object& object, JsonForm form) {
  Writer writer(form);
  writer.object(object);
  return writer.take();
}

std::string print_json(const Value& value, JsonForm form) {
  Writer writer(form);
  writer.value(value);
  return writer.take();
}

}  // namespace iacdb::doc
