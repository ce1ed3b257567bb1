// CREATE TABLE and ALTER TABLE: identity, keys, comments, options, changes of a column.

#include "sql/translate/definitions.hpp"

#include "sql/printer.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

void pass_types_of(Node* root, Context& c);

namespace {

ConstraintKind kind_of(const Node* c) {
  return static_cast<ConstraintKind>(c->op);
}
std::uint8_t code(ConstraintKind k) {
  return static_cast<std::uint8_t>(k);
}

void drop_kid(Node* list, std::uint32_t& i) {
  Builder::erase(list, i);
  --i;
}

Node* comment(Context& c, std::string_view what, Node* name, Node* text) {
  Node* n = c.build.slots(Kind::comment_on, 2, what);
  n->kids[0] = name;
  n->kids[1] = text;
  return n;
}

Node* column_path(Context& c, Node* table, Node* column) {
  Node* p = c.build.node(Kind::path);
  if (table->is(Kind::path)) {
    for (Node* k : *table) c.build.add(p, c.build.clone(k));
  } else {
    c.build.add(p, c.build.clone(table));
  }
  c.build.add(p, c.build.clone(column));
  return p;
}

/// 'now'::text::date, as PostgreSQL's older dumps write it, and 'now' of a column of moments.
bool is_now(const Node* e, bool moment) {
  bool cast = false;
  while (e->is(Kind::cast) || e->is(Kind::paren)) {
    cast = cast || e->is(Kind::cast);
    e = e->kid(0);
  }
  if (!e->is(Kind::string)) return false;
  return (cast || moment) && (same_word(e->text, "now") || same_word(e->text, "now()"));
}

/// 'f', 'no', 'off' and their like of a boolean column in PostgreSQL.
Node* boolean_text(const Node* e, Context& c) {
  while (e->is(Kind::cast) || e->is(Kind::paren)) e = e->kid(0);
  if (!c.from_is(Dialect::postgres) || !e->is(Kind::string)) return nullptr;
  for (std::string_view word : {"t", "true", "y", "yes", "on", "1"}) {
    if (same_word(e->text, word)) return c.build.node(Kind::boolean, "TRUE");
  }
  for (std::string_view word : {"f", "false", "n", "no", "off", "0"}) {
    if (same_word(e->text, word)) return c.build.node(Kind::boolean, "FALSE");
  }
  return nullptr;
}

void default_value(Node* k, ValueType type, Context& c) {
  Node*& e = k->kids[constraint_slot::expression];
  while (e->is(Kind::paren)) e = e->kid(0);
  const bool moment = type == ValueType::date || type == ValueType::timestamp;
  if (c.from_is(Dialect::postgres) && is_now(e, moment)) {
    e = c.build.call(type == ValueType::date ? "$TODAY" : "$NOW");
  }
  if (type == ValueType::boolean) {
    if (const Node* said = boolean_text(e, c)) e = c.build.node(Kind::boolean, said->text);
    const bool zero = (e->is(Kind::number) || e->is(Kind::string)) && e->text == "0";
    const bool one = (e->is(Kind::number) || e->is(Kind::string)) && e->text == "1";
    if ((zero || one) && c.to_is(Dialect::postgres))
      e = c.build.node(Kind::boolean, one ? "TRUE" : "FALSE");
    if (e->is(Kind::bit_string)) e = c.build.number(e->text == "1" ? "1" : "0");
  }
  const bool plain = e->is(Kind::number) || e->is(Kind::string) || e->is(Kind::null) ||
                     e->is(Kind::boolean) || e->is(Kind::unary) || is_call(e, "$NOW") ||
                     is_call(e, "$TODAY") || (is_call(e, "$UTC") && !c.to_is(Dialect::mysql));
  // The type of a literal comes from its column.
  if (e->is(Kind::cast) && (e->kid(0)->is(Kind::string) || e->kid(0)->is(Kind::null))) {
    e = e->kid(0);
  }
  const bool wants = c.to_is(Dialect::sqlite) || c.to_is(Dialect::mysql);
  if (!plain && wants && !e->is(Kind::string)) e = c.build.paren(e);
}

/// `touched` gets the column when it follows the updates of its row.
void column_constraints(Node* table, Node* column, Node* items, Context& c,
                        std::vector<Node*>& touched) {
  resolve_named_type(column, c);
  untyped(column, c);
  settle_column(column, items, c);
  Node* constraints = column->kid(column_slot::constraints);
  const Node* type = column->kid(column_slot::type);
  const ValueType value = type ? value_type_of(type, c.from) : ValueType::unknown;
  identity(table, column, items, c);
  for (std::uint32_t i = 0; i < constraints->size; ++i) {
    Node* k = constraints->kids[i];
    switch (kind_of(k)) {
      case ConstraintKind::comment:
        if (c.to_is(Dialect::mysql)) break;
        if (c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle)) {
          c.after.push_back(comment(c, "COLUMN",
                                    column_path(c, table, column->kid(column_slot::name)),
                                    k->kid(constraint_slot::expression)));
        } else {
          c.warn("comment", "a comment was left out");
        }
        drop_kid(constraints, i);
        break;
      case ConstraintKind::invisible:
        if (k->text.empty()) {
          drop_kid(constraints, i);
        } else if (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::oracle)) {
          c.warn("invisible", "an invisible column is one that SELECT * shows");
          drop_kid(constraints, i);
        }
        break;
      case ConstraintKind::charset:
      case ConstraintKind::collate:
        if (kind_of(k) == ConstraintKind::collate) c.warn("collation", "a collation was left out");
        drop_kid(constraints, i);
        break;
      case ConstraintKind::on_update:
        if (c.to_is(Dialect::mysql)) break;
        touched.push_back(column);
        drop_kid(constraints, i);
        break;
      case ConstraintKind::references:
        foreign_actions(k, c);
        // MySQL reads REFERENCES of a column and forgets it; only a table's own key counts.
        if (!c.to_is(Dialect::mysql) || !items) break;
        k->op = code(ConstraintKind::foreign);
        k->kids[constraint_slot::columns] =
            c.build.list_of(c.build.sort(c.build.clone(column->kid(column_slot::name))));
        c.build.add(items, k);
        drop_kid(constraints, i);
        break;
      case ConstraintKind::default_:
        default_literal(k, type, c);
        default_value(k, value, c);
        break;
      case ConstraintKind::null:
        if (c.to_is(Dialect::sqlite)) drop_kid(constraints, i);
        break;
      case ConstraintKind::generated:
        generated_type(column, k->kid(constraint_slot::expression), items, c);
        if (c.to_is(Dialect::postgres)) k->text = "STORED";
        break;
      default:
        break;
    }
  }
  if (type && !c.to_is(Dialect::mysql)) {
    if (Node* check = listed_values(column, c)) c.build.add(constraints, check);
  }
}

