// UPDATE of a query, as Oracle has it: an UPDATE with a join, of the table whose columns are set.
// Source: "UPDATE" of Oracle 19c, dml_table_expression_clause.

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

/// Columns of the query become what they stand for.
void put_meant(Node*& n, const Node* items, std::string_view alias, Context& c) {
  if (!n || n->is(Kind::subquery) || n->is(Kind::exists)) return;
  const bool own = n->is(Kind::name) || (n->is(Kind::path) && same_word(qualifier(n), alias));
  if (own) {
    for (const Node* item : *items) {
      const std::string_view name = item->kid(1) ? item->kid(1)->text : last_name(item->kid(0));
      if (!same_word(name, last_name(n))) continue;
      n = c.build.clone(item->kid(0));
      return;
    }
  }
  if (n->is(Kind::name) || n->is(Kind::path)) return;
  for (std::uint32_t i = 0; i < n->size; ++i) {
    if (!(n->is(Kind::call) && i == call_slot::path)) put_meant(n->kids[i], items, alias, c);
  }
}

bool is_plain(const Node* q) {
  if (!q->is(Kind::select) || q->has(flag::distinct)) return false;
  for (const std::size_t slot :
       {std::size_t{query_slot::with}, std::size_t{query_slot::order},
        std::size_t{query_slot::limit}, std::size_t{select_slot::group},
        std::size_t{select_slot::having}, std::size_t{select_slot::connect_by}}) {
    if (q->kid(slot)) return false;
  }
  return q->kid(select_slot::from) != nullptr;
}

}  // namespace

bool open_view(Node* update, Context& c) {
  Node* target = update->kid(update_slot::target);
  const Node* q = target->kid(table_slot::source)->kid(0);
  if (!c.from_is(Dialect::oracle) || !is_plain(q) || update->kid(update_slot::from)) return false;
  const Node* items = q->kid(select_slot::items);
  for (const Node* item : *items) {
    if (!item->is(Kind::item) || item->kid(0)->is(Kind::star)) return false;
  }
  const Node* named = target->kid(table_slot::alias);
  const std::string_view alias = named ? named->text : std::string_view();
  for (Node* a : *update->kid(update_slot::assigns)) {
    if (a->kid(0)->is(Kind::row)) return false;
    put_meant(a->kids[0], items, alias, c);
    put_meant(a->kids[1], items, alias, c);
    if (!a->kid(0)->is(Kind::path) && !a->kid(0)->is(Kind::name)) return false;
  }
  put_meant(update->kids[update_slot::where], items, alias, c);
  Node* whole = nullptr;
  for (Node* t : *q->kid(select_slot::from)) {
    whole = whole ? join_of(c, JoinKind::cross, whole, t, nullptr) : t;
  }
  update->kids[update_slot::target] = whole;
  update->kids[update_slot::where] =
      and_of(c, q->kid(select_slot::where), update->kid(update_slot::where));
  return true;
}

}  // namespace iacdb::sql
