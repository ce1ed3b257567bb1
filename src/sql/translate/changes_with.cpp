// What UPDATE, DELETE and INSERT of MariaDB and Oracle take elsewhere: WITH; and the alias of a
// table that MariaDB does not take.

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/single_table.hpp"

namespace iacdb::sql {

namespace {

bool has_table(Node* n, std::string_view name) {
  bool found = false;
  walk(n, [&](Node* k) {
    found = found || (k->is(Kind::table) && same_word(known_as(k), name));
    return true;
  });
  return found;
}

bool is_cte(const Node* with, const Node* table) {
  const Node* source = table->kid(table_slot::source);
  if (!source || !source->is(Kind::name)) return false;
  for (const Node* cte : *with) {
    if (same_word(cte->kid(cte_slot::name)->text, source->text)) return true;
  }
  return false;
}

/// There UPDATE and DELETE take no WITH: each table of it becomes a query that has it.
void inline_with(Node* n, Context& c) {
  Node* with = n->kid(query_slot::with);
  n->kids[query_slot::with] = nullptr;
  walk(n, [&](Node* k) {
    if (!k->is(Kind::table) || !is_cte(with, k)) return !k->is(Kind::with);
    Node* name = k->kid(table_slot::source);
    Node* query = c.build.select();
    query->kids[query_slot::with] = c.build.clone(with);
    query->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.node(Kind::star)));
    query->kids[select_slot::from] = c.build.list_of(table_of(c, name));
    if (!k->kid(table_slot::alias)) k->kids[table_slot::alias] = c.build.clone(name);
    k->kids[table_slot::source] = c.build.with(Kind::subquery, {}, query);
    return false;
  });
}

/// WITH x INSERT .. SELECT is INSERT .. WITH x SELECT.
void move_with(Node* insert) {
  Node* source = insert->kid(insert_slot::source);
  const bool query = source && (source->is(Kind::select) || source->is(Kind::set_op));
  if (!query || source->kid(query_slot::with)) return;
  source->kids[query_slot::with] = insert->kid(insert_slot::with);
  insert->kids[insert_slot::with] = nullptr;
}

}  // namespace

bool name_target(Node* statement, Node* target, Context& c) {
  const Node* alias = target->kid(table_slot::alias);
  if (!alias) return true;
  Node* source = target->kid(table_slot::source);
  const std::string_view old = alias->text;
  const std::string_view table = last_name(source);
  target->kids[table_slot::alias] = nullptr;
  // Another table of either name would take the columns over.
  Node* const kept = target->kids[table_slot::source];
  target->kids[table_slot::source] = c.build.name("");
  const bool taken = has_table(statement, old) || has_table(statement, table);
  target->kids[table_slot::source] = kept;
  if (taken) {
    target->kids[table_slot::alias] = c.build.name(old);
    return false;
  }
  walk(statement, [&](Node* k) {
    const bool column = k->is(Kind::path) && k->size == 2 && same_word(qualifier(k), old);
    const bool star = k->is(Kind::star) && k->kid(0) && same_word(last_name(k->kid(0)), old);
    if (column || star) k->kids[0] = c.build.name(table);
    return true;
  });
  return true;
}

void pass_with_changes(Context& c) {
  const bool inside = c.to_is(Dialect::mysql) || c.to_is(Dialect::oracle);
  if (!inside || c.from == c.to) return;
  Node* n = c.statement;
  if (n->is(Kind::insert) && n->kid(insert_slot::with)) move_with(n);
  const bool change = n->is(Kind::update) || n->is(Kind::delete_);
  if (change && n->kid(query_slot::with)) inline_with(n, c);
}

}  // namespace iacdb::sql