void index_of(Node* table, Node* k, Context& c) {
  if (!k->text.empty()) {
    c.warn("index-kind", "a full-text or spatial key was left out");
    return;
  }
  Node* n = c.build.slots(Kind::create_index, index_slot::count);
  Node* name = k->kid(constraint_slot::name);
  if (!name) {
    std::string made = "idx_" + std::string(last_name(table));
    for (const Node* part : *k->kid(constraint_slot::columns))
      made += "_" + std::string(last_name(part->kid(0)));
    name = c.build.name(c.build.text(made));
  }
  n->kids[index_slot::name] = name;
  n->kids[index_slot::table] = c.build.clone(table);
  n->kids[index_slot::columns] = k->kid(constraint_slot::columns);
  c.after.push_back(n);
}

void table_constraints(Node* n, Context& c) {
  Node* items = n->kid(table_def_slot::items);
  Node* table = n->kid(table_def_slot::name);
  for (std::uint32_t i = 0; i < items->size; ++i) {
    Node* k = items->kids[i];
    if (!k->is(Kind::constraint)) continue;
    const ConstraintKind kind = kind_of(k);
    if (leave_out_check(k, c)) {
      drop_kid(items, i);
      continue;
    }
    if (k->kid(constraint_slot::columns) &&
        (kind == ConstraintKind::primary || kind == ConstraintKind::unique ||
         kind == ConstraintKind::index)) {
      key_parts(k->kid(constraint_slot::columns), c);
    }
    if (kind == ConstraintKind::foreign) {
      key_parts(k->kid(constraint_slot::columns), c);
      foreign_actions(k, c);
    }
    if (kind == ConstraintKind::primary && c.to_is(Dialect::mysql))
      k->kids[constraint_slot::name] = nullptr;
    if (kind == ConstraintKind::index && !c.to_is(Dialect::mysql) && !c.to_is(Dialect::tsql)) {
      index_of(table, k, c);
      drop_kid(items, i);
    }
  }
}

