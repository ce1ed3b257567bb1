// Identity columns: AUTO_INCREMENT, IDENTITY, SERIAL, INTEGER PRIMARY KEY AUTOINCREMENT.
//
// Sources: "Using AUTO_INCREMENT" of MySQL 8.0, "Identity Columns" of PostgreSQL 15, "SQLite
// Autoincrement", "IDENTITY (Property)" of Transact-SQL 2019, "identity_clause" of Oracle 19c.

#include "sql/translate/definitions.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

ConstraintKind kind_of(const Node* c) {
  return static_cast<ConstraintKind>(c->op);
}

Node* made_constraint(ConstraintKind kind, Context& c) {
  Node* made = c.build.slots(Kind::constraint, constraint_slot::count);
  made->op = static_cast<std::uint8_t>(kind);
  return made;
}

Node* find(const Node* list, ConstraintKind kind) {
  for (Node* k : *list) {
    if (k->is(Kind::constraint) && kind_of(k) == kind) return k;
  }
  return nullptr;
}

void without(Node* list, const Node* gone) {
  for (std::uint32_t i = 0; i < list->size; ++i) {
    if (list->kids[i] == gone) Builder::erase(list, i--);
  }
}

std::string_view column_of(const Node* part) {
  return last_name(part->is(Kind::sort) ? part->kid(0) : part);
}

/// A key of the table whose first column is the one named.
bool begins_key(const Node* items, std::string_view name) {
  for (const Node* k : *items) {
    if (!k->is(Kind::constraint)) continue;
    const ConstraintKind kind = kind_of(k);
    const bool key = kind == ConstraintKind::primary || kind == ConstraintKind::unique ||
                     (kind == ConstraintKind::index && k->text.empty());
    if (key && same_word(column_of(k->kid(constraint_slot::columns)->kid(0)), name)) return true;
  }
  return false;
}

/// What the source says of the column's numbers; removed from it. False where it is no identity.
struct Generated {
  bool generated = false;
  std::uint32_t place = 0;  ///< where it stood; a SERIAL stands first
  Node* numbers = nullptr;
};

Generated take_generated(Node* column, const Context& c) {
  Node* constraints = column->kid(column_slot::constraints);
  Node* type = column->kid(column_slot::type);
  Generated found;
  for (std::uint32_t i = 0; i < constraints->size; ++i) {
    const Node* k = constraints->kids[i];
    if (kind_of(k) != ConstraintKind::auto_increment && kind_of(k) != ConstraintKind::identity)
      continue;
    found = {true, i, k->kid(constraint_slot::columns)};
    Builder::erase(constraints, i--);
  }
  // INTEGER PRIMARY KEY of SQLite counts by itself.
  if (c.from_is(Dialect::sqlite) && !found.generated && type && same_word(type->text, "INTEGER")) {
    const Node* own = find(constraints, ConstraintKind::primary);
    found.generated = own && own->text != "DESC" && !own->has(flag::done);  // see rowid_key()
    found.place = constraints->size;
  }
  if (type && type->text.ends_with("SERIAL")) {
    found.generated = true;
    type->text = type->text == "BIGSERIAL"     ? "BIGINT"
                 : type->text == "SMALLSERIAL" ? "SMALLINT"
                                               : "INT";
  }
  if (found.generated && type && type->text == "NUMBER" && type->size == 0) type->text = "BIGINT";
  return found;
}

/// NOT NULL, which the key said, of the columns of one that becomes unique only.
void not_null(Node* items, std::string_view name, Context& c) {
  for (Node* item : *items) {
    if (!item->is(Kind::column) || !same_word(item->kid(column_slot::name)->text, name)) continue;
    Node* constraints = item->kid(column_slot::constraints);
    if (find(constraints, ConstraintKind::not_null)) return;
    return c.build.add(constraints, made_constraint(ConstraintKind::not_null, c));
  }
}

