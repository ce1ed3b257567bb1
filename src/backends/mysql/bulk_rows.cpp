#include <algorithm>
#include <cstring>
#include <deque>

#include "backends/mysql/bulk.hpp"

namespace iacdb::mysql {
namespace {

constexpr std::size_t rows_max = 256;
constexpr std::size_t placeholders_max = 8'192;
constexpr std::size_t chunk_bytes = 512 * 1024;

/// Cells that own what they point to.
class OwnedCells {
 public:
  void add(const Cell& cell, const Place& place) {
    switch (cell.type()) {
      case Type::text:
      case Type::json:
      case Type::bytes:
      case Type::decimal:
        if (cell.is_streamed()) {
          raise_at(ErrorKind::unsupported, "a bulk insert of this server takes no streams", place);
        }
        cells_.push_back(Cell::of_text(cell.type(), keep(cell.text())));
        return;
      case Type::uuid: {
        const std::string_view kept =
            keep({reinterpret_cast<const char*>(cell.uuid().bytes.data()), 16});
        cells_.push_back(Cell::of_uuid(reinterpret_cast<const std::uint8_t*>(kept.data())));
        return;
      }
      case Type::interval:
        intervals_.push_back(cell.interval());
        cells_.push_back(Cell::of_interval(&intervals_.back()));
        return;
      default:
        cells_.push_back(cell);
    }
  }
  std::span<const Cell> cells() const noexcept { return cells_; }
  std::size_t bytes() const noexcept { return bytes_ + cells_.size() * 9; }
  void clear() {
    cells_.clear();
    texts_.clear();
    intervals_.clear();
    bytes_ = 0;
  }

 private:
  std::string_view keep(std::string_view text) {
    bytes_ += text.size();
    return texts_.emplace_back(text);
  }
  std::vector<Cell> cells_;
  std::deque<std::string> texts_;
  std::deque<Interval> intervals_;
  std::size_t bytes_ = 0;
};

class Rows final : public detail::BulkSink {
 public:
  Rows(MysqlConnection& connection, const driver::BulkTarget& target, const BulkColumns& columns,
       const driver::Call& call)
      : connection_(connection),
        columns_(columns.count),
        rows_max_(std::clamp<std::size_t>(placeholders_max / columns.count, 1, rows_max)),
        sql_("INSERT INTO " + target.table +
             (target.columns.empty() ? "" : " (" + column_list(target) + ")") + " VALUES "),
        scope_(connection, call) {}

  void write(std::span<const Cell> row) override {
    scope_.run([&] {
      const Place place{connection_.host(), sql_};
      require_columns(row.size(), columns_, place);
      for (const Cell& cell : row) cells_.add(cell, place);
      if (++rows_ >= rows_max_ || cells_.bytes() >= chunk_bytes) flush();
    });
  }

  std::uint64_t finish() override {
    if (rows_ > 0) scope_.run([this] { flush(); });
    scope_.finish();
    return total_;
  }

 private:
  std::string text_of(std::size_t rows) const {
    std::string row = "(";
    for (std::size_t i = 0; i < columns_; ++i) row += i == 0 ? "?" : ",?";
    row += ")";
    std::string text = sql_ + row;
    for (std::size_t i = 1; i < rows; ++i) text += "," + row;
    return text;
  }

  void flush() {
    if (rows_ != prepared_rows_) {
      text_ = text_of(rows_);
      prepared_rows_ = rows_;
    }
    connection_.exec(text_, cells_.cells(), scope_.call());
    total_ += rows_;
    rows_ = 0;
    cells_.clear();
  }

  MysqlConnection& connection_;
  std::size_t columns_;
  std::size_t rows_max_;
  std::string sql_;
  std::string text_;
  std::size_t prepared_rows_ = 0;
  OwnedCells cells_;
  std::uint64_t rows_ = 0;
  std::uint64_t total_ = 0;
  BulkScope scope_;
};

}  // namespace

std::unique_ptr<detail::BulkSink> make_rows(MysqlConnection& connection,
                                            const driver::BulkTarget& target,
                                            const BulkColumns& columns, const driver::Call& call) {
  return std::make_unique<Rows>(connection, target, columns, call);
}

}  // namespace iacdb::mysql
