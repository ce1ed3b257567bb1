#include "sql/schema_facts.hpp"

#include <algorithm>
#include <cstdlib>

#include "iacdb/error.hpp"
#include "sql/parser.hpp"
#include "sql/printer.hpp"
#include "sql/split.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

const ColumnFacts* TableFacts::column(std::string_view wanted) const noexcept {
  for (const ColumnFacts& c : columns) {
    if (same_word(c.name, wanted)) return &c;
  }
  return nullptr;
}

const TableFacts* SchemaFacts::table(std::string_view wanted) const noexcept {
  for (const TableFacts& t : tables) {
    if (same_word(t.name, wanted)) return &t;
  }
  return nullptr;
}

namespace {

std::vector<std::string> key_names(const Node* columns) {
  std::vector<std::string> names;
  for (const Node* part : *columns) names.emplace_back(last_name(part->kid(0)));
  return names;
}

void add_key(TableFacts& t, std::vector<std::string> key, bool primary) {
  if (primary) {
    for (ColumnFacts& c : t.columns) {
      for (const std::string& name : key) c.not_null = c.not_null || same_word(c.name, name);
    }
    t.has_primary = true;
    t.keys.insert(t.keys.begin(), std::move(key));
  } else {
    t.keys.push_back(std::move(key));
  }
}

/// What a type that the script names holds.
ValueType value_type_of_named(const NamedType& type, Dialect dialect) {
  if (!type.values.empty()) return ValueType::text;
  Arena arena;
  const std::string text = "CREATE TABLE t (c " + type.definition + ")";
  try {
    Parser parser(text, dialect, arena);
    const Node* column = parser.whole_statement()->kid(table_def_slot::items)->kid(0);
    const Node* base = column->kid(column_slot::type);
    return base ? value_type_of(base, dialect) : ValueType::unknown;
  } catch (const Problem&) {
    return ValueType::unknown;
  }
}

/// A part of a definition in its own dialect; empty where it cannot be said again.
template <typename Print>
std::string said(Print&& print, Dialect dialect) {
  try {
    Printer printer(dialect);
    print(printer);
    return printer.take();
  } catch (const Problem&) {
    return {};
  }
}

void add_column(TableFacts& t, const Node* column, Dialect dialect) {
  ColumnFacts facts;
  facts.name = column->kid(column_slot::name)->text;
  if (const Node* type = column->kid(column_slot::type)) {
    facts.type = value_type_of(type, dialect);
    facts.declared = type->text;
    facts.type_text = said([&](Printer& p) { p.type(type); }, dialect);
    if (facts.type == ValueType::decimal && type->size == 2 && type->kid(1)->is(Kind::number)) {
      facts.scale = std::atoi(std::string(type->kid(1)->text).c_str());
    }
    facts.generated_key = type->text.ends_with("SERIAL");
  }
  bool primary = false;
  bool unique = false;
  for (const Node* c : *column->kid(column_slot::constraints)) {
    switch (static_cast<ConstraintKind>(c->op)) {
      case ConstraintKind::not_null:
        facts.not_null = true;
        break;
      case ConstraintKind::primary:
        primary = true;
        break;
      case ConstraintKind::unique:
        unique = true;
        break;
      case ConstraintKind::default_:
        facts.has_default = true;
        facts.default_text =
            said([&](Printer& p) { p.expression(c->kid(constraint_slot::expression)); }, dialect);
        break;
      case ConstraintKind::identity:
      case ConstraintKind::auto_increment:
        facts.generated_key = true;
        break;
      default:
        break;
    }
  }
  if (primary && dialect == Dialect::sqlite && facts.declared == "INTEGER") {
    facts.generated_key = true;
  }
  const std::string name = facts.name;
  t.columns.push_back(std::move(facts));
  if (primary) add_key(t, {name}, true);
  if (unique) add_key(t, {name}, false);
}

void resolve_named(const SchemaFacts& facts, TableFacts& t, Dialect dialect) {
  if (facts.types.empty()) return;
  for (ColumnFacts& c : t.columns) {
    const NamedType* type = c.type == ValueType::unknown ? facts.named_type(c.declared) : nullptr;
    if (type) c.type = value_type_of_named(*type, dialect);
  }
}

void add_table(SchemaFacts& facts, const Node* n, Dialect dialect) {
  TableFacts t;
  t.name = last_name(n->kid(table_def_slot::name));
  const Node* items = n->kid(table_def_slot::items);
  if (!items) return;
  for (const Node* item : *items) {
    if (item->is(Kind::column)) add_column(t, item, dialect);
  }
  for (const Node* item : *items) {
    if (!item->is(Kind::constraint) || !item->kid(constraint_slot::columns)) continue;
    const auto kind = static_cast<ConstraintKind>(item->op);
    if (kind != ConstraintKind::primary && kind != ConstraintKind::unique) continue;
    add_key(t, key_names(item->kid(constraint_slot::columns)), kind == ConstraintKind::primary);
  }
  if (dialect == Dialect::sqlite && t.has_primary && t.keys.front().size() == 1) {
    for (ColumnFacts& column : t.columns) {
      const bool key = same_word(column.name, t.keys.front().front());
      if (key && column.declared == "INTEGER") column.generated_key = true;
    }
  }
  resolve_named(facts, t, dialect);
  facts.tables.push_back(std::move(t));
}

TableFacts* find(SchemaFacts& facts, std::string_view name) {
  for (TableFacts& t : facts.tables) {
    if (same_word(t.name, name)) return &t;
  }
  return nullptr;
}

void forget(SchemaFacts& facts, std::string_view name) {
  std::erase_if(facts.tables, [&](const TableFacts& t) { return same_word(t.name, name); });
}

void drop_column(TableFacts& t, std::string_view name) {
  std::erase_if(t.columns, [&](const ColumnFacts& c) { return same_word(c.name, name); });
  std::erase_if(t.keys, [&](const std::vector<std::string>& key) {
    return std::any_of(key.begin(), key.end(), [&](const auto& k) { return same_word(k, name); });
  });
}

/// A column defined anew: MODIFY and CHANGE state its whole definition.
void change_column(TableFacts& t, std::string_view name, const Node* column, Dialect dialect) {
  const auto old = std::find_if(t.columns.begin(), t.columns.end(),
                                [&](const ColumnFacts& c) { return same_word(c.name, name); });
  if (old == t.columns.end()) return;
  const std::size_t at = static_cast<std::size_t>(old - t.columns.begin());
  const bool was_key = old->not_null && old->generated_key;
  add_column(t, column, dialect);
  ColumnFacts made = std::move(t.columns.back());
  t.columns.pop_back();
  made.not_null = made.not_null || was_key;
  t.columns[at] = std::move(made);
}

void learn_item(TableFacts& t, const Node* name, const Node* def, Dialect dialect) {
  if (def->is(Kind::list)) {  // ADD (a int, b int)
    for (const Node* one : *def) learn_item(t, nullptr, one, dialect);
    return;
  }
  if (def->is(Kind::column)) {
    const std::string_view column = def->kid(column_slot::name)->text;
    if (t.column(name ? last_name(name) : column)) {
      change_column(t, name ? last_name(name) : column, def, dialect);
    } else {
      add_column(t, def, dialect);
    }
    return;
  }
  if (!def->is(Kind::constraint) || !def->kid(constraint_slot::columns)) return;
  const auto kind = static_cast<ConstraintKind>(def->op);
  const bool primary = kind == ConstraintKind::primary;
  if (!primary && kind != ConstraintKind::unique) return;
  add_key(t, key_names(def->kid(constraint_slot::columns)), primary);
}

void learn_action(TableFacts& t, const Node* action, Dialect dialect) {
  const Node* def = action->kid(action_slot::definition);
  const Node* name = action->kid(action_slot::name);
  if (def) return learn_item(t, name, def, dialect);
  if (name && action->text == "DROP COLUMN") drop_column(t, last_name(name));
}

}  // namespace

