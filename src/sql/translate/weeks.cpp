#include "sql/translate/weeks.hpp"

#include "sql/translate/masks.hpp"
#include "sql/translate/moments.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {
namespace weeks {
namespace {

Node* part(std::string_view unit, const Node* moment, Context& c) {
  Node* extract = c.build.with(Kind::extract, unit, c.build.clone(moment));
  if (!c.to_is(Dialect::postgres)) return extract;
  extract = c.build.cast(extract, "INTEGER");  // it is a decimal there
  extract->flags |= flag::done;
  return extract;
}

Node* sum(Node* n, int count, Context& c) {
  if (count == 0) return n;
  const BinOp op = count > 0 ? BinOp::add : BinOp::sub;
  return c.build.binary(
      op, n,
      c.build.number(std::string_view("0123456789")
                         .substr(static_cast<std::size_t>(count > 0 ? count : -count), 1)));
}

/// How many days a moment is after the first day of its week; `first`: 1 is Monday.
Node* days_after(int first, const Node* moment, Context& c) {
  if (first == 7) return part("DOW", moment, c);
  Node* days = sum(part("ISODOW", moment, c), first == 1 ? -1 : 7 - first, c);
  if (first == 1) return days;
  return c.build.binary(BinOp::mod, c.build.paren(days), c.build.number("7"));
}

/// (day of the year + count - days after) / 7, as integers divide.
Node* sevenths(int count, int first, const Node* moment, Context& c) {
  Node* days = c.build.binary(BinOp::sub, sum(part("DOY", moment, c), count, c),
                              c.build.paren(days_after(first, moment, c)));
  return c.build.binary(BinOp::int_div, c.build.paren(days), c.build.number("7"));
}

int first_day(const Node* place, Context& c, const char* what) {
  const auto first = static_cast<int>(c.options.policies.week_start);
  if (first == 0 && c.from_is(Dialect::tsql)) {
    c.warn("week-start", std::string(what) +
                             " counts weeks from Sunday on, as DATEFIRST 7 does; the policy "
                             "week-start says otherwise");
    return static_cast<int>(WeekStart::sunday);
  }
  if (first == 0) {
    c.refuse(place, std::string(what) +
                        " counts weeks as the session is set; say how by the "
                        "policy week-start");
  }
  return first;
}

}  // namespace

Node* day_number(const Node* place, Node* moment, Context& c) {
  auto first = static_cast<int>(c.options.policies.week_start);
  if (first == 0) {
    first = 7;
    c.warn("week-start",
           (c.from_is(Dialect::tsql) ? "DATEPART(weekday) is counted from Sunday = 1, as DATEFIRST "
                                       "7 does"
                                     : "days of the week are counted from Sunday = 1") +
               std::string("; the policy week-start says otherwise"));
  }
  static_cast<void>(place);
  if (first == 7) {
    return c.build.paren(c.build.binary(BinOp::add, c.build.with(Kind::extract, "DOW", moment),
                                        c.build.number("1")));
  }
  return c.build.paren(sum(days_after(first, moment, c), 1, c));
}

Node* of_year(const Node* place, Node* moment, Context& c) {
  const int first = first_day(place, c, "DATEPART(week)");
  return c.build.paren(sum(sevenths(5, first, moment, c), 1, c));
}

Node* begin(const Node* place, Node* moment, Context& c) {
  const int first =
      first_day(place, c, c.from_is(Dialect::tsql) ? "DATETRUNC(week)" : "this mask of TRUNC");
  if (first == 1) return c.build.call("$DATE_TRUNC", c.build.string("WEEK"), moment);
  Node* after = c.build.paren(days_after(first, moment, c));
  Node* day = c.build.call("$DATE_TRUNC", c.build.string("DAY"), moment);
  return moments::add(c, day, moments::negative(c, after), "DAY");
}

/// Source: "WEEK()" of MySQL 8.0. Modes 0 and 5 count from the first Sunday or Monday on, 4 and 1
/// from the first such week that has four days of the year; 3 is ISO.
Node* by_mode(const Node* call, Context& c) {
  std::string_view mode;
  if (argument_count(call) == 2) {
    if (argument(call, 1)->is(Kind::number)) mode = argument(call, 1)->text;
  } else if (c.options.policies.week_start == WeekStart::sunday ||
             c.options.policies.week_start == WeekStart::session) {
    mode = "0";
    if (c.options.policies.week_start == WeekStart::session) {
      c.warn("week-start", "weeks are counted by mode 0, as default_week_format is at first");
    }
  }
  Node* moment = argument(call, 0);
  if (mode == "3") return c.build.with(Kind::extract, "WEEK", moment);
  const bool first = mode == "0" || mode == "5";
  if (!first && mode != "1" && mode != "4") {
    c.refuse(call,
             "WEEK of mysql counts by a mode of its own; use WEEKOFYEAR, or mode 0, 1, 3, 4 "
             "or 5");
  }
  const bool sunday = mode == "0" || mode == "4";
  return c.build.paren(sevenths(first ? 6 : 9, sunday ? 7 : 1, moment, c));
}

}  // namespace weeks

/// TO_CHAR(x, 'D') of Oracle is the number of a day by NLS_TERRITORY; of PostgreSQL from Sunday on.
void pass_weeks(Context& c) {
  if (!c.from_is(Dialect::oracle) && !c.to_is(Dialect::oracle)) return;
  const bool reads = c.from_is(Dialect::oracle);
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!is_call(n, "$FORMAT_TIME") || argument_count(n) != 2) return;
    const Node* text = argument(n, 1);
    if (!text->is(Kind::string)) return;
    const auto mask = read_mask(text->text, c.from);
    if (!mask) return;
    for (const MaskPiece& piece : *mask) {
      if (!piece.element || mask_text({piece}, Dialect::oracle) != "D") continue;
      const WeekStart first = c.options.policies.week_start;
      const bool sunday = first == WeekStart::session || first == WeekStart::sunday;
      if (mask->size() > 1 && (!reads || !sunday)) {
        c.refuse(n, "a mask with the number of a weekday among others has no equal");
      }
      Node* number =
          reads ? weeks::day_number(n, argument(n, 0), c)
                : c.build.binary(BinOp::add, c.build.with(Kind::extract, "DOW", argument(n, 0)),
                                 c.build.number("1"));
      if (mask->size() == 1) n = c.build.call("$TO_TEXT", number);
      return;
    }
  });
}

}  // namespace iacdb::sql
