#include "backends/postgres/statements.hpp"

#include <algorithm>
#include <utility>

#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"
#include "sql/placeholders.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;
using sql::operator""_w;

namespace {

/// Words beside the statement's kind that tell of session state: temporary tables, settings by
/// function, advisory locks.
bool names_session_state(std::string_view sql) {
  sql::Lexer lexer(sql, Dialect::postgres);
  for (auto t = lexer.next_significant(); t.kind != sql::TokenKind::end;
       t = lexer.next_significant()) {
    if (t.kind != sql::TokenKind::word) continue;
    if (t.is("temp"_w) || t.is("temporary"_w) || t.is("set_config"_w)) return true;
    const auto text = t.text(sql);
    if (text.size() > 12 && text.find("advisory") != std::string_view::npos) return true;
    if (text.size() > 12 && text.find("ADVISORY") != std::string_view::npos) return true;
  }
  return false;
}

/// Kinds that are run once and describe nothing: one round trip by the simple protocol.
bool runs_simply(sql::StatementKind kind) noexcept {
  using enum sql::StatementKind;
  switch (kind) {
    case ddl:
    case begin:
    case commit:
    case rollback:
    case savepoint:
    case set:
    case block:
    case copy:
    case lock:
    case maintenance:
    case empty:
      return true;
    default:
      return false;
  }
}

bool has_streams(std::span<const Cell> cells) noexcept {
  return std::any_of(cells.begin(), cells.end(), [](const Cell& c) { return c.is_streamed(); });
}

/// Raises what the server said to a statement, with places counted in the caller's text.
[[noreturn]] void fail_statement(Exchange& exchange, const wp::Message& message,
                                 std::string_view sql, const io::Wait& wait) {
  sql::Rewritten rewritten;
  try {
    rewritten = sql::rewrite(sql, Dialect::postgres);
  } catch (const Error&) {
    exchange.fail(message, {.sql = sql}, wait);
  }
  exchange.fail(message, {.sql = sql, .rewritten = &rewritten}, wait);
}

}  // namespace

void check_count(const Prepared& prepared, std::size_t cells_count) {
  if (prepared.parameter_oids.size() == cells_count) [[likely]]
    return;
  raise(own_facts(ErrorKind::usage,
                  "the statement has " + std::to_string(prepared.parameter_oids.size()) +
                      " parameters, but " + std::to_string(cells_count) + " were given",
                  prepared.sql));
}

std::string Statements::new_name() {
  return keeps_statements() ? "s" + std::to_string(++names_) : std::string();
}

bool Statements::judge(std::string_view sql, std::size_t cells_count, Prepared& prepared) {
  const sql::StatementFacts facts = sql::classify(sql, Dialect::postgres);
  prepared.sql = sql;
  prepared.read_only = facts.read_only;
  prepared.touches_session = facts.session_state || facts.kind == sql::StatementKind::call ||
                             facts.kind == sql::StatementKind::block || names_session_state(sql);
  return cells_count == 0 && (facts.several || runs_simply(facts.kind));
}

Prepared* Statements::prepare(std::string_view sql, std::size_t cells_count, const io::Wait& wait) {
  check_text(sql, 0);
  Prepared prepared;
  if (judge(sql, cells_count, prepared)) {
    touched_session_ = touched_session_ || prepared.touches_session;
    return nullptr;
  }
  const sql::Rewritten rewritten = sql::rewrite(sql, Dialect::postgres);
  exchange_.open_group();
  prepared.name = ServerName(new_name(), &exchange_.closing());
  wp::encode_parse(exchange_.out(), prepared.name.text(), rewritten.text, {});
  wp::encode_describe(exchange_.out(), wp::Target::statement, prepared.name.text());
  exchange_.flush();
  exchange_.send(wait);
  exchange_.skip_prefix(wait);
  for (bool described = false; !described;) {
    const auto message = exchange_.next(wait);
    switch (message.type) {
      case wp::backend::parse_complete:
        break;
      case wp::backend::parameter_description:
        wp::decode_parameter_description(message.body, prepared.parameter_oids);
        break;
      case wp::backend::row_description: {
        std::vector<wp::FieldDescription> fields;
        wp::decode_row_description(message.body, fields);
        plan_columns(fields, prepared.plan);
        described = true;
        break;
      }
      case wp::backend::no_data:
        described = true;
        break;
      case wp::backend::error_response:
        fail_statement(exchange_, message, sql, wait);
      default:
        wp::raise_malformed("answer to Parse and Describe");
    }
    exchange_.consume(message);
  }
  prepared.make_request();
  return &cache_.insert(sql, std::move(prepared));
}

Prepared& Statements::keep(std::string_view sql, Prepared prepared) {
  prepared.make_request();
  return cache_.insert(sql, std::move(prepared));
}

void Statements::forget_all() noexcept {
  cache_.clear();
  exchange_.closing().clear();
}

/// After an error: true when the statement was only stale and may be sent again.
bool Statements::retry_stale(std::string_view sql, const io::Wait& wait) {
  if (!exchange_.last_error_was_stale() || exchange_.is_broken()) return false;
  cache_.erase(sql);
  if (exchange_.status() == wp::TransactionStatus::idle) return true;
  if (!exchange_.sent_begin()) return false;
  // Nothing but our own BEGIN has happened in this transaction: begin it again.
  exchange_.run_command("ROLLBACK", wait);
  exchange_.restore_deferred();
  return true;
}

Prepared* Statements::start(std::string_view sql, std::span<const Cell> cells,
                            const io::Wait& wait) {
  for (bool again = false;; again = true) {
    Prepared* prepared = cache_.find(sql);
    if (prepared == nullptr) {
      prepared = prepare(sql, cells.size(), wait);
      if (prepared == nullptr) {
        exchange_.send_query(sql, wait);
        return nullptr;
      }
    }
    check_count(*prepared, cells.size());
    exchange_.open_group();
    touched_session_ = touched_session_ || prepared->touches_session;
    if (prepared->put_request(exchange_.out(), cells)) [[likely]] {
      exchange_.count_sync();
      exchange_.send(wait);
    } else {
      encode_bind(exchange_.out(), prepared->target(), cells, scratch_);
      wp::encode_execute(exchange_.out(), {}, 0);
      exchange_.sync();
      exchange_.send(scratch_.streams, wait);
    }
    exchange_.skip_prefix(wait);
    if (exchange_.channel().input().empty()) {
      exchange_.channel().read_more(wp::header_bytes, wait);
    }
    if (exchange_.take_bound()) [[likely]]
      return prepared;
    const auto message = exchange_.next(wait);
    if (message.type == wp::backend::bind_complete) {
      exchange_.consume(message);
      return prepared;
    }
    if (message.type != wp::backend::error_response) wp::raise_malformed("answer to Bind");
    try {
      fail_statement(exchange_, message, sql, wait);
    } catch (const Error& error) {
      if (!again && !has_streams(cells) && retry_stale(sql, wait)) continue;
      if (!exchange_.last_error_was_stale() || exchange_.is_broken()) throw;
      // A schema change met this transaction; run again, it will be prepared anew.
      ErrorFacts facts = error.facts();
      facts.kind = ErrorKind::serialization_failure;
      facts.message =
          "a prepared statement went stale inside a transaction; run the whole "
          "transaction again";
      facts.retryable = true;
      raise(std::move(facts));
    }
  }
}

}  // namespace iacdb::backends::postgres
