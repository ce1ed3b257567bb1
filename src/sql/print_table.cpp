// CREATE TABLE.

#include "sql/printer.hpp"
#include "sql/problem.hpp"

namespace iacdb::sql {

void Printer::create_table(const Node* n) {
  put("CREATE ");
  if (n->has(flag::replace)) {
    if (!is(Dialect::mysql)) unsupported(n, "CREATE OR REPLACE TABLE");
    put("OR REPLACE ");
  }
  if (n->has(flag::temporary) && !is(Dialect::tsql)) {
    put(is(Dialect::oracle) ? "GLOBAL TEMPORARY " : "TEMPORARY ");
  }
  put("TABLE ");
  if (n->has(flag::if_not_exists)) {
    if (is(Dialect::tsql) || is(Dialect::oracle)) unsupported(n, "CREATE TABLE IF NOT EXISTS");
    put("IF NOT EXISTS ");
  }
  expression(n->kid(table_def_slot::name));
  if (const Node* like = n->kid(table_def_slot::like)) {
    if (!is(Dialect::mysql) && !is(Dialect::postgres)) unsupported(n, "CREATE TABLE LIKE");
    put(is(Dialect::postgres) ? " (LIKE " : " LIKE ");
    expression(like);
    if (is(Dialect::postgres)) put(" INCLUDING ALL)");
    return;
  }
  if (const Node* items = n->kid(table_def_slot::items)) {
    put(" (");
    table_items(items);
    put(")");
  }
  if (const Node* options = n->kid(table_def_slot::options)) {
    for (const Node* option : *options) {
      put(" ");
      put(option->kids[option->size - 1]->text);
    }
  }
  if (const Node* q = n->kid(table_def_slot::query)) {
    if (is(Dialect::tsql)) unsupported(n, "CREATE TABLE AS");
    put(" AS ");
    query(q);
    if (q->has(flag::only)) {
      if (!is(Dialect::postgres)) unsupported(n, "WITH NO DATA");
      put(" WITH NO DATA");
    }
  }
}

void Printer::table_items(const Node* items) {
  for (std::uint32_t i = 0; i < items->size; ++i) {
    if (i > 0) put(", ");
    const Node* item = items->kids[i];
    if (item->is(Kind::column))
      column(item);
    else
      constraint(item, true);
  }
}

void Printer::column(const Node* n) {
  name(n->kid(column_slot::name));
  if (const Node* t = n->kid(column_slot::type)) {
    put(" ");
    type(t);
  }
  const Node* constraints = n->kid(column_slot::constraints);
  if (!constraints) return;
  // Oracle wants DEFAULT before the constraints.
  const auto is_default = [](const Node* c) {
    return c->op == static_cast<std::uint8_t>(ConstraintKind::default_);
  };
  for (const Node* c : *constraints) {
    if (is(Dialect::oracle) && is_default(c)) constraint(c, false);
  }
  for (const Node* c : *constraints) {
    if (!is(Dialect::oracle) || !is_default(c)) constraint(c, false);
  }
}

/// CONSTRAINT name, where the target takes one.
void Printer::constraint_name(const Node* n, bool in_table) {
  const auto kind = static_cast<ConstraintKind>(n->op);
  const bool named_default = kind == ConstraintKind::default_ && !is(Dialect::tsql);
  const Node* title = n->kid(constraint_slot::name);
  const bool index = kind == ConstraintKind::index ||
                     (kind == ConstraintKind::unique && in_table && is(Dialect::mysql));
  // MySQL names keys of the table, not those of a column.
  const bool nameless = (is(Dialect::mysql) && !in_table) || kind == ConstraintKind::not_null ||
                        kind == ConstraintKind::null;
  if (title && !named_default && !index && !nameless) {
    put("CONSTRAINT ");
    name(title);
    put(" ");
  }
}

void Printer::constraint(const Node* n, bool in_table) {
  const auto kind = static_cast<ConstraintKind>(n->op);
  if (kind == ConstraintKind::invisible && n->text.empty()) return;  // VISIBLE and its like.
  if (!in_table) put(" ");
  constraint_name(n, in_table);
  switch (kind) {
    case ConstraintKind::not_null:
      return put("NOT NULL");
    case ConstraintKind::null:
      return put("NULL");
    case ConstraintKind::default_:
      put("DEFAULT ");
      if (n->text == "ON NULL") {
        if (!is(Dialect::oracle)) unsupported(n, "DEFAULT ON NULL");
        put("ON NULL ");
      }
      return expression(n->kid(constraint_slot::expression));
    case ConstraintKind::primary:
    case ConstraintKind::unique:
      return key_constraint(n);
    case ConstraintKind::index:
      return index_constraint(n);
    case ConstraintKind::check:
      put("CHECK (");
      expression(n->kid(constraint_slot::expression));
      return put(")");
    case ConstraintKind::foreign:
      put("FOREIGN KEY ");
      names(n->kid(constraint_slot::columns));
      put(" ");
      return references(n);
    case ConstraintKind::references:
      return references(n);
    case ConstraintKind::identity:
      return identity(n);
    case ConstraintKind::auto_increment:
      if (!is(Dialect::mysql) && !is(Dialect::sqlite)) unsupported(n, "AUTO_INCREMENT");
      return put(is(Dialect::mysql) ? "AUTO_INCREMENT" : "AUTOINCREMENT");
    case ConstraintKind::generated:
      return generated(n);
    case ConstraintKind::collate:
      if (n->text == "BINARY") return put("BINARY");
      put("COLLATE ");
      return expression(n->kid(constraint_slot::expression));
    case ConstraintKind::comment:
      if (!is(Dialect::mysql)) unsupported(n, "COMMENT of a column");
      put("COMMENT ");
      return expression(n->kid(constraint_slot::expression));
    case ConstraintKind::on_update:
      if (!is(Dialect::mysql)) unsupported(n, "ON UPDATE of a column");
      put("ON UPDATE ");
      return expression(n->kid(constraint_slot::expression));
    case ConstraintKind::charset:
      if (!is(Dialect::mysql)) unsupported(n, "CHARACTER SET of a column");
      put("CHARACTER SET ");
      return expression(n->kid(constraint_slot::expression));
    case ConstraintKind::like:
      if (!is(Dialect::postgres)) unsupported(n, "LIKE of a table");
      return put(n->text);
    case ConstraintKind::invisible:
      if (!is(Dialect::mysql) && !is(Dialect::oracle)) unsupported(n, "an invisible column");
      return put(n->text);
    case ConstraintKind::raw:
      return;
  }
}

void Printer::key_constraint(const Node* n) {
  const bool primary = n->op == static_cast<std::uint8_t>(ConstraintKind::primary);
  put(primary ? "PRIMARY KEY" : "UNIQUE");
  const Node* columns = n->kid(constraint_slot::columns);
  if (columns) {
    const Node* title = n->kid(constraint_slot::name);
    if (title && !primary && is(Dialect::mysql)) {
      put(" KEY ");
      name(title);
    }
    put(" ");
    names(columns);
  } else if (!n->text.empty()) {
    put(" ");
    put(n->text);
  }
}

void Printer::index_constraint(const Node* n) {
  if (!is(Dialect::mysql) && !is(Dialect::tsql)) unsupported(n, "KEY inside CREATE TABLE");
  if (!n->text.empty()) {
    if (!is(Dialect::mysql)) unsupported(n, "a full-text or spatial key");
    put(n->text);
    put(" ");
  }
  put(is(Dialect::mysql) ? "KEY" : "INDEX");
  if (n->kid(constraint_slot::name)) {
    put(" ");
    name(n->kid(constraint_slot::name));
  }
  put(" ");
  names(n->kid(constraint_slot::columns));
}

void Printer::references(const Node* n) {
  put("REFERENCES ");
  expression(n->kid(constraint_slot::table));
  if (n->kid(constraint_slot::foreign_columns)) {
    put(" ");
    names(n->kid(constraint_slot::foreign_columns));
  }
  if (!n->text.empty()) {
    put(" ");
    put(n->text);
  }
}

void Printer::generated(const Node* n) {
  const bool stored = n->text == "STORED";
  if (is(Dialect::tsql)) {
    put("AS (");
    expression(n->kid(constraint_slot::expression));
    return put(stored ? ") PERSISTED" : ")");
  }
  put("GENERATED ALWAYS AS (");
  expression(n->kid(constraint_slot::expression));
  put(")");
  if (is(Dialect::oracle)) {
    if (stored) unsupported(n, "a stored generated column");
    return put(" VIRTUAL");
  }
  if (is(Dialect::postgres) && !stored) unsupported(n, "a virtual generated column");
  put(stored ? " STORED" : " VIRTUAL");
}

void Printer::identity(const Node* n) {
  const Node* numbers = n->kid(constraint_slot::columns);
  if (is(Dialect::tsql)) {
    put("IDENTITY");
    if (numbers) names(numbers);
    return;
  }
  if (is(Dialect::mysql) || is(Dialect::sqlite)) unsupported(n, "IDENTITY");
  put(n->text == "ALWAYS" ? "GENERATED ALWAYS AS IDENTITY" : "GENERATED BY DEFAULT AS IDENTITY");
  if (!numbers) return;
  put(" (START WITH ");
  expression(numbers->kid(0));
  put(" INCREMENT BY ");
  expression(numbers->kid(1));
  put(")");
}

}  // namespace iacdb::sql
