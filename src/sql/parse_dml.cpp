// INSERT, UPDATE, DELETE, MERGE with every dialect's clauses.

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::insert(Node* with) {
  const std::size_t begin = at_;
  Node* n = at_position(build_.slots(Kind::insert, insert_slot::count), begin);
  n->kids[insert_slot::with] = with;
  const bool several = is(Dialect::oracle) && (peek().word == "all"_w || peek().word == "first"_w);
  if (several) return insert_all(n);
  insert_head(n);
  if (is(Dialect::tsql) && at("output"_w)) n->kids[insert_slot::returning] = output();
  if (accept("default"_w, "values"_w)) {
    n->kids[insert_slot::source] = build_.node(Kind::default_value);
  } else if (is(Dialect::mysql) && accept("set"_w)) {
    n->kids[insert_slot::source] = insert_set(n);
  } else if (at("values"_w) || (at("value"_w) && is(Dialect::mysql))) {
    if (at("value"_w)) tokens_[at_].word = "values"_w;
    Node* source = values();
    const Node* rows = source->kid(values_slot::rows);
    if (is(Dialect::mysql) && rows->size == 1 && rows->kid(0)->size == 0) {
      source = build_.node(Kind::default_value);
      n->kids[insert_slot::columns] = nullptr;
    }
    n->kids[insert_slot::source] = source;
    if (is(Dialect::mysql) && accept("as"_w)) {
      n->kids[insert_slot::conflict] = build_.slots(Kind::conflict, conflict_slot::count);
      n->kids[insert_slot::conflict]->kids[conflict_slot::alias] = name("an alias of the new row");
    }
  } else if (query_here()) {
    n->kids[insert_slot::source] = query();
  } else if (is(Dialect::tsql) && at("exec"_w)) {
    fail("unsupported", "INSERT .. EXEC", cur().begin);
  } else {
    expected("VALUES, a query or DEFAULT VALUES");
  }
  if (at("on"_w) && next_is("conflict"_w)) {
    n->kids[insert_slot::conflict] = conflict();
    if (at("on"_w)) fail("unsupported", "several ON CONFLICT clauses", cur().begin);
  } else if (at("on"_w) && next_is("duplicate"_w)) {
    Node* alias = n->kids[insert_slot::conflict];
    n->kids[insert_slot::conflict] = duplicate_key();
    if (alias) {
      n->kids[insert_slot::conflict]->kids[conflict_slot::alias] =
          alias->kids[conflict_slot::alias];
    }
  } else if (n->kids[insert_slot::conflict]) {
    n->kids[insert_slot::conflict] = nullptr;
  }
  if (at("returning"_w)) n->kids[insert_slot::returning] = returning();
  return n;
}

/// INSERT ALL [WHEN c THEN] INTO t [(a)] [VALUES (..)] .. [ELSE INTO ..] query: the branches stand
/// in the slot of the columns, each a WHEN of a condition and an INSERT.
Node* Parser::insert_all(Node* n) {
  ++at_;
  n->text = at("all"_w) ? "ALL" : "FIRST";
  ++at_;
  Node* branches = n->kids[insert_slot::columns] = build_.list();
  Node* condition = nullptr;
  std::string_view kind;
  while (!query_here()) {
    if (accept("when"_w)) {
      condition = expression();
      expect("then"_w, "THEN of INSERT");
    } else if (accept("else"_w)) {
      condition = nullptr;
      kind = "ELSE";
    }
    Node* one = at_position(build_.slots(Kind::insert, insert_slot::count), at_);
    expect("into"_w, "INTO of INSERT ALL");
    Node* t = build_.slots(Kind::table, table_slot::count);
    t->kids[table_slot::source] = path("a table");
    one->kids[insert_slot::target] = t;
    if (at(Op::lparen) && !query_here()) one->kids[insert_slot::columns] = paren_names();
    if (accept("values"_w)) {
      Node* row = build_.node(Kind::row);
      expect(Op::lparen, "\"(\"");
      do {
        build_.add(row, expression());
      } while (accept(Op::comma));
      expect(Op::rparen, "\")\"");
      Node* v = build_.slots(Kind::values, values_slot::count);
      v->kids[values_slot::rows] = build_.list_of(row);
      one->kids[insert_slot::source] = v;
    }
    build_.add(branches, build_.with(Kind::when, kind, condition, one));
  }
  n->kids[insert_slot::source] = query();
  return n;
}

