// OUTPUT .. INTO a table of SQL Server: the rows go into it before the change, from the rows as
// they are and from what the change will set. Source: "OUTPUT Clause" of Transact-SQL 2019.

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

Node** returning_of(Node* n) {
  if (n->is(Kind::insert)) return &n->kids[insert_slot::returning];
  if (n->is(Kind::update)) return &n->kids[update_slot::returning];
  if (n->is(Kind::delete_)) return &n->kids[delete_slot::returning];
  return nullptr;
}

/// DELETED.x is x, INSERTED.x what it is set to.
void as_before(Node*& n, const Node* assigns, std::string_view table, Context& c) {
  if (!n) return;
  if (n->is(Kind::star) && n->kid(0)) {
    const bool old = same_word(last_name(n->kid(0)), "deleted");
    if (!old && assigns) c.refuse(n, "OUTPUT INSERTED.* INTO a table; name the columns");
    n = c.build.with(Kind::star, {}, c.build.name(table));
    return;
  }
  if (n->is(Kind::path) && n->size == 2) {
    const bool set = same_word(qualifier(n), "inserted");
    if (!set && !same_word(qualifier(n), "deleted")) return;
    n = c.build.column(table, last_name(n));
    if (set && assigns) put_assigned(n, assigns, table, c);
    return;
  }
  for (std::uint32_t i = 0; i < n->size; ++i) as_before(n->kids[i], assigns, table, c);
}

Node* rows_before(Node* n, Node* list, Context& c) {
  const bool update = n->is(Kind::update);
  Node* target = update ? n->kid(update_slot::target) : n->kid(delete_slot::targets)->kid(0);
  const Node* from = update ? n->kid(update_slot::from) : n->kid(delete_slot::from);
  const auto limit = update ? std::size_t{update_slot::limit} : std::size_t{delete_slot::limit};
  const auto top = update ? std::size_t{update_slot::top} : std::size_t{delete_slot::top};
  if (n->kid(query_slot::with) || n->kid(limit) || n->kid(top)) {
    c.refuse(n, "OUTPUT .. INTO a table of a change with TOP or WITH has no equal");
  }
  Node* assigns = update ? n->kid(update_slot::assigns) : nullptr;
  Node* s = c.build.select();
  s->kids[select_slot::items] = c.build.list();
  for (Node* item : *list) {
    as_before(item->kids[0], assigns, known_as(target), c);
    c.build.add(s->kids[select_slot::items], item);
  }
  s->kids[select_slot::from] = from ? c.build.clone(from) : c.build.list_of(c.build.clone(target));
  const Node* where = update ? n->kid(update_slot::where) : n->kid(delete_slot::where);
  if (where) s->kids[select_slot::where] = c.build.clone(where);
  return s;
}

}  // namespace

void expand_output_into(Context& c, Steps& steps) {
  Node* n = c.statement;
  Node** place = returning_of(n);
  if (!place || !*place || (*place)->op != 1 || c.to_is(Dialect::tsql)) return;
  Node* list = *place;
  Node* into = list->kids[--list->size];
  list->op = 0;
  Node* rows = nullptr;
  if (n->is(Kind::insert)) {
    for (Node* item : *list) {
      if (item->kid(0)->is(Kind::path)) item->kids[0] = c.build.name(last_name(item->kid(0)));
    }
    rows = inserted_rows(n, c);
  } else {
    rows = rows_before(n, list, c);
  }
  *place = nullptr;
  Node* insert = c.build.slots(Kind::insert, insert_slot::count);
  insert->kids[insert_slot::target] = table_of(c, into->kid(table_slot::source));
  insert->kids[insert_slot::columns] = into->kid(table_slot::columns);
  insert->kids[insert_slot::source] = rows;
  steps.statements = {insert, n};
  steps.answer = 1;
}

}  // namespace iacdb::sql
