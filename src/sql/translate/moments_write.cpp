// Date arithmetic in the target's words.

#include <string>

#include "sql/translate/masks.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

Node* argument_of(const Node* call, std::size_t i) {
  return call->kid(call_slot::args)->kid(i);
}

bool whole_days(std::string_view unit) {
  return unit == "DAY" || unit == "WEEK" || unit == "MONTH" || unit == "QUARTER" || unit == "YEAR";
}

/// A text literal of ten characters is a date, a longer one a moment.
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

/// A literal text gets its type, which PostgreSQL and others need.
Node* typed(Node* n, ValueType t, Context& c) {
  if (!n->is(Kind::string)) return n;
  return c.build.cast(n, t == ValueType::date ? "DATE" : "TIMESTAMP");
}

bool counted(const Node* n, std::string& text) {
  const bool minus = n->is(Kind::unary) && n->text == "-";
  const Node* number = minus ? n->kid(0) : n;
  if (!number->is(Kind::number)) return false;
  text = (minus ? "-" : "") + std::string(number->text);
  return true;
}

Node* sqlite_add(Node* moment, Node* count, std::string_view unit, ValueType type, Context& c) {
  std::string_view factor;
  if (unit == "WEEK") factor = "7", unit = "DAY";
  if (unit == "QUARTER") factor = "3", unit = "MONTH";
  if (unit == "MICROSECOND" || unit == "MILLISECOND") c.refuse(moment, "sub-second arithmetic");
  std::string text;
  const auto modifier = [&](int extra) -> Node* {
    if (counted(count, text)) {
      const long long n = std::stoll(text) * (factor.empty() ? 1 : factor[0] - '0') + extra;
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
    if (type == ValueType::timestamp || !whole_days(unit)) return as_moment;
    Node* const holes[] = {moment, as_date, as_moment};
    return fill("CASE WHEN LENGTH(:1) = 10 THEN :2 ELSE :3 END", c.to, holes, c.build);
  }
  if (unit == "YEAR") {  // as months, so that 29 February is clipped
    unit = "MONTH";
    if (!counted(count, text))
      count = c.build.binary(BinOp::mul, c.build.paren(count), c.build.number("12"));
    else
      count = c.build.number(c.build.text(std::to_string(std::stoll(text) * 12)));
    if (count->is(Kind::number) && count->text[0] == '-') {
      count = c.build.unary("-", c.build.number(count->text.substr(1)));
    }
  }
  // sqlite overflows into the next month: the earlier of that and the month's last day.
  Node* const holes[] = {moment, modifier(0), modifier(1)};
  if (type == ValueType::date) {
    return fill("MIN(DATE(:1, :2), DATE(:1, 'start of month', :3, '-1 day'))", c.to, holes,
                c.build);
  }
  if (type == ValueType::timestamp) {
    return fill("(MIN(DATE(:1, :2), DATE(:1, 'start of month', :3, '-1 day')) || ' ' || TIME(:1))",
                c.to, holes, c.build);
  }
  return fill(
      "(MIN(DATE(:1, :2), DATE(:1, 'start of month', :3, '-1 day')) || CASE WHEN LENGTH(:1) "
      "= 10 THEN '' ELSE ' ' || TIME(:1) END)",
      c.to, holes, c.build);
}

Node* postgres_add(Node* moment, Node* count, std::string_view unit, ValueType type, Context& c) {
  std::string_view factor;
  if (unit == "QUARTER") factor = "3 MONTH";
  std::string text;
  Node* interval = nullptr;
  moment = typed(moment, type, c);
  const bool number = counted(count, text);
  const bool minus = number && text[0] == '-';
  if (number && factor.empty()) {
    const std::string whole = text.substr(minus ? 1 : 0) + " " + std::string(unit);
    interval = c.build.with(Kind::interval, {}, c.build.string(c.build.text(whole)),
                            static_cast<Node*>(nullptr));
  } else {
    const std::string one = factor.empty() ? "1 " + std::string(unit) : std::string(factor);
    Node* unit_interval = c.build.with(Kind::interval, {}, c.build.string(c.build.text(one)),
                                       static_cast<Node*>(nullptr));
    interval = c.build.binary(BinOp::mul, c.build.paren(count), unit_interval);
  }
  Node* sum = c.build.binary(minus && factor.empty() ? BinOp::sub : BinOp::add, moment, interval);
  if (type == ValueType::date && whole_days(unit)) return c.build.cast(sum, "DATE");
  return c.build.paren(sum);
}

Node* add(Node* n, Context& c) {
  Node* moment = argument_of(n, 0);
  Node* count = argument_of(n, 1);
  const std::string_view unit = argument_of(n, 2)->text;
  const ValueType type = moment_type(moment, c);
  std::string text;
  const bool minus = counted(count, text) && text[0] == '-';
  switch (c.to) {
    case Dialect::sqlite:
      return sqlite_add(moment, count, unit, type, c);
    case Dialect::postgres:
      return postgres_add(moment, count, unit, type, c);
    case Dialect::mysql: {
      Node* amount = minus ? count->kid(0) : count;
      Node* interval = c.build.with(Kind::interval, unit, amount, static_cast<Node*>(nullptr));
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

std::string_view seconds_of(std::string_view unit) {
  if (unit == "SECOND") return "1";
  if (unit == "MINUTE") return "60";
  if (unit == "HOUR") return "3600";
  if (unit == "DAY") return "86400";
  if (unit == "WEEK") return "604800";
  return {};
}

/// Whole units between two moments, cut towards zero, as TIMESTAMPDIFF counts.
Node* whole_units(Node* n, Context& c) {
  const std::string_view unit = argument_of(n, 0)->text;
  Node* from = argument_of(n, 1);
  Node* to = argument_of(n, 2);
  if (c.to_is(Dialect::mysql)) {
    Node* made = c.build.call("TIMESTAMPDIFF", c.build.name(unit), from, to);
    made->flags |= flag::done;
    return made;
  }
  const std::string_view seconds = seconds_of(unit);
  Node* const holes[] = {from, to, c.build.number(seconds)};
  Node* const months[] = {from, to,
                          c.build.number(unit == "YEAR"      ? "12"
                                         : unit == "QUARTER" ? "3"
                                                             : "1")};
  if (c.to_is(Dialect::postgres)) {
    if (!seconds.empty()) {
      return fill(
          "CAST(TRUNC(EXTRACT(EPOCH FROM CAST(:2 AS TIMESTAMP) - CAST(:1 AS TIMESTAMP)) / "
          ":3) AS BIGINT)",
          c.to, holes, c.build);
    }
    return fill(
        "CAST(TRUNC((EXTRACT(YEAR FROM AGE(CAST(:2 AS TIMESTAMP), CAST(:1 AS TIMESTAMP))) * "
        "12 + EXTRACT(MONTH FROM AGE(CAST(:2 AS TIMESTAMP), CAST(:1 AS TIMESTAMP)))) / :3) "
        "AS BIGINT)",
        c.to, months, c.build);
  }
  if (c.to_is(Dialect::sqlite)) {
    if (!seconds.empty()) {
      return fill("((STRFTIME('%s', :2) - STRFTIME('%s', :1)) / :3)", c.to, holes, c.build);
    }
    return fill(
        "(((STRFTIME('%Y', :2) - STRFTIME('%Y', :1)) * 12 + STRFTIME('%m', :2) - "
        "STRFTIME('%m', :1) - CASE WHEN :1 <= :2 AND STRFTIME('%d %H:%M:%S', :2) < "
        "STRFTIME('%d %H:%M:%S', :1) THEN 1 WHEN :1 > :2 AND STRFTIME('%d %H:%M:%S', :2) > "
        "STRFTIME('%d %H:%M:%S', :1) THEN -1 ELSE 0 END) / :3)",
        c.to, months, c.build);
  }
  c.refuse(n, "TIMESTAMPDIFF has no equal in " + std::string(to_string(c.to)));
}

/// Boundaries crossed, as DATEDIFF of SQL Server counts.
Node* boundaries(Node* n, Context& c) {
  const std::string_view unit = argument_of(n, 0)->text;
  Node* from = argument_of(n, 1);
  Node* to = argument_of(n, 2);
  if (c.to_is(Dialect::tsql)) {
    Node* made = c.build.call("DATEDIFF", c.build.name(unit), from, to);
    made->flags |= flag::done;
    return made;
  }
  if (unit == "DAY") return c.build.call("$DAYS_BETWEEN", to, from);
  const auto part = [&](std::string_view field, Node* m) {
    const bool literal = m->is(Kind::string) && !c.to_is(Dialect::sqlite);
    Node* value = c.build.clone(m);
    if (literal) value = c.build.cast(value, c.to_is(Dialect::mysql) ? "DATETIME" : "TIMESTAMP");
    return c.build.with(Kind::extract, field, value);
  };
  Node* years = c.build.paren(c.build.binary(BinOp::sub, part("YEAR", to), part("YEAR", from)));
  if (unit == "YEAR") return years;
  if (unit == "MONTH" || unit == "QUARTER") {
    Node* scaled = c.build.binary(BinOp::mul, years, c.build.number(unit == "MONTH" ? "12" : "4"));
    Node* sum = c.build.binary(BinOp::add, scaled, part(unit, to));
    return c.build.paren(c.build.binary(BinOp::sub, sum, part(unit, from)));
  }
  const std::string_view seconds = seconds_of(unit);
  if (seconds.empty() || unit == "WEEK") c.refuse(n, "DATEDIFF of this unit has no equal");
  Node* const holes[] = {from, to, c.build.number(seconds)};
  switch (c.to) {
    case Dialect::postgres:
      return fill(
          "CAST(FLOOR(EXTRACT(EPOCH FROM CAST(:2 AS TIMESTAMP)) / :3) - FLOOR(EXTRACT(EPOCH "
          "FROM CAST(:1 AS TIMESTAMP)) / :3) AS BIGINT)",
          c.to, holes, c.build);
    case Dialect::mysql:
      return fill(
          "(FLOOR(TIMESTAMPDIFF(SECOND, '1970-01-01', :2) / :3) - "
          "FLOOR(TIMESTAMPDIFF(SECOND, '1970-01-01', :1) / :3))",
          c.to, holes, c.build);
    case Dialect::sqlite:
      return fill("(STRFTIME('%s', :2) / :3 - STRFTIME('%s', :1) / :3)", c.to, holes, c.build);
    default:
      c.refuse(n, "DATEDIFF of this unit has no equal");
  }
}

Node* date_trunc(Node* n, Context& c) {
  Node* unit_node = argument_of(n, 0);
  Node* value = argument_of(n, 1);
  if (!unit_node->is(Kind::string)) c.refuse(n, "a date part that is not a literal");
  std::string unit(unit_node->text);
  for (char& ch : unit) ch = upper(ch);
  const ValueType type = moment_type(value, c);
  Node* const holes[] = {value};
  const auto form = [&](std::string_view text) { return fill(text, c.to, holes, c.build); };
  switch (c.to) {
    case Dialect::postgres: {
      Node* made =
          c.build.call("DATE_TRUNC", c.build.string(unit_node->text), typed(value, type, c));
      made->flags |= flag::done;
      return made;
    }
    case Dialect::oracle: {
      static constexpr std::pair<std::string_view, std::string_view> masks[] = {
          {"YEAR", "YEAR"}, {"QUARTER", "Q"}, {"MONTH", "MONTH"},  {"WEEK", "IW"},
          {"DAY", "DD"},    {"HOUR", "HOUR"}, {"MINUTE", "MINUTE"}};
      for (const auto& [name, mask] : masks) {
        if (name != unit) continue;
        Node* made = c.build.call("TRUNC", typed(value, type, c), c.build.string(mask));
        made->flags |= flag::done;
        return made;
      }
      break;
    }
    case Dialect::tsql: {
      Node* made = c.build.call("DATE_TRUNC", c.build.string(unit_node->text), value);
      made->flags |= flag::done;
      if (c.options.target_version != 0 && c.options.target_version < 2022) break;
      made->text = "DATETRUNC";
      made->kid(call_slot::args)->kids[0] = c.build.name(unit_node->text);
      return made;
    }
    case Dialect::mysql:
      if (unit == "YEAR") return form("CAST(DATE_FORMAT(:1, '%Y-01-01') AS DATETIME)");
      if (unit == "MONTH") return form("CAST(DATE_FORMAT(:1, '%Y-%m-01') AS DATETIME)");
      if (unit == "DAY") return form("CAST(DATE(:1) AS DATETIME)");
      if (unit == "HOUR") return form("CAST(DATE_FORMAT(:1, '%Y-%m-%d %H:00:00') AS DATETIME)");
      if (unit == "MINUTE") return form("CAST(DATE_FORMAT(:1, '%Y-%m-%d %H:%i:00') AS DATETIME)");
      if (unit == "SECOND") return form("CAST(DATE_FORMAT(:1, '%Y-%m-%d %H:%i:%s') AS DATETIME)");
      if (unit == "WEEK") {
        return form("CAST(DATE_SUB(DATE(:1), INTERVAL WEEKDAY(:1) DAY) AS DATETIME)");
      }
      if (unit == "QUARTER") {
        return form(
            "CAST(DATE_ADD(MAKEDATE(YEAR(:1), 1), INTERVAL QUARTER(:1) - 1 QUARTER) AS "
            "DATETIME)");
      }
      break;
    case Dialect::sqlite:
      if (unit == "YEAR") return form("DATETIME(:1, 'start of year')");
      if (unit == "MONTH") return form("DATETIME(:1, 'start of month')");
      if (unit == "DAY") return form("DATETIME(:1, 'start of day')");
      if (unit == "HOUR") return form("STRFTIME('%Y-%m-%d %H:00:00', :1)");
      if (unit == "MINUTE") return form("STRFTIME('%Y-%m-%d %H:%M:00', :1)");
      if (unit == "SECOND") return form("DATETIME(:1)");
      if (unit == "WEEK") return form("DATETIME(:1, 'start of day', 'weekday 0', '-6 days')");
      if (unit == "QUARTER") {
        return form(
            "DATETIME(:1, 'start of month', '-' || ((STRFTIME('%m', :1) - 1) % 3) || ' "
            "months')");
      }
      break;
  }
  c.refuse(n, "truncation to " + unit + " has no equal in " + std::string(to_string(c.to)));
}

Node* extract(Node* n, Context& c) {
  const std::string_view f = n->text;
  Node* const holes[] = {n->kid(0)};
  const auto form = [&](std::string_view text) { return fill(text, c.to, holes, c.build); };
  const auto keep = [&]() -> Node* { return n; };
  if (f == "EPOCH") return c.build.call("$EPOCH", n->kid(0));
  switch (c.to) {
    case Dialect::postgres:
      if (n->kid(0)->is(Kind::string)) n->kids[0] = typed(n->kid(0), moment_type(n->kid(0), c), c);
      return keep();
    case Dialect::mysql:
      if (f == "DOY") return form("DAYOFYEAR(:1)");
      if (f == "DOW") return form("(DAYOFWEEK(:1) - 1)");
      if (f == "ISODOW") return form("(WEEKDAY(:1) + 1)");
      if (f == "WEEK") return form("WEEKOFYEAR(:1)");
      if (f == "YEAR" || f == "MONTH" || f == "DAY" || f == "HOUR" || f == "MINUTE" ||
          f == "SECOND" || f == "QUARTER" || f == "MICROSECOND") {
        return keep();
      }
      break;
    case Dialect::sqlite: {
      static constexpr std::pair<std::string_view, std::string_view> codes[] = {
          {"YEAR", "CAST(STRFTIME('%Y', :1) AS INTEGER)"},
          {"MONTH", "CAST(STRFTIME('%m', :1) AS INTEGER)"},
          {"DAY", "CAST(STRFTIME('%d', :1) AS INTEGER)"},
          {"HOUR", "CAST(STRFTIME('%H', :1) AS INTEGER)"},
          {"MINUTE", "CAST(STRFTIME('%M', :1) AS INTEGER)"},
          {"SECOND", "CAST(STRFTIME('%S', :1) AS INTEGER)"},
          {"DOY", "CAST(STRFTIME('%j', :1) AS INTEGER)"},
          {"DOW", "CAST(STRFTIME('%w', :1) AS INTEGER)"},
          {"ISODOW", "((STRFTIME('%w', :1) + 6) % 7 + 1)"},
          {"QUARTER", "((STRFTIME('%m', :1) + 2) / 3)"},
          {"WEEK", "((STRFTIME('%j', DATE(:1, '-3 days', 'weekday 4')) - 1) / 7 + 1)"}};
      for (const auto& [name, text] : codes) {
        if (name == f) return form(text);
      }
      break;
    }
    case Dialect::tsql:
      if (f == "DOY") n->text = "DAYOFYEAR";
      if (f == "DOW") return form("(DATEPART(WEEKDAY, :1) - 1)");
      if (f == "WEEK") n->text = "ISO_WEEK";
      if (f == "ISODOW") break;
      return keep();
    case Dialect::oracle:
      if (f == "QUARTER") return form("TO_NUMBER(TO_CHAR(:1, 'Q'))");
      if (f == "DOY") return form("TO_NUMBER(TO_CHAR(:1, 'DDD'))");
      if (f == "WEEK") return form("TO_NUMBER(TO_CHAR(:1, 'IW'))");
      if (f == "ISODOW") return form("(TRUNC(:1) - TRUNC(:1, 'IW') + 1)");
      if (f == "DOW") return form("MOD(TRUNC(:1) - TRUNC(:1, 'IW') + 1, 7)");
      return keep();
  }
  c.refuse(n, "EXTRACT of " + std::string(f) + " has no equal in " + std::string(to_string(c.to)));
}

Node* date_part(Node* n, Context& c) {
  Node* field = argument_of(n, 0);
  if (!field->is(Kind::string)) c.refuse(n, "a date part that is not a literal");
  std::string upper_field(field->text);
  for (char& ch : upper_field) ch = upper(ch);
  return c.build.with(Kind::extract, c.build.text(upper_field), argument_of(n, 1));
}

Node* months_between(Node* n, Context& c) {
  Node* const holes[] = {argument_of(n, 0), argument_of(n, 1)};
  if (c.to_is(Dialect::oracle)) return fill("MONTHS_BETWEEN(:1, :2)", c.to, holes, c.build);
  c.lose(n, "months-between", "MONTHS_BETWEEN gives fractions by rules of its own");
  Node* const turned[] = {c.build.name("MONTH"), holes[1], holes[0]};
  return whole_units(c.build.call("$DIFF", turned[0], turned[1], turned[2]), c);
}

}  // namespace

bool write_moment(Node*& n, const std::string& name, Context& c) {
  if (name == "$ADD") {
    n = add(n, c);
  } else if (name == "$ADD_MONTHS") {
    if (c.to_is(Dialect::oracle)) {
      n = c.build.call("ADD_MONTHS", argument_of(n, 0), argument_of(n, 1));
    } else {
      Node* sum = c.build.call("$ADD", argument_of(n, 0), argument_of(n, 1), c.build.name("MONTH"));
      c.warn("month-end", "ADD_MONTHS keeps the last day of a month; here the day is clipped only");
      n = add(sum, c);
    }
  } else if (name == "$DIFF") {
    n = whole_units(n, c);
  } else if (name == "$DATE_TRUNC") {
    n = date_trunc(n, c);
  } else if (name == "$MOMENT") {
    n = c.build.cast(argument_of(n, 0), c.to_is(Dialect::mysql) ? "DATETIME" : "TIMESTAMP");
  } else if (name == "$MONTHS_BETWEEN") {
    n = months_between(n, c);
  } else if (name == "$DAY_FRACTION") {
    Node* const holes[] = {argument_of(n, 0), argument_of(n, 1)};
    static constexpr std::string_view forms[] = {
        "(JULIANDAY(:1) - JULIANDAY(:2))",
        "(EXTRACT(EPOCH FROM CAST(:1 AS TIMESTAMP) - CAST(:2 AS TIMESTAMP)) / 86400)",
        "(TIMESTAMPDIFF(SECOND, :2, :1) / 86400)", "(DATEDIFF_BIG(SECOND, :2, :1) / 86400.0)",
        "(:1 - :2)"};
    n = fill(forms[static_cast<std::size_t>(c.to)], c.to, holes, c.build);
  } else if (name == "$FORMAT_TIME") {
    n = write_format(n, c);
  } else if (name.starts_with("$PARSE_")) {
    n = write_parse(n, name == "$PARSE_MOMENT", c);
  } else {
    return false;
  }
  return true;
}

void pass_write_moments(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (is_call(n, "$DIFF_BOUNDS"))
      n = boundaries(n, c);
    else if (is_call(n, "$DATE_PART"))
      n = date_part(n, c);
  });
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::extract)) n = extract(n, c);
    if (n->is(Kind::interval) && (c.to_is(Dialect::sqlite) || c.to_is(Dialect::tsql))) {
      c.refuse(n, "an interval that is a value of its own has no equal");
    }
  });
}

}  // namespace iacdb::sql
