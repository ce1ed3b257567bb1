#include "wire/postgres/numeric.hpp"

#include <algorithm>
#include <charconv>

#include "wire/postgres/malformed.hpp"

namespace iacdb::wire::postgres {
namespace {

// The sign word: NUMERIC_POS and its relatives in numeric.c.
constexpr std::uint16_t positive = 0x0000, negative = 0x4000;
constexpr std::uint16_t not_a_number = 0xc000, plus_infinity = 0xd000, minus_infinity = 0xf000;
constexpr int scale_max = 16383;
constexpr int weight_max = 32767;

struct Header {
  int groups = 0;  ///< Digits of base 10,000.
  int weight = 0;  ///< The first group's power of 10,000.
  std::uint16_t sign = positive;
  int scale = 0;  ///< Decimal places to print.
};

Header read_header(Field field) {
  if (field.size < 8) raise_malformed("numeric");
  Header head;
  head.groups = base::load_be<std::uint16_t>(field.data);
  head.weight = base::load_be<std::int16_t>(field.data + 2);
  head.sign = base::load_be<std::uint16_t>(field.data + 4);
  head.scale = base::load_be<std::uint16_t>(field.data + 6);
  const bool finite = head.sign == positive || head.sign == negative;
  if (!finite && head.sign != not_a_number && head.sign != plus_infinity &&
      head.sign != minus_infinity)
    raise_malformed("numeric");
  if (head.scale > scale_max || field.size != 8u + 2u * static_cast<unsigned>(head.groups))
    raise_malformed("numeric");
  return head;
}

char* put_text(char* to, std::string_view text) {
  return std::copy(text.begin(), text.end(), to);
}

/// The group that stands for 10,000 to the power `power`; 0 outside the digits sent.
unsigned group_at(Field field, const Header& head, int power) {
  const int index = head.weight - power;
  if (index < 0 || index >= head.groups) return 0;
  const auto group = base::load_be<std::uint16_t>(field.data + 8 + 2 * index);
  if (group > 9999) raise_malformed("numeric");
  return group;
}

char* put_four(char* to, unsigned group) {
  to[0] = static_cast<char>('0' + group / 1000);
  to[1] = static_cast<char>('0' + group / 100 % 10);
  to[2] = static_cast<char>('0' + group / 10 % 10);
  to[3] = static_cast<char>('0' + group % 10);
  return to + 4;
}

char* put_whole(char* to, Field field, const Header& head) {
  if (head.groups == 0 || head.weight < 0) {
    *to++ = '0';
    return to;
  }
  int power = head.weight;
  while (power > 0 && group_at(field, head, power) == 0) --power;  // no server sends such zeros
  to = std::to_chars(to, to + 4, group_at(field, head, power)).ptr;
  while (--power >= 0) to = put_four(to, group_at(field, head, power));
  return to;
}

char* put_fraction(char* to, Field field, const Header& head) {
  *to++ = '.';
  char* const end = to + head.scale;
  for (int power = -1; to < end; --power) to = put_four(to, group_at(field, head, power));
  return end;
}

// --- text to wire ---

[[noreturn]] void raise_not_numeric() {
  raise_data("text is no decimal number; write digits, a point and an exponent, or NaN");
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Digits without point and leading zeros: the value is 0.digits times ten to the power `point`.
struct Parsed {
  std::string digits;
  long point = 0;
  long scale = 0;
};

std::size_t digits_at(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

long read_exponent(std::string_view text) {
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-') raise_not_numeric();
  }
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || stop != text.data() + text.size() || error == std::errc::invalid_argument)
    raise_not_numeric();
  if (error != std::errc{} || value > 1'000'000 || value < -1'000'000)
    raise_data("a decimal number has an exponent beyond PostgreSQL's limits");
  return value;
}

Parsed parse(std::string_view text) {
  const auto whole = text.substr(0, digits_at(text));
  text.remove_prefix(whole.size());
  std::string_view fraction;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    fraction = text.substr(0, digits_at(text));
    text.remove_prefix(fraction.size());
  }
  if (whole.empty() && fraction.empty()) raise_not_numeric();
  long exponent = 0;
  if (!text.empty()) {
    if ((text[0] | 0x20) != 'e') raise_not_numeric();
    exponent = read_exponent(text.substr(1));
  }
  Parsed number;
  number.digits.reserve(whole.size() + fraction.size());
  number.digits.append(whole).append(fraction);
  const auto zeros = std::min(number.digits.find_first_not_of('0'), number.digits.size());
  number.digits.erase(0, zeros);
  number.point = static_cast<long>(whole.size()) - static_cast<long>(zeros) + exponent;
  number.scale = std::max(0L, static_cast<long>(fraction.size()) - exponent);
  return number;
}

void append_header(base::Buffer& out, std::size_t groups, int weight, std::uint16_t sign,
                   int scale) {
  std::byte* to = out.extend(8);
  to = base::put_be(to, static_cast<std::uint16_t>(groups));
  to = base::put_be(to, static_cast<std::int16_t>(weight));
  to = base::put_be(to, sign);
  base::store_be(to, static_cast<std::uint16_t>(scale));
}

/// Appends the groups of four decimal digits; the first holds `lead` of them.
std::size_t append_groups(base::Buffer& out, std::string_view digits, std::size_t lead) {
  const std::size_t count = digits.size() <= lead ? 1 : 1 + (digits.size() - lead + 3) / 4;
  std::byte* to = out.extend(2 * count);
  std::size_t at = 0;
  for (std::size_t group = 0; group < count; ++group) {
    const std::size_t end = lead + 4 * group;
    unsigned value = 0;
    for (; at < end; ++at)
      value = value * 10 + (at < digits.size() ? static_cast<unsigned>(digits[at] - '0') : 0);
    to = base::put_be(to, static_cast<std::uint16_t>(value));
  }
  return count;
}

void append_finite(base::Buffer& out, const Parsed& number, std::uint16_t sign) {
  if (number.scale > scale_max)
    raise_data("a decimal number has more than PostgreSQL's 16,383 decimal places");
  const auto last = number.digits.find_last_not_of('0');
  if (last == std::string::npos)
    return append_header(out, 0, 0, positive, static_cast<int>(number.scale));
  const std::string_view digits = std::string_view(number.digits).substr(0, last + 1);
  // The power of 10,000 of the first group: floor of (point - 1) / 4.
  const long weight = number.point > 0 ? (number.point - 1) / 4 : -((4 - number.point) / 4);
  if (weight > weight_max)
    raise_data("a decimal number has more than PostgreSQL's 131,072 digits before the point");
  const std::size_t head_at = out.size();
  append_header(out, 0, static_cast<int>(weight), sign, static_cast<int>(number.scale));
  const auto lead = static_cast<std::size_t>(number.point - weight * 4);
  out.patch_be(head_at, static_cast<std::uint16_t>(append_groups(out, digits, lead)));
}

}  // namespace

