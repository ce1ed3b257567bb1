#include "http/statement_guard.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "http/errors.hpp"
#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"
#include "sql/named_statements.hpp"

namespace iacdb::http {
namespace {

using sql::StatementKind;
using sql::Token;
using sql::TokenKind;

/// Functions that change something although their transaction is read only, or that run text or
/// connections of their own. A name that ends in * stands for all that begin so.
/// Source: PostgreSQL 15, chapters 9.27, 9.28, 35.3, F.11, F.43; MariaDB 10.11, "Secondary
/// Functions"; SQLite, "Built-in Scalar Functions".
constexpr std::array<std::string_view, 37> writing_functions = {
    "lo_*",
    "lowrite",
    "loread",
    "dblink*",
    "set_config",
    "pg_file_*",
    "pg_notify",
    "pg_logical_*",
    "pg_create_*",
    "pg_drop_*",
    "pg_copy_*_slot",
    "pg_replication_*",
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile*",
    "pg_switch_wal",
    "pg_promote",
    "pg_wal_replay_*",
    "pg_backup_*",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_stat_reset*",
    "pg_import_system_collations",
    "pg_advisory_*",
    "pg_try_advisory_*",
    "pg_log_backend_memory_contexts",
    "query_to_xml*",
    "cursor_to_xml*",
    "ts_stat",
    "ts_rewrite",
    "crosstab*",
    "get_lock",
    "release_*",
    "load_extension",
    "nextval",
    "setval",
};

/// Words behind EXPLAIN ANALYZE that make something.
constexpr std::array<sql::WordId, 9> making_words = {
    sql::word_id("create"),  sql::word_id("execute"), sql::word_id("refresh"),
    sql::word_id("declare"), sql::word_id("insert"),  sql::word_id("update"),
    sql::word_id("delete"),  sql::word_id("merge"),   sql::word_id("into")};

bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  return name.starts_with(pattern.substr(0, star)) && name.ends_with(pattern.substr(star + 1));
}

[[noreturn]] void refuse(std::string_view why) {
  throw HttpError(403, "permission", "the token may only read this database: " + std::string(why));
}

std::string plain_name(const Token& token, std::string_view sql) {
  std::string name = base::lower(token.text(sql));
  std::erase_if(name, [](char c) { return c == '"' || c == '`' || c == '[' || c == ']'; });
  return name;
}

/// What single tokens give away.
void check_tokens(const StatementBody& body, Dialect dialect, bool is_explain) {
  sql::Lexer lexer(body.sql, dialect);
  bool analyzes = false;
  bool makes = false;
  Token previous;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind == TokenKind::conditional_begin) refuse("comments that run are not allowed");
    if (token.kind == TokenKind::comment) continue;
    if (token.is(sql::Op::lparen) &&
        (previous.kind == TokenKind::word || previous.kind == TokenKind::quoted_name)) {
      const std::string name = plain_name(previous, body.sql);
      for (const std::string_view pattern : writing_functions) {
        if (matches(pattern, name)) refuse("the function " + name + " does more");
      }
    }
    if (token.kind == TokenKind::quoted_name && body.sql[token.begin] != '"' &&
        (body.sql[token.begin] | 0x20) == 'u') {
      refuse("names in Unicode escapes are not allowed");
    }
    analyzes = analyzes || token.is(sql::word_id("analyze")) || token.is(sql::word_id("analyse"));
    makes = makes ||
            (token.kind == TokenKind::word &&
             std::find(making_words.begin(), making_words.end(), token.word) != making_words.end());
    previous = token;
  }
  if (is_explain && analyzes && makes) refuse("EXPLAIN ANALYZE runs the statement");
}

/// Quotes mean different things under different settings of a server; a semicolon within the text
/// could then begin another statement.
void check_semicolons(const StatementBody& body, Dialect dialect) {
  if (dialect != Dialect::mysql || !body.values.empty()) return;
  std::string_view text = body.sql;
  const auto last = text.find_last_not_of("; \t\r\n");
  text = text.substr(0, last == text.npos ? 0 : last + 1);
  if (text.find(';') != text.npos) {
    refuse("send a text that holds a semicolon as a parameter");
  }
}

}  // namespace

void check_statement(const StatementBody& body, Dialect dialect, config::Access right) {
  const sql::StatementFacts facts = sql::classify(body.sql, dialect);
  switch (facts.kind) {
    case StatementKind::begin:
    case StatementKind::commit:
    case StatementKind::rollback:
      throw HttpError(400, "usage",
                      "a transaction is begun with POST /v1/databases/{name}/sessions and ended "
                      "with its commit or rollback, not by a statement");
    default:
      break;
  }
  if (right == config::Access::write) return;
  if (facts.several) refuse("send one statement at a time");
  if (sql::may_have_hints(body.sql) && sql::read_hints(body.sql, dialect)) {
    refuse("send no text for another database with it");
  }
  switch (facts.kind) {
    case StatementKind::select:
    case StatementKind::show:
      if (!facts.read_only || facts.locks_rows) refuse("the statement writes or locks");
      break;
    case StatementKind::explain:
    case StatementKind::empty:
      break;
    default:
      refuse("send SELECT, VALUES, SHOW, DESCRIBE or EXPLAIN");
  }
  check_tokens(body, dialect, facts.kind == StatementKind::explain);
  check_semicolons(body, dialect);
}

}  // namespace iacdb::http
