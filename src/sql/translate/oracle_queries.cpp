// Oracle's ways: (+) and SQL Server's old *=, CONNECT BY, PIVOT.

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

void conjuncts(Node* n, std::vector<Node*>& out) {
  if (!n) return;
  if (n->is(BinOp::and_)) {
    conjuncts(n->kid(0), out);
    conjuncts(n->kid(1), out);
    return;
  }
  out.push_back(n);
}

bool has_mark(Node* n) {
  bool found = false;
  walk(n, [&](Node* k) {
    found = found || k->is(Kind::outer_mark);
    return !k->is(Kind::subquery) && !k->is(Kind::exists);
  });
  return found;
}

/// The one table that a condition marks as optional.
std::string_view optional_table(Node* condition, Context& c) {
  std::string_view table;
  walk(condition, [&](Node* k) {
    if (!k->is(Kind::outer_mark)) return true;
    const std::string_view q = qualifier(k->kid(0));
    if (q.empty()) c.refuse(k, "(+) on a column without its table's name");
    if (!table.empty() && !same_word(table, q)) c.refuse(k, "(+) on two tables in one condition");
    table = q;
    return true;
  });
  return table;
}

void unmark(Node*& n) {
  rewrite_tree(n, [](Node*& k) {
    if (k->is(Kind::outer_mark)) k = k->kid(0);
  });
}

bool names_table(Node* n, std::string_view table) {
  bool found = false;
  walk(n, [&](Node* k) {
    if (k->is(Kind::path) && same_word(qualifier(k), table)) found = true;
    return true;
  });
  return found;
}

/// A table with (+), and its conditions.
struct Optional {
  std::string_view table;
  Node* on = nullptr;
};

/// Each optional table after those that its conditions speak of.
Node* join_optional(Node* s, Node* whole, const std::vector<Node*>& tables,
                    const std::vector<Optional>& optional, Context& c) {
  std::vector<bool> done(optional.size(), false);
  for (std::size_t round = 0; round < optional.size(); ++round) {
    for (std::size_t i = 0; i < optional.size(); ++i) {
      if (done[i]) continue;
      bool ready = true;
      for (std::size_t j = 0; j < optional.size(); ++j) {
        if (j != i && !done[j] && names_table(optional[i].on, optional[j].table)) ready = false;
      }
      if (!ready) continue;
      Node* table = nullptr;
      for (Node* t : tables) {
        if (same_word(known_as(t), optional[i].table)) table = t;
      }
      if (!table) c.refuse(s, "(+) on a table that FROM does not name");
      Node* j = c.build.slots(Kind::join, join_slot::count);
      j->op = static_cast<std::uint8_t>(JoinKind::left);
      j->kids[join_slot::left] = whole;
      j->kids[join_slot::right] = table;
      j->kids[join_slot::on] = optional[i].on;
      whole = j;
      done[i] = true;
    }
  }
  for (bool d : done) {
    if (!d) c.refuse(s, "(+) in a circle");
  }
  return whole;
}

void outer_marks(Node* s, Context& c) {
  Node* from = s->kid(select_slot::from);
  Node* where = s->kid(select_slot::where);
  if (!from || !where || !has_mark(where)) return;
  std::vector<Node*> all;
  conjuncts(where, all);
  std::vector<Optional> optional;
  Node* rest = nullptr;
  for (Node* k : all) {
    if (!has_mark(k)) {
      rest = c.build.both(rest, k);
      continue;
    }
    if (k->is(BinOp::or_)) c.refuse(k, "(+) inside OR");
    const std::string_view table = optional_table(k, c);
    unmark(k);
    Optional* slot = nullptr;
    for (Optional& o : optional) {
      if (same_word(o.table, table)) slot = &o;
    }
    if (!slot) slot = &optional.emplace_back(Optional{table});
    slot->on = c.build.both(slot->on, k);
  }
  std::vector<Node*> tables;
  for (Node* t : *from) {
    if (!t->is(Kind::table)) c.refuse(t, "(+) beside a JOIN");
    tables.push_back(t);
  }
  // The obligatory tables first, joined by comma; then each optional one after those it speaks of.
  Node* whole = nullptr;
  std::vector<std::string_view> present;
  for (Node* t : tables) {
    bool is_optional = false;
    for (const Optional& o : optional) is_optional = is_optional || same_word(o.table, known_as(t));
    if (is_optional) continue;
    present.push_back(known_as(t));
    if (!whole) {
      whole = t;
      continue;
    }
    Node* j = c.build.slots(Kind::join, join_slot::count);
    j->op = static_cast<std::uint8_t>(JoinKind::cross);
    j->kids[join_slot::left] = whole;
    j->kids[join_slot::right] = t;
    whole = j;
  }
  if (!whole) c.refuse(s, "(+) on every table");
  whole = join_optional(s, whole, tables, optional, c);
  s->kids[select_slot::from] = c.build.list_of(whole);
  s->kids[select_slot::where] = rest;
}

}  // namespace

