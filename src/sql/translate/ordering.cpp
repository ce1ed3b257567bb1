// Order and limits: LIMIT and TOP, ties and percent, ROWNUM, DISTINCT ON.

#include <charconv>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// A name for a query that becomes a table; the first is _l_0.
std::string_view made_name(Context& c) {
  return c.build.text("_l_" + std::to_string(c.names_made++));
}

Node* derived(Context& c, Node* query, std::string_view alias) {
  Node* t = c.build.slots(Kind::table, table_slot::count);
  t->kids[table_slot::source] = c.build.with(Kind::subquery, {}, query);
  t->kids[table_slot::alias] = c.build.name(alias);
  return t;
}

/// The names that a select's list gives; false when one is not known.
bool output_names(const Node* select, std::vector<Node*>& names, Context& c) {
  for (Node* item : *select->kid(select_slot::items)) {
    if (item->kid(1)) {
      names.push_back(c.build.clone(item->kid(1)));
    } else if (item->kid(0)->is(Kind::name)) {
      names.push_back(c.build.clone(item->kid(0)));
    } else if (item->kid(0)->is(Kind::path)) {
      names.push_back(c.build.clone(item->kid(0)->kid(item->kid(0)->size - 1)));
    } else {
      return false;
    }
  }
  return true;
}

/// An outer select of the inner one's columns, without the helper column.
Node* select_names(Context& c, std::span<Node* const> names, Node* inner, std::string_view alias) {
  Node* outer = c.build.select();
  outer->kids[select_slot::items] = c.build.list();
  for (Node* n : names) {
    c.build.add(outer->kids[select_slot::items], c.build.item(c.build.clone(n)));
  }
  outer->kids[select_slot::from] = c.build.list_of(derived(c, inner, alias));
  return outer;
}

Node* window_call(Context& c, std::string_view function, Node* partition, Node* order) {
  Node* call = c.build.call(function);
  Node* w = c.build.slots(Kind::window, window_slot::count);
  w->kids[window_slot::partition] = partition;
  w->kids[window_slot::order] = order;
  call->kids[call_slot::over] = w;
  return call;
}

/// ORDER BY of a query whose window function needs the expressions behind aliases and ordinals.
Node* expanded_order(const Node* select, Context& c) {
  Node* order = c.build.clone(select->kid(query_slot::order));
  if (!order) return nullptr;
  for (Node* s : *order) {
    Node*& key = s->kids[0];
    const Node* items = select->kid(select_slot::items);
    if (key->is(Kind::number)) {
      std::size_t i = 0;
      std::from_chars(key->text.data(), key->text.data() + key->text.size(), i);
      if (i >= 1 && i <= items->size) key = c.build.clone(items->kid(i - 1)->kid(0));
      continue;
    }
    if (!key->is(Kind::name)) continue;
    for (const Node* item : *items) {
      if (item->kid(1) && same_word(item->kid(1)->text, key->text)) {
        key = c.build.clone(item->kid(0));
      }
    }
  }
  return order;
}

/// A rank by a window function needs that function as a column below it.
void limit_outside(Node*& s, Node* order, std::span<Node* const> names, Context& c) {
  bool windows = false;
  walk(order, [&](Node* n) {
    windows = windows || (n->is(Kind::call) && n->kid(call_slot::over));
    return true;
  });
  if (!windows) return;
  for (Node* sort : *order) {
    const std::string_view key = c.fresh("iacdb_key_");
    c.build.add(s->kids[select_slot::items], c.build.item(sort->kid(0), c.build.name(key)));
    sort->kids[0] = c.build.name(key);
  }
  Node* outer = select_names(c, names, s, c.fresh("iacdb_q_"));
  for (auto slot : {query_slot::with, query_slot::limit})
    std::swap(outer->kids[slot], s->kids[slot]);
  s->kids[query_slot::order] = nullptr;
  s = outer;
}

