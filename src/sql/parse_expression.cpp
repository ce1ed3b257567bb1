// Operators: precedence climbing over prefix, infix and predicates.

#include <array>

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::expression(int power) {
  Depth depth(*this);
  Chain chain(*this);
  Node* left = prefix();
  for (bool done = false; !done;) {
    left = infix(left, power, done);
    if (!done) chain.grow("operators in one chain");
  }
  return left;
}

Node* Parser::prefix() {
  const std::size_t begin = at_;
  const Token& t = cur();
  if (t.word == "not"_w) {
    ++at_;
    return at_position(build_.unary("NOT", expression(power::not_)), begin);
  }
  switch (t.op) {
    case Op::bang:
      ++at_;
      return at_position(build_.unary("NOT", build_.paren(expression(power::unary))), begin);
    case Op::minus:
    case Op::plus:
    case Op::tilde:
    case Op::regex:
    case Op::at: {
      ++at_;
      const std::string_view op = t.op == Op::regex ? std::string_view("~") : text(t);
      return at_position(build_.unary(op, expression(power::unary)), begin);
    }
    default:
      break;
  }
  if (t.word == "prior"_w && is(Dialect::oracle)) {
    ++at_;
    return at_position(build_.unary("PRIOR", expression(power::unary)), begin);
  }
  if (t.word == "connect_by_root"_w && is(Dialect::oracle)) {
    ++at_;
    return at_position(build_.unary("CONNECT_BY_ROOT", expression(power::unary)), begin);
  }
  if (t.word == "binary"_w && is(Dialect::mysql) && !peek().is(Op::lparen) && !peek().is(Op::dot)) {
    ++at_;
    return at_position(build_.unary("BINARY", expression(power::unary)), begin);
  }
  return postfix(primary());
}

namespace {

/// The operator that a symbol is in most dialects; no_operator where it is none.
constexpr auto no_operator = static_cast<BinOp>(255);
constexpr auto symbols = [] {
  std::array<BinOp, 256> table{};
  table.fill(no_operator);
  const auto set = [&](Op symbol, BinOp op) { table[static_cast<std::size_t>(symbol)] = op; };
  set(Op::plus, BinOp::add);
  set(Op::minus, BinOp::sub);
  set(Op::star, BinOp::mul);
  set(Op::slash, BinOp::div);
  set(Op::percent, BinOp::mod);
  set(Op::eq, BinOp::eq);
  set(Op::neq, BinOp::neq);
  set(Op::lt, BinOp::lt);
  set(Op::gt, BinOp::gt);
  set(Op::le, BinOp::le);
  set(Op::not_greater, BinOp::le);
  set(Op::ge, BinOp::ge);
  set(Op::not_less, BinOp::ge);
  set(Op::null_safe_eq, BinOp::null_safe_eq);
  set(Op::concat, BinOp::concat);
  set(Op::logical_and, BinOp::overlaps);
  set(Op::amp, BinOp::bit_and);
  set(Op::pipe, BinOp::bit_or);
  set(Op::caret, BinOp::bit_xor);
  set(Op::hash, BinOp::bit_xor);
  set(Op::shift_left, BinOp::shift_left);
  set(Op::shift_right, BinOp::shift_right);
  set(Op::arrow, BinOp::arrow);
  set(Op::arrow_text, BinOp::arrow_text);
  set(Op::hash_arrow, BinOp::hash_arrow);
  set(Op::hash_arrow_text, BinOp::hash_arrow_text);
  set(Op::contains, BinOp::contains);
  set(Op::contained, BinOp::contained);
  set(Op::regex, BinOp::regex);
  set(Op::regex_i, BinOp::regex_i);
  set(Op::not_regex, BinOp::not_regex);
  set(Op::not_regex_i, BinOp::not_regex_i);
  set(Op::power, BinOp::power);
  set(Op::star_eq, BinOp::star_eq);
  set(Op::eq_star, BinOp::eq_star);
  set(Op::custom, BinOp::custom);
  return table;
}();

}  // namespace

bool Parser::binary_operator(BinOp& op) const {
  const bool mysql = is(Dialect::mysql);
  const BinOp symbol = symbols[static_cast<std::size_t>(cur().op)];
  if (symbol != no_operator) {
    op = symbol;
    if (op == BinOp::concat && mysql) op = BinOp::or_;
    if (op == BinOp::overlaps && mysql) op = BinOp::and_;
    if (at(Op::caret) && is(Dialect::postgres)) op = BinOp::power;
    if (at(Op::hash)) return is(Dialect::postgres);
    if (at(Op::star_eq) || at(Op::eq_star)) return is(Dialect::tsql);
    return true;
  }
  if (cur().kind == TokenKind::question || cur().kind == TokenKind::double_question) {
    op = BinOp::custom;  // PostgreSQL's jsonb ? stands between two operands
    return is(Dialect::postgres);
  }
  switch (cur().word) {
    case "or"_w:
      op = BinOp::or_;
      return true;
    case "and"_w:
      op = BinOp::and_;
      return true;
    case "xor"_w:
      op = BinOp::xor_;
      return mysql;
    case "div"_w:
      op = BinOp::int_div;
      return mysql;
    case "mod"_w:
      op = BinOp::mod;
      return mysql;
    default:
      return false;
  }
}

