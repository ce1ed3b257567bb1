#include "documents/bson/codec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

template <class T>
void put(std::string& out, T value) {
  std::array<char, sizeof(T)> bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
  out.append(bytes.data(), bytes.size());
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size() + 1));
  out += text;
  out += '\0';
}

void put_length(std::string& out, std::size_t start) {
  const auto size = static_cast<std::uint32_t>(out.size() - start);
  for (std::size_t i = 0; i < 4; ++i) out[start + i] = static_cast<char>(size >> (8 * i));
}

void put_object(std::string& out, const Object& object);

void put_array(std::string& out, const Array& array) {
  const std::size_t start = out.size();
  put(out, std::uint32_t{0});
  std::array<char, 12> name{};
  for (std::size_t i = 0; i < array.size(); ++i) {
    char* const end = std::to_chars(name.data(), name.data() + name.size(), i).ptr;
    put_element(out, {name.data(), static_cast<std::size_t>(end - name.data())}, array[i]);
  }
  out += '\0';
  put_length(out, start);
}

void put_binary(std::string& out, const Binary& binary) {
  if (binary.subtype == 2) {
    put(out, static_cast<std::uint32_t>(binary.bytes.size() + 4));
    out += static_cast<char>(2);
  }
  put(out, static_cast<std::uint32_t>(binary.bytes.size()));
  if (binary.subtype != 2) out += static_cast<char>(binary.subtype);
  out += binary.bytes;
}

void put_code_scope(std::string& out, const CodeScope& code) {
  const std::size_t start = out.size();
  put(out, std::uint32_t{0});
  put_text(out, code.code);
  put_object(out, code.scope);
  put_length(out, start);
}

void put_body(std::string& out, const Value& value) {
  switch (value.type()) {
    case Type::real:
      put(out, std::bit_cast<std::uint64_t>(value.real()));
      break;
    case Type::string:
    case Type::symbol:
    case Type::code:
      put_text(out, value.text());
      break;
    case Type::object:
      put_object(out, value.object());
      break;
    case Type::array:
      put_array(out, value.array());
      break;
    case Type::binary:
      put_binary(out, value.binary());
      break;
    case Type::oid:
      for (const std::uint8_t b : value.oid().bytes) out += static_cast<char>(b);
      break;
    case Type::boolean:
      out += value.boolean() ? '\1' : '\0';
      break;
    case Type::date:
      put(out, value.millis());
      break;
    case Type::regex:
      out += value.regex().pattern;
      out += '\0';
      out += value.regex().options;
      out += '\0';
      break;
    case Type::db_pointer:
      put_text(out, value.db_pointer().ns);
      for (const std::uint8_t b : value.db_pointer().id.bytes) out += static_cast<char>(b);
      break;
    case Type::code_scope:
      put_code_scope(out, value.code_scope());
      break;
    case Type::int32:
      put(out, value.int32());
      break;
    case Type::timestamp:
      put(out, value.timestamp().increment);
      put(out, value.timestamp().seconds);
      break;
    case Type::int64:
      put(out, value.int64());
      break;
    case Type::decimal:
      put(out, value.decimal().low);
      put(out, value.decimal().high);
      break;
    default:
      break;
  }
}

void check_name(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) {
    fail(Code::bad_value, "the name of a field has a zero byte, which BSON cannot hold");
  }
}

