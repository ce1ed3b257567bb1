// ORDER BY of a query that another query reads: in PostgreSQL and SQLite it is the order in which
// texts are put together; MariaDB and Oracle promise nothing, and SQL Server refuses it without
// TOP.

#include <charconv>
#include <vector>

#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// The select that `s` reads from alone, when it has an order of its own; nullptr otherwise.
Node* ordered_source(const Node* s) {
  const Node* table = s->kid(select_slot::from);
  if (table && table->is(Kind::list)) table = table->size == 1 ? table->kid(0) : nullptr;
  if (!table || !table->is(Kind::table)) return nullptr;
  const Node* source = table->kid(table_slot::source);
  if (!source || !source->is(Kind::subquery) || table->kid(table_slot::columns)) return nullptr;
  Node* inner = source->kids[0];
  return inner->is(Kind::select) && inner->kid(query_slot::order) ? inner : nullptr;
}

/// The name by which the outer query knows what an item of the inner one gives; empty for none.
std::string_view name_of(const Node* item) {
  if (item->kid(1)) return item->kid(1)->text;
  const Node* value = item->kid(0);
  return value->is(Kind::name) || value->is(Kind::path) ? last_name(value) : std::string_view();
}

/// A key of the inner order as a column of the inner query; nullptr where that would change it.
Node* key_outside(const Node* key, Node* inner, Context& c) {
  Node* items = inner->kid(select_slot::items);
  std::size_t place = 0;
  if (key->is(Kind::number)) {
    std::from_chars(key->text.data(), key->text.data() + key->text.size(), place);
    if (place < 1 || place > items->size) return nullptr;
  }
  for (std::size_t i = 0; i < items->size; ++i) {
    const Node* item = items->kid(i);
    if (!item->is(Kind::item)) continue;
    const std::string_view name = name_of(item);
    const bool is_it = place > 0 ? place == i + 1
                                 : same_tree(item->kid(0), key) ||
                                       (key->is(Kind::name) && same_word(name, key->text));
    if (is_it && !name.empty()) return c.build.name(name);
  }
  if (place > 0 || inner->has(flag::distinct) || inner->kid(select_slot::distinct_on)) {
    return nullptr;
  }
  const std::string_view fresh = c.fresh("iacdb_key_");
  c.build.add(items, c.build.item(c.build.clone(key), c.build.name(fresh)));
  return c.build.name(fresh);
}

/// The order as one of the outer query; nullptr where a key of it cannot be told there.
Node* order_outside(Node* inner, Context& c) {
  Node* order = c.build.clone(inner->kid(query_slot::order));
  for (Node* sort : *order) {
    sort->kids[0] = key_outside(sort->kid(0), inner, c);
    if (!sort->kids[0]) return nullptr;
  }
  return order;
}

/// Texts that are put together take the order of the query below into themselves.
void take_order(Node* s, Context& c) {
  Node* inner = ordered_source(s);
  for (const Node* item : *s->kid(select_slot::items)) {
    if (!item->is(Kind::item) || item->kid(0)->is(Kind::star)) return;  // Would show a new column.
  }
  if (!inner) return;
  std::vector<Node*> calls;
  walk(s, [&](Node* k) {
    if (k == s) return true;
    if (is_call(k, "$STRING_AGG") && !k->kid(call_slot::order) && !k->has(flag::distinct)) {
      calls.push_back(k);
    }
    return !k->is(Kind::subquery) && !k->is(Kind::select);
  });
  if (calls.empty()) return;
  const Node* order = order_outside(inner, c);
  if (!order) {
    c.warn("order", "the order in which a query below gives its rows is not that of the texts");
    return;
  }
  for (Node* call : calls) call->kids[call_slot::order] = c.build.clone(order);
}

void drop_order(Node* query) {
  if (!query || !(query->is(Kind::select) || query->is(Kind::set_op))) return;
  if (!query->kid(query_slot::limit)) query->kids[query_slot::order] = nullptr;
}

}  // namespace

void pass_ordered_sources(Context& c) {
  const bool by_rows = c.from_is(Dialect::sqlite) || c.from_is(Dialect::postgres);
  if (c.to_is(Dialect::sqlite) || c.to_is(Dialect::postgres)) return;
  walk(c.statement, [&](Node* n) {
    if (by_rows && n->is(Kind::select)) take_order(n, c);
    if (c.to_is(Dialect::tsql) && n->is(Kind::subquery)) drop_order(n->kid(0));
    if (c.to_is(Dialect::tsql) && n->is(Kind::cte)) drop_order(n->kid(cte_slot::body));
    return true;
  });
}

}  // namespace iacdb::sql
