// Queries: joins, APPLY, VALUES, CTEs, grouping, aggregates.

#include <charconv>
#include <span>
#include <string>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// SELECT * of a RIGHT JOIN with USING: MariaDB shows the right table first.
void merged_of_right_joins(Context& c) {
  walk(c.statement, [&](Node* s) {
    const Node* from = s->is(Kind::select) ? s->kid(select_slot::from) : nullptr;
    const Node* join = from && from->size == 1 ? from->kid(0) : nullptr;
    if (!join || !join->is(Kind::join) || join->join() != JoinKind::right) return true;
    if (!join->kid(join_slot::using_) && !join->has(flag::natural)) return true;
    bool star = false;
    for (const Node* item : *s->kid(select_slot::items)) {
      star = star || (item->kid(0)->is(Kind::star) && !item->kid(0)->kid(0));
    }
    if (star && !expand_stars(c, s)) {
      c.warn("columns", "the columns of the right table come first in MariaDB");
    }
    return true;
  });
}

}  // namespace

void pass_joins(Context& c) {
  walk(c.statement, [&](Node* n) {
    if (!n->is(Kind::join)) return true;
    if (n->join() == JoinKind::straight) {
      n->op = static_cast<std::uint8_t>(JoinKind::inner);
      c.warn("hint", "STRAIGHT_JOIN became JOIN");
    }
    if (n->join() == JoinKind::inner && !n->kid(join_slot::on) && !n->kid(join_slot::using_) &&
        !n->has(flag::natural) && c.from_is(Dialect::mysql) && !c.to_is(Dialect::mysql)) {
      n->op = static_cast<std::uint8_t>(JoinKind::cross);
    }
    if (n->join() == JoinKind::cross && n->kid(join_slot::on) && c.from_is(Dialect::mysql)) {
      n->op = static_cast<std::uint8_t>(JoinKind::inner);
    }
    if (n->has(flag::natural) && c.to_is(Dialect::tsql)) c.refuse(n, "NATURAL JOIN has no equal");
    return true;
  });
  if (c.to_is(Dialect::mysql)) write_full_joins(c);
  if (c.to_is(Dialect::mysql) && c.from != c.to) merged_of_right_joins(c);
}

namespace {

Node* values_as_union(Node* v, Node* columns, Context& c) {
  Node* whole = nullptr;
  for (Node* row : *v->kid(values_slot::rows)) {
    Node* s = c.build.select();
    s->kids[select_slot::items] = c.build.list();
    for (std::uint32_t i = 0; i < row->size; ++i) {
      Node* alias = nullptr;
      if (!whole) {
        alias = columns && i < columns->size
                    ? c.build.clone(columns->kids[i])
                    : c.build.name(c.build.text("column" + std::to_string(i + 1)));
      }
      c.build.add(s->kids[select_slot::items], c.build.item(row->kids[i], alias));
    }
    if (!whole) {
      whole = s;
      continue;
    }
    Node* u = c.build.slots(Kind::set_op, set_slot::count);
    u->op = static_cast<std::uint8_t>(SetKind::union_);
    u->flags |= flag::all;
    u->kids[set_slot::left] = whole;
    u->kids[set_slot::right] = s;
    whole = u;
  }
  for (auto slot : {query_slot::with, query_slot::order, query_slot::limit}) {
    if (v->kid(slot)) whole->kids[slot] = v->kid(slot);
  }
  return whole;
}

/// SQLite's VALUES takes neither ORDER BY nor LIMIT.
bool stays_values(const Node* v, const Context& c) {
  if (c.to_is(Dialect::postgres)) return true;
  return c.to_is(Dialect::sqlite) && !v->kid(query_slot::order) && !v->kid(query_slot::limit);
}

/// Gives a derived table's select list the names of its column list.
bool name_items(Node* query, Node* columns, Context& c) {
  while (query->is(Kind::set_op)) query = query->kid(set_slot::left);
  if (!query->is(Kind::select)) return false;
  Node* items = query->kid(select_slot::items);
  if (items->size != columns->size) return false;
  for (std::uint32_t i = 0; i < items->size; ++i) {
    if (items->kids[i]->kid(0)->is(Kind::star)) return false;
  }
  for (std::uint32_t i = 0; i < items->size; ++i) {
    items->kids[i]->kids[1] = c.build.clone(columns->kids[i]);
  }
  return true;
}

}  // namespace

