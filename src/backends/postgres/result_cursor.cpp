#include "backends/postgres/result_cursor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "sql/placeholders.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/data_row.hpp"
#include "wire/postgres/frontend_encode.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

constexpr std::size_t batch_cells_max = 16 * 1024;
/// A result left early is read to its end when that is this near; otherwise it is cancelled.
constexpr std::size_t skip_bytes = 64 * 1024;
constexpr std::chrono::milliseconds skip_time{50};

}  // namespace

std::uint64_t rows_changed(std::string_view tag) noexcept {
  if (tag.empty() || tag[0] == 'S' || tag[0] == 'F') return 0;
  return wp::rows_of_tag(tag).value_or(0);
}

void ResultCursor::set_plan(const ColumnPlan& plan) {
  plan_ = &plan;
  const std::size_t columns = std::max<std::size_t>(plan.codecs.size(), 1);
  const std::size_t fit = std::max<std::size_t>(batch_cells_max / columns, 1);
  rows_max_ = static_cast<std::uint32_t>(std::min<std::size_t>(batch_rows_, fit));
}

void ResultCursor::start(Prepared& prepared, const driver::Call& call) {
  prepared_ = &prepared;
  call_ = &call;
  rows_affected_ = 0;
  open_ = true;
  phase_ = Phase::rows;
  set_plan(prepared.plan);
  statements_.pin();
}

void ResultCursor::start_simple(std::string_view sql, const driver::Call& call) {
  prepared_ = nullptr;
  call_ = &call;
  simple_sql_ = sql;
  rows_affected_ = 0;
  simple_plan_ = {};
  set_plan(simple_plan_);
  phase_ = Phase::between_results;
  advance();
  open_ = true;
}

std::span<const Column> ResultCursor::columns() const {
  return plan_ == nullptr ? std::span<const Column>() : plan_->columns;
}

/// Decodes the whole rows at the front of the receive buffer.
std::uint32_t ResultCursor::decode_available() {
  Channel& channel = exchange_.channel();
  const auto columns = static_cast<std::uint16_t>(plan_->codecs.size());
  const Codec* const codecs = plan_->codecs.data();
  base::Bytes input = channel.input();
  const std::byte* const start = input.data();
  std::uint32_t rows = 0;
  Cell* to = cells_.data();
  Cell* end = to + cells_.size();
  while (rows < rows_max_ && input.size() >= wp::header_bytes &&
         static_cast<char>(input[0]) == wp::backend::data_row) {
    const wp::Message message = wp::next_message(input);
    if (message.type == 0) break;
    if (end - to < columns) [[unlikely]] {
      const auto used = static_cast<std::size_t>(to - cells_.data());
      cells_.resize(std::max<std::size_t>(cells_.size() * 2, used + columns));
      to = cells_.data() + used;
      end = cells_.data() + cells_.size();
    }
    wp::DescribedRow row(message.body, columns);
    for (std::size_t i = 0; i < columns; ++i) {
      const wp::Field field = row.next();
      *to++ = field.is_null() ? Cell() : decode_field(codecs[i], field, arena_);
    }
    row.finish();
    input = input.subspan(message.size_bytes);
    ++rows;
  }
  channel.consume(static_cast<std::size_t>(input.data() - start));
  return rows;
}

bool ResultCursor::fetch(Batch& batch) {
  batch = {};
  if (phase_ != Phase::rows) return false;
  arena_.reset();
  if (prepared_ != nullptr) {
    if (const auto tag = exchange_.take_completion(); !tag.empty()) {
      rows_affected_ = rows_changed(tag);
      phase_ = Phase::finished;
      return false;
    }
  }
  try {
    for (;;) {
      const auto message = exchange_.next(wait_of(*call_));
      if (message.type == wp::backend::data_row) {
        const std::uint32_t rows = decode_available();
        batch = {cells_.data(), rows};
        return true;
      }
      if (!take(message)) return false;
    }
  } catch (...) {
    phase_ = Phase::finished;
    exchange_.recover(std::current_exception(), sql());
  }
}

void ResultCursor::take_command_complete(const wp::Message& message) {
  const std::string_view tag = wp::decode_command_complete(message.body);
  rows_affected_ = rows_changed(tag);
  if (prepared_ == nullptr && (tag == "DISCARD ALL" || tag == "DEALLOCATE ALL")) [[unlikely]]
    statements_.forget_all();
  exchange_.consume(message);
}

