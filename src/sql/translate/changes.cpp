// UPDATE and DELETE: joins, ORDER BY and LIMIT.

#include <span>
#include <string>
#include <vector>

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/single_table.hpp"

namespace iacdb::sql {

namespace {

/// The tables of a join tree in order, with their ON conditions; false for outer joins.
bool flatten(Node* n, std::vector<Node*>& tables, Node*& condition, Context& c) {
  if (n->is(Kind::paren)) return flatten(n->kid(0), tables, condition, c);
  if (!n->is(Kind::join)) {
    tables.push_back(n);
    return true;
  }
  const JoinKind k = n->join();
  if (k != JoinKind::inner && k != JoinKind::cross && k != JoinKind::comma) return false;
  if (n->kid(join_slot::using_) || n->has(flag::natural)) return false;
  if (!flatten(n->kid(join_slot::left), tables, condition, c)) return false;
  if (!flatten(n->kid(join_slot::right), tables, condition, c)) return false;
  condition = c.build.both(condition, n->kid(join_slot::on));
  return true;
}

/// SET a.x: the target takes bare column names in these.
void bare_targets(Node* assigns, std::string_view target, Context& c) {
  const bool bare =
      c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle);
  for (Node* a : *assigns) {
    Node*& column = a->kids[0];
    if (column->is(Kind::row) && bare) {
      for (std::uint32_t i = 0; i < column->size; ++i) {
        Node*& k = column->kids[i];
        if (k->is(Kind::path)) k = k->kid(k->size - 1);
      }
    }
    if (!column->is(Kind::path) || column->size < 2) continue;
    if (!same_word(qualifier(column), target)) {
      c.refuse(column, "an UPDATE that sets columns of several tables has no equal");
    }
    if (bare) column = column->kid(column->size - 1);
  }
}

/// A query of one group stays one when the column that makes it so is split off.
void keep_single_row(Node* q, Context& c) {
  if (q->kid(select_slot::group) || q->kid(select_slot::having)) return;
  bool aggregate = false;
  for (const Node* item : *q->kid(select_slot::items)) {
    for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG", "$STRING_AGG"}) {
      aggregate = aggregate || is_call(item->kid(0), f);
    }
  }
  if (!aggregate) return;
  Node* count = c.build.call("COUNT");
  c.build.add(count->kids[call_slot::args], c.build.node(Kind::star));
  q->kids[select_slot::having] = c.build.binary(BinOp::ge, count, c.build.number("0"));
}

void split_row_assigns(Node* n, Context& c) {
  if (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::tsql)) return;
  Node* assigns = n->kid(update_slot::assigns);
  Node* made = c.build.list();
  for (Node* a : *assigns) {
    if (!a->kid(0)->is(Kind::row)) {
      c.build.add(made, a);
      continue;
    }
    Node* value = a->kid(1);
    const Node* query = value->is(Kind::subquery) ? value->kid(0) : nullptr;
    for (std::uint32_t i = 0; i < a->kid(0)->size; ++i) {
      Node* one = nullptr;
      if (value->is(Kind::row) && i < value->size) {
        one = value->kids[i];
      } else if (query && query->is(Kind::select) &&
                 query->kid(select_slot::items)->size == a->kid(0)->size) {
        Node* q = c.build.clone(query);
        keep_single_row(q, c);
        q->kids[select_slot::items] = c.build.list_of(q->kid(select_slot::items)->kids[i]);
        one = c.build.with(Kind::subquery, {}, q);
      } else {
        c.refuse(a, "SET (a, b) = .. of this form has no equal");
      }
      c.build.add(made, c.build.with(Kind::assign, {}, a->kid(0)->kids[i], one));
    }
  }
  n->kids[update_slot::assigns] = made;
}

/// The table of a join tree that is known by a name.
Node* table_named(Node* n, std::string_view name) {
  if (n->is(Kind::table)) return same_word(known_as(n), name) ? n : nullptr;
  for (std::uint32_t i = 0; i < n->size; ++i) {
    Node* k = n->kids[i];
    if (!k || (!k->is(Kind::table) && !k->is(Kind::join) && !k->is(Kind::paren))) continue;
    if (Node* found = table_named(k, name)) return found;
  }
  return nullptr;
}

