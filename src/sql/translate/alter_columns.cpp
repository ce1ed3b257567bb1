// ALTER TABLE: a column's redefinition in the words of the target.

#include "sql/translate/definitions.hpp"

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

}  // namespace iacdb::sql
