#pragma once
// Parts of the definitions' pass: what hangs on one column, one key or one view.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// A type that the script named becomes what it stands for, its constraints the column's own.
void resolve_named_type(Node* column, Context& c);

/// The characters of a column without a length in a key of MySQL, which has 768 in all.
int key_text_length(int columns);
/// What a column's type becomes by the keys that hold it.
void settle_column(Node* column, const Node* items, Context& c);
/// ADD COLUMN IF NOT EXISTS where the target has none: the schema tells whether it is there.
void add_if_missing(const Node* table, Node* action, Context& c);
/// SQLite reads a table's constraints behind its columns only.
void columns_first(Node* items);
/// True for a CHECK that the target does not take, and that a whole database goes without.
bool leave_out_check(const Node* constraint, Context& c);
/// SYS_GUID() of Oracle is sixteen bytes.
void default_of_bytes(Node* constraint, const Node* type, Context& c);

/// A literal that is the default of a column of bytes or of bits, as a stored one.
void default_literal(Node* constraint, const Node* type, Context& c);

/// A column without a type, which only SQLite has.
void untyped(Node* column, Context& c);

/// SQL Server's computed columns have the type of their expression; others want it said.
void generated_type(Node* column, const Node* expression, const Node* items, Context& c);

/// ENUM and SET outside MySQL: a CHECK of the values, or nullptr.
Node* listed_values(const Node* column, Context& c);

/// ON DELETE and ON UPDATE in the target's words. Refuses what the target does not do.
void foreign_actions(Node* key, Context& c);

/// ON UPDATE CURRENT_TIMESTAMP outside MySQL: a trigger behind the table.
void follow_updates(const Node* table, const Node* column, Context& c);

/// True where the target takes the index's WHERE and expressions, or does as well without them.
bool partial_index(Node* index, Context& c);
/// A unique index that MySQL takes of a hidden column only; false where it cannot be made so.
bool hidden_key(Node* index, Context& c);
/// Leaves the WHERE of an index out, where the target has none.
void lose_partial(Node* index, Context& c);

/// Prefix lengths, orders and operator classes of key columns.
void key_parts(Node* columns, Context& c);
void create_index(Node* index, Context& c);
/// Options of a table that have no place elsewhere; tells of those that change what it does.
void drop_options(Node* table, Context& c);
/// A column that counts by itself, in the target's way; `items` of its table, where there are any.
void identity(const Node* table, Node* column, Node* items, Context& c);
/// NOT NULL of a primary key's columns, which only SQLite wants said.
void fill_key(Node* items, Context& c);
/// INTEGER PRIMARY KEY of SQLite counts without a word of it.
void rowid_key(Node* table, Context& c);
/// The numbers of IDENTITY(100, 5) as they are; tells where the target counts from one alone.
Node* identity_numbers(const Node* table, Node* numbers, Context& c);
/// AUTO_INCREMENT = n of a table of MySQL goes to its column.
void first_number(Node* table, Context& c);
/// CREATE OR REPLACE TABLE of MariaDB: the table that is there goes first.
void replace_table(Node* n, Context& c);
void create_view(Node* view, Context& c);

/// MODIFY of a whole definition becomes the standard's single changes.
void split_modify(Node* action, Node* made, Context& c);
/// The standard's single changes become one MODIFY of the whole definition, which MySQL wants.
void join_modify(const Node* table, Node* actions, Context& c);
/// What MODIFY of Oracle and SQL Server leaves as it is has to be said again in MySQL.
void keep_modified(const Node* table, Node* modify, Context& c);
/// A change of a type that SQLite's column holds already.
bool same_in_sqlite(const Node* table, const Node* action, Context& c);
/// CHANGE a b int: the name before the rest, in a statement of its own.
void rename_first(Node* table, const Node* change, Context& c);
void drop(Node* drop, Context& c);

}  // namespace iacdb::sql
