// CREATE INDEX: what the target's indexes cannot say, and how long their keys may be.
//
// Sources: "CREATE INDEX" of PostgreSQL 15, SQLite 3.40, Oracle 19c and Transact-SQL 2019; "CREATE
// INDEX Statement" and "InnoDB Limits" of MySQL 8.0 (a key of 3072 bytes, four for a character).

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "sql/printer.hpp"
#include "sql/translate/definitions.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// An index of an expression rather than of columns.
bool computed_key(const Node* index) {
  for (const Node* part : *index->kid(index_slot::columns)) {
    const Node* e = part->kid(0);
    if (!e->is(Kind::name) && !e->is(Kind::path) && !e->is(Kind::collate)) return true;
  }
  return false;
}

}  // namespace

bool partial_index(Node* n, Context& c) {
  const Node* where = n->kid(index_slot::where);
  const bool none = c.to_is(Dialect::mysql) || c.to_is(Dialect::oracle);
  if (!none || (!where && !computed_key(n))) return true;
  const Node* tested =
      where && where->is(BinOp::is_not) && where->kid(1)->is(Kind::null) ? where->kid(0) : nullptr;
  for (const Node* part : *n->kid(index_slot::columns)) {
    // A unique key lets several NULLs in anyway.
    if (!tested || !c.to_is(Dialect::mysql) || computed_key(n) ||
        !same_word(last_name(part->kid(0)), last_name(tested))) {
      continue;
    }
    n->kids[index_slot::where] = nullptr;
    return true;
  }
  return false;
}

void lose_partial(Node* n, Context& c) {
  if (!n->kid(index_slot::where)) return;
  if (n->has(flag::unique)) {
    c.lose(n, "partial-index",
           "a unique index of some rows only has no equal in " + std::string(to_string(c.to)));
  }
  // An index that only finds finds more.
  c.warn("partial-index", "the WHERE of an index was left out");
  n->kids[index_slot::where] = nullptr;
}

/// Prefix lengths, orders and operator classes of key columns.
void key_parts(Node* columns, Context& c) {
  for (Node* part : *columns) {
    Node*& e = part->kids[0];
    if (part->size > 1) {
      part->size = 1;
      c.warn("index", "an operator class was left out");
    }
    const bool prefix = e->is(Kind::call) && e->kid(call_slot::args)->size == 1 &&
                        e->kid(call_slot::args)->kid(0)->is(Kind::number) &&
                        c.from_is(Dialect::mysql);
    if (prefix) {
      c.warn("index", "a key's prefix length was left out");
      e = c.build.name(e->text);
      e->flags |= flag::done;
    }
  }
}

