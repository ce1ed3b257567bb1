// One line a column: for rows too wide for a table.

#include <algorithm>
#include <ostream>

#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

class VerticalWriter final : public ResultWriter {
 public:
  VerticalWriter(const Look& look, std::ostream& out) : look_(look), out_(out) {}

  void begin(std::span<const Column> columns) override {
    if (!look_.title.empty() && !look_.tuples_only) out_ << printable(look_.title) << '\n';
    for (const Column& column : columns) {
      names_.push_back(display_text(Cell::of_text(column.name)));
      width_ = std::max(width_, display_width(names_.back()));
    }
  }
  void row(const Row& row) override {
    if (look_.tuples_only) {
      if (rows_++ > 0) out_ << '\n';
    } else {
      std::string line = "-[ RECORD " + std::to_string(++rows_) + " ]";
      if (line.size() < width_ + 1) line.append(width_ + 1 - line.size(), '-');
      out_ << line << (line.size() == width_ + 1 ? "+-\n" : "-\n");
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      out_ << names_[i] << std::string(width_ - display_width(names_[i]), ' ') << " | "
           << display_text(row[i], look_.null) << '\n';
    }
  }
  void end() override {
    if (look_.footer && !look_.tuples_only) {
      out_ << '(' << rows_ << (rows_ == 1 ? " row)\n" : " rows)\n");
    }
  }

 private:
  Look look_;
  std::ostream& out_;
  std::vector<std::string> names_;
  std::size_t width_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<ResultWriter> make_vertical_writer(const Look& look, std::ostream& out) {
  return std::make_unique<VerticalWriter>(look, out);
}

}  // namespace iacdb::cli
