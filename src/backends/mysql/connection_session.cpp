// MysqlConnection: transactions, and the life of the session between two users.

#include "backends/mysql/connection.hpp"
#include "backends/mysql/error_table.hpp"
#include "base/text.hpp"

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

std::string begin_text(const TransactionOptions& options, std::string_view verb) {
  std::string text;
  if (options.isolation) text.append(" ISOLATION LEVEL ").append(level_of(*options.isolation));
  if (options.read_only) text += text.empty() ? " READ ONLY" : ", READ ONLY";
  if (!text.empty()) text = "SET TRANSACTION" + text + ";";
  return text.append(verb);
}

void MysqlConnection::begin(const TransactionOptions& options, const driver::Call& call) {
  if (options.deferrable) [[unlikely]]
    raise_unsupported("deferrable transactions");
  if (state() == driver::SessionState::in_transaction) [[unlikely]] {
    // START TRANSACTION would commit it without a word.
    raise_at(ErrorKind::usage, "a transaction is open already; use a savepoint", {host_, {}});
  }
  constexpr std::string_view verb = "START TRANSACTION";
  if (!options.isolation && !options.read_only) [[likely]]
    return run_text(verb, call);
  const bool snapshot = options.isolation == Isolation::snapshot;
  run_text(begin_text(options, snapshot ? "START TRANSACTION WITH CONSISTENT SNAPSHOT" : verb),
           call);
}

void MysqlConnection::commit(const driver::Call& call) {
  run_or_doubt("COMMIT", "COMMIT", call);
}

void MysqlConnection::run_or_doubt(std::string_view text, std::string_view what,
                                   const driver::Call& call) {
  Limits limits(call, &canceller_);
  start(limits);
  if (send_and_read(handle(), text)) {
    if (!has_more_results()) [[likely]]
      return;
    while (has_more_results()) {
      if (::mysql_next_result(handle()) > 0) break;
    }
    if (::mysql_errno(handle()) == 0) return;
  }
  const Failure failure = failure_of(handle());
  if (!failure.is_lost()) fail(failure, &limits, text);
  note(failure);
  ErrorFacts facts = facts_of(failure, {host_, text});
  facts.kind = ErrorKind::in_doubt;
  facts.message =
      "the answer to " + std::string(what) + " was lost; look in the database whether it happened";
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
    // Closing rolls an unprepared branch back; a prepared one goes on without its connection.
    if (broken_ || branch_ != BranchState::none) return false;
    if (state() == driver::SessionState::in_transaction) rollback(call);
    handle_->warning_count = 0;
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

std::vector<Notice> MysqlConnection::notices(const driver::Call& call) {
  if (::mysql_warning_count(handle()) == 0) return {};
  constexpr std::string_view text = "SHOW WARNINGS";
  Limits limits(call, &canceller_);
  start(limits);
  if (::mysql_real_query(handle(), text.data(), text.size()) != 0) {
    fail(failure_of(handle()), &limits, text);
  }
  const Result result(::mysql_store_result(handle()));
  if (!result) fail(failure_of(handle()), &limits, text);
  std::vector<Notice> notices;
  const auto field = [](const char* value) { return std::string(value == nullptr ? "" : value); };
  while (const MYSQL_ROW row = ::mysql_fetch_row(result.get())) {
    notices.push_back({base::upper(field(row[0])), field(row[1]), field(row[2])});
  }
  handle_->warning_count = 0;
  return notices;
}

driver::Inspection MysqlConnection::inspect(const driver::Call& call) {
  driver::Inspection inspection{.role = Role::primary, .read_only = is_read_only(call)};
  // What everybody may ask: MySQL tells its replication threads to privileged users alone.
  const std::string_view threads =
      server_.is_mariadb ? "SELECT VARIABLE_VALUE > 0 FROM information_schema.GLOBAL_STATUS "
                           "WHERE VARIABLE_NAME = 'SLAVES_RUNNING'"
                         : "SELECT COUNT(*) > 0 FROM "
                           "performance_schema.replication_connection_status "
                           "WHERE SERVICE_STATE = 'ON'";
  try {
    if (scalar_text(threads, call) == "1") inspection.role = Role::replica;
  } catch (const Error& error) {
    if (error.breaks_connection() || error.kind() == ErrorKind::timeout) throw;
    inspection.role = inspection.read_only ? Role::unknown : Role::primary;
  }
  return inspection;
}

}  // namespace iacdb::mysql
