// Operators: precedence climbing over prefix, infix and predicates.

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::expression(int power) {
  Depth depth(*this);
  Node* left = prefix();
  std::size_t chain = 0;
  for (bool done = false; !done;) {
    left = infix(left, power, done);
    if (++chain > chain_max) {
      fail("limit", "more than " + std::to_string(chain_max) + " operators in one chain",
           cur().begin);
    }
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

bool Parser::binary_operator(BinOp& op) const {
  const bool mysql = is(Dialect::mysql);
  switch (cur().op) {
    case Op::plus:
      op = BinOp::add;
      return true;
    case Op::minus:
      op = BinOp::sub;
      return true;
    case Op::star:
      op = BinOp::mul;
      return true;
    case Op::slash:
      op = BinOp::div;
      return true;
    case Op::percent:
      op = BinOp::mod;
      return true;
    case Op::eq:
      op = BinOp::eq;
      return true;
    case Op::neq:
      op = BinOp::neq;
      return true;
    case Op::lt:
      op = BinOp::lt;
      return true;
    case Op::gt:
      op = BinOp::gt;
      return true;
    case Op::le:
    case Op::not_greater:
      op = BinOp::le;
      return true;
    case Op::ge:
    case Op::not_less:
      op = BinOp::ge;
      return true;
    case Op::null_safe_eq:
      op = BinOp::null_safe_eq;
      return true;
    case Op::concat:
      op = mysql ? BinOp::or_ : BinOp::concat;
      return true;
    case Op::logical_and:
      op = mysql ? BinOp::and_ : BinOp::overlaps;
      return true;
    case Op::amp:
      op = BinOp::bit_and;
      return true;
    case Op::pipe:
      op = BinOp::bit_or;
      return true;
    case Op::caret:
      op = is(Dialect::postgres) ? BinOp::power : BinOp::bit_xor;
      return true;
    case Op::hash:
      op = BinOp::bit_xor;
      return is(Dialect::postgres);
    case Op::shift_left:
      op = BinOp::shift_left;
      return true;
    case Op::shift_right:
      op = BinOp::shift_right;
      return true;
    case Op::arrow:
      op = BinOp::arrow;
      return true;
    case Op::arrow_text:
      op = BinOp::arrow_text;
      return true;
    case Op::hash_arrow:
      op = BinOp::hash_arrow;
      return true;
    case Op::hash_arrow_text:
      op = BinOp::hash_arrow_text;
      return true;
    case Op::contains:
      op = BinOp::contains;
      return true;
    case Op::contained:
      op = BinOp::contained;
      return true;
    case Op::regex:
      op = BinOp::regex;
      return true;
    case Op::regex_i:
      op = BinOp::regex_i;
      return true;
    case Op::not_regex:
      op = BinOp::not_regex;
      return true;
    case Op::not_regex_i:
      op = BinOp::not_regex_i;
      return true;
    case Op::power:
      op = BinOp::power;
      return true;
    case Op::star_eq:
      op = BinOp::star_eq;
      return is(Dialect::tsql);
    case Op::eq_star:
      op = BinOp::eq_star;
      return is(Dialect::tsql);
    case Op::custom:
      op = BinOp::custom;
      return true;
    default:
      break;
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
    case "overlaps"_w:
      if (!negated && ready(power::other)) {
        return build_.binary(BinOp::overlaps, left, expression(power::other));
      }
      break;
    case "collate"_w:
      if (!negated && power < power::collate) {
        ++at_;
        Node* n = build_.with(Kind::collate, {}, left, path("a collation"));
        n->position = left->position;
        return n;
      }
      break;
    case "at"_w:
      if (!negated && next_is("time"_w) && power < power::pow + 2) {
        at_ += 2;
        expect("zone"_w, "ZONE");
        return build_.with(Kind::at_time_zone, {}, left, expression(power::pow + 2));
      }
      break;
    default:
      break;
  }
  done = true;
  return left;
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
