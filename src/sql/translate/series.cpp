// generate_series as a table, where the target has no such function.

#include <string>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/table_functions.hpp"

namespace iacdb::sql {

namespace {

bool is_series(const Node* n) {
  return is_call(n, "GENERATE_SERIES") && argument_count(n) >= 2;
}

bool native(Context& c) {
  return c.to_is(Dialect::postgres) ||
         (c.to_is(Dialect::tsql) &&
          (c.options.target_version == 0 || c.options.target_version >= 2022));
}

bool downwards(const Node* step) {
  if (!step) return false;
  if (step->is(Kind::unary) && step->text == "-") return true;
  return step->is(Kind::interval) && step->kid(0)->is(Kind::string) &&
         step->kid(0)->text.starts_with('-');
}

/// WITH RECURSIVE s(v) AS (SELECT a UNION ALL SELECT v + step ..) SELECT v FROM s WHERE v <= b
Node* series_query(Node* call, std::string_view column, Context& c) {
  const std::string_view name = c.fresh("iacdb_series_");
  Node* stop = argument(call, 1);
  Node* step = argument_count(call) > 2 ? argument(call, 2) : c.build.number("1");
  // Between moments a text is an interval; as anything else the series would not end.
  if (step->is(Kind::string)) {
    Node* interval = c.build.slots(Kind::interval, 2);
    interval->kids[0] = step;
    step = interval;
  }
  if (step->is(Kind::interval) || step->is(Kind::cast)) {
    // A bare text would be compared as one.
    for (std::uint32_t i = 0; i < 2; ++i) {
      Node*& end = call->kids[call_slot::args]->kids[i];
      if (end->is(Kind::string)) end = c.build.with(Kind::typed_literal, "TIMESTAMP", end);
    }
    stop = argument(call, 1);
  }
  const BinOp within = downwards(step) ? BinOp::ge : BinOp::le;
  Node* first = c.build.select();
  first->kids[select_slot::items] =
      c.build.list_of(c.build.item(argument(call, 0), c.build.name("v")));
  Node* next = c.build.select();
  Node* moved = c.build.binary(BinOp::add, c.build.name("v"), step);
  next->kids[select_slot::items] = c.build.list_of(c.build.item(moved));
  next->kids[select_slot::from] = c.build.list_of(table_of(c, c.build.name(name)));
  next->kids[select_slot::where] =
      c.build.binary(within, c.build.clone(moved), c.build.clone(stop));
  Node* outer = c.build.select();
  Node* alias = c.build.name(column);
  alias->flags |= flag::done;
  outer->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.name("v"), alias));
  outer->kids[select_slot::from] = c.build.list_of(table_of(c, c.build.name(name)));
  outer->kids[select_slot::where] = c.build.binary(within, c.build.name("v"), stop);
  add_cte(c, outer, name, c.build.list_of(c.build.name("v")), union_all(c, first, next), true);
  return outer;
}

/// The column's name: of the alias's list, the alias itself, or the function's.
std::string_view column_of(const Node* table, Context& c) {
  if (const Node* columns = table->kid(table_slot::columns)) return last_name(columns->kid(0));
  if (c.from_is(Dialect::tsql) || c.from_is(Dialect::sqlite)) return "value";
  const Node* alias = table->kid(table_slot::alias);
  return alias ? alias->text : std::string_view("generate_series");
}

/// True where the statement says the column's name, besides the alias that gives it.
bool is_named(const Context& c, const Node* alias) {
  const std::string_view name = alias ? alias->text : std::string_view("generate_series");
  bool found = false;
  walk(c.statement, [&](const Node* n) {
    found = found || (n != alias && n->is(Kind::name) && same_word(n->text, name));
    return !found;
  });
  return found;
}

void series_table(Node* table, Context& c) {
  Node* call = table->kid(table_slot::source);
  if (table->has(flag::ordinality)) c.refuse(table, "WITH ORDINALITY has no equal");
  const std::string_view column = column_of(table, c);
  Node*& alias = table->kids[table_slot::alias];
  if (native(c) && c.to_is(Dialect::tsql) && !table->kid(table_slot::columns)) {
    // SQL Server's column is called value: another name needs a word only where it is said.
    if (!c.from_is(Dialect::postgres) || !is_named(c, alias)) return;
  }
  if (!alias) {
    alias = c.build.name(c.from_is(Dialect::postgres) ? std::string_view("generate_series")
                                                      : c.fresh("iacdb_s_"));
  }
  if (native(c)) {
    if (!table->kid(table_slot::columns)) {
      table->kids[table_slot::columns] = c.build.list_of(c.build.name(column));
    }
    return;
  }
  table->kids[table_slot::columns] = nullptr;
  table->kids[table_slot::source] = c.build.with(Kind::subquery, {}, series_query(call, column, c));
  table->flags &= ~flag::lateral;
}

