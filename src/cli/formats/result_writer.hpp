#pragma once
// ResultWriter: rows as text in one of the command's formats, streamed.
//
//   auto writer = make_writer({.format = "csv"}, out);
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

/// How results look; what \pset changes.
struct Look {
  std::string format = "table";  ///< One of format_names.
  std::string null = {};         ///< Shown for NULL; csv, json and md have their own.
  std::string title = {};        ///< Above a table.
  char csv_separator = ',';
  unsigned columns = 0;             ///< Of the terminal; 0: there is none.
  bool tuples_only = false;         ///< Rows without names, titles and counts.
  bool footer = true;               ///< "(3 rows)"
  bool vertical_when_wide = false;  ///< A table wider than the terminal is shown vertically.
  bool terminal = false;  ///< csv goes to a terminal: control characters are shown, not sent.
};

std::unique_ptr<ResultWriter> make_writer(const Look& look, std::ostream& out);

std::unique_ptr<ResultWriter> make_table_writer(const Look& look, std::ostream& out);
std::unique_ptr<ResultWriter> make_csv_writer(const Look& look, std::ostream& out);
std::unique_ptr<ResultWriter> make_json_writer(const Look& look, std::ostream& out);
std::unique_ptr<ResultWriter> make_vertical_writer(const Look& look, std::ostream& out);

/// A cell for people: NULL is `null`; control characters, the C1 ones too, are shown as \n, \t
/// and \xNN, and so are bytes that are not UTF-8.
std::string display_text(const Cell& cell, std::string_view null = "");
std::string printable(std::string_view text);
/// Columns of a terminal the text takes: wide characters count two, combining ones none.
std::size_t display_width(std::string_view text);

}  // namespace iacdb::cli
