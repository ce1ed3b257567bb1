#include "backends/sqlite/errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"

namespace iacdb::backends::sqlite {
namespace {

struct CodeMeaning {
  int code;
  ErrorKind kind;
  std::string_view message;
};

constexpr std::string_view locked =
    "another connection held a lock on the database for longer than the busy timeout; run the "
    "transaction again, or raise busy_timeout_ms";
constexpr std::string_view stale =
    "another transaction wrote since this one began to read; run the whole transaction again, or "
    "begin it with transaction=immediate";
constexpr std::string_view still_reading =
    "another statement of this connection still uses the table; end it first";
constexpr std::string_view io_failed =
    "the file system failed to read or write the database; check the disk, its mount and its log";
constexpr std::string_view damaged =
    "the database file is damaged; stop writing to it, then restore a backup or salvage it with "
    "the sqlite3 shell's .recover";
constexpr std::string_view full =
    "the disk, or the database's page limit, is full; free space and run the statement again";
constexpr std::string_view cannot_open =
    "cannot open the database file or one of its -wal, -shm or -journal files; check the path, "
    "its directory and their permissions";
constexpr std::string_view not_writable =
    "the database cannot be written: it is opened read only, or its file or directory is write "
    "protected";
constexpr std::string_view unique = "a row with this unique or primary key exists already";
constexpr std::string_view ended_by_rollback =
    "a rollback on this connection ended the statement; run it again";
constexpr std::string_view check = "a CHECK constraint, or a trigger, refused the row";
constexpr std::string_view too_big =
    "a value or the statement is larger than SQLite allows; see Capabilities::value_bytes_max";

/// Result codes, primary and extended, ascending. Source: https://sqlite.org/rescode.html.
/// An extended code that is absent means what its low byte means.
constexpr std::array meanings{
    CodeMeaning{SQLITE_ERROR, ErrorKind::syntax, "SQLite refused the statement"},
    CodeMeaning{SQLITE_INTERNAL, ErrorKind::internal, "SQLite found a fault in itself"},
    CodeMeaning{SQLITE_PERM, ErrorKind::permission, "the file's permissions forbid the access"},
    CodeMeaning{SQLITE_ABORT, ErrorKind::usage, ended_by_rollback},
    CodeMeaning{SQLITE_BUSY, ErrorKind::lock_timeout, locked},
    CodeMeaning{SQLITE_LOCKED, ErrorKind::usage, still_reading},
    CodeMeaning{SQLITE_NOMEM, ErrorKind::resource, "SQLite got no memory"},
    CodeMeaning{SQLITE_READONLY, ErrorKind::read_only, not_writable},
    CodeMeaning{SQLITE_INTERRUPT, ErrorKind::cancelled, "the statement was cancelled"},
    CodeMeaning{SQLITE_IOERR, ErrorKind::resource, io_failed},
    CodeMeaning{SQLITE_CORRUPT, ErrorKind::resource, damaged},
    CodeMeaning{SQLITE_NOTFOUND, ErrorKind::internal, "SQLite does not know the operation"},
    CodeMeaning{SQLITE_FULL, ErrorKind::resource, full},
    CodeMeaning{SQLITE_CANTOPEN, ErrorKind::connect, cannot_open},
    CodeMeaning{SQLITE_PROTOCOL, ErrorKind::lock_timeout,
                "the lock on the write-ahead log was not granted; run the statement again"},
    CodeMeaning{SQLITE_SCHEMA, ErrorKind::serialization_failure,
                "the schema kept changing while the statement was prepared; run it again"},
    CodeMeaning{SQLITE_TOOBIG, ErrorKind::data, too_big},
    CodeMeaning{SQLITE_CONSTRAINT, ErrorKind::check_violation, check},
    CodeMeaning{SQLITE_MISMATCH, ErrorKind::data,
                "a value does not fit its column; an INTEGER PRIMARY KEY takes integers only"},
    CodeMeaning{SQLITE_MISUSE, ErrorKind::internal, "SQLite was called out of order"},
    CodeMeaning{SQLITE_NOLFS, ErrorKind::resource, "the file system takes no large files"},
    CodeMeaning{SQLITE_AUTH, ErrorKind::permission, "the statement is not authorised"},
    CodeMeaning{SQLITE_RANGE, ErrorKind::usage, "there is no parameter of this number"},
    CodeMeaning{SQLITE_NOTADB, ErrorKind::connect,
                "the file is not a SQLite database, or it is encrypted"},
    CodeMeaning{SQLITE_LOCKED_SHAREDCACHE, ErrorKind::lock_timeout, locked},
    CodeMeaning{SQLITE_ABORT_ROLLBACK, ErrorKind::usage, ended_by_rollback},
    CodeMeaning{SQLITE_BUSY_SNAPSHOT, ErrorKind::serialization_failure, stale},
    CodeMeaning{SQLITE_CONSTRAINT_COMMITHOOK, ErrorKind::check_violation,
                "a commit hook refused the transaction"},
    CodeMeaning{SQLITE_CONSTRAINT_FOREIGNKEY, ErrorKind::foreign_key_violation,
                "a referenced row is missing, or a row is still referenced"},
    CodeMeaning{SQLITE_READONLY_DBMOVED, ErrorKind::read_only,
                "the database file was moved or deleted while open; connect again"},
    CodeMeaning{SQLITE_CONSTRAINT_NOTNULL, ErrorKind::not_null_violation,
                "NULL in a NOT NULL column; give it a value"},
    CodeMeaning{SQLITE_CONSTRAINT_PRIMARYKEY, ErrorKind::unique_violation, unique},
    CodeMeaning{SQLITE_CONSTRAINT_UNIQUE, ErrorKind::unique_violation, unique},
    CodeMeaning{SQLITE_CONSTRAINT_ROWID, ErrorKind::unique_violation, unique},
    CodeMeaning{SQLITE_IOERR_NOMEM, ErrorKind::resource, "SQLite got no memory"},
    CodeMeaning{SQLITE_CONSTRAINT_DATATYPE, ErrorKind::data,
                "a value is not of its column's type, in a STRICT table"},
};
static_assert(std::is_sorted(meanings.begin(), meanings.end(),
                             [](const auto& a, const auto& b) { return a.code < b.code; }));

const CodeMeaning* find_meaning(int code) {
  const auto* at = std::lower_bound(meanings.begin(), meanings.end(), code,
                                    [](const CodeMeaning& m, int c) { return m.code < c; });
  return at != meanings.end() && at->code == code ? at : nullptr;
}

CodeMeaning meaning_of(int code) {
  if (const auto* exact = find_meaning(code)) return *exact;
  if (const auto* primary = find_meaning(code & 0xff)) return *primary;
  return {code, ErrorKind::internal, "SQLite answered with a code that is not known here"};
}

struct TextMeaning {
  std::string_view text;
  bool prefix;  ///< Else anywhere in the message.
  ErrorKind kind;
  std::string_view message;
};

/// SQLITE_ERROR has one code for many faults, which only its texts tell apart; first match wins.
/// Source: the texts of SQLite 3.35 to 3.40 (parse.y, resolve.c, build.c, vdbe.c, func.c, json.c).
constexpr std::array text_meanings{
    TextMeaning{"no such savepoint", true, ErrorKind::usage, "there is no savepoint of that name"},
    TextMeaning{"no such ", true, ErrorKind::undefined_object,
                "a table, column, function or index of the statement does not exist; check its "
                "name and the schema"},
    TextMeaning{"unknown database", true, ErrorKind::undefined_object,
                "there is no attached database of that name"},
    TextMeaning{" has no column named ", false, ErrorKind::undefined_object,
                "the table has no column of that name"},
    TextMeaning{"there is already ", true, ErrorKind::duplicate_object,
                "a table or index of that name exists already"},
    TextMeaning{" already exists", false, ErrorKind::duplicate_object,
                "a table, index, view or trigger of that name exists already"},
    TextMeaning{"duplicate column name", true, ErrorKind::duplicate_object,
                "a column of that name exists already"},
    TextMeaning{"already in use", false, ErrorKind::duplicate_object,
                "a database of that name is attached already"},
    TextMeaning{"integer overflow", true, ErrorKind::data, "an integer does not fit into 64 bits"},
    TextMeaning{"malformed JSON", true, ErrorKind::data, "the text is not valid JSON"},
    TextMeaning{"JSON ", true, ErrorKind::data, "the JSON path or value is not valid"},
    TextMeaning{"cannot start a transaction", true, ErrorKind::usage,
                "a transaction is open already; commit or roll it back, or use a savepoint"},
    TextMeaning{"no transaction is active", false, ErrorKind::usage, "no transaction is open"},
    TextMeaning{"too many SQL variables", true, ErrorKind::usage,
                "too many parameters; see Capabilities::parameters_max"},
};

/// The kind and message, with what the text of SQLITE_ERROR says.
CodeMeaning refined(CodeMeaning meaning, std::string_view text) {
  if (meaning.code != SQLITE_ERROR) return meaning;
  for (const TextMeaning& t : text_meanings) {
    if (t.prefix ? text.starts_with(t.text) : text.find(t.text) != text.npos) {
      return {meaning.code, t.kind, t.message};
    }
  }
  return meaning;
}

std::string position(sqlite3* db, std::string_view sql) {
#if SQLITE_VERSION_NUMBER >= 3038000
  const int offset = sqlite3_error_offset(db);
  if (offset < 0 || sql.empty()) return {};
  const auto p = sql::position_of(sql, static_cast<std::size_t>(offset));
  return "line " + std::to_string(p.line) + ", column " + std::to_string(p.column);
#else
  (void)db, (void)sql;
  return {};
#endif
}

/// "UNIQUE constraint failed: t.a, t.b" names its columns; a CHECK would quote its expression.
std::string constrained_columns(ErrorKind kind, std::string_view text) {
  constexpr std::string_view mark = "constraint failed: ";
  const auto at = text.find(mark);
  const bool named = kind == ErrorKind::unique_violation || kind == ErrorKind::not_null_violation;
  return named && at != text.npos ? std::string(text.substr(at + mark.size())) : std::string();
}

void apply_stop(ErrorFacts& facts, StopReason reason) {
  if (reason == StopReason::none) return;
  const bool deadline = reason == StopReason::deadline;
  facts.kind = deadline ? ErrorKind::timeout : ErrorKind::cancelled;
  facts.message = deadline ? "the deadline passed before the statement ended; give it more time"
                           : "the caller cancelled the statement";
}

std::string shape_of(std::string_view sql) {
  return sql.empty() ? std::string() : sql::fingerprint(sql, Dialect::sqlite).text;
}

bool is_conflict(ErrorKind kind) {
  return kind == ErrorKind::lock_timeout || kind == ErrorKind::serialization_failure;
}

}  // namespace

ErrorFacts error_facts(sqlite3* db, int rc, const FailureContext& context) {
  const int primary = rc & 0xff;
  ErrorFacts facts;
  facts.backend = "sqlite";
  facts.native_code = rc;
  facts.server_message = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
  const CodeMeaning meaning = refined(meaning_of(rc), facts.server_message);
  facts.kind = meaning.kind;
  facts.message = meaning.message;
  if (primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY) apply_stop(facts, context.stopped);
  facts.retryable = is_conflict(facts.kind);
  facts.breaks_transaction = context.transaction_lost;
  facts.statement = shape_of(context.sql);
  if (db != nullptr) facts.where = position(db, context.sql);
  if (facts.where.empty()) facts.where = constrained_columns(facts.kind, facts.server_message);
  if (facts.where.empty()) facts.where = context.where;
  return facts;
}

void raise_error(sqlite3* db, int rc, const FailureContext& context) {
  raise(error_facts(db, rc, context));
}

void raise_own(ErrorKind kind, std::string message, std::string_view sql, std::string where) {
  ErrorFacts facts;
  facts.kind = kind;
  facts.backend = "sqlite";
  facts.message = std::move(message);
  facts.statement = shape_of(sql);
  facts.where = std::move(where);
  raise(std::move(facts));
}

}  // namespace iacdb::backends::sqlite
