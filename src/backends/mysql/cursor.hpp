#pragma once
// ResultCursor: the results of the statement that runs on a connection, row by row.
//
// A batch is one row, decoded in Connector/C's receive buffer (see decode.hpp).
// Lifetime: belongs to its connection; opened by query(), ended by close().
// Threads: one at a time.

#include <string>

#include "backends/mysql/decode.hpp"
#include "backends/mysql/limits.hpp"
#include "backends/mysql/prepared.hpp"

namespace iacdb::mysql {

class MysqlConnection;

class ResultCursor final : public Cursor {
 public:
  explicit ResultCursor(MysqlConnection& connection) : connection_(connection) {}
  ResultCursor(const ResultCursor&) = delete;
  ResultCursor& operator=(const ResultCursor&) = delete;

  bool is_open() const noexcept { return mode_ != Mode::closed; }
  /// After mysql_stmt_execute. The prepared statement stays in the cache until close().
  void open_binary(Prepared& prepared, const driver::Call& call);
  /// After mysql_real_query of a text that is not prepared.
  void open_text(std::string_view sql, const driver::Call& call);

  std::span<const Column> columns() const override { return columns_; }
  bool fetch(Batch& batch) override;
  bool next_result() override;
  std::uint64_t rows_affected() const override { return affected_; }
  void close() noexcept override;

  /// True when the current result holds the out parameters of a procedure.
  bool is_out_parameters() const noexcept;

 private:
  enum class Mode : std::uint8_t { closed, binary, text };

  void start_result(const ResultPlan* plan);
  void end_result() noexcept;
  bool fetch_limited(Batch& batch);
  [[noreturn]] void abandon_rows(Batch& batch, const Limits& limits);
  int next_row(unsigned char*& row) noexcept;
  void settle() noexcept;
  bool fetch_row(Batch& batch, const Limits* limits);
  [[noreturn]] void fail_row(int code, Batch& batch, const Limits* limits);
  bool fetch_text(Batch& batch, const Limits& limits);
  bool open_next_result();
  void finish_early() noexcept;
  bool drain_rows(Limits& limits) noexcept;
  std::string_view sql() const noexcept;

  MysqlConnection& connection_;
  Mode mode_ = Mode::closed;
  bool has_rows_ = false;  // The current result has rows that were not read to their end.
  bool limited_ = false;
  bool is_call_ = false;
  bool writes_rows_ = false;
  std::uint32_t rows_since_look_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t affected_ = 0;
  MYSQL_STMT* statement_ = nullptr;
  Prepared* prepared_ = nullptr;
  Result text_rows_;
  const driver::Call* call_ = nullptr;
  std::span<const Column> columns_;
  RowDecoder decoder_;
  ResultPlan plan_;  // Of text results and of results after the first.
  std::string text_;
};

}  // namespace iacdb::mysql
