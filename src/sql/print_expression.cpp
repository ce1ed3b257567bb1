// Expressions.

#include "sql/parser.hpp"
#include "sql/printer.hpp"
#include "sql/reserved.hpp"
#include "sql/strings.hpp"

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
  if (power_of_node(n) < power) {
    put("(");
    expression_open(n);
    put(")");
  } else {
    expression_open(n);
  }
}

void Printer::expression_open(const Node* n) {
  switch (n->kind) {
    case Kind::raw:
      put(n->text);
      break;
    case Kind::name:
      name(n);
      break;
    case Kind::path:
      path(n);
      break;
    case Kind::star:
      if (n->kid(0)) {
        expression(n->kid(0));
        put(".");
      }
      put("*");
      break;
    case Kind::number:
    case Kind::string:
    case Kind::bit_string:
    case Kind::hex_string:
    case Kind::boolean:
    case Kind::null:
    case Kind::default_value:
    case Kind::parameter:
    case Kind::variable:
    case Kind::typed_literal:
      literal(n);
      break;
    case Kind::interval:
      interval(n);
      break;
    case Kind::unary:
      unary(n);
      break;
    case Kind::binary:
      binary(n);
      break;
    case Kind::like:
      like(n);
      break;
    case Kind::between:
      between(n);
      break;
    case Kind::in:
      in(n);
      break;
    case Kind::exists:
      put("EXISTS (");
      query(n->kid(0));
      put(")");
      break;
    case Kind::row:
      put(n->text.empty() ? "(" : "ROW(");
      list(n);
      put(")");
      break;
    case Kind::paren:
      put("(");
      expression(n->kid(0));
      put(")");
      break;
    case Kind::case_:
      case_expression(n);
      break;
    case Kind::cast:
      cast(n);
      break;
    case Kind::type:
      type(n);
      break;
    case Kind::call:
      call(n);
      break;
    case Kind::collate:
      expression(n->kid(0), power::collate);
      put(" COLLATE ");
      expression(n->kid(1));
      break;
    case Kind::at_time_zone:
      expression(n->kid(0), power::pow + 2);
      put(" AT TIME ZONE ");
      expression(n->kid(1), power::pow + 3);
      break;
    case Kind::array:
      array(n);
      break;
    case Kind::subscript:
    case Kind::slice:
      subscript(n);
      break;
    case Kind::outer_mark:
      expression(n->kid(0));
      put(" (+)");
      break;
    case Kind::named_argument:
      put(n->text);
      put(" => ");
      expression(n->kid(0));
      break;
    case Kind::next_value:
      next_value(n);
      break;
    case Kind::extract:
      extract(n);
      break;
    case Kind::trim:
      trim(n);
      break;
    case Kind::quantified:
      put(n->text);
      put("(");
      if (n->kid(0)->is(Kind::select) || n->kid(0)->is(Kind::set_op))
        query(n->kid(0));
      else
        expression(n->kid(0));
      put(")");
      break;
    case Kind::assignment:
      expression(n->kid(0));
      put(" := ");
      expression(n->kid(1));
      break;
    case Kind::subquery:
      put("(");
      query(n->kid(0));
      put(")");
      break;
    case Kind::list:
      list(n);
      break;
    case Kind::sort:
      sort(n);
      break;
    case Kind::item:
      item(n);
      break;
    case Kind::column:
      column(n);
      break;
    default:
      unsupported(n, "this construct");
      break;
  }
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

namespace {

bool is_plain(std::string_view text, Dialect dialect) {
  if (text.empty() || !is_name_start(text[0]))
    return !text.empty() && text[0] == '#' && dialect == Dialect::tsql;
  for (char c : text) {
    const bool extra = c == '#' && (dialect == Dialect::oracle || dialect == Dialect::tsql);
    if (!is_name_part(c) && !extra) return false;
  }
  return true;
}

}  // namespace

void Printer::name(const Node* n) {
  const bool variable = is(Dialect::tsql) && n->text.starts_with('@');
  const bool plain = variable || is_plain(n->text, dialect_);
  if (n->text.empty()) return;
  if (!n->has(flag::quoted) && plain && !n->has(flag::done)) {
    put(n->text);
    return;
  }
  if (!n->has(flag::quoted) && plain && !is_reserved(n->text, dialect_)) {
    put(n->text);
    return;
  }
  const char open = is(Dialect::mysql) ? '`' : is(Dialect::tsql) ? '[' : '"';
  const char close = open == '[' ? ']' : open;
  put(std::string_view(&open, 1));
  for (char c : n->text) {
    if (!n->has(flag::quoted)) {
      c = is(Dialect::oracle) ? upper(c) : is(Dialect::postgres) ? lower(c) : c;
    }
    out_ += c;
    if (c == close) out_ += c;
  }
  put(std::string_view(&close, 1));
}

void Printer::path(const Node* n) {
  for (std::uint32_t i = 0; i < n->size; ++i) {
    if (i > 0) put(".");
    expression(n->kids[i]);
  }
}

void Printer::literal(const Node* n) {
  switch (n->kind) {
    case Kind::null:
      put("NULL");
      break;
    case Kind::default_value:
      put("DEFAULT");
      break;
    case Kind::boolean:
      if (is(Dialect::tsql) || is(Dialect::oracle))
        put(n->text == "TRUE" ? "1" : "0");
      else
        put(n->text);
      break;
    case Kind::string: {
      bool ascii = true;
      for (char c : n->text) ascii = ascii && static_cast<unsigned char>(c) < 128;
      if (is(Dialect::tsql) && (n->has(flag::national) || !ascii)) put("N");
      if (is(Dialect::oracle) && n->has(flag::national)) put("N");
      append_string(out_, n->text, dialect_);
      break;
    }
    case Kind::bit_string:
      if (is(Dialect::postgres) || is(Dialect::mysql)) {
        put("b'");
        put(n->text);
        put("'");
        break;
      }
      unsupported(n, "a bit string");
    case Kind::hex_string:
      if (is(Dialect::tsql)) {
        put("0x");
        put(n->text);
      } else if (is(Dialect::oracle)) {
        put("HEXTORAW('");
        put(n->text);
        put("')");
      } else {
        put("x'");
        put(n->text);
        put("'");
      }
      break;
    case Kind::typed_literal:
      if (is(Dialect::sqlite) || is(Dialect::tsql)) {
        put("CAST(");
        expression(n->kid(0));
        put(" AS ");
        put(n->text);
        put(")");
        break;
      }
      put(n->text);
      if (n->has(flag::time_zone)) put(" WITH TIME ZONE");
      put(" ");
      expression(n->kid(0));
      break;
    default:
      put(n->text);
      break;
  }
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

void Printer::binary(const Node* n) {
  const bool pg = is(Dialect::postgres);
  switch (n->bin()) {
    case BinOp::or_:
      return custom_binary(n, "OR");
    case BinOp::xor_:
      if (!is(Dialect::mysql)) unsupported(n, "XOR");
      return custom_binary(n, "XOR");
    case BinOp::and_:
      return custom_binary(n, "AND");
    case BinOp::eq:
      return custom_binary(n, "=");
    case BinOp::neq:
      return custom_binary(n, "<>");
    case BinOp::lt:
      return custom_binary(n, "<");
    case BinOp::gt:
      return custom_binary(n, ">");
    case BinOp::le:
      return custom_binary(n, "<=");
    case BinOp::ge:
      return custom_binary(n, ">=");
    case BinOp::null_safe_eq:
    case BinOp::is_not_distinct:
    case BinOp::is_distinct: {
      const bool same = n->bin() != BinOp::is_distinct;
      if (is(Dialect::mysql)) {
        if (!same) put("NOT ");
        return custom_binary(n, "<=>");
      }
      if (is(Dialect::sqlite)) return custom_binary(n, same ? "IS" : "IS NOT");
      if (is(Dialect::oracle)) unsupported(n, "IS DISTINCT FROM");
      return custom_binary(n, same ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM");
    }
    case BinOp::is:
      return custom_binary(n, "IS");
    case BinOp::is_not:
      return custom_binary(n, "IS NOT");
    case BinOp::add:
      return custom_binary(n, "+");
    case BinOp::sub:
      return custom_binary(n, "-");
    case BinOp::mul:
      return custom_binary(n, "*");
    case BinOp::div:
      return custom_binary(n, "/");
    case BinOp::int_div:
      if (!is(Dialect::mysql)) unsupported(n, "DIV");
      return custom_binary(n, "DIV");
    case BinOp::mod:
      if (!is(Dialect::oracle)) return custom_binary(n, "%");
      put("MOD(");
      expression(n->kid(0));
      put(", ");
      expression(n->kid(1));
      put(")");
      return;
    case BinOp::concat:
      if (is(Dialect::mysql) || is(Dialect::tsql)) unsupported(n, "the operator ||");
      return custom_binary(n, "||");
    case BinOp::bit_and:
    case BinOp::bit_or:
      if (is(Dialect::oracle)) unsupported(n, "a bit operator");
      return custom_binary(n, n->bin() == BinOp::bit_and ? "&" : "|");
    case BinOp::bit_xor:
      if (is(Dialect::oracle) || is(Dialect::sqlite)) unsupported(n, "bitwise XOR");
      return custom_binary(n, pg ? "#" : "^");
    case BinOp::shift_left:
    case BinOp::shift_right:
      if (is(Dialect::oracle) || is(Dialect::tsql)) unsupported(n, "a bit shift");
      return custom_binary(n, n->bin() == BinOp::shift_left ? "<<" : ">>");
    case BinOp::arrow:
    case BinOp::arrow_text:
      if (is(Dialect::oracle) || is(Dialect::tsql)) unsupported(n, "the operator ->");
      return custom_binary(n, n->bin() == BinOp::arrow ? "->" : "->>");
    case BinOp::star_eq:
    case BinOp::eq_star:
      if (!is(Dialect::tsql)) unsupported(n, "the operator *=");
      return custom_binary(n, n->bin() == BinOp::star_eq ? "*=" : "=*");
    default:
      break;
  }
  if (!pg && n->bin() != BinOp::overlaps && n->bin() != BinOp::custom) {
    unsupported(n, "a PostgreSQL operator");
  }
  switch (n->bin()) {
    case BinOp::power:
      return custom_binary(n, "^");
    case BinOp::hash_arrow:
      return custom_binary(n, "#>");
    case BinOp::hash_arrow_text:
      return custom_binary(n, "#>>");
    case BinOp::contains:
      return custom_binary(n, "@>");
    case BinOp::contained:
      return custom_binary(n, "<@");
    case BinOp::regex:
      return custom_binary(n, "~");
    case BinOp::regex_i:
      return custom_binary(n, "~*");
    case BinOp::not_regex:
      return custom_binary(n, "!~");
    case BinOp::not_regex_i:
      return custom_binary(n, "!~*");
    case BinOp::overlaps:
      if (!pg) unsupported(n, "OVERLAPS");
      return custom_binary(n, n->kid(0)->is(Kind::row) ? "OVERLAPS" : "&&");
    default:
      if (!pg) unsupported(n, "this operator");
      return custom_binary(n, n->text == "?" ? "??" : n->text);
  }
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

void Printer::cast(const Node* n) {
  if (n->text == "USING") {
    if (!is(Dialect::mysql)) unsupported(n, "CONVERT .. USING");
    put("CONVERT(");
    expression(n->kid(0));
    put(" USING ");
    expression(n->kid(1));
    return put(")");
  }
  const bool tried = n->text.starts_with("TRY_");
  if (n->kid(2)) {
    if (!is(Dialect::tsql)) unsupported(n, "a style of CONVERT");
    put(tried ? "TRY_CONVERT(" : "CONVERT(");
    type(n->kid(1));
    put(", ");
    expression(n->kid(0));
    put(", ");
    expression(n->kid(2));
    return put(")");
  }
  if (tried && !is(Dialect::tsql)) unsupported(n, "TRY_CAST");
  if (n->text == "::" && is(Dialect::postgres) && n->has(flag::done)) {
    expression(n->kid(0), power::postfix);
    put("::");
    return type(n->kid(1));
  }
  put(tried ? "TRY_CAST(" : "CAST(");
  expression(n->kid(0));
  put(" AS ");
  type(n->kid(1));
  put(")");
}

void Printer::type(const Node* n) {
  put(n->text);
  if (n->size > 0) {
    // TIMESTAMP(3) WITH TIME ZONE: the parameters follow the first word.
    names(n);
  }
  if (n->has(flag::unsigned_)) put(" UNSIGNED");
  if (n->has(flag::time_zone) && (is(Dialect::postgres) || is(Dialect::oracle))) {
    put(" WITH TIME ZONE");
  }
  if (n->has(flag::array)) {
    if (!is(Dialect::postgres)) unsupported(n, "an array type");
    put("[]");
  }
}

void Printer::interval(const Node* n) {
  if (is(Dialect::sqlite) || is(Dialect::tsql)) unsupported(n, "an interval");
  put("INTERVAL ");
  if (is(Dialect::postgres) && !n->kid(1)) {
    const Node* amount = n->kid(0);
    if (n->text.empty()) return expression(amount);
    if (!amount->is(Kind::number) && !amount->is(Kind::string))
      unsupported(n, "a computed interval");
    std::string whole(amount->text);
    whole += ' ';
    whole += n->text;
    return append_string(out_, whole, dialect_);
  }
  if (is(Dialect::mysql) && n->text.empty()) unsupported(n, "an interval of several units");
  const bool quote = is(Dialect::oracle) && n->kid(0)->is(Kind::number);
  if (quote)
    append_string(out_, n->kid(0)->text, dialect_);
  else
    expression(n->kid(0), power::compare);
  if (n->text.empty()) return;
  put(" ");
  put(n->text);
  if (n->kid(1)) {
    put(" TO ");
    expression(n->kid(1));
  }
}

void Printer::array(const Node* n) {
  if (!is(Dialect::postgres)) unsupported(n, "an array");
  put("ARRAY");
  if (n->size == 1 && n->kid(0)->is(Kind::subquery)) return expression(n->kid(0));
  put("[");
  list(n);
  put("]");
}

void Printer::subscript(const Node* n) {
  if (!is(Dialect::postgres)) unsupported(n, "an array element");
  expression(n->kid(0), power::postfix);
  put("[");
  expression(n->kid(1));
  if (n->is(Kind::slice)) {
    put(" : ");
    expression(n->kid(2));
  }
  put("]");
}

}  // namespace iacdb::sql
