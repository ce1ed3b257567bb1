#include "cli/script.hpp"

#include <ostream>

#include "cli/command.hpp"
#include "cli/formats/result_writer.hpp"
#include "sql/split.hpp"

namespace iacdb::cli {
namespace {

std::string place(const ScriptOptions& options, std::size_t line) {
  return (options.source.empty() ? "line " : options.source + ":") + std::to_string(line);
}

[[noreturn]] void raise_with_place(const Error& error, const std::string& where) {
  ErrorFacts facts = error.facts();
  facts.where = facts.where.empty() ? where : where + ", " + facts.where;
  raise(std::move(facts));
}

std::size_t run_all(Queryable& queryable, const std::vector<sql::ScriptStatement>& statements,
                    const ScriptOptions& options, std::ostream& out, std::ostream& err) {
  std::size_t failed = 0;
  for (const sql::ScriptStatement& statement : statements) {
    for (std::uint32_t time = 0; time < statement.times; ++time) {
      try {
        run_statement(queryable, statement.text, options, out);
      } catch (const Error& error) {
        const std::string where = place(options, statement.line);
        if (!options.keep_going || error.breaks_connection()) raise_with_place(error, where);
        out.flush();
        err << where << ": ";
        print_error(err, error);
        ++failed;
      }
    }
  }
  return failed;
}

}  // namespace

void run_statement(Queryable& queryable, std::string_view sql, const ScriptOptions& options,
                   std::ostream& out) {
  Rows<Row> rows = queryable.query(sql);
  do {
    if (rows.columns().empty()) {
      while (rows.next()) {
      }
      if (!options.quiet && options.format != "json") {
        out << "ok, " << rows.rows_affected() << (rows.rows_affected() == 1 ? " row\n" : " rows\n");
      }
      continue;
    }
    const auto writer = make_writer(options.format, out);
    writer->begin(rows.columns());
    while (rows.next()) writer->row(rows.current());
    writer->end();
  } while (rows.next_result());
}

std::size_t run_script(Session& session, Dialect dialect, std::string_view text,
                       const ScriptOptions& options, std::ostream& out, std::ostream& err) {
  const auto statements = sql::split(text, dialect);
  if (!options.single_transaction) return run_all(session, statements, options, out, err);
  return session.transact(
      [&](Transaction& tx) { return run_all(tx, statements, options, out, err); });
}

}  // namespace iacdb::cli
