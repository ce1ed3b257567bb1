// Folding: CREATE TABLE a LIKE b of MySQL, where the target has none and the script made b.
//
// Source: "CREATE TABLE ... LIKE Statement" of MySQL 8.0: columns, keys, defaults and checks; no
// foreign keys.

#include "sql/script/definition_nodes.hpp"
#include "sql/script/folding.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

/// The items of the table that is copied, with the indexes that the script has put on it.
void Folding::copy_whole(std::size_t part) {
  Node* table = definitions_[part].tree;
  const Node* like = table->kid(table_def_slot::like);
  if (!like || to_ == Dialect::mysql || to_ == Dialect::postgres) return;
  const Node* other = table_of(last_name(like));
  if (!other) return;
  Node* items = build_.list();
  for (const Node* item : *other->kid(table_def_slot::items)) {
    const bool own = item->is(Kind::column);
    if (!own && kind_of(item) == ConstraintKind::foreign) continue;
    Node* copy = build_.clone(item);
    if (own) remove_constraint(copy->kid(column_slot::constraints), ConstraintKind::references);
    build_.add(items, copy);
  }
  for (std::size_t i = 0; i < part; ++i) {
    const Node* n = definitions_[i].tree;
    if (!n || definitions_[i].folded) continue;
    const auto of_other = [&](const Node* name) {
      return name && same_word(last_name(name), last_name(like));
    };
    if (n->is(Kind::alter_table) && of_other(n->kid(alter_slot::name))) return;  // not in the items
    if (n->is(Kind::drop) && n->text == "INDEX" && of_other(n->kid(1))) return;
    if (!n->is(Kind::create_index) || !of_other(n->kid(index_slot::table))) continue;
    if (!n->text.empty() || n->kid(index_slot::where) || !n->kid(index_slot::name)) return;
    Node* key = build_.slots(Kind::constraint, constraint_slot::count);
    key->op = static_cast<std::uint8_t>(n->has(flag::unique) ? ConstraintKind::unique
                                                             : ConstraintKind::index);
    key->kids[constraint_slot::name] = build_.clone(n->kid(index_slot::name));
    key->kids[constraint_slot::columns] = build_.clone(n->kid(index_slot::columns));
    build_.add(items, key);
  }
  walk(items, [](Node* k) {
    k->position = 0;
    return true;
  });
  table->kids[table_def_slot::like] = nullptr;
  table->kids[table_def_slot::items] = items;
  definitions_[part].changed = true;
}

}  // namespace iacdb::sql
