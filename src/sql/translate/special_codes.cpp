// Functions of MySQL and Oracle whose reading depends on their arguments: clocks, placed values,
// masks with a language, capitals.
//
// Sources: "Date and Time Functions" and "Comparison Functions" of MySQL 8.0; "TO_CHAR (datetime)"
// of the Oracle 19c reference; "Comparison Functions" of PostgreSQL 15.

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/moments.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// '2020-01-01 10:00:00' and columns of moments, against '10:00:00' and what is a time of the day.
bool is_day_and_time(const Node* n, Context& c) {
  if (n->is(Kind::string)) return n->text.find('-', 1) != std::string_view::npos;
  return is_moment(type_of(n, c));
}

/// ADDTIME(x, '01:30:00'): of a moment another one, of a time a time that may pass 24 hours.
void read_add_time(Node*& n, bool subtracts, Context& c) {
  Node* value = argument(n, 0);
  Node* clock = argument(n, 1);
  for (const Node* k : {value, clock}) {
    if (k->is(Kind::string) && k->text.find('.') != std::string_view::npos) {
      c.refuse(n, "fractions of seconds in ADDTIME and SUBTIME have no equal");
    }
  }
  if (is_day_and_time(clock, c)) c.refuse(n, "ADDTIME of a date has no equal");
  Node* seconds = c.build.call("$TIME_SECONDS", clock);
  if (is_day_and_time(value, c)) {
    n = moments::add(c, value, subtracts ? moments::negative(c, seconds) : seconds, "SECOND");
    return;
  }
  if (!value->is(Kind::string) && type_of(value, c) == ValueType::unknown) {
    c.miss_types(n, "types", "whether " + described(value) + " is a time or a moment");
  }
  Node* sum = c.build.binary(subtracts ? BinOp::sub : BinOp::add,
                             c.build.call("$TIME_SECONDS", value), seconds);
  n = c.build.call("$CLOCK_TEXT", c.build.paren(sum));
}

/// TO_CHAR(x, mask, 'NLS_DATE_LANGUAGE=ENGLISH'): the language that the masks have here.
void read_in_language(Node*& n, Context& c) {
  const Node* language = argument(n, 2);
  std::string text(language->is(Kind::string) ? language->text : "");
  for (char& ch : text) ch = upper(ch);
  const bool plain =
      text.find("NLS_DATE_LANGUAGE") != std::string::npos &&
      (text.find("ENGLISH") != std::string::npos || text.find("AMERICAN") != std::string::npos);
  if (!plain) c.refuse(n, "a mask in a language other than English has no equal");
  const std::string_view name = is_call(n, "TO_CHAR") ? "$FORMAT_TIME" : "$PARSE_TIME";
  n = c.build.call(name, argument(n, 0), argument(n, 1));
}

/// How many of the arguments are NULL, or are not.
void read_null_count(Node*& n, bool nulls, Context& c) {
  Node* sum = nullptr;
  for (Node* value : *n->kid(call_slot::args)) {
    Node* one = case_when(c, c.build.binary(BinOp::is, value, c.build.null()),
                          c.build.number(nulls ? "1" : "0"), c.build.number(nulls ? "0" : "1"));
    sum = sum ? c.build.binary(BinOp::add, sum, one) : one;
  }
  if (sum) n = c.build.paren(sum);
}

/// PARSENAME('a.b.c', 1): a part of a name, counted from its end.
void read_name_part(Node*& n, Context& c) {
  const auto place = whole_number(argument(n, 1));
  if (!place || *place < 1 || *place > 4) c.refuse(n, "PARSENAME with this place has no equal");
  Node* from_end = c.build.unary("-", argument(n, 1));
  Node* part = c.build.call("SPLIT_PART", argument(n, 0), c.build.string("."), from_end);
  n = c.build.call("NULLIF", part, c.build.string(""));
}

