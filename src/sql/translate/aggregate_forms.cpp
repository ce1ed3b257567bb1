// Aggregates: FILTER, KEEP (DENSE_RANK ..) and the order inside a text aggregate.

#include <string>

#include "sql/translate/derive.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// agg(x) FILTER (WHERE c) is agg(CASE WHEN c THEN x END).
void filter(Node* n, Context& c) {
  if (!n->kid(call_slot::filter)) return;
  if (c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite)) return;
  Node* args = n->kid(call_slot::args);
  Node* condition = n->kid(call_slot::filter);
  n->kids[call_slot::filter] = nullptr;
  Node* value = args->size ? args->kid(0) : nullptr;
  if (!value || value->is(Kind::star)) value = c.build.number("1");
  Node* made = case_when(c, condition, value);
  if (args->size)
    args->kids[0] = made;
  else
    c.build.add(args, made);
}

bool has_keep(Node* n) {
  bool found = false;
  walk(n, [&](Node* k) {
    found = found || (k->is(Kind::call) && k->kid(call_slot::keep));
    return !k->is(Kind::subquery);
  });
  return found;
}

Node* turned(const Node* order, Context& c) {
  Node* made = c.build.clone(order);
  for (Node* sort : *made) {
    const bool first = sort->has(flag::nulls_first);
    const bool last = sort->has(flag::nulls_last);
    sort->flags ^= flag::desc;
    if (sort->has(flag::asc)) sort->flags &= ~(flag::asc);
    sort->flags &= ~(flag::nulls_first | flag::nulls_last);
    if (first) sort->flags |= flag::nulls_last;
    if (last) sort->flags |= flag::nulls_first;
  }
  return made;
}

/// MAX(x) KEEP (DENSE_RANK FIRST ORDER BY k): the aggregate of the rows whose rank is 1.
void keep(Node* s, Context& c) {
  Node* group = s->kid(select_slot::group);
  Node* keys = group ? c.build.clone(group) : nullptr;
  std::vector<std::pair<Node*, Node*>> calls;
  walk(s, [&](Node* k) {
    if (k->is(Kind::call) && k->kid(call_slot::keep)) {
      if (k->kid(call_slot::over)) c.refuse(k, "KEEP with OVER has no equal");
      Node* how = k->kid(call_slot::keep);
      k->kids[call_slot::keep] = nullptr;
      calls.emplace_back(k, how);
    }
    return !k->is(Kind::subquery);
  });
  std::vector<Node*> ranks;
  for (auto& [call, how] : calls) {
    Node* order = how->text == "LAST" ? turned(how->kid(0), c) : c.build.clone(how->kid(0));
    ranks.push_back(
        window_of(c, c.build.call("RANK"), keys ? c.build.clone(keys) : nullptr, order));
  }
  Node* inner = derive_from(s, c);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string_view name = c.fresh("iacdb_rank_");
    c.build.add(inner->kid(select_slot::items), c.build.item(ranks[i], c.build.name(name)));
    Node* args = calls[i].first->kid(call_slot::args);
    Node* first = c.build.binary(BinOp::eq, c.build.name(name), c.build.number("1"));
    Node* value = args->size && !args->kid(0)->is(Kind::star) ? args->kid(0) : c.build.number("1");
    Node* made = case_when(c, first, value);
    if (args->size)
      args->kids[0] = made;
    else
      c.build.add(args, made);
  }
}

/// SQLite before 3.44 aggregates text in the order in which rows come.
void text_order(Node* s, Context& c) {
  Node* order = nullptr;
  walk(s->kid(select_slot::items), [&](Node* k) {
    if (is_call(k, "$STRING_AGG") && k->kid(call_slot::order)) {
      if (order && !same_tree(order, k->kid(call_slot::order))) {
        c.refuse(k, "two string aggregates with different orders have no equal in sqlite");
      }
      order = k->kid(call_slot::order);
      k->kids[call_slot::order] = nullptr;
    }
    return !k->is(Kind::subquery);
  });
  if (!order) return;
  Node* inner = derive_from(s, c);
  inner->kids[query_slot::order] = order;
}

}  // namespace

void pass_aggregates(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::call)) filter(n, c);
    if (!n->is(Kind::select) || !n->kid(select_slot::from)) return;
    if (!c.to_is(Dialect::oracle) && has_keep(n->kid(select_slot::items))) keep(n, c);
    if (c.to_is(Dialect::sqlite)) text_order(n, c);
  });
}

}  // namespace iacdb::sql
