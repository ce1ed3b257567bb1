// REPLACE of a row that several unique keys can find: the rows that any of them finds are deleted,
// as MySQL and SQLite do, and the new one is inserted.
// Source: "REPLACE Statement" of MySQL 8.0; "ON CONFLICT clause" of SQLite 3.40.

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

Node* value_of(const Node* columns, const Node* row, std::string_view name) {
  for (std::uint32_t i = 0; i < columns->size && i < row->size; ++i) {
    if (same_word(last_name(columns->kid(i)), name)) return row->kid(i);
  }
  return nullptr;
}

/// a = 1 AND b = 2, for a key that the row gives whole; nullptr where it does not.
Node* meets(const std::vector<std::string>& key, const Node* columns, const Node* row, Context& c) {
  Node* condition = nullptr;
  for (const std::string& name : key) {
    Node* value = value_of(columns, row, name);
    if (!value || value->is(Kind::null) || value->is(Kind::default_value)) return nullptr;
    if (!value->is(Kind::number) && !value->is(Kind::string) && !value->is(Kind::parameter)) {
      return nullptr;
    }
    Node* same = c.build.binary(BinOp::eq, c.build.name(c.build.text(name)), c.build.clone(value));
    condition = and_of(c, condition, same);
  }
  return condition;
}

}  // namespace

void expand_replace(Context& c, Steps& steps) {
  Node* n = c.statement;
  const bool keeps = c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite);
  if (!n->has(flag::replace) || keeps || !c.options.schema || n->kid(insert_slot::returning))
    return;
  Node* target = n->kid(insert_slot::target);
  const TableFacts* facts =
      target->is(Kind::table) ? c.options.schema->table(last_name(target->kid(table_slot::source)))
                              : nullptr;
  const Node* columns = n->kid(insert_slot::columns);
  const Node* source = n->kid(insert_slot::source);
  if (!facts || !columns || !source || !source->is(Kind::values)) return;
  const Node* rows = source->kid(values_slot::rows);
  if (rows->size != 1) return;
  Node* found = nullptr;
  std::size_t met = 0;
  for (const auto& key : facts->keys) {
    Node* one = meets(key, columns, rows->kid(0), c);
    for (const std::string& name : key) {
      const ColumnFacts* f = facts->column(name);
      const bool unsaid = !value_of(columns, rows->kid(0), name);
      if (unsaid && f && f->has_default && !f->generated_key) return;
    }
    if (!one) continue;
    ++met;
    found = found ? c.build.binary(BinOp::or_, found, one) : one;
  }
  if (met < 2) return;
  Node* gone = c.build.slots(Kind::delete_, delete_slot::count);
  gone->kids[delete_slot::targets] = c.build.list_of(c.build.clone(target));
  gone->kids[delete_slot::where] = found;
  n->flags &= ~flag::replace;
  steps.statements = {gone, n};
  steps.answer = 1;
}

}  // namespace iacdb::sql