/// TOP n WITH TIES and PERCENT by RANK and ROW_NUMBER, where the target has no such words.
void rank_limit(Node*& s, Context& c) {
  Node* limit = s->kid(query_slot::limit);
  const bool ties = limit->has(flag::with_ties);
  const bool percent = limit->has(flag::percent);
  if (limit->kid(1)) c.refuse(limit, "OFFSET with WITH TIES or PERCENT has no equal");
  if (s->has(flag::distinct)) c.refuse(limit, "DISTINCT with WITH TIES or PERCENT has no equal");
  std::vector<Node*> names;
  expand_stars(c, s);
  if (!output_names(s, names, c)) {
    c.refuse(limit, "WITH TIES and PERCENT need a name for every column; give an alias", "schema");
  }
  Node* order = expanded_order(s, c);
  limit_outside(s, order, names, c);
  Node* items = s->kid(select_slot::items);
  Node* count = limit->kid(0);
  const std::string_view rank = c.fresh("iacdb_rank_");
  if (percent) {
    const std::string_view total = c.fresh("iacdb_total_");
    c.build.add(items, c.build.item(window_call(c, ties ? "RANK" : "ROW_NUMBER", nullptr, order),
                                    c.build.name(rank)));
    Node* all = window_call(c, "COUNT", nullptr, nullptr);
    c.build.add(all->kid(call_slot::args), c.build.node(Kind::star));
    c.build.add(items, c.build.item(all, c.build.name(total)));
    Node* share = c.build.binary(
        BinOp::div, c.build.binary(BinOp::mul, c.build.name(total), c.build.paren(count)),
        c.build.number("100.0"));
    count = c.build.call("CEIL", share);
  } else {
    c.build.add(items, c.build.item(window_call(c, "RANK", nullptr, order), c.build.name(rank)));
  }
  s->kids[query_slot::limit] = nullptr;
  s->kids[query_slot::order] = nullptr;
  Node* with = s->kids[query_slot::with];
  s->kids[query_slot::with] = nullptr;
  Node* outer = select_names(c, names, s, c.fresh("iacdb_q_"));
  outer->kids[select_slot::where] = c.build.binary(BinOp::le, c.build.name(rank), count);
  Node* sort = c.build.sort(c.build.name(rank));
  sort->flags |= flag::done;
  outer->kids[query_slot::order] = c.build.list_of(sort);
  outer->kids[query_slot::with] = with;
  s = outer;
}

}  // namespace

namespace {

/// LIMIT -1 of SQLite is no limit.
void endless(Node* n) {
  Node* l = n->kid(query_slot::limit);
  if (!l || !l->kid(0) || !l->kid(0)->is(Kind::unary) || l->kid(0)->text != "-") return;
  l->kids[0] = nullptr;
  if (!l->kid(1)) n->kids[query_slot::limit] = nullptr;
}

/// MariaDB takes no LIMIT in a subquery of IN: it goes into a derived table.
void limit_in_list(Node* n, Context& c) {
  const bool in = n->is(Kind::in) || n->is(Kind::quantified);
  Node* holder = !in ? nullptr : n->is(Kind::in) ? n->kid(1) : n;
  if (!holder || (n->is(Kind::in) && !holder->is(Kind::subquery))) return;
  Node* q = holder->kid(0);
  const bool query = q && (q->is(Kind::select) || q->is(Kind::set_op));
  if (!query || !q->kid(query_slot::limit)) return;
  Node* outer = c.build.select();
  outer->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.node(Kind::star)));
  outer->kids[select_slot::from] = c.build.list_of(derived(c, q, c.fresh("iacdb_l_")));
  holder->kids[0] = outer;
}

/// Versions that know neither OFFSET nor FETCH.
bool is_before_fetch(const Context& c) {
  const int version = c.options.target_version;
  return version != 0 &&
         ((c.to_is(Dialect::tsql) && version < 2012) || (c.to_is(Dialect::oracle) && version < 12));
}