void Parser::insert_head(Node* n) {
  if (accept("replace"_w)) {
    n->flags |= flag::replace;
  } else {
    expect("insert"_w, "INSERT");
    if (accept("or"_w)) {
      if (accept("replace"_w))
        n->flags |= flag::replace;
      else if (accept("ignore"_w))
        n->flags |= flag::ignore;
      else
        fail("unsupported", "INSERT OR with this action", cur().begin);
    }
  }
  if (is(Dialect::mysql)) {
    while (accept("low_priority"_w) || accept("high_priority"_w) || accept("delayed"_w)) {
    }
    if (accept("ignore"_w)) n->flags |= flag::ignore;
  }
  if (is(Dialect::mysql) || is(Dialect::tsql))
    accept("into"_w);
  else
    expect("into"_w, "INTO");
  Node* t = at_position(build_.slots(Kind::table, table_slot::count), at_);
  t->kids[table_slot::source] = path("a table");
  if (is(Dialect::postgres) || is(Dialect::sqlite)) {
    if (accept("as"_w)) t->kids[table_slot::alias] = name("an alias");
  }
  if (is(Dialect::tsql)) t->kids[table_slot::hints] = table_hints();
  n->kids[insert_slot::target] = t;
  if (at(Op::lparen) && !query_here()) {
    ++at_;
    Node* l = build_.list();
    while (!at(Op::rparen)) {
      build_.add(l, path("a column"));
      if (!accept(Op::comma)) break;
    }
    expect(Op::rparen, "\")\" after the columns");
    n->kids[insert_slot::columns] = l;
  }
  if (accept("overriding"_w)) {
    const bool system = accept("system"_w);
    if (!system) expect("user"_w, "SYSTEM or USER");
    expect("value"_w, "VALUE");
    n->text = system ? "OVERRIDING SYSTEM VALUE" : "OVERRIDING USER VALUE";
  }
}

/// INSERT INTO t SET a = 1, b = 2: the same as columns and one row.
Node* Parser::insert_set(Node* insert) {
  Node* columns = build_.list();
  Node* row = build_.node(Kind::row);
  do {
    build_.add(columns, path("a column"));
    expect(Op::eq, "\"=\"");
    build_.add(row, expression());
  } while (accept(Op::comma));
  insert->kids[insert_slot::columns] = columns;
  Node* v = build_.slots(Kind::values, values_slot::count);
  v->kids[values_slot::rows] = build_.list_of(row);
  return v;
}

Node* Parser::conflict() {
  const std::size_t begin = at_;
  at_ += 2;
  Node* c = at_position(build_.slots(Kind::conflict, conflict_slot::count), begin);
  if (accept("on"_w, "constraint"_w)) {
    c->kids[conflict_slot::constraint] = name("a constraint");
  } else if (accept(Op::lparen)) {
    Node* l = build_.list();
    do {
      build_.add(l, expression());
      if (accept("asc"_w) || accept("desc"_w)) {
      }
    } while (accept(Op::comma));
    expect(Op::rparen, "\")\"");
    c->kids[conflict_slot::target] = l;
    if (accept("where"_w)) c->kids[conflict_slot::where] = expression();
  }
  expect("do"_w, "DO");
  if (accept("nothing"_w)) return c;
  expect("update"_w, "UPDATE or NOTHING");
  expect("set"_w, "SET");
  c->kids[conflict_slot::updates] = assigns();
  if (accept("where"_w)) c->kids[conflict_slot::update_where] = expression();
  return c;
}

Node* Parser::duplicate_key() {
  const std::size_t begin = at_;
  at_ += 2;
  expect("key"_w, "KEY");
  expect("update"_w, "UPDATE");
  Node* c = at_position(build_.slots(Kind::conflict, conflict_slot::count, "DUPLICATE KEY"), begin);
  c->kids[conflict_slot::updates] = assigns();
  return c;
}

Node* Parser::assigns() {
  Node* l = build_.list();
  do {
    build_.add(l, assign());
  } while (accept(Op::comma));
  return l;
}

Node* Parser::assign() {
  const std::size_t begin = at_;
  Node* target = nullptr;
  if (at(Op::lparen)) {
    target = build_.node(Kind::row);
    ++at_;
    do {
      build_.add(target, path("a column"));
    } while (accept(Op::comma));
    expect(Op::rparen, "\")\"");
  } else {
    if (cur().kind == TokenKind::variable) {
      fail("unsupported", "SET that assigns variables", cur().begin);
    }
    target = path("a column");
    while (at(Op::lbracket)) target = subscript(target);
  }
  BinOp op{};
  bool compound = true;
  switch (cur().op) {
    case Op::plus_eq:
      op = BinOp::add;
      break;
    case Op::minus_eq:
      op = BinOp::sub;
      break;
    case Op::star_eq:
      op = BinOp::mul;
      break;
    case Op::slash_eq:
      op = BinOp::div;
      break;
    case Op::percent_eq:
      op = BinOp::mod;
      break;
    default:
      compound = false;
  }
  if (compound && is(Dialect::tsql)) {
    ++at_;
    Node* value = build_.binary(op, build_.clone(target), build_.paren(expression()));
    return at_position(build_.with(Kind::assign, {}, target, value), begin);
  }
  if (!accept(Op::assign)) expect(Op::eq, "\"=\" in SET");
  return at_position(build_.with(Kind::assign, {}, target, expression()), begin);
}