/// UPDATE a LEFT JOIN b: the join gives the rows, found again by their address.
bool update_outer(Node* n, Node* join, std::string_view name, Context& c) {
  Node* own = join ? table_named(join, name) : nullptr;
  if (own && c.to_is(Dialect::mysql)) {
    for (Node* a : *n->kid(update_slot::assigns)) {
      if (a->kid(0)->is(Kind::name)) {
        a->kids[0] = c.build.with(Kind::path, {}, c.build.name(name), a->kid(0));
      }
    }
    n->kids[update_slot::target] = join;
    n->kids[update_slot::from] = nullptr;
    return true;
  }
  if (!own || (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::sqlite))) return false;
  bare_targets(n->kid(update_slot::assigns), name, c);
  // SQLite does not see the rowid of a joined table here: its primary key then.
  const std::string_view key = c.to_is(Dialect::sqlite) ? primary_key(c, own) : row_address(c, own);
  const std::string_view alias = c.fresh("iacdb_t_");
  n->kids[update_slot::target] = table_of(c, c.build.clone(own->kid(table_slot::source)), alias);
  n->kids[update_slot::from] = c.build.list_of(join->is(Kind::paren) ? join->kid(0) : join);
  Node* same = c.build.binary(BinOp::eq, c.build.column(alias, key), c.build.column(name, key));
  n->kids[update_slot::where] = and_of(c, same, n->kid(update_slot::where));
  return true;
}

/// DELETE a FROM a LEFT JOIN b: the addresses of the rows come from the join.
bool delete_outer(Node* n, const Node* target, Node* from, Context& c) {
  const bool addressed =
      c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle);
  Node* own = addressed && from ? table_named(from->kid(0), known_as(target)) : nullptr;
  if (!own) return false;
  const std::string_view key = row_address(c, own);
  Node* s = c.build.select();
  s->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.column(known_as(own), key)));
  s->kids[select_slot::from] = from;
  s->kids[select_slot::where] = n->kid(delete_slot::where);
  n->kids[delete_slot::targets] =
      c.build.list_of(table_of(c, c.build.clone(own->kid(table_slot::source))));
  n->kids[delete_slot::from] = nullptr;
  n->kids[delete_slot::where] =
      c.build.with(Kind::in, {}, c.build.name(key), c.build.with(Kind::subquery, {}, s));
  return true;
}

/// WITH c AS (SELECT TOP .. FROM t) UPDATE c: the rows of c, by their address.
void change_of_cte(Node* n, Context& c) {
  const bool update = n->is(Kind::update);
  Node* with = n->kid(query_slot::with);
  Node* target = update ? n->kid(update_slot::target) : n->kid(delete_slot::targets)->kid(0);
  if (!with || !target->is(Kind::table) || c.to_is(Dialect::tsql)) return;
  for (std::uint32_t i = 0; i < with->size; ++i) {
    Node* cte = with->kids[i];
    const std::string_view name = cte->kid(cte_slot::name)->text;
    if (!same_word(name, last_name(target->kid(table_slot::source)))) continue;
    Node* q = cte->kid(cte_slot::body);
    const Node* from = q->is(Kind::select) ? q->kid(select_slot::from) : nullptr;
    if (!from || from->size != 1 || !from->kid(0)->is(Kind::table)) {
      c.refuse(n, "a change of a WITH query over several tables has no equal");
    }
    const Node* table = from->kid(0);
    const std::string_view key = row_address(c, table);
    c.build.add(q->kid(select_slot::items),
                c.build.item(c.build.name(key), c.build.name("iacdb_key")));
    Node* rows = c.build.select();
    rows->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.name("iacdb_key")));
    rows->kids[select_slot::from] = c.build.list_of(derived_table(c, q, name));
    const std::size_t where =
        update ? std::size_t{update_slot::where} : std::size_t{delete_slot::where};
    rows->kids[select_slot::where] = n->kid(where);
    Node* plain = table_of(c, c.build.clone(table->kid(table_slot::source)));
    if (update)
      n->kids[update_slot::target] = plain;
    else
      n->kids[delete_slot::targets] = c.build.list_of(plain);
    n->kids[where] =
        c.build.with(Kind::in, {}, c.build.name(key), c.build.with(Kind::subquery, {}, rows));
    Builder::erase(with, i);
    if (with->size == 0) n->kids[query_slot::with] = nullptr;
    return;
  }
}

/// An UPDATE with a join in its parts.
struct JoinedUpdate {
  Node* own;
  std::vector<Node*> tables;
  Node* condition;
  Node* where;
};

