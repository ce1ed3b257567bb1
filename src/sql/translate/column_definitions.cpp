// What a column's type becomes by its keys, and constraints that the target cannot hold.

#include <algorithm>
#include <cstdlib>
#include <string>

#include "sql/translate/definitions.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

ConstraintKind kind_of(const Node* c) {
  return static_cast<ConstraintKind>(c->op);
}

bool holds_name(const Node* columns, std::string_view name) {
  if (!columns) return false;
  for (const Node* k : *columns) {
    const Node* named = k->is(Kind::sort) ? k->kid(0) : k;
    if (same_word(last_name(named), name)) return true;
  }
  return false;
}

bool has(const Node* column, ConstraintKind kind) {
  for (const Node* k : *column->kid(column_slot::constraints)) {
    if (kind_of(k) == kind) return true;
  }
  return false;
}

/// A key of that kind on the column itself or of the table.
bool is_in(const Node* column, const Node* items, ConstraintKind own, ConstraintKind whole) {
  if (has(column, own)) return true;
  if (!items) return false;
  for (const Node* k : *items) {
    if (!k->is(Kind::constraint) || kind_of(k) != whole) continue;
    if (holds_name(k->kid(constraint_slot::columns), column->kid(column_slot::name)->text)) {
      return true;
    }
  }
  return false;
}

bool reads_clock(Node* expression) {
  bool found = false;
  walk(expression, [&](const Node* k) {
    for (std::string_view f : {"$NOW", "$CLOCK", "$TODAY", "$UTC"}) found = found || is_call(k, f);
    return !found;
  });
  return found;
}

bool is_endless_text(const Node* type, Dialect dialect) {
  const bool varchar = type->text == "VARCHAR" || type->text == "CHARACTER VARYING";
  const bool text = type->text == "TEXT" || type->text == "CLOB" || type->text == "NTEXT";
  const bool oracle_or_tsql = dialect == Dialect::oracle || dialect == Dialect::tsql;
  return type->size == 0 && dialect != Dialect::mysql && (text || (varchar && !oracle_or_tsql));
}

bool is_endless_bytes(const Node* type, Dialect dialect) {
  return type->size == 0 && dialect != Dialect::mysql &&
         (type->text == "BLOB" || type->text == "BYTEA");
}

/// The columns without a length of the primary key that the column is in.
int endless_in_key(const Node* column, const Node* items, Dialect dialect) {
  if (!items) return 1;
  const Node* key = nullptr;
  for (const Node* k : *items) {
    if (!k->is(Kind::constraint) || kind_of(k) != ConstraintKind::primary) continue;
    if (holds_name(k->kid(constraint_slot::columns), column->kid(column_slot::name)->text)) key = k;
  }
  int count = 0;
  for (const Node* other : *items) {
    if (!key || !other->is(Kind::column) || !other->kid(column_slot::type)) continue;
    const std::string_view name = other->kid(column_slot::name)->text;
    const Node* type = other->kid(column_slot::type);
    // One that came before has got its length already.
    const bool text = value_type_of(type, dialect) == ValueType::text;
    if (text && holds_name(key->kid(constraint_slot::columns), name)) ++count;
  }
  return count;
}

/// A text or bytes of any length in a key of MySQL, whose keys have one.
void limit_key(Node* column, const Node* items, Context& c) {
  Node* type = column->kid(column_slot::type);
  const bool text = is_endless_text(type, c.from);
  if (!text && !is_endless_bytes(type, c.from)) return;
  const int length = key_text_length(endless_in_key(column, items, c.from));
  c.warn("key-length", std::string("a text of any length in a key is one of ") +
                           std::to_string(length) + " characters in mysql");
  type->text = text ? "VARCHAR" : "VARBINARY";
  c.build.add(type, c.build.number(c.build.text(std::to_string(length))));
}