Node* Parser::returning() {
  const std::size_t begin = at_;
  expect("returning"_w, "RETURNING");
  Node* l = at_position(build_.list(), begin);
  do {
    build_.add(l, select_item());
  } while (accept(Op::comma));
  if (at("into"_w)) into_binds(l);
  return l;
}

/// RETURNING a, b INTO :x, :y of Oracle: the row that is given back, by binds instead of a result.
void Parser::into_binds(Node* list) {
  if (!is(Dialect::oracle)) fail("unsupported", "RETURNING .. INTO variables", cur().begin);
  ++at_;
  std::uint32_t binds = 0;
  do {
    const Node* bind = expression();
    if (!bind->is(Kind::parameter) || bind->text == "?") {
      fail("unsupported", "RETURNING .. INTO of what is no named bind", bind->position);
    }
    ++binds;
  } while (accept(Op::comma));
  if (binds != list->size) fail("syntax", "RETURNING and INTO differ in number", list->position);
  list->text = "INTO";
}

/// OUTPUT .. INTO t (a, b): the table stands last in the list, whose op is 1.
void Parser::output_into(Node* list) {
  if (cur().kind == TokenKind::variable) {
    fail("unsupported", "OUTPUT .. INTO a table variable", cur().begin);
  }
  Node* t = build_.slots(Kind::table, table_slot::count);
  t->kids[table_slot::source] = path();
  if (at(Op::lparen)) {
    ++at_;
    Node* columns = t->kids[table_slot::columns] = build_.list();
    do {
      build_.add(columns, name("a column"));
    } while (accept(Op::comma));
    expect(Op::rparen, "\")\"");
  }
  build_.add(list, t);
  list->op = 1;
}

/// OUTPUT INSERTED.a, DELETED.b: the list of RETURNING, its qualifiers kept.
Node* Parser::output() {
  const std::size_t begin = at_;
  expect("output"_w, "OUTPUT");
  Node* l = at_position(build_.list(), begin);
  l->text = "OUTPUT";
  do {
    build_.add(l, select_item());
  } while (accept(Op::comma));
  if (accept("into"_w)) output_into(l);
  return l;
}

Node* Parser::update(Node* with) {
  const std::size_t begin = at_;
  expect("update"_w, "UPDATE");
  Node* n = at_position(build_.slots(Kind::update, update_slot::count), begin);
  n->kids[update_slot::with] = with;
  if (is(Dialect::mysql)) {
    accept("low_priority"_w);
    if (accept("ignore"_w)) n->flags |= flag::ignore;
  }
  if (is(Dialect::sqlite) && at("or"_w)) fail("unsupported", "UPDATE OR", cur().begin);
  if (is(Dialect::tsql) && at("top"_w)) {
    Node* holder = build_.select();
    top(holder);
    n->kids[update_slot::limit] = holder->kids[select_slot::limit];
  }
  Node* target = join_chain();
  if (is(Dialect::mysql)) {
    while (accept(Op::comma)) {
      Node* j = build_.slots(Kind::join, join_slot::count);
      j->op = static_cast<std::uint8_t>(JoinKind::cross);
      j->kids[join_slot::left] = target;
      j->kids[join_slot::right] = join_chain();
      target = j;
    }
  }
  n->kids[update_slot::target] = target;
  expect("set"_w, "SET");
  n->kids[update_slot::assigns] = assigns();
  if (is(Dialect::tsql) && at("output"_w)) n->kids[update_slot::returning] = output();
  if (accept("from"_w)) n->kids[update_slot::from] = from_list();
  if (accept("where"_w)) n->kids[update_slot::where] = expression();
  if (at("order"_w)) n->kids[update_slot::order] = order_list();
  if (at("limit"_w)) {
    Node* holder = build_.select();
    limit_clause(holder);
    n->kids[update_slot::limit] = holder->kids[select_slot::limit];
  }
  if (at("returning"_w)) n->kids[update_slot::returning] = returning();
  if (is(Dialect::tsql) && at("option"_w)) fail("unsupported", "OPTION of UPDATE", cur().begin);
  return n;
}

