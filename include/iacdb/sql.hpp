#pragma once
// SQL as text: translated between five dialects, split, classified, and made into fingerprints; no
// database is needed.
//
//   sql::Translation t = sql::translate("select ifnull(a, 1) from t limit 3", Dialect::mysql,
//                                       Dialect::oracle);
//   if (t.error) report(t.error->message, t.error->line, t.error->column);
//   else for (const std::string& statement : t.statements) run(statement);
//
//   for (const sql::ScriptStatement& s : sql::split(script, Dialect::mysql)) run(s.text);
//   sql::fingerprint("SELECT * FROM t WHERE a IN (1,2) -- x", Dialect::mysql).text
//     == "select * from t where a in (?)"
//   sql::analyze("insert into t select now() from s", Dialect::mysql).tables_written   // {"t"}
//
// A database that is opened with OpenOptions::source_dialect translates by itself.
// Threads: safe to share. Cost: linear in the text.

#include <cstdint>
#include <iacdb/dialect.hpp>
#include <iacdb/policies.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb::sql {

// --- Parsing and printing ---

/// One statement, parsed. Threads: immutable and safe to share.
class Statement {
 public:
  struct Tree;
  explicit Statement(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}
  const Tree& tree() const noexcept { return *tree_; }

 private:
  std::shared_ptr<const Tree> tree_;
};
/// A final `;` is allowed. Throws: QueryError saying what was expected where, also for nesting
/// beyond 250.
Statement parse(std::string_view text, Dialect dialect);
/// The statement in the grammar of a dialect; to say the same in another one is translate()'s work.
/// Throws: QueryError where the dialect has no form for a part of it.
std::string print(const Statement& statement, Dialect dialect);

// --- What a statement is ---

/// Told from the tokens alone: enough to route, to guard and to fetch.
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

/// Doubt is told as the careful answer: not read-only, unknown. Cost: no allocation.
StatementFacts classify(std::string_view sql, Dialect dialect);

/// What a statement touches: for routing, caching and access rules. Names come as they are written,
/// with their schema, without quotes. Where a statement is not read to its end (a procedure, a
/// syntax that is not known), `whole` is false and the lists may lack something.
struct Analysis {
  StatementFacts facts = {};
  bool whole = false;
  std::vector<std::string> tables_read = {};         ///< each once, in the order they stand
  std::vector<std::string> tables_written = {};      ///< the same
  std::vector<std::string> volatile_functions = {};  ///< upper case: another answer each time
  std::size_t parameters = 0;                        ///< markers, each counted
};

Analysis analyze(std::string_view sql, Dialect dialect);

/// A statement's shape: its text without literals, comments and spare blanks, for logs and groups.
/// Every literal becomes ?, an IN list and the rows of VALUES collapse to one. Where the text
/// cannot be read, the rest is "..."; a literal never appears. In sqlite "x" is a name, as its
/// manual says.
struct Fingerprint {
  std::string text = {};
  std::uint64_t hash = 0;  ///< of the whole shape, also where `text` was cut
};

Fingerprint fingerprint(std::string_view sql, Dialect dialect, std::size_t bytes_max = 2048);

// --- Scripts ---

struct ScriptStatement {
  std::string_view text = {};
  std::size_t offset = 0;   ///< of the text, in bytes
  std::size_t line = 1;     ///< of the text's first byte
  std::uint32_t times = 1;  ///< GO n runs a batch n times
  /// The lines that follow COPY .. FROM STDIN in a psql script, without the final `\.`.
  std::string_view data = {};
  std::size_t end = 0;  ///< offset after the terminator
};

/// Splits a script as the dialect's own client does: knows `;`, GO (tsql), a line of `/` (oracle),
/// DELIMITER (mysql), dollar quotes, and the bodies of procedures, functions, triggers, packages
/// and blocks. Client commands (`\set`, PROMPT, `:r`, `.mode`) are left out. A text has neither its
/// terminator nor leading blanks. Throws: QueryError for an open string or comment.
/// Lifetime: texts are views into the script.
std::vector<ScriptStatement> split(std::string_view script, Dialect dialect);

// --- What translation may know of a schema ---

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
  std::string declared = {};      ///< the type as written, in upper case
  std::string type_text = {};     ///< with its parameters, where a script said it
  std::string default_text = {};  ///< the default's expression, where a script said it
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

/// Reads CREATE TABLE and CREATE UNIQUE INDEX statements of a script; other statements are skipped.
SchemaFacts read_schema(std::string_view script, Dialect dialect);

// --- Translation ---

struct TranslateOptions {
  bool lossy = false;
  const SchemaFacts* schema = nullptr;  ///< what is known of the tables, or nothing
  /// Target version where forms differ: 11 for Oracle 11g, 2016 for SQL Server, 15 for PostgreSQL;
  /// major * 100 + minor for MySQL (507), MariaDB (1011) and SQLite (340); 0: a recent one.
  int target_version = 0;
  /// Takes in the definitions that are translated, so that later statements know of them. May be
  /// what `schema` points at.
  SchemaFacts* learned = nullptr;
  /// The statements are all of one database, which a connection stands in: its default schema (dbo,
  /// public) need not be named, and names of other databases have no meaning.
  bool whole_database = false;
  /// The keys that INSERTs write themselves are told to PostgreSQL's sequences later, for all.
  bool keys_later = false;
  bool mark_parameters = false;  ///< fill in Translation::bindings
  bool explain = false;          ///< fill in Translation::rules
  Policies policies = {};
};

struct TranslationWarning {
  std::string code = {};
  std::string message = {};
};

struct TranslationError {
  std::string code = {};     ///< "syntax", "unsupported", "schema", "limit"
  std::string message = {};  ///< one line, ours
  std::size_t line = 1;
  std::size_t column = 1;
};

struct Translation {
  /// To run in this order, in one transaction; none where a script's statement is left out.
  std::vector<std::string> statements = {};
  /// When asked, for each statement: which `?` of the original each of its `?` stands for.
  std::vector<std::vector<std::uint32_t>> bindings = {};
  std::size_t parameters = 0;  ///< that the source statement takes, with mark_parameters
  std::size_t answer = 0;      ///< which of them gives the statement's answer
  std::vector<TranslationWarning> warnings = {};
  std::vector<std::string> rules = {};  ///< when asked: the passes that changed something, in order
  std::optional<TranslationError> error = {};

  /// All statements as one text.
  std::string sql() const;
};

/// Translates one statement. A statement of the same dialect is returned as it was written.
Translation translate(std::string_view statement, Dialect from, Dialect to,
                      const TranslateOptions& options = {});

/// A target as people name it: "postgres", "oracle:11", "tsql:2016", "mysql:5.7".
struct DialectVersion {
  Dialect dialect = Dialect::postgres;
  int version = 0;  ///< as TranslateOptions::target_version takes it
};
/// Nothing for an unknown name or a version that is no number.
std::optional<DialectVersion> parse_target(std::string_view text) noexcept;

}  // namespace iacdb::sql
