// Division and remainders: integer or decimal, and what a zero gives.

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "sql/translate/passes.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool gives_null(Dialect d) {
  return d == Dialect::mysql || d == Dialect::sqlite;
}

/// True where SQLite stores a value as REAL: its DECIMAL columns hold integers where they can.
bool surely_real(const Node* n, Context& c) {
  switch (n->kind) {
    case Kind::number:
      return n->text.find_first_of(".eE") != std::string_view::npos;
    case Kind::paren:
      return surely_real(n->kid(0), c);
    case Kind::unary:
      return surely_real(n->kid(0), c);
    case Kind::binary:
      if (n->is(BinOp::add) || n->is(BinOp::sub) || n->is(BinOp::mul) || n->is(BinOp::div)) {
        return surely_real(n->kid(0), c) || surely_real(n->kid(1), c);
      }
      return false;
    case Kind::call:
      return is_call(n, "AVG") || is_call(n, "SQRT") || is_call(n, "ROUND");
    default:
      return type_of(n, c) == ValueType::real;
  }
}

void as_fraction(Node*& n, Context& c, bool exact) {
  const std::string_view type = c.to_is(Dialect::postgres)
                                    ? (exact ? "DECIMAL" : "DOUBLE PRECISION")
                                : c.to_is(Dialect::sqlite) ? "REAL"
                                                           : "FLOAT";
  n = c.build.cast(n, type);
  n->flags |= flag::done;
}

/// The divisor where the source answers NULL to a zero and the target fails.
Node* safe_divisor(Node* b, Context& c) {
  if (!gives_null(c.from) || gives_null(c.to) || is_call(b, "NULLIF")) return b;
  const bool not_zero =
      b->is(Kind::number) && b->text.find_first_of("123456789") != std::string_view::npos;
  return not_zero ? b : c.build.call("NULLIF", b, c.build.number("0"));
}

/// The digits behind the point that an exact number may have; nullopt where that is not known.
std::optional<int> places_of(const Node* n, Context& c) {
  const auto of_both = [&](bool added) -> std::optional<int> {
    const auto a = places_of(n->kid(0), c);
    const auto b = places_of(n->kid(1), c);
    if (!a || !b) return std::nullopt;
    return added ? *a + *b : std::max(*a, *b);
  };
  if (type_of(n, c) == ValueType::integer) return 0;
  if (n->is(Kind::paren) || n->is(Kind::unary)) return places_of(n->kid(0), c);
  if (n->is(Kind::number)) {
    if (n->text.find_first_of("eExX") != std::string_view::npos) return std::nullopt;
    const std::size_t point = n->text.find('.');
    return point == std::string_view::npos ? 0 : static_cast<int>(n->text.size() - point - 1);
  }
  if (n->is(BinOp::mul)) return of_both(true);
  if (n->is(BinOp::add) || n->is(BinOp::sub)) return of_both(false);
  if ((is_call(n, "SUM") || is_call(n, "MIN") || is_call(n, "MAX")) && argument_count(n) == 1) {
    return places_of(argument(n, 0), c);
  }
  const ColumnFacts* column = column_facts(c, n);
  if (!column || column->type != ValueType::decimal || column->scale < 0) return std::nullopt;
  return column->scale;
}

/// MySQL gives a quotient or an average four digits more than its operand has, where the others
/// give 16 or the digits of a double: the operand gets twelve.
void more_digits(Node*& value, Context& c) {
  constexpr int places_wanted = 12;
  const ValueType t = type_of(value, c);
  if (!c.to_is(Dialect::mysql) || c.from_is(Dialect::mysql)) return;
  if (t == ValueType::unknown) {
    c.warn("digits",
           "MySQL gives an average or a quotient four digits more than its operand has; give the "
           "schema for more");
  }
  if (t != ValueType::integer && t != ValueType::decimal) return;
  if (c.from_is(Dialect::sqlite)) {
    value = c.build.cast(value, "DOUBLE");
  } else {
    const auto places = places_of(value, c);
    if (!places || *places >= places_wanted) return;
    value = c.build.cast(value, "DECIMAL");
    Node* type = value->kids[1];
    c.build.add(type, c.build.number("50"));
    c.build.add(type, c.build.number("12"));
  }
  value->flags |= flag::done;
}

