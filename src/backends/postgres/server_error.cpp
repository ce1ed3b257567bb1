#include "backends/postgres/server_error.hpp"

#include <string>
#include <utility>

#include "backends/postgres/sqlstate.hpp"
#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"

namespace iacdb::backends::postgres {
namespace {

std::string_view words_for(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::config:
      return "the server's configuration is wrong; see its log";
    case ErrorKind::connect:
      return "the server does not accept connections now; try again later";
    case ErrorKind::authentication:
      return "the server refused the user or the password; check both, and pg_hba.conf";
    case ErrorKind::connection_lost:
      return "the server ended the connection; connect again";
    case ErrorKind::cancelled:
      return "the statement was ended from outside";
    case ErrorKind::usage:
      return "the statement is not possible at this point";
    case ErrorKind::unsupported:
      return "the server does not support this";
    case ErrorKind::data:
      return "a value does not fit its type or place; see server_message";
    case ErrorKind::row_count:
      return "another number of rows than required";
    case ErrorKind::syntax:
      return "the server does not understand the statement; see server_message";
    case ErrorKind::undefined_object:
      return "the statement names something that does not exist; check its spelling and the "
             "search path";
    case ErrorKind::duplicate_object:
      return "something of that name exists already";
    case ErrorKind::permission:
      return "the user lacks a privilege; ask the owner to grant it";
    case ErrorKind::unique_violation:
      return "a row with this key exists already";
    case ErrorKind::foreign_key_violation:
      return "a referenced row is missing, or this row is still referenced";
    case ErrorKind::not_null_violation:
      return "a required column is NULL";
    case ErrorKind::check_violation:
      return "a row violates a constraint";
    case ErrorKind::serialization_failure:
      return "concurrent transactions conflict; run the whole transaction again";
    case ErrorKind::deadlock:
      return "a deadlock was ended; run the whole transaction again";
    case ErrorKind::lock_timeout:
      return "a lock was not granted in time; try again";
    case ErrorKind::read_only:
      return "writing is not possible here; use the primary and a read-write transaction";
    case ErrorKind::resource:
      return "the server ran into a limit or lacks a resource; see server_message";
    default:
      return "the server failed; see server_message and its log";
  }
}

std::string_view special_words(std::string_view code) noexcept {
  if (code == "25P02") {
    return "the transaction failed before this statement; roll it back and begin again";
  }
  if (code == "57014") return "the statement was cancelled, by a request or a server timeout";
  if (code == "53300") return "the server has no connection left; use fewer, or raise its limit";
  if (code == "28000")
    return "the server refuses this user, host, database or TLS mode; see pg_hba.conf";
  if (code == "42P18") return "the type of a parameter cannot be told; write cast(? as type)";
  return {};
}

/// Byte offset of a character position (from 1) in UTF-8.
std::size_t byte_of(std::string_view text, std::int32_t position) noexcept {
  std::size_t at = 0;
  for (std::int32_t left = position - 1; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && left-- == 0) break;
  }
  return at;
}

std::string place_in_statement(std::int32_t position, const StatementOrigin& origin) {
  std::size_t offset = 0;
  if (origin.rewritten != nullptr) {
    offset = sql::source_offset(*origin.rewritten, byte_of(origin.rewritten->text, position));
  } else {
    offset = byte_of(origin.sql, position);
  }
  const sql::Position at = sql::position_of(origin.sql, offset);
  return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
}

/// Names of schema objects are no values: they say where to look.
std::string place_of(const wire::postgres::Notice& notice, const StatementOrigin& origin) {
  if (notice.position > 0 && !origin.sql.empty()) {
    return place_in_statement(notice.position, origin);
  }
  std::string place;
  const auto add = [&place](std::string_view word, std::string_view name) {
    if (name.empty()) return;
    if (!place.empty()) place += ", ";
    place.append(word).append(" ").append(name);
  };
  add("table", notice.table);
  add("column", notice.column);
  add("type", notice.data_type);
  add("constraint", notice.constraint);
  return place;
}

std::string server_text(const wire::postgres::Notice& notice) {
  std::string text(notice.message);
  const auto add = [&text](std::string_view label, std::string_view more) {
    if (!more.empty()) text.append("\n").append(label).append(more);
  };
  add("DETAIL: ", notice.detail);
  add("HINT: ", notice.hint);
  add("CONTEXT: ", notice.context);
  return text;
}

bool breaks_connection(const wire::postgres::Notice& notice) noexcept {
  return notice.is_fatal() || notice.code.substr(0, 2) == "08";
}

}  // namespace

ErrorFacts facts_of(const wire::postgres::Notice& notice, const StatementOrigin& origin) {
  ErrorFacts facts;
  facts.kind = kind_of_sqlstate(notice.code);
  const std::string_view special = special_words(notice.code);
  facts.message = special.empty() ? words_for(facts.kind) : special;
  facts.sqlstate = notice.code;
  facts.backend = "postgres";
  if (!origin.sql.empty()) {
    facts.statement = sql::fingerprint(origin.sql, Dialect::postgres).text;
  }
  facts.server_message = server_text(notice);
  facts.where = place_of(notice, origin);
  facts.retryable = is_retryable(notice.code);
  facts.breaks_connection = breaks_connection(notice);
  facts.breaks_transaction = true;
  return facts;
}

ErrorFacts own_facts(ErrorKind kind, std::string message, std::string_view sql) {
  ErrorFacts facts;
  facts.kind = kind;
  facts.message = std::move(message);
  facts.backend = "postgres";
  if (!sql.empty()) facts.statement = sql::fingerprint(sql, Dialect::postgres).text;
  return facts;
}

}  // namespace iacdb::backends::postgres