/// The names of a query's columns, for a query around it.
std::vector<Node*> names_to_page(Node* query, Context& c) {
  while (query->is(Kind::set_op)) query = query->kid(set_slot::left);
  std::vector<Node*> names;
  const bool known =
      query->is(Kind::select) && (expand_stars(c, query), output_names(query, names, c));
  if (!known) {
    c.refuse(query, "a page needs a name for every column in this version; give an alias",
             "schema");
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (same_word(names[i]->text, names[j]->text)) {
        c.refuse(query, "a page needs another name for each column in this version");
      }
    }
  }
  return names;
}

Node* in_parentheses(Node* n, Context& c) {
  return n->is(Kind::number) || n->is(Kind::parameter) ? n : c.build.paren(n);
}

Node* last_row(Node* count, Node* offset, Context& c) {
  return c.build.binary(BinOp::add, in_parentheses(c.build.clone(offset), c),
                        in_parentheses(count, c));
}

void move_with(Node* from, Node* to) {
  to->kids[query_slot::with] = from->kids[query_slot::with];
  from->kids[query_slot::with] = nullptr;
}

Node* order_by_number(std::string_view name, Context& c) {
  Node* sort = c.build.sort(c.build.name(name));
  sort->flags |= flag::done;
  return c.build.list_of(sort);
}

/// DISTINCT and set operations come before the rows are numbered; their order names columns.
void wrap_for_numbers(Node*& q, Context& c) {
  Node* outer = select_names(c, names_to_page(q, c), q, c.fresh("iacdb_q_"));
  for (auto slot : {query_slot::order, query_slot::limit}) {
    outer->kids[slot] = q->kids[slot];
    q->kids[slot] = nullptr;
  }
  move_with(q, outer);
  if (Node* order = outer->kid(query_slot::order)) {
    for (Node* sort : *order) {
      Node*& key = sort->kids[0];
      if (key->is(Kind::path)) key = key->kid(key->size - 1);
      bool known = key->is(Kind::number);
      for (const Node* item : *outer->kid(select_slot::items)) {
        known = known || (key->is(Kind::name) && same_word(key->text, item->kid(0)->text));
      }
      if (!known) c.refuse(sort, "the order of this page has no equal in this version");
    }
  }
  q = outer;
}

/// A page in SQL Server before 2012: ROW_NUMBER, save where TOP is enough.
void number_rows(Node*& q, Context& c) {
  const bool top = &q == &c.statement;  // a query in another one has no order
  const bool wraps = q->is(Kind::set_op) || q->has(flag::distinct);
  if (!q->kid(query_slot::limit)->kid(1) && !q->is(Kind::set_op)) return;
  if (wraps) wrap_for_numbers(q, c);
  Node* limit = q->kid(query_slot::limit);
  if (!limit->kid(1)) return;
  if (q->kid(select_slot::into)) c.refuse(q, "INTO with OFFSET has no equal in this version");
  const std::vector<Node*> names = names_to_page(q, c);
  Node* order = expanded_order(q, c);
  if (!order) {
    Node* none = c.build.select();
    none->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.null()));
    order = c.build.list_of(c.build.sort(c.build.with(Kind::subquery, {}, none)));
    order->kid(0)->flags |= flag::done;
  }
  const std::string_view number = c.fresh("iacdb_row_");
  c.build.add(q->kid(select_slot::items),
              c.build.item(window_call(c, "ROW_NUMBER", nullptr, order), c.build.name(number)));
  q->kids[query_slot::limit] = nullptr;
  q->kids[query_slot::order] = nullptr;
  Node* outer = select_names(c, names, q, c.fresh("iacdb_q_"));
  move_with(q, outer);
  Node* above = c.build.binary(BinOp::gt, c.build.name(number), in_parentheses(limit->kid(1), c));
  Node* below = !limit->kid(0) ? nullptr
                               : c.build.binary(BinOp::le, c.build.name(number),
                                                last_row(limit->kid(0), limit->kid(1), c));
  outer->kids[select_slot::where] = c.build.both(above, below);
  if (top) outer->kids[query_slot::order] = order_by_number(number, c);
  q = outer;
}

