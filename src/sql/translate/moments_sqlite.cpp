// Moments of SQLite: text, and modifiers that follow it.

#include <string>

#include "sql/translate/moments.hpp"

namespace iacdb::sql::moments {

namespace {

/// value + count months or years as SQLite adds them: 31 January and one month is 2 or 3 March.
Node* add_months_over(Node* value, Node* count, std::string_view unit, Context& c) {
  if (unit == "YEAR") count = c.build.binary(BinOp::mul, count, c.build.number("12"));
  return c.build.call("$ADD_OVERFLOWING", value, count);
}

/// What stands after the first of a month, or of a year, does not overflow.
bool begins_month(const Node* value) {
  return is_call(value, "$DATE_TRUNC") && !same_word(argument(value, 0)->text, "DAY");
}

void concat_parts(Node* n, std::vector<Node*>& parts) {
  while (n->is(Kind::paren)) n = n->kid(0);
  if (!n->is(BinOp::concat)) return parts.push_back(n);
  concat_parts(n->kid(0), parts);
  concat_parts(n->kid(1), parts);
}

/// '+' || n || ' days': a count that the row gives.
Node* counted_modifier(Node* value, Node* m, Context& c) {
  std::vector<Node*> parts;
  concat_parts(m, parts);
  bool minus = false;
  if (parts.size() > 2 && parts[0]->is(Kind::string)) {
    minus = parts[0]->text == "-";
    if (!minus && parts[0]->text != "+" && !parts[0]->text.empty()) parts.clear();
    if (!parts.empty()) parts.erase(parts.begin());
  }
  const Node* word = parts.size() == 2 && parts[1]->is(Kind::string) ? parts[1] : nullptr;
  const std::size_t begin = word ? word->text.find_first_not_of(' ') : std::string_view::npos;
  const std::string_view unit =
      begin == std::string_view::npos ? std::string_view() : unit_of(word->text.substr(begin));
  if (unit.empty()) c.refuse(m, "a date modifier that is not a literal has no equal");
  Node* count = parts[0];
  if (count->is(Kind::cast) && value_type_of(count->kid(1), c.from) == ValueType::text) {
    count = count->kid(0);
  }
  if (!count->is(Kind::name) && !count->is(Kind::path) && !count->is(Kind::number)) {
    count = c.build.paren(count);
  }
  if (minus) count = negative(c, count);
  if ((unit == "MONTH" || unit == "YEAR") && !begins_month(value)) {
    return add_months_over(value, count, unit, c);
  }
  return add(c, value, count, unit);
}

/// One modifier of SQLite's date functions.
Node* sqlite_modifier(Node* value, Node* m, Context& c) {
  if (!m->is(Kind::string)) return counted_modifier(value, m, c);
  const std::string_view t = m->text;
  std::vector<Part> parts;
  if (t == "start of month" || t == "start of year" || t == "start of day") {
    return c.build.call("$DATE_TRUNC", c.build.string(unit_of(t.substr(9))), value);
  }
  if (t.starts_with("weekday ") && t.size() == 9) {
    Node* ahead =
        c.build.binary(BinOp::sub, c.build.number(c.build.text(std::to_string(t[8] - '0' + 7))),
                       c.build.with(Kind::extract, "DOW", c.build.clone(value)));
    Node* days = c.build.call("$MOD", c.build.paren(ahead), c.build.number("7"));
    return add(c, value, c.build.cast(days, "INTEGER"), "DAY");
  }
  if (t == "unixepoch") return c.build.call("$FROM_EPOCH_UTC", value);
  if (!interval_parts(t, parts) || parts.size() != 1) {
    c.refuse(m, "this date modifier has no equal");
  }
  const bool minus = parts[0].count[0] == '-';
  Node* count = c.build.number(parts[0].count.substr(minus || parts[0].count[0] == '+' ? 1 : 0));
  const bool months = parts[0].unit == "MONTH" || parts[0].unit == "YEAR";
  if (months && !begins_month(value)) {
    return add_months_over(value, minus ? negative(c, count) : count, parts[0].unit, c);
  }
  return add(c, value, minus ? negative(c, count) : count, parts[0].unit);
}

}  // namespace

void read_sqlite(Node*& n, Context& c) {
  Node* args = n->kid(call_slot::args);
  const auto is = [&](std::string_view name) { return same_word(n->text, name); };
  const std::uint32_t first = is("STRFTIME") ? 1 : 0;
  if (is("STRFTIME") && args->size == 0) return;
  const bool now = args->size <= first ||
                   (args->kid(first)->is(Kind::string) && same_word(args->kid(first)->text, "now"));
  Node* value = now ? c.build.call("$UTC") : args->kid(first);
  const bool column = value->is(Kind::name) || value->is(Kind::path);
  if (column && !is("DATE") && !is("JULIANDAY")) value = typed(value, ValueType::timestamp, c);
  if (!now && args->size > first + 1) {  // A time alone is one of the year 2000.
    const bool clock = value->is(Kind::string) && value->text.find('-') == std::string_view::npos &&
                       value->text.find(':') != std::string_view::npos;
    if (clock)
      value = c.build.string(c.build.text("2000-01-01 " + std::string(value->text)));
    else if (sql::type_of(value, c) == ValueType::time)
      value = c.build.call("$AT_CLOCK", value);
  }
  for (std::uint32_t i = first + 1; i < args->size; ++i)
    value = sqlite_modifier(value, args->kids[i], c);
  const bool plain = args->size <= first + 1;
  if (is("DATE")) {
    n = now && plain ? c.build.call("$TODAY") : c.build.call("$DATE", value);
  } else if (is("DATETIME")) {
    n = c.build.call("$MOMENT", value);
  } else if (is("JULIANDAY")) {
    n = c.build.call("$JULIANDAY", value);
  } else {
    Node* mask = is("TIME") ? c.build.string("%H:%M:%S") : args->kid(0);
    n = c.build.call("$FORMAT_TIME", value, mask);
  }
}

}  // namespace iacdb::sql::moments
