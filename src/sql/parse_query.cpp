// Queries: WITH, SELECT, set operations, VALUES, ordering and limits.

#include "sql/parser.hpp"

namespace iacdb::sql {

bool Parser::query_word(std::size_t token) const {
  const Token& t = tokens_[token];
  if (t.word == "select"_w || t.word == "with"_w) return true;
  if (t.word != "values"_w) return false;
  const std::size_t open = token + 1 < tokens_.size() ? token + 1 : token;
  if (!is(Dialect::mysql)) return tokens_[open].is(Op::lparen);
  if (tokens_[open].word == "row"_w) return true;
  // VALUES(column) of an upsert may be one of several arguments.
  if (!tokens_[open].is(Op::lparen) || !tokens_[match_[open] + 1].is(Op::comma)) return false;
  return tokens_[match_[open] + 2].is(Op::lparen);
}

/// True where a query begins: also behind parentheses that hold nothing but a query.
bool Parser::query_here() const {
  std::size_t i = at_;
  for (; tokens_[i].is(Op::lparen); ++i) {
    const std::size_t close = match_[i];
    if (close + 1 >= tokens_.size()) return false;
    const Token& after = tokens_[close + 1];
    switch (after.word) {
      case "union"_w:
      case "except"_w:
      case "intersect"_w:
      case "minus"_w:
      case "order"_w:
      case "limit"_w:
      case "offset"_w:
      case "fetch"_w:
      case "for"_w:
        continue;
      default:
        break;
    }
    if (after.is(Op::rparen) || after.is(Op::semicolon) || after.kind == TokenKind::end) continue;
    return false;
  }
  return query_word(i);
}

Node* Parser::query() {
  Depth depth(*this);
  Node* with = at("with"_w) ? with_clause() : nullptr;
  Node* q = query_body(0);
  query_tail(q);
  if (with) {
    if (Node* inner = q->kids[query_slot::with]) {
      for (Node* c : *inner) build_.add(with, c);
    }
    q->kids[query_slot::with] = with;
  }
  return q;
}

/// Set operations; INTERSECT binds tighter than UNION and EXCEPT, save in sqlite and oracle.
Node* Parser::query_body(int power) {
  Chain chain(*this);
  Node* left = query_primary();
  for (;;) {
    const bool intersect = at("intersect"_w);
    const bool flat = is(Dialect::sqlite) || is(Dialect::oracle);
    const int mine = intersect && !flat ? 2 : 1;
    const bool minus = at("minus"_w) && is(Dialect::oracle);
    if (!intersect && !at("union"_w) && !at("except"_w) && !minus) return left;
    if (mine <= power) return left;
    Node* n = build_.slots(Kind::set_op, set_slot::count);
    n->op = static_cast<std::uint8_t>(intersect       ? SetKind::intersect
                                      : at("union"_w) ? SetKind::union_
                                                      : SetKind::except);
    at_position(n, at_++);
    if (accept("all"_w))
      n->flags |= flag::all;
    else
      accept("distinct"_w);
    if (at("by"_w)) fail("unsupported", "UNION BY NAME", cur().begin);
    n->kids[set_slot::left] = left;
    n->kids[set_slot::right] = query_body(mine);
    left = n;
    chain.grow("set operations in one query");
  }
}

Node* Parser::query_primary() {
  if (at(Op::lparen)) {
    ++at_;
    Node* q = query();
    expect(Op::rparen, "\")\" after a query");
    q->flags |= flag::parens;
    const bool clauses = q->kids[query_slot::order] || q->kids[query_slot::limit];
    // A clause after the parentheses is another level: (select .. limit 2) limit 1.
    if (clauses || q->kids[query_slot::with]) {
      Node* inner = build_.slots(Kind::table, table_slot::count);
      inner->kids[table_slot::source] = build_.with(Kind::subquery, {}, q);
      const bool more = at("order"_w) || at("limit"_w) || at("offset"_w) || at("fetch"_w);
      if (!more) return q;
      q->flags &= ~flag::parens;
      inner->kids[table_slot::alias] = build_.node(Kind::name, "q", flag::only);
      Node* outer = build_.select();
      outer->kids[select_slot::items] = build_.list_of(build_.item(build_.node(Kind::star)));
      outer->kids[select_slot::from] = build_.list_of(inner);
      return outer;
    }
    if (at("order"_w) || at("limit"_w) || at("offset"_w) || at("fetch"_w)) {
      q->flags &= ~flag::parens;
    }
    return q;
  }
  if (at("values"_w)) return values();
  if (at("with"_w)) return query();
  if (at("table"_w)) {
    ++at_;
    Node* s = build_.select();
    s->kids[select_slot::items] = build_.list_of(build_.item(build_.node(Kind::star)));
    Node* t = build_.slots(Kind::table, table_slot::count);
    t->kids[table_slot::source] = path("a table");
    s->kids[select_slot::from] = build_.list_of(t);
    return s;
  }
  return select();
}

Node* Parser::with_clause() {
  const std::size_t begin = at_;
  expect("with"_w, "WITH");
  Node* w = build_.node(Kind::with);
  if (accept("recursive"_w)) w->flags |= flag::recursive;
  do {
    build_.add(w, cte());
  } while (accept(Op::comma));
  return at_position(w, begin);
}

Node* Parser::cte() {
  const std::size_t begin = at_;
  Node* c = build_.slots(Kind::cte, cte_slot::count);
  c->kids[cte_slot::name] = name("a name of WITH");
  if (at(Op::lparen)) c->kids[cte_slot::columns] = paren_names();
  expect("as"_w, "AS in WITH");
  if (accept("materialized"_w)) c->flags |= flag::materialized;
  if (accept("not"_w, "materialized"_w)) c->flags |= flag::not_materialized;
  expect(Op::lparen, "\"(\"");
  c->kids[cte_slot::body] = statement();
  expect(Op::rparen, "\")\" after the query of WITH");
  if (at("search"_w) || at("cycle"_w)) {
    const std::size_t from = at_;
    while (!at_end() && !at(Op::comma) && !at("select"_w) && !at("insert"_w) && !at("update"_w) &&
           !at("delete"_w)) {
      ++at_;
    }
    c->kids[cte_slot::tail] = build_.node(Kind::raw, between(from, at_));
  }
  return at_position(c, begin);
}

void Parser::query_tail(Node* query) {
  if (at("order"_w)) query->kids[query_slot::order] = order_list();
  for (;;) {
    if (at("limit"_w)) {
      limit_clause(query);
    } else if (at("offset"_w) || at("fetch"_w)) {
      offset_fetch(query);
    } else if (at("for"_w) || (at("lock"_w) && is(Dialect::mysql))) {
      lock_clause(query);
    } else {
      break;
    }
  }
  if (at("order"_w) && !query->kids[query_slot::order]) {
    query->kids[query_slot::order] = order_list();
  }
  if (query->is(Kind::select)) options(query);
}

void Parser::limit_clause(Node* query) {
  const std::size_t begin = at_++;
  Node* l = query->kids[query_slot::limit];
  if (!l) l = query->kids[query_slot::limit] = build_.slots(Kind::limit, 2);
  at_position(l, begin);
  if (accept("all"_w)) return;
  Node* first = expression();
  if (accept(Op::comma)) {
    l->kids[1] = first;
    l->kids[0] = expression();
    return;
  }
  if (!first->is(Kind::null)) l->kids[0] = first;
  if (at("by"_w)) fail("unsupported", "LIMIT BY", cur().begin);
}

/// OFFSET n [ROWS], FETCH FIRST n [PERCENT] ROWS ONLY | WITH TIES.
void Parser::offset_fetch(Node* query) {
  const std::size_t begin = at_;
  Node* l = query->kids[query_slot::limit];
  if (!l) l = query->kids[query_slot::limit] = at_position(build_.slots(Kind::limit, 2), begin);
  if (accept("offset"_w)) {
    l->kids[1] = expression();
    if (!accept("rows"_w)) accept("row"_w);
    return;
  }
  expect("fetch"_w, "FETCH");
  l->op = at("next"_w) ? 2 : 1;
  if (!accept("first"_w)) expect("next"_w, "FIRST or NEXT");
  l->kids[0] = at("row"_w) || at("rows"_w) ? build_.number("1") : expression();
  if (accept("percent"_w)) l->flags |= flag::percent;
  if (!accept("rows"_w)) accept("row"_w);
  if (accept("with"_w, "ties"_w))
    l->flags |= flag::with_ties;
  else
    expect("only"_w, "ONLY or WITH TIES");
}

/// SELECT ',' + x .. ORDER BY y FOR XML PATH(''), TYPE: the rows as one text, which is STRING_AGG.
void Parser::text_of_rows(Node* query) {
  const std::size_t begin = at_;
  const auto refuse = [&] {
    fail("unsupported", "FOR XML, FOR JSON and FOR BROWSE, but for the texts of FOR XML PATH('')",
         tokens_[begin].begin);
  };
  if (!accept("for"_w, "xml"_w, "path"_w) || !accept(Op::lparen)) refuse();
  if (cur().kind != TokenKind::string || !decoded(cur())->text.empty()) refuse();
  ++at_;
  if (!accept(Op::rparen)) refuse();
  const bool typed = accept(Op::comma);
  if (typed && !accept("type"_w)) refuse();
  const bool plain = query->is(Kind::select) && query->kid(select_slot::items)->size == 1 &&
                     !query->kid(select_slot::group) && !query->kid(query_slot::limit);
  if (!plain) refuse();
  Node* item = query->kid(select_slot::items)->kid(0);
  if (item->kid(0)->is(Kind::star) || (item->kid(1) && item->kid(1)->text != "text()")) refuse();
  Node* texts = build_.call("STRING_AGG", item->kid(0), build_.string(""));
  texts->position = item->position;
  texts->flags |= query->flags & flag::distinct;
  if (!typed) texts->flags |= flag::ignore;  // Its letters would be XML.
  query->flags &= ~flag::distinct;
  texts->kids[call_slot::within] = query->kid(query_slot::order);
  query->kids[query_slot::order] = nullptr;
  item->kids[0] = texts;
  item->kids[1] = nullptr;
}

void Parser::lock_clause(Node* query) {
  const std::size_t begin = at_;
  if (is(Dialect::tsql)) {
    const bool json = at("for"_w) && next_is("json"_w);
    return json ? rows_as_json(query) : text_of_rows(query);
  }
  Node* lock = build_.slots(Kind::lock, 2, "UPDATE");
  if (accept("lock"_w, "in"_w, "share"_w)) {
    expect("mode"_w, "MODE");
    lock->text = "SHARE";
  } else {
    expect("for"_w, "FOR");
    if (accept("share"_w))
      lock->text = "SHARE";
    else if (accept("no"_w, "key"_w, "update"_w))
      lock->text = "NO KEY UPDATE";
    else if (accept("key"_w, "share"_w))
      lock->text = "KEY SHARE";
    else
      expect("update"_w, "UPDATE or SHARE");
  }
  if (accept("of"_w)) {
    Node* l = build_.list();
    do {
      build_.add(l, path());
    } while (accept(Op::comma));
    lock->kids[0] = l;
  }
  if (accept("nowait"_w)) {
    lock->kids[1] = build_.node(Kind::raw, "NOWAIT");
  } else if (accept("skip"_w, "locked"_w)) {
    lock->kids[1] = build_.node(Kind::raw, "SKIP LOCKED");
  } else if (accept("wait"_w)) {
    lock->kids[1] = expression();
  }
  Node*& locks = query->kids[query_slot::locks];
  if (!locks) locks = build_.list();
  build_.add(locks, at_position(lock, begin));
}

Node* Parser::select() {
  const std::size_t begin = at_;
  expect("select"_w, "SELECT");
  Node* s = at_position(build_.select(), begin);
  select_head(s);
  Node* items = build_.list();
  s->kids[select_slot::items] = items;
  // PostgreSQL allows an empty list.
  if (!at("from"_w) && !at_end() && !at(Op::rparen)) {
    do {
      build_.add(items, select_item());
    } while (accept(Op::comma));
  }
  select_rest(s);
  return s;
}

void Parser::select_head(Node* s) {
  for (bool more = true; more;) {
    more = false;
    if (at("distinct"_w) || at("unique"_w) || at("distinctrow"_w)) {
      if (at("unique"_w) && !is(Dialect::oracle)) break;
      ++at_;
      s->flags |= flag::distinct;
      if (at("on"_w) && peek().is(Op::lparen)) {
        at_ += 2;
        s->kids[select_slot::distinct_on] = expression_list();
        expect(Op::rparen, "\")\"");
      }
      more = true;
    } else if (accept("all"_w)) {
      more = true;
    } else if (is(Dialect::tsql) && at("top"_w)) {
      top(s);
      more = true;
    } else if (is(Dialect::mysql) &&
               (at("straight_join"_w) || at("sql_calc_found_rows"_w) || at("high_priority"_w) ||
                at("sql_no_cache"_w) || at("sql_cache"_w) || at("sql_big_result"_w) ||
                at("sql_small_result"_w) || at("sql_buffer_result"_w))) {
      if (!s->kids[select_slot::hints]) s->kids[select_slot::hints] = build_.list();
      build_.add(s->kids[select_slot::hints], build_.node(Kind::raw, text(cur())));
      ++at_;
      more = true;
    }
  }
}

void Parser::top(Node* s) {
  const std::size_t begin = at_++;
  Node* l = at_position(build_.slots(Kind::limit, 2), begin);
  if (accept(Op::lparen)) {
    l->kids[0] = expression();
    expect(Op::rparen, "\")\"");
  } else {
    l->kids[0] = primary();
  }
  if (accept("percent"_w)) l->flags |= flag::percent;
  if (at("with"_w) && next_is("ties"_w)) {
    at_ += 2;
    l->flags |= flag::with_ties;
  }
  s->kids[select_slot::limit] = l;
}

Node* Parser::select_item() {
  const std::size_t begin = at_;
  // T-SQL: alias = expression, @variable = expression
  if (is(Dialect::tsql) && peek().is(Op::eq) &&
      (name_here() || cur().kind == TokenKind::variable)) {
    if (cur().kind == TokenKind::variable) {
      fail("unsupported", "SELECT that assigns variables", cur().begin);
    }
    Node* a = name();
    ++at_;
    return at_position(build_.item(expression(), a), begin);
  }
  Node* e = expression();
  Node* n = at_position(build_.item(e), begin);
  if (!e->is(Kind::star)) n->kids[1] = alias(false);
  return n;
}

void Parser::select_rest(Node* s) {
  if (accept("into"_w)) {
    std::uint32_t flags = 0;
    if (is(Dialect::postgres)) {
      if (accept("temporary"_w) || accept("temp"_w)) flags |= flag::temporary;
      accept("unlogged"_w);
      accept("table"_w);
    }
    if (cur().kind == TokenKind::variable || at("outfile"_w) || at("dumpfile"_w)) {
      fail("unsupported", "SELECT INTO a variable or a file", cur().begin);
    }
    Node* t = path("a table");
    t->flags |= flags;
    s->kids[select_slot::into] = t;
  }
  if (accept("from"_w)) s->kids[select_slot::from] = from_list();
  if (accept("where"_w)) s->kids[select_slot::where] = expression();
  if (is(Dialect::oracle)) connect_by(s);
  if (accept("group"_w)) {
    expect("by"_w, "BY");
    s->kids[select_slot::group] = group_list();
  }
  if (accept("having"_w)) s->kids[select_slot::having] = expression();
  if (is(Dialect::oracle)) connect_by(s);
  if (at("window"_w)) s->kids[select_slot::windows] = windows();
  if (accept("qualify"_w)) s->kids[select_slot::qualify] = expression();
}

void Parser::connect_by(Node* s) {
  for (;;) {
    if (accept("start"_w)) {
      expect("with"_w, "WITH");
      s->kids[select_slot::start_with] = expression();
    } else if (accept("connect"_w)) {
      expect("by"_w, "BY");
      const bool nocycle = accept("nocycle"_w);
      Node* c = build_.with(Kind::list, nocycle ? "NOCYCLE" : "", expression());
      s->kids[select_slot::connect_by] = c;
    } else {
      return;
    }
  }
}

/// GROUP BY a, b | ROLLUP(..) | CUBE(..) | GROUPING SETS((..), ..) | a WITH ROLLUP
Node* Parser::group_list() {
  Node* l = build_.list();
  if (accept("all"_w)) accept(Op::comma);
  do {
    const std::size_t begin = at_;
    if (at("grouping"_w) && next_is("sets"_w)) {
      at_ += 2;
      expect(Op::lparen, "\"(\"");
      Node* sets = build_.call("GROUPING SETS");
      do {
        build_.add(sets->kids[call_slot::args], expression());
      } while (accept(Op::comma));
      expect(Op::rparen, "\")\"");
      build_.add(l, at_position(sets, begin));
    } else {
      build_.add(l, expression());
    }
  } while (accept(Op::comma));
  if (at("with"_w) && (next_is("rollup"_w) || next_is("cube"_w))) {
    Node* call = build_.call(next_is("rollup"_w) ? "ROLLUP" : "CUBE");
    call->flags |= flag::with_as;
    call->kids[call_slot::args] = l;
    at_ += 2;
    return build_.list_of(call);
  }
  return l;
}

Node* Parser::windows() {
  expect("window"_w, "WINDOW");
  Node* l = build_.list();
  do {
    Node* n = name("a window name");
    expect("as"_w, "AS");
    Node* w = window_spec();
    build_.add(l, build_.with(Kind::item, {}, w, n));
  } while (accept(Op::comma));
  return l;
}

/// T-SQL: OPTION (hint, ..).
void Parser::options(Node* s) {
  if (!is(Dialect::tsql) || !at("option"_w) || !peek().is(Op::lparen)) return;
  const std::size_t from = at_;
  at_ = match_[at_ + 1];
  expect(Op::rparen, "\")\"");
  s->kids[select_slot::options] = build_.node(Kind::raw, between(from, at_));
}

Node* Parser::values() {
  const std::size_t begin = at_;
  expect("values"_w, "VALUES");
  Node* v = build_.slots(Kind::values, values_slot::count);
  Node* rows = build_.list();
  v->kids[values_slot::rows] = rows;
  do {
    accept("row"_w);
    const std::size_t open = at_;
    expect(Op::lparen, "\"(\" of a row");
    Node* r = build_.node(Kind::row);
    while (!at(Op::rparen)) {
      build_.add(r, expression());
      if (!accept(Op::comma)) break;
    }
    expect(Op::rparen, "\")\" of a row");
    build_.add(rows, at_position(r, open));
  } while (accept(Op::comma));
  return at_position(v, begin);
}

}  // namespace iacdb::sql