Node* Parser::infix(Node* left, int power, bool& done) {
  BinOp op{};
  const std::size_t begin = at_;
  if (!binary_operator(op)) return predicate(left, power, done);
  const int mine = power_of(op, dialect_);
  if (mine <= power) {
    done = true;
    return left;
  }
  // SELECT a.* FROM, count(*) and such never come here; a star before FROM ends the expression.
  const std::string_view written = text(cur());
  ++at_;
  const bool comparison = mine == power::compare || mine == power::like || op == BinOp::regex;
  Node* right = comparison ? quantified_or(mine) : expression(mine);
  Node* n = build_.binary(op, left, right);
  if (op == BinOp::custom) n->text = written == "??" ? std::string_view("?") : written;
  (void)begin;
  return n;
}

/// The right side of a comparison: ANY (..), ALL (..), SOME (..) or an expression.
Node* Parser::quantified_or(int power) {
  const bool any = at("any"_w) || at("some"_w);
  if ((!any && !at("all"_w)) || !peek().is(Op::lparen)) return expression(power);
  ++at_;
  Node* n = build_.node(Kind::quantified, any ? "ANY" : "ALL");
  expect(Op::lparen, "\"(\"");
  build_.add(n, query_here() ? query() : expression());
  expect(Op::rparen, "\")\"");
  return n;
}

Node* Parser::predicate(Node* left, int power, bool& done) {
  const int is_power = is(Dialect::postgres) ? power::is : power::compare;
  const int like_power = is(Dialect::postgres) ? power::like : power::compare;
  const bool negated = at("not"_w);
  const Token& word = negated ? peek() : cur();
  const auto ready = [&](int mine) {
    if (mine <= power) return false;
    if (negated) ++at_;
    ++at_;
    return true;
  };
  done = false;
  switch (word.word) {
    case "is"_w:
      if (!negated && ready(is_power)) return is_predicate(left);
      break;
    case "isnull"_w:
    case "notnull"_w: {
      if (negated || !(is(Dialect::postgres) || is(Dialect::sqlite)) || !ready(is_power)) break;
      const bool null = word.word == "isnull"_w;
      return build_.binary(null ? BinOp::is : BinOp::is_not, left, build_.null());
    }
    case "null"_w:
      if (negated && is(Dialect::sqlite) && ready(is_power)) {
        return build_.binary(BinOp::is_not, left, build_.null());
      }
      break;
    case "in"_w:
      if (ready(like_power)) return in(left, negated);
      break;
    case "between"_w:
      if (ready(like_power)) return between_(left, negated);
      break;
    case "like"_w:
    case "ilike"_w:
    case "rlike"_w:
    case "regexp"_w:
    case "glob"_w:
    case "similar"_w:
    case "match"_w:
      if (word.word == "match"_w && !is(Dialect::sqlite)) break;
      if (ready(like_power)) {
        --at_;
        return like(left, negated);
      }
      break;
    default:
      if (Node* n = word_operator(left, power)) return n;
      break;
  }
  done = true;
  return left;
}

/// OVERLAPS, COLLATE and AT TIME ZONE; nullptr where none of them stands or binds.
Node* Parser::word_operator(Node* left, int power) {
  if (at("overlaps"_w) && power < power::other) {
    ++at_;
    return build_.binary(BinOp::overlaps, left, expression(power::other));
  }
  if (at("collate"_w) && power < power::collate) {
    ++at_;
    Node* n = build_.with(Kind::collate, {}, left, path("a collation"));
    n->position = left->position;
    return n;
  }
  if (at("at"_w) && next_is("time"_w) && power < power::pow + 2) {
    at_ += 2;
    expect("zone"_w, "ZONE");
    return build_.with(Kind::at_time_zone, {}, left, expression(power::pow + 2));
  }
  return nullptr;
}

