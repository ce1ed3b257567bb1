// FROM: tables, derived tables, joins, APPLY, PIVOT.

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::from_list() {
  Node* l = build_.list();
  do {
    build_.add(l, join_chain());
  } while (accept(Op::comma));
  return l;
}

Node* Parser::join_chain() {
  Depth depth(*this);
  Chain chain(*this);
  Node* left = table_primary();
  for (bool done = false; !done;) {
    left = join_tail(left, done);
    if (!done) chain.grow("joins in one query");
  }
  return left;
}

Node* Parser::join_tail(Node* left, bool& done) {
  const std::size_t begin = at_;
  std::uint32_t flags = 0;
  JoinKind kind = JoinKind::inner;
  if (accept("natural"_w)) flags |= flag::natural;
  if (accept("cross"_w)) {
    kind = accept("apply"_w) ? JoinKind::cross_apply : JoinKind::cross;
  } else if (accept("outer"_w, "apply"_w)) {
    kind = JoinKind::outer_apply;
  } else if (accept("straight_join"_w)) {
    kind = JoinKind::straight;
  } else if (accept("left"_w) || accept("right"_w) || accept("full"_w)) {
    const WordId word = tokens_[at_ - 1].word;
    kind = word == "left"_w ? JoinKind::left : word == "right"_w ? JoinKind::right : JoinKind::full;
    accept("outer"_w);
  } else if (accept("inner"_w)) {
  } else if (!at("join"_w)) {
    if (at("pivot"_w) || at("unpivot"_w)) return pivot(left);
    done = true;
    if (flags) expected("JOIN after NATURAL");
    return left;
  }
  const bool apply = kind == JoinKind::cross_apply || kind == JoinKind::outer_apply;
  if (!apply && kind != JoinKind::straight) {
    if (is(Dialect::tsql) && (at("hash"_w) || at("loop"_w) || at("merge"_w) || at("remote"_w)))
      ++at_;
    expect("join"_w, "JOIN");
  }
  Node* n = build_.slots(Kind::join, join_slot::count);
  n->op = static_cast<std::uint8_t>(kind);
  n->flags = flags;
  n->kids[join_slot::left] = left;
  Node* right = table_primary();
  // a JOIN b JOIN c ON .. ON ..: the inner condition belongs to the nearer join
  while (!at("on"_w) && !at("using"_w) && kind != JoinKind::cross && !apply && !flags &&
         (at("join"_w) || at("inner"_w) || at("left"_w) || at("right"_w) || at("full"_w))) {
    bool inner_done = false;
    right = join_tail(right, inner_done);
    if (inner_done) break;
  }
  n->kids[join_slot::right] = right;
  if (accept("on"_w))
    n->kids[join_slot::on] = expression();
  else if (accept("using"_w))
    n->kids[join_slot::using_] = paren_names();
  else if ((is(Dialect::mysql) || is(Dialect::sqlite)) && kind == JoinKind::inner && !flags)
    return first_joined(at_position(n, begin));
  return at_position(n, begin);
}

/// a JOIN b LEFT JOIN c ON ..: without a condition of its own the first join binds closer, so that
/// the condition may name a, too.
Node* Parser::first_joined(Node* join) {
  const auto binds_left = [](const Node* n) {
    return n->is(Kind::join) && n->join() != JoinKind::right && n->join() != JoinKind::full &&
           !n->has(flag::natural) && !n->kid(join_slot::using_);
  };
  Node* const top = join->kid(join_slot::right);
  if (!binds_left(top)) return join;
  Node* lowest = top;
  while (lowest->kid(join_slot::left)->is(Kind::join)) {
    lowest = lowest->kids[join_slot::left];
    if (!binds_left(lowest)) return join;
  }
  join->kids[join_slot::right] = lowest->kid(join_slot::left);
  lowest->kids[join_slot::left] = join;
  return top;
}

Node* Parser::table_primary() {
  Node* t = table_source();
  if (t->is(Kind::table)) table_suffix(t);
  return t;
}

