#include "backends/mysql/cursor.hpp"

#include "backends/mysql/connection.hpp"

namespace iacdb::mysql {
namespace {

// What close() reads on before it has the statement cancelled.
constexpr std::uint32_t drain_rows_max = 256;
constexpr std::size_t drain_bytes_max = 64 * 1024;
constexpr std::chrono::milliseconds drain_wait{20};
/// Rows between two looks at the clock.
constexpr std::uint32_t look_rows = 64;

/// Only the fields of prepare say "json" and "uuid"; Connector/C loses that at the execution.
std::vector<MYSQL_FIELD> with_attributes(std::span<const MYSQL_FIELD> fields,
                                         const MYSQL_FIELD* prepared) {
  std::vector<MYSQL_FIELD> merged(fields.begin(), fields.end());
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (prepared[i].extension != nullptr) merged[i].extension = prepared[i].extension;
  }
  return merged;
}

std::size_t bytes_read(MYSQL* handle) noexcept {
  std::size_t bytes = 0;
  ::mariadb_get_infov(handle, MARIADB_CONNECTION_BYTES_READ, &bytes);
  return bytes;
}

}  // namespace

void ResultCursor::open_binary(Prepared& prepared, const driver::Call& call) {
  mode_ = Mode::binary;
  prepared_ = &prepared;
  statement_ = prepared.statement.get();
  is_call_ = prepared.is_call;
  writes_rows_ = prepared.writes_rows;
  call_ = &call;
  limited_ = !call.deadline.is_never() || call.stop.stop_possible();
  connection_.pin_statements();
  if (statement_->field_count == 0) return start_result(nullptr);
  // The handle's fields are those of this execution; without names they are those of the last.
  const std::span<const MYSQL_FIELD> fields(connection_.handle()->fields, statement_->field_count);
  if (fields[0].name != nullptr && !prepared.plan.matches(fields)) [[unlikely]] {
    decoder_.forget_plan();
    prepared.plan.describe(with_attributes(fields, statement_->fields), connection_.options());
  }
  start_result(&prepared.plan);
}

void ResultCursor::open_text(std::string_view sql, const driver::Call& call) {
  mode_ = Mode::text;
  prepared_ = nullptr;
  statement_ = nullptr;
  is_call_ = false;
  writes_rows_ = false;
  text_ = sql;
  call_ = &call;
  limited_ = true;  // Rare enough to take the careful path always.
  connection_.pin_statements();
  open_next_result();
}

std::string_view ResultCursor::sql() const noexcept {
  return prepared_ != nullptr ? std::string_view(prepared_->text) : std::string_view(text_);
}

void ResultCursor::start_result(const ResultPlan* plan) {
  rows_ = 0;
  rows_since_look_ = 0;
  has_rows_ = plan != nullptr;
  if (plan == nullptr) {
    affected_ = ::mysql_affected_rows(connection_.handle());
    columns_ = {};
    return;
  }
  affected_ = 0;
  columns_ = plan->columns();
  decoder_.start(*plan, connection_.handle(), connection_.options().zero_dates);
}

void ResultCursor::end_result() noexcept {
  has_rows_ = false;
  if (writes_rows_) affected_ = rows_;
}

bool ResultCursor::fetch(Batch& batch) {
  if (!has_rows_) {
    batch = {};
    return false;
  }
  return limited_ ? fetch_limited(batch) : fetch_row(batch, nullptr);
}

/// The next row's bytes. This is the first half of mysql_stmt_fetch, without its second half, which
/// would find the cells for binds that nobody made. Spare arguments do no harm: versions of
/// Connector/C 3.3 differ in whether they report the row's length.
inline int ResultCursor::next_row(unsigned char*& row) noexcept {
  using Fetch = int (*)(MYSQL_STMT*, unsigned char**, unsigned long*);
  if (statement_->state == MYSQL_STMT_WAITING_USE_OR_STORE) [[unlikely]] {
    statement_->default_rset_handler(statement_);
  }
  unsigned long length = 0;
  const auto fetch = reinterpret_cast<Fetch>(connection_.handle()->methods->db_stmt_fetch);
  const int code = fetch(statement_, &row, &length);
  if (code != 0) [[unlikely]]
    settle();
  return code;
}

/// Lets the library see that the rows have ended; an error of theirs stays readable.
void ResultCursor::settle() noexcept {
  statement_->state = MYSQL_STMT_FETCH_DONE;
  connection_.handle()->status = MYSQL_STATUS_READY;
}

inline bool ResultCursor::fetch_row(Batch& batch, const Limits* limits) {
  unsigned char* row = nullptr;
  const int code = next_row(row);
  if (code == MYSQL_NO_DATA) {
    batch = {};
    end_result();
    return false;
  }
  if (code != 0) [[unlikely]]
    fail_row(code, batch, limits);
  decoder_.take_row(row);
  if (decoder_.has_problem()) [[unlikely]]
    fail_row(0, batch, limits);
  ++rows_;
  batch.cells = decoder_.cells();
  batch.rows_count = 1;
  return true;
}

bool ResultCursor::fetch_limited(Batch& batch) {
  Limits limits(*call_, &connection_.canceller());
  if (++rows_since_look_ >= look_rows) {
    rows_since_look_ = 0;
    if (limits.has_come()) {
      limits.fire(call_->stop.stop_requested() ? Limits::Fired::stop : Limits::Fired::deadline);
    }
  }
  const bool more = mode_ == Mode::binary ? fetch_row(batch, &limits) : fetch_text(batch, limits);
  if (more && limits.fired() != Limits::Fired::no) [[unlikely]]
    abandon_rows(batch, limits);
  return more;
}

