// ROWID of Oracle and SQLite: ctid in PostgreSQL, the primary key where a table has one of one
// column.

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool is_address(std::string_view name, Dialect d) {
  if (d == Dialect::postgres) return same_word(name, "ctid");
  if (same_word(name, "rowid")) return true;
  return d == Dialect::sqlite && (same_word(name, "_rowid_") || same_word(name, "oid"));
}

/// The primary key of the table that a name belongs to; in SQLite a whole number is the rowid.
std::string_view key_of(const Node* name, Context& c) {
  const TableFacts* facts = nullptr;
  if (name->is(Kind::path)) {
    facts = table_facts(c, qualifier(name));
  } else if (c.options.schema) {
    std::size_t tables = 0;
    walk(c.statement, [&](Node* n) {
      if (!n->is(Kind::table) || !n->kid(table_slot::source)) return true;
      const TableFacts* one = c.options.schema->table(last_name(n->kid(table_slot::source)));
      if (one && one != facts) ++tables;
      if (one) facts = one;
      return true;
    });
    if (tables > 1) return {};
  }
  if (!facts || !facts->has_primary || facts->keys[0].size() != 1) return {};
  const ColumnFacts* column = facts->column(facts->keys[0][0]);
  const bool whole = column && column->type == ValueType::integer;
  return c.from_is(Dialect::sqlite) && !whole ? std::string_view() : facts->keys[0][0];
}

void address(Node*& n, Context& c) {
  if (n->has(flag::quoted) || !is_address(last_name(n), c.from) || column_facts(c, n)) return;
  const bool own = c.to_is(Dialect::oracle) || c.to_is(Dialect::sqlite);
  std::string_view made = own ? "rowid" : std::string_view();
  const std::string_view key = own ? made : key_of(n, c);
  if (c.to_is(Dialect::postgres)) made = c.from_is(Dialect::sqlite) && !key.empty() ? key : "ctid";
  if (made.empty()) made = key;
  if (made.empty()) {
    c.refuse(n, "a ROWID needs a table with a primary key of one column here", "schema");
  }
  Node* name = c.build.name(c.build.text(made));
  n = n->is(Kind::path) ? c.build.with(Kind::path, {}, n->kid(0), name) : name;
}

void visit(Node*& n, Context& c) {
  if (!n) return;
  if (n->is(Kind::name) || n->is(Kind::path)) return address(n, c);
  for (std::uint32_t i = 0; i < n->size; ++i) {
    const bool title = (n->is(Kind::item) && i == 1) || (n->is(Kind::call) && i == call_slot::path);
    const bool source = n->is(Kind::table) && i != table_slot::source;
    if (!title && !source) visit(n->kids[i], c);
  }
}

}  // namespace

void pass_row_address(Context& c) {
  const bool has =
      c.from_is(Dialect::oracle) || c.from_is(Dialect::sqlite) || c.from_is(Dialect::postgres);
  const Node* n = c.statement;
  const bool reads = n->is(Kind::select) || n->is(Kind::set_op) || n->is(Kind::update) ||
                     n->is(Kind::delete_) || n->is(Kind::insert);
  if (has && c.from != c.to && reads) visit(c.statement, c);
}

}  // namespace iacdb::sql
