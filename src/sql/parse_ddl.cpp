// CREATE (other than tables), DROP, TRUNCATE, COMMENT, transactions.

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::create() {
  const std::size_t begin = at_;
  ++at_;
  std::uint32_t flags = 0;
  if (accept("or"_w, "replace"_w)) flags |= flag::replace;
  if (accept("or"_w, "alter"_w)) flags |= flag::replace;
  for (;;) {
    if (accept("temporary"_w) || accept("temp"_w))
      flags |= flag::temporary;
    else if (at("global"_w) && next_is("temporary"_w))
      ++at_;
    else if (at("local"_w) && (next_is("temporary"_w) || next_is("temp"_w)))
      ++at_;
    else if (accept("unique"_w))
      flags |= flag::unique;
    else
      break;
  }
  if (accept("table"_w)) return at_position(create_table(flags), begin);
  if (accept("index"_w)) return at_position(create_index(flags), begin);
  if (is(Dialect::mysql) && (at("fulltext"_w) || at("spatial"_w)) && next_is("index"_w)) {
    const std::string_view kind = at("fulltext"_w) ? "FULLTEXT" : "SPATIAL";
    at_ += 2;
    Node* index = create_index(flags);
    index->text = kind;
    return at_position(index, begin);
  }
  if (is(Dialect::tsql) && (at("clustered"_w) || at("nonclustered"_w)) && next_is("index"_w)) {
    at_ += 2;
    return at_position(create_index(flags), begin);
  }
  view_words();
  if (accept("view"_w)) return at_position(create_view(flags), begin);
  if (accept("sequence"_w)) return at_position(create_sequence(flags), begin);
  at_ = begin;
  return command();
}

/// What may stand before VIEW and says who may see it, not what it shows.
void Parser::view_words() {
  for (;;) {
    if (is(Dialect::mysql) && (at("algorithm"_w) || at("definer"_w)) && peek().is(Op::eq)) {
      at_ += 3;
      if (at(Op::lparen)) at_ = match_[at_] + 1;  // CURRENT_USER()
      // 'user'@'host': the second half is a variable to the lexer, or @ and a name
      while (cur().kind == TokenKind::variable || at(Op::at)) {
        at_ += at(Op::at) ? 2 : 1;
        if (cur().kind == TokenKind::string || cur().kind == TokenKind::quoted_name) ++at_;
      }
    } else if (is(Dialect::mysql) && accept("sql"_w, "security"_w)) {
      ++at_;
    } else if (is(Dialect::oracle) &&
               (at("force"_w) || at("noforce"_w) || at("editionable"_w) || at("editioning"_w))) {
      ++at_;
    } else if (is(Dialect::oracle) && at("no"_w) && next_is("force"_w)) {
      at_ += 2;
    } else {
      return;
    }
  }
}

Node* Parser::create_index(std::uint32_t flags) {
  Node* n = build_.slots(Kind::create_index, index_slot::count);
  if (accept("concurrently"_w)) {
  }
  if (accept("if"_w, "not"_w, "exists"_w)) flags |= flag::if_not_exists;
  n->flags = flags;
  if (!at("on"_w)) n->kids[index_slot::name] = path("an index name");
  if (accept("using"_w)) n->kids[index_slot::method] = name();
  expect("on"_w, "ON");
  if (accept("only"_w)) {
  }
  n->kids[index_slot::table] = path("a table");
  if (accept("using"_w)) n->kids[index_slot::method] = name();
  Node* columns = build_.list();
  expect(Op::lparen, "\"(\" of the index's columns");
  do {
    build_.add(columns, key_part());
  } while (accept(Op::comma));
  expect(Op::rparen, "\")\"");
  n->kids[index_slot::columns] = columns;
  if (accept("using"_w)) n->kids[index_slot::method] = name();
  if (at("include"_w)) {
    ++at_;
    n->kids[index_slot::include] = paren_names();
  }
  const std::size_t options = at_;
  while (!at_end() && !at(Op::semicolon) && !at("where"_w)) ++at_;
  if (at_ > options) n->kids[index_slot::options] = build_.node(Kind::raw, between(options, at_));
  if (accept("where"_w)) n->kids[index_slot::where] = expression();
  if (!at_end() && !at(Op::semicolon)) {
    n->kids[index_slot::options] = build_.node(Kind::raw, raw_until_separator());
  }
  return n;
}

/// A column or expression of an index with its order: a, lower(b) DESC, c(10), d COLLATE x ops.
Node* Parser::key_part() {
  Node* n = build_.sort(expression());
  n->position = n->kids[0]->position;
  if (is_word() && !at("asc"_w) && !at("desc"_w) && !at("nulls"_w)) {
    build_.add(n, path("an operator class"));
  }
  if (accept("asc"_w))
    n->flags |= flag::asc;
  else if (accept("desc"_w))
    n->flags |= flag::desc;
  if (accept("nulls"_w)) {
    n->flags |= accept("first"_w) ? flag::nulls_first : flag::nulls_last;
    accept("last"_w);
  }
  return n;
}

Node* Parser::create_view(std::uint32_t flags) {
  Node* n = build_.slots(Kind::create_view, view_slot::count);
  if (accept("if"_w, "not"_w, "exists"_w)) flags |= flag::if_not_exists;
  n->flags = flags;
  n->kids[view_slot::name] = path("a view name");
  if (at(Op::lparen)) n->kids[view_slot::columns] = paren_names();
  if (is(Dialect::tsql) && accept("with"_w)) {  // SCHEMABINDING, ENCRYPTION, VIEW_METADATA
    do {
      name();
    } while (accept(Op::comma));
  }
  if (!at("as"_w)) fail("unsupported", "options of CREATE VIEW", cur().begin);
  ++at_;
  n->kids[view_slot::query] = query();
  if (at("with"_w)) {
    n->kids[view_slot::options] = build_.node(Kind::raw, raw_until_separator());
  }
  return n;
}

