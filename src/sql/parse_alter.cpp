// ALTER TABLE and its actions.

#include <algorithm>

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::alter() {
  const std::size_t begin = at_++;
  if (!accept("table"_w)) {
    at_ = begin;
    return command();
  }
  Node* n = build_.slots(Kind::alter_table, alter_slot::count);
  if (accept("if"_w, "exists"_w)) n->flags |= flag::if_exists;
  accept("only"_w);
  n->kids[alter_slot::name] = path("a table");
  // WITH CHECK ADD: SQL Server's default said aloud.
  if (is(Dialect::tsql) && accept("with"_w)) {
    if (!accept("check"_w)) expect("nocheck"_w, "CHECK or NOCHECK");
  }
  Node* actions = build_.list();
  do {
    add_action(actions);
  } while (accept(Op::comma));
  n->kids[alter_slot::actions] = actions;
  return at_position(n, begin);
}

/// One action, or what follows one in a list of SQL Server: ADD a int, b int; DROP COLUMN a, b.
void Parser::add_action(Node* actions) {
  const Node* last = actions->size > 0 ? actions->kid(actions->size - 1) : nullptr;
  const bool verb = at("add"_w) || at("drop"_w) || at("alter"_w);
  Node* a = nullptr;
  if (is(Dialect::tsql) && last && !verb && last->text.starts_with("ADD")) {
    a = alter_added(at_position(build_.slots(Kind::alter_action, action_slot::count), at_));
  } else if (is(Dialect::tsql) && last && !verb && last->text.starts_with("DROP")) {
    a = alter_dropped(at_position(build_.slots(Kind::alter_action, action_slot::count), at_));
  } else {
    a = alter_action();
  }
  if (a->text != "MODIFY GROUP") return build_.add(actions, a);
  for (Node* column : *a->kid(action_slot::definition)) {
    Node* one = build_.slots(Kind::alter_action, action_slot::count, "MODIFY");
    one->position = a->position;
    one->kids[action_slot::definition] = column;
    build_.add(actions, one);
  }
}

Node* Parser::alter_action() {
  const std::size_t begin = at_;
  Node* a = at_position(build_.slots(Kind::alter_action, action_slot::count), begin);
  switch (cur().word) {
    case "add"_w:
      return alter_add(a);
    case "drop"_w:
      return alter_drop(a);
    case "rename"_w:
      return alter_rename(a);
    case "modify"_w:
    case "change"_w:
      return alter_modify(a);
    case "alter"_w: {
      Node* made = alter_column_action();
      made->position = a->position;
      return made;
    }
    default:
      return alter_option(a);
  }
}

namespace {
/// SET STATISTICS, SET STORAGE and SET (..) of a column: how it is kept and counted.
bool is_storage(WordId word) {
  return word == "statistics"_w || word == "storage"_w || word == "compression"_w;
}
}  // namespace

/// What concerns storage, owners and checking rather than the table's shape: kept as text.
Node* Parser::alter_option(Node* a) {
  static constexpr WordId words[] = {
      "owner"_w,   "check"_w,     "nocheck"_w, "enable"_w,     "disable"_w,    "auto_increment"_w,
      "engine"_w,  "convert"_w,   "default"_w, "charset"_w,    "character"_w,  "validate"_w,
      "cluster"_w, "set"_w,       "replica"_w, "comment"_w,    "order"_w,      "force"_w,
      "collate"_w, "reset"_w,     "rebuild"_w, "row_format"_w, "inherit"_w,    "no"_w,
      "move"_w,    "nologging"_w, "logging"_w, "parallel"_w,   "noparallel"_w, "cache"_w,
      "attach"_w};
  if (std::find(std::begin(words), std::end(words), cur().word) == std::end(words)) {
    fail("unsupported", "this action of ALTER TABLE is not read", cur().begin);
  }
  return kept_option(a);
}

/// The action as text.
Node* Parser::kept_option(Node* a) {
  const std::size_t from = at_;
  while (!at_end() && !at(Op::comma) && !at(Op::semicolon)) {
    at_ = at(Op::lparen) ? match_[at_] + 1 : at_ + 1;
  }
  a->text = "OPTION";
  a->kids[action_slot::expression] = build_.node(Kind::raw, between(from, at_));
  return a;
}

/// SQL Server: ADD [CONSTRAINT d] DEFAULT value FOR column.
Node* Parser::added_default() {
  Node* c = build_.slots(Kind::constraint, constraint_slot::count);
  c->op = static_cast<std::uint8_t>(ConstraintKind::default_);
  if (accept("constraint"_w)) c->kids[constraint_slot::name] = name("a constraint name");
  expect("default"_w, "DEFAULT");
  c->kids[constraint_slot::expression] = default_value();
  expect("for"_w, "FOR");
  c->kids[constraint_slot::columns] = name("a column");
  if (accept("with"_w)) expect("values"_w, "VALUES");
  return c;
}

Node* Parser::alter_add(Node* a) {
  ++at_;
  return alter_added(a);
}

