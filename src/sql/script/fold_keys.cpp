// Folding: keys that count, and the names of indexes.

#include "sql/lexer.hpp"
#include "sql/script/definition_nodes.hpp"
#include "sql/script/folding.hpp"
#include "sql/script/index_names.hpp"
#include "sql/script/key_types.hpp"

namespace iacdb::sql {

namespace {

/// True where a column of the table is an identity already.
bool counts(const Node* table) {
  for (const Node* column : *table->kid(table_def_slot::items)) {
    if (!column->is(Kind::column)) continue;
    const Node* constraints = column->kid(column_slot::constraints);
    const Node* type = column->kid(column_slot::type);
    if ((type && type->text.ends_with("SERIAL")) ||
        find_constraint(constraints, ConstraintKind::identity) ||
        find_constraint(constraints, ConstraintKind::auto_increment)) {
      return true;
    }
  }
  return false;
}

}  // namespace

/// DEFAULT nextval('s') of the whole primary key, with s made by this script: an identity column.
void Folding::fold_sequences(Node* table) {
  if (to_ == from_) return;
  for (Node* column : *table->kid(table_def_slot::items)) {
    if (!column->is(Kind::column)) continue;
    Node* constraints = column->kid(column_slot::constraints);
    Node* value = find_constraint(constraints, ConstraintKind::default_);
    if (!value) continue;
    const std::string_view name = sequence_of(value->kid(constraint_slot::expression));
    const auto sequence = sequences_.find(key_of(name));
    if (name.empty() || sequence == sequences_.end()) continue;
    // SQLite has no other default that counts: the column becomes its key there.
    const bool alone = to_ == Dialect::sqlite && !counts(table);
    if (!alone && !is_whole_key(table, column->kid(column_slot::name)->text)) continue;
    remove_constraint(constraints, ConstraintKind::default_);
    build_.insert(constraints, 0, identity_from(definitions_[sequence->second].tree));
    definitions_[sequence->second].folded = true;
    mark(table);
  }
}

/// Sequences whose values the script's own rows take, besides the keys that they fill.
void Folding::find_used_sequences(const std::vector<ScriptPart>& parts) {
  for (const ScriptPart& part : parts) {
    std::string low;
    for (const char c : part.text) low += lower(c);
    if (low.find("nextval") == std::string::npos || read_key_trigger(part.text)) continue;
    Lexer lexer(part.text, from_);
    std::string last;
    for (Token t = lexer.next_significant(); t.kind != TokenKind::end;
         t = lexer.next_significant()) {
      if (t.is(Op::dot)) continue;
      if (same_word(t.text(part.text), "nextval")) used_sequences_.insert(last);
      std::string_view word = t.text(part.text);
      if (t.kind == TokenKind::quoted_name) word = word.substr(1, word.size() - 2);
      last = key_of(word);
    }
  }
}

/// A trigger that fills the primary key makes it an identity column; another column gets a default.
void Folding::fold_trigger(std::size_t part, const KeyTrigger& trigger) {
  Node* table = table_of(trigger.table);
  Node* column = table ? find_column(table, trigger.column) : nullptr;
  if (!column) return;
  Definition& d = definitions_[part];
  Node* constraints = column->kid(column_slot::constraints);
  const auto sequence = sequences_.find(key_of(trigger.sequence));
  const bool own =
      sequence != sequences_.end() && used_sequences_.count(key_of(trigger.sequence)) == 0;
  if (own && is_whole_key(table, trigger.column)) {
    remove_constraint(constraints, ConstraintKind::default_);
    build_.insert(constraints, 0, identity_from(definitions_[sequence->second].tree));
    definitions_[sequence->second].folded = true;
    mark(table);
    d.folded = true;
  } else {
    if (to_ == Dialect::sqlite) return;
    Node* value = build_.slots(Kind::constraint, constraint_slot::count);
    value->op = static_cast<std::uint8_t>(ConstraintKind::default_);
    value->kids[constraint_slot::columns] = build_.clone(column->kid(column_slot::name));
    value->kids[constraint_slot::expression] =
        build_.with(Kind::next_value, "NEXT", build_.name(build_.text(trigger.sequence)));
    Node* action = build_.slots(Kind::alter_action, action_slot::count, "ADD CONSTRAINT");
    action->kids[action_slot::definition] = value;
    d.tree = build_.slots(Kind::alter_table, alter_slot::count);
    d.tree->kids[alter_slot::name] = build_.clone(table->kid(table_def_slot::name));
    d.tree->kids[alter_slot::actions] = build_.list_of(action);
    d.changed = true;
  }
  if (!trigger.always) return;
  d.warnings.push_back({"key-trigger",
                        "a trigger that fills a key became a generated key: a row that brings a "
                        "key of its own keeps it"});
}

/// An identity column that counts as the sequence does.
Node* Folding::identity_from(const Node* sequence) {
  Node* identity = build_.slots(Kind::constraint, constraint_slot::count);
  identity->op = static_cast<std::uint8_t>(ConstraintKind::identity);
  Node* start = nullptr;
  Node* step = nullptr;
  for (std::uint32_t i = 1; i < sequence->size; ++i) {
    const Node* option = sequence->kid(i);
    if (option->text == "START") start = option->kid(0);
    if (option->text == "INCREMENT") step = option->kid(0);
  }
  const auto is_one = [](const Node* n) { return !n || n->text == "1"; };
  if (is_one(start) && is_one(step)) return identity;
  identity->kids[constraint_slot::columns] = build_.with(
      Kind::list, {}, start ? start : build_.number("1"), step ? step : build_.number("1"));
  return identity;
}

void Folding::agree_on_types() {
  std::vector<Node*> trees;
  for (const Definition& d : definitions_) trees.push_back(d.folded ? nullptr : d.tree);
  agree_on_key_types(trees, build_, from_, to_,
                     [&](std::size_t i) { definitions_[i].changed = true; });
}

/// Indexes of MySQL and SQL Server whose name another table's index or a table has already.
void Folding::rename_indexes() {
  IndexNames names(build_);
  for (const auto& [name, part] : tables_) names.take(name);
  for (const auto& [name, part] : sequences_) names.take(name);
  for (Definition& d : definitions_) {
    const bool table = d.tree && d.tree->is(Kind::create_table);
    if (!d.tree || d.folded || (table && !d.tree->kid(table_def_slot::items))) continue;
    if (!names.rename(d.tree)) continue;
    d.changed = true;
    d.warnings.push_back({"index-name", "an index whose name is taken got its table's before it"});
  }
}

/// Foreign keys of one name in several tables, which MySQL, SQL Server and Oracle have no two of.
void Folding::rename_foreign_keys() {
  const bool apart = from_ == Dialect::postgres || from_ == Dialect::sqlite;
  if (!apart || to_ == Dialect::postgres || to_ == Dialect::sqlite) return;
  IndexNames names(build_, IndexNames::Of::foreign_key);
  for (Definition& d : definitions_) {
    if (!d.tree || d.folded) continue;
    if (d.tree->is(Kind::create_table) && !d.tree->kid(table_def_slot::items)) continue;
    if (!names.rename(d.tree)) continue;
    d.changed = true;
    d.warnings.push_back(
        {"constraint-name", "a foreign key whose name is taken got its table's before it"});
  }
}

/// An index that a key of the same name and columns makes by itself (Oracle's USING INDEX).
void Folding::fold_indexes() {
  for (Definition& d : definitions_) {
    if (!d.tree || !d.tree->is(Kind::create_index) || !d.tree->kid(index_slot::name)) continue;
    const Node* table = table_of(last_name(d.tree->kid(index_slot::table)));
    if (!table) continue;
    const std::string_view name = last_name(d.tree->kid(index_slot::name));
    for (const Node* item : *table->kid(table_def_slot::items)) {
      const Node* title = item->is(Kind::constraint) ? item->kid(constraint_slot::name) : nullptr;
      const bool key =
          title && item->kid(constraint_slot::columns) &&
          (kind_of(item) == ConstraintKind::primary || kind_of(item) == ConstraintKind::unique);
      if (key && same_word(title->text, name)) d.folded = true;
    }
  }
}

}  // namespace iacdb::sql
