// Queries: joins, APPLY, VALUES, CTEs, grouping, aggregates.

#include <charconv>
#include <span>
#include <string>
#include <vector>

#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

void pass_lateral(Context& c) {
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::table) && n->has(flag::lateral) && (c.to_is(Dialect::sqlite))) {
      c.refuse(n, "LATERAL has no equal in sqlite");
    }
    if (!n->is(Kind::join)) return true;
    const bool cross = n->join() == JoinKind::cross_apply;
    const bool outer = n->join() == JoinKind::outer_apply;
    Node* right = n->kid(join_slot::right);
    if (cross || outer) {
      if (c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle)) return true;
      if (c.to_is(Dialect::sqlite)) c.refuse(n, "APPLY has no equal in sqlite");
      if (c.to_is(Dialect::mysql)) {
        c.warn("lateral", "LATERAL needs MySQL 8.0.14; MariaDB has none");
      }
      n->op = static_cast<std::uint8_t>(outer ? JoinKind::left : JoinKind::inner);
      if (right->is(Kind::table)) right->flags |= flag::lateral;
      n->kids[join_slot::on] = c.build.node(Kind::boolean, "TRUE");
      return true;
    }
    if (!right->is(Kind::table) || !right->has(flag::lateral)) return true;
    if (c.to_is(Dialect::tsql)) {
      const Node* on = n->kid(join_slot::on);
      const bool always =
          !on || (on->is(Kind::boolean) && on->text == "TRUE") ||
          (on->is(BinOp::eq) && on->kid(0)->is(Kind::number) && on->kid(1)->is(Kind::number));
      if (!always) c.refuse(n, "LATERAL with a condition has no equal");
      const bool left = n->join() == JoinKind::left;
      n->op = static_cast<std::uint8_t>(left ? JoinKind::outer_apply : JoinKind::cross_apply);
      right->flags &= ~flag::lateral;
      n->kids[join_slot::on] = nullptr;
    }
    return true;
  });
}

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
  if (!c.to_is(Dialect::mysql)) return;
  // FULL JOIN: the left join, and the rows of the right side without a partner.
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select) || !n->kid(select_slot::from) || n->kid(select_slot::from)->size != 1)
      return;
    Node* j = n->kid(select_slot::from)->kid(0);
    if (!j->is(Kind::join) || j->join() != JoinKind::full) return;
    const bool plain = !n->kid(select_slot::group) && !n->kid(select_slot::having) &&
                       !n->has(flag::distinct) && j->kid(join_slot::on) &&
                       j->kid(join_slot::left)->is(Kind::table);
    if (!plain) c.refuse(j, "FULL JOIN in this place has no equal in mysql");
    Node* order = n->kid(query_slot::order);
    Node* limit = n->kid(query_slot::limit);
    Node* with = n->kid(query_slot::with);
    for (auto slot : {query_slot::order, query_slot::limit, query_slot::with})
      n->kids[slot] = nullptr;
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
    both->kids[query_slot::order] = order;
    both->kids[query_slot::limit] = limit;
    both->kids[query_slot::with] = with;
    n = both;
  });
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
  return whole;
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

void pass_values(Context& c) {
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
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::insert)) return;
    for (std::uint32_t i = 0; i < n->size; ++i) {
      Node*& k = n->kids[i];
      if (!k || !k->is(Kind::values) || n->is(Kind::subquery) || n->is(Kind::insert)) continue;
      if (n->is(Kind::cte) || n->is(Kind::set_op)) {
        if (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::sqlite))
          k = values_as_union(k, nullptr, c);
      }
    }
  });
  if (c.statement->is(Kind::values) && !c.to_is(Dialect::postgres) && !c.to_is(Dialect::sqlite)) {
    c.statement = values_as_union(c.statement, nullptr, c);
  }
}

