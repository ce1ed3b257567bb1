// Source: MariaDB Connector/C, "Bulk operations (column-wise binding)"; COM_STMT_BULK_EXECUTE.

#include <array>
#include <cmath>
#include <vector>

#include "backends/mysql/bulk.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace iacdb::mysql {
namespace {

constexpr std::size_t rows_max = 4'096;
constexpr std::size_t chunk_bytes = 1024 * 1024;

/// The type a cell is sent as. Cells of one column and chunk have the same.
enum_field_types wire_type(const Cell& cell, const Place& place) {
  switch (cell.type()) {
    case Type::boolean:
    case Type::int64:
      return MYSQL_TYPE_LONGLONG;
    case Type::float64:
      return MYSQL_TYPE_DOUBLE;
    case Type::bytes:
      return MYSQL_TYPE_BLOB;
    case Type::date:
      return MYSQL_TYPE_DATE;
    case Type::timestamp:
    case Type::timestamptz:
      return MYSQL_TYPE_DATETIME;
    case Type::time:
    case Type::interval:
      return MYSQL_TYPE_TIME;
    case Type::decimal:
      return MYSQL_TYPE_NEWDECIMAL;
    case Type::array:
      raise_at(ErrorKind::unsupported, "a bulk row holds an array, which MySQL lacks", place);
    default:
      return MYSQL_TYPE_VAR_STRING;
  }
}

/// One column of a chunk, in the form Connector/C takes.
class ArrayColumn {
 public:
  /// False when the chunk must be sent first: its values are of another type.
  bool takes(const Cell& cell, const Place& place) const {
    return cell.is_null() || type_ == MYSQL_TYPE_NULL || type_ == wire_type(cell, place);
  }

  void add(const Cell& cell, std::size_t index, base::Buffer& texts, const Place& place) {
    indicators_.push_back(cell.is_null() ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE);
    if (!cell.is_null() && type_ == MYSQL_TYPE_NULL) type_ = wire_type(cell, place);
    numbers_.push_back(0);
    times_.emplace_back();
    offsets_.push_back(texts.size());
    sizes_.push_back(0);
    if (!cell.is_null()) add_value(cell, index, texts, place);
  }

  MYSQL_BIND bind(base::Buffer& texts) {
    MYSQL_BIND bind{};
    bind.buffer_type = type_ == MYSQL_TYPE_NULL ? MYSQL_TYPE_VAR_STRING : type_;
    bind.u.indicator = indicators_.data();
    bind.length = sizes_.data();
    switch (type_) {
      case MYSQL_TYPE_LONGLONG:
      case MYSQL_TYPE_DOUBLE:
        bind.buffer = numbers_.data();
        return bind;
      case MYSQL_TYPE_DATE:
      case MYSQL_TYPE_DATETIME:
      case MYSQL_TYPE_TIME:
        pointers_.resize(times_.size());
        for (std::size_t i = 0; i < times_.size(); ++i) pointers_[i] = &times_[i];
        break;
      default:
        pointers_.resize(offsets_.size());
        for (std::size_t i = 0; i < offsets_.size(); ++i) {
          pointers_[i] = texts.data() + offsets_[i];
        }
    }
    bind.buffer = pointers_.data();
    return bind;
  }

  void clear() {
    type_ = MYSQL_TYPE_NULL;
    indicators_.clear();
    numbers_.clear();
    times_.clear();
    offsets_.clear();
    sizes_.clear();
  }

 private:
  void add_value(const Cell& cell, std::size_t index, base::Buffer& texts, const Place& place) {
    switch (type_) {
      case MYSQL_TYPE_LONGLONG:
        numbers_.back() = cell.type() == Type::boolean ? (cell.boolean() ? 1 : 0) : cell.integer();
        return;
      case MYSQL_TYPE_DOUBLE:
        if (!std::isfinite(cell.real())) {
          raise_at(ErrorKind::data, "a bulk row holds a number that is not finite", place);
        }
        numbers_.back() = std::bit_cast<std::int64_t>(cell.real());
        return;
      case MYSQL_TYPE_DATE:
      case MYSQL_TYPE_DATETIME:
      case MYSQL_TYPE_TIME:
        times_.back() = to_mysql_time(cell, index, place);
        return;
      default:
        add_text(cell, texts, place);
    }
  }

