#include <exception>
#include <string>

#include "backends/postgres/connection.hpp"
#include "wire/postgres/backend_decode.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

std::string_view words_of(Isolation isolation) noexcept {
  switch (isolation) {
    case Isolation::read_uncommitted:
      return " ISOLATION LEVEL READ UNCOMMITTED";
    case Isolation::read_committed:
      return " ISOLATION LEVEL READ COMMITTED";
    case Isolation::repeatable_read:
    case Isolation::snapshot:  // PostgreSQL's repeatable read is snapshot isolation.
      return " ISOLATION LEVEL REPEATABLE READ";
    case Isolation::serializable:
      break;
  }
  return " ISOLATION LEVEL SERIALIZABLE";
}

[[noreturn]] void raise_usage(std::string message) {
  raise(own_facts(ErrorKind::usage, std::move(message)));
}

}  // namespace

/// Sent together with the first statement; a transaction without one costs nothing.
void PostgresConnection::begin(const TransactionOptions& options, const driver::Call&) {
  require_no_cursor();
  if (state() == driver::SessionState::broken) exchange_.open_group();  // Raises.
  if (state() != driver::SessionState::idle) {
    raise_usage("a transaction is open already; nest with a savepoint");
  }
  if (!options.isolation && !options.read_only && !options.deferrable) {
    exchange_.defer_begin();
    return;
  }
  std::string sql = "BEGIN";
  if (options.isolation) sql += words_of(*options.isolation);
  if (options.read_only) sql += " READ ONLY";
  if (options.deferrable) sql += " DEFERRABLE";
  exchange_.defer_command(sql);
}

void PostgresConnection::commit(const driver::Call& call) {
  require_no_cursor();
  const bool begun = exchange_.status() != wp::TransactionStatus::idle;
  if (!begun && !exchange_.has_deferred()) {
    if (!exchange_.is_broken()) raise_usage("there is no transaction to commit");
  }
  exchange_.drop_deferred();  // Nothing ran behind them.
  if (!begun && !exchange_.is_broken()) return;
  const std::string tag = send_commit(call);
  if (tag == "COMMIT") return;
  ErrorFacts facts = own_facts(ErrorKind::usage,
                               "the transaction had failed before the commit, so it was rolled "
                               "back; look at the first error of it");
  facts.sqlstate = "25P02";
  facts.breaks_transaction = true;
  raise(std::move(facts));
}

std::string PostgresConnection::send_commit(const driver::Call& call) {
  try {
    exchange_.send_commit(wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});  // It did not reach the server.
  }
  return read_answer("COMMIT", "the commit", call,
                     [&](const io::Wait& wait) { return exchange_.read_commit(wait); });
}

std::string PostgresConnection::run_to_answer(std::string_view sql, std::string_view what,
                                              const driver::Call& call) {
  try {
    exchange_.send_command(sql, wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
  return read_answer(sql, what, call,
                     [&](const io::Wait& wait) { return exchange_.read_command(sql, wait); });
}

/// What was sent either gets its answer or is in doubt; it is never cancelled halfway.
template <class Read>
std::string PostgresConnection::read_answer(std::string_view sql, std::string_view what,
                                            const driver::Call& call, Read read) {
  try {
    try {
      return read(wait_of(call));
    } catch (const TimeoutError& error) {
      if (!error.sqlstate().empty()) throw;
      return exchange_.read_command(sql, {base::Deadline::in(Exchange::cancel_grace), nullptr});
    }
  } catch (const Error& error) {
    if (!error.sqlstate().empty() && !error.breaks_connection()) {
      exchange_.recover(std::current_exception(), {});
    }
    raise_in_doubt(error, what);
  }
}

void PostgresConnection::raise_in_doubt(const Error& cause, std::string_view what) {
  exchange_.set_broken();
  ErrorFacts facts = own_facts(ErrorKind::in_doubt,
                               std::string(what) +
                                   " was sent but its answer was lost; look into the data to see "
                                   "whether it happened");
  facts.server_message = cause.server_message();
  facts.sqlstate = cause.sqlstate();
  facts.where = cause.where();
  facts.breaks_connection = facts.breaks_transaction = true;
  raise(std::move(facts));
}

void PostgresConnection::rollback(const driver::Call& call) {
  if (cursor_.is_open()) cursor_.close();
  exchange_.drop_deferred();
  if (exchange_.status() == wp::TransactionStatus::idle || exchange_.is_broken()) return;
  try {
    exchange_.run_command("ROLLBACK", wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
}

void PostgresConnection::savepoint(std::string_view name, const driver::Call&) {
  require_no_cursor();
  switch (state()) {
    case driver::SessionState::in_transaction:
      exchange_.defer_command("SAVEPOINT " + quote_name(name));
      return;
    case driver::SessionState::failed_transaction:
      raise_usage("the transaction has failed; roll it back, or back to an earlier savepoint");
    case driver::SessionState::broken:
      exchange_.open_group();  // Raises.
      return;
    case driver::SessionState::idle:
      raise_usage("a savepoint needs a transaction");
  }
}

void PostgresConnection::release_savepoint(std::string_view name, const driver::Call& call) {
  require_no_cursor();
  try {
    exchange_.run_command("RELEASE SAVEPOINT " + quote_name(name), wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
}

void PostgresConnection::rollback_to_savepoint(std::string_view name, const driver::Call& call) {
  if (cursor_.is_open()) cursor_.close();
  try {
    exchange_.run_command("ROLLBACK TO SAVEPOINT " + quote_name(name), wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
}

}  // namespace iacdb::backends::postgres
