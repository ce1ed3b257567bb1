// Windows as MariaDB computes them right.

#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

const Node* spec_of(const Node* n) {
  const Node* over = n->is(Kind::call) ? n->kid(call_slot::over) : nullptr;
  return over && over->is(Kind::window) && over->size == window_slot::count ? over : nullptr;
}

bool is_empty(const Node* spec) {
  for (const Node* part : *spec) {
    if (part) return false;
  }
  return true;
}

/// An aggregate gives the same over the whole in any order.
bool is_aggregate(const Node* call) {
  for (std::string_view f : {"SUM", "COUNT", "AVG", "MIN", "MAX"}) {
    if (is_call(call, f)) return true;
  }
  return false;
}

/// The window functions of a select's own list and order.
std::vector<Node*> windowed(Node* select) {
  std::vector<Node*> calls;
  for (auto slot : {select_slot::items, select_slot::order}) {
    walk(select->kid(slot), [&](Node* n) {
      if (spec_of(n)) calls.push_back(n);
      return !n->is(Kind::subquery) && !n->is(Kind::exists);
    });
  }
  return calls;
}

/// OVER () beside two windows of different orders makes MariaDB 10.11 sort the others wrongly: it
/// takes the order of one of them, over all rows.
void order_empty(Node* select, Context& c) {
  const std::vector<Node*> calls = windowed(select);
  std::vector<const Node*> others;
  bool empty = false;
  for (const Node* call : calls) {
    const Node* spec = spec_of(call);
    if (is_empty(spec)) {
      empty = true;
      continue;
    }
    if (others.size() == 2 || spec->kid(window_slot::base)) continue;  // Two tell enough.
    if (others.empty() || !same_tree(others[0], spec)) others.push_back(spec);
  }
  if (!empty || others.size() < 2) return;
  for (Node* call : calls) {
    if (!is_empty(spec_of(call)) || !is_aggregate(call)) continue;
    Node* spec = c.build.clone(others[0]);
    Node*& order = spec->kids[window_slot::order];
    if (!order) order = c.build.list_of(c.build.sort(spec->kid(window_slot::partition)->kid(0)));
    spec->kids[window_slot::partition] = nullptr;
    spec->kids[window_slot::frame] =
        c.build.node(Kind::raw, "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
    call->kids[call_slot::over] = spec;
  }
}

}  // namespace

void pass_windows(Context& c) {
  if (!c.to_is(Dialect::mysql) || c.from == c.to) return;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::select)) order_empty(n, c);
    return true;
  });
}

}  // namespace iacdb::sql