namespace {

constexpr int key_characters = 768;  // 3072 bytes

/// The characters that a key takes from a column: 0 for one that is no text, -1 for any number.
int characters_of(const ColumnFacts& column) {
  const bool text = column.type == ValueType::text;
  if (!text && column.type != ValueType::bytes) return 0;
  const std::size_t open = column.type_text.find('(');
  int length = column.declared.ends_with("CHAR") && column.declared != "VARCHAR" ? 1 : -1;
  if (open != std::string::npos) {
    const char* const begin = column.type_text.data() + open + 1;
    std::from_chars(begin, column.type_text.data() + column.type_text.size(), length);
  }
  return length;
}

/// What the primary key has made of a column without a length: see settle_column().
int limit_of(const TableFacts& table, const ColumnFacts& column) {
  int count = 0;
  bool found = false;
  for (const std::string& name : table.keys.empty() ? std::vector<std::string>() : table.keys[0]) {
    const ColumnFacts* other = table.has_primary ? table.column(name) : nullptr;
    count += other && other->type == ValueType::text ? 1 : 0;
    found = found || (other && same_word(name, column.name));
  }
  return found ? key_text_length(count) : -1;
}

/// Prefix lengths where MySQL wants them: of texts without an end, and where the key is too long.
/// An index that only finds rows finds the same ones by the first characters.
void set_prefixes(Node* n, Context& c) {
  const TableFacts* table =
      c.options.schema ? c.options.schema->table(last_name(n->kid(index_slot::table))) : nullptr;
  if (!table || n->has(flag::unique) || !c.to_is(Dialect::mysql) || c.from_is(Dialect::mysql)) {
    return;
  }
  std::vector<int> lengths;
  bool endless = false;
  int sum = 0;
  int texts = 0;
  int others = 0;
  for (const Node* part : *n->kid(index_slot::columns)) {
    const ColumnFacts* column = table->column(last_name(part->kid(0)));
    int length = column ? characters_of(*column) : 0;
    if (length < 0) length = limit_of(*table, *column);
    endless = endless || length < 0;
    const int number = column && column->type == ValueType::decimal ? 8 : 3;
    sum += length == 0 ? number : length < 0 ? 255 : length;
    others += length == 0 ? number : 0;
    texts += length != 0 ? 1 : 0;
    lengths.push_back(length);
  }
  if (!endless && sum <= key_characters) return;
  const int share = std::min((key_characters - others) / std::max(texts, 1), 255);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0 || (lengths[i] > 0 && lengths[i] <= share)) continue;
    Node*& e = n->kid(index_slot::columns)->kids[i]->kids[0];
    Printer printer(c.to);
    printer.expression(e);
    e = c.build.node(Kind::raw, c.build.text(printer.take() + "(" + std::to_string(share) + ")"));
  }
  c.warn("index", "a long text is in an index by its first characters");
}

/// Constants among the columns, which bring rows of NULLs into an index of Oracle.
void drop_constants(Node* n, Context& c) {
  if (!c.from_is(Dialect::oracle)) return;
  Node* columns = n->kid(index_slot::columns);
  for (std::uint32_t i = 0; i < columns->size && columns->size > 1; ++i) {
    const Node* e = columns->kid(i)->kid(0);
    if (e->is(Kind::number) || e->is(Kind::string)) Builder::erase(columns, i--);
  }
}

}  // namespace

void create_index(Node* n, Context& c) {
  if (!n->text.empty()) {
    c.warn("index-kind", "a full-text or spatial key was left out");
    c.statement = nullptr;
    return;
  }
  drop_constants(n, c);
  key_parts(n->kid(index_slot::columns), c);
  if (n->kid(index_slot::options)) {
    c.warn("index", "options of an index were left out");
    n->kids[index_slot::options] = nullptr;
  }
  if (n->kid(index_slot::include) && !c.to_is(Dialect::postgres) && !c.to_is(Dialect::tsql)) {
    c.warn("index", "INCLUDE of an index was left out");
    n->kids[index_slot::include] = nullptr;
  }
  const bool same = partial_index(n, c);
  if (!same && hidden_key(n, c)) return;
  if (!same) lose_partial(n, c);
  if (!c.to_is(Dialect::postgres)) {
    // Where NULLs stand in an index decides no row.
    for (Node* part : *n->kid(index_slot::columns)) {
      part->flags &= ~(flag::nulls_first | flag::nulls_last);
    }
  }
  if (c.to_is(Dialect::postgres) && !c.from_is(Dialect::oracle)) {
    // The index of a translated ORDER BY, which says where NULLs stand.
    for (Node* part : *n->kid(index_slot::columns)) {
      if (part->has(flag::nulls_first | flag::nulls_last)) continue;
      part->flags |= part->has(flag::desc) ? flag::nulls_last : flag::nulls_first;
    }
  }
  if (c.to_is(Dialect::mysql) && computed_key(n)) {
    if (!c.options.whole_database || n->has(flag::unique)) {
      c.lose(n, "computed-key", "an index of an expression has no equal in MariaDB");
    }
    c.warn("computed-key", "an index of an expression was left out");
    c.statement = nullptr;
    return;
  }
  set_prefixes(n, c);
  if (!n->kid(index_slot::name) && !c.to_is(Dialect::postgres))
    c.refuse(n, "an index without a name");
}

}  // namespace iacdb::sql