void learn(SchemaFacts& facts, const Node& n, Dialect dialect) {
  if (n.is(Kind::create_table)) {
    forget(facts, last_name(n.kid(table_def_slot::name)));
    return add_table(facts, &n, dialect);
  }
  if (n.is(Kind::create_index) && n.has(flag::unique) && !n.kid(index_slot::where)) {
    TableFacts* t = find(facts, last_name(n.kid(index_slot::table)));
    if (t) add_key(*t, key_names(n.kid(index_slot::columns)), false);
  }
  if (n.is(Kind::drop) && n.text.starts_with("TABLE")) {
    for (const Node* kid : n) {
      if (!kid) continue;
      if (!kid->is(Kind::list)) continue;
      for (const Node* name : *kid) forget(facts, last_name(name));
    }
  }
  if (!n.is(Kind::alter_table)) return;
  TableFacts* t = find(facts, last_name(n.kid(alter_slot::name)));
  if (!t) return;
  for (const Node* action : *n.kid(alter_slot::actions)) learn_action(*t, action, dialect);
}

SchemaFacts read_schema(std::string_view script, Dialect dialect) {
  SchemaFacts facts;
  for (const ScriptStatement& s : split(script, dialect)) {
    Arena arena;
    if (auto named = read_named_type(s.text, dialect)) facts.types.push_back(std::move(*named));
    try {
      Parser parser(s.text, dialect, arena);
      learn(facts, *parser.whole_statement(), dialect);
    } catch (const Problem&) {
      continue;  // not a definition that translation needs
    }
  }
  return facts;
}

}  // namespace iacdb::sql
