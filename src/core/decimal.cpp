// Decimal numbers as their digits: parsing to the canonical form, and numeric comparison.

#include <algorithm>
#include <cctype>

#include "iacdb/error.hpp"
#include "iacdb/types.hpp"

namespace iacdb {
namespace {

constexpr std::int64_t exponent_max = 200'000;  // Beyond PostgreSQL's 131072 + 16383 digits.

[[noreturn]] void raise_malformed() {
  raise(ErrorKind::data, "text is not a valid decimal; expected digits such as -12.50");
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == y;
  });
}

bool is_special(std::string_view text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

std::string_view canonical_special(std::string_view text) {
  if (equals_ignoring_case(text, "nan")) return "NaN";
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  if (equals_ignoring_case(text, "infinity") || equals_ignoring_case(text, "inf")) {
    return "Infinity";
  }
  if (equals_ignoring_case(text, "-infinity") || equals_ignoring_case(text, "-inf")) {
    return "-Infinity";
  }
  return {};
}

/// A number taken apart: digits before and after the point, sign, exponent.
struct Parts {
  bool negative = false;
  std::string whole;
  std::string fraction;
  std::int64_t exponent = 0;
};

Parts take_apart(std::string_view text) {
  Parts parts;
  std::size_t at = 0;
  const auto is_digit = [&] { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) parts.negative = text[at++] == '-';
  while (is_digit()) parts.whole += text[at++];
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (is_digit()) parts.fraction += text[at++];
  }
  if (parts.whole.empty() && parts.fraction.empty()) raise_malformed();
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool negative = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
    if (!is_digit()) raise_malformed();
    while (is_digit()) {
      parts.exponent = parts.exponent * 10 + (text[at++] - '0');
      if (parts.exponent > exponent_max) raise_malformed();
    }
    if (negative) parts.exponent = -parts.exponent;
  }
  if (at != text.size()) raise_malformed();
  return parts;
}

void apply_exponent(Parts& parts) {
  for (; parts.exponent > 0; --parts.exponent) {
    parts.whole += parts.fraction.empty() ? '0' : parts.fraction.front();
    if (!parts.fraction.empty()) parts.fraction.erase(0, 1);
  }
  if (parts.exponent < 0) {
    const auto shift = static_cast<std::size_t>(-parts.exponent);
    if (parts.whole.size() < shift) parts.whole.insert(0, shift - parts.whole.size(), '0');
    parts.fraction.insert(0, parts.whole.substr(parts.whole.size() - shift));
    parts.whole.erase(parts.whole.size() - shift);
  }
}

}  // namespace

Decimal Decimal::parse(std::string_view text) {
  Decimal result;
  if (const auto special = canonical_special(text); !special.empty()) {
    result.text_ = special;
    return result;
  }
  Parts parts = take_apart(text);
  apply_exponent(parts);
  parts.whole.erase(0, std::min(parts.whole.find_first_not_of('0'), parts.whole.size()));
  if (parts.whole.empty()) parts.whole = "0";
  const bool zero =
      parts.whole == "0" && parts.fraction.find_first_not_of('0') == std::string::npos;
  result.text_ = parts.negative && !zero ? "-" : "";
  result.text_ += parts.whole;
  if (!parts.fraction.empty()) result.text_ += "." + parts.fraction;
  return result;
}

std::partial_ordering Decimal::operator<=>(const Decimal& other) const noexcept {
  const std::string_view a = text_;
  const std::string_view b = other.text_;
  if (is_special(a) || is_special(b)) {
    if (a == "NaN" || b == "NaN") return std::partial_ordering::unordered;
    const auto rank = [](std::string_view s) {
      return s == "Infinity" ? 1 : s == "-Infinity" ? -1 : 0;
    };
    return rank(a) <=> rank(b);
  }
  const bool negative = a.front() == '-';
  if (negative != (b.front() == '-')) {
    return negative ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  const auto magnitude = [](std::string_view x, std::string_view y) -> std::partial_ordering {
    const auto whole = [](std::string_view s) { return s.substr(0, s.find('.')); };
    const auto fraction = [](std::string_view s) {
      const auto point = s.find('.');
      std::string_view digits = point == s.npos ? std::string_view() : s.substr(point + 1);
      while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
      return digits;
    };
    if (whole(x).size() != whole(y).size()) return whole(x).size() <=> whole(y).size();
    if (const int order = whole(x).compare(whole(y)); order != 0) return order <=> 0;
    return fraction(x).compare(fraction(y)) <=> 0;
  };
  return negative ? magnitude(b.substr(1), a.substr(1)) : magnitude(a, b);
}

bool Decimal::operator==(const Decimal& other) const noexcept {
  return (*this <=> other) == std::partial_ordering::equivalent;
}

}  // namespace iacdb
