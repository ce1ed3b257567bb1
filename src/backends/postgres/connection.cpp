#include "backends/postgres/connection.hpp"

#include <exception>
#include <utility>

#include "sql/placeholders.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

PostgresConnection::PostgresConnection(LoggedIn in, Capabilities can, std::size_t cache_size,
                                       std::uint32_t batch_rows)
    : can_(std::move(can)),
      exchange_(std::move(in)),
      statements_(exchange_, cache_size),
      cursor_(exchange_, statements_, batch_rows) {
  exchange_.channel().server().settle_parameters();
}

PostgresConnection::~PostgresConnection() {
  if (exchange_.is_broken() || !exchange_.channel().stream().is_open()) return;
  try {
    base::Buffer bye;
    wp::encode_terminate(bye);
    exchange_.channel().stream().try_write(bye.view());
  } catch (...) {
    return;  // The server notices the end by itself.
  }
}

driver::SessionState PostgresConnection::state() const noexcept {
  if (exchange_.is_broken()) return driver::SessionState::broken;
  if (exchange_.has_deferred()) return driver::SessionState::in_transaction;
  switch (exchange_.status()) {
    case wp::TransactionStatus::idle:
      return driver::SessionState::idle;
    case wp::TransactionStatus::active:
      return driver::SessionState::in_transaction;
    case wp::TransactionStatus::failed:
      break;
  }
  return driver::SessionState::failed_transaction;
}

void PostgresConnection::require_no_cursor() const {
  if (!cursor_.is_open()) [[likely]]
    return;
  raise(own_facts(ErrorKind::usage,
                  "the rows of another statement are still being read; read them to the end or "
                  "drop them first"));
}

Cursor& PostgresConnection::query(std::string_view sql, std::span<const Cell> arguments,
                                  bool /*arguments_outlive*/, const driver::Call& call) {
  require_no_cursor();
  try {
    if (Prepared* prepared = statements_.start(sql, arguments, wait_of(call))) {
      cursor_.start(*prepared, call);
    } else {
      cursor_.start_simple(sql, call);
    }
    return cursor_;
  } catch (...) {
    exchange_.recover(std::current_exception(), sql);
  }
}

ExecResult PostgresConnection::exec(std::string_view sql, std::span<const Cell> arguments,
                                    const driver::Call& call) {
  require_no_cursor();
  Prepared* prepared = nullptr;
  try {
    prepared = statements_.start(sql, arguments, wait_of(call));
    if (prepared != nullptr) return run_to_end(prepared, sql, call);
  } catch (...) {
    exchange_.recover(std::current_exception(), sql);
  }
  return run_simple_to_end(sql, call);
}

/// The statement is bound: skips its rows and keeps what its tag says.
ExecResult PostgresConnection::run_to_end(Prepared* prepared, std::string_view sql,
                                          const driver::Call& call) {
  const io::Wait wait = wait_of(call);
  ExecResult result;
  if (const auto tag = exchange_.take_completion(); !tag.empty()) [[likely]] {
    result.rows_affected = rows_changed(tag);
    return result;
  }
  for (;;) {
    const auto message = exchange_.next(wait);
    switch (message.type) {
      case wp::backend::data_row:
      case wp::backend::empty_query_response:
        break;
      case wp::backend::command_complete:
        result.rows_affected = rows_changed(wp::decode_command_complete(message.body));
        break;
      case wp::backend::ready_for_query:
        exchange_.take_ready(message);
        return result;
      default:
        // Errors and what does not belong here are the cursor's to judge.
        cursor_.start(*prepared, call);
        Batch rest;
        try {
          while (cursor_.fetch(rest)) {
          }
        } catch (...) {
          cursor_.close();
          throw;
        }
        cursor_.close();
        raise(own_facts(ErrorKind::internal, "the server answered out of order", sql));
    }
    exchange_.consume(message);
  }
}

ExecResult PostgresConnection::run_simple_to_end(std::string_view sql, const driver::Call& call) {
  try {
    cursor_.start_simple(sql, call);
  } catch (...) {
    exchange_.recover(std::current_exception(), sql);
  }
  ExecResult result;
  try {
    Batch rest;
    do {
      while (cursor_.fetch(rest)) {
      }
      result.rows_affected += cursor_.rows_affected();
    } while (cursor_.next_result());
  } catch (...) {
    cursor_.close();
    throw;
  }
  cursor_.close();
  return result;
}

void PostgresConnection::ping(const driver::Call& call) {
  require_no_cursor();
  try {
    exchange_.open_group();
    exchange_.sync();
    exchange_.send(wait_of(call));
    exchange_.settle(wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
}

void PostgresConnection::cancel() noexcept {
  send_cancel(exchange_.cancel_target(), {base::Deadline::in(Exchange::cancel_grace), nullptr});
}

bool PostgresConnection::is_read_only(const driver::Call& call) {
  Cursor& cursor =
      query("select pg_catalog.current_setting('transaction_read_only') = 'on'", {}, true, call);
  Batch batch;
  const bool read_only = cursor.fetch(batch) && batch.cells[0].boolean();
  cursor.close();
  return read_only;
}

/// Runs what brings the session back to how it was opened. Our prepared statements stay, unless
/// the user prepared some of his own.
bool PostgresConnection::reset(const driver::Call& call) noexcept {
  if (cursor_.is_open()) cursor_.close();
  if (exchange_.is_broken()) return false;
  exchange_.drop_deferred();
  ServerState& server = exchange_.channel().server();
  server.notices().clear();
  const bool in_transaction = exchange_.status() != wp::TransactionStatus::idle;
  const bool touched = statements_.touched_session() || server.parameters_changed();
  if (!in_transaction && !touched) [[likely]]
    return true;
  try {
    const io::Wait wait = wait_of(call);
    if (in_transaction) exchange_.run_command("ROLLBACK", wait);
    if (touched) {
      exchange_.run_command(
          "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; "
          "SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES; "
          "DEALLOCATE ALL",
          wait);
      statements_.forget_all();
      server.forget_notifications();
    }
    statements_.set_touched(false);
    server.settle_parameters();
    return exchange_.status() == wp::TransactionStatus::idle;
  } catch (...) {
    exchange_.set_broken();
    return false;
  }
}

std::string quote_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace iacdb::backends::postgres