namespace {

/// (SELECT MAX(v) FROM (VALUES (a), (b)) AS t(v)) is the greatest of a and b: MariaDB's derived
/// tables do not see the columns outside.
void extreme_of_values(Node*& n, Context& c) {
  Node* s = n->is(Kind::subquery) ? n->kid(0) : nullptr;
  if (!s || !s->is(Kind::select) || s->kid(select_slot::where) || s->kid(select_slot::group) ||
      s->kid(query_slot::limit) || s->kid(select_slot::items)->size != 1) {
    return;
  }
  const Node* from = s->kid(select_slot::from);
  const Node* table = from && from->size == 1 ? from->kid(0) : nullptr;
  const Node* source = table && table->is(Kind::table) ? table->kid(table_slot::source) : nullptr;
  const Node* values = source && source->is(Kind::subquery) ? source->kid(0) : nullptr;
  const Node* columns = values ? table->kid(table_slot::columns) : nullptr;
  const Node* call = s->kid(select_slot::items)->kid(0)->kid(0);
  const bool extreme = (is_call(call, "MAX") || is_call(call, "MIN")) && argument_count(call) == 1;
  if (!columns || columns->size != 1 || !values->is(Kind::values) || !extreme ||
      !same_word(last_name(argument(call, 0)), last_name(columns->kid(0)))) {
    return;
  }
  Node* made = c.build.call(is_call(call, "MAX") ? "$GREATEST_SKIP" : "$LEAST_SKIP");
  for (const Node* row : *values->kid(values_slot::rows)) {
    c.build.add(made->kids[call_slot::args], row->kid(0));
  }
  n = made;
}

}  // namespace

void pass_values(Context& c) {
  if (c.to_is(Dialect::mysql) && c.from != c.to) {
    rewrite_tree(c.statement, [&](Node*& n) { extreme_of_values(n, c); });
  }
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::table)) return;
    Node* source = n->kid(table_slot::source);
    Node*& columns = n->kids[table_slot::columns];
    if (!source->is(Kind::subquery)) {
      if (columns &&
          (c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle) || c.to_is(Dialect::mysql))) {
        c.refuse(n, "a column list of a table's alias has no equal");
      }
      return;
    }
    Node*& q = source->kids[0];
    if (q->is(Kind::values)) {
      if (c.to_is(Dialect::postgres) || (c.to_is(Dialect::tsql) && columns)) {
        if (c.to_is(Dialect::postgres) && !n->kid(table_slot::alias)) {
          n->kids[table_slot::alias] = c.build.name(c.fresh("_v_"));
        }
        return;
      }
      q = values_as_union(q, columns, c);
      columns = nullptr;
      if (!n->kid(table_slot::alias)) n->kids[table_slot::alias] = c.build.name(c.fresh("_v_"));
      return;
    }
    if (columns &&
        (c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle) || c.to_is(Dialect::mysql))) {
      if (!name_items(q, columns, c)) c.refuse(n, "a column list over * has no equal", "schema");
      columns = nullptr;
    }
    if (!n->kid(table_slot::alias) && !c.to_is(Dialect::oracle) && !c.to_is(Dialect::sqlite)) {
      n->kids[table_slot::alias] = c.build.name(c.fresh("_t_"));
    }
  });
  // A statement or an operand that is VALUES itself.
  if (!c.build.made(Kind::values)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::insert)) return;
    for (std::uint32_t i = 0; i < n->size; ++i) {
      Node*& k = n->kids[i];
      if (!k || !k->is(Kind::values) || n->is(Kind::subquery) || n->is(Kind::insert)) continue;
      if (n->is(Kind::cte) || n->is(Kind::set_op)) {
        if (!stays_values(k, c)) k = values_as_union(k, nullptr, c);
      }
    }
  });
  if (c.statement->is(Kind::values) && !stays_values(c.statement, c)) {
    c.statement = values_as_union(c.statement, nullptr, c);
  }
}

