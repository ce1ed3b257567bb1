// Pieces of text: SUBSTR with its starts below one, LEFT, RIGHT, and the n-th place of a text.

#include <charconv>
#include <optional>
#include <string>

#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

Node* args_of(Node* call) {
  return call->kids[call_slot::args];
}

/// The value of an integer literal, its sign included.
std::optional<int> literal_of(const Node* n) {
  if (n->is(Kind::paren)) return literal_of(n->kid(0));
  const bool minus = n->is(Kind::unary) && n->text == "-";
  const Node* number = minus ? n->kid(0) : n;
  if (!number->is(Kind::number)) return std::nullopt;
  int value = 0;
  const char* end = number->text.data() + number->text.size();
  const auto [at, error] = std::from_chars(number->text.data(), end, value);
  if (error != std::errc() || at != end) return std::nullopt;
  return minus ? -value : value;
}

Node* number_of(int value, Context& c) {
  Node* n = c.build.number(c.build.text(std::to_string(value < 0 ? -value : value)));
  return value < 0 ? c.build.unary("-", n) : n;
}

/// A place that a search has found, or a length, is above zero in practice.
bool surely_positive(const Node* n) {
  if (n->is(Kind::paren)) return surely_positive(n->kid(0));
  if (n->is(BinOp::add)) return surely_positive(n->kid(0)) || surely_positive(n->kid(1));
  if (n->is(BinOp::sub)) return surely_positive(n->kid(0));
  if (n->is(Kind::number)) return n->text != "0";
  if (!n->is(Kind::call)) return n->is(Kind::case_);
  for (std::string_view f : {"$STRPOS", "LENGTH", "$LEN", "POSITION", "STRPOS", "INSTR", "LOCATE",
                             "CHARINDEX", "CHAR_LENGTH", "LEN"}) {
    if (same_word(n->text, f)) return true;
  }
  return false;
}

bool counts_from_end(Dialect d) {
  return d == Dialect::mysql || d == Dialect::oracle || d == Dialect::sqlite;
}

/// INSTR(x, '@') - 1 is below zero where nothing was found.
bool may_be_negative(const Node* n) {
  if (n->is(Kind::paren)) return may_be_negative(n->kid(0));
  if (n->is(BinOp::sub)) return true;
  if (n->is(BinOp::add)) return may_be_negative(n->kid(0)) || may_be_negative(n->kid(1));
  return n->is(Kind::unary) && !literal_of(n);
}

/// A count below zero is none in MySQL and Oracle, an error in PostgreSQL, and counts backwards in
/// SQLite, or in LEFT and RIGHT of PostgreSQL.
Node* no_less_than_none(Node* count, Context& c) {
  const bool none = c.from_is(Dialect::mysql) || c.from_is(Dialect::oracle) ||
                    (c.from_is(Dialect::sqlite) && c.to_is(Dialect::postgres));
  const bool minds = c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite);
  if (!none || !minds || !may_be_negative(count)) return count;
  Node* const holes[] = {count};
  const bool known = never_null(c, count);  // GREATEST passes over a NULL, MAX does not
  return fill(c.to_is(Dialect::sqlite) ? "MAX(:1, 0)"
              : known                  ? "GREATEST(:1, 0)"
                                       : "CASE WHEN :1 < 0 THEN 0 ELSE :1 END",
              c.to, holes, c.build);
}

Node* plain_substring(Node* text, Node* start, Node* count, Context& c) {
  const bool first = c.to_is(Dialect::sqlite) && literal_of(start) == 1;
  if (count && !first) count = no_less_than_none(count, c);
  Node* const holes[] = {text, start, count};
  static constexpr std::string_view two[] = {"SUBSTRING(:1, :2)", "SUBSTRING(:1 FROM :2)",
                                             "SUBSTRING(:1, :2)", "SUBSTRING(:1, :2, LEN(:1))",
                                             "SUBSTR(:1, :2)"};
  static constexpr std::string_view three[] = {
      "SUBSTRING(:1, :2, :3)", "SUBSTRING(:1 FROM :2 FOR :3)", "SUBSTRING(:1, :2, :3)",
      "SUBSTRING(:1, :2, :3)", "SUBSTR(:1, :2, :3)"};
  const auto to = static_cast<std::size_t>(c.to);
  return fill(count ? three[to] : two[to], c.to, std::span(holes, count ? 3 : 2), c.build);
}