void integer_division(Node*& n, Context& c) {
  if (c.to_is(Dialect::mysql)) return;
  const bool integers =
      type_of(n->kid(0), c) == ValueType::integer && type_of(n->kid(1), c) == ValueType::integer;
  Node* b = safe_divisor(n->kid(1), c);
  if (integers && Context::integer_division(c.to)) {
    n = c.build.binary(BinOp::div, n->kid(0), b);
    return;
  }
  Node* a = n->kid(0);
  if (c.to_is(Dialect::sqlite)) as_fraction(a, c, true);
  Node* quotient = c.build.binary(BinOp::div, a, b);
  // Decimals are doubles there: 1.2 / 0.2 is a little less than 6.
  const bool inexact = c.to_is(Dialect::sqlite) && !integers;
  if (inexact) quotient = c.build.call("ROUND", quotient, c.build.number("10"));
  n = c.build.call("TRUNC", quotient);
  n = c.build.cast(n, c.to_is(Dialect::sqlite) ? "INTEGER" : "BIGINT");
  n->flags |= flag::done;
}

void division(Node*& n, Context& c) {
  const bool from_whole = Context::integer_division(c.from);
  const bool to_whole = Context::integer_division(c.to);
  const ValueType ta = type_of(n->kid(0), c);
  const ValueType tb = type_of(n->kid(1), c);
  const bool both = ta == ValueType::integer && tb == ValueType::integer;
  const auto fractional = [](ValueType t) {
    return t == ValueType::real || t == ValueType::decimal;
  };
  const bool fraction = fractional(ta) || fractional(tb);
  n->kids[1] = safe_divisor(n->kid(1), c);
  if (c.to_is(Dialect::sqlite)) {
    const bool real = surely_real(n->kid(0), c) || surely_real(n->kid(1), c);
    if (!real && (fraction || !from_whole)) as_fraction(n->kids[0], c, true);
    return;
  }
  // Literals alone are as they are written: who asks for 1 / 3 knows no tables.
  const bool exact = ta != ValueType::real && tb != ValueType::real;
  const bool literals = n->kid(0)->is(Kind::number) && !knows_tables(c);
  if (exact && !literals && (fraction || !from_whole)) more_digits(n->kids[0], c);
  if (from_whole == to_whole) return;
  if (from_whole && both) {
    if (c.to_is(Dialect::mysql))
      n->op = static_cast<std::uint8_t>(BinOp::int_div);
    else
      n = c.build.call("TRUNC", n);
  } else if (from_whole && !fraction) {
    c.miss_types(n, "integer-division",
                 "the types of " + described(n->kid(0)) + " and " + described(n->kid(1)) +
                     " decide whether / gives an integer, as for integers in " +
                     std::string(to_string(c.from)));
  } else if (!from_whole && !fraction) {
    as_fraction(n->kids[0], c, both && knows_tables(c));
  }
}

void remainder(Node*& n, Context& c) {
  Node* a = n->kid(0);
  Node* b = n->kid(1);
  const ValueType ta = type_of(a, c);
  const ValueType tb = type_of(b, c);
  const bool not_zero =
      b->is(Kind::number) && b->text.find_first_of("123456789") != std::string_view::npos;
  b = n->kids[1] = safe_divisor(b, c);
  const bool real = (ta != ValueType::integer && ta != ValueType::unknown) ||
                    (tb != ValueType::integer && tb != ValueType::unknown);
  if (c.to_is(Dialect::sqlite) && real) {
    n = c.build.call("MOD", a, b);
    n->flags |= flag::done;
  }
  // PostgreSQL has no % of doubles.
  const bool doubles = ta == ValueType::real || tb == ValueType::real;
  for (std::uint32_t i = 0; doubles && c.to_is(Dialect::postgres) && i < 2; ++i) {
    if ((i == 0 ? ta : tb) != ValueType::real) continue;
    n->kids[i] = c.build.cast(n->kids[i], "DECIMAL");
    n->kids[i]->flags |= flag::done;
  }
  // SQLite cuts both sides to integers.
  if (c.from_is(Dialect::sqlite) && real) {
    for (std::uint32_t i = 0; i < 2; ++i) {
      if ((i == 0 ? ta : tb) != ValueType::integer) n->kids[i] = c.build.call("TRUNC", n->kids[i]);
    }
  }
  if (c.from_is(Dialect::oracle) && !c.to_is(Dialect::oracle) && !not_zero) {
    Node* made = c.build.slots(Kind::case_, 2);
    made->kids[1] = n;
    Node* zero = c.build.binary(BinOp::eq, c.build.clone(b), c.build.number("0"));
    c.build.add(made, c.build.with(Kind::when, {}, zero, c.build.clone(a)));
    n = made;
  }
}