/// The primary key of other columns becomes a unique one: a rowid alone counts in SQLite.
void free_primary(Node* items, Context& c) {
  for (Node* item : *items) {
    const bool own = item->is(Kind::column);
    Node* key = own ? find(item->kid(column_slot::constraints), ConstraintKind::primary)
                : kind_of(item) == ConstraintKind::primary ? item
                                                           : nullptr;
    if (!key) continue;
    key->op = static_cast<std::uint8_t>(ConstraintKind::unique);
    if (own) {
      not_null(items, item->kid(column_slot::name)->text, c);
    } else {
      for (const Node* part : *key->kid(constraint_slot::columns)) {
        not_null(items, column_of(part), c);
      }
    }
    c.warn("identity-key",
           "a column that counts is the primary key in sqlite; the table's own became unique");
    return;
  }
  c.warn("identity-key", "a column that counts became the primary key, as sqlite wants it");
}

/// UNIQUE of the column itself, which its key says now.
void drop_own_unique(Node* column, Node* items, Context& c) {
  Node* constraints = column->kid(column_slot::constraints);
  without(constraints, find(constraints, ConstraintKind::unique));
  const std::string_view name = column->kid(column_slot::name)->text;
  for (std::uint32_t i = 0; i < items->size; ++i) {
    const Node* k = items->kids[i];
    if (!k->is(Kind::constraint) || kind_of(k) != ConstraintKind::unique) continue;
    const Node* columns = k->kid(constraint_slot::columns);
    if (columns->size == 1 && same_word(column_of(columns->kid(0)), name)) {
      Builder::erase(items, i--);
    }
  }
  c.build.add(constraints, made_constraint(ConstraintKind::primary, c));
}

/// SQLite: only INTEGER PRIMARY KEY on the column itself.
void count_in_sqlite(Node* column, Node* items, Node* made, Context& c) {
  Node* constraints = column->kid(column_slot::constraints);
  if (Node* type = column->kid(column_slot::type)) {
    type->text = "INTEGER";
    type->size = 0;
  }
  const std::string_view name = column->kid(column_slot::name)->text;
  bool primary = find(constraints, ConstraintKind::primary) != nullptr;
  for (std::uint32_t i = 0; !primary && items && i < items->size; ++i) {
    Node* k = items->kids[i];
    if (!k->is(Kind::constraint) || kind_of(k) != ConstraintKind::primary) continue;
    const Node* columns = k->kid(constraint_slot::columns);
    if (columns->size != 1 || !same_word(column_of(columns->kid(0)), name)) continue;
    Builder::erase(items, i--);
    primary = true;
    c.build.add(constraints, made_constraint(ConstraintKind::primary, c));
  }
  if (!primary && (!items || !c.options.whole_database)) {
    c.refuse(column, "a generated column that is not the primary key has no equal in sqlite");
  }
  if (!primary) {
    free_primary(items, c);
    drop_own_unique(column, items, c);
  }
  for (std::uint32_t i = 0; i < constraints->size; ++i) {
    if (kind_of(constraints->kids[i]) != ConstraintKind::primary) continue;
    return c.build.insert(constraints, i + 1, made);
  }
}

/// MySQL counts in a column only that a key begins with.
void keep_key(const Node* column, Node* items, Context& c) {
  const Node* constraints = column->kid(column_slot::constraints);
  if (!items || c.from_is(Dialect::mysql) || find(constraints, ConstraintKind::primary) ||
      find(constraints, ConstraintKind::unique)) {
    return;
  }
  const Node* name = column->kid(column_slot::name);
  if (begins_key(items, name->text)) return;
  Node* key = made_constraint(ConstraintKind::index, c);
  key->kids[constraint_slot::columns] = c.build.list_of(c.build.sort(c.build.clone(name)));
  c.build.add(items, key);
}

/// A column that refers to another table gets its key from there.
bool refers(const Node* column, const Node* items) {
  if (find(column->kid(column_slot::constraints), ConstraintKind::references)) return true;
  for (const Node* k : *items) {
    if (!k->is(Kind::constraint) || kind_of(k) != ConstraintKind::foreign) continue;
    for (const Node* part : *k->kid(constraint_slot::columns)) {
      if (same_word(column_of(part), column->kid(column_slot::name)->text)) return true;
    }
  }
  return false;
}

