#include "sql/script/folding.hpp"

#include <algorithm>

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/parser.hpp"
#include "sql/script/definition_nodes.hpp"

namespace iacdb::sql {

namespace {

bool defines(std::string_view text, Dialect dialect) {
  Lexer lexer(text, dialect);
  const Token first = lexer.next_significant();
  if (!first.is("create"_w) && !first.is("alter"_w) && !first.is("drop"_w)) return false;
  for (int i = 0; i < 3; ++i) {
    const Token t = lexer.next_significant();
    if (t.is("table"_w) || t.is("sequence"_w) || t.is("index"_w)) return true;
  }
  return false;
}

}  // namespace

Folding::Folding(const std::vector<ScriptPart>& parts, Dialect from, Dialect to)
    : from_(from), to_(to), build_(arena_), definitions_(parts.size()) {
  if (from == Dialect::oracle) find_used_sequences(parts);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (from == Dialect::oracle && to != from) {
      if (const auto trigger = read_key_trigger(parts[i].text)) fold_trigger(i, *trigger);
    }
    if (!defines(parts[i].text, from)) continue;
    read(i, parts[i]);
    Node* n = definitions_[i].tree;
    if (!n) continue;
    if (n->is(Kind::alter_table)) fold_alter(i);
    if (n->is(Kind::drop) && n->text == "TABLE") {
      for (const Node* name : *n->kid(0)) tables_.erase(key_of(last_name(name)));
    }
  }
  for (const auto& [name, part] : tables_) fold_sequences(definitions_[part].tree);
  if (to_ != from_ && (to_ == Dialect::postgres || to_ == Dialect::mysql)) agree_on_types();
  rename_foreign_keys();
  ease_early_drops(parts);
  find_unchecked(parts);
  for (std::size_t i = 0; i < definitions_.size(); ++i) take_foreign_keys(i);
  fold_indexes();
  const bool apart = from_ == Dialect::mysql || from_ == Dialect::tsql;
  if (apart && to_ != Dialect::mysql && to_ != Dialect::tsql) rename_indexes();
}

void Folding::read(std::size_t part, const ScriptPart& text) {
  try {
    Parser parser(text.text, from_, arena_);
    Node* n = parser.whole_statement();
    // Comments inside stay where they are: such a text is translated as it stands.
    definitions_[part].tree = n;
    if (n->is(Kind::create_table) && to_ != from_) {
      copy_like(part);
      copy_whole(part);
    }
    if (n->is(Kind::create_table) && n->kid(table_def_slot::items)) {
      tables_[key_of(last_name(n->kid(table_def_slot::name)))] = part;
    } else if (n->is(Kind::create_sequence)) {
      sequences_[key_of(last_name(n->kid(0)))] = part;
    }
  } catch (const Problem&) {
    return;  // said when the statement's turn comes
  } catch (const Error&) {
    return;
  }
}

/// (LIKE t): the columns of a table that the script made, where the target copies none so.
void Folding::copy_like(std::size_t part) {
  Node* table = definitions_[part].tree;
  Node* items = table->kid(table_def_slot::items);
  const Node* like = items && items->size == 1 ? items->kid(0) : nullptr;
  if (!like || !like->is(Kind::constraint) || kind_of(like) != ConstraintKind::like) return;
  const Node* other = table_of(last_name(like->kid(constraint_slot::table)));
  if (!other) return;
  std::string options;
  for (const char c : like->text) options += lower(c);
  if (options.find("cluding") != std::string::npos) return;  // only names, types and NOT NULL
  Node* made = build_.list();
  for (const Node* item : *other->kid(table_def_slot::items)) {
    if (!item->is(Kind::column)) continue;
    Node* column = build_.clone(item);
    Node* type = column->kid(column_slot::type);
    Node* constraints = build_.list();
    const Node* old = item->kid(column_slot::constraints);
    const bool serial = type && type->text.ends_with("SERIAL");
    if (serial) type->text = type->text == "BIGSERIAL" ? "BIGINT" : "INT";
    const bool filled = serial || find_constraint(old, ConstraintKind::not_null) ||
                        find_constraint(old, ConstraintKind::primary) ||
                        is_in_primary(other, item->kid(column_slot::name)->text);
    if (filled) {
      Node* not_null = build_.slots(Kind::constraint, constraint_slot::count);
      not_null->op = static_cast<std::uint8_t>(ConstraintKind::not_null);
      build_.add(constraints, not_null);
    }
    column->kids[column_slot::constraints] = constraints;
    walk(column, [](Node* k) {
      k->position = 0;
      return true;
    });
    build_.add(made, column);
  }
  table->kids[table_def_slot::items] = made;
  definitions_[part].changed = true;
}

Node* Folding::table_of(std::string_view name) const {
  const auto found = tables_.find(key_of(name));
  return found == tables_.end() ? nullptr : definitions_[found->second].tree;
}

void Folding::mark(const Node* table) {
  definitions_[tables_.find(key_of(last_name(table->kid(table_def_slot::name))))->second].changed =
      true;
}

