// CSV as RFC 4180 has it: a header line, CRLF left to those who need it (lines end in \n), quotes
// where a field has a quote, comma or line end. NULL is an empty field, an empty text is "".

#include <ostream>

#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

class CsvWriter final : public ResultWriter {
 public:
  CsvWriter(const Look& look, std::ostream& out) : look_(look), out_(out) {
    special_ += look.csv_separator;
  }

  void begin(std::span<const Column> columns) override {
    if (look_.tuples_only) return;
    for (std::size_t i = 0; i < columns.size(); ++i) field(columns[i].name, i);
    out_ << '\n';
  }
  void row(const Row& row) override {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].is_null()) {
        if (i > 0) out_ << look_.csv_separator;
        out_ << look_.null;
      } else {
        field(print(row[i]), i);
      }
    }
    out_ << '\n';
  }
  void end() override {}

 private:
  void field(std::string_view text, std::size_t index) {
    std::string shown;
    if (look_.terminal) text = shown = printable(text);
    if (index > 0) out_ << look_.csv_separator;
    if (!text.empty() && text != look_.null && text.find_first_of(special_) == text.npos) {
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

  Look look_;
  std::ostream& out_;
  std::string special_ = "\"\r\n";
};

}  // namespace

std::unique_ptr<ResultWriter> make_csv_writer(const Look& look, std::ostream& out) {
  return std::make_unique<CsvWriter>(look, out);
}

}  // namespace iacdb::cli
