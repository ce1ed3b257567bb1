// Date arithmetic of the sources, read as $ADD(moment, count, UNIT), $DIFF(UNIT, from, to) in whole
// units, $DIFF_BOUNDS(UNIT, from, to) in boundaries crossed, and $DATE_TRUNC('unit', moment).

#include <charconv>

#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// The unit behind a name or abbreviation of any dialect; empty when unknown.
std::string_view unit_of(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> units[] = {
      {"year", "YEAR"},
      {"years", "YEAR"},
      {"yy", "YEAR"},
      {"yyyy", "YEAR"},
      {"yr", "YEAR"},
      {"quarter", "QUARTER"},
      {"qq", "QUARTER"},
      {"q", "QUARTER"},
      {"month", "MONTH"},
      {"months", "MONTH"},
      {"mon", "MONTH"},
      {"mm", "MONTH"},
      {"m", "MONTH"},
      {"week", "WEEK"},
      {"weeks", "WEEK"},
      {"wk", "WEEK"},
      {"ww", "WEEK"},
      {"day", "DAY"},
      {"days", "DAY"},
      {"dd", "DAY"},
      {"d", "DAY"},
      {"hour", "HOUR"},
      {"hours", "HOUR"},
      {"hh", "HOUR"},
      {"hh24", "HOUR"},
      {"h", "HOUR"},
      {"minute", "MINUTE"},
      {"minutes", "MINUTE"},
      {"mi", "MINUTE"},
      {"n", "MINUTE"},
      {"min", "MINUTE"},
      {"mins", "MINUTE"},
      {"second", "SECOND"},
      {"seconds", "SECOND"},
      {"ss", "SECOND"},
      {"s", "SECOND"},
      {"sec", "SECOND"},
      {"secs", "SECOND"},
      {"millisecond", "MILLISECOND"},
      {"ms", "MILLISECOND"},
      {"microsecond", "MICROSECOND"},
      {"mcs", "MICROSECOND"},
  };
  for (const auto& [name, unit] : units) {
    if (same_word(name, word)) return unit;
  }
  return {};
}

Node* add(Context& c, Node* moment, Node* count, std::string_view unit) {
  Node* n = c.build.call("$ADD", moment, count, c.build.name(unit));
  n->position = moment->position;
  return n;
}

Node* negative(Context& c, Node* n) {
  if (n->is(Kind::unary) && n->text == "-") return n->kid(0);
  return c.build.unary("-", n->is(Kind::number) ? n : c.build.paren(n));
}

/// '1 year 2 days', '-3 hours', '1 day 02:03:04' in parts; false when it holds anything else.
struct Part {
  std::string_view count;
  std::string_view unit;
};
bool interval_parts(std::string_view text, std::vector<Part>& parts) {
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(" ");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    std::size_t end = text.find_first_not_of("+-0123456789.");
    if (end == 0 || end == std::string_view::npos) return false;
    const std::string_view count = text.substr(0, end);
    text.remove_prefix(end);
    const std::size_t word = text.find_first_not_of(" ");
    if (word == std::string_view::npos) return false;
    text.remove_prefix(word);
    end = std::min(text.find(' '), text.size());
    const std::string_view unit = unit_of(text.substr(0, end));
    if (unit.empty() || text.substr(0, end) == "ago") return false;
    parts.push_back({count, unit});
    text.remove_prefix(end);
  }
  return !parts.empty();
}

/// moment + or - an interval node.
Node* add_interval(Context& c, Node* moment, Node* interval, bool subtract) {
  Node* amount = interval->kid(0);
  if (interval->kid(1) || interval->text.find('_') != std::string_view::npos) {
    c.refuse(interval, "an interval of two units has no equal");
  }
  if (!interval->text.empty()) {
    if (amount->is(Kind::string)) {
      const std::string_view t = amount->text;
      const bool number =
          !t.empty() && t.find_first_not_of("+-0123456789.") == std::string_view::npos;
      if (!number) c.refuse(interval, "this interval literal is not read");
      const bool minus = t[0] == '-';
      amount = c.build.number(t.substr(minus || t[0] == '+' ? 1 : 0));
      subtract = subtract != minus;
    }
    return add(c, moment, subtract ? negative(c, amount) : amount, interval->text);
  }
  std::vector<Part> parts;
  if (!amount->is(Kind::string) || !interval_parts(amount->text, parts)) {
    c.refuse(interval, "this interval literal is not read");
  }
  for (const Part& p : parts) {
    const bool minus = p.count[0] == '-';
    Node* count = c.build.number(p.count.substr(minus || p.count[0] == '+' ? 1 : 0));
    moment = add(c, moment, minus != subtract ? negative(c, count) : count, p.unit);
  }
  return moment;
}

