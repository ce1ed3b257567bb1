// FULL JOIN for MySQL, which has none: the left join, and the rows of the right side without a
// partner.
// Source: "JOIN Clause" of MySQL 8.0 and "Table Expressions" of PostgreSQL 15.

#include <string_view>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// Gives each column of a select a name of its own, and puts the names into the order; answers the
/// list that shows the columns under the names that they had.
Node* name_columns(Node* select, Node* order, Context& c) {
  Node* shown = c.build.list();
  for (Node* item : *select->kid(select_slot::items)) {
    Node* value = item->kid(0);
    if (value->is(Kind::star)) {
      c.refuse(item, "ORDER BY of a FULL JOIN needs the names of its columns here", "schema");
    }
    const std::string_view own = item->kid(1) ? item->kid(1)->text : last_name(value);
    const std::string_view name = c.fresh("iacdb_c_");
    const auto put = [&](auto&& self, Node*& n) -> void {
      if (!n) return;
      const bool alias = n->is(Kind::name) && item->kid(1) && same_word(n->text, own);
      if (alias || same_tree(n, value)) {
        n = c.build.name(name);
      } else if (!n->is(Kind::path)) {
        for (std::uint32_t i = 0; i < n->size; ++i) self(self, n->kids[i]);
      }
    };
    put(put, order);
    c.build.add(shown, c.build.item(c.build.name(name), own.empty() ? nullptr : c.build.name(own)));
    item->kids[1] = c.build.name(name);
  }
  walk(order, [&](Node* n) {
    if (n->is(Kind::path)) {
      c.refuse(n, "ORDER BY of a FULL JOIN by a column that is not selected has no equal here");
    }
    return true;
  });
  return shown;
}

bool is_using(const Node* n, const Node* columns) {
  if (!n->is(Kind::name)) return false;
  for (const Node* k : *columns) {
    if (same_word(k->text, n->text)) return true;
  }
  return false;
}

/// A column of USING is the first of its two that is not NULL.
void merge_names(Node*& n, const Node* columns, std::string_view left, std::string_view right,
                 Context& c) {
  if (!n || n->is(Kind::path)) return;
  if (is_using(n, columns)) {
    n = c.build.call("COALESCE", c.build.column(left, n->text), c.build.column(right, n->text));
    return;
  }
  for (std::uint32_t i = 0; i < n->size; ++i) {
    const bool label = (n->is(Kind::item) && i == 1) || (n->is(Kind::call) && i == call_slot::path);
    if (!label) merge_names(n->kids[i], columns, left, right, c);
  }
}

constexpr std::size_t clauses[] = {select_slot::items, select_slot::where, select_slot::group,
                                   select_slot::having, query_slot::order};

/// USING (a) as ON l.a = r.a.
void write_using(Node* n, Node* j, Context& c) {
  const Node* columns = j->kid(join_slot::using_);
  if (!columns) return;
  if (!j->kid(join_slot::left)->is(Kind::table) || !j->kid(join_slot::right)->is(Kind::table)) {
    c.refuse(j, "FULL JOIN of several tables with USING has no equal in mysql");
  }
  if (!expand_stars(c, n)) c.refuse(j, "a star over this join needs the schema", "schema");
  const std::string_view left = known_as(j->kid(join_slot::left));
  const std::string_view right = known_as(j->kid(join_slot::right));
  Node* on = nullptr;
  for (const Node* k : *columns) {
    on = and_of(
        c, on,
        c.build.binary(BinOp::eq, c.build.column(left, k->text), c.build.column(right, k->text)));
  }
  for (Node* item : *n->kid(select_slot::items)) {
    if (is_using(item->kid(0), columns) && !item->kid(1)) {
      item->kids[1] = c.build.name(item->kid(0)->text);
    }
  }
  Node* order = n->kid(query_slot::order);
  for (const std::size_t slot : clauses) {
    if (slot != query_slot::order) merge_names(n->kids[slot], columns, left, right, c);
  }
  for (std::uint32_t i = 0; order && i < order->size; ++i) {
    bool listed = false;  // The order knows what the list calls so.
    for (const Node* item : *n->kid(select_slot::items)) {
      listed = listed ||
               (item->kid(1) && same_word(item->kid(1)->text, last_name(order->kid(i)->kid(0))));
    }
    if (!listed) merge_names(order->kids[i], columns, left, right, c);
  }
  j->kids[join_slot::using_] = nullptr;
  j->kids[join_slot::on] = on;
}

/// The columns that a query reads, under names of their own: it reads them from a derived table.
class Derivation {
 public:
  explicit Derivation(Context& c) : c_(c), items_(c.build.list()) {}

  void take(Node*& n) {
    if (!n) return;
    if (n->is(Kind::subquery) || n->is(Kind::exists) || n->is(Kind::star)) {
      const bool counts = n->is(Kind::star) && !n->kid(0);
      if (!counts) c_.refuse(n, "a FULL JOIN beside a subquery or a star has no equal in mysql");
      return;
    }
    if (n->is(Kind::name) || n->is(Kind::path)) {
      n = named(n);
      return;
    }
    for (std::uint32_t i = 0; i < n->size; ++i) {
      const bool label =
          (n->is(Kind::item) && i == 1) || (n->is(Kind::call) && i == call_slot::path);
      if (!label) take(n->kids[i]);
    }
  }

