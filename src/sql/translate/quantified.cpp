// x > ANY (query), x = ALL (array): where the target has only IN and EXISTS.

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool is_comparison(const Node* n) {
  return n->is(BinOp::eq) || n->is(BinOp::neq) || n->is(BinOp::lt) || n->is(BinOp::le) ||
         n->is(BinOp::gt) || n->is(BinOp::ge);
}

BinOp opposite(BinOp op) {
  switch (op) {
    case BinOp::eq:
      return BinOp::neq;
    case BinOp::neq:
      return BinOp::eq;
    case BinOp::lt:
      return BinOp::ge;
    case BinOp::le:
      return BinOp::gt;
    case BinOp::gt:
      return BinOp::le;
    default:
      return BinOp::lt;
  }
}

/// x op (query): TRUE where one row (ANY) or none (ALL) decides, NULL where a NULL might have.
Node* by_exists(Node* n, Node* query, bool any, Context& c) {
  if (!query->is(Kind::select) || query->kid(select_slot::items)->size != 1 ||
      query->kid(select_slot::items)->kid(0)->kid(0)->is(Kind::star)) {
    c.refuse(n, "ANY and ALL of this query have no equal; select one column by its name");
  }
  const std::string_view table = c.fresh("iacdb_q_");
  const std::string_view column = c.fresh("iacdb_c_");
  query->kid(select_slot::items)->kids[0]->kids[1] = c.build.name(column);
  const auto rows = [&](Node* condition) {
    return exists_of(c, c.build.list_of(derived_table(c, c.build.clone(query), table)), condition);
  };
  const auto compared = [&](BinOp op) {
    return c.build.binary(op, c.build.clone(n->kid(0)), c.build.name(column));
  };
  const BinOp op = any ? n->bin() : opposite(n->bin());
  Node* unknown = c.build.binary(BinOp::is, c.build.paren(compared(op)), c.build.null());
  Node* out = case_when(c, rows(compared(op)), c.build.number(any ? "1" : "0"),
                        c.build.number(any ? "0" : "1"));
  c.build.add(out, c.build.with(Kind::when, {}, rows(unknown), c.build.null()));
  return out;
}

/// Each element compared, side by side.
Node* by_elements(Node* n, const Node* array, bool any, Context& c) {
  Node* out = nullptr;
  for (Node* element : *array) {
    Node* one = c.build.binary(n->bin(), c.build.clone(n->kid(0)), element);
    out = out ? c.build.binary(any ? BinOp::or_ : BinOp::and_, out, one) : one;
  }
  return out ? c.build.paren(out)
             : c.build.binary(BinOp::eq, c.build.number("1"), c.build.number(any ? "0" : "1"));
}

}  // namespace

void pass_quantified(Context& c) {
  if (c.from == c.to) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::binary) || !is_comparison(n) || !n->kid(1)->is(Kind::quantified)) return;
    const bool any = n->kid(1)->text == "ANY";
    Node* of = n->kid(1)->kid(0);
    if (of->is(Kind::array) && of->size == 1 && of->kid(0) && of->kid(0)->is(Kind::subquery) &&
        !c.to_is(Dialect::postgres)) {
      of = of->kid(0)->kid(0);  // ANY(ARRAY(SELECT ..)) looks at every row.
      n->kids[1]->kids[0] = of;
    }
    const bool array = of->is(Kind::array);
    if (array && (c.to_is(Dialect::postgres) || (of->size > 0 && !of->kid(0)))) return;
    if (!array && !c.to_is(Dialect::sqlite)) return;
    if (!array && !of->is(Kind::select) && !of->is(Kind::set_op)) return;
    const bool in = (any && n->is(BinOp::eq)) || (!any && n->is(BinOp::neq));
    if (in && (!array || of->size > 0)) {
      Node* list = c.build.list();
      if (array) {
        for (Node* element : *of) c.build.add(list, element);
      }
      Node* made = c.build.with(Kind::in, {}, n->kid(0),
                                array ? list : c.build.with(Kind::subquery, {}, of));
      if (!any) made->flags |= flag::negated;
      n = made;
    } else {
      n = array ? by_elements(n, of, any, c) : by_exists(n, of, any, c);
    }
  });
}

}  // namespace iacdb::sql
