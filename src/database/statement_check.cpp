#include "database/statement_check.hpp"

#include <algorithm>

#include "database/statement_choice.hpp"
#include "database/statement_translator.hpp"
#include "iacdb/error.hpp"
#include "sql/placeholders.hpp"

namespace iacdb::database {
namespace {

constexpr std::string_view prepared_name = "iacdb_check";

class Checker {
 public:
  Checker(driver::Connection& connection, Dialect source, const sql::Policies& policies,
          const driver::Call& call)
      : connection_(connection),
        server_(server_of(connection.can())),
        source_(source),
        translator_(source, server_.dialect, policies),
        call_(call) {}

  /// Throws: what is wrong with it.
  void check(const sql::NamedStatement& statement) {
    if (const sql::StatementText* other = sql::choose(statement.others, server_)) {
      return prepare(portable(other->text, server_.dialect));
    }
    const std::string text = portable(statement.text, source_);
    if (source_ == server_.dialect) return prepare(text);
    // Copied: preparing may ask for more.
    const TranslatedStatement translated = translator_.translated(connection_, text, call_);
    for (const std::string& one : translated.statements) prepare(one);
  }
  const sql::Server& server() const noexcept { return server_; }

 private:
  /// Names become `?`, where it has any.
  static std::string portable(std::string_view text, Dialect dialect) {
    if (sql::parameter_names(text, dialect).empty()) return std::string(text);
    const auto plain = sql::rewrite(text, dialect, {.portable = true});
    if (plain.parameters > 0) return std::string(text);
    return sql::rewrite(text, dialect, {.named = true, .portable = true}).text;
  }

  void prepare(const std::string& text) {
    switch (server_.dialect) {
      case Dialect::postgres:
        return prepare_postgres(text);
      case Dialect::mysql:
        return prepare_mysql(text);
      default:
        return explain(text);
    }
  }

  void prepare_postgres(const std::string& text) {
    switch (sql::classify(text, Dialect::postgres).kind) {
      case sql::StatementKind::select:
      case sql::StatementKind::insert:
      case sql::StatementKind::update:
      case sql::StatementKind::delete_:
      case sql::StatementKind::merge:
        break;
      default:
        return;
    }
    const std::string name(prepared_name);
    const std::string native = sql::rewrite(text, Dialect::postgres).text;
    connection_.exec("prepare " + name + " as " + native, {}, call_);
    connection_.exec("deallocate " + name, {}, call_);
  }

  /// The text goes as a value, so that nothing in it needs quoting.
  void prepare_mysql(const std::string& text) {
    const std::string name(prepared_name);
    const std::string native = sql::rewrite(text, Dialect::mysql).text;
    const Cell cell = Cell::of_text(native);
    connection_.exec("set @" + name + " = ?", {&cell, 1}, call_);
    connection_.exec("prepare " + name + " from @" + name, {}, call_);
    connection_.exec("deallocate prepare " + name, {}, call_);
  }

  /// SQLite compiles what it explains, and runs none of it.
  void explain(const std::string& text) {
    const std::vector<Cell> nulls(sql::rewrite(text, Dialect::sqlite).bindings.size());
    Cursor& cursor = connection_.query("explain " + text, nulls, true, call_);
    cursor.close();
  }

  driver::Connection& connection_;
  sql::Server server_;
  Dialect source_;
  StatementTranslator translator_;
  const driver::Call& call_;
};

std::string line_of(const sql::NamedStatements& statements, const sql::NamedStatement& statement,
                    const sql::Server& server, const Error& error) {
  const sql::StatementText* other = sql::choose(statement.others, server);
  std::string line = statements.file() + ":" +
                     std::to_string(other ? other->line : statement.line) + ": " + statement.name +
                     (other ? " for " + other->target : "") + ": " + error.facts().message;
  if (!error.server_message().empty() && line.find(error.server_message()) == line.npos) {
    line += " (" + std::string(error.server_message()) + ")";
  }
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

std::vector<std::string> check_statements(driver::Connection& connection,
                                          const sql::NamedStatements& statements,
                                          const sql::Policies& policies, const driver::Call& call) {
  std::vector<std::string> lines;
  Checker checker(connection, statements.dialect(), policies, call);
  for (const sql::NamedStatement& statement : statements.all()) {
    try {
      checker.check(statement);
    } catch (const Error& error) {
      if (error.breaks_connection()) throw;
      lines.push_back(line_of(statements, statement, checker.server(), error));
    }
  }
  return lines;
}

}  // namespace iacdb::database