/// A page in Oracle before 12: ROWNUM counts the rows of the ordered query.
void count_rows(Node*& q, Context& c) {
  const bool top = &q == &c.statement;
  Node* limit = q->kid(query_slot::limit);
  if (q->kid(query_slot::locks)) c.refuse(q, "FOR UPDATE of a page has no equal in this version");
  q->kids[query_slot::limit] = nullptr;
  const auto rownum = [&] { return c.build.name("ROWNUM"); };
  Node* outer = nullptr;
  if (!limit->kid(1)) {
    outer = c.build.select();
    outer->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.node(Kind::star)));
    outer->kids[select_slot::from] = c.build.list_of(derived(c, q, c.fresh("iacdb_q_")));
    outer->kids[select_slot::where] = c.build.binary(BinOp::le, rownum(), limit->kid(0));
    move_with(q, outer);
  } else {
    const std::vector<Node*> names = names_to_page(q, c);
    std::vector<Node*> again;
    for (const Node* n : names) again.push_back(c.build.clone(n));
    const std::string_view number = c.fresh("iacdb_row_");
    Node* counted = select_names(c, names, q, c.fresh("iacdb_q_"));
    c.build.add(counted->kid(select_slot::items), c.build.item(rownum(), c.build.name(number)));
    if (limit->kid(0)) {
      counted->kids[select_slot::where] =
          c.build.binary(BinOp::le, rownum(), last_row(limit->kid(0), limit->kid(1), c));
    }
    outer = select_names(c, again, counted, c.fresh("iacdb_q_"));
    outer->kids[select_slot::where] =
        c.build.binary(BinOp::gt, c.build.name(number), in_parentheses(limit->kid(1), c));
    if (top) outer->kids[query_slot::order] = order_by_number(number, c);
    move_with(q, outer);
  }
  q = outer;
}

/// What numbers alone give; nullopt for anything else.
std::optional<std::int64_t> calculated(const Node* n) {
  constexpr std::int64_t most = 1'000'000'000;
  if (n->is(Kind::paren)) return calculated(n->kid(0));
  if (!n->is(BinOp::add) && !n->is(BinOp::sub) && !n->is(BinOp::mul)) return whole_number(n);
  const auto a = calculated(n->kid(0));
  const auto b = calculated(n->kid(1));
  if (!a || !b || std::abs(*a) > most || std::abs(*b) > most) return std::nullopt;
  return n->is(BinOp::add) ? *a + *b : n->is(BinOp::sub) ? *a - *b : *a * *b;
}

/// MySQL counts rows by a number or a parameter alone.
void calculated_limit(Node* limit, Context& c) {
  if (!c.to_is(Dialect::mysql) || c.from == c.to) return;
  for (std::uint32_t i = 0; i < limit->size; ++i) {
    const Node* count = limit->kids[i];
    if (!count || (!count->is(Kind::binary) && !count->is(Kind::paren))) continue;
    if (const auto number = calculated(count)) {
      limit->kids[i] = c.build.number(c.build.text(std::to_string(*number)));
    } else if (!limit->has(flag::with_ties) && !limit->has(flag::percent)) {
      c.refuse(count, "mysql counts rows by a number or a parameter, and not by an expression");
    }
  }
}

}  // namespace