/// SELECT generate_series(1, 3): the function in the list makes the rows.
void series_item(Node* s, Context& c) {
  if (c.to_is(Dialect::postgres) || s->kid(select_slot::from)) return;
  for (Node* item : *s->kid(select_slot::items)) {
    if (!item->is(Kind::item)) continue;
    const bool alone = is_series(item->kid(0));
    bool done = false;
    rewrite_tree(item->kids[0], [&](Node*& k) {
      if (done || !is_series(k)) return;
      done = true;
      const std::string_view name = item->kid(1) && alone ? item->kid(1)->text : "generate_series";
      const std::string_view alias = c.fresh("iacdb_s_");
      Node* query = series_query(k, name, c);
      s->kids[select_slot::from] = c.build.list_of(derived_table(c, query, alias));
      k = c.build.column(alias, name);
    });
    if (done && !alone && !item->kid(1)) item->kids[1] = c.build.name("generate_series");
    if (done) return;
  }
}

/// The table whose columns a series runs by; empty when it runs by none, or several.
bool by_columns(const Node* call, std::string_view& owner) {
  bool found = false;
  for (Node* a : *call->kid(call_slot::args)) {
    walk(a, [&](Node* k) {
      if (k->is(Kind::subquery)) return false;
      if (!k->is(Kind::path)) return true;
      owner = !found || same_word(owner, qualifier(k)) ? qualifier(k) : std::string_view();
      found = true;
      return false;
    });
  }
  return found;
}

const Node* table_known_as(const Node* from, std::string_view name) {
  if (!from) return nullptr;
  if (from->is(Kind::table)) return same_word(known_as(from), name) ? from : nullptr;
  if (!from->is(Kind::list) && !from->is(Kind::join)) return nullptr;
  const std::uint32_t tables = from->is(Kind::join) ? 2 : from->size;
  for (std::uint32_t i = 0; i < tables; ++i) {
    if (const Node* found = table_known_as(from->kids[i], name)) return found;
  }
  return nullptr;
}

/// (SELECT MAX(end) FROM the table) AS far as any of its rows goes.
Node* farthest(Node* end, std::string_view function, const Node* table, Context& c) {
  Node* s = c.build.select();
  Node* call = c.build.call(function, c.build.clone(end));
  s->kids[select_slot::items] = c.build.list_of(c.build.item(call));
  s->kids[select_slot::from] = c.build.list_of(c.build.clone(table));
  return c.build.with(Kind::subquery, {}, s);
}

/// A series by the columns of a row: one that goes as far as any row needs, and a condition that
/// leaves each row its own.
Node* series_of_rows(Node* s, Node* table, Context& c) {
  Node* call = table->kid(table_slot::source);
  std::string_view owner;
  by_columns(call, owner);
  const Node* of = table_known_as(s->kid(select_slot::from), owner);
  const Node* step = argument_count(call) > 2 ? argument(call, 2) : nullptr;
  Node* first = argument(call, 0);
  Node* last = argument(call, 1);
  const bool constant = first->is(Kind::number);
  const bool steps = !step || (step->is(Kind::number) && (constant || step->text == "1"));
  if (!of || !of->kid(table_slot::source)->is(Kind::name) || !steps) {
    c.refuse(table,
             "generate_series by the columns of a row has no equal here but from a number "
             "or by 1, over one table");
  }
  const std::string_view column = column_of(table, c);
  const std::string_view alias = known_as(table);
  Node* own = c.build.with(Kind::between, {}, c.build.column(alias, column), c.build.clone(first),
                           c.build.clone(last));
  Node* args = call->kids[call_slot::args];
  if (!constant) args->kids[0] = farthest(first, "MIN", of, c);
  if (!last->is(Kind::number)) args->kids[1] = farthest(last, "MAX", of, c);
  series_table(table, c);
  return own;
}

bool runs_by_columns(const Node* n) {
  std::string_view owner;
  return n && n->is(Kind::table) && is_series(n->kid(table_slot::source)) &&
         by_columns(n->kid(table_slot::source), owner);
}

void series_joined(Node* s, Node* n, Context& c) {
  if (!n->is(Kind::join)) return;
  series_joined(s, n->kid(join_slot::left), c);
  if (!runs_by_columns(n->kid(join_slot::right))) return;
  Node* own = series_of_rows(s, n->kid(join_slot::right), c);
  Node* on = n->kid(join_slot::on);
  const bool always = !on || (on->is(Kind::boolean) && on->text == "TRUE");
  n->kids[join_slot::on] = always ? own : and_of(c, own, on);
  if (n->join() == JoinKind::cross || n->join() == JoinKind::comma ||
      n->join() == JoinKind::cross_apply) {
    n->op = static_cast<std::uint8_t>(JoinKind::inner);
  }
  if (n->join() == JoinKind::outer_apply) n->op = static_cast<std::uint8_t>(JoinKind::left);
}

void series_by_columns(Node* s, Context& c) {
  Node* from = s->kid(select_slot::from);
  for (std::uint32_t i = 0; from && i < from->size; ++i) {
    series_joined(s, from->kids[i], c);
    if (!runs_by_columns(from->kids[i])) continue;
    Node* own = series_of_rows(s, from->kids[i], c);
    s->kids[select_slot::where] = and_of(c, s->kid(select_slot::where), own);
  }
}

}  // namespace

void pass_series(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::select)) series_item(n, c);
    if (n->is(Kind::select) && c.from != c.to) write_table_functions(n, c);
    if (n->is(Kind::select) && !native(c)) series_by_columns(n, c);
    if (!n->is(Kind::table) || !is_series(n->kid(table_slot::source))) return;
    if (native(c) || !runs_by_columns(n)) series_table(n, c);
  });
}

}  // namespace iacdb::sql
