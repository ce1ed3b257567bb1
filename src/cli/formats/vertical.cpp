// One line a column: for rows too wide for a table.

#include <algorithm>
#include <ostream>

#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

class VerticalWriter final : public ResultWriter {
 public:
  explicit VerticalWriter(std::ostream& out) : out_(out) {}

  void begin(std::span<const Column> columns) override {
    for (const Column& column : columns) {
      names_.push_back(display_text(Cell::of_text(column.name)));
      width_ = std::max(width_, display_width(names_.back()));
    }
  }
  void row(const Row& row) override {
    out_ << "-[ row " << ++rows_ << " ]-\n";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out_ << names_[i] << std::string(width_ - display_width(names_[i]), ' ') << " | "
           << display_text(row[i]) << '\n';
    }
  }
  void end() override { out_ << '(' << rows_ << (rows_ == 1 ? " row)\n" : " rows)\n"); }

 private:
  std::ostream& out_;
  std::vector<std::string> names_;
  std::size_t width_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<ResultWriter> make_vertical_writer(std::ostream& out) {
  return std::make_unique<VerticalWriter>(out);
}

}  // namespace iacdb::cli
