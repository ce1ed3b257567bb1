// ALTER TABLE: a column's redefinition in the words of the target.

#include <string>
#include <vector>

#include "sql/parser.hpp"
#include "sql/translate/definitions.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

void split_modify(Node* action, Node* made, Context& c) {
  Node* column = action->kid(action_slot::definition);
  const auto change = [&](std::string_view what) {
    Node* a = c.build.slots(Kind::alter_action, action_slot::count, what);
    a->kids[action_slot::name] = c.build.clone(column->kid(column_slot::name));
    c.build.add(made, a);
    return a;
  };
  if (column->kid(column_slot::type))
    change("SET TYPE")->kids[action_slot::type] = column->kid(column_slot::type);
  bool not_null = false;
  bool null = false;
  Node* value = nullptr;
  for (Node* k : *column->kid(column_slot::constraints)) {
    if (static_cast<ConstraintKind>(k->op) == ConstraintKind::not_null)
      not_null = true;
    else if (static_cast<ConstraintKind>(k->op) == ConstraintKind::null)
      null = true;
    else if (static_cast<ConstraintKind>(k->op) == ConstraintKind::default_)
      value = k->kid(constraint_slot::expression);
    else
      c.refuse(k, "this part of a column's redefinition is not translated");
  }
  const bool whole = !c.from_is(Dialect::oracle);  // Oracle's MODIFY leaves out what stays
  if (not_null)
    change("SET NOT NULL");
  else if (null || whole)
    change("DROP NOT NULL");
  if (value)
    change("SET DEFAULT")->kids[action_slot::expression] = value;
  else if (c.from_is(Dialect::mysql))
    change("DROP DEFAULT");
}

void rename_first(Node* table, const Node* change, Context& c) {
  Node* old = change->kid(action_slot::name);
  Node* name = change->kid(action_slot::definition)->kid(column_slot::name);
  if (same_word(old->text, name->text)) return;
  Node* rename = c.build.slots(Kind::alter_action, action_slot::count, "RENAME COLUMN");
  rename->kids[action_slot::name] = old;
  rename->kids[action_slot::definition] = c.build.clone(name);
  Node* alter = c.build.slots(Kind::alter_table, alter_slot::count);
  alter->kids[alter_slot::name] = c.build.clone(table);
  alter->kids[alter_slot::actions] = c.build.list_of(rename);
  c.before.push_back(alter);
}

namespace {

ConstraintKind kind_of(const Node* c) {
  return static_cast<ConstraintKind>(c->op);
}

const ColumnFacts* facts_of(const Node* table, const Node* column, const Context& c) {
  const TableFacts* facts = c.options.schema ? c.options.schema->table(last_name(table)) : nullptr;
  return facts ? facts->column(last_name(column)) : nullptr;
}

Node* constraint_of(ConstraintKind kind, Node* value, Context& c) {
  Node* made = c.build.slots(Kind::constraint, constraint_slot::count);
  made->op = static_cast<std::uint8_t>(kind);
  made->kids[constraint_slot::expression] = value;
  return made;
}

/// The column as the schema has it: type, NOT NULL and default. Refuses what is not known.
Node* known_column(const Node* where, const ColumnFacts* facts, Context& c) {
  if (!facts || facts->type_text.empty() || (facts->has_default && facts->default_text.empty())) {
    c.refuse(where,
             "the column's definition is not known: here it has to be said whole; give the "
             "schema",
             "schema");
  }
  std::string text = "CREATE TABLE t (c " + facts->type_text;
  if (facts->has_default) text += " DEFAULT " + facts->default_text;
  text += facts->not_null ? " NOT NULL)" : ")";
  Parser parser(c.build.text(text), c.from, c.build.arena());
  parser.allow_own_names();
  return parser.whole_statement()->kid(table_def_slot::items)->kid(0);
}

bool changes_column(const Node* a) {
  for (std::string_view t :
       {"SET TYPE", "SET NOT NULL", "DROP NOT NULL", "SET DEFAULT", "DROP DEFAULT"}) {
    if (a->text == t) return true;
  }
  return false;
}

void without(Node* constraints, ConstraintKind kind) {
  for (std::uint32_t i = 0; i < constraints->size; ++i) {
    if (kind_of(constraints->kid(i)) == kind) Builder::erase(constraints, i--);
  }
}

void apply(Node* column, const Node* a, Context& c) {
  Node* constraints = column->kid(column_slot::constraints);
  if (a->text == "SET TYPE") {
    const Node* way = a->kid(action_slot::expression);
    if (way && !(way->is(Kind::cast) &&
                 same_word(last_name(way->kid(0)), last_name(a->kid(action_slot::name))))) {
      c.refuse(a, "USING of a column's new type has no equal in mysql");
    }
    column->kids[column_slot::type] = a->kid(action_slot::type);
  } else if (a->text.ends_with("NOT NULL")) {
    without(constraints, ConstraintKind::not_null);
    if (a->text == "SET NOT NULL") {
      c.build.add(constraints, constraint_of(ConstraintKind::not_null, nullptr, c));
    }
  } else {
    without(constraints, ConstraintKind::default_);
    if (a->text == "SET DEFAULT") {
      c.build.add(constraints,
                  constraint_of(ConstraintKind::default_, a->kid(action_slot::expression), c));
    }
  }
}

}  // namespace

