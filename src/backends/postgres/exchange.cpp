#include "backends/postgres/exchange.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "iacdb/sql.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/notice.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

/// A command without parameters and rows in the extended protocol: it joins a group, and when it
/// fails, the server skips the rest of the group.
void encode_command(base::Buffer& out, std::string_view sql) {
  wp::encode_parse(out, {}, sql, {});
  wp::BindEncoder(out, {}, {}, {}, 0).finish({});
  wp::encode_execute(out, {}, 0);
}

/// The two commands of every transaction, encoded once.
base::Bytes begin_bytes() {
  static const base::Buffer bytes = [] {
    base::Buffer made;
    encode_command(made, "BEGIN");
    return made;
  }();
  return bytes.view();
}

base::Bytes commit_bytes() {
  static const base::Buffer bytes = [] {
    base::Buffer made;
    wp::encode_query(made, "COMMIT");
    return made;
  }();
  return bytes.view();
}

}  // namespace

void Exchange::defer_begin() {
  deferred_.append(begin_bytes());
  ++deferred_commands_;
}

void Exchange::send_commit(const io::Wait& wait) {
  if (broken_) raise_broken();
  out().clear();
  out().append(commit_bytes());
  ++syncs_in_group_;
  send(wait);
}

void Exchange::defer_command(std::string_view sql) {
  encode_command(deferred_, sql);
  ++deferred_commands_;
}

void Exchange::drop_deferred() noexcept {
  deferred_.clear();
  deferred_commands_ = 0;
}

void Exchange::restore_deferred() {
  std::swap(deferred_, sent_deferred_);
  deferred_commands_ = std::exchange(sent_commands_, 0);
}

void Exchange::put_prefix() {
  for (const auto& name : closing_) wp::encode_close(out(), wp::Target::statement, name);
  closes_in_group_ = static_cast<std::uint32_t>(closing_.size());
  out().append(deferred_.view());
}

void Exchange::sync() {
  wp::encode_sync(out());
  ++syncs_in_group_;
}

void Exchange::flush() {
  wp::encode_flush(out());
  flush_in_group_ = true;
}

void Exchange::prefix_sent() noexcept {
  if (deferred_commands_ != 0) {
    sent_begin_ = status_ == TransactionStatus::idle;
    prefix_commands_ += deferred_commands_;
    std::swap(deferred_, sent_deferred_);
    sent_commands_ = deferred_commands_;
    drop_deferred();
  }
  if (closes_in_group_ != 0) {
    prefix_closes_ += std::exchange(closes_in_group_, 0);
    closing_.clear();
  }
}

void Exchange::send(const std::vector<StreamSlot>& streams, const io::Wait& wait) {
  if (streams.empty()) return send(wait);
  group_sent();
  std::size_t at = 0;
  for (const StreamSlot& slot : streams) {
    channel_.send_bytes(out().view().subspan(at, slot.offset - at), wait);
    send_stream(slot, wait);
    at = slot.offset;
  }
  channel_.send_bytes(out().view().subspan(at), wait);
  out().clear();
}

void Exchange::send_stream(const StreamSlot& slot, const io::Wait& wait) {
  std::array<std::byte, 32 * 1024> piece;
  std::uint64_t left = slot.size_bytes;
  while (left > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
    std::size_t got = 0;
    try {
      got = slot.source->read({piece.data(), wanted});
    } catch (...) {
      broken_ = true;  // The message was announced with this size and cannot be taken back.
      throw;
    }
    if (got == 0 || got > wanted) {
      broken_ = true;
      ErrorFacts facts = own_facts(ErrorKind::usage,
                                   "a streamed value ended before its size_bytes; announce the "
                                   "true size");
      facts.breaks_connection = facts.breaks_transaction = true;
      raise(std::move(facts));
    }
    channel_.send_bytes({piece.data(), got}, wait);
    left -= got;
  }
}

void Exchange::send_query(std::string_view sql, const io::Wait& wait) {
  if (has_deferred()) {
    open_group();
    sync();
    send(wait);
    settle(wait);
  }
  if (broken_) raise_broken();
  out().clear();
  check_text(sql, 0);
  wp::encode_query(out(), sql);
  ++syncs_in_group_;
  send(wait);
}

