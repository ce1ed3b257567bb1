// CSV as RFC 4180 has it: a header line, CRLF left to those who need it (lines end in \n), quotes
// where a field has a quote, comma or line end. NULL is an empty field, an empty text is "".

#include <ostream>

#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

class CsvWriter final : public ResultWriter {
 public:
  explicit CsvWriter(std::ostream& out) : out_(out) {}

  void begin(std::span<const Column> columns) override {
    for (std::size_t i = 0; i < columns.size(); ++i) field(columns[i].name, i);
    out_ << '\n';
  }
  void row(const Row& row) override {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].is_null()) {
        if (i > 0) out_ << ',';
      } else {
        field(print(row[i]), i);
      }
    }
    out_ << '\n';
  }
  void end() override {}

 private:
  void field(std::string_view text, std::size_t index) {
    if (index > 0) out_ << ',';
    if (!text.empty() && text.find_first_of("\",\r\n") == text.npos) {
      out_ << text;
      return;
    }
    out_ << '"';
    for (const char c : text) {
      if (c == '"') out_ << '"';
      out_ << c;
    }
    out_ << '"';
  }

  std::ostream& out_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_csv_writer(std::ostream& out) {
  return std::make_unique<CsvWriter>(out);
}

}  // namespace iacdb::cli
