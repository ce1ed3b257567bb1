#include "documents/stores/sql/id_key.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "documents/bson/big_decimal.hpp"
#include "documents/bson/number.hpp"
#include "documents/stores/sql/index_keys.hpp"

namespace iacdb::doc {
namespace {

/// Longer strings are odd: an index has its limits.
constexpr std::size_t text_bytes_max = 1000;

/// The first of a text, after a mark that no other form of key begins with, and that what another
/// program makes up hardly does.
enum class Class : char { number = '3', string = '4', oid = '8', boolean = '9', date = 'A' };
constexpr char mark = '~';

// Numbers in their order; what follows tells those between the infinities apart.
constexpr const char* nan = "A";
constexpr const char* minus_infinity = "B";
constexpr const char* negative = "C";
constexpr const char* zero = "D";
constexpr const char* positive = "E";
constexpr const char* infinity = "F";

std::string beginning(Class of) {
  return {mark, static_cast<char>(of)};
}
/// What stands above every text of the class.
std::string after(Class of) {
  return {mark, static_cast<char>(static_cast<char>(of) + 1)};
}

/// No comparison finds a NaN, but one with itself.
std::string lowest(Class of) {
  return beginning(of) + (of == Class::number ? minus_infinity : "");
}

std::string padded(std::uint64_t n, std::size_t digits) {
  std::string out = std::to_string(n);
  return std::string(digits - std::min(digits, out.size()), '0') + out;
}

// --- numbers ---

constexpr std::int64_t power_offset = 10'000;  ///< Of decimal128 they are within -6175 and 6145.
constexpr std::size_t power_digits = 5;

/// `digits` are those of the coefficient, without zeros at their end; the value is 0.DIGITS times
/// ten to the power of `power`. Of a negative number all is turned around.
std::string scientific(bool below_zero, std::string digits, std::int64_t power) {
  std::string out = padded(static_cast<std::uint64_t>(power + power_offset), power_digits) + digits;
  if (!below_zero) return positive + out;
  for (char& digit : out) digit = static_cast<char>('9' - digit + '0');
  return negative + out + "~";  // Fewer digits are less of a number, and so the greater one.
}

/// As scientific(), without strings on the way: most ids are such.
std::string ordered_integer(std::int64_t v) {
  if (v == 0) return zero;
  std::array<char, 32> out{};
  char* const digits = out.data() + 1 + power_digits;
  const std::uint64_t magnitude =
      v < 0 ? 0U - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v);
  char* end = std::to_chars(digits, out.data() + out.size(), magnitude).ptr;
  std::to_chars(out.data() + 1, digits, power_offset + (end - digits));
  while (end[-1] == '0') --end;
  out[0] = *(v < 0 ? negative : positive);
  if (v < 0) {
    for (char* c = out.data() + 1; c != end; ++c) *c = static_cast<char>('9' - *c + '0');
    *end++ = '~';
  }
  return {out.data(), end};
}

std::string ordered_number(const Value& v) {
  if (v.is(Type::int32)) return ordered_integer(v.int32());
  if (v.is(Type::int64)) return ordered_integer(v.int64());
  if (number_is_nan(v)) return nan;
  const Decimal128 wide = v.is(Type::real) ? decimal_of_exactly(v.real()) : to_decimal(v);
  if (is_infinite(wide)) return is_negative(wide) ? minus_infinity : infinity;
  const BigDecimal big = unpack(wide);
  if (big.coefficient == 0) return zero;
  std::string digits = big.coefficient.str();
  const std::int64_t power = static_cast<std::int64_t>(digits.size()) + big.exponent;
  digits.erase(digits.find_last_not_of('0') + 1);
  return scientific(big.negative, std::move(digits), power);
}

struct Ordered {
  Class of;
  std::string text;
};
std::optional<Ordered> ordered(const Value& v) {
  switch (v.type()) {
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      return Ordered{Class::number, ordered_number(v)};
    case Type::string:
    case Type::symbol:
      if (v.text().size() > text_bytes_max || v.text().find('\0') != std::string::npos) break;
      return Ordered{Class::string, v.text()};
    case Type::oid:
      return Ordered{Class::oid, v.oid().hex()};
    case Type::boolean:
      return Ordered{Class::boolean, v.boolean() ? "1" : "0"};
    case Type::date: {
      const auto moved = static_cast<std::uint64_t>(v.millis()) ^ (std::uint64_t{1} << 63);
      return Ordered{Class::date, padded(moved, 20)};
    }
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::string id_key(bool is_ordered, const Value& id) {
  const auto key = is_ordered ? ordered(id) : std::nullopt;
  return key ? beginning(key->of) + key->text : equality_key(id);
}

std::optional<Condition> id_between(KeyEnd lower, KeyEnd upper) {
  std::vector<Condition> ends;
  for (const bool low : {true, false}) {
    const KeyEnd& end = low ? lower : upper;
    const KeyEnd& other = low ? upper : lower;
    const Value& sample = end.value != nullptr ? *end.value : *other.value;
    const auto key = ordered(sample);
    // A NaN is equal to itself and has no other order.
    if (!key || number_is_nan(sample)) return std::nullopt;
    std::string comparison = low ? "id >" : "id <";
    if (low ? end.taken_in || end.value == nullptr : end.value != nullptr && end.taken_in) {
      comparison += "=";
    }
    std::string text = low ? lowest(key->of) : after(key->of);
    if (end.value != nullptr) text = beginning(key->of) + key->text;
    ends.push_back({comparison + " ?", {text}});
  }
  return all_of(ends);
}

Condition odd_id() {
  return {"(id < '" + beginning(Class::number) + "' or id >= '" + after(Class::date) + "')", {}};
}

Condition even_id() {
  return {"(id >= '" + beginning(Class::number) + "' and id < '" + after(Class::date) + "')", {}};
}

}  // namespace iacdb::doc