std::string_view Exchange::take_completion() noexcept {
  constexpr std::size_t ready_bytes = wp::header_bytes + 1;
  const base::Bytes input = channel_.input();
  if (ready_due_ != 1 || input.size() < wp::header_bytes + ready_bytes ||
      static_cast<char>(input[0]) != wp::backend::command_complete) {
    return {};
  }
  const std::size_t size = 1 + std::size_t{base::load_be<std::uint32_t>(input.data() + 1)};
  if (size <= wp::header_bytes || size > wp::short_body_bytes_max ||
      input.size() < size + ready_bytes) {
    return {};
  }
  const std::byte* const ready = input.data() + size;
  const char status = static_cast<char>(ready[wp::header_bytes]);
  if (static_cast<char>(ready[0]) != wp::backend::ready_for_query ||
      base::load_be<std::uint32_t>(ready + 1) != 5 || ready[-1] != std::byte{0} ||
      (status != 'I' && status != 'T' && status != 'E')) {
    return {};
  }
  status_ = static_cast<TransactionStatus>(status);
  ready_due_ = 0;
  channel_.consume(size + ready_bytes);
  return base::as_text(input.subspan(wp::header_bytes, size - wp::header_bytes - 1));
}

void Exchange::take_ready(const wp::Message& message) {
  status_ = wp::decode_ready_for_query(message.body);
  consume(message);
  if (ready_due_ > 0) --ready_due_;
}

bool Exchange::skip_exactly(std::string_view answer, const io::Wait& wait) {
  if (channel_.input().empty()) channel_.read_more(wp::header_bytes, wait);
  if (!base::as_text(channel_.input()).starts_with(answer)) return false;
  channel_.consume(answer.size());
  return true;
}

void Exchange::read_prefix(const io::Wait& wait) {
  // ParseComplete, BindComplete, CommandComplete: what BEGIN is answered, in nearly every case.
  static constexpr std::string_view begun(
      "1\0\0\0\4"
      "2\0\0\0\4"
      "C\0\0\0\x0a"
      "BEGIN\0",
      21);
  if (sent_begin_ && prefix_commands_ == 1 && prefix_closes_ == 0 && skip_exactly(begun, wait)) {
    prefix_commands_ = 0;
    return;
  }
  while (prefix_commands_ != 0 || prefix_closes_ != 0) {
    const auto message = next(wait);
    switch (message.type) {
      case wp::backend::close_complete:
        if (prefix_closes_ > 0) --prefix_closes_;
        break;
      case wp::backend::command_complete:
        if (prefix_commands_ > 0) --prefix_commands_;
        break;
      case wp::backend::parse_complete:
      case wp::backend::bind_complete:
        break;
      case wp::backend::error_response:
        fail(message, {}, wait);
      default:
        wp::raise_malformed("answer to a deferred command");
    }
    consume(message);
  }
}

ErrorFacts Exchange::take_error(const wp::Message& message, const StatementOrigin& origin,
                                const io::Wait& wait) {
  const wp::Notice notice = wp::decode_notice(message.body);
  ErrorFacts facts = facts_of(notice, origin);
  stale_ = notice.code == "26000" ||
           (notice.code == "0A000" && notice.routine == "RevalidateCachedQuery");
  consume(message);
  prefix_commands_ = prefix_closes_ = 0;
  copy_in_ = false;
  if (facts.breaks_connection) {
    broken_ = true;
    return facts;
  }
  settle(wait);
  facts.breaks_transaction = status_ != TransactionStatus::active;
  return facts;
}

void Exchange::settle(const io::Wait& wait) {
  if (flush_open_) {
    out().clear();
    wp::encode_sync(out());
    flush_open_ = false;
    ++ready_due_;
    channel_.send(wait);
  }
  ErrorFacts failure;
  while (ready_due_ > 0) {
    const auto message = next(wait);
    if (message.type == wp::backend::ready_for_query) {
      take_ready(message);
      continue;
    }
    if (message.type == wp::backend::error_response) settled_an_error_ = true;
    if (message.type == wp::backend::error_response && prefix_commands_ > 0) {
      failure = facts_of(wp::decode_notice(message.body), {});
    }
    if (message.type == wp::backend::copy_in_response) {
      consume(message);
      out().clear();
      wp::encode_copy_fail(out(), "the client sends no data");
      channel_.send(wait);
      continue;
    }
    consume(message);
  }
  prefix_commands_ = prefix_closes_ = 0;
  if (!failure.message.empty()) raise(std::move(failure));
}