void create_table(Node* n, Context& c) {
  Node* table = n->kid(table_def_slot::name);
  std::vector<Node*> touched;
  first_number(n, c);
  rowid_key(n, c);
  if (Node* items = n->kid(table_def_slot::items)) {
    for (std::uint32_t i = 0; i < items->size; ++i) {
      if (!items->kids[i]->is(Kind::column)) continue;
      column_constraints(table, items->kids[i], items, c, touched);
    }
    table_constraints(n, c);
    fill_key(items, c);
    if (c.to_is(Dialect::sqlite)) columns_first(items);
  }
  for (const Node* column : touched) follow_updates(n, column, c);
  if (Node* options = n->kid(table_def_slot::options)) {
    for (Node* o : *options) {
      if (o->text == "COMMENT" && o->kid(0)->is(Kind::string) &&
          (c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle))) {
        c.after.push_back(comment(c, "TABLE", c.build.clone(table), o->kid(0)));
      }
    }
  }
  drop_options(n, c);
  // Temporary tables of SQL Server carry it in their name.
  if (n->has(flag::temporary) && c.to_is(Dialect::tsql) && !last_name(table).starts_with('#')) {
    Node* name = table->is(Kind::path) ? table->kid(table->size - 1) : table;
    name->text = c.build.text("#" + std::string(name->text));
    name->flags &= ~(flag::quoted | flag::done);
    n->flags &= ~flag::temporary;
  }
  if (n->has(flag::if_not_exists) && (c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle))) {
    c.lose(n, "if-not-exists",
           "CREATE TABLE IF NOT EXISTS has no equal in " + std::string(to_string(c.to)));
    n->flags &= ~flag::if_not_exists;
  }
  if (n->kid(table_def_slot::query) && c.to_is(Dialect::tsql)) {
    Node* q = n->kid(table_def_slot::query);
    if (!q->is(Kind::select)) c.refuse(n, "CREATE TABLE AS of a set operation is not translated");
    q->kids[select_slot::into] = table;
    *n = *q;
    return;
  }
  if (Node* like = n->kid(table_def_slot::like)) {
    if (c.to_is(Dialect::mysql) || c.to_is(Dialect::postgres)) return;
    c.refuse(like, "CREATE TABLE LIKE has no equal that keeps keys and defaults");
  }
}

/// SELECT .. INTO t creates a table: CREATE TABLE t AS elsewhere.
void select_into(Node*& n, Context& c) {
  Node* into = n->is(Kind::select) ? n->kid(select_slot::into) : nullptr;
  if (into && c.to_is(Dialect::tsql) && into->has(flag::temporary)) {
    Node* name = into->is(Kind::path) ? into->kid(into->size - 1) : into;
    name->text = c.build.text("#" + std::string(name->text));
    name->flags = 0;
  }
  if (!into || c.to_is(Dialect::tsql)) return;
  if (c.to_is(Dialect::postgres)) {
    return;
  }
  n->kids[select_slot::into] = nullptr;
  Node* t = c.build.slots(Kind::create_table, table_def_slot::count);
  t->flags |= into->flags & flag::temporary;
  t->kids[table_def_slot::name] = into;
  into->flags &= ~flag::temporary;
  t->kids[table_def_slot::query] = n;
  n = t;
}

/// Oracle's ADD (a int, b int, CONSTRAINT ..) as one action each.
void add_group(Node* table, Node* a, Node* made, std::vector<Node*>& touched, Context& c) {
  for (Node* d : *a->kid(action_slot::definition)) {
    Node* one = c.build.slots(Kind::alter_action, action_slot::count,
                              d->is(Kind::column) ? "ADD COLUMN" : "ADD CONSTRAINT");
    one->kids[action_slot::definition] = d;
    if (d->is(Kind::constraint) && kind_of(d) == ConstraintKind::foreign) {
      foreign_actions(d, c);
    }
    if (d->is(Kind::column)) column_constraints(table, d, nullptr, c, touched);
    c.build.add(made, one);
  }
}

/// SQLite, SQL Server and Oracle take one action a statement.
void one_action_each(Node* table, Node* made, Context& c) {
  const bool single =
      c.to_is(Dialect::sqlite) || c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle);
  if (!single) return;
  std::vector<Node*> more;
  for (std::uint32_t i = 1; i < made->size; ++i) {
    Node* one = c.build.slots(Kind::alter_table, alter_slot::count);
    one->kids[alter_slot::name] = c.build.clone(table);
    one->kids[alter_slot::actions] = c.build.list_of(made->kids[i]);
    more.push_back(one);
  }
  made->size = 1;
  c.after.insert(c.after.begin(), more.begin(), more.end());
}

