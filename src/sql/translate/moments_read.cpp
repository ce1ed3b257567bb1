// Date arithmetic of the sources, read as $ADD(moment, count, UNIT), or $ADD(.., UNIT, SUM) where
// it was a sum, $DIFF(UNIT, from, to) in whole units, $DIFF_BOUNDS(UNIT, from, to) in boundaries
// crossed, and $DATE_TRUNC('unit', moment).

#include <charconv>
#include <cmath>
#include <optional>

#include "sql/translate/moments.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"
#include "sql/translate/weeks.hpp"

namespace iacdb::sql {

using namespace moments;

namespace {

/// moment + MAKE_INTERVAL(years => 1, days => n)
Node* add_made_interval(Context& c, Node* moment, Node* call, bool subtract) {
  for (Node* a : *call->kid(call_slot::args)) {
    if (!a->is(Kind::named_argument))
      c.refuse(a, "MAKE_INTERVAL with arguments that are not named");
    std::string_view unit = unit_of(a->text);
    if (unit.empty()) c.refuse(a, "this argument of MAKE_INTERVAL");
    moment = add(c, moment, subtract ? negative(c, a->kid(0)) : a->kid(0), unit);
    // A sum, as it was written, where a function would do as well.
    c.build.add(moment->kid(call_slot::args), c.build.name("SUM"));
  }
  return moment;
}

/// The value of 0.5 or 1 / 24 in seconds of a day; nothing for anything that is not constant.
std::optional<double> constant_days(const Node* n) {
  if (n->is(Kind::paren)) return constant_days(n->kid(0));
  if (n->is(Kind::number)) {
    double value = 0;
    std::from_chars(n->text.data(), n->text.data() + n->text.size(), value);
    return value;
  }
  if (n->is(BinOp::div) || n->is(BinOp::mul)) {
    const auto a = constant_days(n->kid(0));
    const auto b = constant_days(n->kid(1));
    if (!a || !b || (n->is(BinOp::div) && *b == 0)) return std::nullopt;
    return n->is(BinOp::div) ? *a / *b : *a * *b;
  }
  return std::nullopt;
}

/// moment + days, where Oracle takes fractions of a day.
Node* add_days(Context& c, Node* moment, Node* days, bool subtract) {
  const auto constant = constant_days(days);
  const ValueType t = type_of(days, c);
  if (constant && *constant != std::floor(*constant)) {
    const auto seconds = static_cast<std::int64_t>(std::llround(*constant * 86400));
    Node* count = c.build.number(c.build.text(std::to_string(seconds)));
    return add(c, moment, subtract ? negative(c, count) : count, "SECOND");
  }
  const bool fraction = !constant && (t == ValueType::decimal || t == ValueType::real);
  if (fraction && c.from_is(Dialect::oracle)) {
    Node* seconds = c.build.call(
        "ROUND", c.build.binary(BinOp::mul, c.build.paren(days), c.build.number("86400")));
    return add(c, moment, subtract ? negative(c, seconds) : seconds, "SECOND");
  }
  while (days->is(Kind::paren)) days = days->kid(0);
  return add(c, moment, subtract ? negative(c, days) : days, "DAY");
}

/// Words that name a moment: without the schema a sum with such a column is refused.
bool names_moment(const Node* n) {
  std::string name(last_name(n));
  for (char& ch : name) ch = lower(ch);
  for (std::string_view word : {"date", "time", "hired", "born", "birth", "created", "updated"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return name.ends_with("_at") || name.ends_with("_on") || name == "d" || name == "dt" ||
         name == "ts" || name == "day";
}

/// d + 1 is a date or a number: the type of d decides.
void untyped(const Node* n, ValueType a, ValueType b, Context& c) {
  const bool dates = c.from_is(Dialect::oracle) || c.from_is(Dialect::postgres);
  if (!dates || (c.to_is(Dialect::oracle) && c.from_is(Dialect::postgres))) return;
  for (std::size_t i = 0; i < 2; ++i) {
    const ValueType own = i == 0 ? a : b;
    if (own != ValueType::unknown || !names_moment(n->kid(i))) continue;
    c.refuse(n,
             "the type of " + std::string(last_name(n->kid(i))) +
                 " decides what + and - mean; give the schema",
             "schema");
  }
}

void read_binary(Node*& n, Context& c) {
  if (!n->is(BinOp::add) && !n->is(BinOp::sub)) return;
  const bool subtract = n->is(BinOp::sub);
  Node* left = n->kid(0);
  Node* right = n->kid(1);
  if (right->is(Kind::interval)) {
    n = add_interval(c, left, right, subtract);
    return;
  }
  if (is_call(right, "MAKE_INTERVAL")) {
    n = add_made_interval(c, left, right, subtract);
    return;
  }
  if (left->is(Kind::interval) && !subtract) {
    n = add_interval(c, right, left, false);
    return;
  }
  const bool counted = is_call(right, "NUMTODSINTERVAL") || is_call(right, "NUMTOYMINTERVAL");
  if (counted && argument_count(right) == 2 && argument(right, 1)->is(Kind::string)) {
    const std::string_view unit = unit_of(argument(right, 1)->text);
    Node* count = argument(right, 0);
    n = add(c, left, subtract ? negative(c, count) : count, unit);
    return;
  }
  if (c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite)) return;
  // n * INTERVAL '1 day'
  const Node* product = right->is(Kind::paren) ? right->kid(0) : right;
  if (product->is(BinOp::mul)) {
    Node* a = product->kid(0);
    Node* b = product->kid(1);
    Node* interval = a->is(Kind::interval) ? a : b->is(Kind::interval) ? b : nullptr;
    if (interval) {
      std::vector<Part> parts;
      const bool worded = interval->text.empty();
      const Node* amount = interval->kid(0);
      if (worded &&
          (!interval_parts(amount->text, parts) || parts.size() != 1 || parts[0].count != "1")) {
        c.refuse(interval, "this interval literal is not read");
      }
      Node* count = interval == a ? b : a;
      n = add(c, left, subtract ? negative(c, count) : count,
              worded ? parts[0].unit : interval->text);
      return;
    }
  }
  const ValueType a = type_of(left, c);
  const ValueType b = type_of(right, c);
  const auto counts = [](ValueType t) { return is_number(t) || t == ValueType::unknown; };
  if (is_moment(a) && counts(b)) {
    n = add_days(c, left, right, subtract);
  } else if (counts(a) && is_moment(b) && !subtract) {
    n = add_days(c, right, left, false);
  } else if (subtract && is_moment(a) && is_moment(b)) {
    const bool days = (a == ValueType::date && b == ValueType::date);
    n = c.build.call(days                         ? "$DAYS_BETWEEN"
                     : c.from_is(Dialect::oracle) ? "$DAY_FRACTION"
                                                  : "$SPAN",
                     left, right);
  } else {
    untyped(n, a, b, c);
  }
}

/// EXTRACT(EPOCH FROM a - b), EXTRACT(YEAR FROM AGE(a, b)): numbers from an interval.
void read_extract(Node*& n, Context& c) {
  Node* value = n->kid(0);
  while (value->is(Kind::paren)) value = value->kid(0);
  if (is_call(value, "$SPAN") || is_call(value, "$DAY_FRACTION")) {
    Node* a = argument(value, 0);
    Node* b = argument(value, 1);
    if (n->text == "EPOCH") {
      n = c.build.call("$SECONDS_BETWEEN", a, b);
    } else if (n->text == "DAY") {
      n = c.build.call("$DIFF", c.build.name("DAY"), b, a);
    } else if (n->text == "HOUR" || n->text == "MINUTE" || n->text == "SECOND") {
      Node* whole = c.build.call("$DIFF", c.build.name(n->text), b, a);
      n = c.build.call("$MOD", whole, c.build.number(n->text == "HOUR" ? "24" : "60"));
    }
    return;
  }
  double seconds = 0;
  if (n->text == "EPOCH" && value->is(Kind::interval) && c.from_is(Dialect::postgres) &&
      !c.to_is(Dialect::postgres) && interval_seconds(value, seconds)) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", std::fabs(seconds));
    Node* number = c.build.number(c.build.text(text));
    n = seconds < 0 ? c.build.unary("-", number) : number;
    return;
  }
  if (!is_call(value, "AGE")) return;
  const bool one = argument_count(value) == 1;
  Node* a = one ? c.build.call("$TODAY") : argument(value, 0);
  Node* b = argument(value, one ? 0 : 1);
  if (n->text == "YEAR") {
    n = c.build.call("$DIFF", c.build.name("YEAR"), b, a);
  } else if (n->text == "MONTH") {
    Node* months = c.build.call("$DIFF", c.build.name("MONTH"), b, a);
    n = c.build.call("$MOD", months, c.build.number("12"));
  }
}

void read_mysql_call(Node*& n, Context& c) {
  Node* args = n->kid(call_slot::args);
  const auto is = [&](std::string_view name) { return same_word(n->text, name); };
  if (args->size == 2 && (is("DATE_ADD") || is("ADDDATE") || is("DATE_SUB") || is("SUBDATE"))) {
    const bool subtract = is("DATE_SUB") || is("SUBDATE");
    Node* amount = args->kid(1);
    if (amount->is(Kind::interval))
      n = add_interval(c, args->kid(0), amount, subtract);
    else
      n = add(c, args->kid(0), subtract ? negative(c, amount) : amount, "DAY");
  } else if (args->size == 3 && is("TIMESTAMPADD")) {
    n = add(c, args->kid(2), args->kid(1), unit_of(last_name(args->kid(0))));
  } else if (args->size == 3 && is("TIMESTAMPDIFF")) {
    n = c.build.call("$DIFF", c.build.name(unit_of(last_name(args->kid(0)))), args->kid(1),
                     args->kid(2));
  } else if (args->size == 1 && (is("DAYNAME") || is("MONTHNAME"))) {
    n->text = is("DAYNAME") ? "$DAY_NAME" : "$MONTH_NAME";
  } else if ((args->size == 1 || args->size == 2) && is("WEEK")) {
    n = weeks::by_mode(n, c);
  }
}

/// A number where a moment stands counts days from 1900-01-01.
Node* counted_day(Node* n, Context& c) {
  if (n->is(Kind::number) && n->text == "0") return c.build.string("1900-01-01");
  if (is_call(n, "$DIFF_BOUNDS") && argument(n, 0)->text == "DAY" &&
      argument(n, 1)->is(Kind::string) && argument(n, 1)->text == "1900-01-01") {
    return c.build.call("$DATE_TRUNC", c.build.string("DAY"), argument(n, 2));
  }
  const bool count =
      n->is(Kind::number) || is_call(n, "$DIFF_BOUNDS") || type_of(n, c) == ValueType::integer;
  if (count) {
    Node* epoch =
        c.build.with(Kind::typed_literal, "TIMESTAMP", c.build.string("1900-01-01 00:00:00"));
    return add(c, epoch, n, "DAY");
  }
  return n;
}

/// DATEADD(unit, DATEDIFF(unit, 0, x), 0) cuts x to the unit.
Node* truncation(const Node* args, Context& c) {
  const Node* diff = args->kid(1);
  const Node* base = args->kid(2);
  if (!is_call(diff, "$DIFF_BOUNDS") || !base->is(Kind::number) || base->text != "0")
    return nullptr;
  const std::string_view unit = argument(diff, 0)->text;
  const Node* from = argument(diff, 1);
  const bool same = unit == unit_of(last_name(args->kid(0))) && unit != "WEEK";
  if (!same || !from->is(Kind::string) || from->text != "1900-01-01") return nullptr;
  return c.build.call("$DATE_TRUNC", c.build.string(unit), argument(diff, 2));
}

void read_tsql_call(Node*& n, Context& c) {
  Node* args = n->kid(call_slot::args);
  if (args->size == 0) return;
  const auto is = [&](std::string_view name) { return same_word(n->text, name); };
  const std::string_view unit = unit_of(last_name(args->kid(0)));
  const Node* source = n;
  const auto known = [&] {
    if (unit.empty()) c.refuse(source, "this date part has no equal");
  };
  if (is("DATEADD") && args->size == 3) {
    known();
    if (Node* whole = truncation(args, c)) {
      n = whole;
      return;
    }
    args->kids[2] = counted_day(args->kid(2), c);
    n = add(c, args->kid(2), args->kid(1), unit);
  } else if ((is("DATEDIFF") || is("DATEDIFF_BIG")) && args->size == 3) {
    known();
    n = c.build.call("$DIFF_BOUNDS", c.build.name(unit), counted_day(args->kid(1), c),
                     counted_day(args->kid(2), c));
  } else if (is("DATEPART") && args->size == 2) {
    const std::string_view part = last_name(args->kid(0));
    Node* value = args->kid(1);
    if (same_word(part, "dw") || same_word(part, "weekday")) {
      n = weeks::day_number(n, value, c);
    } else if (same_word(part, "dy") || same_word(part, "dayofyear") || same_word(part, "y")) {
      n = c.build.with(Kind::extract, "DOY", value);
    } else if (same_word(part, "iso_week") || same_word(part, "isowk")) {
      n = c.build.with(Kind::extract, "WEEK", value);
    } else {
      known();
      n = unit == "WEEK" ? weeks::of_year(n, value, c) : c.build.with(Kind::extract, unit, value);
    }
  } else if (is("EOMONTH") && args->size == 2) {
    n = c.build.call("$LAST_DAY", add(c, args->kid(0), args->kid(1), "MONTH"));
  } else if (is("DATENAME") && args->size == 2) {
    const std::string_view part = last_name(args->kid(0));
    Node* value = args->kid(1);
    if (same_word(part, "dw") || same_word(part, "weekday")) {
      n = c.build.call("$DAY_NAME", value);
    } else if (unit == "MONTH") {
      n = c.build.call("$MONTH_NAME", value);
    } else {
      known();
      n = c.build.call("$TO_TEXT", unit == "WEEK" ? weeks::of_year(n, value, c)
                                                  : c.build.with(Kind::extract, unit, value));
    }
  } else if ((is("DATETRUNC") || is("DATE_TRUNC")) && args->size == 2) {
    const Node* u = args->kid(0);
    if (u->is(Kind::string) && is("DATE_TRUNC") && c.to_is(Dialect::postgres)) {
      n->flags |= flag::done;  // PostgreSQL's own function, which SQL Server does not have
      return;
    }
    const std::string_view word = u->is(Kind::string) ? unit_of(u->text) : unit;
    const std::string_view said = u->is(Kind::string) ? u->text : last_name(u);
    const bool iso = same_word(said, "iso_week") || same_word(said, "isowk");
    if (iso || (word == "WEEK" && is("DATETRUNC") && c.from_is(Dialect::tsql))) {
      n = iso ? c.build.call("$DATE_TRUNC", c.build.string("WEEK"), args->kid(1))
              : weeks::begin(n, args->kid(1), c);
      return;
    }
    if (word.empty()) c.refuse(n, "this date part has no equal");
    n = c.build.call("$DATE_TRUNC", c.build.string(word), args->kid(1));
  }
}

/// LAST_DAY gives a date elsewhere: of what is cast to DATE, the time is not looked at.
void date_of_last_day(const Node* n, const Context& c) {
  Node* value = argument(n, 0);
  if (!is_call(n, "$LAST_DAY") || !value->is(Kind::cast) || c.to_is(Dialect::sqlite)) return;
  if (value->kid(1)->text == "DATE") value->flags |= flag::done;
}

/// Oracle's LAST_DAY keeps the time of day.
void warn_of_lost_time(Node* n, Context& c) {
  if (!is_call(n, "$LAST_DAY") || c.to_is(Dialect::oracle)) return;
  Node*& value = n->kid(call_slot::args)->kids[0];
  if (is_call(value, "TRUNC") && argument_count(value) == 1) {  // Of a date, whatever its type.
    value = c.build.call("$DATE_TRUNC", c.build.string("DAY"), argument(value, 0));
  }
  const bool has_none =
      value->is(Kind::typed_literal)
          ? same_word(value->text, "DATE")
          : value->is(Kind::cast) || is_call(value, "$DATE_TRUNC") || is_call(value, "$PARSE_DATE");
  if (has_none) return;
  c.warn(
      "time-of-day",
      "LAST_DAY keeps the time of day in Oracle only, and gives a date elsewhere; LAST_DAY(TRUNC("
      "..)) says that none is meant");
}

/// ROUND of a date: to the month from its 16th day, to the year from July, to the day from noon.
void rounded_date(Node*& n, Context& c) {
  const Node* args = n->kid(call_slot::args);
  Node* value = args->size > 0 ? args->kid(0) : nullptr;
  const Node* mask = args->size == 2 ? args->kid(1) : nullptr;
  const bool masked = mask && mask->is(Kind::string);
  if (!value || c.to_is(Dialect::oracle) || (!masked && !is_moment(type_of(value, c)))) return;
  if (mask && !masked) return;
  const std::string_view word = masked ? mask->text : "DD";
  std::string_view unit = unit_of(word);
  if (same_word(word, "MON") || same_word(word, "RM")) unit = "MONTH";
  if (same_word(word, "DDD") || same_word(word, "J")) unit = "DAY";
  if (same_word(word, "SYYYY") || same_word(word, "Y")) unit = "YEAR";
  std::string_view part;
  std::string_view half;
  if (unit == "MONTH") part = "DAY", half = "16";
  if (unit == "YEAR") part = "MONTH", half = "7";
  if (unit == "DAY" && !same_word(word, "DAY") && !same_word(word, "D")) part = "HOUR", half = "12";
  if (unit == "HOUR") part = "MINUTE", half = "30";
  if (unit == "MINUTE") part = "SECOND", half = "30";
  if (part.empty()) c.refuse(n, "this mask of ROUND has no equal");
  Node* of = c.build.with(Kind::extract, part, c.build.clone(value));
  Node* late = c.build.binary(BinOp::ge, of, c.build.number(half));
  const auto start = [&](Node* moment) {
    return c.build.call("$DATE_TRUNC", c.build.string(unit), moment);
  };
  Node* next = start(add(c, c.build.clone(value), c.build.number("1"), unit));
  Node* made = c.build.slots(Kind::case_, 2);
  made->kids[1] = start(value);
  c.build.add(made, c.build.with(Kind::when, {}, late, next));
  n = made;
}

/// Oracle's TRUNC is of numbers and of dates; the mask tells, or the type.
void read_oracle_call(Node*& n, Context& c) {
  Node* args = n->kid(call_slot::args);
  date_of_last_day(n, c);
  warn_of_lost_time(n, c);
  if (same_word(n->text, "ROUND")) return rounded_date(n, c);
  if (!same_word(n->text, "TRUNC") || args->size == 0) return;
  const bool moment = is_moment(type_of(args->kid(0), c));
  if (args->size == 1) {
    if (moment)
      n = c.build.call("$DATE_TRUNC", c.build.string("DAY"), args->kid(0));
    else
      n->text = "TRUNC";
    return;
  }
  if (!args->kid(1)->is(Kind::string)) return;
  const std::string_view mask = args->kid(1)->text;
  std::string_view unit = unit_of(mask);
  if (same_word(mask, "DDD") || same_word(mask, "J")) unit = "DAY";
  if (same_word(mask, "IW")) unit = "WEEK";
  if (same_word(mask, "YYY") || same_word(mask, "SYYYY") || same_word(mask, "Y")) unit = "YEAR";
  if (same_word(mask, "RM") || same_word(mask, "MON")) unit = "MONTH";
  // DAY is the first day of the week, by NLS_TERRITORY, and no day.
  for (std::string_view m : {"D", "DY", "DAY"}) {
    if (!same_word(mask, m)) continue;
    n = weeks::begin(n, args->kid(0), c);
    return;
  }
  const bool counted = same_word(mask, "WW") || same_word(mask, "W");
  if (unit.empty() || counted) c.refuse(n, "this mask of TRUNC has no equal");
  n = c.build.call("$DATE_TRUNC", c.build.string(unit), args->kid(0));
}

void read_name(Node*& n, Context& c) {
  if (n->has(flag::quoted)) return;
  const std::string_view t = n->text;
  if (t.size() < 7) return;
  std::string_view made;
  if (same_word(t, "current_timestamp"))
    made = "$NOW";
  else if (same_word(t, "current_date"))
    made = "$TODAY";
  else if (same_word(t, "localtimestamp") && !c.from_is(Dialect::sqlite) &&
           (c.to_is(Dialect::sqlite) || c.to_is(Dialect::tsql)))
    made = "$NOW";
  else if (c.from_is(Dialect::oracle) && same_word(t, "sysdate"))
    made = "$NOW";
  else if (c.from_is(Dialect::oracle) && same_word(t, "systimestamp"))
    made = "$CLOCK";
  else if (c.from_is(Dialect::postgres) && same_word(t, "current_schema"))
    made = "$SCHEMA";
  if (!made.empty()) {
    const std::uint32_t position = n->position;
    n = c.build.call(made);
    n->position = position;
  }
}

/// x AT TIME ZONE 'UTC' of the current moment and of seconds since 1970; else only two databases
/// can say it.
void read_zone(Node*& n, Context& c) {
  if (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite)) return;
  const Node* zone = n->kid(1);
  const bool utc =
      zone->is(Kind::string) && (same_word(zone->text, "UTC") || same_word(zone->text, "Etc/UTC") ||
                                 same_word(zone->text, "GMT"));
  Node* value = n->kid(0);
  while (value->is(Kind::paren)) value = value->kid(0);
  const bool now = is_call(value, "$NOW") || is_call(value, "$CLOCK");
  if (utc && now && !c.from_is(Dialect::tsql)) {
    n = c.build.call("$UTC");
  } else if (utc && is_call(value, "$FROM_EPOCH") && c.from_is(Dialect::postgres)) {
    n = value;
    n->text = "$FROM_EPOCH_UTC";
  } else {
    c.refuse(n, "AT TIME ZONE has no equal in " + std::string(to_string(c.to)) +
                    ", which keeps no zone with a moment");
  }
}

}  // namespace