void write_joined(Node* n, const JoinedUpdate& parts, Context& c) {
  const auto& [own, tables, condition, where] = parts;
  const auto list = [&c, &parts] {
    Node* l = c.build.list();
    for (Node* t : parts.tables) c.build.add(l, t);
    return l;
  };
  switch (c.to) {
    case Dialect::postgres:
    case Dialect::sqlite:
      n->kids[update_slot::target] = own;
      n->kids[update_slot::from] = tables.empty() ? nullptr : list();
      n->kids[update_slot::where] = where;
      return;
    case Dialect::mysql: {
      for (Node* a : *n->kid(update_slot::assigns)) {
        if (a->kid(0)->is(Kind::name)) {
          a->kids[0] = c.build.with(Kind::path, {}, c.build.name(known_as(own)), a->kid(0));
        }
      }
      Node* whole = own;
      for (std::size_t i = 0; i < tables.size(); ++i) {
        Node* j = c.build.slots(Kind::join, join_slot::count);
        const bool last = i + 1 == tables.size();
        j->op = static_cast<std::uint8_t>(last ? JoinKind::inner : JoinKind::cross);
        j->kids[join_slot::left] = whole;
        j->kids[join_slot::right] = tables[i];
        if (last) {
          j->kids[join_slot::on] = condition ? condition : c.build.node(Kind::boolean, "TRUE");
        }
        whole = j;
      }
      n->kids[update_slot::target] = whole;
      n->kids[update_slot::from] = nullptr;
      return;
    }
    case Dialect::tsql: {
      Node* t = c.build.slots(Kind::table, table_slot::count);
      t->kids[table_slot::source] = c.build.name(known_as(own));
      n->kids[update_slot::target] = t;
      Node* l = c.build.list_of(own);
      for (Node* other : tables) c.build.add(l, other);
      n->kids[update_slot::from] = l;
      n->kids[update_slot::where] = where;
      return;
    }
    case Dialect::oracle:
      c.refuse(n, "an UPDATE with a join has no equal in oracle; write MERGE");
  }
}

void update_join(Node* n, Context& c) {
  std::vector<Node*> tables;
  Node* condition = nullptr;
  Node* target = n->kid(update_slot::target);
  Node* from = n->kid(update_slot::from);
  // Of SQL Server the changed table stands in FROM, too.
  const bool alone = c.from_is(Dialect::tsql) && from && from->size == 1;
  Node* whole = alone ? from->kid(0) : nullptr;
  const Node* source = target->is(Kind::table) ? target->kid(table_slot::source) : nullptr;
  if (source && source->is(Kind::subquery)) {
    if (open_view(n, c)) return update_join(n, c);
    c.refuse(n, "an UPDATE of a query has no equal; write MERGE or an UPDATE with a join");
  }
  const bool joined = target->is(Kind::join);
  if (!joined && !from) {
    if (target->is(Kind::table)) {
      // UPDATE t SET t.a: the qualifier is not taken everywhere.
      bare_targets(n->kid(update_slot::assigns), known_as(target), c);
      if (c.to_is(Dialect::tsql) && target->kid(table_slot::alias)) {
        Node* t = c.build.slots(Kind::table, table_slot::count);
        t->kids[table_slot::source] = c.build.clone(target->kid(table_slot::alias));
        n->kids[update_slot::from] = c.build.list_of(target);
        n->kids[update_slot::target] = t;
      }
    }
    return;
  }
  bool inner = true;
  if (joined) {
    inner = flatten(target, tables, condition, c);
  } else {
    // tsql: UPDATE a SET .. FROM t a JOIN u: the target is one of FROM's tables.
    for (Node* f : *from) inner = inner && flatten(f, tables, condition, c);
  }
  const Node* first_assign = n->kid(update_slot::assigns)->kid(0)->kid(0);
  std::string_view name = joined ? qualifier(first_assign) : known_as(target);
  if (name.empty() && joined && !tables.empty()) {
    if (c.options.schema) {
      for (Node* t : tables) {
        const TableFacts* f = t->is(Kind::table)
                                  ? c.options.schema->table(last_name(t->kid(table_slot::source)))
                                  : nullptr;
        if (f && f->column(last_name(first_assign)) && name.empty()) name = known_as(t);
      }
    }
    if (name.empty()) name = known_as(tables[0]);
  }
  if (!inner && update_outer(n, joined ? target : whole, name, c)) return;
  if (!inner)
    c.refuse(n, "an UPDATE over an outer join has no equal in " + std::string(to_string(c.to)));
  std::size_t at = tables.size();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i]->is(Kind::table) && same_word(known_as(tables[i]), name)) at = i;
  }
  Node* own = at < tables.size() ? tables[at] : target;
  if (at < tables.size()) tables.erase(tables.begin() + static_cast<std::ptrdiff_t>(at));
  bare_targets(n->kid(update_slot::assigns), known_as(own), c);
  Node* where = and_of(c, condition, n->kid(update_slot::where));
  write_joined(n, {own, tables, condition, where}, c);
}

