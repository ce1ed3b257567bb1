#pragma once
// Translation: a statement of one dialect becomes statements of another with the same result, or is
// refused with a reason.
//
//   Translation t = translate("select ifnull(a, 1) from t limit 3", Dialect::mysql,
//   Dialect::oracle); if (t.error) report(t.error->message, t.error->line, t.error->column); else
//   run(t.statements);
//
// Strict (the default): what cannot be kept is an error. Lossy: it is a warning with a code.
// Nothing is thrown for a statement; see TranslationError.
// Threads: safe to share. Cost: linear in the text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iacdb/dialect.hpp"
#include "sql/schema_facts.hpp"

namespace iacdb::sql {

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
  bool mark_parameters = false;  ///< fill in Translation::bindings
  bool explain = false;          ///< fill in Translation::rules
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
  std::size_t answer = 0;  ///< which of them gives the statement's answer
  std::vector<TranslationWarning> warnings = {};
  std::vector<std::string> rules = {};  ///< when asked: the passes that changed something, in order
  std::optional<TranslationError> error = {};

  /// All statements as one text.
  std::string sql() const;
};

/// Translates one statement. A statement of the same dialect is returned as it was written.
Translation translate(std::string_view statement, Dialect from, Dialect to,
                      const TranslateOptions& options = {});

struct Node;
class Arena;

/// Translates a statement that was parsed, perhaps changed since; `text` is where it came from. The
/// tree is used up.
Translation translate_tree(Node* tree, Arena& arena, std::string_view text, Dialect from,
                           Dialect to, const TranslateOptions& options);

/// A target as people name it: "postgres", "oracle:11", "tsql:2016", "mysql:5.7".
struct DialectVersion {
  Dialect dialect = Dialect::postgres;
  int version = 0;  ///< as TranslateOptions::target_version takes it
};
/// Nothing for an unknown name or a version that is no number.
std::optional<DialectVersion> parse_target(std::string_view text) noexcept;

/// The names of the passes in the order they run.
std::vector<std::string_view> pass_names();

}  // namespace iacdb::sql