void pass_limits(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::limit)) calculated_limit(n, c);
    const bool query = n->is(Kind::select) || n->is(Kind::set_op) || n->is(Kind::values);
    if (query && c.from_is(Dialect::sqlite)) endless(n);
    if (c.to_is(Dialect::mysql)) limit_in_list(n, c);
    if (n->is(Kind::select) && n->kid(query_slot::limit)) {
      Node* l = n->kid(query_slot::limit);
      const bool ties = l->has(flag::with_ties);
      const bool percent = l->has(flag::percent);
      const bool native =
          !(c.to_is(Dialect::oracle) && is_before_fetch(c)) &&
          ((ties && !percent && !c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite)) ||
           (percent && (c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle))));
      if ((ties || percent) && !native) rank_limit(n, c);
    }
    const bool pages = (n->is(Kind::select) || n->is(Kind::set_op)) && n->kid(query_slot::limit);
    if (pages && is_before_fetch(c)) {
      return c.to_is(Dialect::tsql) ? number_rows(n, c) : count_rows(n, c);
    }
    if (!n->is(Kind::set_op) || !n->kid(query_slot::limit) || !c.to_is(Dialect::tsql)) return;
    if (n->kid(query_slot::order)) return;
    // TOP belongs to a select: the set operation becomes a derived table.
    Node* limit = n->kid(query_slot::limit);
    Node* with = n->kid(query_slot::with);
    n->kids[query_slot::limit] = nullptr;
    n->kids[query_slot::with] = nullptr;
    Node* outer = c.build.select();
    outer->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.node(Kind::star)));
    outer->kids[select_slot::from] = c.build.list_of(derived(c, n, made_name(c)));
    outer->kids[query_slot::limit] = limit;
    outer->kids[query_slot::with] = with;
    n = outer;
  });
}

void pass_set_order(Context& c) {
  // A set operation's ORDER BY takes column names only, save in MySQL: expressions go outside.
  if (c.to_is(Dialect::mysql)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::set_op) || !n->kid(query_slot::order)) return;
    bool expressions = false;
    for (const Node* s : *n->kid(query_slot::order)) {
      const Node* key = s->kid(0);
      expressions = expressions || !(key->is(Kind::name) || key->is(Kind::number));
    }
    if (!expressions || c.from == c.to) return;
    Node* outer = c.build.select();
    outer->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.node(Kind::star)));
    for (auto slot : {query_slot::order, query_slot::limit, query_slot::with}) {
      outer->kids[slot] = n->kids[slot];
      n->kids[slot] = nullptr;
    }
    outer->kids[select_slot::from] = c.build.list_of(derived(c, n, made_name(c)));
    n = outer;
  });
}

void pass_distinct_on(Context& c) {
  if (c.to_is(Dialect::postgres)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select) || !n->kid(select_slot::distinct_on)) return;
    std::vector<Node*> names;
    expand_stars(c, n);
    if (!output_names(n, names, c)) {
      c.refuse(n, "DISTINCT ON needs a name for every column; give an alias", "schema");
    }
    Node* order = expanded_order(n, c);
    const std::string_view rank = c.fresh("iacdb_row_");
    Node* partition = n->kid(select_slot::distinct_on);
    if (!order) {
      order = c.build.list();
      for (Node* k : *partition) c.build.add(order, c.build.sort(c.build.clone(k)));
    }
    c.build.add(n->kid(select_slot::items),
                c.build.item(window_call(c, "ROW_NUMBER", partition, order), c.build.name(rank)));
    n->kids[select_slot::distinct_on] = nullptr;
    n->flags &= ~flag::distinct;
    Node* outer_order = c.build.clone(n->kid(query_slot::order));
    Node* limit = n->kid(query_slot::limit);
    Node* with = n->kid(query_slot::with);
    for (auto slot : {query_slot::order, query_slot::limit, query_slot::with})
      n->kids[slot] = nullptr;
    if (outer_order) {
      for (Node* s : *outer_order) {
        Node*& key = s->kids[0];
        if (key->is(Kind::path)) key = key->kid(key->size - 1);
        bool known = key->is(Kind::number);
        for (Node* name : names)
          known = known || (key->is(Kind::name) && same_word(name->text, key->text));
        if (!known) {
          const std::string_view extra = c.fresh("iacdb_key_");
          c.build.add(n->kid(select_slot::items), c.build.item(s->kid(0), c.build.name(extra)));
          key = c.build.name(extra);
        }
      }
    }
    Node* outer = select_names(c, names, n, c.fresh("iacdb_q_"));
    outer->kids[select_slot::where] =
        c.build.binary(BinOp::eq, c.build.name(rank), c.build.number("1"));
    outer->kids[query_slot::order] = outer_order;
    outer->kids[query_slot::limit] = limit;
    outer->kids[query_slot::with] = with;
    n = outer;
  });
}

}  // namespace iacdb::sql