void put_object(std::string& out, const Object& object) {
  const std::size_t start = out.size();
  put(out, std::uint32_t{0});
  for (const Field& field : object) {
    check_name(field.name);
    put_element(out, field.name, field.value);
  }
  out += '\0';
  put_length(out, start);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Object document(int depth) {
    Object object;
    elements(depth,
             [&](std::string name, Value value) { object.add(std::move(name), std::move(value)); });
    return object;
  }
  bool at_end() const { return at_ == bytes_.size(); }
  [[noreturn]] void malformed(const std::string& what) const {
    fail(Code::failed_to_parse, "invalid BSON: " + what + " at byte " + std::to_string(at_));
  }

 private:
  template <class Sink>
  void elements(int depth, Sink sink) {
    if (depth > depth_max) malformed("documents are nested too deeply");
    const std::size_t start = at_;
    const std::uint32_t size = number<std::uint32_t>();
    const std::size_t outer = limit_;
    if (size < 5 || size > std::min(outer, bytes_.size()) - start) {
      malformed("a document's length is wrong");
    }
    const std::size_t end = start + size;
    limit_ = end;
    for (;;) {
      const auto type = static_cast<Type>(byte());
      if (type == Type::missing) break;
      std::string name(cstring());
      sink(std::move(name), value(type, depth));
    }
    if (at_ != end) malformed("a document does not end where its length says");
    limit_ = outer;
  }

  std::string_view take(std::size_t n) {
    if (n > std::min(limit_, bytes_.size()) - at_) malformed("the value is cut off");
    const std::string_view view = bytes_.substr(at_, n);
    at_ += n;
    return view;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  template <class T>
  T number() {
    const std::string_view raw = take(sizeof(T));
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      v |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(raw[i])) << (8 * i);
    }
    return static_cast<T>(v);
  }
  std::string_view cstring() {
    const std::size_t end = bytes_.find('\0', at_);
    if (end == std::string_view::npos || end >= limit_) malformed("a name does not end");
    const std::string_view text = bytes_.substr(at_, end - at_);
    if (!valid_utf8(text)) malformed("a name is no UTF-8");
    at_ = end + 1;
    return text;
  }
  std::string text() {
    const auto size = number<std::int32_t>();
    if (size < 1) malformed("a string's length is wrong");
    const std::string_view raw = take(static_cast<std::size_t>(size));
    if (raw.back() != '\0') malformed("a string does not end with a zero byte");
    const std::string_view body = raw.substr(0, raw.size() - 1);
    if (!valid_utf8(body)) malformed("a string is no UTF-8");
    return std::string(body);
  }
  Oid oid() {
    Oid id;
    const std::string_view raw = take(12);
    std::memcpy(id.bytes.data(), raw.data(), 12);
    return id;
  }
  Value binary() {
    const auto size = number<std::int32_t>();
    if (size < 0) malformed("a binary's length is wrong");
    Binary out{byte(), {}};
    if (out.subtype == 2) {
      const auto inner = number<std::int32_t>();
      if (inner != size - 4) malformed("an old binary's inner length is wrong");
      out.bytes = take(static_cast<std::size_t>(inner));
    } else {
      out.bytes = take(static_cast<std::size_t>(size));
    }
    return Value(std::move(out));
  }
  Value boolean() {
    const std::uint8_t b = byte();
    if (b > 1) malformed("a boolean is neither 0 nor 1");
    return Value(b == 1);
  }
  Value code_scope(int depth) {
    const std::size_t start = at_;
    const std::uint32_t size = number<std::uint32_t>();
    std::string code = text();
    Object scope = document(depth + 1);
    if (at_ - start != size) malformed("a code's length is wrong");
    return Value(CodeScope{std::move(code), std::move(scope)});
  }
  Value regex() {
    std::string pattern(cstring());
    std::string options(cstring());
    std::sort(options.begin(), options.end());
    return Value(Regex{std::move(pattern), std::move(options)});
  }
  Value timestamp() {
    const auto increment = number<std::uint32_t>();
    return Value(Timestamp{number<std::uint32_t>(), increment});
  }
  Value decimal() {
    const auto low = number<std::uint64_t>();
    return Value(Decimal128{low, number<std::uint64_t>()});
  }
  Value array(int depth) {
    Array out;
    elements(depth + 1, [&](const std::string&, Value v) { out.push_back(std::move(v)); });
    return Value(std::move(out));
  }

  Value value(Type type, int depth) {
    switch (type) {
      case Type::real:
        return Value(std::bit_cast<double>(number<std::uint64_t>()));
      case Type::string:
        return Value(text());
      case Type::symbol:
      case Type::code:
        return Value::text_of(type, text());
      case Type::object:
        return Value(document(depth + 1));
      case Type::array:
        return array(depth);
      case Type::binary:
        return binary();
      case Type::undefined:
      case Type::null:
      case Type::max_key:
      case Type::min_key:
        return Value::of(type);
      case Type::oid:
        return Value(oid());
      case Type::boolean:
        return boolean();
      case Type::date:
        return Value(Date{number<std::int64_t>()});
      case Type::regex:
        return regex();
      case Type::db_pointer: {
        std::string ns = text();
        return Value(DbPointer{std::move(ns), oid()});
      }
      case Type::code_scope:
        return code_scope(depth);
      case Type::int32:
        return Value(number<std::int32_t>());
      case Type::timestamp:
        return timestamp();
      case Type::int64:
        return Value(number<std::int64_t>());
      case Type::decimal:
        return decimal();
      default:
        malformed("type " + std::to_string(static_cast<int>(type)) + " is unknown");
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t limit_ = static_cast<std::size_t>(-1);
};

}  // namespace

