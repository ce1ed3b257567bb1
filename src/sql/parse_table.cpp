// CREATE TABLE: columns, constraints, options.

#include <algorithm>

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::create_table(std::uint32_t flags) {
  Node* n = build_.slots(Kind::create_table, table_def_slot::count);
  if (accept("if"_w, "not"_w, "exists"_w)) flags |= flag::if_not_exists;
  n->flags = flags;
  n->kids[table_def_slot::name] = path("a table name");
  if (accept("like"_w)) {
    n->kids[table_def_slot::like] = path("a table");
    return n;
  }
  if (at(Op::lparen) && next_is("like"_w) && is(Dialect::mysql)) {
    at_ += 2;
    n->kids[table_def_slot::like] = path("a table");
    expect(Op::rparen, "\")\"");
    return n;
  }
  if (at(Op::lparen) && !query_here()) {
    ++at_;
    Node* items = build_.list();
    while (!at(Op::rparen)) {
      build_.add(items, table_item());
      if (is(Dialect::tsql) && at("constraint"_w)) continue;  // it needs no comma before one
      if (!accept(Op::comma)) break;
    }
    expect(Op::rparen, "\")\" or \",\" after a column");
    n->kids[table_def_slot::items] = items;
  }
  n->kids[table_def_slot::options] = table_options();
  accept("as"_w);
  if (query_here()) {
    n->kids[table_def_slot::query] = query();
    if (accept("with"_w, "no"_w, "data"_w)) n->kids[table_def_slot::query]->flags |= flag::only;
    accept("with"_w, "data"_w);
  }
  return n;
}

/// Words after the column list, each NAME [=] VALUE, as named_argument nodes.
Node* Parser::table_options() {
  Node* l = build_.list();
  const auto storage = [&] { return at("with"_w) && peek().is(Op::lparen); };  // (fillfactor = 70)
  while (!at_end() && !at(Op::semicolon) && !at("as"_w) && (storage() || !query_here()) &&
         !at(Op::rparen)) {
    if (accept(Op::comma)) continue;
    const std::size_t from = at_;
    if (accept("default"_w)) {
    }
    std::string_view word = upper_text(text(cur()));
    ++at_;
    if (word == "CHARACTER") {
      accept("set"_w);
      word = "CHARSET";
    }
    Node* option = build_.node(Kind::named_argument, word);
    if (word == "PARTITION" && at("by"_w)) {
      while (!at_end() && !at(Op::semicolon) && !at("as"_w) && !at(Op::rparen)) {
        at_ = at(Op::lparen) ? match_[at_] + 1 : at_ + 1;
      }
    } else if (at("on"_w) || (word == "ON")) {
      // ON COMMIT ..; ON a filegroup
      while (!at_end() && !at(Op::semicolon) && !at("as"_w)) ++at_;
    } else if (at(Op::lparen)) {
      at_ = match_[at_];
      expect(Op::rparen, "\")\"");
    } else if (accept(Op::eq) || word == "COMMENT" || word == "CHARSET" || word == "COLLATE" ||
               word == "ENGINE" || word == "AUTO_INCREMENT") {
      if (cur().kind == TokenKind::string) {
        build_.add(option, decoded(cur()));
        ++at_;
      } else {
        build_.add(option, build_.node(Kind::raw, text(cur())));
        ++at_;
      }
    }
    build_.add(option, build_.node(Kind::raw, between(from, at_)));
    build_.add(l, option);
  }
  return l->size ? l : nullptr;
}

Node* Parser::table_item() {
  switch (cur().word) {
    case "constraint"_w:
    case "check"_w:
    case "foreign"_w:
      return table_constraint();
    case "primary"_w:
    case "unique"_w:
      if (next_is("key"_w) || next_is("index"_w) || peek().is(Op::lparen) ||
          next_is("nonclustered"_w) || next_is("clustered"_w) ||
          (is(Dialect::mysql) && peek(2).is(Op::lparen))) {
        return table_constraint();
      }
      break;
    case "key"_w:
    case "index"_w:
    case "fulltext"_w:
    case "spatial"_w:
      if (is(Dialect::mysql) || (is(Dialect::tsql) && at("index"_w))) return table_constraint();
      break;
    case "exclude"_w:
    case "period"_w:
      if (peek().is(Op::lparen) || next_is("using"_w) || next_is("for"_w)) {
        fail("unsupported", "this table constraint is not read", cur().begin);
      }
      break;
    case "like"_w:
      if (is(Dialect::postgres)) {
        const std::size_t from = at_++;
        Node* c = build_.slots(Kind::constraint, constraint_slot::count);
        c->op = static_cast<std::uint8_t>(ConstraintKind::like);
        c->kids[constraint_slot::table] = path("a table");
        while (accept("including"_w) || accept("excluding"_w)) ++at_;
        c->text = between(from, at_);
        return at_position(c, from);
      }
      break;
    default:
      break;
  }
  return column_definition();
}