Node* Parser::is_predicate(Node* left) {
  const bool negated = accept("not"_w);
  if (accept("distinct"_w)) {
    expect("from"_w, "FROM after IS DISTINCT");
    const int mine = is(Dialect::postgres) ? power::is : power::compare;
    Node* right = expression(mine);
    return build_.binary(negated ? BinOp::is_not_distinct : BinOp::is_distinct, left, right);
  }
  if (accept("unknown"_w)) {
    Node* n = build_.binary(negated ? BinOp::is_not : BinOp::is, left, build_.null());
    n->text = "UNKNOWN";
    return n;
  }
  if (is(Dialect::oracle) && accept("json"_w)) {
    if (at("strict"_w) || at("lax"_w) || at("with"_w) || at("without"_w)) {
      fail("unsupported", "IS JSON with more said", cur().begin);
    }
    Node* valid = build_.call("JSON_VALID", left);
    valid->position = left->position;
    return negated ? build_.unary("NOT", valid) : valid;
  }
  if (at("json"_w) || at("document"_w) || at("normalized"_w) || at("of"_w)) {
    fail("unsupported", "this IS predicate is not read", cur().begin);
  }
  Node* right = expression(is(Dialect::postgres) ? power::is : power::compare);
  return build_.binary(negated ? BinOp::is_not : BinOp::is, left, right);
}

Node* Parser::like(Node* left, bool negated) {
  std::string_view op = upper_text(text(cur()));
  ++at_;
  if (op == "SIMILAR") {
    expect("to"_w, "TO after SIMILAR");
    op = "SIMILAR TO";
  }
  if (op == "RLIKE") op = "REGEXP";
  const int mine = is(Dialect::postgres) ? power::like : power::compare;
  Node* n = build_.with(Kind::like, op, left, quantified_or(mine), static_cast<Node*>(nullptr));
  if (accept("escape"_w)) n->kids[2] = expression(mine);
  if (negated) n->flags |= flag::negated;
  n->position = left->position;
  return n;
}

Node* Parser::between_(Node* left, bool negated) {
  std::uint32_t flags = negated ? flag::negated : 0;
  if (accept("symmetric"_w)) flags |= flag::symmetric;
  accept("asymmetric"_w);
  const int mine = is(Dialect::postgres) ? power::like : power::compare;
  Node* low = expression(mine);
  expect("and"_w, "AND of BETWEEN");
  Node* high = expression(mine);
  Node* n = build_.with(Kind::between, {}, left, low, high);
  n->flags = flags;
  n->position = left->position;
  return n;
}

Node* Parser::in(Node* left, bool negated) {
  Node* right = nullptr;
  if (at(Op::lparen)) {
    const std::size_t open = at_++;
    if (query_here()) {
      right = at_position(build_.with(Kind::subquery, {}, query()), open);
    } else {
      right = build_.list();
      if (!at(Op::rparen)) {
        do {
          build_.add(right, expression());
        } while (accept(Op::comma));
      }
    }
    expect(Op::rparen, "\")\" that ends the list of IN");
  } else {
    right = postfix(primary());  // sqlite: IN table
  }
  Node* n = build_.with(Kind::in, {}, left, right);
  if (negated) n->flags |= flag::negated;
  n->position = left->position;
  return n;
}

Node* Parser::postfix(Node* value) {
  for (;;) {
    if (at(Op::cast) && (is(Dialect::postgres) || is(Dialect::sqlite) || is(Dialect::mysql) ||
                         is(Dialect::tsql) || is(Dialect::oracle))) {
      ++at_;
      Node* n = build_.with(Kind::cast, "::", value, type());
      n->position = value->position;
      value = n;
    } else if (at(Op::lbracket)) {
      value = subscript(value);
    } else if (at(Op::lparen) && peek().is(Op::plus) && peek(2).is(Op::rparen) &&
               is(Dialect::oracle)) {
      at_ += 3;
      value = build_.with(Kind::outer_mark, {}, value);
    } else if (at(Op::dot) && (value->is(Kind::paren) || value->is(Kind::call))) {
      ++at_;
      if (accept(Op::star)) {
        value = build_.with(Kind::star, {}, value);
      } else {
        value = build_.with(Kind::path, {}, value, name("a field"));
      }
    } else if (at(Op::assign) && (value->is(Kind::variable))) {
      ++at_;
      value = build_.with(Kind::assignment, {}, value, expression(power::or_ - 1));
    } else {
      return value;
    }
  }
}

Node* Parser::subscript(Node* value) {
  const std::size_t begin = at_++;
  Node* low = nullptr;
  if (!at(Op::colon)) low = expression();
  if (accept(Op::colon)) {
    Node* high = at(Op::rbracket) ? nullptr : expression();
    expect(Op::rbracket, "\"]\"");
    return at_position(build_.with(Kind::slice, {}, value, low, high), begin);
  }
  expect(Op::rbracket, "\"]\"");
  return at_position(build_.with(Kind::subscript, {}, value, low), begin);
}

}  // namespace iacdb::sql