/// The characters that a column takes of a key: a text's length, and two for each number.
int share_of(const Node* type, Dialect dialect) {
  const ValueType value = value_type_of(type, dialect);
  if (value == ValueType::decimal) return 8;
  if (value != ValueType::text) return 2;
  const bool said = type->size > 0 && type->kid(0)->is(Kind::number);
  return said ? std::atoi(std::string(type->kid(0)->text).c_str()) : 1;
}

/// VARCHAR(1023) in a primary key of MySQL, which has 768 characters for all its columns.
void limit_length(Node* column, const Node* items, Context& c) {
  const Node* key = nullptr;
  for (const Node* k : *items) {
    const bool whole = k->is(Kind::constraint) && kind_of(k) == ConstraintKind::primary;
    if (whole &&
        holds_name(k->kid(constraint_slot::columns), column->kid(column_slot::name)->text)) {
      key = k;
    }
  }
  Node* type = column->kid(column_slot::type);
  const int own = share_of(type, c.from);
  constexpr int whole_key = 768;
  int left = whole_key;
  int longer = 1;
  for (const Node* other : *items) {
    const Node* its = other->is(Kind::column) ? other->kid(column_slot::type) : nullptr;
    const bool beside =
        key && its && other != column &&
        holds_name(key->kid(constraint_slot::columns), other->kid(column_slot::name)->text);
    if (!beside) continue;
    const int share = share_of(its, c.from);
    const bool text = value_type_of(its, c.from) == ValueType::text;
    if (text && share > whole_key / 4) {
      ++longer;  // which gives of its own
    } else {
      left -= share;
    }
  }
  const int length = left / longer;
  const bool fits = own <= length || value_type_of(type, c.from) != ValueType::text;
  if (fits || type->size == 0 || length < 1) return;
  c.warn("key-length",
         "a text in a key has no more than " + std::to_string(length) + " characters in mysql");
  type->kids[0] = c.build.number(c.build.text(std::to_string(length)));
}

/// An identity column is an integer in PostgreSQL and MySQL, whatever digits the source gives it.
void whole_identity(Node* column, Context& c) {
  if (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::mysql)) return;
  Node* type = column->kid(column_slot::type);
  bool decimal = false;
  for (std::string_view name : {"DECIMAL", "NUMERIC", "DEC", "NUMBER"}) {
    decimal = decimal || type->text == name;
  }
  if (!decimal ||
      (!has(column, ConstraintKind::identity) && !has(column, ConstraintKind::auto_increment))) {
    return;
  }
  type->text = "BIGINT";
  type->size = 0;
}

/// DEFAULT NULL of a column that holds none, which MySQL refuses and others pass over.
void drop_null_default(Node* column, bool primary, Context& c) {
  if (!c.to_is(Dialect::mysql) || (!primary && !has(column, ConstraintKind::not_null))) return;
  Node* constraints = column->kid(column_slot::constraints);
  for (std::uint32_t i = 0; i < constraints->size; ++i) {
    const Node* k = constraints->kid(i);
    if (kind_of(k) != ConstraintKind::default_) continue;
    const Node* value = k->kid(constraint_slot::expression);
    while (value->is(Kind::cast) || value->is(Kind::paren)) value = value->kid(0);
    const bool empty = c.from_is(Dialect::oracle) && value->is(Kind::string) && value->text.empty();
    if (value->is(Kind::null) || empty) Builder::erase(constraints, i--);
  }
}

/// DEFAULT ON NULL of Oracle lets no NULL in.
void default_on_null(Node* column, Context& c) {
  Node* constraints = column->kid(column_slot::constraints);
  for (std::uint32_t i = 0; i < constraints->size; ++i) {
    Node* k = constraints->kid(i);
    if (kind_of(k) != ConstraintKind::default_ || k->text != "ON NULL") continue;
    c.warn("default-on-null", "a NULL that is said does not become the default: it is refused");
    k->text = {};
    if (has(column, ConstraintKind::not_null) || has(column, ConstraintKind::primary)) return;
    Node* not_null = c.build.slots(Kind::constraint, constraint_slot::count);
    not_null->op = static_cast<std::uint8_t>(ConstraintKind::not_null);
    return c.build.add(constraints, not_null);
  }
}

}  // namespace

