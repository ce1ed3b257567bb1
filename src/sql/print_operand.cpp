// Operands: names, literals, casts, types, intervals and arrays.

#include "sql/parser.hpp"
#include "sql/printer.hpp"
#include "sql/reserved.hpp"
#include "sql/strings.hpp"

namespace iacdb::sql {

void Printer::value(const Node* n) {
  switch (n->kind) {
    case Kind::raw:
      return put(n->text);
    case Kind::name:
      return name(n);
    case Kind::path:
      return path(n);
    case Kind::star:
      if (n->kid(0)) {
        expression(n->kid(0));
        put(".");
      }
      return put("*");
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
      return literal(n);
    case Kind::interval:
      return interval(n);
    case Kind::cast:
      return cast(n);
    case Kind::type:
      return type(n);
    case Kind::call:
      return call(n);
    case Kind::array:
      return array(n);
    case Kind::subscript:
    case Kind::slice:
      return subscript(n);
    case Kind::outer_mark:
      expression(n->kid(0));
      return put(" (+)");
    case Kind::named_argument:
      if (n->size == 2) {  // CHAR(65 USING utf8mb4)
        expression(n->kid(0));
        if (n->text == "RETURNING") {
          put(" RETURNING ");
          return type(n->kid(1));
        }
        put(" USING ");
        return put(n->kid(1)->text);
      }
      put(n->text);
      put(" => ");
      return expression(n->kid(0));
    case Kind::next_value:
      return next_value(n);
    case Kind::extract:
      return extract(n);
    case Kind::trim:
      return trim(n);
    default:
      unsupported(n, "this construct");
  }
}

namespace {

/// 4o6 of MySQL, which is no number, no 1e5 and no 0x1f.
bool begins_with_digits(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  if (end == 0 || end == std::string_view::npos) return false;
  const char next = lower(text[end]);
  return next != 'e' && !(end == 1 && text[0] == '0' && (next == 'x' || next == 'b'));
}

bool is_plain(std::string_view text, Dialect dialect) {
  const bool digits = dialect == Dialect::mysql && begins_with_digits(text);
  if (text.empty() || (!is_name_start(text[0]) && !digits))
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
  if (comments_ && n->position != 0) comments_->before(n->position, out_);
  if (!n->has(flag::quoted) && plain && !n->has(flag::done)) {
    put(n->text);
    return;
  }
  if (!n->has(flag::quoted) && plain && !is_reserved(n->text, dialect_)) {
    put(n->text);
    return;
  }
  if (n->has(flag::quoted)) return append_name(out_, n->text, dialect_);
  std::string folded(n->text);
  for (char& c : folded) {
    c = is(Dialect::oracle) ? upper(c) : is(Dialect::postgres) ? lower(c) : c;
  }
  append_name(out_, folded, dialect_);
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
  if (n->kid(2) && n->size == 3) {
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
  if (n->size > 3) return cast_of_oracle(n);
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

void Printer::cast_of_oracle(const Node* n) {
  if (!is(Dialect::oracle)) unsupported(n, "ON CONVERSION ERROR");
  put(n->text);
  put("(");
  expression(n->kid(0));
  put(" AS ");
  type(n->kid(1));
  if (n->kid(3)) {
    put(" DEFAULT ");
    expression(n->kid(3));
    put(" ON CONVERSION ERROR");
  }
  if (n->kid(2)) {
    put(", ");
    expression(n->kid(2));
  }
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