/// INTEGER PRIMARY KEY [ASC], on the column or as the whole key of the table.
bool is_rowid(const Node* column, const Node* items) {
  const Node* type = column->kid(column_slot::type);
  if (!type || type->text != "INTEGER" || type->size > 0) return false;
  if (const Node* own = find(column->kid(column_slot::constraints), ConstraintKind::primary)) {
    return own->text != "DESC";
  }
  for (const Node* k : *items) {
    if (!k->is(Kind::constraint) || kind_of(k) != ConstraintKind::primary) continue;
    const Node* columns = k->kid(constraint_slot::columns);
    return columns->size == 1 &&
           same_word(column_of(columns->kid(0)), column->kid(column_slot::name)->text);
  }
  return false;
}

}  // namespace

void fill_key(Node* items, Context& c) {
  if (!c.to_is(Dialect::sqlite) || c.from_is(Dialect::sqlite) || !c.options.whole_database) return;
  for (Node* item : *items) {
    if (item->is(Kind::column)) {
      const Node* type = item->kid(column_slot::type);
      const bool own = find(item->kid(column_slot::constraints), ConstraintKind::primary);
      if (own && type && value_type_of(type, c.from) != ValueType::integer) {
        not_null(items, item->kid(column_slot::name)->text, c);
      }
    } else if (item->is(Kind::constraint) && kind_of(item) == ConstraintKind::primary) {
      for (const Node* part : *item->kid(constraint_slot::columns)) {
        not_null(items, column_of(part), c);
      }
    }
  }
}

void rowid_key(Node* table, Context& c) {
  Node* items = table->kid(table_def_slot::items);
  if (!c.from_is(Dialect::sqlite) || !items) return;
  bool counts = true;
  if (const Node* options = table->kid(table_def_slot::options)) {
    for (const Node* o : *options) counts = counts && o->text != "WITHOUT";
  }
  for (Node* column : *items) {
    if (!column->is(Kind::column) || !is_rowid(column, items)) continue;
    Node* constraints = column->kid(column_slot::constraints);
    if (!counts || refers(column, items)) {
      Node* own = find(constraints, ConstraintKind::primary);
      if (own) own->flags |= flag::done;
      return;
    }
    const bool script =
        c.options.whole_database && (c.to_is(Dialect::postgres) || c.to_is(Dialect::mysql));
    if (!script || find(constraints, ConstraintKind::auto_increment)) return;
    without(constraints, find(constraints, ConstraintKind::default_));  // which SQLite never takes
    return c.build.add(constraints, made_constraint(ConstraintKind::auto_increment, c));
  }
}

void identity(const Node* table, Node* column, Node* items, Context& c) {
  const Generated found = take_generated(column, c);
  if (!found.generated) return;
  Node* constraints = column->kid(column_slot::constraints);
  const bool sqlite = c.to_is(Dialect::sqlite);
  Node* made = made_constraint(
      sqlite || c.to_is(Dialect::mysql) ? ConstraintKind::auto_increment : ConstraintKind::identity,
      c);
  made->kids[constraint_slot::columns] = identity_numbers(table, found.numbers, c);
  if (sqlite) return count_in_sqlite(column, items, made, c);
  if (c.to_is(Dialect::mysql) || c.to_is(Dialect::tsql)) {
    c.build.insert(constraints, found.place, made);
    if (c.to_is(Dialect::mysql)) keep_key(column, items, c);
    return;
  }
  c.build.insert(constraints, 0, made);
  const bool said = !c.to_is(Dialect::postgres) || !find(constraints, ConstraintKind::primary) ||
                    find(constraints, ConstraintKind::not_null);
  if (!said) c.build.insert(constraints, 1, made_constraint(ConstraintKind::not_null, c));
}

}  // namespace iacdb::sql