/// PostgreSQL and SQL Server: a start below one shortens the piece.
Node* from_before(Node* text, Node* start, Node* count, Context& c) {
  const auto known = literal_of(start);
  const bool same = c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql);
  if (same || (known ? *known >= 1 : surely_positive(start))) {
    return plain_substring(text, start, count, c);
  }
  const auto length = count ? literal_of(count) : std::nullopt;
  if (known && (!count || length)) {
    Node* rest = count ? number_of(std::max(0, *length + *known - 1), c) : nullptr;
    return plain_substring(text, c.build.number("1"), rest, c);
  }
  const bool sqlite = c.to_is(Dialect::sqlite);
  Node* const holes[] = {start, count ? count : c.build.number("0")};
  Node* first = fill(sqlite ? "MAX(:1, 1)" : "GREATEST(:1, 1)", c.to, holes, c.build);
  if (!count) return plain_substring(text, first, nullptr, c);
  Node* rest = fill(sqlite ? "MAX(:2 + MIN(:1 - 1, 0), 0)" : "GREATEST(:2 + LEAST(:1 - 1, 0), 0)",
                    c.to, holes, c.build);
  return plain_substring(text, first, rest, c);
}

/// -k: the k-th character from the end; what a shorter text gives differs.
Node* from_end(Node* text, int k, Node* count, Context& c) {
  const bool from_sqlite = c.from_is(Dialect::sqlite);
  Node* const holes[] = {text, number_of(k, c), count ? count : c.build.null()};
  const bool left = c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql) || c.to_is(Dialect::mysql);
  const std::string_view length = c.to_is(Dialect::mysql)  ? "CHAR_LENGTH(:1)"
                                  : c.to_is(Dialect::tsql) ? "LEN(:1)"
                                                           : "LENGTH(:1)";
  if (from_sqlite && left) {
    if (!count) return fill("RIGHT(:1, :2)", c.to, holes, c.build);
    const std::string form =
        c.to_is(Dialect::tsql)
            ? "LEFT(RIGHT(:1, :2), CASE WHEN LEN(:1) >= :2 THEN :3 WHEN :3 > :2 - "
              "LEN(:1) THEN :3 - :2 + LEN(:1) ELSE 0 END)"
            : "LEFT(RIGHT(:1, :2), GREATEST(:3 - GREATEST(:2 - " + std::string(length) +
                  ", 0), 0))";
    return fill_text(form, c.to, holes, c.build);
  }
  const bool oracle = c.from_is(Dialect::oracle);
  std::string piece = left ? (count ? "LEFT(RIGHT(:1, :2), :3)" : "RIGHT(:1, :2)")
                           : (count ? "SUBSTR(:1, -:2, :3)" : "SUBSTR(:1, -:2)");
  if (from_sqlite && !count)
    return fill("CASE WHEN LENGTH(:1) < :2 THEN :1 ELSE SUBSTR(:1, -:2) END", c.to, holes, c.build);
  const std::string form =
      oracle ? "CASE WHEN " + std::string(length) + " >= :2 THEN " + piece + " END"
             : "CASE WHEN " + std::string(length) + " < :2 THEN '' ELSE " + piece + " END";
  return fill_text(form, c.to, holes, c.build);
}

/// A start that is not known may count from either end.
Node* from_either(Node* text, Node* start, Node* count, Context& c) {
  Node* const holes[] = {text, start, count ? count : c.build.null()};
  const std::string length = c.to_is(Dialect::tsql) ? "LEN(:1)" : "LENGTH(:1)";
  const std::string rest = count ? ":3" : length;
  return fill_text("CASE WHEN :2 >= 0 THEN SUBSTRING(:1, CASE WHEN :2 = 0 THEN 1 ELSE :2 END, " +
                       rest + ") WHEN " + length + " < -(:2) THEN '' ELSE SUBSTRING(:1, " + length +
                       " + :2 + 1, " + rest + ") END",
                   c.to, holes, c.build);
}

