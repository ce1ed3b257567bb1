// WITH queries that change data, and UPDATE that answers with the rows before it.

#include <string>

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

bool changes(const Node* n) {
  return n->is(Kind::insert) || n->is(Kind::update) || n->is(Kind::delete_);
}

bool speaks_of(Node* n, std::string_view table) {
  bool found = false;
  walk(n, [&](Node* k) {
    found =
        found || (k->is(Kind::table) && same_word(last_name(k->kid(table_slot::source)), table));
    return true;
  });
  return found;
}

Node* items_of(const Node* returning, Context& c) {
  Node* items = c.build.clone(returning);
  items->text = {};
  for (Node* item : *items) {
    const std::string_view name = last_name(item->kid(0));
    if (!item->kid(1) && !name.empty()) item->kids[1] = c.build.name(name);
  }
  return items;
}

Node* select_from(Node* items, Node* from, Node* where, Context& c) {
  Node* s = c.build.select();
  s->kids[select_slot::items] = items;
  s->kids[select_slot::from] = from;
  s->kids[select_slot::where] = where;
  return s;
}

}  // namespace

Node* inserted_rows(Node* n, Context& c) {
  Node*& columns = n->kids[insert_slot::columns];
  Node* source = n->kid(insert_slot::source);
  const std::string_view table = last_name(n->kid(insert_slot::target)->kid(table_slot::source));
  const TableFacts* facts = c.options.schema ? c.options.schema->table(table) : nullptr;
  if (!columns && facts) {
    columns = c.build.list();
    for (const ColumnFacts& f : facts->columns) c.build.add(columns, c.build.name(f.name));
  }
  if (!columns || n->kid(insert_slot::conflict)) {
    c.refuse(n, "an INSERT of this kind inside WITH has no equal");
  }
  for (const Node* item : *n->kid(insert_slot::returning)) {
    bool known = false;
    for (const Node* k : *columns)
      known = known || same_word(last_name(k), last_name(item->kid(0)));
    if (!known) c.refuse(item, "RETURNING of a column that the INSERT does not give has no equal");
  }
  Node* t = derived_table(c, c.build.clone(source), c.fresh("iacdb_new_"));
  t->kids[table_slot::columns] = c.build.clone(columns);
  return select_from(items_of(n->kid(insert_slot::returning), c), c.build.list_of(t), nullptr, c);
}

namespace {

/// The rows of RETURNING as a query on the table before the change.
Node* returned_rows(Node* n, Context& c) {
  if (n->is(Kind::insert)) return inserted_rows(n, c);
  const bool update = n->is(Kind::update);
  Node* list = update ? n->kid(update_slot::returning) : n->kid(delete_slot::returning);
  Node* target = update ? n->kid(update_slot::target) : n->kid(delete_slot::targets)->kid(0);
  const Node* more = update ? n->kid(update_slot::from) : n->kid(delete_slot::using_);
  Node* items = items_of(list, c);
  if (update) {
    for (Node* item : *items) {
      if (item->kid(0)->is(Kind::star)) c.refuse(item, "RETURNING * of an UPDATE inside WITH");
      put_assigned(item->kids[0], n->kid(update_slot::assigns), known_as(target), c);
    }
  }
  Node* from = c.build.list_of(c.build.clone(target));
  if (more) {
    for (const Node* t : *more) c.build.add(from, c.build.clone(t));
  }
  Node* where = update ? n->kid(update_slot::where) : n->kid(delete_slot::where);
  return select_from(items, from, c.build.clone(where), c);
}

void forget_returning(Node* n) {
  if (n->is(Kind::insert)) n->kids[insert_slot::returning] = nullptr;
  if (n->is(Kind::update)) n->kids[update_slot::returning] = nullptr;
  if (n->is(Kind::delete_)) n->kids[delete_slot::returning] = nullptr;
}

/// Names without a table become columns of it.
void qualify(Node*& n, std::string_view table, Context& c) {
  if (!n || n->is(Kind::path) || n->is(Kind::subquery) || n->is(Kind::exists)) return;
  if (n->is(Kind::name)) {
    n = c.build.with(Kind::path, {}, c.build.name(table), n);
    return;
  }
  for (std::uint32_t i = 0; i < n->size; ++i) {
    if (!(n->is(Kind::call) && i == call_slot::path)) qualify(n->kids[i], table, c);
  }
}

bool has_old(Node* list) {
  bool found = false;
  walk(list, [&](Node* k) {
    found = found || (k->is(Kind::path) && same_word(qualifier(k), "deleted"));
    found = found || (k->is(Kind::star) && k->kid(0) && same_word(last_name(k->kid(0)), "deleted"));
    return true;
  });
  return found;
}

/// True for a column that an UPDATE sets, by itself or in SET (a, b) = ..
bool sets(const Node* update, std::string_view column) {
  for (const Node* a : *update->kid(update_slot::assigns)) {
    const Node* target = a->kid(0);
    if (same_word(last_name(target), column)) return true;
    if (target->is(Kind::name) || target->is(Kind::path)) continue;
    for (const Node* one : *target) {
      if (same_word(last_name(one), column)) return true;
    }
  }
  return false;
}

bool sets_condition(const Node* n) {
  bool found = false;
  walk(n->kid(update_slot::where), [&](Node* k) {
    found = found || (k->is(Kind::name) && sets(n, k->text));
    return true;
  });
  return found;
}

/// DELETED.x is of the rows that were kept, anything else of the table.
Node* old_and_new(const Node* list, std::string_view old, std::string_view table, Context& c) {
  Node* items = items_of(list, c);
  for (Node* item : *items) {
    Node*& e = item->kids[0];
    if (e->is(Kind::star)) {
      const bool before = e->kid(0) && same_word(last_name(e->kid(0)), "deleted");
      e = c.build.with(Kind::star, {}, c.build.name(before ? old : table));
      continue;
    }
    rewrite_tree(e, [&](Node*& k) {
      if (!k->is(Kind::path)) return;
      const std::string_view q = qualifier(k);
      if (same_word(q, "deleted"))
        k = c.build.column(old, last_name(k));
      else if (same_word(q, "inserted"))
        k = c.build.column(table, last_name(k));
    });
    qualify(e, table, c);
  }
  return items;
}

}  // namespace

