// Statements: dispatch, and data changes.

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/printer.hpp"
#include "sql/problem.hpp"

namespace iacdb::sql {

std::string print(const Node& statement, Dialect dialect) {
  try {
    Printer printer(dialect);
    printer.statement(&statement);
    return printer.take();
  } catch (const Problem& p) {
    raise_syntax({}, 0, p.message);
  }
}

void Printer::statement(const Node* n) {
  switch (n->kind) {
    case Kind::select:
    case Kind::set_op:
    case Kind::values:
      query(n);
      break;
    case Kind::insert:
      insert(n);
      break;
    case Kind::update:
      update(n);
      break;
    case Kind::delete_:
      delete_(n);
      break;
    case Kind::merge:
      merge(n);
      break;
    case Kind::create_table:
      create_table(n);
      break;
    case Kind::create_index:
      create_index(n);
      break;
    case Kind::create_view:
      create_view(n);
      break;
    case Kind::create_sequence:
      create_sequence(n);
      break;
    case Kind::drop:
      drop(n);
      break;
    case Kind::alter_table:
      alter_table(n);
      break;
    case Kind::truncate:
      if (is(Dialect::sqlite)) unsupported(n, "TRUNCATE");
      put("TRUNCATE TABLE ");
      list(n);
      if (!n->text.empty() && is(Dialect::postgres)) {
        put(" ");
        put(n->text);
      }
      if (n->has(flag::cascade) && (is(Dialect::postgres) || is(Dialect::oracle))) put(" CASCADE");
      break;
    case Kind::comment_on:
      comment_on(n);
      break;
    case Kind::transaction:
      transaction(n);
      break;
    case Kind::command:
    case Kind::raw:
      put(n->text);
      break;
    default:
      unsupported(n, "this statement");
      break;
  }
}

void Printer::assigns(const Node* l) {
  for (std::uint32_t i = 0; i < l->size; ++i) {
    if (i > 0) put(", ");
    const Node* a = l->kids[i];
    if (a->kid(0)->is(Kind::row)) {
      if (is(Dialect::mysql) || is(Dialect::tsql)) unsupported(a, "SET (a, b) = ..");
      names(a->kid(0));
    } else {
      expression(a->kid(0));
    }
    put(" = ");
    expression(a->kid(1));
  }
}

void Printer::returning(const Node* l, const char* word) {
  if (!l) return;
  put(word);
  if (l->op != 1) return items(l);
  Node shown = *l;  // OUTPUT .. INTO t (a, b)
  const Node* into = l->kid(--shown.size);
  items(&shown);
  put(" INTO ");
  expression(into->kid(table_slot::source));
  if (const Node* columns = into->kid(table_slot::columns)) {
    put(" (");
    list(columns);
    put(")");
  }
}

void Printer::insert_all(const Node* n) {
  if (!is(Dialect::oracle)) unsupported(n, "INSERT ALL");
  put("INSERT ");
  put(n->text);
  const Node* last = nullptr;
  for (const Node* when : *n->kid(insert_slot::columns)) {
    if (when->kid(0) && when->kid(0) != last) {
      put(" WHEN ");
      expression(when->kid(0));
      put(" THEN");
    } else if (when->text == "ELSE" && last) {
      put(" ELSE");
    }
    last = when->kid(0);
    const Node* one = when->kid(1);
    put(" INTO ");
    expression(one->kid(insert_slot::target)->kid(table_slot::source));
    if (one->kid(insert_slot::columns)) {
      put(" ");
      names(one->kid(insert_slot::columns));
    }
    if (const Node* v = one->kid(insert_slot::source)) {
      put(" VALUES ");
      names(v->kid(values_slot::rows)->kid(0));
    }
  }
  put(" ");
  query(n->kid(insert_slot::source));
}

void Printer::insert(const Node* n) {
  if (is_insert_all(n)) return insert_all(n);
  if (n->text == "OVERRIDING USER VALUE" && !is(Dialect::postgres)) unsupported(n, n->text);
  if (n->kid(insert_slot::with)) with(n->kid(insert_slot::with));
  const bool replace = n->has(flag::replace);
  if ((replace || n->has(flag::ignore)) && !is(Dialect::mysql) && !is(Dialect::sqlite)) {
    unsupported(n, replace ? "REPLACE" : "INSERT IGNORE");
  }
  if (replace) {
    put(is(Dialect::mysql) ? "REPLACE INTO " : "INSERT OR REPLACE INTO ");
  } else if (n->has(flag::ignore)) {
    put(is(Dialect::mysql) ? "INSERT IGNORE INTO " : "INSERT OR IGNORE INTO ");
  } else {
    put("INSERT INTO ");
  }
  table(n->kid(insert_slot::target));
  if (const Node* columns = n->kid(insert_slot::columns)) {
    put(" ");
    names(columns);
  }
  if (!n->text.empty() && is(Dialect::postgres)) {
    put(" ");
    put(n->text);
  }
  if (is(Dialect::tsql)) returning(n->kid(insert_slot::returning), " OUTPUT ");
  const Node* source = n->kid(insert_slot::source);
  if (source->is(Kind::default_value)) {
    if (is(Dialect::oracle)) unsupported(n, "DEFAULT VALUES");
    put(is(Dialect::mysql) ? " () VALUES ()" : " DEFAULT VALUES");
  } else {
    put(" ");
    query(source);
  }
  if (n->kid(insert_slot::conflict)) conflict(n->kid(insert_slot::conflict));
  if (is(Dialect::tsql)) return;
  if (n->kid(insert_slot::returning) && is(Dialect::oracle)) unsupported(n, "RETURNING");
  returning(n->kid(insert_slot::returning), " RETURNING ");
}

void Printer::conflict(const Node* n) {
  if (n->text == "DUPLICATE KEY") {
    if (!is(Dialect::mysql)) unsupported(n, "ON DUPLICATE KEY UPDATE");
    if (n->kid(conflict_slot::alias)) {
      put(" AS ");
      name(n->kid(conflict_slot::alias));
    }
    put(" ON DUPLICATE KEY UPDATE ");
    return assigns(n->kid(conflict_slot::updates));
  }
  if (!is(Dialect::postgres) && !is(Dialect::sqlite)) unsupported(n, "ON CONFLICT");
  put(" ON CONFLICT");
  if (n->kid(conflict_slot::constraint)) {
    if (!is(Dialect::postgres)) unsupported(n, "ON CONFLICT ON CONSTRAINT");
    put(" ON CONSTRAINT ");
    name(n->kid(conflict_slot::constraint));
  } else if (n->kid(conflict_slot::target)) {
    put(" ");
    names(n->kid(conflict_slot::target));
    if (n->kid(conflict_slot::where)) {
      put(" WHERE ");
      expression(n->kid(conflict_slot::where));
    }
  }
  if (!n->kid(conflict_slot::updates)) return put(" DO NOTHING");
  put(" DO UPDATE SET ");
  assigns(n->kid(conflict_slot::updates));
  if (n->kid(conflict_slot::update_where)) {
    put(" WHERE ");
    expression(n->kid(conflict_slot::update_where));
  }
}

void Printer::limit_of_change(const Node* n) {
  if (!n) return;
  if (!is(Dialect::mysql)) unsupported(n, "LIMIT of UPDATE and DELETE");
  if (n->kid(1)) unsupported(n, "OFFSET of UPDATE and DELETE");
  put(" LIMIT ");
  expression(n->kid(0));
}

void Printer::update(const Node* n) {
  if (n->kid(update_slot::with)) with(n->kid(update_slot::with));
  put("UPDATE ");
  if (n->has(flag::ignore)) {
    if (!is(Dialect::mysql)) unsupported(n, "UPDATE IGNORE");
    put("IGNORE ");
  }
  const Node* top = n->kid(update_slot::limit);
  if (is(Dialect::tsql) && top) {
    put("TOP (");
    expression(top->kid(0));
    put(") ");
  }
  const Node* target = n->kid(update_slot::target);
  if (target->is(Kind::join) && !is(Dialect::mysql)) unsupported(target, "UPDATE of a join");
  table(target);
  put(" SET ");
  assigns(n->kid(update_slot::assigns));
  if (is(Dialect::tsql)) returning(n->kid(update_slot::returning), " OUTPUT ");
  if (n->kid(update_slot::from)) {
    if (is(Dialect::mysql) || is(Dialect::oracle)) unsupported(n, "UPDATE .. FROM");
    from(n->kid(update_slot::from));
  }
  if (n->kid(update_slot::where)) {
    put(" WHERE ");
    expression(n->kid(update_slot::where));
  }
  if (n->kid(update_slot::order)) {
    if (!is(Dialect::mysql)) unsupported(n, "ORDER BY of UPDATE");
    put(" ");
    order(n->kid(update_slot::order));
  }
  if (is(Dialect::tsql)) return;
  limit_of_change(top);
  if (!n->kid(update_slot::returning)) return;
  if (is(Dialect::mysql) || is(Dialect::oracle)) unsupported(n, "RETURNING of UPDATE");
  returning(n->kid(update_slot::returning), " RETURNING ");
}

void Printer::delete_(const Node* n) {
  if (n->kid(delete_slot::with)) with(n->kid(delete_slot::with));
  put("DELETE ");
  if (n->has(flag::ignore)) {
    if (!is(Dialect::mysql)) unsupported(n, "DELETE IGNORE");
    put("IGNORE ");
  }
  const Node* top = n->kid(delete_slot::limit);
  if (is(Dialect::tsql) && top) {
    put("TOP (");
    expression(top->kid(0));
    put(") ");
  }
  const Node* targets = n->kid(delete_slot::targets);
  const bool joined = n->kid(delete_slot::from) != nullptr;
  if (targets->size > 1 && !is(Dialect::mysql)) unsupported(n, "DELETE from several tables");
  if (!joined) put("FROM ");
  for (std::uint32_t i = 0; i < targets->size; ++i) {
    if (i > 0) put(", ");
    table(targets->kids[i]);
  }
  if (is(Dialect::tsql)) returning(n->kid(delete_slot::returning), " OUTPUT ");
  if (joined) {
    if (!is(Dialect::mysql) && !is(Dialect::tsql)) unsupported(n, "DELETE of a join");
    from(n->kid(delete_slot::from));
  }
  if (const Node* using_ = n->kid(delete_slot::using_)) {
    if (!is(Dialect::postgres)) unsupported(n, "DELETE .. USING");
    put(" USING ");
    for (std::uint32_t i = 0; i < using_->size; ++i) {
      if (i > 0) put(", ");
      table(using_->kids[i]);
    }
  }
  if (n->kid(delete_slot::where)) {
    put(" WHERE ");
    expression(n->kid(delete_slot::where));
  }
  if (n->kid(delete_slot::order)) {
    if (!is(Dialect::mysql)) unsupported(n, "ORDER BY of DELETE");
    put(" ");
    order(n->kid(delete_slot::order));
  }
  if (is(Dialect::tsql)) return;
  limit_of_change(top);
  if (n->kid(delete_slot::returning) && is(Dialect::oracle)) unsupported(n, "RETURNING");
  returning(n->kid(delete_slot::returning), " RETURNING ");
}

void Printer::merge(const Node* n) {
  if (is(Dialect::mysql) || is(Dialect::sqlite)) unsupported(n, "MERGE");
  if (n->kid(merge_slot::with)) with(n->kid(merge_slot::with));
  put("MERGE INTO ");
  const Node* target = n->kid(merge_slot::target);
  if (is(Dialect::tsql) && target->is(Kind::table) && target->kid(table_slot::hints)) {
    // Here the hint stands before the alias.
    expression(target->kid(table_slot::source));
    put(" ");
    put(target->kid(table_slot::hints)->text);
    if (const Node* alias = target->kid(table_slot::alias)) {
      put(" AS ");
      name(alias);
    }
  } else {
    table(target);
  }
  put(" USING ");
  table(n->kid(merge_slot::source));
  put(" ON ");
  const Node* on = n->kid(merge_slot::on);
  const bool parens = is(Dialect::oracle) && !on->is(Kind::paren);
  if (parens) put("(");
  expression(on);
  if (parens) put(")");
  for (const Node* w : *n->kid(merge_slot::whens)) merge_when(w);
  if (n->kid(merge_slot::returning)) {
    if (!is(Dialect::tsql)) unsupported(n, "OUTPUT of MERGE");
    returning(n->kid(merge_slot::returning), " OUTPUT ");
  }
  if (is(Dialect::tsql)) put(";");
}

void Printer::merge_when(const Node* w) {
  static constexpr const char* heads[] = {" WHEN MATCHED", " WHEN NOT MATCHED",
                                          " WHEN NOT MATCHED BY SOURCE"};
  if (w->op == 2 && !is(Dialect::tsql)) unsupported(w, "WHEN NOT MATCHED BY SOURCE");
  put(heads[w->op]);
  if (w->kid(when_slot::condition)) {
    if (is(Dialect::oracle)) unsupported(w, "a condition of WHEN");
    put(" AND ");
    expression(w->kid(when_slot::condition));
  }
  put(" THEN ");
  if (w->text == "NOTHING") {
    if (!is(Dialect::postgres)) unsupported(w, "DO NOTHING");
    return put("DO NOTHING");
  }
  put(w->text);
  const bool oracle = is(Dialect::oracle);
  if ((w->kid(when_slot::where) || w->kid(when_slot::delete_where)) && !oracle) {
    unsupported(w, "WHERE in a branch of MERGE");
  }
  if (w->text == "DELETE") {
    if (oracle) unsupported(w, "DELETE as a branch of MERGE");
    return;
  }
  if (w->text == "UPDATE") {
    put(" SET ");
    assigns(w->kid(when_slot::assigns));
  } else {
    if (w->kid(when_slot::columns)) {
      put(" ");
      names(w->kid(when_slot::columns));
    }
    if (!w->kid(when_slot::values)) return put(" DEFAULT VALUES");
    put(" VALUES ");
    expression(w->kid(when_slot::values));
  }
  if (w->kid(when_slot::where)) {
    put(" WHERE ");
    expression(w->kid(when_slot::where));
  }
  if (w->kid(when_slot::delete_where)) {
    put(" DELETE WHERE ");
    expression(w->kid(when_slot::delete_where));
  }
}

}  // namespace iacdb::sql