/// MySQL, Oracle and SQLite: a start below zero counts from the end.
Node* substr(Node* n, Context& c) {
  Node* args = args_of(n);
  Node* text = args->kid(0);
  Node* start = args->kid(1);
  Node* count = args->size > 2 ? args->kid(2) : nullptr;
  const auto known = literal_of(start);
  if (known && *known < 0) return from_end(text, -*known, count, c);
  if (known && *known == 0) {
    if (c.from_is(Dialect::mysql))
      return plain_substring(text, c.build.number("1"), c.build.number("0"), c);
    if (c.from_is(Dialect::sqlite) && count) {
      count = c.build.binary(BinOp::sub, count, c.build.number("1"));
    }
    return plain_substring(text, c.build.number("1"), count, c);
  }
  if (known || counts_from_end(c.to) || surely_positive(start)) {
    return plain_substring(text, start, count, c);
  }
  return from_either(text, start, count, c);
}

/// LEFT(x, -n) of PostgreSQL is all but the last n.
Node* side(Node* n, bool left, Context& c) {
  Node* args = args_of(n);
  const auto known = literal_of(args->kid(1));
  if (c.from_is(Dialect::mysql) && c.to_is(Dialect::postgres)) {
    if (known && *known < 0) args->kids[1] = c.build.number("0");
    args->kids[1] = no_less_than_none(args->kid(1), c);
    return nullptr;
  }
  if (!c.from_is(Dialect::postgres) || !known || *known >= 0) return nullptr;
  if (c.to_is(Dialect::postgres)) return nullptr;
  if (!left) return plain_substring(args->kid(0), number_of(-*known + 1, c), nullptr, c);
  Node* const holes[] = {args->kid(0), number_of(-*known, c)};
  static constexpr std::string_view forms[] = {
      "SUBSTR(:1, 1, MAX(LENGTH(:1) - :2, 0))", "", "LEFT(:1, GREATEST(CHAR_LENGTH(:1) - :2, 0))",
      "LEFT(:1, CASE WHEN LEN(:1) > :2 THEN LEN(:1) - :2 ELSE 0 END)",
      "SUBSTR(:1, 1, GREATEST(LENGTH(:1) - :2, 0))"};
  return fill(forms[static_cast<std::size_t>(c.to)], c.to, holes, c.build);
}

/// INSTR(x, y, -from, n): the n-th place before the from-th letter from the end.
Node* place_from_end(Node* n, int from, int nth, Context& c) {
  Node* args = args_of(n);
  if (nth < 1 || nth > 6 || c.to_is(Dialect::tsql)) {
    c.refuse(n, "INSTR backwards to this place has no equal");
  }
  const auto number = [&](int value) {
    return c.build.number(c.build.text(std::to_string(value)));
  };
  if (!c.to_is(Dialect::mysql)) {
    Node* const holes[] = {args->kid(0), args->kid(1), number(from), number(nth - 1)};
    return fill(
        "CASE WHEN :1 IS NOT NULL AND :2 IS NOT NULL THEN COALESCE((WITH RECURSIVE p(i) AS (SELECT "
        "LENGTH(:1) + 1 - :3 UNION ALL SELECT i - 1 FROM p WHERE i > 1) SELECT i FROM p WHERE i > "
        "0 "
        "AND SUBSTR(:1, i, LENGTH(:2)) = :2 ORDER BY i DESC LIMIT 1 OFFSET :4), 0) END",
        c.to, holes, c.build);
  }
  Node* const holes[] = {args->kid(0), args->kid(1), number(from)};
  Node* place = fill("LOCATE(REVERSE(:2), REVERSE(:1), GREATEST(:3 - CHAR_LENGTH(:2) + 1, 1))",
                     c.to, holes, c.build);
  for (int i = 1; i < nth; ++i) {
    Node* const again[] = {c.build.clone(args->kid(0)), c.build.clone(args->kid(1)), place};
    place = fill("CASE WHEN :3 = 0 THEN 0 ELSE LOCATE(REVERSE(:2), REVERSE(:1), :3 + 1) END", c.to,
                 again, c.build);
  }
  Node* const last[] = {c.build.clone(args->kid(0)), c.build.clone(args->kid(1)), place};
  return fill("CASE WHEN :3 = 0 THEN 0 ELSE CHAR_LENGTH(:1) - :3 - CHAR_LENGTH(:2) + 2 END", c.to,
              last, c.build);
}

