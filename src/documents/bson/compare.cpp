#include "documents/bson/compare.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

template <class T>
int sign(const T& a, const T& b) {
  if (a < b) return -1;
  return b < a ? 1 : 0;
}

int compare_text(std::string_view a, std::string_view b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

std::strong_ordering order_of(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) {
    return static_cast<int>(!std::isnan(a)) <=> static_cast<int>(!std::isnan(b));
  }
  if (a < b) return std::strong_ordering::less;
  return a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

/// Exact: a double is never rounded to a long, nor a long to a double.
std::strong_ordering order_of(std::int64_t a, double b) {
  if (std::isnan(b)) return std::strong_ordering::greater;
  if (b >= 9223372036854775808.0) return std::strong_ordering::less;
  if (b < -9223372036854775808.0) return std::strong_ordering::greater;
  const double whole = std::trunc(b);
  const auto truncated = static_cast<std::int64_t>(whole);
  if (a != truncated) return a <=> truncated;
  return order_of(0.0, b - whole);
}

int compare_binary(const Binary& a, const Binary& b) {
  if (a.bytes.size() != b.bytes.size()) return sign(a.bytes.size(), b.bytes.size());
  if (a.subtype != b.subtype) return sign(a.subtype, b.subtype);
  return compare_text(a.bytes, b.bytes);
}

int compare_arrays(const Array& a, const Array& b, const Collator* collator) {
  const std::size_t n = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < n; ++i) {
    // Elements compare like fields: by type first.
    if (const int order = sign(type_rank(a[i].type()), type_rank(b[i].type()))) return order;
    if (const int order = compare(a[i], b[i], collator)) return order;
  }
  return sign(a.size(), b.size());
}

int to_int(std::strong_ordering order) {
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

}  // namespace

int type_rank(Type type) noexcept {
  switch (type) {
    case Type::min_key:
      return -1;
    case Type::missing:
    case Type::undefined:
      return 0;
    case Type::null:
      return 5;
    case Type::real:
    case Type::int32:
    case Type::int64:
    case Type::decimal:
      return 10;
    case Type::string:
    case Type::symbol:
      return 15;
    case Type::object:
      return 20;
    case Type::array:
      return 25;
    case Type::binary:
      return 30;
    case Type::oid:
      return 35;
    case Type::boolean:
      return 40;
    case Type::date:
      return 45;
    case Type::timestamp:
      return 47;
    case Type::regex:
      return 50;
    case Type::db_pointer:
      return 55;
    case Type::code:
      return 60;
    case Type::code_scope:
      return 65;
    case Type::max_key:
      return 127;
  }
  return 0;
}

std::strong_ordering compare_numbers(const Value& a, const Value& b) {
  if (a.is(Type::decimal) || b.is(Type::decimal)) {
    const auto wide = [](const Value& v) {
      return v.is(Type::real) ? decimal_of_exactly(v.real()) : to_decimal(v);
    };
    return decimal_compare(wide(a), wide(b));
  }
  const bool a_real = a.is(Type::real);
  const bool b_real = b.is(Type::real);
  if (a_real && b_real) return order_of(a.real(), b.real());
  if (b_real) return order_of(*exact_int64(a), b.real());
  if (a_real) return 0 <=> order_of(*exact_int64(b), a.real());
  return *exact_int64(a) <=> *exact_int64(b);
}

int compare(const Object& a, const Object& b, const Collator* collator) {
  auto i = a.begin();
  auto j = b.begin();
  for (; i != a.end() && j != b.end(); ++i, ++j) {
    if (const int order = sign(type_rank(i->value.type()), type_rank(j->value.type()))) {
      return order;
    }
    if (const int order = compare_text(i->name, j->name)) return order;
    if (const int order = compare(i->value, j->value, collator)) return order;
  }
  return sign(a.size(), b.size());
}

int compare(const Value& a, const Value& b, const Collator* collator) {
  const int rank = type_rank(a.type());
  if (const int order = sign(rank, type_rank(b.type()))) return order;
  switch (a.type()) {
    case Type::real:
    case Type::int32:
    case Type::int64:
    case Type::decimal:
      return to_int(compare_numbers(a, b));
    case Type::string:
    case Type::symbol:
      return collator != nullptr ? sign(collator->compare(a.text(), b.text()), 0)
                                 : compare_text(a.text(), b.text());
    case Type::code:
      return compare_text(a.text(), b.text());
    case Type::object:
      return compare(a.object(), b.object(), collator);
    case Type::array:
      return compare_arrays(a.array(), b.array(), collator);
    case Type::binary:
      return compare_binary(a.binary(), b.binary());
    case Type::oid:
      return sign(a.oid(), b.oid());
    case Type::boolean:
      return sign(a.boolean(), b.boolean());
    case Type::date:
      return sign(a.millis(), b.millis());
    case Type::timestamp:
      return sign(a.timestamp(), b.timestamp());
    case Type::regex:
      if (const int order = compare_text(a.regex().pattern, b.regex().pattern)) return order;
      return compare_text(a.regex().options, b.regex().options);
    case Type::db_pointer:
      if (const int order = compare_text(a.db_pointer().ns, b.db_pointer().ns)) return order;
      return sign(a.db_pointer().id, b.db_pointer().id);
    case Type::code_scope:
      if (const int order = compare_text(a.code_scope().code, b.code_scope().code)) return order;
      return compare(a.code_scope().scope, b.code_scope().scope, collator);
    default:
      return 0;
  }
}

bool identical(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case Type::real:
      return std::bit_cast<std::uint64_t>(a.real()) == std::bit_cast<std::uint64_t>(b.real());
    case Type::decimal:
      return a.decimal() == b.decimal();
    case Type::object:
      return std::equal(a.object().begin(), a.object().end(), b.object().begin(), b.object().end(),
                        [](const Field& x, const Field& y) {
                          return x.name == y.name && identical(x.value, y.value);
                        });
    case Type::array:
      return std::equal(a.array().begin(), a.array().end(), b.array().begin(), b.array().end(),
                        identical);
    default:
      return compare(a, b) == 0;
  }
}

}  // namespace iacdb::doc
