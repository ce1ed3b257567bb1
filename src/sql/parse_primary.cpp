// Operands: literals, names, parentheses, CASE and the words that begin an expression.

#include <string>

#include "sql/parser.hpp"
#include "sql/reserved.hpp"
#include "sql/strings.hpp"

namespace iacdb::sql {

Node* Parser::primary() {
  const std::size_t begin = at_;
  const Token& t = cur();
  switch (t.kind) {
    case TokenKind::number:
      ++at_;
      return at_position(build_.number(text(t)), begin);
    case TokenKind::string:
      return string_literal();
    case TokenKind::question:
    case TokenKind::dollar_parameter:
    case TokenKind::colon_parameter:
      ++at_;
      return at_position(build_.node(Kind::parameter, text(t)), begin);
    case TokenKind::variable:
    case TokenKind::system_variable:
      ++at_;
      return at_position(build_.node(Kind::variable, text(t)), begin);
    case TokenKind::quoted_name:
      return word_primary();
    case TokenKind::word: {
      if (Node* n = keyword_primary(t)) return n;
      return word_primary();
    }
    default:
      break;
  }
  if (t.is(Op::lparen)) return paren_expression();
  if (t.is(Op::star)) {
    ++at_;
    return at_position(build_.node(Kind::star), begin);
  }
  expected("an expression");
}

/// (.. FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'): the text that it is already.
void Parser::value_of_xml(const Node* query) {
  const Node* items = query->is(Kind::select) ? query->kid(select_slot::items) : nullptr;
  const bool texts = items && items->size == 1 && items->kid(0)->kid(0)->is(Kind::call) &&
                     same_word(items->kid(0)->kid(0)->text, "string_agg");
  if (!texts || !same_word(text(peek()), "value")) return;
  at_ += 2;
  if (!at(Op::lparen)) expected("the arguments of value()");
  at_ = match_[at_] + 1;
}

Node* Parser::paren_expression() {
  const std::size_t begin = at_++;
  if (query_here()) {
    Node* q = query();
    expect(Op::rparen, "\")\" after the subquery");
    if (is(Dialect::tsql) && at(Op::dot)) value_of_xml(q);
    return at_position(build_.with(Kind::subquery, {}, q), begin);
  }
  if (accept(Op::rparen)) return at_position(build_.node(Kind::row), begin);
  Node* first = expression();
  if (at(Op::comma)) {
    Node* r = build_.with(Kind::row, {}, first);
    while (accept(Op::comma)) build_.add(r, expression());
    expect(Op::rparen, "\")\"");
    return at_position(r, begin);
  }
  expect(Op::rparen, "\")\"");
  return at_position(build_.paren(first), begin);
}

Node* Parser::decoded(const Token& t) {
  Node* n = build_.string(decode_string(text(t), t.form, dialect_, arena_));
  n->position = t.begin;
  if (t.form == StringForm::national) n->flags |= flag::national;
  return n;
}

Node* Parser::string_literal() {
  const Token& t = cur();
  const std::size_t begin = at_++;
  if (t.form == StringForm::bit || t.form == StringForm::hex) {
    std::string_view body = text(t);
    body = body.substr(2, body.size() - 3);
    const Kind kind = t.form == StringForm::bit ? Kind::bit_string : Kind::hex_string;
    return at_position(build_.node(kind, body), begin);
  }
  Node* n = decoded(t);
  // 'a' 'b' is one string (standard: on separate lines; MySQL: anywhere).
  while (cur().kind == TokenKind::string && (is(Dialect::mysql) || is(Dialect::postgres)) &&
         cur().form == StringForm::plain) {
    const std::string joined = std::string(n->text) + std::string(decoded(cur())->text);
    n->text = arena_.copy(joined);
    ++at_;
  }
  return n;
}

Node* Parser::keyword_primary(const Token& t) {
  const std::size_t begin = at_;
  const bool call = peek().is(Op::lparen);
  const auto literal = [&](Kind kind, std::string_view value = {}) {
    ++at_;
    return at_position(build_.node(kind, value), begin);
  };
  switch (t.word) {
    case "null"_w:
      return literal(Kind::null);
    case "true"_w:
    case "false"_w:
      if (call || peek().is(Op::dot)) return nullptr;
      return literal(Kind::boolean, t.word == "true"_w ? "TRUE" : "FALSE");
    case "default"_w:
      return call ? nullptr : literal(Kind::default_value);
    case "case"_w:
      return case_expression();
    case "interval"_w:
      return interval();
    case "date"_w:
    case "time"_w:
    case "timestamp"_w:
    case "timestamptz"_w:
    case "datetime"_w:
    case "json"_w:
    case "jsonb"_w:
    case "uuid"_w:
    case "inet"_w:
    case "bytea"_w:
    case "timetz"_w:
      return typed_literal();
    case "exists"_w:
      return call ? exists() : nullptr;
    case "array"_w:
      return peek().is(Op::lbracket) || call ? array() : nullptr;
    case "row"_w:
      return call ? row() : nullptr;
    case "next"_w:
      if (!next_is("value"_w)) return nullptr;
      at_ += 2;
      expect("for"_w, "FOR after NEXT VALUE");
      return at_position(build_.with(Kind::next_value, "NEXT", path("a sequence")), begin);
    default:
      break;
  }
  if (call) {
    if (Node* n = keyword_call(t)) return n;
  }
  refuse_clause_word(t);
  return nullptr;
}

/// Calls with a grammar of their own.
Node* Parser::keyword_call(const Token& t) {
  switch (t.word) {
    case "cast"_w:
    case "try_cast"_w:
    case "safe_cast"_w:
    case "validate_conversion"_w:
      return cast_call(upper_text(text(t)));
    case "convert"_w:
    case "try_convert"_w:
      return convert_call();
    case "extract"_w:
      return extract_call();
    case "trim"_w:
      return trim_call();
    case "substring"_w:
    case "substr"_w:
      return substring_call();
    case "position"_w:
      return position_call();
    case "overlay"_w:
      return overlay_call();
    default:
      return nullptr;
  }
}

/// A select in operand position without parentheses, or a clause word: nothing to read here.
void Parser::refuse_clause_word(const Token& t) const {
  const bool call = peek().is(Op::lparen);
  switch (t.word) {
    case "from"_w:
    case "where"_w:
    case "group"_w:
    case "having"_w:
    case "order"_w:
    case "select"_w:
    case "union"_w:
    case "when"_w:
    case "then"_w:
    case "end"_w:
    case "and"_w:
    case "or"_w:
    case "on"_w:
    case "into"_w:
      if (!call || t.word == "select"_w) expected("an expression");
      break;
    default:
      break;
  }
}

/// A name: a column, a function call, or a qualified star. Also _utf8'..' and q-less prefixes.
Node* Parser::word_primary() {
  const std::size_t begin = at_;
  const Token& t = cur();
  if (is(Dialect::mysql) && peek().kind == TokenKind::string && text(t).starts_with('_')) {
    ++at_;  // a character set introducer: the text is the same text
    return string_literal();
  }
  Node* first = name("an expression");
  Node* whole = first;
  while (at(Op::dot)) {
    ++at_;
    if (accept(Op::star)) return at_position(build_.with(Kind::star, {}, whole), begin);
    if (whole == first) whole = at_position(build_.with(Kind::path, {}, first), begin);
    build_.add(whole, at(Op::dot) ? build_.name("") : name("a name after the dot"));
  }
  if (at(Op::lparen) && !(is(Dialect::oracle) && peek().is(Op::plus) && peek(2).is(Op::rparen))) {
    return function_call(whole);
  }
  if (whole->is(Kind::path) && is(Dialect::oracle)) {
    const Node* last = whole->kids[whole->size - 1];
    const bool next = same_word(last->text, "nextval");
    if (next || same_word(last->text, "currval")) {
      --whole->size;
      Node* sequence = whole->size == 1 ? whole->kids[0] : whole;
      return at_position(build_.with(Kind::next_value, next ? "NEXT" : "CURRENT", sequence), begin);
    }
  }
  return whole;
}

Node* Parser::case_expression() {
  const std::size_t begin = at_++;
  Node* n = build_.slots(Kind::case_, 2);
  if (!at("when"_w)) n->kids[0] = expression();
  while (accept("when"_w)) {
    Node* condition = expression();
    expect("then"_w, "THEN");
    build_.add(n, build_.with(Kind::when, {}, condition, expression()));
  }
  if (n->size == 2) expected("WHEN");
  if (accept("else"_w)) n->kids[1] = expression();
  expect("end"_w, "END of CASE");
  return at_position(n, begin);
}

Node* Parser::exists() {
  const std::size_t begin = at_++;
  expect(Op::lparen, "\"(\"");
  if (!query_here()) expected("a query in EXISTS");
  Node* n = build_.with(Kind::exists, {}, query());
  expect(Op::rparen, "\")\"");
  return at_position(n, begin);
}

Node* Parser::array() {
  const std::size_t begin = at_++;
  if (at(Op::lparen)) {
    ++at_;
    if (query_here()) {
      Node* n = build_.with(Kind::array, {}, build_.with(Kind::subquery, {}, query()));
      expect(Op::rparen, "\")\"");
      return at_position(n, begin);
    }
    --at_;
    --at_;
    return word_primary();
  }
  expect(Op::lbracket, "\"[\"");
  Node* n = build_.node(Kind::array);
  while (!at(Op::rbracket)) {
    if (at(Op::lbracket)) {
      --at_;
      build_.add(n, array());
    } else {
      build_.add(n, expression());
    }
    if (!accept(Op::comma)) break;
  }
  expect(Op::rbracket, "\"]\"");
  return at_position(n, begin);
}

Node* Parser::row() {
  const std::size_t begin = at_++;
  expect(Op::lparen, "\"(\"");
  Node* n = build_.node(Kind::row, "ROW");
  while (!at(Op::rparen)) {
    build_.add(n, expression());
    if (!accept(Op::comma)) break;
  }
  expect(Op::rparen, "\")\"");
  return at_position(n, begin);
}

/// DATE '2020-01-01'; a word that is not followed by a string is a name.
Node* Parser::typed_literal() {
  const std::size_t begin = at_;
  std::size_t words = 1;
  if (peek().word == "with"_w || peek().word == "without"_w) {
    if (peek(2).word == "time"_w && peek(3).word == "zone"_w) words = 4;
  }
  if (peek(words).kind != TokenKind::string || is(Dialect::sqlite)) return nullptr;
  const std::string_view name = upper_text(text(cur()));
  Node* n = build_.slots(Kind::typed_literal, 1, name);
  if (words == 4 && peek().word == "with"_w) n->flags |= flag::time_zone;
  at_ += words;
  n->kids[0] = decoded(cur());
  ++at_;
  return at_position(n, begin);
}

/// INTERVAL 1 DAY, INTERVAL '1 day', INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH.
Node* Parser::interval() {
  const std::size_t begin = at_;
  const Token& after = peek();
  const bool operand =
      after.kind == TokenKind::string || after.kind == TokenKind::number ||
      after.kind == TokenKind::question || after.is(Op::lparen) || after.is(Op::minus) ||
      after.is(Op::plus) || after.kind == TokenKind::dollar_parameter ||
      after.kind == TokenKind::colon_parameter || after.kind == TokenKind::variable ||
      after.kind == TokenKind::word || after.kind == TokenKind::quoted_name;
  if (!operand || (after.kind == TokenKind::word && !is(Dialect::mysql))) return nullptr;
  if (after.kind == TokenKind::word && !can_be_alias(false)) return nullptr;
  if (after.is(Op::lparen) && is(Dialect::mysql) && peek(2).kind == TokenKind::end) return nullptr;
  ++at_;
  Node* n = build_.slots(Kind::interval, 2);
  if (cur().kind == TokenKind::string && peek().op != Op::plus) {
    n->kids[0] = decoded(cur());
    ++at_;
  } else {
    n->kids[0] = expression(power::compare);
  }
  return at_position(interval_unit(n), begin);
}

Node* Parser::interval_unit(Node* n) {
  if (!is_word() || peek().is(Op::dot)) return n;
  static constexpr std::string_view units[] = {
      "YEAR",       "QUARTER",         "MONTH",       "WEEK",        "DAY",
      "HOUR",       "MINUTE",          "SECOND",      "MICROSECOND", "MILLISECOND",
      "YEARS",      "MONTHS",          "WEEKS",       "DAYS",        "HOURS",
      "MINUTES",    "SECONDS",         "YEAR_MONTH",  "DAY_HOUR",    "DAY_MINUTE",
      "DAY_SECOND", "DAY_MICROSECOND", "HOUR_MINUTE", "HOUR_SECOND", "MINUTE_SECOND"};
  const std::string_view word = upper_text(text(cur()));
  for (std::string_view unit : units) {
    if (unit != word) continue;
    n->text = unit.ends_with('S') && unit.size() > 3 ? unit.substr(0, unit.size() - 1) : unit;
    ++at_;
    if (at(Op::lparen)) {  // DAY(3): a precision, which other databases have no use for
      while (!at(Op::rparen) && !at_end()) ++at_;
      expect(Op::rparen, "\")\"");
    }
    if (at("to"_w) && peek().kind == TokenKind::word) {
      ++at_;
      n->kids[1] = build_.name(upper_text(text(cur())));
      ++at_;
      if (accept(Op::lparen)) {
        expression();
        expect(Op::rparen, "\")\"");
      }
    }
    break;
  }
  return n;
}

}  // namespace iacdb::sql