void pass_outer_marks(Context& c) {
  // a *= b is a = b (+)
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(BinOp::star_eq) && !n->is(BinOp::eq_star)) return;
    const std::size_t side = n->is(BinOp::star_eq) ? 1 : 0;
    n->kids[side] = c.build.with(Kind::outer_mark, {}, n->kid(side));
    n->op = static_cast<std::uint8_t>(BinOp::eq);
  });
  if (c.to_is(Dialect::oracle) || !c.build.made(Kind::outer_mark)) return;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::select)) outer_marks(n, c);
    return true;
  });
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::outer_mark)) c.refuse(n, "(+) in this place");
    return true;
  });
}

namespace {

/// UNPIVOT (amount FOR quarter IN (q1, q2)): one select a column, without its NULLs.
void unpivot(Node* s, Node* p, Context& c) {
  Node* source = p->kid(0);
  Node* value = p->kid(1)->kid(0)->kid(0);
  Node* column = p->kid(2);
  if (!source->is(Kind::table) || !value->is(Kind::name) || !column->is(Kind::name)) {
    c.refuse(p, "UNPIVOT of this form is not translated");
  }
  std::vector<std::string_view> columns;
  if (!source_columns(c, source, columns)) {
    c.refuse(p, "UNPIVOT keeps the table's other columns, which are not known; give the schema",
             "schema");
  }
  Node* whole = nullptr;
  for (const Node* one : *p->kid(3)) {
    const std::string_view name = last_name(one->kid(0));
    if (name.empty()) c.refuse(one, "UNPIVOT over several columns is not translated");
    Node* q = c.build.select();
    Node* items = q->kids[select_slot::items] = c.build.list();
    for (std::string_view k : columns) {
      bool used = false;
      for (const Node* v : *p->kid(3)) used = used || same_word(last_name(v->kid(0)), k);
      if (!used) c.build.add(items, c.build.item(c.build.name(k)));
    }
    // Oracle names a column in capitals where no other label is given.
    std::string label(one->kid(1) ? one->kid(1)->text : name);
    if (!one->kid(1) && c.from_is(Dialect::oracle)) {
      for (char& ch : label) ch = upper(ch);
    }
    c.build.add(items, c.build.item(c.build.string(c.build.text(label)), c.build.clone(column)));
    c.build.add(items, c.build.item(c.build.name(name), c.build.clone(value)));
    q->kids[select_slot::from] = c.build.list_of(c.build.clone(source));
    if (p->text != "INCLUDE NULLS") {
      q->kids[select_slot::where] =
          c.build.binary(BinOp::is_not, c.build.name(name), c.build.null());
    }
    whole = whole ? union_all(c, whole, q) : q;
  }
  Node* alias = p->kid(4);
  s->kids[select_slot::from] =
      c.build.list_of(derived_table(c, whole, alias ? alias->text : c.fresh("iacdb_u_")));
}

}  // namespace

