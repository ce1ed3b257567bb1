// Unique indexes of expressions and of some rows only, in MySQL: a key of a column that is computed
// and that SELECT * does not show.
//
// Sources: "CREATE TABLE and Generated Columns" and "Invisible Columns" of MySQL 8.0 and their like
// of MariaDB 10.11. NULLs are equal to none in a unique key there, as in PostgreSQL and SQLite: a
// row that the WHERE leaves out has a NULL for its key.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "sql/parser.hpp"
#include "sql/translate/definitions.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_column(const Node* e) {
  return e->is(Kind::name) || e->is(Kind::path) || e->is(Kind::collate);
}

/// The type of a text that is made of columns: as long as the longest of them.
Node* text_type(Node* e, const TableFacts& table, Context& c) {
  long longest = 0;
  bool endless = false;
  walk(e, [&](const Node* n) {
    const ColumnFacts* column = n->is(Kind::name) ? table.column(n->text) : nullptr;
    if (!column || column->type != ValueType::text) return true;
    const std::size_t open = column->type_text.find('(');
    const long length =
        open == std::string::npos ? 0 : std::strtol(&column->type_text[open + 1], nullptr, 10);
    endless = endless || length <= 0;
    longest = std::max(longest, length);
    return true;
  });
  if (endless || longest == 0) return c.build.node(Kind::type, "TEXT");
  Node* type = c.build.node(Kind::type, "VARCHAR");
  c.build.add(type, c.build.number(c.build.text(std::to_string(longest))));
  return type;
}

/// The type of a key's part in the source's words; nullptr where it is not known.
Node* part_type(Node* e, const TableFacts& table, Context& c) {
  const ColumnFacts* column = is_column(e) ? table.column(last_name(e)) : nullptr;
  if (column && !column->type_text.empty() && !column->generated_key) {
    Parser parser(c.build.text("CREATE TABLE t (c " + column->type_text + ")"), c.from,
                  c.build.arena());
    parser.allow_own_names();
    return parser.whole_statement()->kid(table_def_slot::items)->kid(0)->kid(column_slot::type);
  }
  switch (type_of(e, c)) {
    case ValueType::text:
      return text_type(e, table, c);
    case ValueType::integer:
    case ValueType::boolean:
      return c.build.node(Kind::type, "BIGINT");
    case ValueType::date:
      return c.build.node(Kind::type, "DATE");
    default:
      break;
  }
  const bool choice = e->is(Kind::case_) && e->kid(0) == nullptr && e->size == 3;
  if (!choice) return nullptr;  // CASE WHEN a IS NULL THEN NULL ELSE b END has b's type
  Node* then = e->kid(2)->kid(1);
  Node* otherwise = e->kid(1);
  if (then && then->is(Kind::null)) return otherwise ? part_type(otherwise, table, c) : nullptr;
  const bool alone = !otherwise || otherwise->is(Kind::null);
  return then && alone ? part_type(then, table, c) : nullptr;
}

Node* constraint_of(ConstraintKind kind, std::string_view text, Node* e, Context& c) {
  Node* made = c.build.slots(Kind::constraint, constraint_slot::count, text);
  made->op = static_cast<std::uint8_t>(kind);
  made->kids[constraint_slot::expression] = e;
  return made;
}

Node* add_hidden(Node* name, Node* type, Node* e, Context& c) {
  Node* column = c.build.slots(Kind::column, column_slot::count);
  column->kids[column_slot::name] = name;
  column->kids[column_slot::type] = type;
  Node* constraints = c.build.list_of(constraint_of(ConstraintKind::generated, "VIRTUAL", e, c));
  c.build.add(constraints, constraint_of(ConstraintKind::invisible, "INVISIBLE", nullptr, c));
  column->kids[column_slot::constraints] = constraints;
  Node* action = c.build.slots(Kind::alter_action, action_slot::count, "ADD COLUMN");
  action->kids[action_slot::definition] = column;
  return action;
}

}  // namespace

bool hidden_key(Node* index, Context& c) {
  Node* where = index->kid(index_slot::where);
  const Node* title = index->kid(index_slot::name);
  const TableFacts* table = c.options.schema
                                ? c.options.schema->table(last_name(index->kid(index_slot::table)))
                                : nullptr;
  if (!c.to_is(Dialect::mysql) || !index->has(flag::unique) || !table || !title) return false;
  Node* actions = c.build.list();
  std::vector<std::pair<Node*, Node*>> made;  // a part and its column's name
  for (Node* part : *index->kid(index_slot::columns)) {
    Node* e = part->kid(0);
    if (is_column(e) && !where) continue;
    Node* type = part_type(e, *table, c);
    if (!type) return false;
    if (where) e = case_when(c, where, e);
    where = nullptr;  // one part that is NULL keeps the row out
    constexpr std::size_t name_max = 60;
    const std::string name =
        std::string(last_name(title)).substr(0, name_max) + "_" + std::to_string(made.size() + 1);
    Node* column = c.build.name(c.build.text(name));
    c.build.add(actions, add_hidden(column, type, e, c));
    made.emplace_back(part, c.build.clone(column));
  }
  for (auto& [part, name] : made) part->kids[0] = name;
  index->kids[index_slot::where] = nullptr;
  Node* alter = c.build.slots(Kind::alter_table, alter_slot::count);
  alter->kids[alter_slot::name] = c.build.clone(index->kid(index_slot::table));
  alter->kids[alter_slot::actions] = actions;
  c.warn("hidden-key", "a unique index of expressions or of some rows is one of a hidden column");
  c.after.insert(c.after.begin(), index);
  c.statement = alter;
  return true;
}

}  // namespace iacdb::sql