/// The numbers in the parentheses of a type: DECIMAL(5, 2), VARCHAR(4).
std::vector<std::string_view> sizes_of(std::string_view type) {
  std::vector<std::string_view> out;
  std::size_t at = type.find('(');
  while (at != std::string_view::npos && at < type.size()) {
    const std::size_t begin = type.find_first_of("0123456789", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(type.find_first_not_of("0123456789", begin), type.size());
    out.push_back(type.substr(begin, end - begin));
    at = end;
  }
  return out;
}

/// ISNULL(x, y) has the type of x: a longer text is cut, a number loses what x has no place for.
Node* as_first(const ColumnFacts& first, Node* second, Context& c) {
  const std::vector<std::string_view> sizes = sizes_of(first.type_text);
  const ValueType t = type_of(second, c);
  if (first.type == ValueType::text && sizes.size() == 1) {
    std::size_t length = 0;
    std::from_chars(sizes[0].data(), sizes[0].data() + sizes[0].size(), length);
    const bool literal = second->is(Kind::string);
    std::size_t characters = 0;
    for (const char ch : literal ? second->text : std::string_view()) {
      characters += (static_cast<unsigned char>(ch) & 0xC0U) != 0x80U ? 1 : 0;
    }
    if (second->is(Kind::null) || (literal && characters <= length)) return second;
    return c.build.call("LEFT", second, c.build.number(sizes[0]));
  }
  if (first.type == ValueType::integer && (t == ValueType::decimal || t == ValueType::real)) {
    return c.build.cast(second, "INT");
  }
  if (first.type == ValueType::decimal && sizes.size() == 2 &&
      (t == ValueType::decimal || t == ValueType::real)) {
    Node* cast = c.build.cast(second, "DECIMAL");
    for (std::string_view size : sizes) c.build.add(cast->kids[1], c.build.number(size));
    return cast;
  }
  return second;
}

void read_isnull(Node*& n, Context& c) {
  Node* second = argument(n, 1);
  const Node* first = argument(n, 0);
  const bool column = first->is(Kind::name) || first->is(Kind::path);
  if (const ColumnFacts* facts = column ? column_facts(c, first) : nullptr) {
    second = as_first(*facts, second, c);
  }
  n = c.build.call("COALESCE", argument(n, 0), second);
}

constexpr unsigned ascii_max = 0x7F;
constexpr unsigned two_bytes_max = 0x7FF;
constexpr unsigned three_bytes_max = 0xFFFF;
constexpr unsigned unicode_max = 0x10FFFF;

/// A character in UTF-8.
std::string encoded(unsigned code) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code <= ascii_max) return {static_cast<char>(code)};
  if (code <= two_bytes_max) return {static_cast<char>(0xC0U | (code >> 6U)), tail(0)};
  if (code <= three_bytes_max) return {static_cast<char>(0xE0U | (code >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

/// Every letter that no letter and no digit stands before, as a capital.
const std::string& capitals() {
  static const std::string form = [] {
    std::string out = "LOWER(:1)";
    for (char ch = 'a'; ch <= 'z'; ++ch) {
      out = "REGEXP_REPLACE(" + out + ", '(?<![[:alnum:]])" + ch + "', '" + upper(ch) + "')";
    }
    return out;
  }();
  return form;
}

}  // namespace

bool read_code(Node*& n, std::string_view rule, Context& c) {
  if (rule == "isnull") return read_isnull(n, c), true;
  if (rule == "part_of_name") return read_name_part(n, c), true;
  if (rule == "addtime" || rule == "subtime") return read_add_time(n, rule == "subtime", c), true;
  if (rule == "in_language") return read_in_language(n, c), true;
  if (rule == "nulls" || rule == "non_nulls") return read_null_count(n, rule == "nulls", c), true;
  return false;
}

/// INTERVAL(x, a, b): how many of the values x has reached; -1 for NULL.
void read_interval_call(Node*& n, Context& c) {
  Node* values = n->kid(0);
  if (!n->text.empty() || !values || !values->is(Kind::row) || values->size < 2) return;
  Node* choice = c.build.slots(Kind::case_, 2);
  Node* x = values->kid(0);
  const auto when = [&](Node* condition, const std::string& count) {
    Node* number = c.build.number(c.build.text(count));
    c.build.add(choice, c.build.with(Kind::when, {}, condition, number));
  };
  when(c.build.binary(BinOp::is, c.build.clone(x), c.build.null()), "-1");
  for (std::uint32_t i = 1; i < values->size; ++i) {
    when(c.build.binary(BinOp::lt, c.build.clone(x), values->kid(i)), std::to_string(i - 1));
  }
  choice->kids[1] = c.build.number(c.build.text(std::to_string(values->size - 1)));
  n = choice;
}

namespace {

/// A length below zero: nothing in MySQL, and in SQLite the characters before the place.
void count_below_zero(Node* n, Context& c) {
  const auto length = whole_number(argument(n, 2));
  if (!length || *length >= 0 || c.from == c.to) return;
  Node* args = n->kid(call_slot::args);
  const auto number = [&](std::int64_t value) {
    return c.build.number(c.build.text(std::to_string(value)));
  };
  const auto place = whole_number(argument(n, 1));
  if (!c.from_is(Dialect::sqlite)) {
    args->kids[2] = number(0);
    return;
  }
  if (!place || *place < 1) c.refuse(n, "SUBSTR of so many characters before has no equal");
  const std::int64_t first = std::max<std::int64_t>(*place + *length, 1);
  args->kids[1] = number(first);
  args->kids[2] = number(*place - first);
}

}  // namespace

bool write_code(Node*& n, const std::string& name, Context& c) {
  if (name == "$SUBSTR" && argument_count(n) == 3) count_below_zero(n, c);
  if (name == "$LAST_ID" && c.from_is(Dialect::mysql) != c.to_is(Dialect::mysql)) {
    c.warn("last-id",
           "after an INSERT of several rows MySQL gives the first of their keys, others the last");
  }
  if (!c.to_is(Dialect::mysql) || argument_count(n) != 1) return false;
  Node* value = argument(n, 0);
  if (name == "INITCAP") {
    if (value->is(Kind::string) == false) {
      c.warn("case",
             "INITCAP is written for letters of ASCII: others begin no word with a capital");
    }
    Node* const holes[] = {value};
    n = fill(capitals(), c.to, holes, c.build);
    return true;
  }
  if (name != "CHR" || !value->is(Kind::number)) return false;
  const auto code = whole_number(value);
  if (!code || *code <= ascii_max || *code > unicode_max) return false;
  n = c.build.string(c.build.text(encoded(static_cast<unsigned>(*code))));
  return true;
}

}  // namespace iacdb::sql
