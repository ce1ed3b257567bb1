// What lies between two moments, and months added.

#include <string>

#include "sql/translate/moments.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql::moments {

namespace {

std::string_view seconds_of(std::string_view unit) {
  if (unit == "SECOND") return "1";
  if (unit == "MINUTE") return "60";
  if (unit == "HOUR") return "3600";
  if (unit == "DAY") return "86400";
  if (unit == "WEEK") return "604800";
  return {};
}

}  // namespace

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

namespace {

/// Sundays crossed: 1899-12-31 was one.
Node* weeks(Node* from, Node* to, Context& c) {
  Node* const holes[] = {from, to};
  switch (c.to) {
    case Dialect::postgres:
      return fill(
          "CAST(FLOOR((CAST(:2 AS DATE) - DATE '1899-12-31') / 7.0) - FLOOR((CAST(:1 AS DATE) - "
          "DATE '1899-12-31') / 7.0) AS INT)",
          c.to, holes, c.build);
    case Dialect::mysql:
      return fill("(FLOOR(DATEDIFF(:2, '1899-12-31') / 7) - FLOOR(DATEDIFF(:1, '1899-12-31') / 7))",
                  c.to, holes, c.build);
    case Dialect::sqlite:
      return fill(
          "CAST(FLOOR((JULIANDAY(DATE(:2)) - JULIANDAY('1899-12-31')) / 7) - "
          "FLOOR((JULIANDAY(DATE(:1)) - JULIANDAY('1899-12-31')) / 7) AS INTEGER)",
          c.to, holes, c.build);
    default:
      return fill(
          "(FLOOR((TRUNC(:2) - DATE '1899-12-31') / 7) - FLOOR((TRUNC(:1) - DATE '1899-12-31') / "
          "7))",
          c.to, holes, c.build);
  }
}

}  // namespace

