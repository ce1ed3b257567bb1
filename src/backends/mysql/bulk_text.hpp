#pragma once
// BulkText: rows as the text LOAD DATA reads: tabs between values, \ escapes, \N for NULL.
//
//   BulkText text; text.append_row(cells, place); send(text.view());
//
// Source: MariaDB documentation, "LOAD DATA INFILE", field and line handling.
// Threads: one at a time. Throws: DataError for what MySQL cannot hold.

#include <array>
#include <limits>
#include <span>

#include "backends/mysql/failure.hpp"
#include "base/bytes.hpp"
#include "iacdb/cell.hpp"

namespace iacdb::mysql {

class BulkText {
 public:
  void append_row(std::span<const Cell> row, const Place& place);
  std::string_view view() const noexcept { return buffer_.text(); }
  std::size_t size() const noexcept { return buffer_.size(); }
  void clear() noexcept { buffer_.clear(); }

 private:
  void append(const Cell& cell, std::size_t column, const Place& place);
  /// True when the text is ASCII, and so valid UTF-8.
  bool append_escaped(std::string_view text);
  void append_time(const Cell& cell, std::size_t column, const Place& place);
  void append_source(ByteSource& source);

  std::int32_t last_days_ = std::numeric_limits<std::int32_t>::min();
  std::array<char, 10> last_date_{};
  base::Buffer buffer_{8 * 1024 * 1024};
};

}  // namespace iacdb::mysql
