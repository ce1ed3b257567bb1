#include "backends/sqlite/cursor.hpp"

#include <utility>

namespace iacdb::backends::sqlite {

void raise_bad_text(sqlite3_stmt* statement, int index, bool no_memory) {
  const char* name = sqlite3_column_name(statement, index);
  const std::string where =
      "column " + std::to_string(index + 1) + (name != nullptr ? " " + std::string(name) : "");
  const char* sql = sqlite3_sql(statement);
  if (no_memory) raise_error(nullptr, SQLITE_NOMEM, {.sql = sql, .where = where});
  raise_own(ErrorKind::data,
            "the stored text is not valid UTF-8; read it as bytes with cast(... as blob)",
            sql != nullptr ? sql : "", where);
}

namespace {

std::ptrdiff_t find_value_stride(sqlite3_stmt* statement, int columns_count) {
  const auto address = [&](int index) {
    return reinterpret_cast<const char*>(sqlite3_column_value(statement, index));
  };
  const std::ptrdiff_t stride = columns_count > 1 ? address(1) - address(0) : 1;
  for (int i = 1; i < columns_count; ++i) {
    if (stride <= 0 || address(i) - address(i - 1) != stride) return value_stride_none;
  }
  return stride;
}

}  // namespace

void read_first_row(Prepared& prepared, Cell* cells) {
  sqlite3_stmt* const statement = prepared.statement.get();
  if (prepared.value_stride == value_stride_unknown) {
    prepared.value_stride = find_value_stride(statement, prepared.columns_count);
  }
  for (int i = 0; i < prepared.columns_count; ++i) {
    cells[i] = read_cell(statement, i, sqlite3_column_value(statement, i));
  }
}

void StepCursor::start_empty() {
  prepared_ = nullptr;
  statement_ = nullptr;
  state_ = State::done;
  rows_affected_ = 0;
  engine_.guards |= guard_cursor;
}

void StepCursor::start_script(std::string script) {
  script_ = std::move(script);
  script_at_ = 0;
  start_empty();
  try {
    next_result();
  } catch (...) {
    close();
    throw;
  }
}

std::span<const Column> StepCursor::columns() const {
  if (prepared_ == nullptr) return {};
  return columns_of(*prepared_);
}

bool StepCursor::next_result() {
  if (state_ != State::done) sqlite3_reset(statement_);
  state_ = State::done;
  rows_affected_ = 0;
  if (script_at_ >= script_.size()) return false;
  prepared_ = nullptr;
  Prepared* next = engine_.prepare_next(script_, script_at_);
  if (next == nullptr) return false;
  engine_.guards = static_cast<std::uint8_t>(engine_.guards & ~guard_cursor);
  const bool is_run_already = engine_.guards != 0 && engine_.check(*next);
  if (is_run_already) {
    start_empty();
  } else {
    start(*next);
  }
  return true;
}

void StepCursor::start_ended(int rc) {
  state_ = State::done;
  if (rc == SQLITE_DONE) {
    finish();
    return;
  }
  engine_.guards = static_cast<std::uint8_t>(engine_.guards & ~guard_cursor);
  engine_.fail(statement_, rc);
}

bool StepCursor::end_rows(Batch& batch, int rc) {
  batch = {};
  state_ = State::done;
  if (rc != SQLITE_DONE) engine_.fail(statement_, rc);
  finish();
  return false;
}

void StepCursor::finish() {
  sqlite3_reset(statement_);
  rows_affected_ = 0;
  if (prepared_->writes_rows) {
    rows_affected_ = static_cast<std::uint64_t>(sqlite3_changes64(engine_.db.get()));
  }
  if (prepared_->steers) engine_.note_transaction();
}

}  // namespace iacdb::backends::sqlite