  void add_text(const Cell& cell, base::Buffer& texts, const Place& place) {
    const std::size_t before = texts.size();
    if (cell.is_streamed()) {
      std::array<std::byte, 16 * 1024> piece;
      while (const std::size_t size = cell.source()->read(piece)) {
        texts.append(base::Bytes(piece.data(), size));
      }
    } else if (cell.type() == Type::uuid) {
      texts.append(cell.uuid().print());
    } else {
      const bool is_text = cell.type() == Type::text || cell.type() == Type::json;
      if (is_text && !base::is_utf8(cell.text())) {
        raise_at(ErrorKind::data, "a bulk row holds a text that is not valid UTF-8", place);
      }
      texts.append(cell.text());
    }
    sizes_.back() = texts.size() - before;
  }

  enum_field_types type_ = MYSQL_TYPE_NULL;
  std::vector<char> indicators_;
  std::vector<std::int64_t> numbers_;
  std::vector<MYSQL_TIME> times_;
  std::vector<std::size_t> offsets_;
  std::vector<unsigned long> sizes_;
  std::vector<void*> pointers_;
};

class Arrays final : public detail::BulkSink {
 public:
  Arrays(MysqlConnection& connection, const driver::BulkTarget& target, const BulkColumns& columns,
         const driver::Call& call)
      : connection_(connection), columns_(columns.count), scope_(connection, call) {
    sql_ = "INSERT INTO " + target.table +
           (target.columns.empty() ? "" : " (" + column_list(target) + ")") + " VALUES (";
    for (std::size_t i = 0; i < columns.count; ++i) sql_ += i == 0 ? "?" : ",?";
    sql_ += ")";
    Limits limits(scope_.call(), &connection_.canceller());
    statement_ = connection_.prepare(sql_, limits);
  }

  void write(std::span<const Cell> row) override {
    scope_.run([&] {
      const Place place{connection_.host(), sql_};
      require_columns(row.size(), columns_.size(), place);
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (!columns_[i].takes(row[i], place)) {
          flush();
          break;
        }
      }
      for (std::size_t i = 0; i < row.size(); ++i) columns_[i].add(row[i], i, texts_, place);
      if (++rows_ >= rows_max || texts_.size() >= chunk_bytes) flush();
    });
  }

  std::uint64_t finish() override {
    scope_.run([this] { flush(); });
    scope_.finish();
    return total_;
  }

 private:
  void flush() {
    if (rows_ == 0) return;
    Limits limits(scope_.call(), &connection_.canceller());
    connection_.start(limits);
    MYSQL_STMT* statement = statement_.get();
    std::vector<MYSQL_BIND> binds;
    for (ArrayColumn& column : columns_) binds.push_back(column.bind(texts_));
    const auto size = static_cast<unsigned>(rows_);
    if (::mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size) != 0 ||
        ::mysql_stmt_bind_param(statement, binds.data()) != 0 ||
        ::mysql_stmt_execute(statement) != 0) {
      connection_.fail(failure_of(statement), &limits, sql_);
    }
    total_ += rows_;
    rows_ = 0;
    texts_.clear();
    for (ArrayColumn& column : columns_) column.clear();
  }

  MysqlConnection& connection_;
  std::vector<ArrayColumn> columns_;
  std::string sql_;
  Statement statement_;
  base::Buffer texts_{2 * 1024 * 1024};
  std::uint64_t rows_ = 0;
  std::uint64_t total_ = 0;
  BulkScope scope_;
};

}  // namespace

std::unique_ptr<detail::BulkSink> make_arrays(MysqlConnection& connection,
                                              const driver::BulkTarget& target,
                                              const BulkColumns& columns,
                                              const driver::Call& call) {
  return std::make_unique<Arrays>(connection, target, columns, call);
}

}  // namespace iacdb::mysql