Node* Parser::table_source() {
  Depth depth(*this);
  const std::size_t begin = at_;
  Node* t = at_position(build_.slots(Kind::table, table_slot::count), begin);
  if (accept("lateral"_w)) t->flags |= flag::lateral;
  if (is(Dialect::postgres) && at("only"_w)) {
    ++at_;
    t->flags |= flag::only;
  }
  if (at(Op::lparen)) {
    ++at_;
    if (query_here()) {
      t->kids[table_slot::source] = at_position(build_.with(Kind::subquery, {}, query()), begin);
      expect(Op::rparen, "\")\" after the derived table");
      return t;
    }
    Node* inner = join_chain();
    while (accept(Op::comma)) {
      Node* j = build_.slots(Kind::join, join_slot::count);
      j->op = static_cast<std::uint8_t>(JoinKind::cross);
      j->kids[join_slot::left] = inner;
      j->kids[join_slot::right] = join_chain();
      inner = j;
    }
    expect(Op::rparen, "\")\" after the join");
    Node* alias_here = is(Dialect::postgres) ? alias(true) : nullptr;
    if (alias_here) fail("unsupported", "an alias of a joined table", alias_here->position);
    return build_.paren(inner);
  }
  if (accept("rows"_w, "from"_w)) fail("unsupported", "ROWS FROM", cur().begin);
  if (at("table"_w) && peek().is(Op::lparen)) {
    at_ += 2;
    Node* source = expression();
    expect(Op::rparen, "\")\"");
    t->kids[table_slot::source] = source;
    t->text = "TABLE";
    return t;
  }
  Node* p = path("a table");
  if (at(Op::lparen) && !(is(Dialect::tsql) && (peek().word == "nolock"_w))) p = function_call(p);
  if (is(Dialect::oracle) && accept(Op::at)) fail("unsupported", "a database link", cur().begin);
  t->kids[table_slot::source] = p;
  return t;
}

void Parser::table_suffix(Node* t) {
  if (accept(Op::star)) {
  }  // PostgreSQL: table *
  if (accept("with"_w, "ordinality"_w)) t->flags |= flag::ordinality;
  if (is(Dialect::mysql) && at("partition"_w) && peek().is(Op::lparen)) {
    fail("unsupported", "PARTITION of a table reference", cur().begin);
  }
  if (at("for"_w) && (next_is("system_time"_w) || next_is("portion"_w))) {
    fail("unsupported", "a temporal table reference", cur().begin);
  }
  if (at("as"_w) && next_is("of"_w) && is(Dialect::oracle)) {
    fail("unsupported", "a flashback query", cur().begin);
  }
  t->kids[table_slot::alias] = alias(true);
  if (t->kids[table_slot::alias] && at(Op::lparen)) {
    const bool hint = is(Dialect::tsql) && peek(2).op == Op::rparen &&
                      (peek().word == "nolock"_w || peek().word == "updlock"_w);
    if (!hint) {
      // f() AS t(a int, b text) declares columns; names alone rename them.
      ++at_;
      Node* l = build_.list();
      do {
        Node* n = name("a column");
        if (!at(Op::comma) && !at(Op::rparen)) n = build_.with(Kind::column, {}, n, type());
        build_.add(l, n);
      } while (accept(Op::comma));
      expect(Op::rparen, "\")\"");
      t->kids[table_slot::columns] = l;
    }
  }
  if (at("tablesample"_w)) {
    const std::size_t from = at_;
    while (!at_end() && !at(Op::lparen)) ++at_;
    at_ = match_[at_];
    expect(Op::rparen, "\")\"");
    if (at("repeatable"_w)) {
      at_ = match_[at_ + 1];
      expect(Op::rparen, "\")\"");
    }
    t->kids[table_slot::sample] = build_.node(Kind::raw, between(from, at_));
    if (!t->kids[table_slot::alias]) t->kids[table_slot::alias] = alias(true);
  }
  t->kids[table_slot::hints] = table_hints();
  if (t->kids[table_slot::hints] && !t->kids[table_slot::alias]) {
    t->kids[table_slot::alias] = alias(true);
  }
}