/// A limit has come while rows keep coming: skips what is on its way, which the server ends.
void ResultCursor::abandon_rows(Batch& batch, const Limits& limits) {
  batch = {};
  has_rows_ = false;
  if (mode_ == Mode::binary) {
    ::mysql_stmt_free_result(statement_);
  } else {
    text_rows_.reset();
  }
  const Failure failure = failure_of(connection_.handle());
  if (failure.code == 0) connection_.fail_late(limits, sql(), writes_rows_);
  connection_.fail(failure, &limits, sql());
}

void ResultCursor::fail_row(int code, Batch& batch, const Limits* limits) {
  batch = {};
  if (code == 0) {
    ++rows_;
    decoder_.raise_problem(connection_.host(), sql());
  }
  has_rows_ = false;
  connection_.fail(failure_of(connection_.handle()), limits, sql());
}

bool ResultCursor::fetch_text(Batch& batch, const Limits& limits) {
  const MYSQL_ROW row = ::mysql_fetch_row(text_rows_.get());
  if (row == nullptr) {
    const Failure failure = failure_of(connection_.handle());
    text_rows_.reset();
    batch = {};
    end_result();
    if (failure.code == 0) return false;
    connection_.fail(failure, &limits, sql());
  }
  const unsigned long* sizes = ::mysql_fetch_lengths(text_rows_.get());
  for (unsigned i = 0; i < decoder_.size(); ++i) decoder_.take_text(i, row[i], sizes[i]);
  ++rows_;
  if (decoder_.has_problem()) decoder_.raise_problem(connection_.host(), sql());
  batch.cells = decoder_.cells();
  batch.rows_count = 1;
  return true;
}

bool ResultCursor::is_out_parameters() const noexcept {
  return (connection_.handle()->server_status & SERVER_PS_OUT_PARAMS) != 0;
}

/// Looks at the result the handle stands on. False: the status a CALL ends with, which is none.
bool ResultCursor::open_next_result() {
  MYSQL* handle = connection_.handle();
  const unsigned count =
      mode_ == Mode::text ? ::mysql_field_count(handle) : statement_->field_count;
  if (count == 0) {
    start_result(nullptr);
    return !is_call_ || ::mysql_more_results(handle) != 0;
  }
  const MYSQL_FIELD* fields = nullptr;
  if (mode_ == Mode::text) {
    text_rows_.reset(::mysql_use_result(handle));
    if (!text_rows_) raise_failure(failure_of(handle), {connection_.host(), sql()});
    fields = ::mysql_fetch_fields(text_rows_.get());
  } else {
    fields = handle->fields;
  }
  decoder_.forget_plan();
  plan_.describe({fields, count}, connection_.options());
  start_result(&plan_);
  return true;
}

bool ResultCursor::next_result() {
  if (mode_ == Mode::closed) return false;
  Limits limits(*call_, &connection_.canceller());
  MYSQL* handle = connection_.handle();
  int code = 0;
  if (mode_ == Mode::binary) {
    if (has_rows_) ::mysql_stmt_free_result(statement_);
    has_rows_ = false;
    if (!::mysql_stmt_more_results(statement_)) return false;
    code = ::mysql_stmt_next_result(statement_);
  } else {
    text_rows_.reset();
    has_rows_ = false;
    if (!::mysql_more_results(handle)) return false;
    code = ::mysql_next_result(handle);
  }
  if (code > 0) {
    columns_ = {};
    connection_.fail(failure_of(handle), &limits, sql());
  }
  if (code == 0 && open_next_result()) return true;
  columns_ = {};
  return false;
}

/// Reads on for a little; true when everything has come.
bool ResultCursor::drain_rows(Limits& limits) noexcept {
  MYSQL* handle = connection_.handle();
  const std::size_t start = bytes_read(handle);
  for (std::uint32_t row = 0; has_rows_ && row < drain_rows_max; ++row) {
    unsigned char* bytes = nullptr;
    const bool more = mode_ == Mode::binary ? next_row(bytes) == 0
                                            : ::mysql_fetch_row(text_rows_.get()) != nullptr;
    has_rows_ = more;
    if (limits.fired() != Limits::Fired::no || bytes_read(handle) - start > drain_bytes_max) break;
  }
  return !has_rows_ && !::mysql_more_results(handle);
}

void ResultCursor::finish_early() noexcept {
  const driver::Call brief{base::Deadline::in(drain_wait), {}};
  Limits limits(brief, &connection_.canceller());
  MYSQL* handle = connection_.handle();
  if (drain_rows(limits)) return;
  if (has_rows_) limits.fire(Limits::Fired::stop);
  if (mode_ == Mode::binary) {
    do {
      ::mysql_stmt_free_result(statement_);
    } while (::mysql_stmt_more_results(statement_) && ::mysql_stmt_next_result(statement_) == 0);
  } else {
    text_rows_.reset();
    while (::mysql_more_results(handle) && ::mysql_next_result(handle) == 0) {
      Result(::mysql_use_result(handle)).reset();
    }
  }
}

void ResultCursor::close() noexcept {
  if (mode_ == Mode::closed) return;
  MYSQL* handle = connection_.handle();
  if (has_rows_ || connection_.has_more_results()) [[unlikely]] {
    finish_early();
    connection_.note(failure_of(handle));
  }
  text_rows_.reset();
  mode_ = Mode::closed;
  has_rows_ = false;
  columns_ = {};
  connection_.unpin_statements();
}

}  // namespace iacdb::mysql
