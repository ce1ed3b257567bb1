// Two-phase commit: PREPARE TRANSACTION and its company, and what a health check asks.
// Source: PostgreSQL documentation, "PREPARE TRANSACTION" and "pg_prepared_xacts".

#include <charconv>
#include <exception>

#include "backends/postgres/connection.hpp"

namespace iacdb::backends::postgres {
namespace {

/// The server's name of a branch; BranchId allows no character that needs quoting.
std::string quoted_id(const driver::BranchId& id) {
  return "'" + id.transaction + "." + std::to_string(id.number) + "'";
}

std::optional<driver::BranchId> parse_id(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == text.npos) return std::nullopt;
  driver::BranchId id{std::string(text.substr(0, dot)), 0};
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + dot + 1, end, id.number);
  if (error != std::errc() || at != end) return std::nullopt;
  return id;
}

std::vector<std::string> texts_of(Cursor& cursor) {
  std::vector<std::string> texts;
  Batch batch;
  while (cursor.fetch(batch)) {
    for (std::size_t i = 0; i < batch.rows_count; ++i) texts.emplace_back(batch.cells[i].text());
  }
  cursor.close();
  return texts;
}

}  // namespace

driver::Inspection PostgresConnection::inspect(const driver::Call& call) {
  const auto facts = texts_of(
      query("select case when pg_catalog.pg_is_in_recovery() then 'replica' else 'primary' end "
            "union all select pg_catalog.current_setting('transaction_read_only')",
            {}, true, call));
  return {.role = facts.at(0) == "replica" ? Role::replica : Role::primary,
          .read_only = facts.at(1) == "on"};
}

void PostgresConnection::begin_branch(const driver::BranchId&, const TransactionOptions& options,
                                      const driver::Call& call) {
  begin(options, call);
}

void PostgresConnection::prepare_branch(const driver::BranchId& id, const driver::Call& call) {
  require_no_cursor();
  const std::string tag =
      run_to_answer("PREPARE TRANSACTION " + quoted_id(id), "PREPARE TRANSACTION", call);
  if (tag == "PREPARE TRANSACTION") return;
  // Of a failed transaction the server just says ROLLBACK.
  ErrorFacts facts = own_facts(ErrorKind::usage,
                               "the transaction had failed before it was prepared, so it was "
                               "rolled back; look at the first error of it");
  facts.sqlstate = "25P02";
  facts.breaks_transaction = true;
  raise(std::move(facts));
}

driver::BranchEnd PostgresConnection::end_branch(const driver::BranchId& id, bool commit,
                                                 const driver::Call& call) {
  if (!commit && (exchange_.has_deferred() || state() == driver::SessionState::in_transaction ||
                  state() == driver::SessionState::failed_transaction)) {
    rollback(call);
    return driver::BranchEnd::ended;
  }
  require_no_cursor();
  try {
    try {
      exchange_.run_command((commit ? "COMMIT PREPARED " : "ROLLBACK PREPARED ") + quoted_id(id),
                            wait_of(call));
    } catch (...) {
      exchange_.recover(std::current_exception(), {});
    }
  } catch (const Error& error) {
    if (error.sqlstate() == "42704") return driver::BranchEnd::unknown;
    if (error.sqlstate() != "55000") throw;
    ErrorFacts facts = error.facts();
    facts.kind = ErrorKind::lock_timeout;
    facts.retryable = true;
    facts.message = "another connection works on the prepared transaction just now; try again";
    raise(std::move(facts));
  }
  return driver::BranchEnd::ended;
}

std::vector<driver::BranchId> PostgresConnection::prepared_branches(std::string_view prefix,
                                                                    const driver::Call& call) {
  std::vector<driver::BranchId> ids;
  for (const std::string& text :
       texts_of(query("select gid from pg_catalog.pg_prepared_xacts "
                      "where database = pg_catalog.current_database() order by prepared, gid",
                      {}, true, call))) {
    if (!text.starts_with(prefix)) continue;
    if (auto id = parse_id(text)) ids.push_back(*std::move(id));
  }
  return ids;
}

}  // namespace iacdb::backends::postgres
