// Names of tables in a script of one whole database: without the schema or database that the
// connection stands in anyway, and spelled as the table was made where spelling counts.
//
// MySQL's names of tables are names of files: "Actor" is not "actor" on most servers. SQLite has no
// schemas, PostgreSQL's are called public and SQL Server's dbo until somebody makes others.

#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"

namespace iacdb::sql {

namespace {

bool is_default_schema(std::string_view name, Dialect from) {
  return (from == Dialect::postgres && same_word(name, "public")) ||
         (from == Dialect::tsql && same_word(name, "dbo"));
}

/// The name of a table, one part or several.
void table_name(Node* n, Context& c) {
  if (!n) return;
  if (n->is(Kind::path)) {
    while (n->size > 2) Builder::erase(n, 0);  // a database before the schema
    if (n->size == 2) {
      const bool database = c.from_is(Dialect::mysql);
      const bool flat = c.to_is(Dialect::sqlite);
      const bool known = is_default_schema(n->kid(0)->text, c.from);
      if (flat && !known && !database) c.warn("schema", "the schema of a name was left out");
      if (known || database || flat) Builder::erase(n, 0);
    }
    n = n->kid(n->size - 1);
  }
  if (!n->is(Kind::name) || !c.to_is(Dialect::mysql) || !c.options.schema) return;
  const TableFacts* table = c.options.schema->table(n->text);
  if (table && table->name != n->text) n->text = c.build.text(table->name);
}

void names_of(Node* n, Context& c) {
  switch (n->kind) {
    case Kind::table:
      return table_name(n->kid(table_slot::source), c);
    case Kind::create_table:
      table_name(n->kid(table_def_slot::like), c);
      return table_name(n->kid(table_def_slot::name), c);
    case Kind::alter_table:
      return table_name(n->kid(alter_slot::name), c);
    case Kind::create_index:
      return table_name(n->kid(index_slot::table), c);
    case Kind::create_view:
      return table_name(n->kid(view_slot::name), c);
    case Kind::constraint:
      return table_name(n->kid(constraint_slot::table), c);
    case Kind::drop:
      for (Node* name : *n->kid(0)) table_name(name, c);
      return table_name(n->kid(1), c);
    case Kind::truncate:
      for (Node* name : *n) table_name(name, c);
      return;
    case Kind::comment_on:
      if (n->text == "TABLE") return table_name(n->kid(0), c);
      break;
    case Kind::path:
      // a column behind its schema: public.t.a
      while (n->size > 2 && (n->size > 3 || is_default_schema(n->kid(0)->text, c.from) ||
                             c.from_is(Dialect::mysql) || c.to_is(Dialect::sqlite))) {
        Builder::erase(n, 0);
      }
      break;
    default:
      break;
  }
}

}  // namespace

void pass_database_names(Context& c) {
  if (c.from_is(Dialect::oracle) && c.options.schema && c.build.made(Kind::path)) {
    rewrite_tree(c.statement, [&](Node*& n) { document_path(n, c); });
  }
  if (!c.options.whole_database) return;
  walk(c.statement, [&](Node* n) {
    const bool table = n->is(Kind::table) && n->kid(table_slot::source);
    if (!n->is(Kind::table) || (table && (n->kid(table_slot::source)->is(Kind::path) ||
                                          n->kid(table_slot::source)->is(Kind::name)))) {
      names_of(n, c);
    }
    return true;
  });
}

}  // namespace iacdb::sql