void Folding::fold_alter(std::size_t part) {
  Node* n = definitions_[part].tree;
  Node* table = table_of(last_name(n->kid(alter_slot::name)));
  if (!table) return;
  Node* actions = n->kid(alter_slot::actions);
  // What moves has no place in the text of the table's statement.
  walk(actions, [](Node* k) {
    k->position = 0;
    return true;
  });
  folded_something_ = false;
  for (std::uint32_t i = 0; i < actions->size; ++i) {
    if (!fold_action(table, actions->kids[i])) continue;
    Builder::erase(actions, i--);
    folded_something_ = true;
  }
  if (!folded_something_) return;
  mark(table);
  definitions_[part].changed = true;
  definitions_[part].folded = actions->size == 0;
}

bool Folding::fold_action(Node* table, Node* action) {
  Node* def = action->kid(action_slot::definition);
  if (action->text == "ADD CONSTRAINT") return fold_item(table, def);
  if (action->text == "ADD GROUP") {
    for (std::uint32_t i = 0; i < def->size; ++i) {
      if (def->kids[i]->is(Kind::constraint) && fold_item(table, def->kids[i])) {
        Builder::erase(def, i--);
        folded_something_ = true;
      }
    }
    return def->size == 0;
  }
  if (action->text == "MODIFY" || action->text == "CHANGE") {
    const Node* old = action->kid(action_slot::name);
    return fold_column(table, old ? last_name(old) : def->kid(column_slot::name)->text, def);
  }
  return fold_column_change(table, action);
}

/// BIGINT UNSIGNED in a foreign key that is added later: what it refers to may be an identity.
void Folding::sign_key(Node* table, const Node* key) {
  if (from_ != Dialect::mysql || to_ != Dialect::postgres) return;
  for (const Node* k : *key->kid(constraint_slot::columns)) {
    Node* column = find_column(table, last_name(k->is(Kind::sort) ? k->kid(0) : k));
    Node* type = column ? column->kid(column_slot::type) : nullptr;
    if (!type || type->text != "BIGINT" || !type->has(flag::unsigned_)) continue;
    type->flags &= ~flag::unsigned_;
    mark(table);
  }
}

/// ADD CONSTRAINT: a primary key everywhere, the rest where the target could not add it.
bool Folding::fold_item(Node* table, Node* item) {
  if (kind_of(item) == ConstraintKind::foreign) {
    for (const Node* k : *item->kid(constraint_slot::columns)) {  // one that is added later
      if (!find_column(table, last_name(k->is(Kind::sort) ? k->kid(0) : k))) return false;
    }
    sign_key(table, item);
  }
  Node* items = table->kid(table_def_slot::items);
  switch (kind_of(item)) {
    case ConstraintKind::primary:
      if (has_primary(table)) return false;
      break;
    case ConstraintKind::default_: {  // ADD CONSTRAINT d DEFAULT 1 FOR a
      const Node* name = item->kid(constraint_slot::columns);
      Node* column = name ? find_column(table, last_name(name)) : nullptr;
      if (!column) return false;
      item->kids[constraint_slot::columns] = nullptr;
      build_.add(column->kid(column_slot::constraints), item);
      return true;
    }
    case ConstraintKind::foreign:
      if (to_ != Dialect::sqlite) return false;
      moved_foreign_keys_ = true;
      break;
    case ConstraintKind::unique:
    case ConstraintKind::check:
      if (to_ != Dialect::sqlite) return false;
      break;
    default:
      return false;
  }
  build_.add(items, item);
  return true;
}

/// MODIFY and CHANGE say the whole column: it takes the place of the old one.
bool Folding::fold_column(Node* table, std::string_view name, Node* column) {
  Node* old = find_column(table, name);
  if (!old) return false;
  Node* constraints = column->kid(column_slot::constraints);
  const bool identity = find_constraint(constraints, ConstraintKind::auto_increment) ||
                        find_constraint(constraints, ConstraintKind::identity);
  if (!identity && to_ != Dialect::sqlite) return false;
  if (!same_word(column->kid(column_slot::name)->text, name)) return false;
  if (from_ == Dialect::oracle) {  // only what it says changes
    if (column->kid(column_slot::type))
      old->kids[column_slot::type] = column->kid(column_slot::type);
    for (Node* c : *constraints) {
      remove_constraint(old->kid(column_slot::constraints), kind_of(c));
      if (kind_of(c) == ConstraintKind::null) {
        remove_constraint(old->kid(column_slot::constraints), ConstraintKind::not_null);
      }
      build_.add(old->kid(column_slot::constraints), c);
    }
    return true;
  }
  for (Node* c : *old->kid(column_slot::constraints)) {
    const bool key = kind_of(c) == ConstraintKind::primary || kind_of(c) == ConstraintKind::unique;
    if (key && !find_constraint(constraints, kind_of(c))) build_.add(constraints, c);
  }
  old->kids[column_slot::type] = column->kid(column_slot::type);
  old->kids[column_slot::constraints] = constraints;
  return true;
}

