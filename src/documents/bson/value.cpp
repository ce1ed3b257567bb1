#include "documents/bson/value.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <random>

namespace iacdb::doc {

std::string_view type_name(Type type) noexcept {
  switch (type) {
    case Type::missing:
      return "missing";
    case Type::real:
      return "double";
    case Type::string:
      return "string";
    case Type::object:
      return "object";
    case Type::array:
      return "array";
    case Type::binary:
      return "binData";
    case Type::undefined:
      return "undefined";
    case Type::oid:
      return "objectId";
    case Type::boolean:
      return "bool";
    case Type::date:
      return "date";
    case Type::null:
      return "null";
    case Type::regex:
      return "regex";
    case Type::db_pointer:
      return "dbPointer";
    case Type::code:
      return "javascript";
    case Type::symbol:
      return "symbol";
    case Type::code_scope:
      return "javascriptWithScope";
    case Type::int32:
      return "int";
    case Type::timestamp:
      return "timestamp";
    case Type::int64:
      return "long";
    case Type::decimal:
      return "decimal";
    case Type::max_key:
      return "maxKey";
    case Type::min_key:
      return "minKey";
  }
  return "unknown";
}

Oid Oid::make() {
  static const std::uint64_t process = [] {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) | device();
  }();
  static std::atomic<std::uint32_t> counter{std::random_device{}()};
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const auto seconds = static_cast<std::uint32_t>(now.count());
  const std::uint32_t count = counter.fetch_add(1, std::memory_order_relaxed);
  Oid oid;
  for (unsigned i = 0; i < 4; ++i) {
    oid.bytes[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
  }
  for (unsigned i = 0; i < 5; ++i) {
    oid.bytes[4 + i] = static_cast<std::uint8_t>(process >> (8 * i));
  }
  for (unsigned i = 0; i < 3; ++i) {
    oid.bytes[9 + i] = static_cast<std::uint8_t>(count >> (16 - 8 * i));
  }
  return oid;
}

std::string Oid::hex() const {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t b : bytes) {
    text += digits[b >> 4];
    text += digits[b & 15];
  }
  return text;
}

Value::Value(Object v) : type_(Type::object), data_(std::make_shared<Object>(std::move(v))) {}
Value::Value(Array v) : type_(Type::array), data_(std::make_shared<Array>(std::move(v))) {}
Value::Value(CodeScope v)
    : type_(Type::code_scope), data_(std::make_shared<const CodeScope>(std::move(v))) {}

Object& Value::edit_object() {
  auto& shared = std::get<std::shared_ptr<Object>>(data_);
  if (shared.use_count() > 1) shared = std::make_shared<Object>(*shared);
  return *shared;
}

Array& Value::edit_array() {
  auto& shared = std::get<std::shared_ptr<Array>>(data_);
  if (shared.use_count() > 1) shared = std::make_shared<Array>(*shared);
  return *shared;
}

const Value* Object::find(std::string_view name) const noexcept {
  for (const Field& field : fields_) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

Value* Object::find(std::string_view name) noexcept {
  for (Field& field : fields_) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

const Value& Object::get(std::string_view name) const noexcept {
  const Value* found = find(name);
  return found != nullptr ? *found : missing_value;
}

Value& Object::set(std::string_view name, Value value) {
  if (Value* found = find(name)) {
    *found = std::move(value);
    return *found;
  }
  return add(std::string(name), std::move(value));
}

bool Object::remove(std::string_view name) {
  const auto it = std::find_if(fields_.begin(), fields_.end(),
                               [&](const Field& field) { return field.name == name; });
  if (it == fields_.end()) return false;
  fields_.erase(it);
  return true;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (;;) {
    const std::size_t dot = path.find('.', start);
    parts.emplace_back(path.substr(start, dot - start));
    if (dot == std::string_view::npos) return parts;
    start = dot + 1;
  }
}

bool is_index(std::string_view part) noexcept {
  if (part.empty() || part.size() > 9 || (part.size() > 1 && part[0] == '0')) return false;
  return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t index_of(std::string_view part) noexcept {
  if (!is_index(part)) return std::numeric_limits<std::size_t>::max();
  std::size_t n = 0;
  for (const char c : part) n = n * 10 + static_cast<std::size_t>(c - '0');
  return n;
}

}  // namespace iacdb::doc
