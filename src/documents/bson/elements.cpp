#include "documents/bson/elements.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "documents/bson/codec.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t length_bytes = 4;

[[noreturn]] void malformed(const std::string& what) {
  fail(Code::failed_to_parse, "invalid BSON: " + what);
}

std::size_t length_at(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at + length_bytes) malformed("the value is cut off");
  return little_endian<std::uint32_t>(bytes.substr(at));
}

std::size_t after_zero(std::string_view bytes, std::size_t at) {
  constexpr std::size_t short_bytes =
      16;  // Most names have fewer: a search by memchr() costs more.
  const std::size_t near = std::min(bytes.size(), at + short_bytes);
  for (; at < near; ++at) {
    if (bytes[at] == '\0') return at + 1;
  }
  const std::size_t zero = bytes.find('\0', at);
  if (zero == std::string_view::npos) malformed("a name does not end");
  return zero + 1;
}

}  // namespace

Elements::Elements(std::string_view bson) {
  const std::size_t size = length_at(bson, 0);
  if (size != bson.size() || size < length_bytes + 1 || bson.back() != '\0') {
    malformed("a document's length is wrong");
  }
  rest_ = bson.substr(length_bytes, size - length_bytes - 1);
}

bool Elements::next(Element& element) {
  if (rest_.empty()) return false;
  element.type = static_cast<Type>(rest_[0]);
  const std::size_t begin = after_zero(rest_, 1);
  element.name = rest_.substr(1, begin - 2);
  element.whole = rest_;
  rest_.remove_prefix(begin);
  const std::size_t size = body_size(element.type);
  if (size > rest_.size()) malformed("the value is cut off");
  element.body = rest_.substr(0, size);
  element.whole = element.whole.substr(0, begin + size);
  rest_.remove_prefix(size);
  return true;
}

std::size_t Elements::body_size(Type type) const {
  switch (type) {
    case Type::undefined:
    case Type::null:
    case Type::min_key:
    case Type::max_key:
      return 0;
    case Type::boolean:
      return 1;
    case Type::int32:
      return 4;
    case Type::real:
    case Type::date:
    case Type::timestamp:
    case Type::int64:
      return 8;
    case Type::oid:
      return 12;
    case Type::decimal:
      return 16;
    case Type::string:
    case Type::symbol:
    case Type::code:
      return length_bytes + length_at(rest_, 0);
    case Type::binary:
      return length_bytes + 1 + length_at(rest_, 0);
    case Type::db_pointer:
      return length_bytes + length_at(rest_, 0) + 12;
    case Type::object:
    case Type::array:
    case Type::code_scope:
      return length_at(rest_, 0);
    case Type::regex:
      return after_zero(rest_, after_zero(rest_, 0));
    default:
      malformed("type " + std::to_string(static_cast<int>(type)) + " is unknown");
  }
}

namespace {

/// Of the types whose bytes need no check; a missing one of the others.
Value plain_value(const Element& element) {
  const std::string_view body = element.body;
  switch (element.type) {
    case Type::real:
      return Value(std::bit_cast<double>(little_endian<std::uint64_t>(body)));
    case Type::oid: {
      Oid oid;
      std::memcpy(oid.bytes.data(), body.data(), oid.bytes.size());
      return Value(oid);
    }
    case Type::date:
      return Value(Date{little_endian<std::int64_t>(body)});
    case Type::int32:
      return Value(little_endian<std::int32_t>(body));
    case Type::int64:
      return Value(little_endian<std::int64_t>(body));
    default:
      return {};
  }
}

}  // namespace

std::string document_of(const Element& element) {
  std::string document(length_bytes, '\0');
  document += element.whole;
  document += '\0';
  for (std::size_t i = 0; i < length_bytes; ++i) {
    document[i] = static_cast<char>(document.size() >> (8 * i));
  }
  return document;
}

Value value_of(const Element& element) {
  Value plain = plain_value(element);
  return plain.missing() ? decode(document_of(element)).front().value : plain;
}

}  // namespace iacdb::doc
