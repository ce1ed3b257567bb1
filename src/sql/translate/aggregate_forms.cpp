// Aggregates: FILTER, KEEP (DENSE_RANK ..) and the order inside a text aggregate.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sql/translate/derive.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/null_treatment.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/percentiles.hpp"

namespace iacdb::sql {

namespace {

/// agg(x) FILTER (WHERE c) is agg(CASE WHEN c THEN x END).
void filter(Node* n, Context& c) {
  if (!n->kid(call_slot::filter) || is_call(n, "ARRAY_AGG")) return;
  if (c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite)) return;
  Node* args = n->kid(call_slot::args);
  Node* condition = n->kid(call_slot::filter);
  n->kids[call_slot::filter] = nullptr;
  if (Node* within = n->kid(call_slot::within)) {  // The values are those that it sorts.
    Node*& value = within->kid(0)->kids[0];
    value = case_when(c, condition, value);
    return;
  }
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

/// A number of the rows within, as a column of theirs, is such a one.
Node* stands_at(Node* inner, Node* number, std::string_view prefix, Node* place, Context& c) {
  const std::string_view name = c.fresh(prefix);
  c.build.add(inner->kid(select_slot::items), c.build.item(number, c.build.name(name)));
  return c.build.binary(BinOp::eq, c.build.name(name), place);
}

/// MIN(x) KEEP (DENSE_RANK FIRST ORDER BY k) OVER (PARTITION BY p): the first by k and then by x.
void keep_over(Node* call, Context& c) {
  const bool most = is_call(call, "MAX");
  Node* over = call->kid(call_slot::over);
  const bool plain = over->is(Kind::window) && !over->kid(window_slot::order) &&
                     !over->kid(window_slot::frame) && !over->kid(window_slot::base);
  if ((!most && !is_call(call, "MIN")) || !plain || argument_count(call) != 1) {
    c.refuse(call, "KEEP with OVER has no equal but for MIN and MAX");
  }
  const Node* how = call->kid(call_slot::keep);
  Node* order = how->text == "LAST" ? turned_order(how->kid(0), c) : c.build.clone(how->kid(0));
  Node* then = c.build.sort(c.build.clone(argument(call, 0)));
  then->flags |= flag::nulls_last | (most ? flag::desc : 0);
  c.build.add(order, then);
  over->kids[window_slot::order] = order;
  call->text = "FIRST_VALUE";
  call->kids[call_slot::keep] = nullptr;
}

/// MAX(x) KEEP (DENSE_RANK FIRST ORDER BY k): the aggregate of the rows whose rank is 1.
void keep(Node* s, Context& c) {
  Node* keys = plain_keys(s, c);
  std::vector<std::pair<Node*, Node*>> calls;
  walk(s, [&](Node* k) {
    if (k->is(Kind::call) && k->kid(call_slot::keep)) {
      if (k->kid(call_slot::over)) {
        keep_over(k, c);
        return true;
      }
      Node* how = k->kid(call_slot::keep);
      k->kids[call_slot::keep] = nullptr;
      calls.emplace_back(k, how);
    }
    return !k->is(Kind::subquery);
  });
  if (calls.empty()) return;
  std::vector<Node*> ranks;
  for (auto& [call, how] : calls) {
    Node* order = how->text == "LAST" ? turned_order(how->kid(0), c) : c.build.clone(how->kid(0));
    ranks.push_back(
        window_of(c, c.build.call("RANK"), keys ? c.build.clone(keys) : nullptr, order));
  }
  Node* inner = derive_from(s, c);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    Node* args = calls[i].first->kid(call_slot::args);
    Node* first = stands_at(inner, ranks[i], "iacdb_rank_", c.build.number("1"), c);
    Node* value = args->size && !args->kid(0)->is(Kind::star) ? args->kid(0) : c.build.number("1");
    Node* made = case_when(c, first, value);
    if (args->size)
      args->kids[0] = made;
    else
      c.build.add(args, made);
  }
}

/// (ARRAY_AGG(x ORDER BY k))[1]: the value of the first row.
Node* picked_array(Node* n) {
  if (!n->is(Kind::subscript) || !n->kid(1) || !n->kid(1)->is(Kind::number)) return nullptr;
  Node* call = n->kid(0);
  while (call->is(Kind::paren)) call = call->kid(0);
  return is_call(call, "ARRAY_AGG") && argument_count(call) == 1 ? call : nullptr;
}

void picked_arrays(Node* s, Context& c) {
  std::vector<Node*> picked;
  walk(s, [&](Node* k) {
    if (picked_array(k)) picked.push_back(k);
    return k == s || (!k->is(Kind::subquery) && !k->is(Kind::select));
  });
  if (picked.empty()) return;
  Node* keys = plain_keys(s, c);
  std::vector<Node*> numbers;
  for (Node* k : picked) {
    Node* call = picked_array(k);
    Node* order = call->kid(call_slot::order);
    if (!order || call->has(flag::distinct) || call->kid(call_slot::over)) {
      c.refuse(k, "an element of ARRAY_AGG without ORDER BY, of DISTINCT or over a window");
    }
    order = c.build.clone(order);
    if (Node* condition = call->kid(call_slot::filter)) {  // the others come last, with no value
      Node* value = argument(call, 0);
      call->kids[call_slot::filter] = nullptr;
      call->kid(call_slot::args)->kids[0] = case_when(c, condition, value);
      Node* late = case_when(c, c.build.clone(condition), c.build.number("0"), c.build.number("1"));
      c.build.insert(order, 0, c.build.sort(late));
    }
    numbers.push_back(
        window_of(c, c.build.call("ROW_NUMBER"), keys ? c.build.clone(keys) : nullptr, order));
  }
  Node* inner = derive_from(s, c);
  for (std::size_t i = 0; i < picked.size(); ++i) {
    Node* place = c.build.clone(picked[i]->kid(1));
    Node* here = stands_at(inner, numbers[i], "iacdb_place_", place, c);
    Node* value = argument(picked_array(picked[i]), 0);
    *picked[i] = *c.build.call("MAX", case_when(c, here, value));
  }
}

bool has_order(const Node* n) {
  return (is_call(n, "$STRING_AGG") || is_call(n, "$JSON_ARRAY_AGG")) && n->kid(call_slot::order);
}

/// The aggregate over its whole group in its own order, for each row of the group.
Node* ordered_window(Node* call, const Node* keys, Context& c) {
  Node* made = c.build.clone(call);
  Node* window = c.build.slots(Kind::window, window_slot::count);
  window->kids[window_slot::partition] = keys ? c.build.clone(keys) : nullptr;
  window->kids[window_slot::order] = made->kid(call_slot::order);
  window->kids[window_slot::frame] =
      c.build.node(Kind::raw, "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
  made->kids[call_slot::order] = nullptr;
  made->kids[call_slot::over] = window;
  return made;
}

/// SQLite before 3.44 aggregates text in the order in which rows come; a second order goes into a
/// window of its own.
void text_order(Node* s, Context& c) {
  std::vector<Node*> calls;
  walk(s, [&](Node* k) {
    if (k == s) return true;
    if (has_order(k)) calls.push_back(k);
    return !k->is(Kind::subquery) && !k->is(Kind::select);
  });
  if (calls.empty()) return;
  const auto distinct = std::find_if(calls.begin(), calls.end(),
                                     [](const Node* k) { return k->has(flag::distinct); });
  Node* order = (distinct == calls.end() ? calls[0] : *distinct)->kid(call_slot::order);
  Node* const keys = plain_keys(s, c);
  std::vector<std::pair<Node*, Node*>> windows;
  for (Node* call : calls) {
    if (same_tree(order, call->kid(call_slot::order))) {
      call->kids[call_slot::order] = nullptr;
      continue;
    }
    if (call->has(flag::distinct)) {
      c.refuse(call, "two string aggregates with different orders have no equal in sqlite");
    }
    windows.emplace_back(call, ordered_window(call, keys, c));
    *call = *c.build.call("MAX", c.build.null());
  }
  Node* inner = derive_from(s, c);
  for (const auto& [call, window] : windows) {
    const std::string_view name = c.fresh("iacdb_text_");
    c.build.add(inner->kid(select_slot::items), c.build.item(window, c.build.name(name)));
    call->kid(call_slot::args)->kids[0] = c.build.name(name);
  }
  inner->kids[query_slot::order] = order;
}

}  // namespace

void pass_aggregates(Context& c) {
  bool percentiles = false;
  bool arrays = false;
  bool ignoring = false;
  rewrite_tree(c.statement, [&](Node*& n) {
    arrays = arrays || (n->is(Kind::subscript) && c.from != c.to);
    if (n->is(Kind::call)) {
      filter(n, c);
      percentiles = percentiles || (c.from != c.to && is_percentile(n));
      ignoring = ignoring || (c.from != c.to && ignores_nulls(n, c));
    }
    if (!n->is(Kind::select) || !n->kid(select_slot::from)) return;
    take_bare_columns(n, c);
    if (arrays) picked_arrays(n, c);
    if (percentiles) number_percentiles(n, c);
    if (ignoring) count_values(n, c);
    if (!c.to_is(Dialect::oracle) && has_keep(n->kid(select_slot::items))) keep(n, c);
    if (c.to_is(Dialect::sqlite)) text_order(n, c);
  });
}

}  // namespace iacdb::sql