namespace {
std::uint8_t code(ConstraintKind k) {
  return static_cast<std::uint8_t>(k);
}
}  // namespace

Node* Parser::table_constraint() {
  const std::size_t begin = at_;
  Node* c = build_.slots(Kind::constraint, constraint_slot::count);
  if (accept("constraint"_w)) {
    if (!at("primary"_w) && !at("unique"_w) && !at("foreign"_w) && !at("check"_w)) {
      c->kids[constraint_slot::name] = name("a constraint name");
    }
  }
  if (accept("primary"_w)) {
    expect("key"_w, "KEY");
    c->op = code(ConstraintKind::primary);
    if (is(Dialect::mysql) && name_here() && !at("using"_w)) name();  // which it does not keep
  } else if (accept("foreign"_w)) {
    expect("key"_w, "KEY");
    c->op = code(ConstraintKind::foreign);
    if (name_here()) c->kids[constraint_slot::name] = name();
  } else if (accept("check"_w)) {
    c->op = code(ConstraintKind::check);
    expect(Op::lparen, "\"(\"");
    c->kids[constraint_slot::expression] = expression();
    expect(Op::rparen, "\")\"");
    accept("not"_w, "enforced"_w);
    while (key_tail()) {
    }
    return at_position(c, begin);
  } else {
    const bool unique = accept("unique"_w);
    c->op = code(unique ? ConstraintKind::unique : ConstraintKind::index);
    if (accept("fulltext"_w)) c->text = "FULLTEXT";
    if (accept("spatial"_w)) c->text = "SPATIAL";
    if (!accept("key"_w)) accept("index"_w);
    if (name_here() && !at("using"_w) && !at("clustered"_w) && !at("nonclustered"_w)) {
      c->kids[constraint_slot::name] = name();
    }
  }
  key_columns(c);
  if (c->op == code(ConstraintKind::foreign)) references(c);
  return at_position(c, begin);
}

void Parser::key_columns(Node* c) {
  if (accept("clustered"_w) || accept("nonclustered"_w)) {
  }
  if (accept("using"_w)) name();
  Node* l = build_.list();
  expect(Op::lparen, "\"(\" of the key's columns");
  do {
    build_.add(l, key_part());
  } while (accept(Op::comma));
  expect(Op::rparen, "\")\"");
  c->kids[constraint_slot::columns] = l;
  while (key_tail()) {
  }
}

/// What may follow a constraint and concerns its index, its checking and its storage.
bool Parser::key_tail() {
  if (accept("deferrable"_w) || accept("initially"_w, "deferred"_w) ||
      accept("initially"_w, "immediate"_w) || accept("not"_w, "deferrable"_w)) {
    return true;
  }
  if (is(Dialect::oracle)) {
    if (accept("using"_w, "index"_w)) {
      if (at(Op::lparen)) at_ = match_[at_] + 1;
      storage_words();
      return true;
    }
    return accept("enable"_w) || accept("disable"_w) || accept("validate"_w) ||
           accept("novalidate"_w) || accept("rely"_w) || accept("norely"_w);
  }
  if (is(Dialect::tsql) && at("with"_w) && peek().is(Op::lparen)) {
    at_ = match_[at_ + 1] + 1;
    return true;
  }
  if (is(Dialect::tsql) && at("with"_w) && next_is("fillfactor"_w)) {
    at_ += 4;
    return true;
  }
  if (is(Dialect::tsql) && accept("on"_w)) {
    name();
    return true;
  }
  if (is(Dialect::tsql) && accept("not"_w, "for"_w, "replication"_w)) return true;
  if (accept("using"_w)) {
    name();
    return true;
  }
  if (is(Dialect::mysql) && (at("key_block_size"_w) || at("with"_w))) {
    ++at_;  // KEY_BLOCK_SIZE = 1, WITH PARSER ngram
    accept(Op::eq);
    ++at_;
    return true;
  }
  if (is(Dialect::mysql) && (accept("visible"_w) || accept("invisible"_w))) return true;
  if (accept("comment"_w)) {
    primary();
    return true;
  }
  return false;
}