/// AVG of integers is an integer in SQL Server only.
void average(Node*& n, Context& c) {
  Node*& value = n->kid(call_slot::args)->kids[0];
  const ValueType t = type_of(value, c);
  if (t == ValueType::unknown && (c.from_is(Dialect::tsql) || c.to_is(Dialect::tsql))) {
    c.warn("types", "AVG of integers is an integer in SQL Server only; the type is not known");
  }
  if (!c.from_is(Dialect::tsql) || t != ValueType::integer) more_digits(value, c);
  if (t != ValueType::integer) return;
  if (c.from_is(Dialect::tsql)) {
    n = c.build.call("TRUNC", n);
  } else if (c.to_is(Dialect::tsql)) {
    value = c.build.cast(value, "FLOAT");
    value->flags |= flag::done;
  }
}

/// SQLite takes a negative number of places for none.
void round_to_tens(Node*& n, Context& c) {
  const Node* places = argument(n, 1);
  if (!places->is(Kind::unary) || places->text != "-" || !places->kid(0)->is(Kind::number)) return;
  std::size_t zeros = 0;
  const std::string_view digits = places->kid(0)->text;
  std::from_chars(digits.data(), digits.data() + digits.size(), zeros);
  constexpr std::size_t zeros_max = 300;
  const std::string_view unit =
      c.build.text("1" + std::string(std::min(zeros, zeros_max), '0') + ".0");
  Node* rounded = c.build.call(
      "ROUND", c.build.binary(BinOp::div, c.build.paren(argument(n, 0)), c.build.number(unit)));
  n = c.build.paren(c.build.binary(BinOp::mul, rounded, c.build.number(unit)));
  rounded->flags |= flag::done;
}

/// ROUND(x, n) of PostgreSQL takes a DECIMAL only.
void rounding(Node*& n, Context& c) {
  if (c.to_is(Dialect::sqlite) && !c.from_is(Dialect::sqlite) && argument_count(n) == 2) {
    return round_to_tens(n, c);
  }
  if (!c.to_is(Dialect::postgres) || argument_count(n) != 2) return;
  Node*& value = n->kid(call_slot::args)->kids[0];
  const ValueType t = type_of(value, c);
  bool real = t == ValueType::real;
  walk(value, [&](Node* k) {
    const bool made = k->is(Kind::cast) && k->kid(1) && k->kid(1)->text == "DOUBLE PRECISION";
    real = real || made || is_call(k, "SQRT") || is_call(k, "EXP") || is_call(k, "LN");
    return true;
  });
  if (!real) return;
  value = c.build.cast(value, "DECIMAL");
  value->flags |= flag::done;
}

}  // namespace

void pass_division(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(BinOp::int_div)) return integer_division(n, c);
    if (n->is(BinOp::div) && !n->has(flag::done)) return division(n, c);
    if (is_call(n, "$MOD")) {
      const std::uint32_t position = n->position;
      n = c.build.binary(BinOp::mod, argument(n, 0), argument(n, 1));
      n->position = position;
    }
    if (n->is(BinOp::mod) && !n->has(flag::done)) return remainder(n, c);
    if (is_call(n, "AVG") && argument_count(n) == 1) return average(n, c);
    if (is_call(n, "ROUND")) rounding(n, c);
  });
}

}  // namespace iacdb::sql
