#pragma once
// What translation may know of a schema: tables, columns with types, keys.
//
//   SchemaFacts facts = read_schema("create table t (a int primary key, ..)", Dialect::mysql);
//   const TableFacts* t = facts.table("t");
//
// Names compare without case. Threads: safe to share once built.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

/// What an expression or a column holds, as far as translation cares.
enum class ValueType : std::uint8_t {
  unknown,
  integer,
  decimal,
  real,
  text,
  boolean,
  date,
  time,
  timestamp,
  interval,
  bytes,
  json,
  null,
};

struct ColumnFacts {
  std::string name = {};
  ValueType type = ValueType::unknown;
  int scale = -1;  ///< of DECIMAL(p, s); -1: not said
  bool not_null = false;
  bool generated_key = false;  ///< AUTO_INCREMENT, IDENTITY, SERIAL
  bool has_default = false;
  std::string declared = {};  ///< the type as written, in upper case
};

struct TableFacts {
  std::string name = {};
  std::vector<ColumnFacts> columns = {};
  std::vector<std::vector<std::string>> keys = {};  ///< unique keys; the primary one first
  bool has_primary = false;

  const ColumnFacts* column(std::string_view name) const noexcept;
};

/// A type that a script names: CREATE TYPE .. AS ENUM, CREATE TYPE .. FROM, CREATE DOMAIN.
struct NamedType {
  std::string name = {};
  std::vector<std::string> values = {};  ///< of an enumeration
  std::string definition = {};           ///< otherwise: the base type and its constraints
};

struct SchemaFacts {
  std::vector<TableFacts> tables = {};
  std::vector<NamedType> types = {};

  const NamedType* named_type(std::string_view name) const noexcept;

  const TableFacts* table(std::string_view name) const noexcept;
};

struct Node;

/// Takes in what a parsed definition says: CREATE TABLE, ALTER TABLE, CREATE UNIQUE INDEX, DROP
/// TABLE. Other statements say nothing.
void learn(SchemaFacts& facts, const Node& statement, Dialect dialect);

/// Reads a statement that names a type; nothing where it is something else.
std::optional<NamedType> read_named_type(std::string_view statement, Dialect dialect);

/// Reads CREATE TABLE and CREATE UNIQUE INDEX statements of a script; other statements are skipped.
SchemaFacts read_schema(std::string_view script, Dialect dialect);

}  // namespace iacdb::sql
