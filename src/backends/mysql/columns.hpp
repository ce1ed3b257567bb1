#pragma once
// Result columns: what each becomes, and the names users see.
//
//   ResultPlan plan; plan.describe(fields, count, options);
//
// The mapping (a cell's type may differ where its value does not fit the column's):
//   TINYINT(1), BOOLEAN     boolean; a value other than 0 and 1 stays int64 (option tinyint1=int)
//   TINYINT .. BIGINT       int64; unsigned BIGINT beyond int64 is decimal
//   YEAR, BIT(1..63)        int64; BIT(64) beyond int64 is decimal
//   FLOAT, DOUBLE           float64; a FLOAT is widened, so its value is exactly the stored one
//   DECIMAL                 decimal, its digits
//   DATE, DATETIME          date, timestamp; year 0 is allowed
//   TIMESTAMP               timestamptz: sessions run in '+00:00', so the value is the instant
//   TIME                    time inside a day, interval outside of it (-838:59:59 .. 838:59:59)
//   CHAR, TEXT, ENUM, SET   text
//   BINARY, BLOB, GEOMETRY  bytes
//   JSON                    json (MariaDB: LONGTEXT that the server marks as JSON)
//   UUID (MariaDB)          uuid
//   '0000-00-00' and dates with a zero month or day: DataError, or as option zero_dates says.
//
// Threads: one at a time.

#include <span>
#include <string_view>
#include <vector>

#include "backends/mysql/library.hpp"
#include "backends/mysql/options.hpp"
#include "iacdb/cell.hpp"

namespace iacdb::mysql {

/// How a value is read from its bytes.
enum class Decode : std::uint8_t {
  null,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  boolean8,
  float32,
  float64,
  text,  ///< text, decimal, json and bytes, by `type`
  date,
  datetime,
  time,
  bit,
  uuid,
  unknown,
};

struct ColumnPlan {
  Decode decode = Decode::unknown;
  Type type = Type::null;
  std::uint8_t length = 0;  ///< bytes of a number, for the bounds check
};

/// What decides a column's plan; compared at each execution, for ALTER TABLE and `select ?`.
struct FieldShape {
  enum_field_types type = MYSQL_TYPE_NULL;
  unsigned flags = 0;
  unsigned decimals = 0;
  unsigned charset = 0;
  unsigned long length = 0;
};

/// The plan of one result. Cost: describe() allocates; matches() compares a few words a column.
class ResultPlan {
 public:
  void describe(std::span<const MYSQL_FIELD> fields, const SessionOptions& options);
  bool matches(std::span<const MYSQL_FIELD> fields) const noexcept {
    if (fields.size() != shapes_.size()) return false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const MYSQL_FIELD& f = fields[i];
      const FieldShape& s = shapes_[i];
      if (f.type != s.type || f.flags != s.flags || f.length != s.length ||
          f.charsetnr != s.charset || f.decimals != s.decimals ||
          columns_[i].name != std::string_view(f.name, f.name_length)) {
        return false;
      }
    }
    return true;
  }
  std::span<const ColumnPlan> plans() const noexcept { return plans_; }
  std::span<const Column> columns() const noexcept { return columns_; }

 private:
  std::vector<ColumnPlan> plans_;
  std::vector<FieldShape> shapes_;
  std::vector<Column> columns_;
};

}  // namespace iacdb::mysql
