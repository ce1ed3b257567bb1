// Casts whose result differs: rounding or cutting to an integer, and text cut to a length.

#include <algorithm>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool cuts_fractions(Dialect d) {
  return d == Dialect::tsql || d == Dialect::sqlite;
}

/// CAST(x AS DECIMAL): of no places, but in PostgreSQL and Oracle.
bool is_whole(const Node* value, const Context& c) {
  if (!value->is(Kind::cast) || !value->kid(1) || !value->kid(1)->is(Kind::type)) return false;
  const Node* type = value->kid(1);
  const bool places_default = c.from_is(Dialect::tsql) || c.from_is(Dialect::mysql);
  return places_default && type->size < 2 &&
         (same_word(type->text, "DECIMAL") || same_word(type->text, "NUMERIC"));
}

/// MySQL and SQLite read the digits that a text begins with, and 0 where there are none.
void leading_digits(Node*& value, Context& c) {
  constexpr std::string_view digits = "0123456789";
  if (value->is(Kind::string)) {
    std::string_view t = value->text;
    t.remove_prefix(std::min(t.find_first_not_of(" \t\n\r"), t.size()));
    const std::size_t sign = t.starts_with('-') || t.starts_with('+') ? 1 : 0;
    const std::size_t end = std::min(t.find_first_not_of(digits, sign), t.size());
    const bool whole = end > sign && end == t.size();
    if (!whole) value = c.build.string(end > sign ? t.substr(0, end) : std::string_view("0"));
    return;
  }
  static constexpr std::string_view form =
      "COALESCE(SUBSTRING(:1 FROM '^\\s*[-+]?[0-9]+'), LEFT(:1, 0) || '0')";
  Node* const holes[] = {value};
  value = fill(form, Dialect::postgres, holes, c.build);
}

void to_integer(Node* n, Context& c) {
  Node*& value = n->kids[0];
  const ValueType t = type_of(value, c);
  const bool lenient = c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite);
  if (t == ValueType::text && lenient && c.to_is(Dialect::postgres)) {
    return leading_digits(value, c);
  }
  if (cuts_fractions(c.from) == cuts_fractions(c.to)) return;
  if (t == ValueType::unknown && (value->is(Kind::name) || value->is(Kind::path))) {
    c.warn("cast-rounding",
           "a fraction is cut by one of the two databases and rounded by the other");
  }
  if (t != ValueType::decimal && t != ValueType::real) return;
  if (is_whole(value, c)) return;
  if (is_call(value, "TRUNC") || is_call(value, "ROUND") || is_call(value, "FLOOR") ||
      is_call(value, "CEIL")) {
    return;
  }
  value = c.build.call(cuts_fractions(c.from) ? "TRUNC" : "ROUND", value);
}

bool is_decimal_name(std::string_view name) {
  return same_word(name, "DECIMAL") || same_word(name, "NUMERIC") || same_word(name, "DEC") ||
         same_word(name, "NUMBER");
}

/// SQLite keeps every place of a DECIMAL: the cast itself has to round.
void to_decimal(Node*& n, Context& c) {
  const Node* type = n->kid(1);
  const bool places_default = c.from_is(Dialect::tsql) || c.from_is(Dialect::mysql);
  if (!c.to_is(Dialect::sqlite) || c.from_is(Dialect::sqlite)) return;
  if (type->size == 0 && !places_default) return;
  if (type_of(n->kid(0), c) == ValueType::integer) return;
  Node* places = type->size == 2 ? c.build.clone(type->kid(1)) : c.build.number("0");
  if (!places->is(Kind::number)) return;
  if (places->text == "0") {
    n = c.build.cast(c.build.call("ROUND", n->kid(0)), "INTEGER");
  } else {
    n = c.build.call("ROUND", n->kid(0), places);
  }
  n->flags |= flag::done;
}

/// CAST(x AS CHAR(n)) where the source has blanks behind x and the target has not.
bool filled_up(const Node* cast, const Context& c) {
  const Node* type = cast->kid(1);
  const bool fills = c.from_is(Dialect::tsql) || c.from_is(Dialect::oracle);
  const bool trims = c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite) ||
                     c.to_is(Dialect::postgres);  // which drops them in || and LENGTH
  return fills && trims && type->size == 1 && type->kid(0)->is(Kind::number) &&
         (same_word(type->text, "CHAR") || same_word(type->text, "NCHAR")) &&
         type_of(cast->kid(0), c) == ValueType::text;
}

/// CAST(-1 AS UNSIGNED) is 2^64 - 1 in MySQL.
void without_sign(Node* cast, Context& c) {
  const auto number = whole_number(cast->kid(0));
  if (!number || *number >= 0) return;
  if (c.to_is(Dialect::sqlite)) c.refuse(cast, "SQLite has no integers beyond 2^63");
  const std::uint64_t wrapped = static_cast<std::uint64_t>(*number);
  cast->kids[0] = c.build.number(c.build.text(std::to_string(wrapped)));
}

}  // namespace

void pass_casts(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::cast) || n->has(flag::done) || n->text == "USING" || !n->kid(1)) return;
    Node* type = n->kid(1);
    if (!type->is(Kind::type)) return;
    if (same_word(type->text, "UNSIGNED") && c.from != c.to) without_sign(n, c);
    const ValueType to = value_type_of(type, c.from);
    if (to == ValueType::json && !c.to_is(Dialect::postgres)) {
      n = n->kid(0);  // JSON is text there
      return;
    }
    const bool digits = is_decimal_name(type->text);
    if (digits) return to_decimal(n, c);  // DECIMAL(p, 0) rounds, where INTEGER may cut.
    if (to == ValueType::integer) return to_integer(n, c);
    if (to == ValueType::bytes) return cast_to_bytes(n, c);
    if (to != ValueType::text) return;
    // CHAR(n) of MySQL's CAST is no longer than its text; SQL Server's and Oracle's is filled up.
    const bool mysql = c.from_is(Dialect::mysql) && c.to_is(Dialect::postgres);
    if (mysql) type->text = type->size == 0 ? "TEXT" : "VARCHAR";
    if (filled_up(n, c)) {
      Node* length = type->kid(0);
      n = c.build.call("RPAD", n->kid(0), length);
      return;
    }
    const ValueType held = type_of(n->kid(0), c);
    const bool column = n->kid(0)->is(Kind::name) || n->kid(0)->is(Kind::path);
    const bool text = held == ValueType::text || (held == ValueType::unknown && column);
    const bool counted = (is_number(held) || is_moment(held) || held == ValueType::unknown) &&
                         (c.from_is(Dialect::postgres) || c.from_is(Dialect::mysql));
    const bool cut = type->size == 1 && type->kid(0)->is(Kind::number) &&
                     c.to_is(Dialect::sqlite) && (text || counted);
    n->kids[0] =
        c.to_is(Dialect::sqlite) ? text_of_decimal(n->kid(0), c) : text_of_number(n->kid(0), c);
    if (!cut) return;
    Node* length = type->kid(0);
    type->size = 0;
    type->text = "TEXT";
    n = c.build.call("SUBSTR", n->kid(0), c.build.number("1"), length);
    n->flags |= flag::done;
  });
}

}  // namespace iacdb::sql