Node* exists_of(std::span<Node* const> tables, Node* condition, Context& c) {
  Node* s = c.build.select();
  s->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.number("1")));
  Node* l = c.build.list();
  for (Node* t : tables) c.build.add(l, t);
  s->kids[select_slot::from] = l;
  s->kids[select_slot::where] = condition;
  return c.build.with(Kind::exists, {}, s);
}

/// MariaDB returns the rows of a single table only: the others go into EXISTS.
bool delete_returning(Node* n, Node* own, std::span<Node* const> others, Node* where, Context& c) {
  Node* list = n->kid(delete_slot::returning);
  if (!list || !c.to_is(Dialect::mysql)) return false;
  walk(list, [&](Node* k) {
    const std::string_view q = k->is(Kind::path) ? qualifier(k) : std::string_view();
    if (!q.empty() && !same_word(q, known_as(own)) && !same_word(q, "deleted")) {
      c.refuse(k, "RETURNING of another table's column has no equal in mysql");
    }
    return !k->is(Kind::path);
  });
  n->kids[delete_slot::targets] = c.build.list_of(own);
  n->kids[delete_slot::where] = others.empty() ? where : exists_of(others, where, c);
  if (!name_target(n, own, c)) {
    c.refuse(n, "RETURNING of a table that is joined to itself has no equal in mysql");
  }
  return true;
}

void delete_join(Node* n, Context& c) {
  Node* targets = n->kid(delete_slot::targets);
  Node* from = n->kid(delete_slot::from);
  Node* using_ = n->kid(delete_slot::using_);
  if (!from && !using_) {
    Node* t = targets->kid(0);
    if (!t->is(Kind::table) || !t->kid(table_slot::alias)) return;
    if (c.to_is(Dialect::mysql) && name_target(n, t, c)) return;
    if (c.to_is(Dialect::tsql) || c.to_is(Dialect::mysql)) {
      Node* only = c.build.slots(Kind::table, table_slot::count);
      only->kids[table_slot::source] = c.build.clone(t->kid(table_slot::alias));
      n->kids[delete_slot::targets] = c.build.list_of(only);
      n->kids[delete_slot::from] = c.build.list_of(t);
    }
    return;
  }
  if (targets->size > 1) c.refuse(n, "a DELETE from several tables has no equal");
  std::vector<Node*> tables;
  Node* condition = nullptr;
  bool inner = true;
  for (Node* f : *(from ? from : using_)) inner = inner && flatten(f, tables, condition, c);
  if (!inner && delete_outer(n, targets->kid(0), from, c)) return;
  if (!inner && !c.to_is(Dialect::mysql) && !c.to_is(Dialect::tsql)) {
    c.refuse(n, "a DELETE over an outer join has no equal in " + std::string(to_string(c.to)));
  }
  if (!inner) return;
  const std::string_view name = known_as(targets->kid(0));
  Node* own = nullptr;
  std::vector<Node*> others;
  for (Node* t : tables) {
    if (from && !own && t->is(Kind::table) && same_word(known_as(t), name))
      own = t;
    else
      others.push_back(t);
  }
  if (!own) own = targets->kid(0);
  Node* where = and_of(c, condition, n->kid(delete_slot::where));
  n->kids[delete_slot::from] = n->kids[delete_slot::using_] = nullptr;
  if (delete_returning(n, own, others, where, c)) return;
  if (c.to_is(Dialect::mysql) || c.to_is(Dialect::tsql)) {
    Node* only = c.build.slots(Kind::table, table_slot::count);
    only->kids[table_slot::source] = c.build.name(known_as(own));
    Node* l = c.build.list_of(own);
    for (Node* t : others) c.build.add(l, t);
    n->kids[delete_slot::targets] = c.build.list_of(only);
    n->kids[delete_slot::from] = l;
    n->kids[delete_slot::where] = where;
  } else if (c.to_is(Dialect::postgres)) {
    n->kids[delete_slot::targets] = c.build.list_of(own);
    Node* l = c.build.list();
    for (Node* t : others) c.build.add(l, t);
    n->kids[delete_slot::using_] = l->size ? l : nullptr;
    n->kids[delete_slot::where] = where;
  } else {
    n->kids[delete_slot::targets] = c.build.list_of(own);
    n->kids[delete_slot::where] = others.empty() ? where : exists_of(others, where, c);
  }
}

