#pragma once
// What folding asks of the trees of definitions. Threads: safe to share.

#include <string>
#include <string_view>

#include "sql/ast.hpp"

namespace iacdb::sql {

ConstraintKind kind_of(const Node* constraint);
/// A name as tables and sequences are looked up by: in lower case.
std::string key_of(std::string_view name);

Node* find_column(const Node* table, std::string_view name);
Node* find_constraint(const Node* list, ConstraintKind kind);
void remove_constraint(Node* list, ConstraintKind kind);
bool has_primary(const Node* table);
/// True for a column of a primary key that the table names behind its columns.
bool is_in_primary(const Node* table, std::string_view column);
/// The sequence of DEFAULT nextval('s'::regclass), or nothing.
std::string_view sequence_of(const Node* value);
/// True for the only column of the primary key.
bool is_whole_key(const Node* table, std::string_view column);

}  // namespace iacdb::sql