void alter_table(Node* n, Context& c) {
  Node* made = c.build.list();
  Node* table = n->kid(alter_slot::name);
  std::vector<Node*> touched;
  for (Node* a : *n->kid(alter_slot::actions)) {
    const bool modify = a->text == "MODIFY" || a->text == "CHANGE";
    if (a->text == "OPTION") {
      if (!c.options.whole_database) c.refuse(a, "this action of ALTER TABLE is not translated");
      c.warn("option", "an option of ALTER TABLE was left out");
      continue;
    }
    if (a->text == "ADD COLUMN") {
      add_if_missing(table, a, c);
      if (a->kid(action_slot::expression) && !c.to_is(Dialect::mysql)) {
        c.warn("column-order", "FIRST or AFTER was left out: the column is the last one");
      }
      column_constraints(table, a->kid(action_slot::definition), nullptr, c, touched);
    }
    if (a->text == "ADD GROUP" && !c.to_is(Dialect::oracle)) {
      add_group(table, a, made, touched, c);
      continue;
    }
    if (a->text == "ADD CONSTRAINT") {
      Node* k = a->kid(action_slot::definition);
      if (kind_of(k) == ConstraintKind::default_ && !c.to_is(Dialect::tsql)) {
        a->text = "SET DEFAULT";
        a->kids[action_slot::name] = k->kid(constraint_slot::columns);
        a->kids[action_slot::expression] = k->kid(constraint_slot::expression);
        c.build.add(made, a);
        continue;
      }
      if (kind_of(k) == ConstraintKind::foreign) foreign_actions(k, c);
      if (k->kid(constraint_slot::columns)) key_parts(k->kid(constraint_slot::columns), c);
      if (kind_of(k) == ConstraintKind::index && !c.to_is(Dialect::mysql)) {
        index_of(table, k, c);
        continue;
      }
    }
    if (modify && c.to_is(Dialect::postgres)) {
      if (a->text == "CHANGE") rename_first(table, a, c);
      split_modify(a, made, c);
      continue;
    }
    if (c.to_is(Dialect::sqlite) && a->text == "DROP CONSTRAINT" && a->has(flag::if_exists) &&
        c.options.whole_database &&
        (!c.options.schema || !c.options.schema->table(last_name(table)))) {
      c.warn("constraint", "a constraint of a table that is not known was not dropped");
      continue;
    }
    if (c.to_is(Dialect::sqlite) && same_in_sqlite(table, a, c)) continue;
    const bool whole = c.to_is(Dialect::mysql) || c.to_is(Dialect::tsql);
    if (modify && whole && !c.from_is(Dialect::mysql)) keep_modified(table, a, c);
    if (modify && c.to_is(Dialect::sqlite))
      c.refuse(a, "changing a column needs a rebuilt table in sqlite");
    c.build.add(made, a);
  }
  if (c.to_is(Dialect::mysql) && !c.from_is(Dialect::mysql)) join_modify(table, made, c);
  if (!touched.empty()) {
    c.lose(n, "on-update", "ON UPDATE of a column that is added needs a trigger");
  }
  if (made->size == 0) {
    c.statement = c.after.empty() ? nullptr : c.after.front();
    if (!c.after.empty()) c.after.erase(c.after.begin());
    return;
  }
  n->kids[alter_slot::actions] = made;
  one_action_each(table, made, c);
}

}  // namespace

void pass_definitions(Context& c) {
  select_into(c.statement, c);
  Node* n = c.statement;
  switch (n->kind) {
    case Kind::create_table:
      replace_table(n, c);
      create_table(n, c);
      break;
    case Kind::alter_table:
      alter_table(n, c);
      break;
    case Kind::create_index:
      create_index(n, c);
      break;
    case Kind::comment_on:
      if (c.to_is(Dialect::mysql) && n->text == "TABLE") {
        Printer table(c.to);
        Printer text(c.to);
        table.expression(n->kid(0));
        text.expression(n->kid(1));
        c.statement = c.build.node(Kind::command, c.build.text("ALTER TABLE " + table.take() +
                                                               " COMMENT = " + text.take()));
      } else if (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::oracle)) {
        c.refuse(n, "COMMENT ON has no equal");
      }
      break;
    case Kind::create_view:
      create_view(n, c);
      break;
    case Kind::drop:
      drop(n, c);
      break;
    case Kind::command:
      if (!create_schema(c)) c.refuse(n, "this kind of statement is not translated");
      break;
    default:
      break;
  }
}

void pass_types(Context& c) {
  pass_types_of(c.statement, c);
  for (Node* n : c.after) pass_types_of(n, c);
}

}  // namespace iacdb::sql