int key_text_length(int columns) {
  return std::min(255, 760 / std::max(columns, 1));
}

void settle_column(Node* column, const Node* items, Context& c) {
  Node* type = column->kid(column_slot::type);
  if (!type || c.from == c.to) return;
  const bool foreign = is_in(column, items, ConstraintKind::references, ConstraintKind::foreign);
  if (c.from_is(Dialect::mysql) && c.to_is(Dialect::postgres) && type->text == "BIGINT" &&
      (foreign || has(column, ConstraintKind::auto_increment))) {
    // An identity is no NUMERIC, and a key of another type cannot refer to one.
    type->flags &= ~flag::unsigned_;
  }
  const bool primary = is_in(column, items, ConstraintKind::primary, ConstraintKind::primary);
  if (c.to_is(Dialect::mysql) && (primary || foreign)) limit_key(column, items, c);
  if (c.to_is(Dialect::mysql) && primary && items) limit_length(column, items, c);
  drop_null_default(column, primary, c);
  whole_identity(column, c);
  default_on_null(column, c);
  const bool version = c.from_is(Dialect::tsql) && !c.to_is(Dialect::tsql) &&
                       (type->text == "TIMESTAMP" || type->text == "ROWVERSION");
  Node* constraints = column->kid(column_slot::constraints);
  for (std::uint32_t i = 0; i < constraints->size; ++i) {
    const Node* k = constraints->kids[i];
    const bool unfilled = version && kind_of(k) == ConstraintKind::not_null;
    if (unfilled) c.warn("rowversion", "nothing fills a column of ROWVERSION here: it may be NULL");
    if (unfilled || leave_out_check(k, c)) Builder::erase(constraints, i--);
  }
}

void add_if_missing(const Node* table, Node* action, Context& c) {
  if (!action->has(flag::if_not_exists)) return;
  if (c.to_is(Dialect::postgres) || c.to_is(Dialect::mysql)) return;
  const TableFacts* facts = c.options.schema ? c.options.schema->table(last_name(table)) : nullptr;
  const Node* name = action->kid(action_slot::definition)->kid(column_slot::name);
  // What the statement adds has been learned already: the last column.
  const bool fresh =
      facts && !facts->columns.empty() && same_word(facts->columns.back().name, last_name(name));
  if (!facts || (facts->column(last_name(name)) && !fresh)) {
    c.lose(action, "if-not-exists", "ADD COLUMN IF NOT EXISTS has no equal here");
  }
  action->flags &= ~flag::if_not_exists;
}

void columns_first(Node* items) {
  std::stable_partition(items->begin(), items->end(),
                        [](const Node* item) { return item->is(Kind::column); });
}

bool leave_out_check(const Node* constraint, Context& c) {
  const bool check = kind_of(constraint) == ConstraintKind::check;
  if (check && c.to_is(Dialect::postgres) &&
      is_call(constraint->kid(constraint_slot::expression), "JSON_VALID")) {
    c.warn("check", "a CHECK that a text is JSON was left out: PostgreSQL 15 has no such test");
    return true;
  }
  if (kind_of(constraint) != ConstraintKind::check || !c.to_is(Dialect::mysql)) return false;
  if (!reads_clock(constraint->kid(constraint_slot::expression))) return false;
  if (!c.options.whole_database) {
    c.refuse(constraint, "a CHECK of the current moment has no equal in mysql");
  }
  c.warn("check", "a CHECK of the current moment was left out: mysql takes none");
  return true;
}

void default_of_bytes(Node* constraint, const Node* type, Context& c) {
  Node* value = constraint->kid(constraint_slot::expression);
  if (!c.from_is(Dialect::oracle) || !type || value_type_of(type, c.from) != ValueType::bytes) {
    return;
  }
  while (value->is(Kind::paren)) value = value->kid(0);
  if (is_call(value, "$UUID")) value->text = "$UUID_BYTES";
}

}  // namespace iacdb::sql
