#pragma once
// ResultWriter: rows as text in one of the command's formats, streamed.
//
//   auto writer = make_writer("csv", out);
//   writer->begin(rows.columns());
//   for (const Row& row : rows) writer->row(row);
//   writer->end();
//
// Limits: table and markdown measure the first 1,000 rows and stream the rest with those widths.
// Threads: one at a time.

#include <iacdb/row.hpp>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace iacdb::cli {

class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual void begin(std::span<const Column> columns) = 0;
  virtual void row(const Row& row) = 0;
  virtual void end() = 0;
};

inline constexpr const char* format_names[] = {"table", "csv", "json", "md", "vertical"};

/// `format` is one of format_names.
std::unique_ptr<ResultWriter> make_writer(std::string_view format, std::ostream& out);

std::unique_ptr<ResultWriter> make_table_writer(std::ostream& out, bool markdown);
std::unique_ptr<ResultWriter> make_csv_writer(std::ostream& out);
std::unique_ptr<ResultWriter> make_json_writer(std::ostream& out);
std::unique_ptr<ResultWriter> make_vertical_writer(std::ostream& out);

/// A cell for people: NULL is empty, control characters are escaped as \xNN, \n and \t.
std::string display_text(const Cell& cell);
/// Columns of a terminal the text takes: wide characters count two, combining ones none.
std::size_t display_width(std::string_view text);

}  // namespace iacdb::cli
