#pragma once
// What every pass of one translation shares.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/ast.hpp"
#include "sql/problem.hpp"
#include "sql/translate.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

/// The tables and WITH queries of a statement; found once a pass.
struct Sources {
  bool known = false;
  bool outer = false;  ///< an outer join or ROLLUP may make any column NULL
  std::vector<Node*> tables = {};
  std::vector<Node*> ctes = {};
  /// Names in ORDER BY and HAVING that stand for what the select list calls so.
  std::unordered_map<const Node*, Node*> aliased = {};
  std::unordered_map<const Node*, ValueType> types = {};  ///< Found already.

  void forget() {
    if (!types.empty()) types.clear();
    if (!known) return;
    known = outer = false;
    tables.clear();
    ctes.clear();
    aliased.clear();
  }
};

struct Context {
  Dialect from;
  Dialect to;
  Builder build;
  const TranslateOptions& options;
  Translation& result;
  Node* statement = nullptr;
  std::vector<Node*> before = {};  ///< statements to run first
  std::vector<Node*> after = {};   ///< statements to run then
  int names_made = 0;
  std::size_t length = 0;  ///< Of the statement, in bytes.
  mutable Sources sources = {};
  mutable int depth_of_types = 0;

  bool from_is(Dialect d) const { return from == d; }
  bool to_is(Dialect d) const { return to == d; }
  /// SQLite, PostgreSQL and SQL Server divide integers to an integer.
  static bool integer_division(Dialect d) {
    return d == Dialect::sqlite || d == Dialect::postgres || d == Dialect::tsql;
  }

  [[noreturn]] void refuse(const Node* n, std::string message, std::string code = "unsupported") {
    fail(std::move(code), std::move(message), n ? n->position : 0);
  }
  /// An error in strict mode, a warning in lossy mode.
  void lose(const Node* n, std::string code, std::string message) {
    if (!options.lossy) refuse(n, std::move(message), std::move(code));
    warn(std::move(code), std::move(message));
  }
  /// What a type would decide that nothing tells: see UnknownTypes.
  void miss_types(const Node* n, std::string code, std::string message) {
    if (options.lossy || options.policies.unknown_types == UnknownTypes::numbers) {
      return warn(std::move(code), std::move(message));
    }
    refuse(n, std::move(message) + "; give the schema, or a cast", "schema");
  }
  void warn(std::string code, std::string message) {
    for (const TranslationWarning& w : result.warnings) {
      if (w.code == code && w.message == message) return;
    }
    result.warnings.push_back({std::move(code), std::move(message)});
  }
  std::string_view fresh(std::string_view stem) {
    return build.text(std::string(stem) + std::to_string(++names_made));
  }
};

/// The tables that a statement names, with their aliases; for type and key questions.
const TableFacts* table_facts(const Context& context, std::string_view table_or_alias);
/// True when the schema has one of the tables that the statement names.
bool knows_tables(const Context& context);
const ColumnFacts* column_facts(const Context& context, const Node* column);
/// The type behind a column's name, through derived tables and WITH queries.
ValueType column_type(const Context& context, const Node* column);
/// True where a table or query of the statement is known to have such a column.
bool names_column(const Context& context, std::string_view name);
/// True where a value cannot be NULL, as far as is known.
bool never_null(const Context& context, const Node* value);
/// The names of a table's or query's columns in order; false when one is not known.
bool source_columns(const Context& context, const Node* table, std::vector<std::string_view>& out,
                    int depth = 0);
bool output_columns(const Context& context, const Node* query, std::vector<std::string_view>& out);
/// Writes out the stars of a select list; false when a table's columns are not known.
bool expand_stars(Context& context, Node* select);

/// True for a call of that name without a schema.
inline bool is_call(const Node* n, std::string_view name) {
  return n && n->is(Kind::call) && !n->kid(call_slot::path) && same_word(n->text, name);
}
inline std::size_t argument_count(const Node* call) {
  return call->kid(call_slot::args)->size;
}
inline Node* argument(const Node* call, std::size_t i) {
  return call->kid(call_slot::args)->kid(i);
}

}  // namespace iacdb::sql