void put_element(std::string& out, std::string_view name, const Value& value) {
  const Type type = value.missing() ? Type::undefined : value.type();
  out += static_cast<char>(type);
  out += name;
  out += '\0';
  put_body(out, value);
}

namespace {

std::size_t element_size(std::string_view name, const Value& value);

std::size_t size_of(const Array& array) {
  std::size_t bytes = 5;
  std::array<char, 12> name{};
  for (std::size_t i = 0; i < array.size(); ++i) {
    char* const end = std::to_chars(name.data(), name.data() + name.size(), i).ptr;
    bytes += element_size({name.data(), static_cast<std::size_t>(end - name.data())}, array[i]);
  }
  return bytes;
}

std::size_t element_size(std::string_view name, const Value& value) {
  const std::size_t head = 1 + name.size() + 1;
  switch (value.type()) {
    case Type::real:
    case Type::date:
    case Type::int64:
    case Type::timestamp:
      return head + 8;
    case Type::int32:
      return head + 4;
    case Type::boolean:
      return head + 1;
    case Type::string:
    case Type::symbol:
    case Type::code:
      return head + 4 + value.text().size() + 1;
    case Type::object:
      return head + encoded_size(value.object());
    case Type::array:
      return head + size_of(value.array());
    default:
      std::string body;
      put_body(body, value);
      return head + body.size();
  }
}

}  // namespace

std::size_t encoded_size(const Object& object) {
  std::size_t bytes = 5;
  for (const Field& field : object) bytes += element_size(field.name, field.value);
  return bytes;
}

std::string encode(const Object& object) {
  std::string out;
  out.reserve(encoded_size(object));
  put_object(out, object);
  return out;
}

void encode(const Object& object, std::string& out) {
  put_object(out, object);
}

std::string encode_condition(std::string_view path, std::string_view op, const Value& value) {
  check_name(path);
  std::string out;
  out.reserve(64 + path.size());
  put(out, std::uint32_t{0});
  out += static_cast<char>(Type::object);
  out += path;
  out += '\0';
  const std::size_t inner = out.size();
  put(out, std::uint32_t{0});
  put_element(out, op, value);
  out += '\0';
  put_length(out, inner);
  out += '\0';
  put_length(out, 0);
  return out;
}

Object decode(std::string_view bytes) {
  Reader reader(bytes);
  Object object = reader.document(0);
  if (!reader.at_end()) reader.malformed("bytes follow the document");
  return object;
}

bool valid_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  const auto at = [&](std::size_t k) { return static_cast<std::uint8_t>(text[k]); };
  while (i < text.size()) {
    std::uint64_t eight = 0;
    if (i + sizeof(eight) <= text.size()) {
      std::memcpy(&eight, text.data() + i, sizeof(eight));
      if ((eight & 0x8080808080808080U) == 0) {
        i += sizeof(eight);
        continue;
      }
    }
    const std::uint8_t c = at(i);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = c >= 0xF0 ? 3 : (c >= 0xE0 ? 2 : 1);
    if (c < 0xC2 || c > 0xF4 || i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((at(i + k) & 0xC0) != 0x80) return false;
    }
    if ((c == 0xE0 && at(i + 1) < 0xA0) || (c == 0xED && at(i + 1) >= 0xA0) ||
        (c == 0xF0 && at(i + 1) < 0x90) || (c == 0xF4 && at(i + 1) >= 0x90)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

}  // namespace iacdb::doc
