#pragma once
// Small trees that several passes make.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// The name by which a table of FROM is known.
inline std::string_view known_as(const Node* table) {
  const Node* alias = table->kid(table_slot::alias);
  return alias ? alias->text : last_name(table->kid(table_slot::source));
}

/// What a literal counts, with its minus; nullopt for what is no integer, or one of more than 15
/// digits.
inline std::optional<std::int64_t> whole_number(const Node* n) {
  constexpr std::size_t digits_max = 15;
  const bool minus = n->is(Kind::unary) && n->text == "-";
  if (minus) n = n->kid(0);
  if (!n->is(Kind::number) || n->text.size() > digits_max) return std::nullopt;
  std::int64_t out = 0;
  const char* const end = n->text.data() + n->text.size();
  const auto read = std::from_chars(n->text.data(), end, out);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return minus ? -out : out;
}

/// A table by its name.
inline Node* table_of(Context& c, Node* name, std::string_view alias = {}) {
  Node* t = c.build.slots(Kind::table, table_slot::count);
  t->kids[table_slot::source] = name;
  if (!alias.empty()) t->kids[table_slot::alias] = c.build.name(alias);
  return t;
}

/// (query) AS alias
inline Node* derived_table(Context& c, Node* query, std::string_view alias) {
  return table_of(c, c.build.with(Kind::subquery, {}, query), alias);
}

inline Node* union_all(Context& c, Node* left, Node* right) {
  Node* u = c.build.slots(Kind::set_op, set_slot::count);
  u->op = static_cast<std::uint8_t>(SetKind::union_);
  u->flags |= flag::all;
  u->kids[set_slot::left] = left;
  u->kids[set_slot::right] = right;
  return u;
}

inline Node* join_of(Context& c, JoinKind kind, Node* left, Node* right, Node* on) {
  Node* j = c.build.slots(Kind::join, join_slot::count);
  j->op = static_cast<std::uint8_t>(kind);
  j->kids[join_slot::left] = left;
  j->kids[join_slot::right] = right;
  j->kids[join_slot::on] = on;
  return j;
}

/// Adds a WITH query to a select.
inline void add_cte(Context& c, Node* query, std::string_view name, Node* columns, Node* body,
                    bool recursive) {
  Node* cte = c.build.slots(Kind::cte, cte_slot::count);
  cte->kids[cte_slot::name] = c.build.name(name);
  cte->kids[cte_slot::columns] = columns;
  cte->kids[cte_slot::body] = body;
  Node*& with = query->kids[query_slot::with];
  if (!with) with = c.build.node(Kind::with);
  if (recursive) with->flags |= flag::recursive;
  c.build.add(with, cte);
}

/// CASE WHEN condition THEN value ELSE otherwise END
inline Node* case_when(Context& c, Node* condition, Node* value, Node* otherwise = nullptr) {
  Node* n = c.build.slots(Kind::case_, 2);
  n->kids[1] = otherwise;
  c.build.add(n, c.build.with(Kind::when, {}, condition, value));
  return n;
}

/// FUNCTION() OVER (PARTITION BY .. ORDER BY ..)
inline Node* window_of(Context& c, Node* call, Node* partition, Node* order) {
  Node* w = c.build.slots(Kind::window, window_slot::count);
  w->kids[window_slot::partition] = partition;
  w->kids[window_slot::order] = order;
  call->kids[call_slot::over] = w;
  return call;
}

/// The order from its end; what is said of NULLs turns, too.
inline Node* turned_order(const Node* order, Context& c) {
  Node* made = c.build.clone(order);
  for (Node* sort : *made) {
    const bool first = sort->has(flag::nulls_first);
    const bool last = sort->has(flag::nulls_last);
    sort->flags ^= flag::desc;
    sort->flags &= ~(flag::asc | flag::nulls_first | flag::nulls_last);
    if (first) sort->flags |= flag::nulls_last;
    if (last) sort->flags |= flag::nulls_first;
  }
  return made;
}

/// a AND b, where either may be missing; OR is put in parentheses.
inline Node* and_of(Context& c, Node* a, Node* b) {
  if (!a || !b) return a ? a : b;
  const auto safe = [&](Node* n) { return n->is(BinOp::or_) ? c.build.paren(n) : n; };
  return c.build.binary(BinOp::and_, safe(a), safe(b));
}

inline Node* exists_of(Context& c, Node* from, Node* condition) {
  Node* s = c.build.select();
  s->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.number("1")));
  s->kids[select_slot::from] = from;
  s->kids[select_slot::where] = condition;
  return c.build.with(Kind::exists, {}, s);
}

/// The name of a select list's column: its own, or one that is given to it.
inline std::string_view column_name(Node* item, std::string_view place, Context& c) {
  if (item->kid(1)) return item->kid(1)->text;
  std::string_view name = last_name(item->kid(0));
  if (name.empty()) name = c.build.text("column" + std::string(place));
  item->kids[1] = c.build.name(name);
  return name;
}

}  // namespace iacdb::sql
