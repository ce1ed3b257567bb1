#pragma once
// How the facts of a schema are learned from parsed definitions; see iacdb/sql.hpp for the facts.
//
//   learn(facts, *parse(statement, Dialect::mysql, arena), Dialect::mysql);
//
// Names compare without case. Threads: safe to share once built.

#include "iacdb/sql.hpp"

namespace iacdb::sql {

struct Node;

/// Takes in what a parsed definition says: CREATE TABLE, ALTER TABLE, CREATE UNIQUE INDEX, DROP
/// TABLE. Other statements say nothing.
void learn(SchemaFacts& facts, const Node& statement, Dialect dialect);

/// Reads a statement that names a type; nothing where it is something else.
std::optional<NamedType> read_named_type(std::string_view statement, Dialect dialect);

}  // namespace iacdb::sql
