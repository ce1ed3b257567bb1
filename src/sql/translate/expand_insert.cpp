// INSERT ALL and INSERT FIRST: one INSERT a branch.

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

bool has_names(Node* n) {
  bool found = false;
  walk(n, [&](Node* k) {
    found = found || k->is(Kind::name);
    return !k->is(Kind::next_value) && !k->is(Kind::call);
  });
  return found;
}

/// True where a condition is not true, NULL counted in.
Node* not_true(Context& c, Node* condition) {
  Node* value = case_when(c, condition, c.build.number("1"), c.build.number("0"));
  return c.build.binary(BinOp::eq, value, c.build.number("0"));
}

Node* branch(Node* insert, Node* source, Node* condition, Context& c) {
  Node* values = insert->kid(insert_slot::source);
  const bool constant = !condition && values && !has_names(values);
  const Node* from = source->is(Kind::select) ? source->kid(select_slot::from) : nullptr;
  const bool dual =
      source->is(Kind::select) && !source->kid(select_slot::where) &&
      (!from || (from->size == 1 && from->kid(0)->is(Kind::table) &&
                 same_word(last_name(from->kid(0)->kid(table_slot::source)), "dual")));
  if (constant && dual) return insert;
  Node* s = c.build.select();
  Node* items = s->kids[select_slot::items] = c.build.list();
  if (values) {
    for (Node* v : *values->kid(values_slot::rows)->kid(0)) c.build.add(items, c.build.item(v));
  } else {
    c.build.add(items, c.build.item(c.build.node(Kind::star)));
  }
  s->kids[select_slot::from] =
      c.build.list_of(derived_table(c, c.build.clone(source), c.fresh("iacdb_src_")));
  s->kids[select_slot::where] = condition;
  insert->kids[insert_slot::source] = s;
  return insert;
}

}  // namespace

void expand_insert_all(Context& c, Steps& steps) {
  Node* n = c.statement;
  const bool first = n->text == "FIRST";
  Node* source = n->kid(insert_slot::source);
  Node* before = nullptr;
  const Node* last_condition = nullptr;
  for (Node* when : *n->kid(insert_slot::columns)) {
    Node* insert = when->kid(1);
    const std::string_view table =
        last_name(insert->kid(insert_slot::target)->kid(table_slot::source));
    walk(source, [&](Node* k) {
      if (k->is(Kind::table) && same_word(last_name(k->kid(table_slot::source)), table)) {
        c.refuse(k, "INSERT ALL into a table that its own query reads has no equal");
      }
      return true;
    });
    const bool otherwise = when->text == "ELSE";
    Node* own = when->kid(0);
    Node* condition = own ? c.build.clone(own) : nullptr;
    // A new WHEN of FIRST is tried only where those before it were not true.
    if ((first || otherwise) && own != last_condition && last_condition) {
      Node* missed = not_true(c, c.build.clone(last_condition));
      before = and_of(c, before, missed);
    }
    last_condition = own;
    if (first || otherwise) condition = and_of(c, condition, c.build.clone(before));
    if (!first && own && !otherwise) before = and_of(c, before, not_true(c, c.build.clone(own)));
    steps.statements.push_back(branch(insert, source, condition, c));
  }
}

}  // namespace iacdb::sql