void Exchange::send_command(std::string_view sql, const io::Wait& wait) {
  if (has_deferred()) {
    open_group();
    encode_command(out(), sql);
    sync();
    send(wait);
  } else {
    send_query(sql, wait);
  }
}

std::string Exchange::read_command(std::string_view sql, const io::Wait& wait) {
  skip_prefix(wait);
  std::string tag;
  while (!is_idle()) {
    const auto message = next(wait);
    if (message.type == wp::backend::ready_for_query) {
      take_ready(message);
      continue;
    }
    if (message.type == wp::backend::error_response) fail(message, {.sql = sql}, wait);
    if (message.type == wp::backend::command_complete) {
      tag = wp::decode_command_complete(message.body);
    }
    consume(message);
  }
  return tag;
}

std::string Exchange::read_commit(const io::Wait& wait) {
  // CommandComplete and ReadyForQuery outside a transaction.
  static constexpr std::string_view committed(
      "C\0\0\0\x0b"
      "COMMIT\0"
      "Z\0\0\0\5I",
      18);
  if (ready_due_ == 1 && skip_exactly(committed, wait)) {
    status_ = TransactionStatus::idle;
    ready_due_ = 0;
    return "COMMIT";
  }
  return read_command("COMMIT", wait);
}

bool Exchange::cancel_and_settle() noexcept {
  if (broken_ || channel_.is_send_torn()) {
    broken_ = true;
    return false;
  }
  try {
    const io::Wait grace{base::Deadline::in(cancel_grace), nullptr};
    if (copy_in_) {
      copy_in_ = false;
      out().clear();
      wp::encode_copy_fail(out(), "the client gave up");
      channel_.send(grace);
    } else if (ready_due_ != 0) {  // Otherwise nothing runs.
      send_cancel(cancel_, grace);
    }
    try {
      settle(grace);
    } catch (const Error& error) {
      if (!is_idle()) throw;
    }
    return true;
  } catch (...) {
    broken_ = true;
    return false;
  }
}

void Exchange::recover(const std::exception_ptr& failure, std::string_view sql) {
  out().clear();
  syncs_in_group_ = closes_in_group_ = 0;
  flush_in_group_ = false;
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    ErrorFacts facts = error.facts();
    if (facts.breaks_connection) broken_ = true;
    const bool was_waiting = !is_idle();
    settled_an_error_ = false;
    if (was_waiting || channel_.is_send_torn()) cancel_and_settle();
    if (was_waiting && !settled_an_error_) note_late_end(facts, sql);
    const bool lost = broken_ && !facts.breaks_connection;
    facts.breaks_connection = broken_;
    facts.breaks_transaction = facts.breaks_transaction || status_ != TransactionStatus::active;
    // An open transaction is gone with its connection: nothing of it has happened.
    if (facts.kind == ErrorKind::connection_lost && status_ != TransactionStatus::idle) {
      facts.retryable = true;
    }
    if (facts.backend.empty()) facts.backend = "postgres";
    if (facts.statement.empty() && !sql.empty()) {
      facts.statement = own_facts(facts.kind, {}, sql).statement;
    }
    if (lost) facts.message += "; the server did not confirm, so the connection is given up";
    raise(std::move(facts));
  } catch (...) {
    if (!is_idle() || channel_.is_send_torn()) cancel_and_settle();
    throw;
  }
}

/// The server did what it was asked, and did not notice that we gave up: a write that commits
/// itself has not failed.
void Exchange::note_late_end(ErrorFacts& facts, std::string_view sql) const {
  const bool gave_up = facts.kind == ErrorKind::timeout || facts.kind == ErrorKind::cancelled;
  if (!gave_up || broken_ || status_ != TransactionStatus::idle) return;
  if (sql.empty() || sql::classify(sql, Dialect::postgres).read_only) return;
  facts.kind = ErrorKind::in_doubt;
  facts.message = "the statement ended on the server after " + facts.message +
                  "; look into the data to see whether it happened";
}

void Exchange::raise_broken() const {
  ErrorFacts facts = own_facts(ErrorKind::connection_lost,
                               "this connection broke earlier; close it and open another");
  facts.breaks_connection = facts.breaks_transaction = true;
  raise(std::move(facts));
}

}  // namespace iacdb::backends::postgres