/// Oracle's storage clauses: PCTFREE 10 TABLESPACE t STORAGE (..) NOLOGGING ..
void Parser::storage_words() {
  static constexpr WordId with_value[] = {"pctfree"_w,  "pctused"_w,    "initrans"_w,
                                          "maxtrans"_w, "tablespace"_w, "parallel"_w};
  static constexpr WordId alone[] = {"logging"_w,    "nologging"_w, "compress"_w,   "nocompress"_w,
                                     "reverse"_w,    "compute"_w,   "statistics"_w, "local"_w,
                                     "noparallel"_w, "online"_w,    "global"_w};
  const auto in = [&](const auto& words) {
    return std::find(std::begin(words), std::end(words), cur().word) != std::end(words);
  };
  for (;;) {
    if (in(with_value)) {
      at_ += 2;
    } else if (at("storage"_w) && peek().is(Op::lparen)) {
      at_ = match_[at_ + 1] + 1;
    } else if (in(alone)) {
      ++at_;
    } else {
      return;
    }
  }
}

void Parser::references(Node* c) {
  expect("references"_w, "REFERENCES");
  c->kids[constraint_slot::table] = path("a table");
  if (at(Op::lparen)) c->kids[constraint_slot::foreign_columns] = paren_names();
  const std::size_t from = at_;
  std::size_t to = at_;
  for (;;) {
    if (accept("on"_w)) {
      if (!accept("delete"_w)) expect("update"_w, "DELETE or UPDATE");
      if (accept("set"_w)) {
        if (!accept("null"_w)) expect("default"_w, "NULL or DEFAULT");
      } else if (accept("no"_w)) {
        expect("action"_w, "ACTION");
      } else if (!accept("cascade"_w)) {
        expect("restrict"_w, "an action");
      }
      to = at_;
    } else if (accept("match"_w)) {
      name();
    } else if (!at("comment"_w) && key_tail()) {
    } else {
      break;
    }
  }
  c->text = between(from, to);
}

Node* Parser::column_definition() {
  const std::size_t begin = at_;
  Node* n = build_.slots(Kind::column, column_slot::count);
  n->kids[column_slot::name] = name("a column or a constraint");
  const bool typed = name_here() && !at("constraint"_w) && !at("not"_w) && !at("primary"_w) &&
                     !at("default"_w) && !at("unique"_w) && !at("check"_w) && !at("references"_w) &&
                     !at("as"_w) && !at("generated"_w) && !at("null"_w) && !at("collate"_w);
  if (typed) n->kids[column_slot::type] = type();
  Node* constraints = build_.list();
  n->kids[column_slot::constraints] = constraints;
  while (Node* c = column_constraint()) build_.add(constraints, c);
  return at_position(n, begin);
}

Node* Parser::default_value() {
  if (at(Op::lparen) || at(Op::minus) || at(Op::plus)) return expression(power::is - 1);
  return expression(power::compare);
}

/// CONSTRAINT k PRIMARY KEY (a): a key of the table, which follows a column without a comma.
bool Parser::key_of_table() const {
  if (!at("constraint"_w)) return false;
  std::size_t i = 2;
  if (!peek(i).is("primary"_w) && !peek(i).is("unique"_w)) return false;
  for (++i; peek(i).is("key"_w) || peek(i).is("clustered"_w) || peek(i).is("nonclustered"_w);) ++i;
  return peek(i).is(Op::lparen);
}

Node* Parser::column_constraint() {
  const std::size_t begin = at_;
  if (is(Dialect::tsql) && key_of_table()) return nullptr;
  Node* c = build_.slots(Kind::constraint, constraint_slot::count);
  if (accept("constraint"_w)) c->kids[constraint_slot::name] = name("a constraint name");
  const auto made = [&](ConstraintKind k) {
    c->op = code(k);
    while (is(Dialect::oracle) && key_tail()) {
    }
    return at_position(c, begin);
  };
  if (accept("not"_w, "null"_w)) return made(ConstraintKind::not_null);
  if (accept("null"_w)) return made(ConstraintKind::null);
  if (accept("default"_w)) {
    if (is(Dialect::oracle) && accept("on"_w, "null"_w)) c->text = "ON NULL";
    Node*& value = c->kids[constraint_slot::expression];
    value = default_value();
    if (value->is(Kind::collate)) {  // DEFAULT 'x' COLLATE y: the collation is the column's.
      value = value->kids[0];
      do {
        --at_;
      } while (!at("collate"_w));
    }
    if (is(Dialect::tsql) && accept("with"_w)) expect("values"_w, "VALUES");
    return made(ConstraintKind::default_);
  }
  if (accept("primary"_w)) {
    expect("key"_w, "KEY");
    if (accept("clustered"_w) || accept("nonclustered"_w)) {
    }
    if (accept("desc"_w))
      c->text = "DESC";
    else
      accept("asc"_w);
    return made(ConstraintKind::primary);
  }
  if (accept("unique"_w)) {
    accept("key"_w);
    return made(ConstraintKind::unique);
  }
  if (at("key"_w) && is(Dialect::mysql)) {
    ++at_;
    return made(ConstraintKind::primary);
  }
  if (accept("check"_w)) {
    expect(Op::lparen, "\"(\"");
    c->kids[constraint_slot::expression] = expression();
    expect(Op::rparen, "\")\"");
    return made(ConstraintKind::check);
  }
  if (at("references"_w)) {
    references(c);
    return made(ConstraintKind::references);
  }
  if (is(Dialect::mysql) && accept("binary"_w)) {
    c->text = "BINARY";
    return made(ConstraintKind::collate);
  }
  if (named_constraint(c)) return at_position(c, begin);
  at_ = begin;
  return nullptr;
}

