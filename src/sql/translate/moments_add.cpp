// Moments moved by a count of units.

#include <charconv>
#include <cmath>
#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/moments.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql::moments {

namespace {

bool whole_days(std::string_view unit) {
  return unit == "DAY" || unit == "WEEK" || unit == "MONTH" || unit == "QUARTER" || unit == "YEAR";
}

}  // namespace

ValueType moment_type(const Node* n, Context& c) {
  if (n->is(Kind::string)) return n->text.size() == 10 ? ValueType::date : ValueType::timestamp;
  if (is_call(n, "$ADD") || is_call(n, "$MOMENT")) {
    const ValueType inner = moment_type(argument_of(n, 0), c);
    if (is_call(n, "$MOMENT")) return ValueType::timestamp;
    if (inner == ValueType::date && !whole_days(argument_of(n, 2)->text))
      return ValueType::timestamp;
    return inner;
  }
  return type_of(n, c);
}

Node* typed(Node* n, ValueType t, Context& c) {
  const bool text = n->is(Kind::string) || type_of(n, c) == ValueType::text;
  if (!text || c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite)) return n;
  const bool date = t == ValueType::date && n->is(Kind::string);
  Node* made = c.build.cast(n, date ? "DATE" : c.to_is(Dialect::tsql) ? "DATETIME2" : "TIMESTAMP");
  made->flags |= flag::done;
  return made;
}

namespace {

bool is_minus(const Node* n) {
  return n->is(Kind::unary) && n->text == "-";
}
bool is_number(const Node* n) {
  return (is_minus(n) ? n->kid(0) : n)->is(Kind::number);
}

Node* sqlite_add(Node* moment, Node* count, std::string_view unit, ValueType type, Context& c) {
  std::string_view factor;
  if (unit == "WEEK") factor = "7", unit = "DAY";
  if (unit == "QUARTER") factor = "3", unit = "MONTH";
  if (unit == "MICROSECOND" || unit == "MILLISECOND") c.refuse(moment, "sub-second arithmetic");
  const auto modifier = [&](int extra) -> Node* {
    if (const auto whole = whole_number(count)) {
      const std::int64_t n = *whole * (factor.empty() ? 1 : factor[0] - '0') + extra;
      std::string m = (n >= 0 ? "+" : "") + std::to_string(n) + " ";
      for (char ch : unit) m += lower(ch);
      return c.build.string(c.build.text(m));
    }
    Node* n = c.build.paren(c.build.clone(count));
    if (!factor.empty()) n = c.build.paren(c.build.binary(BinOp::mul, n, c.build.number(factor)));
    if (extra) n = c.build.paren(c.build.binary(BinOp::add, n, c.build.number("1")));
    std::string m = " ";
    for (char ch : unit) m += lower(ch);
    return c.build.binary(BinOp::concat, n, c.build.string(c.build.text(m)));
  };
  const bool months = unit == "MONTH" || unit == "YEAR";
  if (!months) {
    Node* as_date = c.build.call("DATE", moment, modifier(0));
    Node* as_moment = c.build.call("DATETIME", c.build.clone(moment), modifier(0));
    as_date->flags |= flag::done;
    as_moment->flags |= flag::done;
    if (type == ValueType::date && whole_days(unit)) return as_date;
    if (!whole_days(unit)) return as_moment;
    if (moment->is(Kind::call) && !moment->is(Kind::name)) return as_moment;
    Node* const holes[] = {moment, as_date, as_moment};
    return fill("CASE WHEN LENGTH(:1) = 10 THEN :2 ELSE :3 END", c.to, holes, c.build);
  }
  if (unit == "YEAR") {  // as months, so that 29 February is clipped
    unit = "MONTH";
    if (const auto years = whole_number(count)) {
      count = c.build.number(c.build.text(std::to_string(std::abs(*years) * 12)));
      if (*years < 0) count = c.build.unary("-", count);
    } else {
      count = c.build.binary(BinOp::mul, c.build.paren(count), c.build.number("12"));
    }
  }
  // sqlite overflows into the next month: the earlier of that and the month's last day.
  Node* const holes[] = {moment, modifier(0), modifier(1)};
  if (type == ValueType::date) {
    return fill("MIN(DATE(:1, :2), DATE(:1, 'start of month', :3, '-1 day'))", c.to, holes,
                c.build);
  }
  return fill("(MIN(DATE(:1, :2), DATE(:1, 'start of month', :3, '-1 day')) || SUBSTR(:1, 11))",
              c.to, holes, c.build);
}

Node* postgres_add(Node* moment, Node* count, std::string_view unit, ValueType type, Context& c) {
  std::string_view factor;
  if (unit == "QUARTER") factor = "3 MONTH";
  Node* interval = nullptr;
  moment = typed(moment, type, c);
  const bool minus = is_minus(count) && is_number(count);
  if (is_number(count) && factor.empty()) {
    const Node* const number = minus ? count->kid(0) : count;
    const std::string whole = std::string(number->text) + " " + std::string(unit);
    interval = c.build.with(Kind::interval, {}, c.build.string(c.build.text(whole)),
                            static_cast<Node*>(nullptr));
  } else if (const auto quarters = whole_number(count)) {
    const std::string months = std::to_string(*quarters * 3) + " MONTH";
    interval = c.build.with(Kind::interval, {}, c.build.string(c.build.text(months)),
                            static_cast<Node*>(nullptr));
  } else {
    const std::string one = factor.empty() ? "1 " + std::string(unit) : std::string(factor);
    Node* unit_interval = c.build.with(Kind::interval, {}, c.build.string(c.build.text(one)),
                                       static_cast<Node*>(nullptr));
    interval = c.build.binary(BinOp::mul, c.build.paren(count), unit_interval);
  }
  Node* sum = c.build.binary(minus && factor.empty() ? BinOp::sub : BinOp::add, moment, interval);
  if (type == ValueType::date && whole_days(unit)) {
    Node* date = c.build.cast(sum, "DATE");
    date->flags |= flag::done;
    return date;
  }
  return c.build.paren(sum);
}

/// A literal count with a part: MySQL rounds it and SQL Server cuts it off, but MySQL keeps parts
/// of a second; PostgreSQL and Oracle know parts of every unit.
Node* whole_count(Node* count, std::string_view unit, Context& c) {
  const bool minus = is_minus(count);
  const std::string_view digits = (minus ? count->kid(0) : count)->text;
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  constexpr double most = 1e15;
  if (read.ec != std::errc() || read.ptr != end || value >= most) {
    c.refuse(count, "a count of units of time that is no number of up to 15 digits");
  }
  if (c.from == Dialect::tsql || (c.from == Dialect::mysql && unit != "SECOND")) {
    value = c.from == Dialect::tsql ? std::trunc(value) : std::round(value);
    Node* whole = c.build.number(c.build.text(std::to_string(static_cast<std::int64_t>(value))));
    return minus ? c.build.unary("-", whole) : whole;
  }
  const bool keeps = c.to_is(Dialect::postgres) ||
                     (unit == "SECOND" && (c.to_is(Dialect::mysql) || c.to_is(Dialect::oracle)));
  if (!keeps) c.refuse(count, "a part of a unit of time");
  return count;
}

}  // namespace

