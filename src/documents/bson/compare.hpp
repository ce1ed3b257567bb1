#pragma once
// MongoDB's order of all values, and equality by it.
//
//   if (compare(a, b) < 0) ...          // numbers by value across their types; then by type order
//
// Threads: pure functions; a Collator is safe to share.
// See: https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/

#include <compare>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// The order of strings under a collation; implemented over ICU.
class Collator {
 public:
  virtual ~Collator() = default;
  virtual int compare(std::string_view a, std::string_view b) const = 0;
  /// Bytes, in hexadecimal, that are equal exactly when compare() says so.
  virtual std::string key(std::string_view text) const = 0;
};

/// Where a type stands in the order: equal for types that compare by value with each other.
int type_rank(Type type) noexcept;
std::strong_ordering compare_numbers(const Value& a, const Value& b);
/// -1, 0 or 1. Missing and undefined stand below null.
int compare(const Value& a, const Value& b, const Collator* collator = nullptr);
int compare(const Object& a, const Object& b, const Collator* collator = nullptr);
inline bool equal(const Value& a, const Value& b, const Collator* collator = nullptr) {
  return compare(a, b, collator) == 0;
}
/// The same type, bits and key order everywhere: what decides whether an update changed anything.
bool identical(const Value& a, const Value& b);

struct ValueLess {
  const Collator* collator = nullptr;
  bool operator()(const Value& a, const Value& b) const { return compare(a, b, collator) < 0; }
};

}  // namespace iacdb::doc