void expand_changing_ctes(Context& c, Steps& steps) {
  Node* n = c.statement;
  const bool query = n->is(Kind::select) || n->is(Kind::set_op) || changes(n);
  Node* with = query ? n->kid(query_slot::with) : nullptr;
  if (!with || c.to_is(Dialect::postgres)) return;
  std::vector<Node*> late;
  std::vector<std::string_view> kept;
  Node* rest = c.build.node(Kind::with, with->text, with->flags);
  for (Node* cte : *with) {
    Node* body = cte->kid(cte_slot::body);
    if (!changes(body)) {
      c.build.add(rest, cte);
      continue;
    }
    if (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite)) return;  // the ctes pass refuses it
    const std::string_view name = cte->kid(cte_slot::name)->text;
    if (speaks_of(n, name)) {
      Node* rows = returned_rows(body, c);
      if (const Node* columns = cte->kid(cte_slot::columns)) {
        for (std::uint32_t i = 0; i < columns->size; ++i) {
          rows->kid(select_slot::items)->kids[i]->kids[1] = c.build.clone(columns->kids[i]);
        }
      }
      steps.statements.push_back(keep_rows(c, name, rows));
      kept.push_back(name);
    }
    forget_returning(body);
    late.push_back(body);
  }
  if (late.empty()) {
    steps.statements.clear();
    return;
  }
  n->kids[query_slot::with] = rest->size ? rest : nullptr;
  steps.answer = steps.statements.size();
  steps.statements.push_back(n);
  for (Node* change : late) steps.statements.push_back(change);
  for (std::string_view name : kept) steps.statements.push_back(drop_rows(c, name));
}