/// Boundaries of milliseconds or microseconds crossed.
Node* fractions(Node* n, Context& c) {
  const bool milli = argument_of(n, 0)->text == "MILLISECOND";
  Node* const holes[] = {argument_of(n, 1), argument_of(n, 2),
                         c.build.number(milli ? "1000" : "1000000"),
                         c.build.number(milli ? "1000" : "1")};
  if (c.to_is(Dialect::postgres)) {
    return fill(
        "CAST(FLOOR(EXTRACT(EPOCH FROM CAST(:2 AS TIMESTAMP)) * :3) - FLOOR(EXTRACT(EPOCH FROM "
        "CAST(:1 AS TIMESTAMP)) * :3) AS BIGINT)",
        c.to, holes, c.build);
  }
  if (c.to_is(Dialect::mysql)) {
    return fill(
        "(FLOOR(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', :2) / :4) - "
        "FLOOR(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', :1) / :4))",
        c.to, holes, c.build);
  }
  if (!milli || !c.to_is(Dialect::sqlite)) c.refuse(n, "DATEDIFF of this unit has no equal");
  return fill(
      "(STRFTIME('%s', :2) * 1000 + CAST(ROUND(STRFTIME('%f', :2) * 1000) AS INTEGER) % 1000 - "
      "STRFTIME('%s', :1) * 1000 - CAST(ROUND(STRFTIME('%f', :1) * 1000) AS INTEGER) % 1000)",
      c.to, holes, c.build);
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
    Node* value = typed(c.build.clone(m), ValueType::timestamp, c);
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
  if (unit == "WEEK") return weeks(from, to, c);
  if (unit == "MILLISECOND" || unit == "MICROSECOND") return fractions(n, c);
  if (seconds.empty()) c.refuse(n, "DATEDIFF of this unit has no equal");
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

/// MONTHS_BETWEEN: whole months where the days are the same or both the last, else with 31sts.
Node* months_between(Node* n, Context& c) {
  Node* const holes[] = {typed(argument_of(n, 0), moment_type(argument_of(n, 0), c), c),
                         typed(argument_of(n, 1), moment_type(argument_of(n, 1), c), c)};
  static constexpr std::string_view forms[] = {
      "((STRFTIME('%Y', :1) - STRFTIME('%Y', :2)) * 12 + STRFTIME('%m', :1) - STRFTIME('%m', :2) + "
      "CASE WHEN STRFTIME('%d', :1) = STRFTIME('%d', :2) OR (STRFTIME('%d', :1, '+1 day') = '01' "
      "AND STRFTIME('%d', :2, '+1 day') = '01') THEN 0 ELSE (JULIANDAY(:1) - JULIANDAY(:1, 'start "
      "of month') - JULIANDAY(:2) + JULIANDAY(:2, 'start of month')) / 31.0 END)",
      "((EXTRACT(YEAR FROM :1) - EXTRACT(YEAR FROM :2)) * 12 + EXTRACT(MONTH FROM :1) - "
      "EXTRACT(MONTH FROM :2) + CASE WHEN EXTRACT(DAY FROM :1) = EXTRACT(DAY FROM :2) OR "
      "(EXTRACT(DAY FROM :1 + INTERVAL '1 DAY') = 1 AND EXTRACT(DAY FROM :2 + INTERVAL '1 DAY') = "
      "1) THEN 0 ELSE (EXTRACT(EPOCH FROM CAST(:1 AS TIMESTAMP) - DATE_TRUNC('MONTH', CAST(:1 AS "
      "TIMESTAMP))) - EXTRACT(EPOCH FROM CAST(:2 AS TIMESTAMP) - DATE_TRUNC('MONTH', CAST(:2 AS "
      "TIMESTAMP)))) / 2678400.0 END)",
      "((YEAR(:1) - YEAR(:2)) * 12 + MONTH(:1) - MONTH(:2) + CASE WHEN DAY(:1) = DAY(:2) OR "
      "(DAY(DATE_ADD(:1, INTERVAL 1 DAY)) = 1 AND DAY(DATE_ADD(:2, INTERVAL 1 DAY)) = 1) THEN 0 "
      "ELSE (DAY(:1) - DAY(:2) + (TIME_TO_SEC(TIME(:1)) - TIME_TO_SEC(TIME(:2))) / 86400.0) / 31.0 "
      "END)",
      "((YEAR(:1) - YEAR(:2)) * 12 + MONTH(:1) - MONTH(:2) + CASE WHEN DAY(:1) = DAY(:2) OR "
      "(DAY(DATEADD(DAY, 1, :1)) = 1 AND DAY(DATEADD(DAY, 1, :2)) = 1) THEN 0 ELSE (DAY(:1) - "
      "DAY(:2)) / 31.0 END)",
      "MONTHS_BETWEEN(:1, :2)"};
  return fill(forms[static_cast<std::size_t>(c.to)], c.to, holes, c.build);
}

/// ADD_MONTHS: the last day of a month stays the last day.
Node* add_months(Node* n, Context& c) {
  const bool date = moment_type(argument_of(n, 0), c) == ValueType::date;
  Node* moment = argument_of(n, 0);
  Node* count = argument_of(n, 1);
  Node* plain = write_add(
      c.build.call("$ADD", c.build.clone(moment), c.build.clone(count), c.build.name("MONTH")), c);
  Node* const holes[] = {typed(moment, ValueType::timestamp, c), count, plain};
  switch (c.to) {
    case Dialect::postgres: {
      Node* made = fill(
          "CASE WHEN EXTRACT(DAY FROM CAST(:1 AS TIMESTAMP) + INTERVAL '1 DAY') = 1 THEN "
          "DATE_TRUNC('MONTH', CAST(:1 AS TIMESTAMP)) + (:2 + 1) * INTERVAL '1 MONTH' - INTERVAL "
          "'1 DAY' + CAST(CAST(CAST(:1 AS TIMESTAMP) AS TIME) AS INTERVAL) ELSE :3 END",
          c.to, holes, c.build);
      if (!date) return made;
      made = c.build.cast(made, "DATE");
      made->flags |= flag::done;
      return made;
    }
    case Dialect::mysql:
      if (date) {
        return fill("CASE WHEN DAY(DATE_ADD(:1, INTERVAL 1 DAY)) = 1 THEN LAST_DAY(:3) ELSE :3 END",
                    c.to, holes, c.build);
      }
      return fill(
          "CASE WHEN DAY(DATE_ADD(:1, INTERVAL 1 DAY)) = 1 THEN TIMESTAMP(LAST_DAY(:3), TIME(:1)) "
          "ELSE :3 END",
          c.to, holes, c.build);
    case Dialect::sqlite:
      return fill(
          "CASE WHEN STRFTIME('%d', :1, '+1 day') = '01' THEN DATE(:3, 'start of month', '+1 "
          "month', '-1 day') || SUBSTR(:1, 11) ELSE :3 END",
          c.to, holes, c.build);
    case Dialect::tsql:
      return fill("CASE WHEN DAY(DATEADD(DAY, 1, :1)) = 1 THEN EOMONTH(:3) ELSE :3 END", c.to,
                  holes, c.build);
    case Dialect::oracle:
      break;
  }
  return c.build.call("ADD_MONTHS", moment, count);
}

/// Months of SQLite: a day that the month lacks runs over into the next.
Node* add_overflowing(Node* n, Context& c) {
  Node* const holes[] = {argument_of(n, 0), argument_of(n, 1)};
  static constexpr std::string_view forms[] = {
      "",
      "(DATE_TRUNC('MONTH', CAST(:1 AS TIMESTAMP)) + (:2) * INTERVAL '1 MONTH' + (CAST(:1 AS "
      "TIMESTAMP) - DATE_TRUNC('MONTH', CAST(:1 AS TIMESTAMP))))",
      "DATE_ADD(DATE_ADD(DATE_SUB(:1, INTERVAL DAYOFMONTH(:1) - 1 DAY), INTERVAL :2 MONTH), "
      "INTERVAL "
      "DAYOFMONTH(:1) - 1 DAY)",
      "DATEADD(DAY, DAY(:1) - 1, DATEADD(MONTH, :2, DATEADD(DAY, 1 - DAY(:1), :1)))",
      "(ADD_MONTHS(TRUNC(:1, 'MM'), :2) + (:1 - TRUNC(:1, 'MM')))"};
  return fill(forms[static_cast<std::size_t>(c.to)], c.to, holes, c.build);
}

/// The seconds between two moments, with their fraction.
Node* seconds_between(Node* n, Context& c) {
  Node* const holes[] = {argument_of(n, 0), argument_of(n, 1)};
  static constexpr std::string_view forms[] = {
      "ROUND((JULIANDAY(:1) - JULIANDAY(:2)) * 86400, 3)",
      "EXTRACT(EPOCH FROM CAST(:1 AS TIMESTAMP) - CAST(:2 AS TIMESTAMP))",
      "(TIMESTAMPDIFF(MICROSECOND, :2, :1) / 1000000)",
      "(DATEDIFF_BIG(MILLISECOND, :2, :1) / 1000.0)",
      "((CAST(:1 AS DATE) - CAST(:2 AS DATE)) * 86400)"};
  return fill(forms[static_cast<std::size_t>(c.to)], c.to, holes, c.build);
}

}  // namespace iacdb::sql::moments