/// moment + MAKE_INTERVAL(years => 1, days => n)
Node* add_made_interval(Context& c, Node* moment, Node* call, bool subtract) {
  for (Node* a : *call->kid(call_slot::args)) {
    if (!a->is(Kind::named_argument))
      c.refuse(a, "MAKE_INTERVAL with arguments that are not named");
    std::string_view unit = unit_of(a->text);
    if (unit.empty()) c.refuse(a, "this argument of MAKE_INTERVAL");
    moment = add(c, moment, subtract ? negative(c, a->kid(0)) : a->kid(0), unit);
  }
  return moment;
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
  if (is_moment(a) && is_number(b)) {
    if (right->is(Kind::binary) && c.from_is(Dialect::oracle)) {
      c.refuse(n, "a fraction of a day added to a date has no equal here; add an interval");
    }
    n = add(c, left, subtract ? negative(c, right) : right, "DAY");
  } else if (is_number(a) && is_moment(b) && !subtract) {
    n = add(c, right, left, "DAY");
  } else if (subtract && is_moment(a) && is_moment(b)) {
    const bool days = (a == ValueType::date && b == ValueType::date);
    if (days)
      n = c.build.call("$DAYS_BETWEEN", left, right);
    else if (c.from_is(Dialect::oracle))
      n = c.build.call("$DAY_FRACTION", left, right);
    else
      c.refuse(n, "the difference of two timestamps is an interval, which has no equal");
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
  } else if (args->size == 1 && is("WEEK")) {
    c.refuse(n, "WEEK of mysql counts by a mode of its own; use WEEKOFYEAR");
  }
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
    n = add(c, args->kid(2), args->kid(1), unit);
  } else if ((is("DATEDIFF") || is("DATEDIFF_BIG")) && args->size == 3) {
    known();
    n = c.build.call("$DIFF_BOUNDS", c.build.name(unit), args->kid(1), args->kid(2));
  } else if (is("DATEPART") && args->size == 2) {
    const std::string_view part = last_name(args->kid(0));
    Node* value = args->kid(1);
    if (same_word(part, "dw") || same_word(part, "weekday")) {
      c.warn("week-start", "DATEPART(weekday) is counted from Sunday = 1, as DATEFIRST 7 does");
      n = c.build.paren(c.build.binary(BinOp::add, c.build.with(Kind::extract, "DOW", value),
                                       c.build.number("1")));
    } else if (same_word(part, "dy") || same_word(part, "dayofyear") || same_word(part, "y")) {
      n = c.build.with(Kind::extract, "DOY", value);
    } else if (same_word(part, "iso_week") || same_word(part, "isowk")) {
      n = c.build.with(Kind::extract, "WEEK", value);
    } else {
      known();
      if (unit == "WEEK") c.refuse(n, "DATEPART(week) counts by DATEFIRST; use iso_week");
      n = c.build.with(Kind::extract, unit, value);
    }
  } else if (is("DATENAME")) {
    c.refuse(n, "DATENAME depends on the session's language");
  } else if ((is("DATETRUNC") || is("DATE_TRUNC")) && args->size == 2) {
    const Node* u = args->kid(0);
    const std::string_view word = u->is(Kind::string) ? unit_of(u->text) : unit;
    if (word.empty()) c.refuse(n, "this date part has no equal");
    n = c.build.call("$DATE_TRUNC", c.build.string(word), args->kid(1));
  }
}

