// Keys that an INSERT writes itself, though the database would count them: MySQL, SQLite and SQL
// Server count on from the greatest one, PostgreSQL's sequence does not notice it.
//
// Sources: "Using AUTO_INCREMENT" of MySQL 8.0; "Identity Columns" and "Sequence Manipulation
// Functions" of PostgreSQL 15.

#include <string>

#include "sql/printer.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

std::size_t place_of(const Node* insert, const TableFacts& table, const ColumnFacts& key) {
  const Node* columns = insert->kid(insert_slot::columns);
  if (!columns) return static_cast<std::size_t>(&key - table.columns.data());
  for (std::uint32_t i = 0; i < columns->size; ++i) {
    if (same_word(last_name(columns->kid(i)), key.name)) return i;
  }
  return columns->size;
}

/// True where a row may say the key: by a value that is not the next one.
bool says_key(const Node* insert, std::size_t place) {
  const Node* columns = insert->kid(insert_slot::columns);
  if (columns && place >= columns->size) return false;
  const Node* source = insert->kid(insert_slot::source);
  if (!source || !source->is(Kind::values)) return source && source->is(Kind::select);
  for (const Node* row : *source->kid(values_slot::rows)) {
    const Node* value = place < row->size ? row->kid(place) : nullptr;
    if (value && !value->is(Kind::default_value) && !value->is(Kind::null)) return true;
  }
  return false;
}

std::string printed(Node* n, Dialect to) {
  Printer printer(to);
  printer.expression(n);
  return printer.take();
}

std::string as_text(std::string_view name) {
  std::string out = "'";
  for (const char ch : name) out += ch == '\'' ? std::string("''") : std::string(1, ch);
  return out + "'";
}

/// The sequence goes on behind the greatest key, where it is not further already.
void count_on(Node* name, Node* key, Context& c) {
  const std::string table = printed(name, c.to);
  const std::string column = printed(key, c.to);
  std::string plain;
  for (const char ch : key->text) plain += key->has(flag::quoted) ? ch : lower(ch);
  const std::string sequence = "PG_GET_SERIAL_SEQUENCE(" + as_text(table) + ", " + as_text(plain);
  c.after.push_back(c.build.node(
      Kind::raw,
      c.build.text("SELECT SETVAL(" + sequence + "), MAX(" + column + ")) FROM " + table +
                   " HAVING MAX(" + column + ") > COALESCE(PG_SEQUENCE_LAST_VALUE(CAST(" +
                   sequence + ") AS REGCLASS)), 0)")));
}

}  // namespace

void pass_filled_keys(Context& c) {
  Node* n = c.statement;
  if (!c.to_is(Dialect::postgres) || !n->is(Kind::insert) || is_insert_all(n)) return;
  if (c.from_is(Dialect::oracle) || c.from == c.to || !c.options.schema || c.options.keys_later) {
    return;
  }
  Node* target = n->kid(insert_slot::target);
  if (target->is(Kind::table)) target = target->kid(table_slot::source);
  const TableFacts* table = c.options.schema->table(last_name(target));
  for (const ColumnFacts& key : table ? table->columns : std::vector<ColumnFacts>()) {
    if (!key.generated_key) continue;
    const std::size_t place = place_of(n, *table, key);
    if (!says_key(n, place)) return;
    Node* columns = n->kid(insert_slot::columns);
    Node* name =
        columns ? c.build.clone(columns->kid(place)) : c.build.name(c.build.text(key.name));
    if (!name->is(Kind::name)) return;
    return count_on(target, name, c);
  }
}

}  // namespace iacdb::sql