/// The rest of the statement as text.
std::string_view Parser::raw_until_separator() {
  const std::size_t from = at_;
  while (!at_end() && !at(Op::semicolon)) ++at_;
  return between(from, at_);
}

/// Options are kept by name: START, INCREMENT, MINVALUE, MAXVALUE, CACHE, CYCLE.
Node* Parser::create_sequence(std::uint32_t flags) {
  if (accept("if"_w, "not"_w, "exists"_w)) flags |= flag::if_not_exists;
  Node* n = build_.slots(Kind::create_sequence, 1);
  n->flags = flags;
  n->kids[0] = path("a sequence name");
  if (accept("as"_w)) type();
  while (is_word()) {
    const std::string_view word = upper_text(text(cur()));
    ++at_;
    accept("with"_w);
    accept("by"_w);
    if (word == "NO") {
      const std::string_view what = upper_text(text(cur()));
      ++at_;
      build_.add(n, build_.node(Kind::named_argument, "NO"));
      build_.add(n->kids[n->size - 1], build_.node(Kind::raw, what));
      continue;
    }
    Node* option = build_.node(Kind::named_argument, word);
    accept(Op::eq);
    if (cur().kind == TokenKind::number || at(Op::minus)) {
      build_.add(option, expression());
    } else if (word == "ENGINE") {
      build_.add(option, build_.node(Kind::raw, text(cur())));
      ++at_;
    }
    build_.add(n, option);
  }
  return n;
}

Node* Parser::drop() {
  const std::size_t begin = at_++;
  Node* n = build_.node(Kind::drop);
  if (accept("temporary"_w)) n->flags |= flag::temporary;
  accept("materialized"_w);
  static constexpr std::string_view kinds[] = {"TABLE",     "VIEW",     "INDEX",   "SEQUENCE",
                                               "SCHEMA",    "DATABASE", "TRIGGER", "FUNCTION",
                                               "PROCEDURE", "TYPE",     "USER",    "ROLE"};
  const std::string_view word = upper_text(text(cur()));
  for (std::string_view kind : kinds) {
    if (kind == word) n->text = kind;
  }
  if (n->text.empty() || n->text == "FUNCTION" || n->text == "PROCEDURE" || n->text == "USER" ||
      n->text == "ROLE" || n->text == "TYPE" || n->text == "TRIGGER") {
    at_ = begin;
    return command();
  }
  ++at_;
  accept("concurrently"_w);
  if (accept("if"_w, "exists"_w)) n->flags |= flag::if_exists;
  Node* names = build_.list();
  do {
    build_.add(names, path());
  } while (accept(Op::comma));
  build_.add(n, names);
  build_.add(n, nullptr);
  if (accept("on"_w)) n->kids[1] = path("a table");
  if (accept("cascade"_w)) n->flags |= flag::cascade;
  if (accept("constraints"_w)) {
  }
  accept("restrict"_w);
  accept("purge"_w);
  return at_position(n, begin);
}

Node* Parser::truncate() {
  const std::size_t begin = at_++;
  if (!accept("table"_w) && at(Op::lparen)) {
    at_ = begin;
    return command();
  }
  accept("only"_w);
  Node* n = build_.node(Kind::truncate);
  do {
    build_.add(n, path("a table"));
  } while (accept(Op::comma));
  if (accept("restart"_w, "identity"_w)) n->text = "RESTART IDENTITY";
  accept("continue"_w, "identity"_w);
  if (accept("cascade"_w)) n->flags |= flag::cascade;
  accept("restrict"_w);
  if (!at_end() && !at(Op::semicolon)) {
    at_ = begin;
    return command();
  }
  return at_position(n, begin);
}

Node* Parser::comment_on() {
  const std::size_t begin = at_++;
  expect("on"_w, "ON");
  const bool column = at("column"_w);
  if (!column && !at("table"_w)) {
    at_ = begin;
    return command();
  }
  ++at_;
  Node* n = build_.slots(Kind::comment_on, 2, column ? "COLUMN" : "TABLE");
  n->kids[0] = path();
  expect("is"_w, "IS");
  n->kids[1] = primary();
  return at_position(n, begin);
}

Node* Parser::transaction() {
  const std::size_t begin = at_;
  Node* n = build_.node(Kind::transaction);
  const Token& t = cur();
  ++at_;
  switch (t.word) {
    case "begin"_w:
    case "start"_w:
      n->text = "BEGIN";
      if (t.word == "begin"_w && is(Dialect::oracle)) break;
      if (!accept("transaction"_w) && !accept("tran"_w)) accept("work"_w);
      break;
    case "commit"_w:
    case "end"_w:
      n->text = "COMMIT";
      if (!accept("transaction"_w) && !accept("tran"_w)) accept("work"_w);
      break;
    case "rollback"_w:
      n->text = "ROLLBACK";
      if (!accept("transaction"_w) && !accept("tran"_w)) accept("work"_w);
      if (accept("to"_w)) {
        accept("savepoint"_w);
        n->text = "ROLLBACK TO";
        build_.add(n, name("a savepoint"));
      }
      break;
    case "savepoint"_w:
      n->text = "SAVEPOINT";
      build_.add(n, name("a savepoint"));
      break;
    default:
      n->text = "RELEASE";
      accept("savepoint"_w);
      build_.add(n, name("a savepoint"));
  }
  if (!at_end() && !at(Op::semicolon)) {
    at_ = begin;
    return command();
  }
  return at_position(n, begin);
}

}  // namespace iacdb::sql
