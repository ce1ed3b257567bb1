#pragma once
// What a statement is, from its tokens alone: enough to route, to guard and to fetch.
//
//   const StatementFacts f = classify("delete from t", Dialect::mysql);
//   if (f.kind == StatementKind::delete_ && !f.has_where) confirm();
//
// Doubt is told as the careful answer: not read-only, unknown. A statement that the lexer cannot
// read is `unknown`. Threads: safe to share. Cost: linear, no allocation.

#include <cstdint>
#include <string_view>

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

enum class StatementKind : std::uint8_t {
  empty,
  select,
  insert,
  update,
  delete_,
  merge,
  ddl,
  begin,
  commit,
  rollback,
  savepoint,
  set,
  show,
  explain,
  call,
  block,
  copy,
  lock,
  maintenance,
  unknown,
};

struct StatementFacts {
  StatementKind kind = StatementKind::unknown;
  bool read_only = false;      ///< changes no data, schema or session state; functions apart
  bool returns_rows = false;   ///< a result set is expected
  bool has_where = false;      ///< of the statement itself, not of a subquery
  bool locks_rows = false;     ///< FOR UPDATE, FOR SHARE, UPDLOCK
  bool session_state = false;  ///< changes what later statements of the session see
  bool several = false;        ///< more than one statement
};

StatementFacts classify(std::string_view sql, Dialect dialect);

}  // namespace iacdb::sql
