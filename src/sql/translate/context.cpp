#include "sql/translate/context.hpp"

namespace iacdb::sql {

namespace {

/// The table that an alias or name of this statement stands for.
const Node* find_table(Node* n, std::string_view wanted) {
  const Node* found = nullptr;
  walk(n, [&](Node* k) {
    if (found) return false;
    if (!k->is(Kind::table)) return true;
    const Node* source = k->kid(table_slot::source);
    if (!source->is(Kind::name) && !source->is(Kind::path)) return true;
    const Node* alias = k->kid(table_slot::alias);
    if (same_word(alias ? alias->text : last_name(source), wanted)) found = source;
    return true;
  });
  return found;
}

}  // namespace

const TableFacts* table_facts(const Context& context, std::string_view wanted) {
  if (!context.options.schema) return nullptr;
  if (const Node* source = find_table(context.statement, wanted)) {
    return context.options.schema->table(last_name(source));
  }
  return context.options.schema->table(wanted);
}

bool knows_tables(const Context& context) {
  if (!context.options.schema) return false;
  bool known = false;
  walk(context.statement, [&](Node* k) {
    if (k->is(Kind::table) && !known) {
      known = context.options.schema->table(last_name(k->kid(table_slot::source))) != nullptr;
    }
    return !known;
  });
  return known;
}

const ColumnFacts* column_facts(const Context& context, const Node* column) {
  if (!context.options.schema || !column) return nullptr;
  if (!column->is(Kind::name) && !column->is(Kind::path)) return nullptr;
  const std::string_view name = last_name(column);
  if (column->is(Kind::path)) {
    const TableFacts* t = table_facts(context, qualifier(column));
    return t ? t->column(name) : nullptr;
  }
  const ColumnFacts* found = nullptr;
  bool ambiguous = false;
  walk(context.statement, [&](Node* k) {
    if (!k->is(Kind::table)) return true;
    const TableFacts* t = context.options.schema->table(last_name(k->kid(table_slot::source)));
    const ColumnFacts* f = t ? t->column(name) : nullptr;
    if (f && found && f != found) ambiguous = true;
    if (f) found = f;
    return true;
  });
  return ambiguous ? nullptr : found;
}

}  // namespace iacdb::sql