  Node* items() {
    return items_->size > 0 ? items_ : c_.build.list_of(c_.build.item(c_.build.number("1")));
  }

 private:
  Node* named(Node* n) {
    for (Node* item : *items_) {
      if (same_tree(item->kid(0), n)) return c_.build.name(item->kid(1)->text);
    }
    const std::string_view name = c_.fresh("iacdb_c_");
    c_.build.add(items_, c_.build.item(n, c_.build.name(name)));
    return c_.build.name(name);
  }

  Context& c_;
  Node* items_;
};

/// A query that groups what a FULL JOIN gives.
Node* derived_join(Node* n, Context& c) {
  Derivation columns(c);
  for (Node* item : *n->kid(select_slot::items)) {
    const std::string_view own = last_name(item->kid(0));
    if (!item->kid(1) && !own.empty()) item->kids[1] = c.build.name(own);
  }
  Node* order = n->kid(query_slot::order);
  for (std::uint32_t i = 0; order && i < order->size; ++i) {
    bool listed = order->kid(i)->kid(0)->is(Kind::number);
    for (const Node* item : *n->kid(select_slot::items)) {
      listed = listed || (item->kid(1) && order->kid(i)->kid(0)->is(Kind::name) &&
                          same_word(item->kid(1)->text, order->kid(i)->kid(0)->text));
    }
    if (!listed) columns.take(order->kids[i]);
  }
  for (const std::size_t slot : clauses) {
    if (slot != query_slot::order) columns.take(n->kids[slot]);
  }
  Node* inner = c.build.select();
  inner->kids[select_slot::items] = columns.items();
  inner->kids[select_slot::from] = n->kid(select_slot::from);
  return inner;
}

void full_join(Node*& n, Context& c) {
  if (!n->is(Kind::select) || !n->kid(select_slot::from) || n->kid(select_slot::from)->size != 1) {
    return;
  }
  Node* j = n->kid(select_slot::from)->kid(0);
  if (!j->is(Kind::join) || j->join() != JoinKind::full) return;
  write_using(n, j, c);
  if (!j->kid(join_slot::on) || !j->kid(join_slot::left)->is(Kind::table)) {
    c.refuse(j, "FULL JOIN in this place has no equal in mysql");
  }
  bool counts = n->kid(select_slot::group) || n->kid(select_slot::having) || n->has(flag::distinct);
  walk(n->kid(select_slot::items), [&](const Node* k) {
    for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG", "$STRING_AGG"}) {
      counts = counts || is_call(k, f) || (k->is(Kind::call) && k->kid(call_slot::over));
    }
    return !k->is(Kind::subquery);
  });
  if (counts) {
    Node* inner = derived_join(n, c);
    full_join(inner, c);
    n->kids[select_slot::from] = c.build.list_of(derived_table(c, inner, c.fresh("iacdb_q_")));
    return;
  }
  Node* order = n->kid(query_slot::order);
  Node* limit = n->kid(query_slot::limit);
  Node* with = n->kid(query_slot::with);
  for (auto slot : {query_slot::order, query_slot::limit, query_slot::with})
    n->kids[slot] = nullptr;
  Node* names = order ? name_columns(n, order, c) : nullptr;
  Node* other = c.build.clone(n);
  j->op = static_cast<std::uint8_t>(JoinKind::left);
  Node* k = other->kid(select_slot::from)->kid(0);
  k->op = static_cast<std::uint8_t>(JoinKind::right);
  Node* probe = c.build.select();
  probe->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.number("1")));
  probe->kids[select_slot::from] = c.build.list_of(c.build.clone(j->kid(join_slot::left)));
  probe->kids[select_slot::where] = c.build.clone(j->kid(join_slot::on));
  Node* none = c.build.unary("NOT", c.build.with(Kind::exists, {}, probe));
  Node*& where = other->kids[select_slot::where];
  where = where ? c.build.binary(BinOp::and_, c.build.paren(where), none) : none;
  Node* both = c.build.slots(Kind::set_op, set_slot::count);
  both->op = static_cast<std::uint8_t>(SetKind::union_);
  both->flags |= flag::all;
  both->kids[set_slot::left] = n;
  both->kids[set_slot::right] = other;
  if (names) {
    // A union is ordered by its own columns: it becomes a table whose columns have names.
    Node* outer = c.build.select();
    outer->kids[select_slot::items] = names;
    outer->kids[select_slot::from] = c.build.list_of(derived_table(c, both, c.fresh("iacdb_q_")));
    both = outer;
  }
  both->kids[query_slot::order] = order;
  both->kids[query_slot::limit] = limit;
  both->kids[query_slot::with] = with;
  n = both;
}

}  // namespace

void write_full_joins(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) { full_join(n, c); });
}

}  // namespace iacdb::sql