void join_modify(const Node* table, Node* actions, Context& c) {
  for (std::uint32_t i = 0; i < actions->size; ++i) {
    Node* a = actions->kids[i];
    const bool alone = a->text == "SET DEFAULT" || a->text == "DROP DEFAULT";
    if (!changes_column(a)) continue;
    Node* name = a->kid(action_slot::name);
    std::vector<Node*> others;
    for (std::uint32_t j = i + 1; j < actions->size; ++j) {
      Node* other = actions->kids[j];
      if (!changes_column(other) ||
          !same_word(last_name(other->kid(action_slot::name)), last_name(name))) {
        continue;
      }
      others.push_back(other);
      Builder::erase(actions, j--);
    }
    if (alone && others.empty()) continue;
    Node* column = known_column(a, facts_of(table, name, c), c);
    column->kids[column_slot::name] = name;
    apply(column, a, c);
    for (const Node* other : others) apply(column, other, c);
    Node* modify = c.build.slots(Kind::alter_action, action_slot::count, "MODIFY");
    modify->position = a->position;
    modify->kids[action_slot::definition] = column;
    actions->kids[i] = modify;
  }
}

void keep_modified(const Node* table, Node* modify, Context& c) {
  Node* column = modify->kid(action_slot::definition);
  Node* constraints = column->kid(column_slot::constraints);
  const ColumnFacts* facts = facts_of(table, column->kid(column_slot::name), c);
  bool null_said = false;
  bool default_said = false;
  for (const Node* k : *constraints) {
    null_said =
        null_said || kind_of(k) == ConstraintKind::not_null || kind_of(k) == ConstraintKind::null;
    default_said = default_said || kind_of(k) == ConstraintKind::default_;
  }
  const bool keeps_null = c.from_is(Dialect::oracle) && !null_said;
  const bool keeps_default = c.to_is(Dialect::mysql) && !default_said;
  if (!keeps_default && !keeps_null) return;
  if (!facts) {
    return c.warn("schema",
                  "a column's definition is taken whole here: without the schema its default and "
                  "NOT NULL are left out");
  }
  Node* known = known_column(modify, facts, c);
  if (!column->kid(column_slot::type))
    column->kids[column_slot::type] = known->kid(column_slot::type);
  for (Node* k : *known->kid(column_slot::constraints)) {
    const bool keeps = kind_of(k) == ConstraintKind::default_ ? keeps_default : keeps_null;
    if (keeps) c.build.add(constraints, k);
  }
}

bool same_in_sqlite(const Node* table, const Node* action, Context& c) {
  const Node* column = action->kid(action_slot::definition);
  const bool modify = action->text == "MODIFY";
  if (!modify && action->text != "SET TYPE") return false;
  const Node* name = modify ? column->kid(column_slot::name) : action->kid(action_slot::name);
  const ColumnFacts* facts = facts_of(table, name, c);
  const Node* type = modify ? column->kid(column_slot::type) : action->kid(action_slot::type);
  if (!facts || !type) return false;
  const auto group = [](ValueType t) {
    return t == ValueType::decimal || t == ValueType::boolean ? ValueType::integer : t;
  };
  if (group(facts->type) != group(value_type_of(type, c.from))) return false;
  bool not_null = modify && c.from_is(Dialect::oracle) && facts->not_null;
  bool sets_default = false;
  if (modify) {
    for (const Node* k : *column->kid(column_slot::constraints)) {
      if (kind_of(k) == ConstraintKind::not_null) not_null = true;
      if (kind_of(k) == ConstraintKind::null) not_null = false;
      sets_default = sets_default || kind_of(k) == ConstraintKind::default_;
    }
  }
  const bool drops_default = c.from_is(Dialect::mysql) && modify && facts->has_default;
  if (sets_default || drops_default || (modify && not_null != facts->not_null)) return false;
  c.warn("type", "SQLite holds the new type in the old column: the change was left out");
  return true;
}

}  // namespace iacdb::sql