/// WITH (NOLOCK), USE INDEX (..), INDEXED BY: kept as text, one raw node.
Node* Parser::table_hints() {
  const std::size_t from = at_;
  if (is(Dialect::tsql) && at("with"_w) && peek().is(Op::lparen)) {
    at_ = match_[at_ + 1];
    expect(Op::rparen, "\")\"");
  } else if (is(Dialect::tsql) && at(Op::lparen) &&
             (peek().word == "nolock"_w || peek().word == "updlock"_w)) {
    at_ = match_[at_];
    expect(Op::rparen, "\")\"");
  } else if (is(Dialect::mysql)) {
    while ((at("use"_w) || at("force"_w) || at("ignore"_w)) &&
           (next_is("index"_w) || next_is("key"_w))) {
      while (!at_end() && !at(Op::lparen)) ++at_;
      at_ = match_[at_];
      expect(Op::rparen, "\")\"");
      accept(Op::comma);
    }
  } else if (is(Dialect::sqlite)) {
    if (accept("indexed"_w)) {
      expect("by"_w, "BY");
      name();
    } else {
      accept("not"_w, "indexed"_w);
    }
  }
  return at_ == from ? nullptr : build_.node(Kind::raw, between(from, at_));
}

/// source PIVOT (agg [AS a], .. FOR column IN (value [AS name], ..)) [AS alias]
Node* Parser::pivot(Node* source) {
  const std::size_t begin = at_;
  const bool un = at("unpivot"_w);
  ++at_;
  std::string_view nulls;
  if (accept("include"_w, "nulls"_w)) nulls = "INCLUDE NULLS";
  accept("exclude"_w, "nulls"_w);
  expect(Op::lparen, "\"(\" of PIVOT");
  Node* aggregates = build_.list();
  do {
    Node* e = expression();
    build_.add(aggregates, build_.item(e, at("for"_w) ? nullptr : alias(false)));
  } while (accept(Op::comma));
  expect("for"_w, "FOR in PIVOT");
  Node* column = at(Op::lparen) ? primary() : path("a column");
  expect("in"_w, "IN in PIVOT");
  expect(Op::lparen, "\"(\"");
  Node* values = build_.list();
  do {
    Node* e = expression();
    build_.add(values, build_.item(e, alias(false)));
  } while (accept(Op::comma));
  expect(Op::rparen, "\")\"");
  expect(Op::rparen, "\")\" of PIVOT");
  Node* n = build_.with(Kind::pivot, nulls, source, aggregates, column, values, alias(true));
  n->op = un ? 1 : 0;
  return at_position(n, begin);
}

/// name type [PATH] 'path', name FOR ORDINALITY
Node* Parser::json_column() {
  const std::size_t begin = at_;
  Node* n = build_.slots(Kind::column, 4);
  if (at("nested"_w) && (next_is("path"_w) || peek().kind == TokenKind::string)) {
    at_ += next_is("path"_w) ? 2 : 1;
    n->text = "NESTED";
    n->kids[1] = json_columns(n->kids[2]);
    return at_position(n, begin);
  }
  n->kids[0] = name("a column");
  if (accept("for"_w)) {
    expect("ordinality"_w, "ORDINALITY");
    n->text = "ORDINALITY";
    return at_position(n, begin);
  }
  n->kids[1] = type();
  if (accept("format"_w, "json"_w)) n->text = "JSON";
  if (at("exists"_w)) fail("unsupported", "EXISTS in a column of JSON_TABLE", cur().begin);
  accept("path"_w);
  if (cur().kind == TokenKind::string) n->kids[2] = decoded(cur()), ++at_;
  if (accept("as"_w, "json"_w)) n->text = "JSON";
  while (at("null"_w) || at("default"_w)) {
    const bool fixed = accept("default"_w);
    Node* given = fixed ? expression() : nullptr;
    if (!fixed) ++at_;
    expect("on"_w, "ON");
    if (accept("empty"_w)) {
      n->kids[3] = given;
    } else {
      if (fixed) fail("unsupported", "DEFAULT .. ON ERROR of a column", cur().begin);
      expect("error"_w, "EMPTY or ERROR");
    }
  }
  return at_position(n, begin);
}

Node* Parser::json_columns(Node*& path) {
  path = nullptr;
  if (accept("with"_w)) {
  } else {
    if (cur().kind != TokenKind::string)
      fail("unsupported", "a path that is no literal", cur().begin);
    path = decoded(cur());
    ++at_;
    expect("columns"_w, "COLUMNS");
  }
  expect(Op::lparen, "\"(\"");
  Node* l = build_.list();
  do {
    build_.add(l, json_column());
  } while (accept(Op::comma));
  expect(Op::rparen, "\")\" after the columns");
  return l;
}

}  // namespace iacdb::sql