/// The standard's single changes of a column.
bool Folding::fold_column_change(Node* table, Node* action) {
  const Node* name = action->kid(action_slot::name);
  Node* column = name ? find_column(table, last_name(name)) : nullptr;
  if (!column) return false;
  Node* constraints = column->kid(column_slot::constraints);
  const std::string_view t = action->text;
  const auto add = [&](ConstraintKind kind) {
    Node* c = build_.slots(Kind::constraint, constraint_slot::count);
    c->op = static_cast<std::uint8_t>(kind);
    build_.add(constraints, c);
    return c;
  };
  if (t == "ADD IDENTITY") {
    remove_constraint(constraints, ConstraintKind::default_);
    build_.add(constraints, action->kid(action_slot::definition));
    return true;
  }
  if (t == "SET DEFAULT") {
    Node* value = action->kid(action_slot::expression);
    const bool serial = !sequence_of(value).empty();
    if (!serial && to_ != Dialect::sqlite) return false;
    remove_constraint(constraints, ConstraintKind::default_);
    add(ConstraintKind::default_)->kids[constraint_slot::expression] = value;
    return true;
  }
  if (to_ != Dialect::sqlite) return false;
  if (t == "DROP DEFAULT") {
    remove_constraint(constraints, ConstraintKind::default_);
  } else if (t == "SET NOT NULL") {
    remove_constraint(constraints, ConstraintKind::null);
    if (!find_constraint(constraints, ConstraintKind::not_null)) add(ConstraintKind::not_null);
  } else if (t == "DROP NOT NULL") {
    remove_constraint(constraints, ConstraintKind::not_null);
  } else if (t == "SET TYPE") {
    column->kids[column_slot::type] = action->kid(action_slot::type);
  } else {
    return false;
  }
  return true;
}

/// SQLite looks at foreign keys only when asked to; MySQL's dumps ask it not to.
void Folding::find_unchecked(const std::vector<ScriptPart>& parts) {
  if (from_ != Dialect::sqlite && from_ != Dialect::mysql) return;
  bool rows = false;
  bool switched = false;
  for (const ScriptPart& part : parts) {
    Lexer lexer(part.text, from_);
    const Token first = lexer.next_significant();
    rows = rows || first.is("insert"_w) || first.is("replace"_w);
    if (!first.is("set"_w)) continue;
    for (Token t = first; t.kind != TokenKind::end; t = lexer.next_significant()) {
      switched = switched || same_word(t.text(part.text), "foreign_key_checks");
    }
  }
  unchecked_ = from_ == Dialect::sqlite ? rows : switched;
}

/// Moves the foreign keys of a table to the script's end where they could not stand at once.
void Folding::take_foreign_keys(std::size_t part) {
  Node* table = definitions_[part].tree;
  if (!table || !table->is(Kind::create_table) || !table->kid(table_def_slot::items)) return;
  Node* items = table->kid(table_def_slot::items);
  const auto is_late = [&](const Node* key) {
    const auto target = tables_.find(key_of(last_name(key->kid(constraint_slot::table))));
    return unchecked_ || (target != tables_.end() && target->second > part);
  };
  if (from_ != Dialect::sqlite && from_ != Dialect::mysql) return;
  const std::size_t before = late_keys_.size();
  bool any = false;
  for (std::uint32_t i = 0; i < items->size; ++i) {
    Node* item = items->kids[i];
    if (item->is(Kind::constraint)) {
      if (kind_of(item) != ConstraintKind::foreign || !is_late(item)) continue;
      any = true;
      if (to_ == Dialect::sqlite) continue;
      late_keys_.push_back(late_key(table, item));
      Builder::erase(items, i--);
      continue;
    }
    Node* constraints = item->kid(column_slot::constraints);
    for (std::uint32_t k = 0; k < constraints->size; ++k) {
      Node* key = constraints->kids[k];
      if (kind_of(key) != ConstraintKind::references || !is_late(key)) continue;
      any = true;
      if (to_ == Dialect::sqlite) continue;
      key->op = static_cast<std::uint8_t>(ConstraintKind::foreign);
      key->kids[constraint_slot::columns] =
          build_.list_of(build_.sort(build_.clone(item->kid(column_slot::name))));
      late_keys_.push_back(late_key(table, key));
      Builder::erase(constraints, k--);
    }
  }
  moved_foreign_keys_ = moved_foreign_keys_ || (any && to_ == Dialect::sqlite);
  if (late_keys_.size() > before) definitions_[part].changed = true;
}

Node* Folding::late_key(Node* table, Node* key) {
  walk(key, [](Node* n) {
    n->position = 0;
    return true;
  });
  Node* action = build_.slots(Kind::alter_action, action_slot::count, "ADD CONSTRAINT");
  action->kids[action_slot::definition] = key;
  Node* alter = build_.slots(Kind::alter_table, alter_slot::count);
  alter->kids[alter_slot::name] = build_.clone(table->kid(table_def_slot::name));
  alter->kids[alter_slot::actions] = build_.list_of(action);
  return alter;
}

}  // namespace iacdb::sql
