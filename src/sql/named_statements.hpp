#pragma once
// Named statements: a text for every database, and another one for a database where it must differ.
//
//   NamedStatements all = NamedStatements::parse(text, "orders.sql", Dialect::mysql);
//   const NamedStatement* found = all.matching("select  * from t");   // as an application sends it
//   const StatementText* other = choose(*found, {Dialect::postgres, false, 15});  // or null
//
// The file is SQL. `-- name: orders_of` begins a statement, `-- on: postgres:15` its text for one
// database, from that version on; `-- dialect: mysql` before the first says what the others are in.
// The same for one statement in a program, before it: /* iacdb: postgres: SELECT .. */ SELECT ..
// Throws: ConfigError with file and line; for a hint UsageError. Threads: safe to share when const.
// Limits: 10,000 statements.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "iacdb/sql.hpp"

namespace iacdb::sql {

/// What runs a statement, as far as a text may depend on it.
struct Server {
  Dialect dialect = Dialect::sqlite;
  bool is_mariadb = false;
  int version = 0;  ///< as TranslateOptions::target_version
};

/// A text for one database; `mysql` without a version is for MariaDB too.
struct StatementText {
  std::string target = {};  ///< as written: "mariadb:10.11"
  Dialect dialect = Dialect::sqlite;
  bool is_mariadb = false;
  int version = 0;  ///< 0: any
  std::string text = {};
  std::size_t line = 1;
};

struct NamedStatement {
  std::string name = {};
  std::string text = {};
  std::size_t line = 1;
  std::vector<StatementText> others = {};
};

class NamedStatements {
 public:
  /// `dialect` is that of the texts without a target, where the file does not say it.
  static NamedStatements parse(std::string_view text, std::string_view file, Dialect dialect);
  static NamedStatements read(const std::string& path, Dialect dialect);

  Dialect dialect() const noexcept { return dialect_; }
  const std::string& file() const noexcept { return file_; }
  const std::vector<NamedStatement>& all() const noexcept { return statements_; }
  /// Throws: UsageError that says which names there are.
  const NamedStatement& named(std::string_view name) const;
  /// The statement with these words, whatever blanks and comments stand between them; or null.
  const NamedStatement* matching(std::string_view sql) const;

 private:
  friend class NamedStatementsReader;

  Dialect dialect_ = Dialect::sqlite;
  std::string file_;
  std::vector<NamedStatement> statements_;
  std::unordered_map<std::string, std::size_t> by_words_;
};

/// The text that fits a server best, or null where the statement's own is to run.
const StatementText* choose(const std::vector<StatementText>& others, const Server& server);

/// A statement with its texts for other databases before it.
struct HintedStatement {
  std::vector<StatementText> others = {};
  std::string_view text = {};  ///< what follows them
};
/// Nothing where the text does not begin so. Lifetime: the text is a view into `sql`.
std::optional<HintedStatement> read_hints(std::string_view sql, Dialect dialect);
/// Whether read_hints() has something to read; cheap.
inline bool may_have_hints(std::string_view sql) noexcept {
  std::size_t at = 0;
  while (at < sql.size() && (sql[at] == ' ' || (sql[at] >= '\t' && sql[at] <= '\r'))) ++at;
  return at + 1 < sql.size() && sql[at] == '/' && sql[at + 1] == '*';
}

}  // namespace iacdb::sql
