// Expressions.

#include <array>
#include <string>

#include "sql/parser.hpp"
#include "sql/printer.hpp"

namespace iacdb::sql {

void Printer::unsupported(const Node* n, std::string_view what) const {
  fail("unsupported", std::string(what) + " has no equal in " + std::string(to_string(dialect_)),
       n ? n->position : 0);
}

int Printer::power_of_node(const Node* n) const {
  const bool pg = is(Dialect::postgres);
  switch (n->kind) {
    case Kind::binary:
      if (n->bin() == BinOp::mod && is(Dialect::oracle)) return 100;
      return power_of(n->bin(), dialect_);
    case Kind::unary:
      return n->text == "NOT" ? power::not_ : power::unary;
    case Kind::like:
    case Kind::in:
    case Kind::between:
      return pg ? power::like : power::compare;
    case Kind::collate:
      return power::collate;
    case Kind::at_time_zone:
      return power::pow + 2;
    case Kind::assignment:
      return power::or_ - 1;
    case Kind::next_value:
    case Kind::exists:
      return 100;
    default:
      return 100;
  }
}

void Printer::expression(const Node* n, int power) {
  if (!n) return;
  if (out_.size() > longest_) fail("limit", "the translation of this statement grows too long", 0);
  if (power_of_node(n) < power) {
    put("(");
    expression_open(n);
    put(")");
  } else {
    expression_open(n);
  }
}

void Printer::expression_open(const Node* n) {
  if (comments_ && n->position != 0) comments_->before(n->position, out_);
  switch (n->kind) {
    case Kind::unary:
      return unary(n);
    case Kind::binary:
      return binary(n);
    case Kind::like:
      return like(n);
    case Kind::between:
      return between(n);
    case Kind::in:
      return in(n);
    case Kind::exists:
      put("EXISTS (");
      query(n->kid(0));
      return put(")");
    case Kind::row:
      put(n->text.empty() ? "(" : "ROW(");
      list(n);
      return put(")");
    case Kind::paren:
      put("(");
      expression(n->kid(0));
      return put(")");
    case Kind::case_:
      return case_expression(n);
    case Kind::collate:
      expression(n->kid(0), power::collate);
      put(" COLLATE ");
      return expression(n->kid(1));
    case Kind::at_time_zone:
      expression(n->kid(0), power::pow + 2);
      put(" AT TIME ZONE ");
      return expression(n->kid(1), power::pow + 3);
    case Kind::quantified:
      return quantified(n);
    case Kind::assignment:
      expression(n->kid(0));
      put(" := ");
      return expression(n->kid(1));
    case Kind::subquery:
      put("(");
      query(n->kid(0));
      return put(")");
    case Kind::list:
      return list(n);
    case Kind::sort:
      return sort(n);
    case Kind::item:
      return item(n);
    case Kind::column:
      return column(n);
    default:
      return value(n);
  }
}

void Printer::quantified(const Node* n) {
  put(n->text);
  put("(");
  if (n->kid(0)->is(Kind::select) || n->kid(0)->is(Kind::set_op))
    query(n->kid(0));
  else
    expression(n->kid(0));
  put(")");
}

void Printer::list(const Node* n, std::string_view separator) {
  if (!n) return;
  for (std::uint32_t i = 0; i < n->size; ++i) {
    if (i > 0) put(separator);
    expression(n->kids[i]);
  }
}

void Printer::names(const Node* n) {
  put("(");
  list(n);
  put(")");
}

void Printer::custom_binary(const Node* n, std::string_view op) {
  const int mine = power_of(n->bin(), dialect_);
  // Comparisons do not chain everywhere: a side that is one stands in parentheses.
  const bool comparison = mine >= power::is && mine <= power::like;
  expression(n->kid(0), comparison ? power::like + 1 : mine);
  put(" ");
  put(op);
  put(" ");
  expression(n->kid(1), comparison ? power::like + 1 : mine + 1);
}

namespace {

/// How an operator is written, and by which dialects (letters s p m t o).
struct Written {
  std::string_view text;
  std::string_view dialects = "spmto";
};

// tidy: table, one row an operator
constexpr auto written_operators = [] {
  std::array<Written, 64> table{};
  const auto set = [&](BinOp op, std::string_view text, std::string_view dialects = "spmto") {
    table[static_cast<std::size_t>(op)] = {text, dialects};
  };
  set(BinOp::or_, "OR");
  set(BinOp::xor_, "XOR", "m");
  set(BinOp::and_, "AND");
  set(BinOp::eq, "=");
  set(BinOp::neq, "<>");
  set(BinOp::lt, "<");
  set(BinOp::gt, ">");
  set(BinOp::le, "<=");
  set(BinOp::ge, ">=");
  set(BinOp::is, "IS");
  set(BinOp::is_not, "IS NOT");
  set(BinOp::add, "+");
  set(BinOp::sub, "-");
  set(BinOp::mul, "*");
  set(BinOp::div, "/");
  set(BinOp::int_div, "DIV", "m");
  set(BinOp::mod, "%", "spmt");
  set(BinOp::concat, "||", "spo");
  set(BinOp::bit_and, "&", "spmt");
  set(BinOp::bit_or, "|", "spmt");
  set(BinOp::bit_xor, "^", "pmt");
  set(BinOp::shift_left, "<<", "spm");
  set(BinOp::shift_right, ">>", "spm");
  set(BinOp::arrow, "->", "spm");
  set(BinOp::arrow_text, "->>", "spm");
  set(BinOp::star_eq, "*=", "t");
  set(BinOp::eq_star, "=*", "t");
  set(BinOp::power, "^", "p");
  set(BinOp::hash_arrow, "#>", "p");
  set(BinOp::hash_arrow_text, "#>>", "p");
  set(BinOp::contains, "@>", "p");
  set(BinOp::contained, "<@", "p");
  set(BinOp::regex, "~", "p");
  set(BinOp::regex_i, "~*", "p");
  set(BinOp::not_regex, "!~", "p");
  set(BinOp::not_regex_i, "!~*", "p");
  set(BinOp::overlaps, "OVERLAPS", "p");
  set(BinOp::custom, "", "p");
  return table;
}();

}  // namespace

void Printer::binary(const Node* n) {
  switch (n->bin()) {
    case BinOp::null_safe_eq:
    case BinOp::is_not_distinct:
    case BinOp::is_distinct:
      return distinct_from(n);
    case BinOp::mod:
      if (!is(Dialect::oracle)) break;
      put("MOD(");
      expression(n->kid(0));
      put(", ");
      expression(n->kid(1));
      return put(")");
    default:
      break;
  }
  const Written& form = written_operators[n->op];
  static constexpr std::string_view letters = "spmto";
  const char mine = letters[static_cast<std::size_t>(dialect_)];
  if (form.dialects.find(mine) == std::string_view::npos) {
    const std::string_view symbol = form.text.empty() ? n->text : form.text;
    unsupported(n, "the operator " + std::string(symbol));
  }
  if (n->is(BinOp::custom)) return custom_binary(n, n->text == "?" ? "??" : n->text);
  if (n->is(BinOp::bit_xor) && is(Dialect::postgres)) return custom_binary(n, "#");
  if (n->is(BinOp::overlaps) && !n->kid(0)->is(Kind::row)) return custom_binary(n, "&&");
  custom_binary(n, form.text);
}

void Printer::distinct_from(const Node* n) {
  const bool same = n->bin() != BinOp::is_distinct;
  if (is(Dialect::mysql)) {
    if (!same) put("NOT ");
    return custom_binary(n, "<=>");
  }
  if (is(Dialect::sqlite)) return custom_binary(n, same ? "IS" : "IS NOT");
  if (is(Dialect::oracle)) unsupported(n, "IS DISTINCT FROM");
  custom_binary(n, same ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM");
}

void Printer::unary(const Node* n) {
  if (n->text == "NOT") {
    put("NOT ");
    return expression(n->kid(0), power::not_);
  }
  const bool word = n->text.size() > 1;
  if (n->text == "@" && !is(Dialect::postgres)) unsupported(n, "the operator @");
  put(n->text);
  const Node* value = n->kid(0);
  const bool sign = value->is(Kind::unary) || (value->is(Kind::number) && value->text[0] == '-');
  if (word || sign) put(" ");
  expression(value, power::unary);
}

void Printer::like(const Node* n) {
  const int mine = is(Dialect::postgres) ? power::like : power::compare;
  const bool known = n->text == "LIKE" || (n->text == "ILIKE" && is(Dialect::postgres)) ||
                     (n->text == "SIMILAR TO" && is(Dialect::postgres)) ||
                     (n->text == "REGEXP" && (is(Dialect::mysql) || is(Dialect::sqlite))) ||
                     ((n->text == "GLOB" || n->text == "MATCH") && is(Dialect::sqlite));
  if (!known) unsupported(n, n->text);
  expression(n->kid(0), mine + 1);
  if (n->has(flag::negated)) put(" NOT");
  put(" ");
  put(n->text);
  put(" ");
  expression(n->kid(1), mine + 1);
  if (n->kid(2)) {
    put(" ESCAPE ");
    expression(n->kid(2), mine + 1);
  }
}

void Printer::between(const Node* n) {
  const int mine = power::like + 1;
  if (n->has(flag::symmetric) && !is(Dialect::postgres)) unsupported(n, "BETWEEN SYMMETRIC");
  expression(n->kid(0), mine);
  if (n->has(flag::negated)) put(" NOT");
  put(n->has(flag::symmetric) ? " BETWEEN SYMMETRIC " : " BETWEEN ");
  expression(n->kid(1), mine);
  put(" AND ");
  expression(n->kid(2), mine);
}

void Printer::in(const Node* n) {
  expression(n->kid(0), power::like + 1);
  put(n->has(flag::negated) ? " NOT IN " : " IN ");
  const Node* right = n->kid(1);
  if (right->is(Kind::list)) {
    if (right->size == 0 && !is(Dialect::sqlite)) unsupported(n, "an empty list");
    return names(right);
  }
  expression(right);
}

void Printer::case_expression(const Node* n) {
  put("CASE");
  if (n->kid(0)) {
    put(" ");
    expression(n->kid(0));
  }
  for (std::uint32_t i = 2; i < n->size; ++i) {
    put(" WHEN ");
    expression(n->kids[i]->kid(0));
    put(" THEN ");
    expression(n->kids[i]->kid(1));
  }
  if (n->kid(1)) {
    put(" ELSE ");
    expression(n->kid(1));
  }
  put(" END");
}

}  // namespace iacdb::sql