/// Oracle's TRUNC is of numbers and of dates; the mask tells, or the type.
void read_oracle_call(Node*& n, Context& c) {
  Node* args = n->kid(call_slot::args);
  if (!same_word(n->text, "TRUNC") || args->size == 0) return;
  const bool moment = is_moment(type_of(args->kid(0), c));
  if (args->size == 1) {
    if (moment)
      n = c.build.call("$DATE_TRUNC", c.build.string("DAY"), args->kid(0));
    else
      n->text = "TRUNC", n->flags |= flag::done;
    return;
  }
  if (!args->kid(1)->is(Kind::string)) {
    n->flags |= flag::done;
    return;
  }
  const std::string_view mask = args->kid(1)->text;
  std::string_view unit = unit_of(mask);
  if (same_word(mask, "DDD") || same_word(mask, "J")) unit = "DAY";
  if (same_word(mask, "IW")) unit = "WEEK";
  if (same_word(mask, "YYY") || same_word(mask, "SYYYY") || same_word(mask, "Y")) unit = "YEAR";
  if (same_word(mask, "RM") || same_word(mask, "MON")) unit = "MONTH";
  const bool sunday = same_word(mask, "D") || same_word(mask, "DY") || same_word(mask, "WW") ||
                      same_word(mask, "W");
  if (unit.empty() || sunday) c.refuse(n, "this mask of TRUNC has no equal");
  if (same_word(mask, "DAY") && !c.to_is(Dialect::oracle)) unit = "DAY";
  n = c.build.call("$DATE_TRUNC", c.build.string(unit), args->kid(0));
}

void sqlite_moment(Node*& n, Context& c) {
  Node* args = n->kid(call_slot::args);
  const bool date = same_word(n->text, "DATE");
  if (same_word(n->text, "TIME") && args->size > 0) c.refuse(n, "TIME of sqlite has no equal");
  const bool now =
      args->size == 0 || (args->kid(0)->is(Kind::string) && same_word(args->kid(0)->text, "now"));
  Node* value = now ? c.build.call("$UTC") : args->kid(0);
  bool plain = true;
  for (std::uint32_t i = 1; i < args->size; ++i) {
    Node* m = args->kids[i];
    if (!m->is(Kind::string)) c.refuse(m, "a date modifier that is not a literal has no equal");
    std::vector<Part> parts;
    plain = false;
    const std::string_view t = m->text;
    if (t == "start of month" || t == "start of year" || t == "start of day") {
      const std::string_view unit = unit_of(t.substr(9));
      value = c.build.call("$DATE_TRUNC", c.build.string(unit), value);
    } else if (interval_parts(t, parts) && parts.size() == 1) {
      const bool minus = parts[0].count[0] == '-';
      Node* count =
          c.build.number(parts[0].count.substr(minus || parts[0].count[0] == '+' ? 1 : 0));
      value = add(c, value, minus ? negative(c, count) : count, parts[0].unit);
    } else if (t == "unixepoch") {
      value = c.build.call("$FROM_EPOCH", value);
    } else {
      c.refuse(m, "this date modifier has no equal");
    }
  }
  if (date && now && plain)
    n = c.build.call("$TODAY");
  else if (date)
    n = c.build.call("$DATE", value);
  else
    n = c.build.call("$MOMENT", value);
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

}  // namespace

void pass_read_moments(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::path) || n->is(Kind::item) || n->is(Kind::column) || n->is(Kind::table)) return;
    if (n->is(Kind::binary)) return read_binary(n, c);
    if (n->is(Kind::name)) return;
    if (!n->is(Kind::call) || n->kid(call_slot::path) || n->has(flag::quoted)) return;
    if (c.from_is(Dialect::mysql)) read_mysql_call(n, c);
    if (c.from_is(Dialect::tsql)) read_tsql_call(n, c);
    if (c.from_is(Dialect::oracle)) read_oracle_call(n, c);
    if (c.from_is(Dialect::sqlite) &&
        (same_word(n->text, "DATE") || same_word(n->text, "DATETIME"))) {
      sqlite_moment(n, c);
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