Node* Parser::alter_added(Node* a) {
  const bool column = accept("column"_w);
  if (accept("if"_w, "not"_w, "exists"_w)) a->flags |= flag::if_not_exists;
  if (accept(Op::lparen)) {  // oracle: ADD (a int, b int)
    Node* l = build_.list();
    do {
      build_.add(l, table_item());
    } while (accept(Op::comma));
    expect(Op::rparen, "\")\"");
    a->kids[action_slot::definition] = l;
    a->text = "ADD GROUP";
    return a;
  }
  const bool named_default = at("constraint"_w) && peek(2).is("default"_w);
  const bool defaults = is(Dialect::tsql) && (at("default"_w) || named_default);
  Node* item = defaults ? added_default() : column ? column_definition() : table_item();
  a->kids[action_slot::definition] = item;
  a->text = item->is(Kind::column) ? "ADD COLUMN" : "ADD CONSTRAINT";
  if (accept("first"_w)) {
    a->kids[action_slot::expression] = build_.node(Kind::raw, "FIRST");
  } else if (accept("after"_w)) {
    a->kids[action_slot::expression] = name("a column");
  }
  return a;
}

Node* Parser::alter_drop(Node* a) {
  ++at_;
  return alter_dropped(a);
}

Node* Parser::alter_dropped(Node* a) {
  if (accept("constraint"_w) || accept("foreign"_w, "key"_w)) {
    a->text = "DROP CONSTRAINT";
  } else if (accept("primary"_w, "key"_w)) {
    a->text = "DROP PRIMARY KEY";
  } else if (is(Dialect::mysql) && (accept("index"_w) || accept("key"_w))) {
    a->text = "DROP INDEX";
  } else {
    accept("column"_w);
    a->text = "DROP COLUMN";
  }
  if (accept("if"_w, "exists"_w)) a->flags |= flag::if_exists;
  if (a->text != "DROP PRIMARY KEY") a->kids[action_slot::name] = name();
  if (accept("cascade"_w)) a->flags |= flag::cascade;
  accept("restrict"_w);
  return a;
}

Node* Parser::alter_rename(Node* a) {
  ++at_;
  if (accept("to"_w) || accept("as"_w)) {
    a->text = "RENAME TO";
    a->kids[action_slot::name] = path();
    return a;
  }
  a->text = at("index"_w) || at("key"_w) ? "RENAME INDEX" : "RENAME COLUMN";
  if (at("constraint"_w)) fail("unsupported", "RENAME CONSTRAINT", cur().begin);
  if (!accept("column"_w) && a->text == "RENAME INDEX") ++at_;
  a->kids[action_slot::name] = name();
  if (!accept("to"_w)) expect("as"_w, "TO");
  a->kids[action_slot::definition] = name();
  return a;
}

/// MODIFY a int, MODIFY (a int), CHANGE a b int.
Node* Parser::alter_modify(Node* a) {
  const bool change = at("change"_w);
  ++at_;
  accept("column"_w);
  a->text = change ? "CHANGE" : "MODIFY";
  if (change) a->kids[action_slot::name] = name();
  if (!change && accept(Op::lparen)) {
    Node* columns = build_.list();
    do {
      build_.add(columns, column_definition());
    } while (accept(Op::comma));
    expect(Op::rparen, "\")\"");
    a->text = "MODIFY GROUP";
    a->kids[action_slot::definition] = columns;
    return a;
  }
  a->kids[action_slot::definition] = column_definition();
  return a;
}

/// ALTER [COLUMN] a SET DEFAULT .. | DROP DEFAULT | SET NOT NULL | TYPE t | (tsql) t NOT NULL
Node* Parser::alter_column_action() {
  Node* a = build_.slots(Kind::alter_action, action_slot::count);
  const std::size_t begin = at_;
  ++at_;
  accept("column"_w);
  if (at("index"_w)) fail("unsupported", "ALTER INDEX", cur().begin);
  const std::size_t column = at_;
  a->kids[action_slot::name] = name("a column");
  if (accept("set"_w, "default"_w)) {
    a->text = "SET DEFAULT";
    a->kids[action_slot::expression] = expression();
  } else if (is(Dialect::postgres) && at("set"_w) && is_storage(peek().word)) {
    at_ = begin;
    return kept_option(a);
  } else if (accept("drop"_w, "default"_w)) {
    a->text = "DROP DEFAULT";
  } else if (accept("set"_w, "not"_w, "null"_w)) {
    a->text = "SET NOT NULL";
  } else if (accept("drop"_w, "not"_w, "null"_w)) {
    a->text = "DROP NOT NULL";
  } else if (accept("type"_w) || accept("set"_w, "data"_w, "type"_w)) {
    a->text = "SET TYPE";
    a->kids[action_slot::type] = type();
    if (accept("using"_w)) a->kids[action_slot::expression] = expression();
  } else if (accept("add"_w, "generated"_w)) {
    at_ -= 1;
    a->text = "ADD IDENTITY";
    a->kids[action_slot::definition] = column_constraint();
  } else if (is(Dialect::tsql)) {
    at_ = column;
    a->text = "MODIFY";
    a->kids[action_slot::name] = nullptr;
    a->kids[action_slot::definition] = column_definition();
  } else {
    fail("unsupported", "this change of a column is not read", cur().begin);
  }
  return a;
}

}  // namespace iacdb::sql
