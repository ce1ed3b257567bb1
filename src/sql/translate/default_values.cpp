// DEFAULT as a value, which SQLite does not read: the column is left out, or gets its default.

#include <string>
#include <vector>

#include "sql/parser.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

const TableFacts* facts_of(const Node* table, const Context& c) {
  return c.options.schema && table ? c.options.schema->table(last_name(table)) : nullptr;
}

/// What DEFAULT stands for in a column. Refuses where that is not known.
Node* default_of(const Node* where, const TableFacts* facts, std::string_view column, Context& c) {
  const ColumnFacts* f = facts ? facts->column(column) : nullptr;
  if (!f || (f->has_default && f->default_text.empty())) {
    c.refuse(where, "the default of " + std::string(column) + " is not known; give the schema",
             "schema");
  }
  if (!f->has_default || f->generated_key) return c.build.null();
  Parser parser(c.build.text(f->default_text), c.from, c.build.arena());
  parser.allow_own_names();
  Node* value = parser.whole_expression();
  while (value->is(Kind::paren)) value = value->kid(0);
  const bool typed = value->is(Kind::cast) && value->kid(0)->is(Kind::string);
  return typed ? value->kid(0) : value;  // The type of a literal comes from its column.
}

bool all_default(const Node* rows, std::uint32_t column) {
  for (const Node* row : *rows) {
    if (column >= row->size || !row->kid(column)->is(Kind::default_value)) return false;
  }
  return true;
}

void inserted(Node* n, Context& c) {
  Node* source = n->kid(insert_slot::source);
  if (!source || !source->is(Kind::values)) return;
  Node* rows = source->kid(values_slot::rows);
  bool any = false;
  for (const Node* row : *rows) {
    for (const Node* value : *row) any = any || value->is(Kind::default_value);
  }
  if (!any) return;
  const TableFacts* facts = facts_of(n->kid(insert_slot::target)->kid(table_slot::source), c);
  Node*& columns = n->kids[insert_slot::columns];
  if (!columns) {
    if (!facts) c.refuse(n, "DEFAULT without a list of columns needs the schema", "schema");
    columns = c.build.list();
    for (const ColumnFacts& f : facts->columns) c.build.add(columns, c.build.name(f.name));
  }
  for (std::uint32_t i = 0; i < columns->size; ++i) {
    if (columns->size > 1 && all_default(rows, i)) {
      for (Node* row : *rows) Builder::erase(row, i);
      Builder::erase(columns, i--);
      continue;
    }
    for (Node* row : *rows) {
      if (i >= row->size || !row->kid(i)->is(Kind::default_value)) continue;
      row->kids[i] = default_of(row->kid(i), facts, last_name(columns->kid(i)), c);
    }
  }
}

}  // namespace

void pass_default_values(Context& c) {
  if (!c.to_is(Dialect::sqlite) || c.from_is(Dialect::sqlite)) return;
  Node* n = c.statement;
  if (n->is(Kind::insert)) return inserted(n, c);
  if (!n->is(Kind::update) || !n->kid(update_slot::target)->is(Kind::table)) return;
  const TableFacts* facts = facts_of(n->kid(update_slot::target)->kid(table_slot::source), c);
  for (Node* a : *n->kid(update_slot::assigns)) {
    if (!a->kid(1) || !a->kid(1)->is(Kind::default_value)) continue;
    a->kids[1] = default_of(a->kid(1), facts, last_name(a->kid(0)), c);
  }
}

}  // namespace iacdb::sql
