#include "iacdb/run_query.hpp"

#include "database/statement_choice.hpp"
#include "iacdb/error.hpp"

namespace iacdb::sql {

BuildOptions options_of(const Capabilities& can) {
  const Server server = database::server_of(can);
  return {.dialect = server.dialect, .version = server.version};
}

namespace detail {

BuiltQuery built_to_run(const Capabilities& can, const Buildable& query) {
  const BuildOptions options = options_of(can);
  BuiltQuery built = query.build(options);
  for (BuiltStatement& s : built.statements) {
    if (s.text().find("*/") != std::string::npos) {
      raise(ErrorKind::usage, "a statement with a name that holds */ cannot be run as it is built");
    }
    const auto values = s.parameters();
    s = BuiltStatement("/* iacdb: " + std::string(to_string(options.dialect)) + ": " + s.text() +
                           " */ " + s.text(),
                       std::vector<Value>(values.begin(), values.end()));
  }
  return built;
}

void run_others(Queryable& db, const BuiltQuery& built, bool before) {
  const std::size_t from = before ? 0 : built.answer + 1;
  const std::size_t to = before ? built.answer : built.statements.size();
  for (std::size_t i = from; i < to; ++i) {
    db.exec(built.statements[i].text(), built.statements[i].arguments());
  }
}

}  // namespace detail

ExecResult exec(Queryable& db, const Buildable& query) {
  const BuiltQuery built = detail::built_to_run(db.can(), query);
  const BuiltStatement& answer = built.statements.at(built.answer);
  if (built.statements.size() == 1) return db.exec(answer.text(), answer.arguments());
  Transaction together = db.begin();
  detail::run_others(together, built, true);
  ExecResult result = together.exec(answer.text(), answer.arguments());
  detail::run_others(together, built, false);
  together.commit();
  return result;
}

}  // namespace iacdb::sql
