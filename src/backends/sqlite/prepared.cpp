#include "backends/sqlite/prepared.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "backends/sqlite/declared_type.hpp"
#include "backends/sqlite/errors.hpp"
#include "backends/sqlite/utf8.hpp"
#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"

namespace iacdb::backends::sqlite {
namespace {

using sql::StatementKind;
using sql::operator""_w;

/// Pragmas that take an argument and yet change nothing of the session. Source:
/// https://sqlite.org/pragma.html.
constexpr std::array<std::string_view, 15> harmless_pragmas{
    "application_id", "foreign_key_check", "foreign_key_list", "incremental_vacuum",
    "index_info",     "index_list",        "index_xinfo",      "integrity_check",
    "optimize",       "quick_check",       "table_info",       "table_list",
    "table_xinfo",    "user_version",      "wal_checkpoint"};

/// True unless the pragma only asks: "pragma foreign_keys", "pragma table_info(t)".
bool pragma_changes_session(sql::Lexer& lexer, std::string_view text) {
  std::string name;
  for (sql::Token t = lexer.next_significant(); t.kind != sql::TokenKind::end;
       t = lexer.next_significant()) {
    const std::string_view word = t.text(text);
    if (word == "=" || word == "(") {
      return std::find(harmless_pragmas.begin(), harmless_pragmas.end(), name) ==
             harmless_pragmas.end();
    }
    name.clear();
    for (const char c : word) {
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
  }
  return false;
}

/// ATTACH, a setting PRAGMA, or anything of the temp schema.
bool session_change(std::string_view text) {
  sql::Lexer lexer(text, Dialect::sqlite);
  const sql::Token first = lexer.next_significant();
  if (first.is("pragma"_w)) return pragma_changes_session(lexer, text);
  if (first.is("attach"_w) || first.is("detach"_w)) return true;
  if (!first.is("create"_w)) return false;
  for (sql::Token t = lexer.next_significant();
       t.kind != sql::TokenKind::end && !t.is(sql::Op::lparen);
       t = lexer.next_significant()) {  // create temp table t, create table if not exists temp.t
    if (t.is("temp"_w) || t.is("temporary"_w)) return true;
  }
  return false;
}

/// ROLLBACK without TO.
bool ends_whole_transaction(std::string_view text) {
  sql::Lexer lexer(text, Dialect::sqlite);
  for (sql::Token t = lexer.next_significant(); t.kind != sql::TokenKind::end;
       t = lexer.next_significant()) {
    if (t.is("to"_w)) return false;
  }
  return true;
}

void classify(Prepared& p, std::string_view text) {
  const StatementKind kind = sql::classify(text, Dialect::sqlite).kind;
  p.inserts = kind == StatementKind::insert;
  p.writes_rows = p.inserts || kind == StatementKind::update || kind == StatementKind::delete_;
  p.steers = kind == StatementKind::begin || kind == StatementKind::commit ||
             kind == StatementKind::rollback || kind == StatementKind::savepoint;
  p.ends_transaction = kind == StatementKind::rollback && ends_whole_transaction(text);
  p.cacheable = kind != StatementKind::set;
  if (!p.writes_rows && !p.steers && kind != StatementKind::select) {
    p.changes_session = session_change(text);
  }
}

void check_text(std::string_view text) {
  if (text.find('\0') != text.npos) {
    raise_own(ErrorKind::data, "the statement's text holds a NUL byte; SQL cannot");
  }
  if (!is_utf8(text)) raise_own(ErrorKind::data, "the statement's text is not valid UTF-8");
}

}  // namespace

Prepared prepare(sqlite3* db, std::string_view text) {
  check_text(text);
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    raise_error(nullptr, SQLITE_TOOBIG, {});
  }
  Prepared p;
  const char* begin = text.empty() ? "" : text.data();
  const char* tail = begin;
  sqlite3_stmt* raw = nullptr;
  const int rc = sqlite3_prepare_v3(db, begin, static_cast<int>(text.size()),
                                    SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  p.statement.reset(raw);
  if (rc != SQLITE_OK) raise_error(db, rc, {.sql = text});
  p.consumed = static_cast<std::size_t>(tail - begin);
  if (raw == nullptr) return p;
  p.parameters_count = sqlite3_bind_parameter_count(raw);
  p.columns_count = sqlite3_column_count(raw);
  p.reprepares = sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_REPREPARE, 0);
  p.read_only = sqlite3_stmt_readonly(raw) != 0 || sqlite3_stmt_isexplain(raw) != 0;
  classify(p, text.substr(0, p.consumed));
  return p;
}

bool is_blank_sql(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    std::size_t skip = 0;
    if (std::string_view(" \t\r\n\f;").find(rest[0]) != std::string_view::npos) {
      skip = 1;
    } else if (rest.starts_with("--")) {
      skip = std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      const auto end = rest.find("*/", 2);
      skip = end == rest.npos ? rest.size() : end + 2;
    } else {
      return false;
    }
    at += skip;
  }
  return true;
}

void read_columns(Prepared& prepared) {
  prepared.columns.clear();
  sqlite3_stmt* statement = prepared.statement.get();
  for (int i = 0; i < prepared.columns_count; ++i) {
    const char* name = sqlite3_column_name(statement, i);
    const char* declared = sqlite3_column_decltype(statement, i);
    Column column;
    column.name = name != nullptr ? name : "";
    column.database_type = declared != nullptr ? declared : "";
    column.type = declared_type(column.database_type);
    prepared.columns.push_back(std::move(column));
  }
  prepared.columns_known = true;
}

}  // namespace iacdb::backends::sqlite