namespace {

/// A cast to the very type that the other branch casts to.
bool same_cast(const Node* a, const Node* b) {
  return a->is(Kind::cast) && b->is(Kind::cast) && same_tree(a->kid(1), b->kid(1));
}

/// A column of a recursive query has the type of its first branch, by MariaDB its length, too: one
/// that grows gets room. PostgreSQL wants the branches to agree.
void widen_columns(Node* body, Context& c) {
  const bool exact = c.to_is(Dialect::postgres);
  Node* first = body->kid(set_slot::left);
  Node* next = body->kid(set_slot::right);
  if (!first->is(Kind::select) || !next->is(Kind::select)) return;
  const Node* grown = next->kid(select_slot::items);
  Node* items = first->kid(select_slot::items);
  for (std::uint32_t i = 0; i < items->size && i < grown->size; ++i) {
    Node*& value = items->kids[i]->kids[0];
    const Node* later = grown->kids[i]->kid(0);
    const ValueType held = type_of(value, c);
    const ValueType grows = type_of(later, c);
    if (exact && value->is(Kind::string) && is_moment(grows) && c.from_is(Dialect::sqlite)) {
      value = c.build.cast(value, grows == ValueType::date ? "DATE" : "TIMESTAMP");
      value->flags |= flag::done;
      continue;
    }
    const bool number = exact && c.from_is(Dialect::sqlite) && held == ValueType::integer &&
                        (grows == ValueType::decimal || grows == ValueType::real);
    const bool same = later->is(Kind::number) || (exact && same_cast(value, later)) ||
                      (!exact && (later->is(Kind::name) || later->is(Kind::path)));
    if (same || (held != ValueType::text && !number)) continue;
    if (exact && value->is(Kind::string)) continue;
    if (value->is(Kind::cast) && value->has(flag::done)) continue;
    if (value->is(Kind::cast) && !number) value = value->kid(0);
    if (!items->kids[i]->kid(1) && !last_name(value).empty()) {
      items->kids[i]->kids[1] = c.build.name(last_name(value));
    }
    Node* type = number  ? c.build.node(Kind::type, "NUMERIC")
                 : exact ? c.build.node(Kind::type, "TEXT")
                         : c.build.with(Kind::type, "CHAR", c.build.number("4000"));
    value = c.build.with(Kind::cast, "CAST", value, type);
    value->flags |= flag::done;
  }
}

}  // namespace

namespace {

bool one_row(const Node* q) {
  if (q->is(Kind::values)) return q->kid(values_slot::rows)->size == 1;
  return q->is(Kind::select) && !q->kid(select_slot::from);
}

/// UNION ALL SELECT x + 1 FROM c LIMIT n of SQLite counts the rows that a recursion makes. Where
/// each step makes one row at most, a counter beside the columns does the same.
void limited_recursion(Node* with, std::uint32_t at, Context& c) {
  Node* cte = with->kids[at];
  Node* body = cte->kid(cte_slot::body);
  Node* limit = body->kid(query_slot::limit);
  Node* first = body->kid(set_slot::left);
  Node* next = body->kid(set_slot::right);
  const Node* from = next->is(Kind::select) ? next->kid(select_slot::from) : nullptr;
  const bool alone = from && from->size == 1 && from->kid(0)->is(Kind::table) &&
                     !next->kid(select_slot::group) && !next->has(flag::distinct);
  Node* columns = cte->kid(cte_slot::columns);
  const bool plain = one_row(first) && first->is(Kind::select) && alone && columns &&
                     body->has(flag::all) && !limit->kid(1) && !body->kid(query_slot::order);
  if (!plain) c.refuse(limit, "LIMIT of this recursive query has no equal");
  const std::string_view name = cte->kid(cte_slot::name)->text;
  const std::string_view made = c.fresh("iacdb_cte_");
  const std::string_view count = c.fresh("iacdb_count_");
  Node* table = from->kid(0);
  if (!table->kid(table_slot::alias)) table->kids[table_slot::alias] = c.build.name(name);
  const std::string_view alias = table->kid(table_slot::alias)->text;
  table->kids[table_slot::source] = c.build.name(made);
  c.build.add(first->kids[select_slot::items], c.build.item(c.build.number("1")));
  Node* counted = c.build.column(alias, count);
  c.build.add(next->kids[select_slot::items],
              c.build.item(c.build.binary(BinOp::add, counted, c.build.number("1"))));
  Node* below = c.build.binary(BinOp::lt, c.build.clone(counted), limit->kid(0));
  next->kids[select_slot::where] = and_of(c, next->kid(select_slot::where), below);
  body->kids[query_slot::limit] = nullptr;
  Node* inner = c.build.slots(Kind::cte, cte_slot::count);
  inner->kids[cte_slot::name] = c.build.name(made);
  inner->kids[cte_slot::columns] = c.build.clone(columns);
  c.build.add(inner->kids[cte_slot::columns], c.build.name(count));
  inner->kids[cte_slot::body] = body;
  Node* outer = c.build.select();
  outer->kids[select_slot::items] = c.build.list();
  for (const Node* column : *columns) {
    c.build.add(outer->kids[select_slot::items], c.build.item(c.build.clone(column)));
  }
  outer->kids[select_slot::from] = c.build.list_of(table_of(c, c.build.name(made)));
  cte->kids[cte_slot::body] = outer;
  c.build.insert(with, at, inner);
}

/// A body that is a union whose second part speaks of the query itself.
bool recurses(const Node* cte) {
  const Node* body = cte->kid(cte_slot::body);
  if (!body->is(Kind::set_op)) return false;
  bool found = false;
  const std::string_view name = cte->kid(cte_slot::name)->text;
  walk(body->kid(set_slot::right), [&](const Node* k) {
    found = found || (k->is(Kind::table) && same_word(last_name(k->kid(table_slot::source)), name));
    return true;
  });
  return found;
}

/// WITH t AS (SELECT .. FROM t): the table behind, where SQLite sees a circle.
void tables_behind(Node* with, Context& c) {
  for (Node* cte : *with) {
    const std::string_view name = cte->kid(cte_slot::name)->text;
    walk(cte->kid(cte_slot::body), [&](Node* n) {
      const bool query = n->is(Kind::select) || n->is(Kind::set_op);
      if (const Node* inner = query ? n->kid(query_slot::with) : nullptr) {
        for (const Node* other : *inner) {  // It means the nearer one.
          if (same_word(other->kid(cte_slot::name)->text, name)) return false;
        }
      }
      if (!n->is(Kind::table) || n->size != table_slot::count) return true;
      Node*& source = n->kids[table_slot::source];
      if (source->is(Kind::name) && same_word(source->text, name)) {
        source = c.build.with(Kind::path, {}, c.build.name("main"), source);
      }
      return true;
    });
  }
}

}  // namespace