namespace {

/// The grouping columns: the source's that neither the aggregates nor FOR use.
std::vector<std::string_view> pivot_columns(Node* p, Node* query, Context& c) {
  Node* source = p->kid(0);
  std::vector<std::string_view> columns;
  const TableFacts* facts =
      c.options.schema && source->is(Kind::table)
          ? c.options.schema->table(last_name(source->kid(table_slot::source)))
          : nullptr;
  if (query && query->is(Kind::select)) {
    for (const Node* item : *query->kid(select_slot::items)) {
      const std::string_view name = item->kid(1) ? item->kid(1)->text : last_name(item->kid(0));
      if (name.empty())
        c.refuse(item, "PIVOT needs a name for every column of its source", "schema");
      columns.push_back(name);
    }
  } else if (facts) {
    for (const ColumnFacts& f : facts->columns) columns.push_back(f.name);
  } else {
    c.refuse(p, "PIVOT groups by the table's other columns, which are not known; give the schema",
             "schema");
  }
  return columns;
}

/// One column a value: SUM(CASE WHEN column = value THEN x END).
void pivot_values(Node* p, std::string_view column, Node* items, Context& c) {
  const bool several = p->kid(1)->size > 1;
  for (Node* value : *p->kid(3)) {
    Node* wanted = value->kid(0);
    // SQL Server writes the values as names.
    if (wanted->is(Kind::name)) {
      const std::string_view t = wanted->text;
      const bool number = !t.empty() && t.find_first_not_of("0123456789") == std::string_view::npos;
      wanted = number ? c.build.number(t) : c.build.string(t);
    }
    for (Node* a : *p->kid(1)) {
      Node* call = c.build.clone(a->kid(0));
      if (!call->is(Kind::call)) c.refuse(a, "this aggregate of PIVOT");
      Node* args = call->kid(call_slot::args);
      Node* inside =
          args->size && !args->kid(0)->is(Kind::star) ? args->kid(0) : c.build.number("1");
      Node* made = c.build.slots(Kind::case_, 2);
      c.build.add(
          made, c.build.with(Kind::when, {},
                             c.build.binary(BinOp::eq, c.build.name(column), c.build.clone(wanted)),
                             inside));
      if (args->size)
        args->kids[0] = made;
      else
        c.build.add(args, made);
      std::string name(value->kid(1) ? value->kid(1)->text : wanted->text);
      if (several || a->kid(1)) {
        if (!a->kid(1)) c.refuse(a, "several aggregates of PIVOT need names");
        name += "_" + std::string(a->kid(1)->text);
      }
      Node* alias =
          c.build.name(c.build.text(name), value->kid(0)->has(flag::quoted) ||
                                               (!value->kid(1) && !value->kid(0)->is(Kind::name)));
      if (value->kid(1)) alias->flags = value->kid(1)->flags & ~flag::done;
      alias->flags |= flag::done;
      c.build.add(items, c.build.item(call, alias));
    }
  }
}

}  // namespace

void pass_pivot(Context& c) {
  if (c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select) || !n->kid(select_slot::from)) return;
    Node* from = n->kid(select_slot::from);
    if (from->size != 1 || !from->kid(0)->is(Kind::pivot)) return;
    Node* p = from->kid(0);
    if (p->op == 1) {
      unpivot(n, p, c);
      return;
    }
    Node* source = p->kid(0);
    Node* query = source->is(Kind::table) && source->kid(table_slot::source)->is(Kind::subquery)
                      ? source->kid(table_slot::source)->kid(0)
                      : nullptr;
    if (!p->kid(2)->is(Kind::name)) c.refuse(p, "PIVOT over several columns is not translated");
    const std::string_view column = p->kid(2)->text;
    const std::vector<std::string_view> columns = pivot_columns(p, query, c);
    std::vector<std::string_view> used{column};
    for (const Node* a : *p->kid(1)) {
      walk(a->kid(0), [&](Node* k) {
        if (k->is(Kind::name)) used.push_back(k->text);
        return true;
      });
    }
    Node* inner = c.build.select();
    Node* items = inner->kids[select_slot::items] = c.build.list();
    Node* group = c.build.list();
    for (std::string_view name : columns) {
      bool taken = false;
      for (std::string_view u : used) taken = taken || same_word(u, name);
      if (taken) continue;
      c.build.add(items, c.build.item(c.build.name(name)));
      c.build.add(group, c.build.name(name));
    }
    pivot_values(p, column, items, c);
    inner->kids[select_slot::from] = c.build.list_of(source);
    inner->kids[select_slot::group] = group->size ? group : nullptr;
    Node* t = c.build.slots(Kind::table, table_slot::count);
    t->kids[table_slot::source] = c.build.with(Kind::subquery, {}, inner);
    t->kids[table_slot::alias] = p->kid(4) ? p->kid(4) : c.build.name(c.fresh("_p_"));
    n->kids[select_slot::from] = c.build.list_of(t);
  });
}

}  // namespace iacdb::sql
