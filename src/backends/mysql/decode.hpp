#pragma once
// RowDecoder: the cells of one row, decoded where Connector/C received them.
//
//   decoder.start(plan, handle, zero_dates);
//   while (next_row(statement, row)) { decoder.take_row(row); use(decoder.cells()); }
//
// Text and bytes point into the connection's receive buffer, so nothing is copied: a batch is one
// row. Copying rows into larger batches costs more instructions than the calls it saves.
// Lifetime: cells are valid until the next row is read. Threads: one at a time.

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "backends/mysql/calendar.hpp"
#include "backends/mysql/columns.hpp"

namespace iacdb::mysql {

class RowDecoder {
 public:
  /// Cost: nothing much when the plan is the one of the last start.
  void start(const ResultPlan& plan, const MYSQL* handle, ZeroDates zero_dates) {
    problem_ = Problem::none;
    if (plan.plans().data() == plans_.data() && plan.plans().size() == plans_.size() &&
        plan.columns().data() == columns_.data()) {
      return;
    }
    prepare(plan, handle, zero_dates);
  }
  /// Before plans are described anew or go away.
  void forget_plan() noexcept { plans_ = {}; }
  const Cell* cells() const noexcept { return cells_.data(); }
  std::size_t size() const noexcept { return plans_.size(); }

  /// A whole binary row as it lies in the receive buffer.
  void take_row(const unsigned char* row) noexcept;
  /// One cell of a text row; `data` null means NULL.
  void take_text(unsigned column, const char* data, std::size_t size);

  /// Whether a cell of the row could not be read; asked once a row.
  bool has_problem() const noexcept { return problem_ != Problem::none; }
  /// Throws: DataError naming the column; forgets the problem.
  [[noreturn]] void raise_problem(std::string_view host, std::string_view sql);

 private:
  enum class Problem : std::uint8_t { none, zero_date, malformed, rounded_float, unknown_type };
  struct alignas(16) Scratch {
    std::array<char, 32> bytes;
  };
  /// The parts of a date as the server sends them.
  struct Moment {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
    /// A zero date, a zero part, or 30 February (ALLOW_INVALID_DATES).
    bool is_no_date() const noexcept {
      return month == 0 || day == 0 || (day > 28 && !exists_day(year, month, day));
    }
    bool is_valid() const noexcept {
      return year <= 9999 && month <= 12 && day <= 31 && hour <= 23 && minute <= 59 &&
             second <= 59 && micros <= 999'999;
    }
  };

  void prepare(const ResultPlan& plan, const MYSQL* handle, ZeroDates zero_dates);
  void fail(unsigned column, Problem problem) noexcept;
  Cell take_unsigned(unsigned column, std::uint64_t value) noexcept;
  Cell take_moment(unsigned column, const Moment& moment, bool date_only) noexcept;
  Cell take_span(unsigned column, std::int64_t micros) noexcept;
  Cell take_uuid(unsigned column, std::string_view text) noexcept;
  Cell take_bits(unsigned column, std::string_view bytes) noexcept;
  Cell zero_date(unsigned column, const Moment& moment, bool date_only) noexcept;
  Cell take_sized(unsigned column, const ColumnPlan& plan, std::string_view bytes) noexcept;
  Cell take_binary_moment(unsigned column, std::string_view bytes, bool date_only) noexcept;
  Cell take_binary_span(unsigned column, std::string_view bytes) noexcept;
  Cell take_text_moment(unsigned column, std::string_view text, bool date_only) noexcept;
  Cell take_text_span(unsigned column, std::string_view text) noexcept;

  std::span<const ColumnPlan> plans_;
  std::span<const Column> columns_;
  const NET* net_ = nullptr;
  ZeroDates zero_dates_ = ZeroDates::error;
  Problem problem_ = Problem::none;
  unsigned problem_column_ = 0;
  std::vector<Cell> cells_;
  std::vector<Scratch> scratch_;
};

}  // namespace iacdb::mysql