void pass_ctes(Context& c) {
  if (c.to_is(Dialect::sqlite) && (c.from_is(Dialect::mysql) || c.from_is(Dialect::postgres))) {
    walk(c.statement, [&](Node* n) {
      if (n->is(Kind::with) && !n->has(flag::recursive)) tables_behind(n, c);
      return true;
    });
  }
  if (c.from_is(Dialect::sqlite) && c.from != c.to) {
    walk(c.statement, [&](Node* n) {
      for (std::uint32_t i = 0; n->is(Kind::with) && i < n->size; ++i) {
        if (!recurses(n->kid(i)) || !n->kid(i)->kid(cte_slot::body)->kid(query_slot::limit))
          continue;
        limited_recursion(n, i++, c);
      }
      return true;
    });
  }
  walk(c.statement, [&](Node* n) {
    if (!n->is(Kind::with)) return true;
    for (Node* cte : *n) {
      Node* body = cte->kid(cte_slot::body);
      const bool change =
          body->is(Kind::insert) || body->is(Kind::update) || body->is(Kind::delete_);
      if (change && !c.to_is(Dialect::postgres)) {
        c.refuse(cte,
                 "a WITH query that changes data has no equal in " + std::string(to_string(c.to)));
      }
      if (cte->kid(cte_slot::tail)) search_in_order(cte, c);
      const bool recursive = recurses(cte);
      if (recursive) n->flags |= flag::recursive;
      const bool typed = c.to_is(Dialect::mysql) || c.to_is(Dialect::postgres);
      if (recursive && typed && c.from != c.to) widen_columns(body, c);
      const bool keyless = c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle);
      if (recursive && keyless && !body->has(flag::all)) {
        c.refuse(cte, "a recursive WITH by UNION has no equal: only UNION ALL recurses");
      }
      if (recursive && keyless && !cte->kid(cte_slot::columns) && c.to_is(Dialect::oracle)) {
        Node* columns = c.build.list();
        const Node* first = body->kid(set_slot::left);
        while (first->is(Kind::set_op)) first = first->kid(set_slot::left);
        if (!first->is(Kind::select)) continue;
        for (Node* item : *first->kid(select_slot::items)) {
          Node* alias = item->kid(1)                   ? item->kid(1)
                        : item->kid(0)->is(Kind::name) ? item->kid(0)
                                                       : nullptr;
          if (!alias) c.refuse(item, "a recursive WITH needs a column list in oracle", "schema");
          c.build.add(columns, c.build.clone(alias));
        }
        cte->kids[cte_slot::columns] = columns;
      }
    }
    return true;
  });
}

}  // namespace iacdb::sql
