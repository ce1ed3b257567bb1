#pragma once
// Elements: the elements of a BSON document where they lie, without values.
//
//   Elements elements(bytes);
//   for (Element e; elements.next(e);) if (e.name == "_id") use(value_of(e));
//
// Lengths are checked; what is in a value (UTF-8, the end of a string) is up to decode().
// Threads: plain values. Lifetime: views of the bytes.

#include <cstdint>
#include <string>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

struct Element {
  Type type = Type::missing;
  std::string_view name;
  std::string_view body;   ///< The value's bytes.
  std::string_view whole;  ///< Type, name and value.
};

class Elements {
 public:
  /// Of a document, or of an array. Throws: Failure FailedToParse when its length is wrong.
  explicit Elements(std::string_view bson);
  /// False at the end. Throws: Failure FailedToParse when the element is malformed.
  bool next(Element& element);

 private:
  std::size_t body_size(Type type) const;

  std::string_view rest_;
};

/// A document of this element alone.
std::string document_of(const Element& element);
/// Throws: Failure FailedToParse.
Value value_of(const Element& element);

template <class Number>
Number little_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
  }
  return static_cast<Number>(out);
}

}  // namespace iacdb::doc
