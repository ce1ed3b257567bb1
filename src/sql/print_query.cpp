// Queries.

#include "sql/parser.hpp"
#include "sql/printer.hpp"

namespace iacdb::sql {

void Printer::query(const Node* n) {
  if (n->kids && n->kid(query_slot::with) &&
      (n->is(Kind::select) || n->is(Kind::set_op) || n->is(Kind::values))) {
    with(n->kid(query_slot::with));
  }
  switch (n->kind) {
    case Kind::select:
      select(n);
      break;
    case Kind::set_op:
      set_op(n);
      break;
    case Kind::values:
      values(n);
      break;
    default:
      statement(n);
      return;
  }
  tail(n);
}

void Printer::with(const Node* n) {
  put("WITH ");
  const bool keyword = !is(Dialect::tsql) && !is(Dialect::oracle);
  if (n->has(flag::recursive) && keyword) put("RECURSIVE ");
  for (std::uint32_t i = 0; i < n->size; ++i) {
    const Node* c = n->kids[i];
    if (i > 0) put(", ");
    name(c->kid(cte_slot::name));
    if (c->kid(cte_slot::columns)) names(c->kid(cte_slot::columns));
    put(" AS ");
    if (is(Dialect::postgres) || is(Dialect::sqlite)) {
      if (c->has(flag::materialized)) put("MATERIALIZED ");
      if (c->has(flag::not_materialized)) put("NOT MATERIALIZED ");
    }
    put("(");
    statement(c->kid(cte_slot::body));
    put(")");
    if (const Node* extra = c->kid(cte_slot::tail)) {
      if (!is(Dialect::postgres) && !is(Dialect::oracle)) unsupported(c, "SEARCH or CYCLE");
      put(" ");
      put(extra->text);
    }
  }
  put(" ");
}

bool Printer::uses_top(const Node* s) const {
  const Node* l = s->kid(query_slot::limit);
  return is(Dialect::tsql) && s->is(Kind::select) && l && l->kid(0) && !l->kid(1);
}

void Printer::select(const Node* n) {
  put("SELECT");
  select_head(n);
  if (n->kid(select_slot::items) && n->kid(select_slot::items)->size > 0) {
    put(" ");
    items(n->kid(select_slot::items));
  }
  select_clauses(n);
}

void Printer::select_head(const Node* n) {
  if (n->has(flag::distinct)) put(" DISTINCT");
  if (const Node* on = n->kid(select_slot::distinct_on)) {
    if (!is(Dialect::postgres)) unsupported(n, "DISTINCT ON");
    put(" ON (");
    list(on);
    put(")");
  }
  if (uses_top(n)) {
    const Node* l = n->kid(query_slot::limit);
    put(" TOP ");
    const bool simple = l->kid(0)->is(Kind::number);
    if (!simple) put("(");
    expression(l->kid(0)->is(Kind::paren) ? l->kid(0)->kid(0) : l->kid(0));
    if (!simple) put(")");
    if (l->has(flag::percent)) put(" PERCENT");
    if (l->has(flag::with_ties)) put(" WITH TIES");
  }
  if (const Node* hints = n->kid(select_slot::hints)) {
    put(" ");
    list(hints, " ");
  }
}

void Printer::select_clauses(const Node* n) {
  if (const Node* into = n->kid(select_slot::into)) {
    put(into->has(flag::temporary) && is(Dialect::postgres) ? " INTO TEMPORARY " : " INTO ");
    expression(into);
  }
  if (n->kid(select_slot::from)) from(n->kid(select_slot::from));
  const auto clause = [&](int slot, std::string_view word) {
    const Node* c = n->kid(static_cast<std::size_t>(slot));
    if (!c) return;
    put(word);
    if (c->is(Kind::list))
      list(c);
    else
      expression(c);
  };
  clause(select_slot::where, " WHERE ");
  clause(select_slot::start_with, " START WITH ");
  if (const Node* c = n->kid(select_slot::connect_by)) {
    if (!is(Dialect::oracle)) unsupported(n, "CONNECT BY");
    put(c->text == "NOCYCLE" ? " CONNECT BY NOCYCLE " : " CONNECT BY ");
    expression(c->kid(0));
  }
  if (const Node* group = n->kid(select_slot::group)) {
    put(" GROUP BY ");
    const Node* only = group->size == 1 ? group->kid(0) : nullptr;
    if (only && only->is(Kind::call) && only->has(flag::with_as)) {
      list(only->kid(call_slot::args));
      put(" WITH ");
      put(only->text);
    } else {
      list(group);
    }
  }
  clause(select_slot::having, " HAVING ");
  if (const Node* windows = n->kid(select_slot::windows)) {
    put(" WINDOW ");
    for (std::uint32_t i = 0; i < windows->size; ++i) {
      if (i > 0) put(", ");
      name(windows->kids[i]->kid(1));
      put(" AS ");
      window(windows->kids[i]->kid(0));
    }
  }
  if (n->kid(select_slot::qualify)) unsupported(n, "QUALIFY");
}

namespace {

int set_power(const Node* n, Dialect dialect) {
  const bool flat = dialect == Dialect::sqlite || dialect == Dialect::oracle;
  return n->set() == SetKind::intersect && !flat ? 2 : 1;
}

}  // namespace

/// A side of a set operation; parentheses where precedence or its own clauses need them.
void Printer::operand(const Node* n, bool right, const Node* parent) {
  const bool clauses = n->kid(query_slot::order) || n->kid(query_slot::limit) ||
                       n->kid(query_slot::with) || n->kid(query_slot::locks);
  bool parens = clauses;
  if (n->is(Kind::set_op)) {
    const int mine = set_power(n, dialect_);
    const int theirs = set_power(parent, dialect_);
    parens = parens || mine < theirs || (right && mine == theirs);
  }
  if (!parens) return query(n);
  if (is(Dialect::sqlite)) {  // no parentheses around a side: a derived table instead
    put("SELECT * FROM (");
    query(n);
    return put(")");
  }
  put("(");
  query(n);
  put(")");
}

void Printer::set_op(const Node* n) {
  operand(n->kid(set_slot::left), false, n);
  switch (n->set()) {
    case SetKind::union_:
      put(" UNION");
      break;
    case SetKind::intersect:
      put(" INTERSECT");
      break;
    case SetKind::except:
      put(is(Dialect::oracle) ? " MINUS" : " EXCEPT");
      break;
  }
  if (n->has(flag::all)) {
    const bool limited = n->set() != SetKind::union_ && (is(Dialect::sqlite) || is(Dialect::tsql));
    if (limited) unsupported(n, "INTERSECT ALL or EXCEPT ALL");
    put(" ALL");
  }
  put(" ");
  operand(n->kid(set_slot::right), true, n);
}

void Printer::values(const Node* n) {
  put("VALUES ");
  list(n->kid(values_slot::rows));
}

void Printer::tail(const Node* n) {
  if (const Node* by = n->kid(query_slot::order)) {
    put(" ");
    order(by);
  }
  if (const Node* l = n->kid(query_slot::limit)) limit(l, n);
  if (const Node* l = n->kid(query_slot::locks)) locks(l);
  if (n->is(Kind::select) && n->kid(select_slot::options)) {
    put(" ");
    put(n->kid(select_slot::options)->text);
  }
}

void Printer::limit(const Node* n, const Node* q) {
  const Node* count = n->kid(0);
  const Node* offset = n->kid(1);
  if (!count && !offset) return;
  const bool special = n->has(flag::with_ties) || n->has(flag::percent);
  const bool written = is(Dialect::postgres) && n->op != 0;
  if (is(Dialect::tsql) || is(Dialect::oracle) || special || written) return fetch(n, q);
  if (count) {
    put(" LIMIT ");
    expression(count);
  } else if (is(Dialect::mysql)) {
    put(" LIMIT 18446744073709551615");
  } else if (is(Dialect::sqlite)) {
    put(" LIMIT -1");
  }
  if (offset) {
    put(" OFFSET ");
    expression(offset);
  }
}

/// PostgreSQL wants parentheses around a count that is calculated.
void Printer::count_of_rows(const Node* n) {
  const bool bare = !is(Dialect::postgres) || !n->is(Kind::binary);
  if (!bare) put("(");
  expression(n);
  if (!bare) put(")");
}

void Printer::fetch(const Node* n, const Node* q) {
  if (uses_top(q)) return;
  if (is(Dialect::mysql) || is(Dialect::sqlite)) unsupported(n, "FETCH .. WITH TIES or PERCENT");
  if (n->has(flag::percent) && !is(Dialect::oracle)) unsupported(n, "FETCH .. PERCENT");
  if (n->has(flag::with_ties) && is(Dialect::tsql)) unsupported(n, "OFFSET with WITH TIES");
  if (is(Dialect::tsql) && !q->kid(query_slot::order)) put(" ORDER BY (SELECT NULL)");
  if (const Node* offset = n->kid(1)) {
    put(" OFFSET ");
    count_of_rows(offset);
    put(" ROWS");
  } else if (is(Dialect::tsql)) {
    put(" OFFSET 0 ROWS");
  }
  if (!n->kid(0)) return;
  put(n->op == 2 ? " FETCH NEXT " : " FETCH FIRST ");
  count_of_rows(n->kid(0));
  if (n->has(flag::percent)) put(" PERCENT");
  put(n->has(flag::with_ties) ? " ROWS WITH TIES" : " ROWS ONLY");
}

void Printer::locks(const Node* l) {
  if (is(Dialect::sqlite) || is(Dialect::tsql)) unsupported(l, "FOR UPDATE");
  for (const Node* lock : *l) {
    const bool strong = lock->text == "UPDATE";
    if (!strong && is(Dialect::oracle)) unsupported(lock, "a shared row lock");
    if (is(Dialect::mysql) && lock->text != "SHARE" && !strong) unsupported(lock, "this row lock");
    put(" FOR ");
    put(lock->text);
    if (lock->kid(0)) {
      put(" OF ");
      list(lock->kid(0));
    }
    const Node* wait = lock->kid(1);
    if (!wait) continue;
    if (!wait->is(Kind::raw)) {
      if (!is(Dialect::oracle) && !is(Dialect::mysql)) unsupported(lock, "WAIT n");
      put(" WAIT ");
    } else {
      put(" ");
    }
    expression(wait);
  }
}

void Printer::items(const Node* l) {
  list(l);
}

void Printer::item(const Node* n) {
  expression(n->kid(0));
  if (n->kid(1)) {
    put(" AS ");
    name(n->kid(1));
  }
}

void Printer::from(const Node* l) {
  put(" FROM ");
  for (std::uint32_t i = 0; i < l->size; ++i) {
    if (i > 0) put(", ");
    table(l->kids[i]);
  }
}

void Printer::table(const Node* n) {
  switch (n->kind) {
    case Kind::join:
      return join(n);
    case Kind::pivot:
      return pivot(n);
    case Kind::paren:
      put("(");
      table(n->kid(0));
      return put(")");
    default:
      break;
  }
  if (n->has(flag::lateral)) {
    if (is(Dialect::sqlite) || is(Dialect::tsql)) unsupported(n, "LATERAL");
    put("LATERAL ");
  }
  if (n->has(flag::only)) {
    if (!is(Dialect::postgres)) unsupported(n, "ONLY");
    put("ONLY ");
  }
  const Node* source = n->kid(table_slot::source);
  if (n->text == "TABLE") {
    if (!is(Dialect::oracle)) unsupported(n, "TABLE(..)");
    put("TABLE(");
    expression(source);
    put(")");
  } else {
    expression(source);
  }
  if (n->has(flag::ordinality)) {
    if (!is(Dialect::postgres)) unsupported(n, "WITH ORDINALITY");
    put(" WITH ORDINALITY");
  }
  if (const Node* sample = n->kid(table_slot::sample)) {
    if (is(Dialect::mysql) || is(Dialect::sqlite)) unsupported(n, "TABLESAMPLE");
    put(" ");
    put(sample->text);
  }
  const Node* hints = n->kid(table_slot::hints);
  // The columns of OPENJSON stand before the alias.
  const bool first = hints && source->is(Kind::call) && same_word(source->text, "OPENJSON");
  if (first) {
    put(" ");
    put(hints->text);
  }
  // A name that nobody wrote stands only where a derived table must have one.
  const Node* alias = n->kid(table_slot::alias);
  if (alias && !(alias->has(flag::only) && is(Dialect::sqlite))) {
    put(is(Dialect::oracle) ? " " : " AS ");
    name(alias);
  }
  if (const Node* columns = n->kid(table_slot::columns)) {
    if (is(Dialect::sqlite) || is(Dialect::oracle)) unsupported(n, "a column list of an alias");
    if (!n->kid(table_slot::alias)) put(" ");
    names(columns);
  }
  if (hints && !first) {
    put(" ");
    put(hints->text);
  }
}

void Printer::join(const Node* n) {
  table(n->kid(join_slot::left));
  const Node* right = n->kid(join_slot::right);
  put(n->has(flag::natural) ? " NATURAL" : "");
  switch (n->join()) {
    case JoinKind::inner:
      put(" JOIN ");
      break;
    case JoinKind::left:
      put(" LEFT JOIN ");
      break;
    case JoinKind::right:
      put(" RIGHT JOIN ");
      break;
    case JoinKind::full:
      if (is(Dialect::mysql)) unsupported(n, "FULL JOIN");
      put(" FULL JOIN ");
      break;
    case JoinKind::cross:
    case JoinKind::comma:
      put(" CROSS JOIN ");
      break;
    case JoinKind::cross_apply:
      put(" CROSS APPLY ");
      break;
    case JoinKind::outer_apply:
      put(" OUTER APPLY ");
      break;
    case JoinKind::straight:
      put(" STRAIGHT_JOIN ");
      break;
  }
  const bool apply = n->join() == JoinKind::cross_apply || n->join() == JoinKind::outer_apply;
  if (apply && !is(Dialect::tsql) && !is(Dialect::oracle)) unsupported(n, "APPLY");
  if (right->is(Kind::join)) {
    put("(");
    table(right);
    put(")");
  } else {
    table(right);
  }
  if (n->kid(join_slot::on)) {
    put(" ON ");
    expression(n->kid(join_slot::on));
  }
  if (n->kid(join_slot::using_)) {
    if (is(Dialect::tsql)) unsupported(n, "JOIN .. USING");
    put(" USING ");
    names(n->kid(join_slot::using_));
  }
}

void Printer::pivot(const Node* n) {
  if (!is(Dialect::tsql) && !is(Dialect::oracle)) unsupported(n, "PIVOT");
  table(n->kid(0));
  put(n->op ? " UNPIVOT " : " PIVOT ");
  if (!n->text.empty()) {
    put(n->text);
    put(" ");
  }
  put("(");
  list(n->kid(1));
  put(" FOR ");
  expression(n->kid(2));
  put(" IN (");
  list(n->kid(3));
  put("))");
  if (n->kid(4)) {
    put(is(Dialect::oracle) ? " " : " AS ");
    name(n->kid(4));
  }
}

}  // namespace iacdb::sql
