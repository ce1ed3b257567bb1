// Tables for people, and as Markdown: widths from the first rows, the rest streamed.

#include <algorithm>
#include <ostream>

#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

constexpr std::size_t measured_rows = 1000;

bool is_number(Type type) {
  return type == Type::int64 || type == Type::float64 || type == Type::decimal;
}

class TableWriter final : public ResultWriter {
 public:
  TableWriter(const Look& look, std::ostream& out)
      : look_(look), out_(out), markdown_(look.format == "md") {}

  void begin(std::span<const Column> columns) override {
    for (const Column& column : columns) {
      header_.push_back(escape(display_text(Cell::of_text(column.name))));
      widths_.push_back(std::max<std::size_t>(display_width(header_.back()), markdown_ ? 3 : 1));
      right_.push_back(is_number(column.type));
    }
  }

  void row(const Row& row) override {
    std::vector<std::string> cells;
    cells.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].is_null() && !is_number(row[i].type())) right_[i] = false;
      if (rows_ == 0 && is_number(row[i].type())) right_[i] = true;
      cells.push_back(escape(display_text(row[i], markdown_ ? "" : look_.null)));
    }
    ++rows_;
    if (started_) {
      print_row(cells);
      return;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths_[i] = std::max(widths_[i], display_width(cells[i]));
    }
    kept_.push_back(std::move(cells));
    if (kept_.size() == measured_rows) start();
  }

  void end() override {
    if (!started_) start();
    if (vertical_) return vertical_->end();
    if (markdown_ || !look_.footer || look_.tuples_only) return;
    out_ << '(' << rows_ << (rows_ == 1 ? " row)\n" : " rows)\n");
  }

 private:
  std::string escape(std::string text) const {
    if (!markdown_) return text;
    for (std::size_t at = 0; (at = text.find('|', at)) != text.npos; at += 2) text.insert(at, "\\");
    return text;
  }

  /// \x auto: what does not fit the terminal goes there line by line.
  bool is_too_wide() const {
    if (!look_.vertical_when_wide || markdown_ || look_.columns == 0) return false;
    std::size_t width = 0;
    for (const std::size_t one : widths_) width += one + 3;
    return width > look_.columns + 1;
  }

  void start_vertical() {
    Look look = look_;
    look.format = "vertical";
    vertical_ = make_vertical_writer(look, out_);
    for (const std::string& name : header_)
      columns_.push_back({.name = name, .type = Type::text, .database_type = {}});
    vertical_->begin(columns_);
    for (const auto& cells : kept_) print_vertical(cells);
    kept_.clear();
  }

  void print_vertical(const std::vector<std::string>& cells) {
    std::vector<Cell> texts;
    for (const std::string& cell : cells) texts.push_back(Cell::of_text(cell));
    Row row;
    row.reset(texts.data(), columns_);
    vertical_->row(row);
  }

  void start() {
    started_ = true;
    if (is_too_wide()) return start_vertical();
    if (!look_.tuples_only) {
      if (!markdown_ && !look_.title.empty()) out_ << printable(look_.title) << '\n';
      std::vector<bool> names_left(header_.size(), false);
      std::swap(names_left, right_);
      print_row(header_);
      std::swap(names_left, right_);
      print_rule();
    }
    for (const auto& cells : kept_) print_row(cells);
    kept_.clear();
  }

  void print_row(const std::vector<std::string>& cells) {
    if (vertical_) return print_vertical(cells);
    if (markdown_)
      out_ << "| ";
    else
      out_ << ' ';
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out_ << " | ";
      const std::size_t width = display_width(cells[i]);
      const std::string pad(widths_[i] > width ? widths_[i] - width : 0, ' ');
      if (right_[i]) {
        out_ << pad << cells[i];
      } else {
        const bool last = i + 1 == cells.size() && !markdown_;
        out_ << cells[i] << (last ? "" : pad);
      }
    }
    out_ << (markdown_ ? " |\n" : "\n");
  }

  void print_rule() {
    if (markdown_) out_ << '|';
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      std::string line(widths_[i] + 2, '-');
      if (markdown_ && right_[i]) line[line.size() - 2] = ':';
      if (markdown_) {
        line.front() = line.back() = ' ';
        out_ << line << '|';
      } else {
        out_ << line << (i + 1 < widths_.size() ? "+" : "");
      }
    }
    out_ << '\n';
  }

  Look look_;
  std::ostream& out_;
  bool markdown_;
  bool started_ = false;
  std::uint64_t rows_ = 0;
  std::vector<std::string> header_;
  std::vector<std::size_t> widths_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> kept_;
  std::unique_ptr<ResultWriter> vertical_;
  std::vector<Column> columns_;  // Of vertical_.
};

}  // namespace

std::unique_ptr<ResultWriter> make_table_writer(const Look& look, std::ostream& out) {
  return std::make_unique<TableWriter>(look, out);
}

}  // namespace iacdb::cli