Node* write_add(Node* n, Context& c) {
  Node* moment = argument_of(n, 0);
  Node* count = argument_of(n, 1);
  const std::string_view unit = argument_of(n, 2)->text;
  const ValueType type = moment_type(moment, c);
  if (is_number(count) && !whole_number(count)) count = whole_count(count, unit, c);
  const bool minus = is_minus(count) && is_number(count);
  const bool clock = sql::type_of(moment, c) == ValueType::time;  // it begins again at midnight
  if (clock && c.to_is(Dialect::sqlite)) {
    Node* made = c.build.call("TIME", sqlite_add(moment, count, unit, type, c));
    made->flags |= flag::done;
    return made;
  }
  if (clock && c.to_is(Dialect::mysql) && !c.from_is(Dialect::mysql)) {
    Node* const holes[] = {moment};
    n->kid(call_slot::args)->kids[0] = fill("TIMESTAMP('2000-01-01', :1)", c.to, holes, c.build);
    Node* made = c.build.call("TIME", write_add(n, c));
    made->flags |= flag::done;
    return made;
  }
  switch (c.to) {
    case Dialect::sqlite:
      return sqlite_add(moment, count, unit, type, c);
    case Dialect::postgres:
      return postgres_add(moment, count, unit, type, c);
    case Dialect::mysql: {
      Node* amount = minus ? count->kid(0) : count;
      Node* interval = c.build.with(Kind::interval, unit, amount, static_cast<Node*>(nullptr));
      if (argument_count(n) == 4) {
        return c.build.binary(minus ? BinOp::sub : BinOp::add, moment, interval);
      }
      Node* made = c.build.call(minus ? "DATE_SUB" : "DATE_ADD", moment, interval);
      made->flags |= flag::done;
      return made;
    }
    case Dialect::tsql: {
      Node* made = c.build.call("DATEADD", c.build.name(unit), count, typed(moment, type, c));
      made->flags |= flag::done;
      return made;
    }
    case Dialect::oracle:
      break;
  }
  moment = typed(moment, type, c);
  if (unit == "DAY") {
    return minus ? c.build.binary(BinOp::sub, moment, count->kid(0))
                 : c.build.binary(BinOp::add, moment, count);
  }
  if (unit == "WEEK") {
    return c.build.binary(BinOp::add, moment,
                          c.build.binary(BinOp::mul, c.build.number("7"), count));
  }
  if (unit == "MONTH" || unit == "YEAR" || unit == "QUARTER") {
    Node* months = unit == "MONTH" ? count
                                   : c.build.binary(BinOp::mul, count,
                                                    c.build.number(unit == "YEAR" ? "12" : "3"));
    return c.build.call("ADD_MONTHS", moment, months);
  }
  Node* made = c.build.call("NUMTODSINTERVAL", count, c.build.string(unit));
  made->flags |= flag::done;
  return c.build.binary(BinOp::add, moment, made);
}

}  // namespace iacdb::sql::moments
