// Definitions: indexes, views, sequences, ALTER, DROP, transactions.

#include "sql/printer.hpp"
#include "sql/problem.hpp"
#include "sql/strings.hpp"

namespace iacdb::sql {

void Printer::create_index(const Node* n) {
  put(n->has(flag::unique) ? "CREATE UNIQUE " : "CREATE ");
  if (!n->text.empty()) {
    if (!is(Dialect::mysql)) unsupported(n, "a full-text or spatial index");
    put(n->text);
    put(" ");
  }
  put("INDEX ");
  if (n->has(flag::if_not_exists) && (is(Dialect::postgres) || is(Dialect::sqlite))) {
    put("IF NOT EXISTS ");
  }
  if (n->kid(index_slot::name)) {
    expression(n->kid(index_slot::name));
    put(" ");
  }
  put("ON ");
  expression(n->kid(index_slot::table));
  if (n->kid(index_slot::method) && is(Dialect::postgres)) {
    put(" USING ");
    expression(n->kid(index_slot::method));
  }
  index_columns(n->kid(index_slot::columns));
  if (const Node* include = n->kid(index_slot::include)) {
    if (!is(Dialect::postgres) && !is(Dialect::tsql)) unsupported(n, "INCLUDE of an index");
    put(" INCLUDE ");
    names(include);
  }
  if (const Node* where = n->kid(index_slot::where)) {
    if (is(Dialect::mysql) || is(Dialect::oracle)) unsupported(n, "a partial index");
    put(" WHERE ");
    expression(where);
  }
  if (const Node* options = n->kid(index_slot::options)) {
    put(" ");
    put(options->text);
  }
}

/// PostgreSQL reads an expression as a key only in parentheses, unless it is a call.
void Printer::index_columns(const Node* columns) {
  put("(");
  for (std::uint32_t i = 0; i < columns->size; ++i) {
    if (i > 0) put(", ");
    const Node* part = columns->kids[i];
    const Node* e = part->kid(0);
    const bool bare = e->is(Kind::name) || e->is(Kind::path) || e->is(Kind::call) ||
                      e->is(Kind::paren) || e->is(Kind::collate) || e->is(Kind::raw);
    if (bare || !is(Dialect::postgres)) {
      expression(part);
      continue;
    }
    put("(");
    expression(e);
    put(")");
    sort_order(part);
  }
  put(")");
}

void Printer::create_view(const Node* n) {
  put("CREATE ");
  if (n->has(flag::replace)) {
    if (is(Dialect::sqlite)) unsupported(n, "CREATE OR REPLACE VIEW");
    put(is(Dialect::tsql) ? "OR ALTER " : "OR REPLACE ");
  }
  if (n->has(flag::temporary)) put("TEMPORARY ");
  put("VIEW ");
  if (n->has(flag::if_not_exists)) put("IF NOT EXISTS ");
  expression(n->kid(view_slot::name));
  if (n->kid(view_slot::columns)) {
    put(" ");
    names(n->kid(view_slot::columns));
  }
  put(" AS ");
  query(n->kid(view_slot::query));
  if (n->kid(view_slot::options)) {
    put(" ");
    put(n->kid(view_slot::options)->text);
  }
}

void Printer::create_sequence(const Node* n) {
  if (is(Dialect::sqlite)) unsupported(n, "a sequence");
  put("CREATE SEQUENCE ");
  if (n->has(flag::if_not_exists) && (is(Dialect::postgres) || is(Dialect::mysql))) {
    put("IF NOT EXISTS ");
  }
  expression(n->kid(0));
  for (std::uint32_t i = 1; i < n->size; ++i) sequence_option(n->kids[i]);
}

namespace {

/// A limit at or beyond the last number that the database counts to is none.
bool is_no_limit(const Node* value, bool mysql) {
  if (!value) return false;
  const bool minus = value->is(Kind::unary) && value->text == "-";
  if (minus) value = value->kid(0);
  if (!value || !value->is(Kind::number)) return false;
  constexpr std::string_view last = "9223372036854775807";
  const std::string_view digits = value->text;
  if (digits.size() != last.size()) return digits.size() > last.size();
  return digits > last || (digits == last && (mysql || minus));
}

}  // namespace

/// NO CYCLE and its like are the default, in whatever words.
void Printer::sequence_option(const Node* option) {
  std::string_view word = option->text;
  const bool apart = word == "NO" && option->kid(0);
  if (apart) word = option->kid(0)->text;
  if (apart || (word.starts_with("NO") && word.size() > 2)) {
    if (!apart) word.remove_prefix(2);
    if (word == "ORDER" && !is(Dialect::oracle)) return;
    const bool joined = is(Dialect::oracle) || is(Dialect::mysql);
    if (word == "CACHE" && is(Dialect::postgres)) return;
    put(joined ? " NO" : " NO ");
    return put(word);
  }
  if (word == "ORDER" && !is(Dialect::oracle)) return;
  if (word == "ENGINE" && !is(Dialect::mysql)) return;
  const Node* value = option->kid(0);
  const bool limit = word == "MAXVALUE" || word == "MINVALUE";
  if (limit && !is(Dialect::oracle) && is_no_limit(value, is(Dialect::mysql))) return;
  put(" ");
  put(word);
  if (word == "START") put(" WITH");
  if (word == "INCREMENT") put(" BY");
  if (!value) return;
  put(word == "ENGINE" ? " = " : " ");
  expression(value);
}

void Printer::drop(const Node* n) {
  put("DROP ");
  // Without the word MySQL commits the transaction first.
  if (n->has(flag::temporary) && is(Dialect::mysql)) put("TEMPORARY ");
  put(n->text);
  if (n->has(flag::if_exists)) {
    if (is(Dialect::oracle)) unsupported(n, "DROP .. IF EXISTS");
    put(" IF EXISTS");
  }
  put(" ");
  if ((is(Dialect::sqlite) || is(Dialect::oracle)) && n->kid(0)->size > 1) {
    unsupported(n, "DROP of several at once");
  }
  list(n->kid(0));
  if (n->kid(1) && (is(Dialect::mysql) || is(Dialect::tsql))) {
    put(" ON ");
    expression(n->kid(1));
  } else if (n->text == "INDEX" && (is(Dialect::mysql) || is(Dialect::tsql))) {
    unsupported(n, "DROP INDEX without its table");
  }
  if (!n->has(flag::cascade)) return;
  if (is(Dialect::postgres))
    put(" CASCADE");
  else if (is(Dialect::oracle))
    put(" CASCADE CONSTRAINTS");
  else if (is(Dialect::mysql))
    put(" CASCADE");
  else
    unsupported(n, "DROP .. CASCADE");
}

void Printer::comment_on(const Node* n) {
  if (!is(Dialect::postgres) && !is(Dialect::oracle)) unsupported(n, "COMMENT ON");
  put("COMMENT ON ");
  put(n->text);
  put(" ");
  expression(n->kid(0));
  put(" IS ");
  expression(n->kid(1));
}

void Printer::transaction(const Node* n) {
  const std::string_view t = n->text;
  if (t == "BEGIN") {
    if (is(Dialect::oracle)) unsupported(n, "BEGIN");
    put(is(Dialect::mysql)  ? "START TRANSACTION"
        : is(Dialect::tsql) ? "BEGIN TRANSACTION"
                            : "BEGIN");
  } else if (t == "COMMIT" || t == "ROLLBACK") {
    put(t);
  } else if (t == "RELEASE") {
    if (is(Dialect::tsql) || is(Dialect::oracle)) unsupported(n, "RELEASE SAVEPOINT");
    put("RELEASE SAVEPOINT ");
    expression(n->kid(0));
  } else if (t == "SAVEPOINT") {
    put(is(Dialect::tsql) ? "SAVE TRANSACTION " : "SAVEPOINT ");
    expression(n->kid(0));
  } else {
    put(is(Dialect::tsql) ? "ROLLBACK TRANSACTION " : "ROLLBACK TO SAVEPOINT ");
    expression(n->kid(0));
  }
}

void Printer::alter_table(const Node* n) {
  put("ALTER TABLE ");
  if (n->has(flag::if_exists)) {
    if (!is(Dialect::postgres) && !is(Dialect::mysql)) unsupported(n, "ALTER TABLE IF EXISTS");
    put("IF EXISTS ");
  }
  expression(n->kid(alter_slot::name));
  const Node* actions = n->kid(alter_slot::actions);
  if (actions->size > 1 && !is(Dialect::postgres) && !is(Dialect::mysql)) {
    unsupported(n, "several actions of ALTER TABLE in one statement");
  }
  for (std::uint32_t i = 0; i < actions->size; ++i) {
    put(i > 0 ? ", " : " ");
    alter_action(actions->kids[i]);
  }
}

void Printer::alter_action(const Node* n) {
  if (n->text == "OPTION") return put(n->kid(action_slot::expression)->text);
  const std::string_view t = n->text;
  const bool sqlite = is(Dialect::sqlite);
  if (t == "ADD COLUMN") {
    put(is(Dialect::tsql) || is(Dialect::oracle) ? "ADD " : "ADD COLUMN ");
    if (n->has(flag::if_not_exists)) put("IF NOT EXISTS ");
    column(n->kid(action_slot::definition));
    const Node* place = n->kid(action_slot::expression);
    if (!place || !is(Dialect::mysql)) return;
    put(place->is(Kind::raw) ? " " : " AFTER ");
    return expression(place);
  }
  if (t == "ADD CONSTRAINT") {
    if (sqlite) unsupported(n, "ALTER TABLE ADD CONSTRAINT");
    put("ADD ");
    return constraint(n->kid(action_slot::definition), true);
  }
  if (t == "ADD GROUP") {
    put("ADD (");
    table_items(n->kid(action_slot::definition));
    return put(")");
  }
  if (t == "MODIFY") return modify_column(n->kid(action_slot::definition));
  if (t == "CHANGE") {
    if (!is(Dialect::mysql)) unsupported(n, "CHANGE COLUMN");
    put("CHANGE COLUMN ");
    expression(n->kid(action_slot::name));
    put(" ");
    return column(n->kid(action_slot::definition));
  }
  if (t.starts_with("RENAME ")) return alter_rename(n);
  if (t.starts_with("DROP ") && t != "DROP DEFAULT" && t != "DROP NOT NULL") {
    if (sqlite && t != "DROP COLUMN") unsupported(n, t);
    if (t == "DROP INDEX" && !is(Dialect::mysql)) unsupported(n, t);
    if (t == "DROP PRIMARY KEY" && !is(Dialect::mysql) && !is(Dialect::oracle)) unsupported(n, t);
    put(t);
    if (n->has(flag::if_exists)) put(" IF EXISTS");
    if (n->kid(action_slot::name)) {
      put(" ");
      expression(n->kid(action_slot::name));
    }
    if (n->has(flag::cascade) && is(Dialect::postgres)) put(" CASCADE");
    return;
  }
  alter_column(n);
}

void Printer::alter_rename(const Node* n) {
  const std::string_view t = n->text;
  if (is(Dialect::tsql)) unsupported(n, "ALTER TABLE RENAME");
  if (t == "RENAME TO") {
    put("RENAME TO ");
    return expression(n->kid(action_slot::name));
  }
  if (t == "RENAME INDEX" && !is(Dialect::mysql)) unsupported(n, "RENAME INDEX");
  put(t);
  put(" ");
  expression(n->kid(action_slot::name));
  put(" TO ");
  expression(n->kid(action_slot::definition));
}

/// Changes of one column, in the standard's words.
void Printer::alter_column(const Node* n) {
  const std::string_view t = n->text;
  const bool standard =
      is(Dialect::postgres) || (is(Dialect::mysql) && (t == "SET DEFAULT" || t == "DROP DEFAULT"));
  if (!standard) unsupported(n, "this change of a column");
  put("ALTER COLUMN ");
  expression(n->kid(action_slot::name));
  put(" ");
  put(t == "SET TYPE" ? "TYPE" : t);
  if (t == "SET TYPE") {
    put(" ");
    type(n->kid(action_slot::type));
    if (n->kid(action_slot::expression)) {
      put(" USING ");
      expression(n->kid(action_slot::expression));
    }
  } else if (t == "SET DEFAULT") {
    put(" ");
    expression(n->kid(action_slot::expression));
  }
}

void Printer::modify_column(const Node* n) {
  switch (dialect_) {
    case Dialect::mysql:
      put("MODIFY COLUMN ");
      break;
    case Dialect::oracle:
      put("MODIFY ");
      break;
    case Dialect::tsql:
      put("ALTER COLUMN ");
      break;
    default:
      unsupported(n, "MODIFY COLUMN");
  }
  column(n);
}

}  // namespace iacdb::sql