/// INSTR(x, y, from, n): the n-th place, or from the end.
Node* nth_place(Node* n, Context& c) {
  Node* args = args_of(n);
  Node* start = args->kid(2);
  const auto from = literal_of(start);
  const auto nth = args->size > 3 ? literal_of(args->kid(3)) : std::optional(1);
  if (c.to_is(Dialect::oracle)) return nullptr;
  Node* const holes[] = {args->kid(0), args->kid(1), start};
  if (from && *from < 0) {
    if (*from != -1 || nth != 1) return place_from_end(n, -*from, nth.value_or(0), c);
    static constexpr std::string_view forms[] = {
        "LENGTH(RTRIM(:1, REPLACE(:1, :2, '')))",
        "CASE WHEN POSITION(REVERSE(:2) IN REVERSE(:1)) = 0 THEN 0 ELSE LENGTH(:1) - "
        "POSITION(REVERSE(:2) IN REVERSE(:1)) - LENGTH(:2) + 2 END",
        "CASE WHEN LOCATE(REVERSE(:2), REVERSE(:1)) = 0 THEN 0 ELSE CHAR_LENGTH(:1) - "
        "LOCATE(REVERSE(:2), REVERSE(:1)) - CHAR_LENGTH(:2) + 2 END",
        "CASE WHEN CHARINDEX(REVERSE(:2), REVERSE(:1)) = 0 THEN 0 ELSE LEN(:1) - "
        "CHARINDEX(REVERSE(:2), REVERSE(:1)) - LEN(:2) + 2 END"};
    const bool one = args->kid(1)->is(Kind::string) && args->kid(1)->text.size() == 1;
    if (c.to_is(Dialect::sqlite) && !one) return place_from_end(n, 1, 1, c);
    return fill(forms[static_cast<std::size_t>(c.to)], c.to, holes, c.build);
  }
  if (args->size < 4) return nullptr;
  if (!nth || *nth < 1 || *nth > 6) {
    if (c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite)) return nullptr;
    c.refuse(n, "INSTR of a counted occurrence has no equal");
  }
  if (c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite)) return nullptr;
  const bool mysql = c.to_is(Dialect::mysql);
  Node* place = fill(mysql ? "LOCATE(:2, :1, :3)" : "CHARINDEX(:2, :1, :3)", c.to, holes, c.build);
  for (int i = 1; i < *nth; ++i) {
    Node* const next[] = {c.build.clone(args->kid(0)), c.build.clone(args->kid(1)), place};
    place = fill(mysql ? "CASE WHEN :3 = 0 THEN 0 ELSE LOCATE(:2, :1, :3 + 1) END"
                       : "CASE WHEN :3 = 0 THEN 0 ELSE CHARINDEX(:2, :1, :3 + 1) END",
                 c.to, next, c.build);
  }
  return place;
}

}  // namespace

bool write_piece(Node*& n, const std::string& name, Context& c) {
  Node* made = nullptr;
  if (name == "$SUBSTR") {
    made = substr(n, c);
  } else if (name == "$SUBSTRING") {
    Node* args = args_of(n);
    made = from_before(args->kid(0), args->kid(1), args->kid(2), c);
  } else if (name == "LEFT" || name == "RIGHT") {
    if (argument_count(n) == 2) made = side(n, name == "LEFT", c);
  } else if (name == "$STRPOS" && argument_count(n) >= 3) {
    made = nth_place(n, c);
  }
  if (!made) return false;
  made->position = n->position;
  n = made;
  return true;
}

}  // namespace iacdb::sql