namespace {

bool names_table(const Node* from, std::string_view name) {
  if (!from) return false;
  if (from->is(Kind::table)) return same_word(known_as(from), name);
  if (!from->is(Kind::list) && !from->is(Kind::join)) return false;
  const std::uint32_t tables = from->is(Kind::join) ? 2 : from->size;
  for (std::uint32_t i = 0; i < tables; ++i) {
    if (names_table(from->kids[i], name)) return true;
  }
  return false;
}

/// OUTPUT of an UPDATE with FROM as a query on the rows before the change.
Node* output_rows(Node* n, Context& c) {
  Node* target = n->kid(update_slot::target);
  const std::string_view own = known_as(target);
  Node* items = items_of(n->kid(update_slot::returning), c);
  for (Node* item : *items) {
    if (item->kid(0)->is(Kind::star)) c.refuse(item, "OUTPUT of * from a joined UPDATE");
    rewrite_tree(item->kids[0], [&](Node*& k) {
      if (!k->is(Kind::path)) return;
      const bool after = same_word(qualifier(k), "inserted");
      if (!after && !same_word(qualifier(k), "deleted")) return;
      k = c.build.column(own, last_name(k));
      if (after) put_assigned(k, n->kid(update_slot::assigns), own, c);
    });
  }
  const Node* more = n->kid(update_slot::from);
  Node* from = c.build.list();
  if (!names_table(more, own)) c.build.add(from, c.build.clone(target));
  for (const Node* t : *more) c.build.add(from, c.build.clone(t));
  return select_from(items, from, c.build.clone(n->kid(update_slot::where)), c);
}

/// UPDATE .. FROM .. RETURNING: what it will answer with is kept before the change.
void expand_joined_rows(Context& c, Steps& steps) {
  Node* n = c.statement;
  Node* target = n->kid(update_slot::target);
  const std::string_view own = known_as(target);
  const bool output = c.from_is(Dialect::tsql);
  if (!output && !c.from_is(Dialect::postgres) && !c.from_is(Dialect::sqlite)) return;
  bool others = false;
  walk(n->kid(update_slot::returning), [&](Node* k) {
    const bool mine =
        same_word(qualifier(k), own) || (output && same_word(qualifier(k), "inserted"));
    others = others || (k->is(Kind::path) && !mine);
    return !k->is(Kind::path);
  });
  if (!others && c.to_is(Dialect::sqlite)) return;
  if (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite)) return;
  const std::string_view kept = c.fresh("iacdb_rows_");
  Node* rows = output ? output_rows(n, c) : returned_rows(n, c);
  std::uint32_t place = 0;
  for (Node* item : *rows->kid(select_slot::items)) {
    ++place;
    if (!item->kid(1)) item->kids[1] = c.build.name(c.build.text("column" + std::to_string(place)));
  }
  n->kids[update_slot::returning] = nullptr;
  Node* all = c.build.list_of(c.build.item(c.build.node(Kind::star)));
  Node* shown = select_from(all, c.build.list_of(table_of(c, c.build.name(kept))), nullptr, c);
  steps.statements = {keep_rows(c, kept, rows), n, shown, drop_rows(c, kept)};
  steps.answer = 2;
}

}  // namespace

void expand_old_rows(Context& c, Steps& steps) {
  Node* n = c.statement;
  Node* list = n->kid(update_slot::returning);
  Node* target = n->kid(update_slot::target);
  if (!list || !target->is(Kind::table)) return;
  if (n->kid(update_slot::from)) return expand_joined_rows(c, steps);
  const bool old = has_old(list);
  const bool again = c.to_is(Dialect::mysql) && n->kid(update_slot::where) && sets_condition(n);
  const bool here =
      c.to_is(Dialect::postgres) || c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite);
  if (!here || (!old && !again)) return;
  const std::string_view key = row_address(c, target);
  if (c.to_is(Dialect::mysql) && sets(n, key)) {
    c.refuse(n, "RETURNING of an UPDATE that sets the key of its rows has no equal in mysql");
  }
  const std::string_view table = known_as(target);
  const std::string_view kept = c.fresh("iacdb_old_");
  Node* items = c.build.list_of(c.build.item(c.build.with(Kind::star, {}, c.build.name(table))));
  c.build.add(items, c.build.item(c.build.column(table, key), c.build.name("iacdb_id")));
  Node* rows =
      select_from(items, c.build.list_of(c.build.clone(target)), n->kid(update_slot::where), c);
  Node* shown = old_and_new(list, kept, table, c);
  Node* same =
      c.build.binary(BinOp::eq, c.build.column(table, key), c.build.column(kept, "iacdb_id"));
  if (c.to_is(Dialect::postgres)) {
    for (Node* a : *n->kid(update_slot::assigns)) qualify(a->kids[1], table, c);
    add_cte(c, n, kept, nullptr, rows, false);
    n->kids[update_slot::from] = c.build.list_of(table_of(c, c.build.name(kept)));
    n->kids[update_slot::where] = same;
    n->kids[update_slot::returning] = shown;
    steps.statements.push_back(n);
    return;
  }
  Node* ids = select_from(c.build.list_of(c.build.item(c.build.name("iacdb_id"))),
                          c.build.list_of(table_of(c, c.build.name(kept))), nullptr, c);
  n->kids[update_slot::where] =
      c.build.with(Kind::in, {}, c.build.name(key), c.build.with(Kind::subquery, {}, ids));
  n->kids[update_slot::returning] = nullptr;
  Node* from =
      join_of(c, JoinKind::inner, c.build.clone(target), table_of(c, c.build.name(kept)), same);
  steps.statements = {keep_rows(c, kept, rows), n,
                      select_from(shown, c.build.list_of(from), nullptr, c), drop_rows(c, kept)};
  steps.answer = 2;
}

}  // namespace iacdb::sql