/// targets: the tables deleted from; from: the joined source (mysql, tsql); using_: PostgreSQL's.
Node* Parser::delete_(Node* with) {
  const std::size_t begin = at_;
  expect("delete"_w, "DELETE");
  Node* n = at_position(build_.slots(Kind::delete_, delete_slot::count), begin);
  n->kids[delete_slot::with] = with;
  if (is(Dialect::mysql)) {
    while (accept("low_priority"_w) || accept("quick"_w)) {
    }
    if (accept("ignore"_w)) n->flags |= flag::ignore;
  }
  if (is(Dialect::tsql) && at("top"_w)) {
    Node* holder = build_.select();
    top(holder);
    n->kids[delete_slot::limit] = holder->kids[select_slot::limit];
  }
  const bool named = !at("from"_w);
  if (named && (is(Dialect::postgres) || is(Dialect::sqlite))) expected("FROM");
  if (!named) ++at_;
  Node* targets = build_.list();
  do {
    build_.add(targets, table_primary());
    if (at(Op::dot) && peek().is(Op::star)) at_ += 2;
  } while (accept(Op::comma));
  n->kids[delete_slot::targets] = targets;
  if (is(Dialect::tsql) && at("output"_w)) n->kids[delete_slot::returning] = output();
  if (accept("from"_w)) n->kids[delete_slot::from] = from_list();
  if (accept("using"_w)) {
    const bool mysql = is(Dialect::mysql);
    n->kids[mysql ? delete_slot::from : delete_slot::using_] = from_list();
  }
  if (accept("where"_w)) n->kids[delete_slot::where] = expression();
  if (at("order"_w)) n->kids[delete_slot::order] = order_list();
  if (at("limit"_w)) {
    Node* holder = build_.select();
    limit_clause(holder);
    n->kids[delete_slot::limit] = holder->kids[select_slot::limit];
  }
  if (at("returning"_w)) n->kids[delete_slot::returning] = returning();
  return n;
}

Node* Parser::merge(Node* with) {
  const std::size_t begin = at_;
  expect("merge"_w, "MERGE");
  Node* n = at_position(build_.slots(Kind::merge, merge_slot::count), begin);
  n->kids[merge_slot::with] = with;
  if (is(Dialect::tsql) && at("top"_w)) fail("unsupported", "MERGE TOP", cur().begin);
  accept("into"_w);
  Node* target = at_position(build_.slots(Kind::table, table_slot::count), at_);
  target->kids[table_slot::source] = path("a table");
  if (is(Dialect::tsql)) target->kids[table_slot::hints] = table_hints();
  if (accept("as"_w))
    target->kids[table_slot::alias] = name("an alias");
  else if (!at("using"_w))
    target->kids[table_slot::alias] = name("an alias");
  n->kids[merge_slot::target] = target;
  expect("using"_w, "USING");
  n->kids[merge_slot::source] = table_primary();
  expect("on"_w, "ON");
  n->kids[merge_slot::on] = expression();
  Node* whens = build_.list();
  while (at("when"_w)) build_.add(whens, merge_when());
  if (whens->size == 0) expected("WHEN");
  n->kids[merge_slot::whens] = whens;
  if (is(Dialect::tsql) && at("output"_w)) n->kids[merge_slot::returning] = output();
  return n;
}

Node* Parser::merge_when() {
  const std::size_t begin = at_;
  expect("when"_w, "WHEN");
  Node* w = at_position(build_.slots(Kind::merge_when, when_slot::count), begin);
  w->op = accept("not"_w) ? 1 : 0;
  expect("matched"_w, "MATCHED");
  if (w->op == 1 && accept("by"_w)) {
    if (accept("source"_w))
      w->op = 2;
    else
      expect("target"_w, "SOURCE or TARGET");
  }
  if (accept("and"_w)) w->kids[when_slot::condition] = expression();
  expect("then"_w, "THEN");
  merge_action(w);
  return w;
}

void Parser::merge_action(Node* w) {
  if (accept("update"_w)) {
    w->text = "UPDATE";
    expect("set"_w, "SET");
    w->kids[when_slot::assigns] = assigns();
    if (accept("where"_w)) w->kids[when_slot::where] = expression();
    if (accept("delete"_w)) {
      expect("where"_w, "WHERE");
      w->kids[when_slot::delete_where] = expression();
    }
  } else if (accept("delete"_w)) {
    w->text = "DELETE";
  } else if (accept("do"_w)) {
    expect("nothing"_w, "NOTHING");
    w->text = "NOTHING";
  } else {
    expect("insert"_w, "UPDATE, DELETE or INSERT");
    w->text = "INSERT";
    if (at(Op::lparen)) {
      ++at_;
      Node* l = build_.list();
      do {
        build_.add(l, path("a column"));
      } while (accept(Op::comma));
      expect(Op::rparen, "\")\"");
      w->kids[when_slot::columns] = l;
    }
    if (accept("default"_w, "values"_w)) return;
    Node* v = values();
    w->kids[when_slot::values] = v->kids[values_slot::rows]->kids[0];
    if (accept("where"_w)) w->kids[when_slot::where] = expression();
  }
}

}  // namespace iacdb::sql