bool ResultCursor::take(const wp::Message& message) {
  switch (message.type) {
    case wp::backend::command_complete:
      take_command_complete(message);
      if (prepared_ == nullptr) {
        phase_ = Phase::between_results;
        return false;
      }
      return true;  // ReadyForQuery follows at once.
    case wp::backend::ready_for_query:
      exchange_.take_ready(message);
      phase_ = Phase::finished;
      return false;
    case wp::backend::empty_query_response:
      exchange_.consume(message);
      return true;
    case wp::backend::error_response: {
      phase_ = Phase::finished;
      if (prepared_ == nullptr) exchange_.fail(message, {.sql = sql()}, wait_of(*call_));
      const auto rewritten = sql::rewrite(sql(), Dialect::postgres);
      exchange_.fail(message, {.sql = sql(), .rewritten = &rewritten}, wait_of(*call_));
    }
    case wp::backend::copy_in_response:
    case wp::backend::copy_out_response:
      refuse_copy(message);
    default:
      wp::raise_malformed("message in a result");
  }
}

void ResultCursor::refuse_copy(const wp::Message& message) {
  phase_ = Phase::finished;
  const bool in = message.type == wp::backend::copy_in_response;
  if (in) {
    exchange_.consume(message);
    exchange_.out().clear();
    wp::encode_copy_fail(exchange_.out(), "the client sends no data");
    exchange_.channel().send(wait_of(*call_));
    exchange_.settle(wait_of(*call_));
  }
  raise(own_facts(ErrorKind::usage,
                  in ? "COPY FROM STDIN runs through Session::copy_in"
                     : "COPY TO STDOUT runs through Session::copy_out",
                  sql()));
}

void ResultCursor::take_row_description(const wp::Message& message) {
  std::vector<wp::FieldDescription> fields;
  wp::decode_row_description(message.body, fields);
  const ServerState& server = exchange_.channel().server();
  const bool iso_dates = server.parameter("DateStyle").starts_with("ISO");
  const auto intervals = server.parameter("IntervalStyle");
  plan_text_columns(fields, iso_dates, intervals == "postgres" || intervals == "iso_8601",
                    simple_plan_);
  set_plan(simple_plan_);
  exchange_.consume(message);
}

/// From between two results of the simple protocol to the next one; false when there is none.
bool ResultCursor::advance() {
  for (;;) {
    const auto message = exchange_.next(wait_of(*call_));
    switch (message.type) {
      case wp::backend::row_description:
        take_row_description(message);
        phase_ = Phase::rows;
        return true;
      case wp::backend::command_complete:
        simple_plan_ = {};
        set_plan(simple_plan_);
        take_command_complete(message);
        phase_ = Phase::between_results;
        return true;
      default:
        if (!take(message) && phase_ == Phase::finished) return false;
    }
  }
}

bool ResultCursor::next_result() {
  Batch rest;
  while (phase_ == Phase::rows && fetch(rest)) {
  }
  if (phase_ != Phase::between_results) return false;
  rows_affected_ = 0;
  try {
    return advance();
  } catch (...) {
    phase_ = Phase::finished;
    exchange_.recover(std::current_exception(), sql());
  }
}

/// Reads on while the end may be near: true when the server owes nothing any more.
bool ResultCursor::skip_rest() {
  Channel& channel = exchange_.channel();
  const io::Wait soon{std::min(call_->deadline, base::Deadline::in(skip_time)), &call_->stop};
  std::size_t skipped = 0;
  while (!exchange_.is_idle()) {
    const auto message = wp::next_message(channel.input());
    if (message.type == 0) {
      if (message.size_bytes > skip_bytes || skipped > skip_bytes) return false;
      channel.read_more(message.size_bytes, soon);
    } else if (message.type == wp::backend::ready_for_query) {
      exchange_.take_ready(message);
    } else {
      if (ServerState::is_asynchronous(message.type)) channel.server().take(message);
      skipped += message.size_bytes;
      exchange_.consume(message);
    }
  }
  return true;
}

void ResultCursor::close() noexcept {
  if (!open_) return;
  open_ = false;
  phase_ = Phase::finished;
  if (prepared_ != nullptr) statements_.unpin();
  if (exchange_.is_idle() || exchange_.is_broken()) return;
  try {
    if (skip_rest()) return;
  } catch (...) {
    if (exchange_.channel().is_send_torn()) exchange_.set_broken();
  }
  exchange_.cancel_and_settle();
}

}  // namespace iacdb::backends::postgres
