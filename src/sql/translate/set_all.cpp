// INTERSECT ALL and EXCEPT ALL where a database has neither: equal rows are numbered on both sides,
// so that the n-th of one meets the n-th of the other.

#include <algorithm>
#include <string>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool is_native(const Context& c) {
  return c.to_is(Dialect::postgres) || c.to_is(Dialect::mysql);
}

/// The names of an operand's columns; those without one get one.
std::vector<std::string_view> names_of(Node* query, Context& c) {
  Node* first = query;
  while (first->is(Kind::set_op) || first->is(Kind::subquery)) {
    first = first->kid(first->is(Kind::subquery) ? 0 : std::size_t{set_slot::left});
  }
  std::vector<std::string_view> names;
  const auto unknown = [&] {
    c.refuse(query, "INTERSECT ALL and EXCEPT ALL need the names of their columns here", "schema");
  };
  if (!first->is(Kind::select) || !expand_stars(c, first)) unknown();
  if (first->kid(select_slot::items)->size == 0) {
    c.refuse(query, "rows without columns cannot be told apart here");
  }
  std::size_t place = 0;
  for (Node* item : *first->kid(select_slot::items)) {
    const std::string_view name = column_name(item, std::to_string(++place), c);
    const auto same = [&](std::string_view other) { return same_word(other, name); };
    if (std::any_of(names.begin(), names.end(), same)) {
      c.refuse(item, "INTERSECT ALL and EXCEPT ALL need a name of its own for each column here");
    }
    names.push_back(name);
  }
  return names;
}

/// SELECT names, ROW_NUMBER() OVER (PARTITION BY names) AS number FROM (query)
Node* numbered(Node* query, std::string_view number, Context& c) {
  const std::vector<std::string_view> names = names_of(query, c);
  Node* s = c.build.select();
  Node* items = s->kids[select_slot::items] = c.build.list();
  Node* partition = c.build.list();
  for (std::string_view name : names) {
    c.build.add(items, c.build.item(c.build.name(name)));
    c.build.add(partition, c.build.name(name));
  }
  Node* by = c.build.sort(c.build.name(names.front()));  // All the same, but an order is wanted.
  by->flags |= flag::done;
  Node* call = window_of(c, c.build.call("ROW_NUMBER"), partition, c.build.list_of(by));
  c.build.add(items, c.build.item(call, c.build.name(number)));
  if (query->is(Kind::subquery)) query = query->kid(0);
  s->kids[select_slot::from] = c.build.list_of(derived_table(c, query, c.fresh("iacdb_rows_")));
  return s;
}

void number_sides(Node*& n, Context& c) {
  const std::string_view number = c.fresh("iacdb_row_");
  Node* outer = c.build.select();
  for (auto slot : {query_slot::with, query_slot::order, query_slot::limit}) {
    outer->kids[slot] = n->kids[slot];
    n->kids[slot] = nullptr;
  }
  Node* left = numbered(n->kid(set_slot::left), number, c);
  Node* items = outer->kids[select_slot::items] = c.build.list();
  const Node* shown = left->kid(select_slot::items);
  for (std::uint32_t i = 0; i + 1 < shown->size; ++i) {
    c.build.add(items, c.build.item(c.build.clone(shown->kid(i)->kid(0))));
  }
  n->kids[set_slot::left] = left;
  n->kids[set_slot::right] = numbered(n->kid(set_slot::right), number, c);
  n->flags &= ~flag::all;
  outer->kids[select_slot::from] = c.build.list_of(derived_table(c, n, c.fresh("iacdb_q_")));
  n = outer;
}

}  // namespace

void pass_set_all(Context& c) {
  if (c.from == c.to || is_native(c)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    const bool asks = n->is(Kind::set_op) && n->has(flag::all) && n->set() != SetKind::union_;
    if (asks) number_sides(n, c);
  });
}

}  // namespace iacdb::sql
