#pragma once
// StepCursor: hands over SQLite's rows one by one, in SQLite's own memory.
//
//   cursor.start(prepared);              // runs to the first row
//   while (cursor.fetch(batch)) use(batch.cells);
//
// A batch is one row: SQLite overwrites a row's memory at the next step, and copying would cost
// more than the virtual call. A statement is reset as soon as it is done, which ends its read lock.
// Leaving a script early leaves its later statements unrun.
// Threads: one at a time.

#include <string>
#include <vector>

#include "backends/sqlite/cells.hpp"
#include "backends/sqlite/engine.hpp"

namespace iacdb::backends::sqlite {

class StepCursor final : public Cursor {
 public:
  explicit StepCursor(Engine& engine) : engine_(engine) {}

  /// Runs a bound statement up to its first row. Throws: errors of the statement; then it is
  /// closed.
  void start(Prepared& prepared) {
    prepared_ = &prepared;
    statement_ = prepared.statement.get();
    engine_.guards |= guard_cursor;
    const int rc = sqlite3_step(statement_);
    note_reprepare(prepared);
    if (rc == SQLITE_ROW) [[likely]] {
      const auto count = static_cast<std::size_t>(prepared.columns_count);
      if (cells_.size() < count) [[unlikely]]
        cells_.resize(count);
      state_ = State::first_row;
    } else {
      start_ended(rc);
    }
  }
  /// A text without any statement.
  void start_empty();
  /// Runs the first statement of a script; next_result() the others.
  void start_script(std::string script);

  std::span<const Column> columns() const override;
  bool fetch(Batch& batch) override {
    int rc = SQLITE_ROW;
    if (state_ == State::running) [[likely]] {
      rc = sqlite3_step(statement_);
    } else if (state_ == State::first_row) {
      state_ = State::running;
    } else {
      batch = {};
      return false;
    }
    if (rc != SQLITE_ROW) return end_rows(batch, rc);
    read_row(*prepared_, cells_.data());
    batch.cells = cells_.data();
    batch.rows_count = 1;
    return true;
  }
  bool next_result() override;
  std::uint64_t rows_affected() const override { return rows_affected_; }
  void close() noexcept override {
    if (state_ != State::done) sqlite3_reset(statement_);
    state_ = State::done;
    if (!script_.empty()) [[unlikely]]
      script_.clear();
    engine_.guards = static_cast<std::uint8_t>(engine_.guards & ~guard_cursor);
  }

 private:
  enum class State : std::uint8_t { done, first_row, running };

  void start_ended(int rc);
  bool end_rows(Batch& batch, int rc);
  void finish();

  Engine& engine_;
  Prepared* prepared_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  std::vector<Cell> cells_;
  State state_ = State::done;
  std::uint64_t rows_affected_ = 0;
  std::string script_;
  std::size_t script_at_ = 0;
};

}  // namespace iacdb::backends::sqlite
