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

#include <cstring>
#include <span>
#include <string>
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
  std::string_view name = {};  ///< of the column, whose string does not move
};

/// Whether `size` bytes are the same; `Word` is no longer than they are.
template <class Word>
bool is_same_by(const char* a, const char* b, std::size_t size) noexcept {
  Word x;
  Word y;
  for (std::size_t at = 0; at + sizeof(Word) < size; at += sizeof(Word)) {
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    if (x != y) return false;
  }
  std::memcpy(&x, a + size - sizeof x, sizeof x);  // May overlap the last one.
  std::memcpy(&y, b + size - sizeof y, sizeof y);
  return x == y;
}

/// Whether two names are equal; names are short, so this costs less than a call of memcmp.
inline bool is_same(std::string_view a, const char* b, std::size_t size) noexcept {
  if (a.size() != size) return false;
  if (size >= 8) return is_same_by<std::uint64_t>(a.data(), b, size);
  if (size >= 4) return is_same_by<std::uint32_t>(a.data(), b, size);
  if (size >= 2) return is_same_by<std::uint16_t>(a.data(), b, size);
  return size == 0 || a[0] == b[0];
}

/// The plan of one result. Cost: describe() allocates; matches() compares a few words a column.
class ResultPlan {
 public:
  void describe(std::span<const MYSQL_FIELD> fields, const SessionOptions& options);
  bool matches(std::span<const MYSQL_FIELD> fields) const noexcept {
    if (fields.size() != shapes_.size()) return false;
    const MYSQL_FIELD* field = fields.data();
    for (const FieldShape& shape : shapes_) {
      const unsigned long difference =
          (static_cast<unsigned long>(field->type) ^ shape.type) | (field->flags ^ shape.flags) |
          (field->decimals ^ shape.decimals) | (field->charsetnr ^ shape.charset) |
          (field->length ^ shape.length);
      if (difference != 0 || !is_same(shape.name, field->name, field->name_length)) return false;
      ++field;
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