std::size_t numeric_text_bytes_max(Field field) {
  const Header head = read_header(field);
  const auto whole = static_cast<std::size_t>(std::max(head.weight, 0) + 1) * 4;
  return 16 + whole + static_cast<std::size_t>(head.scale);
}

char* decode_numeric(Field field, char* to) {
  const Header head = read_header(field);
  if (head.sign == not_a_number) return put_text(to, "NaN");
  if (head.sign == plus_infinity) return put_text(to, "Infinity");
  if (head.sign == minus_infinity) return put_text(to, "-Infinity");
  if (head.sign == negative) *to++ = '-';
  to = put_whole(to, field, head);
  return head.scale > 0 ? put_fraction(to, field, head) : to;
}

std::string decode_numeric(Field field) {
  std::string text(numeric_text_bytes_max(field), '\0');
  text.resize(static_cast<std::size_t>(decode_numeric(field, text.data()) - text.data()));
  return text;
}

void encode_numeric(base::Buffer& out, std::string_view text) {
  bool minus = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    minus = text[0] == '-';
    text.remove_prefix(1);
  }
  if (equal_ignoring_case(text, "nan")) return append_header(out, 0, 0, not_a_number, 0);
  if (equal_ignoring_case(text, "infinity") || equal_ignoring_case(text, "inf"))
    return append_header(out, 0, 0, minus ? minus_infinity : plus_infinity, 0);
  append_finite(out, parse(text), minus ? negative : positive);
}

}  // namespace iacdb::wire::postgres
