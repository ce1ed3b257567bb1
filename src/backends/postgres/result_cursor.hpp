#pragma once
// ResultCursor: the rows of the running statement, decoded in place in the receive buffer.
//
//   cursor.start(prepared, call);
//   while (cursor.fetch(batch)) use(batch);
//   cursor.close();
//
// A batch is what one read from the socket brought, at most batch_rows rows. Cells view the receive
// buffer, or the arena for what has no form of its own there.
// Threads: one at a time. Cost: about 20 instructions a cell; nothing allocated a row.

#include <string>
#include <string_view>
#include <vector>

#include "backends/postgres/statements.hpp"
#include "iacdb/cell.hpp"
#include "sql/arena.hpp"

namespace iacdb::backends::postgres {

class ResultCursor final : public Cursor {
 public:
  ResultCursor(Exchange& exchange, Statements& statements, std::uint32_t batch_rows)
      : exchange_(exchange), statements_(statements), batch_rows_(batch_rows) {}

  /// The statement is bound; its rows come next.
  void start(Prepared& prepared, const driver::Call& call);
  /// Its answers by the simple protocol come next: reads to the first result.
  void start_simple(std::string_view sql, const driver::Call& call);
  bool is_open() const noexcept { return open_; }

  std::span<const Column> columns() const override;
  bool fetch(Batch& batch) override;
  bool next_result() override;
  std::uint64_t rows_affected() const override { return rows_affected_; }
  void close() noexcept override;

 private:
  enum class Phase : std::uint8_t { rows, between_results, finished };

  std::uint32_t decode_available();
  /// Deals with a message that is no row; true when the current result goes on.
  bool take(const wire::postgres::Message& message);
  void take_command_complete(const wire::postgres::Message& message);
  void take_row_description(const wire::postgres::Message& message);
  bool advance();
  bool skip_rest();
  void set_plan(const ColumnPlan& plan);
  [[noreturn]] void refuse_copy(const wire::postgres::Message& message);
  std::string_view sql() const noexcept { return prepared_ ? prepared_->sql : simple_sql_; }

  Exchange& exchange_;
  Statements& statements_;
  std::uint32_t batch_rows_;
  std::uint32_t rows_max_ = 0;
  const ColumnPlan* plan_ = nullptr;
  Prepared* prepared_ = nullptr;
  const driver::Call* call_ = nullptr;
  std::vector<Cell> cells_;
  sql::Arena arena_;
  bool open_ = false;
  Phase phase_ = Phase::finished;
  std::uint64_t rows_affected_ = 0;
  std::string simple_sql_;
  ColumnPlan simple_plan_;
};

/// Rows a statement changed, by its tag: those of a SELECT or FETCH are read, not changed.
std::uint64_t rows_changed(std::string_view tag) noexcept;

}  // namespace iacdb::backends::postgres