/// What only one dialect has: identity, generated columns, comments, character sets.
bool Parser::named_constraint(Node* c) {
  const auto made = [&](ConstraintKind k) {
    c->op = code(k);
    return true;
  };
  if (accept("auto_increment"_w) || accept("autoincrement"_w)) {
    return made(ConstraintKind::auto_increment);
  }
  if (at("identity"_w) && is(Dialect::tsql)) {
    ++at_;
    if (accept(Op::lparen)) {
      c->kids[constraint_slot::columns] = expression_list();
      expect(Op::rparen, "\")\"");
    }
    accept("not"_w, "for"_w, "replication"_w);
    return made(ConstraintKind::identity);
  }
  if (accept("generated"_w)) {
    const bool always = accept("always"_w);
    if (!always) {
      expect("by"_w, "BY DEFAULT or ALWAYS");
      expect("default"_w, "DEFAULT");
      accept("on"_w, "null"_w);
    }
    expect("as"_w, "AS");
    if (accept("identity"_w)) {
      identity_options(c);
      c->text = always ? "ALWAYS" : "";
      return made(ConstraintKind::identity);
    }
  } else if (!at("as"_w) || !peek().is(Op::lparen)) {
    if (accept("collate"_w)) {
      c->kids[constraint_slot::expression] = path("a collation");
      return made(ConstraintKind::collate);
    }
    if (accept("comment"_w)) {
      c->kids[constraint_slot::expression] = primary();
      return made(ConstraintKind::comment);
    }
    if (accept("on"_w, "update"_w)) {
      c->kids[constraint_slot::expression] = primary();
      return made(ConstraintKind::on_update);
    }
    if (accept("charset"_w) || accept("character"_w, "set"_w)) {
      c->kids[constraint_slot::expression] = path("a character set");
      return made(ConstraintKind::charset);
    }
    if (accept("invisible"_w)) {
      c->text = "INVISIBLE";
      return made(ConstraintKind::invisible);
    }
    if (accept("enable"_w) || accept("visible"_w) || accept("sparse"_w) ||
        (is(Dialect::tsql) && accept("rowguidcol"_w))) {
      return made(ConstraintKind::invisible);
    }
    return false;
  }
  accept("as"_w);
  expect(Op::lparen, "\"(\" of the generated column");
  c->kids[constraint_slot::expression] = expression();
  expect(Op::rparen, "\")\"");
  c->text = "VIRTUAL";
  if (accept("stored"_w) || accept("persisted"_w) || accept("persistent"_w))
    c->text = "STORED";
  else
    accept("virtual"_w);
  return made(ConstraintKind::generated);
}

/// (START WITH 1 INCREMENT BY 1 ..), in Oracle without parentheses too: start and increment are
/// kept.
void Parser::identity_options(Node* c) {
  const bool parens = at(Op::lparen);
  if (!parens && !is(Dialect::oracle)) return;
  const std::size_t close = parens ? match_[at_] : tokens_.size();
  Node* start = nullptr;
  Node* step = nullptr;
  if (parens) ++at_;
  while (at_ < close && !at_end()) {
    if (accept("start"_w)) {
      accept("with"_w);
      start = expression();
    } else if (accept("increment"_w)) {
      accept("by"_w);
      step = expression();
    } else if (parens) {
      ++at_;
    } else if (at("minvalue"_w) || at("maxvalue"_w) || (at("cache"_w))) {
      at_ += 2;
    } else if (at("nocache"_w) || at("cycle"_w) || at("nocycle"_w) || at("order"_w) ||
               at("noorder"_w) || at("nominvalue"_w) || at("nomaxvalue"_w)) {
      ++at_;
    } else {
      break;
    }
  }
  if (parens) expect(Op::rparen, "\")\"");
  if (!start && !step) return;
  c->kids[constraint_slot::columns] = build_.with(
      Kind::list, {}, start ? start : build_.number("1"), step ? step : build_.number("1"));
}

}  // namespace iacdb::sql
