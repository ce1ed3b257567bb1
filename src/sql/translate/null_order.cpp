// Where NULLs stand in an order: first or last.

#include <charconv>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool nulls_high(Dialect d) {
  return d == Dialect::postgres || d == Dialect::oracle;
}
bool has_nulls_words(Dialect d) {
  return d == Dialect::postgres || d == Dialect::oracle || d == Dialect::sqlite;
}

Node* ordinal_item(const Node* key, Node* items) {
  std::size_t i = 0;
  std::from_chars(key->text.data(), key->text.data() + key->text.size(), i);
  return i >= 1 && i <= items->size ? items->kids[i - 1] : nullptr;
}

/// The column of a set operation that stands at a place: an expression needs its name.
Node* name_of_place(Node* key, Node* items, Context& c) {
  Node* item = items ? ordinal_item(key, items) : nullptr;
  if (!item || item->kid(0)->is(Kind::star)) {
    c.refuse(key, "ORDER BY a place of a set operation needs the names of its columns", "schema");
  }
  return c.build.name(column_name(item, key->text, c));
}

/// COALESCE(price, 0) AS price: a column by what is known, or by what the expression names.
bool may_name_column(Node* expression, std::string_view name, const Context& c) {
  bool named = names_column(c, name);
  walk(expression, [&](Node* n) {
    named = named || (n->is(Kind::name) && same_word(n->text, name));
    return !named && !n->is(Kind::subquery);
  });
  return named;
}

/// What stands behind a name of the list that means something else in an expression: MariaDB takes
/// that of an aggregate only alone, and a column of the same name comes first.
Node* expression_named(const Node* key, const Node* items, const Context& c) {
  if (!items || !key->is(Kind::name)) return nullptr;
  for (const Node* item : *items) {
    if (!item->kid(1) || !same_word(item->kid(1)->text, key->text)) continue;
    bool aggregate = false;
    walk(item->kid(0), [&](Node* n) {
      for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG", "$STRING_AGG"}) {
        aggregate = aggregate || (is_call(n, f) && !n->kid(call_slot::over));
      }
      return !n->is(Kind::subquery);
    });
    const bool other = !same_word(last_name(item->kid(0)), key->text);
    return aggregate || (other && may_name_column(item->kid(0), key->text, c)) ? item->kid(0)
                                                                               : nullptr;
  }
  return nullptr;
}

/// `whole`: a set operation's order, whose columns may be NULL in any of its parts.
void order_nulls(Node* list, Context& c, Node* items = nullptr, bool whole = false) {
  for (std::uint32_t i = 0; i < list->size; ++i) {
    Node* s = list->kids[i];
    if (!s->is(Kind::sort) || s->has(flag::done)) continue;
    s->flags |= flag::done;
    const bool desc = s->has(flag::desc);
    const bool source_first =
        s->has(flag::nulls_first) || (!s->has(flag::nulls_last) && nulls_high(c.from) == desc);
    const bool target_first = nulls_high(c.to) == desc;
    s->flags &= ~(flag::nulls_first | flag::nulls_last);
    Node* key = s->kid(0);
    if (source_first == target_first) continue;
    const bool by_place = key->is(Kind::number) && !has_nulls_words(c.to);
    if (whole && by_place) key = s->kids[0] = name_of_place(key, items, c);
    if (!by_place && (key->is(Kind::null) || (!whole && never_null(c, key)))) {
      const bool ordinal = key->is(Kind::number);
      if (!ordinal) continue;
      if (!has_nulls_words(c.to)) continue;
    }
    if (has_nulls_words(c.to)) {
      s->flags |= source_first ? flag::nulls_first : flag::nulls_last;
      continue;
    }
    if (key->is(Kind::number) && !whole) {
      // An ordinal's own expression is what may be NULL.
      const Node* item = items ? ordinal_item(key, items) : nullptr;
      if (!item) continue;
      key = item->kid(0);
      if (never_null(c, key)) continue;
    }
    if (Node* expression = whole ? nullptr : expression_named(key, items, c)) {
      key = expression;
      if (never_null(c, key)) continue;
    }
    // CASE WHEN x IS NULL THEN 1 ELSE 0 END before the key itself
    if (key->is(Kind::case_) && key->size == 3 && key->kid(1) && key->kid(1)->is(Kind::number))
      continue;
    Node* rank = c.build.slots(Kind::case_, 2);
    rank->kids[1] = c.build.number("0");
    c.build.add(rank, c.build.with(Kind::when, {},
                                   c.build.binary(BinOp::is, c.build.clone(key), c.build.null()),
                                   c.build.number("1")));
    Node* first = c.build.sort(rank);
    first->flags |= flag::done | (source_first ? flag::desc : 0);
    c.build.insert(list, i, first);
    ++i;
  }
}

}  // namespace

void pass_null_order(Context& c) {
  walk(c.statement, [&](Node* n) {
    const bool query = n->is(Kind::select) || n->is(Kind::set_op) || n->is(Kind::values);
    if (query && n->kid(query_slot::order)) {
      Node* first = n;
      while (first->is(Kind::set_op)) first = first->kid(set_slot::left);
      order_nulls(n->kid(query_slot::order), c,
                  first->is(Kind::select) ? first->kid(select_slot::items) : nullptr,
                  n->is(Kind::set_op));
    }
    if (n->is(Kind::window) && n->size == window_slot::count && n->kid(window_slot::order)) {
      order_nulls(n->kid(window_slot::order), c);
    }
    if (n->is(Kind::update) && n->kid(update_slot::order))
      order_nulls(n->kid(update_slot::order), c);
    if (n->is(Kind::delete_) && n->kid(delete_slot::order))
      order_nulls(n->kid(delete_slot::order), c);
    if (n->is(Kind::call)) {
      // A string aggregate's order moves into the target's place; NULL keys as everywhere.
      if (Node* order = n->kid(call_slot::order)) order_nulls(order, c);
      if (Node* within = n->kid(call_slot::within)) {
        if (!c.to_is(Dialect::tsql)) order_nulls(within, c);
      }
    }
    return true;
  });
}

}  // namespace iacdb::sql
