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
    if (!item->is(Kind::item) || !is_series(item->kid(0))) continue;
    const std::string_view name = item->kid(1) ? item->kid(1)->text : "generate_series";
    const std::string_view alias = c.fresh("iacdb_s_");
    Node* query = series_query(item->kid(0), name, c);
    s->kids[select_slot::from] = c.build.list_of(derived_table(c, query, alias));
    item->kids[0] = c.build.column(alias, name);
    return;
  }
}

}  // namespace

void pass_series(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::select)) series_item(n, c);
    if (n->is(Kind::select) && c.from != c.to) write_table_functions(n, c);
    if (n->is(Kind::table) && is_series(n->kid(table_slot::source))) series_table(n, c);
  });
}

}  // namespace iacdb::sql