void pass_read_moments(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::path) || n->is(Kind::item) || n->is(Kind::column) || n->is(Kind::table)) return;
    if (n->is(Kind::binary)) return read_binary(n, c);
    if (n->is(Kind::extract)) return read_extract(n, c);
    if (n->is(Kind::at_time_zone)) return read_zone(n, c);
    if (n->is(Kind::name)) return;
    if (!n->is(Kind::call) || n->kid(call_slot::path) || n->has(flag::quoted)) return;
    if (c.from_is(Dialect::mysql)) read_mysql_call(n, c);
    if (c.from_is(Dialect::tsql)) read_tsql_call(n, c);
    if (c.from_is(Dialect::oracle)) read_oracle_call(n, c);
    if (c.from_is(Dialect::sqlite)) {
      for (std::string_view f : {"DATE", "DATETIME", "TIME", "STRFTIME", "JULIANDAY"}) {
        if (same_word(n->text, f)) return read_sqlite(n, c);
      }
    }
  });
}

namespace {

/// Names that are functions without parentheses, only where an expression stands.
void read_names(Node* parent, Context& c) {
  if (!parent) return;
  const bool names_only = parent->is(Kind::path) || parent->is(Kind::table) ||
                          parent->is(Kind::cte) || parent->is(Kind::assign);
  for (std::uint32_t i = 0; i < parent->size; ++i) {
    Node*& k = parent->kids[i];
    if (!k) continue;
    const bool label =
        names_only || (parent->is(Kind::item) && i == 1) || (parent->is(Kind::column) && i == 0);
    if (k->is(Kind::name)) {
      if (!label || (parent->is(Kind::assign) && i == 1)) read_name(k, c);
    } else {
      read_names(k, c);
    }
  }
}

}  // namespace

void pass_moment_names(Context& c) {
  read_names(c.statement, c);
}

}  // namespace iacdb::sql
