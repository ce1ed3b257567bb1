// MysqlConnection: transactions, and the life of the session between two users.

#include "backends/mysql/connection.hpp"
#include "backends/mysql/error_table.hpp"

namespace iacdb::mysql {
namespace {

std::string_view level_of(Isolation isolation) {
  switch (isolation) {
    case Isolation::read_uncommitted:
      return "READ UNCOMMITTED";
    case Isolation::read_committed:
      return "READ COMMITTED";
    case Isolation::repeatable_read:
    case Isolation::snapshot:
      return "REPEATABLE READ";
    case Isolation::serializable:
      return "SERIALIZABLE";
  }
  return "REPEATABLE READ";
}

/// One round trip, whatever is asked for.
std::string begin_text(const TransactionOptions& options) {
  std::string text;
  if (options.isolation) {
    text = "SET TRANSACTION ISOLATION LEVEL ";
    text += level_of(*options.isolation);
    text += ";";
  }
  text += "START TRANSACTION";
  const bool snapshot = options.isolation == Isolation::snapshot;
  if (snapshot) text += " WITH CONSISTENT SNAPSHOT";
  if (options.read_only) text += snapshot ? ", READ ONLY" : " READ ONLY";
  return text;
}

std::string quoted(std::string_view name) {
  std::string text = "`";
  for (const char c : name) {
    text += c;
    if (c == '`') text += c;
  }
  return text + "`";
}

constexpr std::chrono::seconds cancel_seconds{2};

}  // namespace

void MysqlConnection::begin(const TransactionOptions& options, const driver::Call& call) {
  if (options.deferrable) raise_unsupported("deferrable transactions");
  if (state() == driver::SessionState::in_transaction) {
    // START TRANSACTION would commit it without a word.
    raise_at(ErrorKind::usage, "a transaction is open already; use a savepoint", {host_, {}});
  }
  if (!options.isolation && !options.read_only) return run_text("START TRANSACTION", call);
  run_text(begin_text(options), call);
}

void MysqlConnection::commit(const driver::Call& call) {
  constexpr std::string_view text = "COMMIT";
  Limits limits(call, &canceller_);
  start(limits);
  if (::mysql_real_query(handle(), text.data(), text.size()) == 0) return;
  const Failure failure = failure_of(handle());
  if (!failure.is_lost()) fail(failure, &limits, text);
  note(failure);
  ErrorFacts facts = facts_of(failure, {host_, text});
  facts.kind = ErrorKind::in_doubt;
  facts.message = "the answer to COMMIT was lost; look in the database whether it happened";
  facts.retryable = false;
  raise(std::move(facts));
}

void MysqlConnection::rollback(const driver::Call& call) {
  run_text("ROLLBACK", call);
}

void MysqlConnection::savepoint(std::string_view name, const driver::Call& call) {
  run_text("SAVEPOINT " + quoted(name), call);
}

void MysqlConnection::release_savepoint(std::string_view name, const driver::Call& call) {
  run_text("RELEASE SAVEPOINT " + quoted(name), call);
}

void MysqlConnection::rollback_to_savepoint(std::string_view name, const driver::Call& call) {
  run_text("ROLLBACK TO SAVEPOINT " + quoted(name), call);
}

void MysqlConnection::ping(const driver::Call& call) {
  Limits limits(call, &canceller_);
  start(limits);
  if (::mysql_ping(handle()) != 0) fail(failure_of(handle()), &limits, {});
}

bool MysqlConnection::reset(const driver::Call& call) noexcept {
  try {
    cursor_.close();
    if (broken_) return false;
    if (state() == driver::SessionState::in_transaction) rollback(call);
    if (!session_changed_) return true;
    // Without a database of its own the session cannot go back to having none.
    if (plan_->settings.database.empty()) return false;
    Limits limits(call, &canceller_);
    start(limits);
    if (::mysql_reset_connection(handle()) != 0) fail(failure_of(handle()), &limits, {});
    cache_.clear();  // The server has dropped its prepared statements.
    if (::mysql_select_db(handle(), plan_->settings.database.c_str()) != 0) {
      fail(failure_of(handle()), &limits, {});
    }
    apply_settings(handle(), *plan_, nullptr);
    session_changed_ = false;
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void MysqlConnection::cancel() noexcept {
  canceller_.cancel_statement(base::Deadline::in(cancel_seconds));
}

bool MysqlConnection::is_read_only(const driver::Call& call) {
  return scalar_text("SELECT @@global.read_only OR @@global.innodb_read_only", call) == "1";
}

}  // namespace iacdb::mysql