/// UPDATE and DELETE .. ORDER BY .. LIMIT n by the row's address.
void limited_change(Node* n, std::uint8_t where_slot, std::uint8_t order_slot,
                    std::uint8_t limit_slot, Node* table, Context& c) {
  Node* order = n->kid(order_slot);
  Node* limit = n->kid(limit_slot);
  if (!order && !limit) return;
  if (c.to_is(Dialect::mysql)) return;
  if (!limit) {
    n->kids[order_slot] = nullptr;  // an order without a limit changes the same rows
    return;
  }
  if (c.to_is(Dialect::tsql) && !order) return;
  if (!table || !table->is(Kind::table)) c.refuse(n, "LIMIT of a change over a join has no equal");
  if (c.to_is(Dialect::tsql)) {
    c.refuse(n,
             "ORDER BY with LIMIT of a change needs a CTE in SQL Server, which is not written yet");
  }
  const std::string_view address = c.to_is(Dialect::postgres) ? "ctid" : "rowid";
  Node* s = c.build.select();
  s->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.name(address)));
  s->kids[select_slot::from] = c.build.list_of(c.build.clone(table));
  s->kids[select_slot::where] = n->kid(where_slot);
  s->kids[query_slot::order] = order;
  s->kids[query_slot::limit] = limit;
  Node* in = c.build.with(Kind::in, {}, c.build.name(address), c.build.with(Kind::subquery, {}, s));
  n->kids[where_slot] = in;
  n->kids[order_slot] = n->kids[limit_slot] = nullptr;
}

/// Several tables one after the other; SQLite empties a table by DELETE.
void truncate(Node* n, Context& c) {
  const bool restarts =
      n->text == "RESTART IDENTITY" || c.from_is(Dialect::mysql) || c.from_is(Dialect::tsql);
  const auto generates = [&](const Node* name) {
    const TableFacts* table = c.options.schema ? c.options.schema->table(last_name(name)) : nullptr;
    bool found = false;
    for (const ColumnFacts& column : table ? table->columns : std::vector<ColumnFacts>()) {
      found = found || column.generated_key;
    }
    return restarts && found;
  };
  if (c.to_is(Dialect::postgres)) {
    for (const Node* name : *n) {
      if (n->text.empty() && generates(name)) n->text = "RESTART IDENTITY";
    }
    return;
  }
  const auto restart = [&](const Node* name) {
    if (!c.to_is(Dialect::sqlite) || !generates(name)) return;
    std::string text = "DELETE FROM sqlite_sequence WHERE name = '";
    for (const char ch : last_name(name)) text += ch == '\'' ? "''" : std::string(1, ch);
    c.after.push_back(c.build.node(Kind::raw, c.build.text(text + "'")));
  };
  for (const Node* name : *n) restart(name);
  const auto one = [&](Node* name) -> Node* {
    if (!c.to_is(Dialect::sqlite)) return c.build.with(Kind::truncate, {}, name);
    Node* d = c.build.slots(Kind::delete_, delete_slot::count);
    d->kids[delete_slot::targets] = c.build.list_of(table_of(c, name));
    return d;
  };
  for (std::uint32_t i = 1; i < n->size; ++i) c.after.push_back(one(n->kids[i]));
  const std::uint32_t flags = n->flags;
  *n = *one(n->kids[0]);
  n->flags |= flags;
}

}  // namespace

void pass_changes(Context& c) {
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::update) || n->is(Kind::delete_)) change_of_cte(n, c);
    if (n->is(Kind::update)) {
      split_row_assigns(n, c);
      limited_change(n, update_slot::where, update_slot::order, update_slot::limit,
                     n->kid(update_slot::target), c);
      update_join(n, c);
    } else if (n->is(Kind::delete_)) {
      limited_change(n, delete_slot::where, delete_slot::order, delete_slot::limit,
                     n->kid(delete_slot::targets)->kid(0), c);
      delete_join(n, c);
    } else if (n->is(Kind::truncate)) {
      truncate(n, c);
    }
    return true;
  });
}

}  // namespace iacdb::sql
