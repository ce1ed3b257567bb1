#include "sql/translate/expand.hpp"

#include <string>

#include "sql/parser.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

Node* keep_rows(Context& c, std::string_view name, Node* query) {
  Node* t = c.build.slots(Kind::create_table, table_def_slot::count);
  t->flags |= flag::temporary;
  t->kids[table_def_slot::name] = c.build.name(name);
  t->kids[table_def_slot::query] = query;
  return t;
}

Node* drop_rows(Context& c, std::string_view name) {
  Parser parser(c.build.text("DROP TABLE " + std::string(name)), Dialect::sqlite, c.build.arena());
  Node* drop = parser.whole_statement();
  drop->flags |= flag::temporary;
  return drop;
}

std::string_view row_address(Context& c, const Node* table) {
  if (c.to_is(Dialect::postgres)) return "ctid";
  if (c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle)) return "rowid";
  return primary_key(c, table);
}

std::string_view primary_key(Context& c, const Node* table) {
  const std::string_view name = last_name(table->kid(table_slot::source));
  const TableFacts* facts = c.options.schema ? c.options.schema->table(name) : nullptr;
  if (!facts || !facts->has_primary || facts->keys[0].size() != 1) {
    c.refuse(table, "the primary key of " + std::string(name) + " is not known; give the schema",
             "schema");
  }
  return facts->keys[0][0];
}

void put_assigned(Node*& tree, const Node* assigns, std::string_view table, Context& c) {
  if (!tree) return;
  if (tree->is(Kind::name) || tree->is(Kind::path)) {
    if (tree->is(Kind::path) && !same_word(qualifier(tree), table)) return;
    for (const Node* a : *assigns) {
      if (!same_word(last_name(a->kid(0)), last_name(tree))) continue;
      tree = c.build.paren(c.build.clone(a->kid(1)));
      return;
    }
    return;
  }
  for (std::uint32_t i = 0; i < tree->size; ++i) put_assigned(tree->kids[i], assigns, table, c);
}

Steps expand(Context& c) {
  Steps steps;
  expand_output_into(c, steps);
  if (!steps.statements.empty()) return steps;
  switch (c.statement->kind) {
    case Kind::insert:
      if (is_insert_all(c.statement)) expand_insert_all(c, steps);
      expand_replace(c, steps);
      break;
    case Kind::merge:
      expand_merge(c, steps);
      break;
    case Kind::update:
      expand_several_tables(c, steps);
      if (steps.statements.empty()) expand_old_rows(c, steps);
      break;
    case Kind::delete_:
      expand_several_tables(c, steps);
      break;
    default:
      break;
  }
  if (steps.statements.empty()) expand_changing_ctes(c, steps);
  if (steps.statements.empty()) steps.statements.push_back(c.statement);
  return steps;
}

}  // namespace iacdb::sql