void pass_ctes(Context& c) {
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
      if (cte->kid(cte_slot::tail)) c.refuse(cte, "SEARCH and CYCLE of WITH");
      bool recursive = false;
      const std::string_view name = cte->kid(cte_slot::name)->text;
      if (body->is(Kind::set_op)) {
        walk(body->kid(set_slot::right), [&](Node* k) {
          recursive = recursive || (k->is(Kind::table) &&
                                    same_word(last_name(k->kid(table_slot::source)), name));
          return true;
        });
      }
      if (recursive) n->flags |= flag::recursive;
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

void pass_group_by(Context& c) {
  const bool aliases_from =
      c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite) || c.from_is(Dialect::postgres);
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select)) return;
    const auto expand = [&](Node*& key, bool whole) {
      rewrite_tree(key, [&](Node*& k) {
        if (!k->is(Kind::name) || k->has(flag::quoted)) return;
        if (whole && k != key) return;
        for (const Node* item : *n->kid(select_slot::items)) {
          if (!item->kid(1) || !same_word(item->kid(1)->text, k->text)) continue;
          if (item->kid(0)->is(Kind::name) && same_word(item->kid(0)->text, k->text)) continue;
          const ColumnFacts* column = column_facts(c, k);
          if (column && !c.from_is(Dialect::mysql)) continue;
          k = c.build.clone(item->kid(0));
          return;
        }
      });
    };
    Node* group = n->kid(select_slot::group);
    const bool no_alias = c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle);
    if (group && aliases_from && no_alias) {
      for (std::uint32_t i = 0; i < group->size; ++i) {
        Node*& key = group->kids[i];
        std::size_t ordinal = 0;
        if (key->is(Kind::number)) {
          std::from_chars(key->text.data(), key->text.data() + key->text.size(), ordinal);
          const Node* items = n->kid(select_slot::items);
          if (ordinal >= 1 && ordinal <= items->size)
            key = c.build.clone(items->kid(ordinal - 1)->kid(0));
        } else {
          expand(key, true);
        }
      }
    }
    const bool having_from = c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite);
    const bool having_to = c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite);
    if (having_from && !having_to && n->kid(select_slot::having)) {
      expand(n->kids[select_slot::having], false);
      if (!group && !c.to_is(Dialect::mysql)) {
        bool aggregate = false;
        walk(n, [&](Node* k) {
          for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG"})
            aggregate = aggregate || is_call(k, f);
          return true;
        });
        if (!aggregate) {  // MySQL: HAVING without grouping filters rows
          Node*& where = n->kids[select_slot::where];
          where = where ? c.build.binary(BinOp::and_, c.build.paren(where),
                                         c.build.paren(n->kid(select_slot::having)))
                        : n->kid(select_slot::having);
          n->kids[select_slot::having] = nullptr;
        }
      }
    }
    if (!group || group->size == 0) return;
    // ROLLUP
    bool sets = false;
    for (Node* key : *group) {
      sets =
          sets || is_call(key, "ROLLUP") || is_call(key, "CUBE") || is_call(key, "GROUPING SETS");
    }
    if (!sets) return;
    Node* only = group->size == 1 ? group->kid(0) : nullptr;
    if (c.to_is(Dialect::mysql)) {
      if (!only || !is_call(only, "ROLLUP"))
        c.refuse(n, "CUBE and GROUPING SETS have no equal in mysql");
      only->flags |= flag::with_as;
      return;
    }
    if (only && only->has(flag::with_as)) only->flags &= ~flag::with_as;
    if (!c.to_is(Dialect::sqlite)) return;
    if (!only || !is_call(only, "ROLLUP"))
      c.refuse(n, "CUBE and GROUPING SETS have no equal in sqlite");
    // One select per level, keys beyond the level as NULL.
    const Node* keys = only->kid(call_slot::args);
    Node* whole = nullptr;
    Node* order = n->kid(query_slot::order);
    Node* limit = n->kid(query_slot::limit);
    Node* with = n->kid(query_slot::with);
    for (auto slot : {query_slot::order, query_slot::limit, query_slot::with})
      n->kids[slot] = nullptr;
    for (std::uint32_t level = keys->size + 1; level-- > 0;) {
      Node* s = c.build.clone(n);
      Node* kept = c.build.list();
      for (std::uint32_t i = 0; i < level; ++i) c.build.add(kept, c.build.clone(keys->kids[i]));
      s->kids[select_slot::group] = kept->size ? kept : nullptr;
      const auto blank = [&](Node*& tree) {
        rewrite_tree(tree, [&](Node*& k) {
          for (std::uint32_t i = 0; i < keys->size; ++i) {
            if (is_call(k, "GROUPING") && same_tree(argument(k, 0), keys->kids[i])) {
              k = c.build.number(i >= level ? "1" : "0");
              return;
            }
          }
        });
        for (Node* item : *tree) {
          if (!item->is(Kind::item)) continue;
          rewrite_tree(item->kids[0], [&](Node*& k) {
            for (std::uint32_t i = level; i < keys->size; ++i) {
              if (!same_tree(k, keys->kids[i])) continue;
              if (!item->kid(1) && k == item->kids[0]) item->kids[1] = c.build.name(last_name(k));
              k = c.build.null();
              return;
            }
          });
        }
      };
      blank(s->kids[select_slot::items]);
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
    whole->kids[query_slot::order] = order;
    whole->kids[query_slot::limit] = limit;
    whole->kids[query_slot::with] = with;
    n = whole;
  });
}

void pass_aggregates(Context& c) {
  const bool filters = c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite);
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::call)) return;
    if (n->kid(call_slot::keep) && !c.to_is(Dialect::oracle)) {
      c.refuse(n, "KEEP (DENSE_RANK ..) has no equal");
    }
    if (!n->kid(call_slot::filter) || filters) return;
    Node* args = n->kid(call_slot::args);
    Node* condition = n->kid(call_slot::filter);
    n->kids[call_slot::filter] = nullptr;
    Node* value = args->size ? args->kid(0) : nullptr;
    if (!value || value->is(Kind::star)) value = c.build.number("1");
    Node* made = c.build.slots(Kind::case_, 2);
    c.build.add(made, c.build.with(Kind::when, {}, condition, value));
    if (args->size)
      args->kids[0] = made;
    else
      c.build.add(args, made);
  });
  if (!c.to_is(Dialect::sqlite)) return;
  // An order inside GROUP_CONCAT: the rows come ordered from a derived table.
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select) || !n->kid(select_slot::from)) return;
    Node* order = nullptr;
    walk(n->kid(select_slot::items), [&](Node* k) {
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
    Node* from = n->kid(select_slot::from);
    if (from->size != 1 || !from->kid(0)->is(Kind::table)) {
      c.refuse(n, "an ordered string aggregate over a join has no equal in sqlite");
    }
    Node* table = from->kid(0);
    Node* alias = table->kid(table_slot::alias);
    const std::string_view name = alias ? alias->text : last_name(table->kid(table_slot::source));
    Node* inner = c.build.select();
    inner->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.node(Kind::star)));
    inner->kids[select_slot::from] = c.build.list_of(table);
    inner->kids[select_slot::where] = n->kid(select_slot::where);
    n->kids[select_slot::where] = nullptr;
    inner->kids[query_slot::order] = order;
    Node* outer = c.build.slots(Kind::table, table_slot::count);
    outer->kids[table_slot::source] = c.build.with(Kind::subquery, {}, inner);
    outer->kids[table_slot::alias] = c.build.name(name.empty() ? "q" : name);
    n->kids[select_slot::from] = c.build.list_of(outer);
  });
}

}  // namespace iacdb::sql
