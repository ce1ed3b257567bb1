#pragma once
// The text and csv formats of COPY, for databases that have no COPY of their own.
//
//   CopyParser parser({.csv = true, .header = true});
//   parser.feed(bytes, [&](const CopyFields& fields) { ... });
//   parser.finish(...);
//
// Throws: DataError with the line of malformed input. Threads: one at a time.
// See: PostgreSQL 15 manual, COPY, "File Formats".

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb::cli {

struct CopyFormat {
  bool csv = false;
  bool header = false;
  char delimiter = '\t';
  char quote = '"';
  char escape = '"';
  std::string null = "\\N";
  bool ends_at_mark = true;  ///< A line of `\.` is the end; in a file it may be a value.
};

using CopyFields = std::vector<std::optional<std::string>>;
using TakeFields = std::function<void(const CopyFields&)>;

class CopyParser {
 public:
  explicit CopyParser(CopyFormat format) : format_(std::move(format)) {}
  void feed(std::string_view bytes, const TakeFields& take);
  void finish(const TakeFields& take);

 private:
  void csv(char c, const TakeFields& take);
  void text(char c, const TakeFields& take);
  void end_field();
  void end_row(const TakeFields& take);
  void end_escape();

  CopyFormat format_;
  CopyFields fields_;
  std::string field_;
  std::string code_;  // Digits of \ooo or \xhh.
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  bool quoted_ = false;      // Inside quotes.
  bool was_quoted_ = false;  // The field had quotes: never NULL.
  bool maybe_end_ = false;   // A quote was read inside quotes.
  bool escaped_ = false;     // A backslash was read.
  bool is_null_ = false;     // The field so far is the text form's NULL.
  bool return_ = false;      // A \r was read outside quotes.
  bool any_ = false;         // The row has a byte.
  bool header_seen_ = false;
  bool over_ = false;  // \. was read.
};

void append_copy_field(std::string& line, const std::optional<std::string>& field,
                       const CopyFormat& format);

}  // namespace iacdb::cli
