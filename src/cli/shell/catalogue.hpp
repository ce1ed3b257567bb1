#pragma once
// ShellCatalogue: what \d and its family ask a database, one implementation a database.
//
//   const ShellCatalogue& catalogue = shell_catalogue(Dialect::postgres);
//   Listing tables = catalogue.relations("t", NamePattern::parse("public.or*", dialect), false);
//
// Threads: safe to share.

#include <iacdb/database.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iacdb/dialect.hpp"

namespace iacdb::cli {

/// A pattern of psql: * and ? are wild, a dot separates the schema, quotes keep letters as they
/// are.
struct NamePattern {
  std::string schema;  ///< As LIKE takes it with the escape !; "" is none.
  std::string name;
  static NamePattern parse(std::string_view text, Dialect dialect);
};
/// "column like 'pattern' escape '!'", or "true" for an empty pattern.
std::string like(std::string_view column, const std::string& pattern, Dialect dialect);

/// A query and the title of its result; `missing` says why the database has none.
struct Listing {
  std::string title = {};
  std::string sql = {};
  std::string missing = {};
};

struct Relation {
  std::string schema;
  std::string name;
  std::string kind;  ///< table, view, materialized view, sequence, index
};

using TextRow = std::vector<std::optional<std::string>>;

/// What \d NAME shows.
struct Description {
  std::string title{};
  std::vector<std::string> names{};
  std::vector<TextRow> rows{};
  std::vector<std::string> notes{};  ///< Lines below: indexes, keys, triggers.
};

class ShellCatalogue {
 public:
  virtual ~ShellCatalogue() = default;
  /// `kinds`: t tables, v views, m materialized views, s sequences, i indexes.
  virtual Listing relations(std::string_view kinds, const NamePattern& pattern,
                            bool verbose) const = 0;
  virtual Listing databases(bool verbose) const = 0;
  virtual Listing schemas(const NamePattern& pattern) const = 0;
  virtual Listing roles(const NamePattern& pattern) const = 0;
  virtual Listing functions(const NamePattern& pattern) const = 0;
  virtual Listing privileges(const NamePattern& pattern) const = 0;
  virtual Listing extensions() const = 0;
  virtual Listing types(const NamePattern& pattern) const = 0;
  /// Relations of a name, columns schema, name, kind.
  virtual Listing find(const NamePattern& pattern) const = 0;
  virtual Description describe(Session& session, const Relation& relation, bool verbose) const = 0;
  /// One row with the text of a view or function.
  virtual Listing view_text(const NamePattern& pattern) const = 0;
  virtual Listing function_text(const NamePattern& pattern) const = 0;
  /// For completion: relation, column; and the schemas' names.
  virtual std::string all_columns() const = 0;
  virtual std::string all_schemas() const = 0;
};

const ShellCatalogue& postgres_catalogue();
const ShellCatalogue& mysql_catalogue();
const ShellCatalogue& sqlite_catalogue();
const ShellCatalogue& shell_catalogue(Dialect dialect);

/// All rows of a query as text.
std::vector<TextRow> text_rows(Session& session, const std::string& sql);
/// The rows of a query as indented lines below a heading; nothing when there are none.
void add_notes(std::vector<std::string>& notes, Session& session, const std::string& heading,
               const std::string& sql);

}  // namespace iacdb::cli
