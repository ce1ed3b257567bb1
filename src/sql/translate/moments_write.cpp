// Date arithmetic in the target's words.

#include <string>

#include "sql/translate/masks.hpp"
#include "sql/translate/moments.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

using namespace moments;

namespace {

/// A date too becomes a moment: DATE_TRUNC of a date would answer in the session's zone.
Node* as_timestamp(Node* n, Context& c) {
  const bool column = n->is(Kind::name) || n->is(Kind::path);
  // A DATE of Oracle may have become a date without time.
  const bool day = n->is(Kind::cast) && n->has(flag::done) && n->kid(1)->text == "DATE";
  if (!day && type_of(n, c) == ValueType::timestamp && !(column && c.from_is(Dialect::oracle))) {
    return n;
  }
  Node* made = c.build.cast(n, "TIMESTAMP");
  made->flags |= flag::done;
  return made;
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
          c.build.call("DATE_TRUNC", c.build.string(unit_node->text), as_timestamp(value, c));
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
  if (f == "YEAR_MONTH" && !c.to_is(Dialect::mysql)) {
    Node* month = extract(c.build.with(Kind::extract, "MONTH", c.build.clone(n->kid(0))), c);
    n->text = "YEAR";
    Node* year = c.build.binary(BinOp::mul, extract(n, c), c.build.number("100"));
    return c.build.paren(c.build.binary(BinOp::add, year, month));
  }
  switch (c.to) {
    case Dialect::postgres:
      n->kids[0] = typed(n->kid(0), moment_type(n->kid(0), c), c);
      return keep();
    case Dialect::mysql:
      if (f == "ISOYEAR") return form("(YEARWEEK(:1, 3) DIV 100)");
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
          {"ISOYEAR", "CAST(STRFTIME('%Y', DATE(:1, '-3 days', 'weekday 4')) AS INTEGER)"},
          {"WEEK", "((STRFTIME('%j', DATE(:1, '-3 days', 'weekday 4')) - 1) / 7 + 1)"}};
      for (const auto& [name, text] : codes) {
        if (name == f) return form(text);
      }
      break;
    }
    case Dialect::tsql:
      if (f == "DOY") n->text = "DAYOFYEAR";
      if (f == "DOW") return form("(DATEPART(WEEKDAY, :1) - 1)");
      if (f == "ISODOW") return form("((DATEPART(WEEKDAY, :1) + 5) % 7 + 1)");
      if (f == "WEEK") n->text = "ISO_WEEK";
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

/// A name of a month or day.
Node* moment_word(Node* n, std::string_view mark, Context& c) {
  const auto mask = read_mask(mark, Dialect::mysql);
  Node* made = mask ? write_mask(*mask, argument_of(n, 0), c) : nullptr;
  if (!made) c.refuse(n, "the name of a day or month has no equal");
  return made;
}

/// EOMONTH does not look at the time; Oracle's LAST_DAY keeps it, MySQL's reads it. PostgreSQL's
/// form casts to a date itself.
void day_of_last_day(Node* n, Context& c) {
  Node*& value = n->kid(call_slot::args)->kids[0];
  const ValueType type = type_of(value, c);
  const bool casts = value->is(Kind::cast) && value->kid(1) && value->kid(1)->text == "DATE";
  if (c.to_is(Dialect::postgres) && casts) value = value->kid(0);
  if (!c.from_is(Dialect::tsql) || type == ValueType::date) return;
  if (c.to_is(Dialect::mysql)) {
    value = c.build.call("DATE", value);
  } else if (c.to_is(Dialect::oracle) && type != ValueType::text) {
    value = c.build.call("TRUNC", value);
  } else {
    return;
  }
  value->flags |= flag::done;
}

}  // namespace

bool write_moment(Node*& n, const std::string& name, Context& c) {
  if (name == "$ADD") {
    n = write_add(n, c);
  } else if (name == "$ADD_MONTHS") {
    n = add_months(n, c);
  } else if (name == "$ADD_OVERFLOWING") {
    n = add_overflowing(n, c);
  } else if (name == "$SECONDS_BETWEEN") {
    n = seconds_between(n, c);
  } else if (name == "$DAY_NAME" || name == "$MONTH_NAME") {
    n = moment_word(n, name == "$DAY_NAME" ? "%W" : "%M", c);
  } else if (name == "$SPAN") {
    c.refuse(n, "the difference of two timestamps is an interval, which has no equal");
  } else if (name == "$DIFF") {
    n = whole_units(n, c);
  } else if (name == "$DATE_TRUNC") {
    n = date_trunc(n, c);
  } else if (name == "$LAST_DAY") {
    day_of_last_day(n, c);
    return false;
  } else if (name == "$TIME" && c.to_is(Dialect::postgres) && argument_of(n, 0)->is(Kind::string) &&
             argument_of(n, 0)->text.find('-') == std::string_view::npos) {
    n = c.build.cast(argument_of(n, 0), "TIME");
    n->flags |= flag::done;
  } else if (name == "$MOMENT" && c.to_is(Dialect::sqlite)) {
    n = c.build.call("DATETIME", argument_of(n, 0));
    n->flags |= flag::done;
  } else if (name == "$MOMENT") {
    n = c.build.cast(argument_of(n, 0), c.to_is(Dialect::mysql)  ? "DATETIME"
                                        : c.to_is(Dialect::tsql) ? "DATETIME2"
                                                                 : "TIMESTAMP");
    n->flags |= flag::done;
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
  } else if (name == "$FORMAT_NUMBER") {
    n = write_decimals(n, c);
  } else if (name.starts_with("$PARSE_")) {
    n = write_parse(n, name == "$PARSE_MOMENT", c);
  } else {
    return false;
  }
  return true;
}

void pass_write_moments(Context& c) {
  Node* none = nullptr;
  rewrite_tree(c.build.made(Kind::call) ? c.statement : none, [&](Node*& n) {
    if (is_call(n, "$DIFF_BOUNDS"))
      n = boundaries(n, c);
    else if (is_call(n, "$DATE_PART"))
      n = date_part(n, c);
  });
  if (!c.build.made(Kind::extract) && !c.build.made(Kind::interval)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::extract) && !n->has(flag::done)) n = extract(n, c);
    if (n->is(Kind::interval) && !n->has(flag::done) &&
        (c.to_is(Dialect::sqlite) || c.to_is(Dialect::tsql))) {
      c.refuse(n, "an interval that is a value of its own has no equal");
    }
  });
}

}  // namespace iacdb::sql
