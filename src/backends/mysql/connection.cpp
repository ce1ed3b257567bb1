#include "backends/mysql/connection.hpp"

#include <mysqld_error.h>

#include <utility>

#include "backends/mysql/error_table.hpp"
#include "backends/mysql/session_state.hpp"
#include "iacdb/sql.hpp"
#include "sql/placeholders.hpp"

namespace iacdb::mysql {
namespace {

constexpr unsigned query_interrupted = 1317;
constexpr unsigned not_preparable = 1295;
constexpr unsigned unknown_statement = 1243;
constexpr unsigned must_prepare_again = 1615;
constexpr unsigned too_many_prepared = 1461;

bool is_timed_out(const Failure& failure) {
  const NativeError& known = find_error(failure.code);
  return known.kind == ErrorKind::cancelled || known.kind == ErrorKind::timeout ||
         known.breaks_connection;
}

std::string_view reason_of(Limits::Fired fired) {
  return fired == Limits::Fired::stop ? "a stop was requested" : "its deadline passed";
}

/// Takes the names off a prepared statement's fields, after they have been read.
///
/// MariaDB sends columns at an execution only when they have changed since the last one; otherwise
/// Connector/C copies them from here, string by string, each time. What has no name was not sent:
/// that is also how open_binary() knows that the columns are the old ones.
void strip_names(std::span<MYSQL_FIELD> fields) {
  for (MYSQL_FIELD& field : fields) {
    for (char** text : {&field.name, &field.org_name, &field.table, &field.org_table, &field.db,
                        &field.catalog, &field.def}) {
      *text = nullptr;
    }
    field.name_length = field.org_name_length = field.table_length = field.org_table_length = 0;
    field.db_length = field.catalog_length = field.def_length = 0;
  }
}

/// Says which limit of the call ended the statement, where one did.
void name_limit(ErrorFacts& facts, const Limits& limits) {
  if (limits.fired() == Limits::Fired::no) return;
  const bool stopped = limits.fired() == Limits::Fired::stop;
  facts.kind = stopped ? ErrorKind::cancelled : ErrorKind::timeout;
  facts.retryable = false;
  facts.message = "the statement was ended: " + std::string(reason_of(limits.fired()));
  if (facts.breaks_connection) {
    facts.message += "; the server did not answer, so the connection is closed";
  }
}

}  // namespace

MysqlConnection::MysqlConnection(std::shared_ptr<const Plan> plan, Session session)
    : plan_(std::move(plan)),
      host_(label_of(session.host)),
      server_(session.server),
      can_(capabilities_of(session.server)),
      cache_(plan_->settings.statement_cache_size),
      canceller_(plan_, session),
      handle_(std::move(session.handle)),
      cursor_(*this) {}

void MysqlConnection::note(const Failure& failure) noexcept {
  if (failure.code == 0) return;
  const NativeError& known = find_error(failure.code);
  if (known.breaks_connection) broken_ = true;
  if (failure.code == query_interrupted) canceller_.forget_pending();
  // An error packet carries no status: what the server rolled back must be noted here.
  if (known.breaks_transaction) handle_->server_status &= ~unsigned{SERVER_STATUS_IN_TRANS};
}

void MysqlConnection::fail(const Failure& failure, const Limits* limits, std::string_view sql) {
  note(failure);
  ErrorFacts facts = facts_of(failure, {host_, sql});
  if (facts.kind == ErrorKind::connect) {
    // Of a connection that stood: TLS that is cut off in its midst reads like a failed handshake.
    facts.kind = ErrorKind::connection_lost;
    facts.message = "the connection broke";
    facts.retryable = true;
  }
  if (limits != nullptr && is_timed_out(failure)) name_limit(facts, *limits);
  if (broken_) facts.breaks_connection = true;
  raise(std::move(facts));
}

void MysqlConnection::fail_late(const Limits& limits, std::string_view sql,
                                bool has_written) const {
  // Not noted: the KILL that was sent may still wait for the next statement.
  ErrorFacts facts = facts_of({query_interrupted, "70100", ""}, {host_, sql});
  name_limit(facts, limits);
  if (has_written && state() == driver::SessionState::idle) {
    facts.kind = ErrorKind::in_doubt;
    facts.message += "; look into the data to see whether it happened";
  }
  raise(std::move(facts));
}

void MysqlConnection::attend(Limits& limits) {
  if (cursor_.is_open()) {
    raise_at(ErrorKind::usage, "the rows of another statement are still being read", {host_, {}});
  }
  if (broken_) {
    ErrorFacts facts = facts_of({CR_SERVER_GONE_ERROR, "", ""}, {host_, {}});
    facts.message = "the connection broke before; open another one";
    raise(std::move(facts));
  }
  if (canceller_.is_pending()) absorb_kill();
  if (limits.has_come()) {
    raise_at(ErrorKind::timeout, "the deadline passed or a stop was requested before the start",
             {host_, {}});
  }
}

/// A KILL that came after its statement had ended waits for the next one: give it one.
void MysqlConnection::absorb_kill() {
  constexpr std::string_view nothing = "DO 0";
  const bool good = ::mysql_real_query(handle(), nothing.data(), nothing.size()) == 0;
  canceller_.forget_pending();
  if (good) return;
  const Failure failure = failure_of(handle());
  if (failure.code != query_interrupted) fail(failure, nullptr, nothing);
}

Statement MysqlConnection::prepare(std::string_view text, Limits& limits) {
  Statement statement(::mysql_stmt_init(handle()));
  if (!statement) throw std::bad_alloc();
  if (::mysql_stmt_prepare(statement.get(), text.data(), text.size()) != 0) {
    fail(failure_of(statement.get()), &limits, text);
  }
  return statement;
}

Prepared MysqlConnection::make_prepared(std::string_view sql, Limits& limits) {
  Prepared prepared;
  prepared.text =
      sql.find("??") == sql.npos ? std::string(sql) : sql::rewrite(sql, Dialect::mysql).text;
  prepared.changes_session = changes_session(sql);
  prepared.writes_rows = writes_rows(sql);
  const sql::StatementFacts facts = sql::classify(sql, Dialect::mysql);
  prepared.is_call = facts.kind == sql::StatementKind::call;
  if (facts.several) return prepared;
  try {
    prepared.statement = prepare(prepared.text, limits);
  } catch (const Error& error) {
    if (error.native_code() == too_many_prepared && cache_.size() > 0) {
      cache_.clear();
      prepared.statement = prepare(prepared.text, limits);
    } else if (error.native_code() != not_preparable) {
      throw;
    }
  }
  if (prepared.statement) {
    const std::span<MYSQL_FIELD> fields(prepared.statement->fields,
                                        prepared.statement->field_count);
    prepared.plan.describe(fields, options());
    strip_names(fields);
    prepared.parameters = Parameters(::mysql_stmt_param_count(prepared.statement.get()));
  }
  return prepared;
}

Prepared& MysqlConnection::prepare_and_keep(std::string_view sql, Limits& limits) {
  return cache_.insert(sql, make_prepared(sql, limits));
}

Prepared& MysqlConnection::execute(std::string_view sql, std::span<const Cell> arguments,
                                   Limits& limits) {
  Prepared& prepared = find_prepared(sql, limits);
  if (!prepared.statement) {
    if (arguments.empty()) return prepared;
    raise_at(ErrorKind::usage,
             "parameters cannot go with several statements in one text, nor with one that the "
             "server cannot prepare",
             {host_, sql});
  }
  MYSQL_STMT* statement = prepared.statement.get();
  if (!prepared.parameters.bind_again(arguments)) {
    const Place place{host_, sql};
    prepared.parameters.bind(statement, arguments, place);
    prepared.parameters.send_streams(statement, arguments, place);
  }
  if (prepared.changes_session) [[unlikely]]
    session_changed_ = true;
  if (::mysql_stmt_execute(statement) == 0) [[likely]]
    return prepared;
  return execute_again(sql, arguments, failure_of(statement), limits);
}

/// The server has forgotten the statement, or its columns have changed: prepare it anew, once.
Prepared& MysqlConnection::execute_again(std::string_view sql, std::span<const Cell> arguments,
                                         const Failure& failure, Limits& limits) {
  const bool not_run = failure.code == unknown_statement || failure.code == must_prepare_again;
  const bool columns_changed = failure.code == CR_NEW_STMT_METADATA;
  for (const Cell& cell : arguments) {
    if (cell.is_streamed()) fail(failure, &limits, sql);  // A stream cannot be read twice.
  }
  // A statement that has run may run again only when it just reads.
  if (!not_run && !(columns_changed && sql::classify(sql, Dialect::mysql).read_only)) {
    fail(failure, &limits, sql);
  }
  cache_.erase(sql);
  Prepared& prepared = prepare_and_keep(sql, limits);
  MYSQL_STMT* statement = prepared.statement.get();
  prepared.parameters.bind(statement, arguments, {host_, sql});
  if (::mysql_stmt_execute(statement) != 0) fail(failure_of(statement), &limits, sql);
  return prepared;
}

ExecResult MysqlConnection::exec(std::string_view sql, std::span<const Cell> arguments,
                                 const driver::Call& call) {
  Limits limits(call, &canceller_);
  start(limits);
  if (arguments.empty() && sql.find('?') == sql.npos) return exec_text(sql, limits);
  Prepared& prepared = execute(sql, arguments, limits);
  MYSQL_STMT* statement = prepared.statement.get();
  if (statement == nullptr) return exec_text(prepared.text, limits);
  ExecResult result;
  result.rows_affected = 0;
  if (statement->field_count == 0) [[likely]] {
    // What mysql_stmt_affected_rows() and mysql_stmt_insert_id() return.
    result.rows_affected = statement->upsert_status.affected_rows;
    const auto id = statement->upsert_status.last_insert_id;
    if (id != 0) result.generated_id = static_cast<std::int64_t>(id);
    if (limits.fired() != Limits::Fired::no) [[unlikely]]
      check_late(result, limits, sql);
    if (!has_more_results()) [[likely]] {
      return result;
    }
  }
  cursor_.open_binary(prepared, call);
  struct Closer {
    ResultCursor& cursor;
    ~Closer() { cursor.close(); }
  } closer{cursor_};
  Batch batch;
  do {
    while (cursor_.fetch(batch)) {
    }
    result.rows_affected += cursor_.rows_affected();
  } while (cursor_.next_result());
  return result;
}

void MysqlConnection::require_one_statement(std::string_view sql) const {
  if (plan_->options.multi_statements || sql.find(';') == sql.npos) return;
  if (!sql::classify(sql, Dialect::mysql).several) return;
  raise_at(ErrorKind::usage, "several statements in one text are off: multi_statements=false",
           {host_, sql});
}

void MysqlConnection::send_text(std::string_view sql, Limits& limits) {
  require_one_statement(sql);
  if (changes_session(sql)) session_changed_ = true;
  if (::mysql_real_query(handle(), sql.data(), sql.size()) != 0) {
    fail(failure_of(handle()), &limits, sql);
  }
}

ExecResult MysqlConnection::exec_text(std::string_view sql, Limits& limits) {
  std::string rewritten;
  if (sql.find("??") != sql.npos) {
    rewritten = sql::rewrite(sql, Dialect::mysql).text;
    sql = rewritten;
  }
  try {
    send_text(sql, limits);
  } catch (const Error& error) {
    if (error.native_code() != ER_EMPTY_QUERY) throw;
    return {};  // Comments alone do nothing, as on every other database.
  }
  ExecResult result;
  discard_text_results(result, limits, sql);
  if (limits.fired() != Limits::Fired::no) [[unlikely]]
    check_late(result, limits, sql);
  return result;
}

/// Some functions (BENCHMARK, SLEEP in DO) end early without an error when they are killed. A
/// statement that changed rows has succeeded all the same; any other one was ended.
void MysqlConnection::check_late(const ExecResult& result, const Limits& limits,
                                 std::string_view sql) const {
  if (result.rows_affected == 0) fail_late(limits, sql);
}

void MysqlConnection::discard_text_results(ExecResult& result, Limits& limits,
                                           std::string_view sql) {
  for (;;) {
    if (::mysql_field_count(handle()) > 0) {
      Result(::mysql_use_result(handle())).reset();
      if (::mysql_errno(handle()) != 0) fail(failure_of(handle()), &limits, sql);
    } else {
      result.rows_affected += ::mysql_affected_rows(handle());
      const auto id = ::mysql_insert_id(handle());
      if (id != 0) result.generated_id = static_cast<std::int64_t>(id);
    }
    if (!has_more_results()) return;
    if (::mysql_next_result(handle()) > 0) fail(failure_of(handle()), &limits, sql);
  }
}

Cursor& MysqlConnection::query(std::string_view sql, std::span<const Cell> arguments, bool,
                               const driver::Call& call) {
  Limits limits(call, &canceller_);
  start(limits);
  Prepared& prepared = execute(sql, arguments, limits);
  if (prepared.statement) [[likely]] {
    cursor_.open_binary(prepared, call);
    // What writes and returns rows has been done: its rows say more.
    if (limits.fired() != Limits::Fired::no && !prepared.writes_rows) [[unlikely]] {
      cursor_.close();
      fail_late(limits, sql);
    }
    return cursor_;
  }
  send_text(prepared.text, limits);
  cursor_.open_text(prepared.text, call);
  return cursor_;
}

void MysqlConnection::run_text(std::string_view text, const driver::Call& call) {
  Limits limits(call, &canceller_);
  start(limits);
  if (!send_and_read(handle(), text)) {
    fail(failure_of(handle()), &limits, text);
  }
  while (has_more_results()) {
    if (::mysql_next_result(handle()) > 0) fail(failure_of(handle()), &limits, text);
  }
}

std::string MysqlConnection::scalar_text(std::string_view text, const driver::Call& call) {
  Limits limits(call, &canceller_);
  start(limits);
  if (::mysql_real_query(handle(), text.data(), text.size()) != 0) {
    fail(failure_of(handle()), &limits, text);
  }
  const Result result(::mysql_store_result(handle()));
  if (!result) fail(failure_of(handle()), &limits, text);
  const MYSQL_ROW row = ::mysql_fetch_row(result.get());
  return row != nullptr && row[0] != nullptr ? row[0] : "";
}

}  // namespace iacdb::mysql
