#include "database/statement_choice.hpp"

#include "database/telemetry.hpp"

namespace iacdb::database {

sql::Server server_of(const Capabilities& can) {
  sql::Server server;
  server.dialect = dialect_of(can.backend);
  server.is_mariadb = can.product == "MariaDB";
  const bool minor = server.dialect == Dialect::mysql || server.dialect == Dialect::sqlite;
  server.version = static_cast<int>(can.version_number / (minor ? 100 : 10'000));
  return server;
}

ChosenText StatementChoice::of(std::string_view sql) {
  Kept* kept = known_.find(sql);
  if (!kept) kept = &known_.insert(sql, find(sql));
  return {kept->is_other ? std::string_view(kept->text) : sql, kept->is_native};
}

StatementChoice::Kept StatementChoice::find(std::string_view sql) const {
  if (const auto hinted = sql::read_hints(sql, dialect_)) {
    const sql::StatementText* other = sql::choose(hinted->others, server_);
    return {other ? other->text : std::string(hinted->text), true, other != nullptr};
  }
  const sql::NamedStatement* named = statements_ ? statements_->matching(sql) : nullptr;
  const sql::StatementText* other = named ? sql::choose(named->others, server_) : nullptr;
  if (!other) return {};
  return {other->text, true, true};
}

}  // namespace iacdb::database
