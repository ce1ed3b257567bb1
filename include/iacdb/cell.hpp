#pragma once
// A Cell is one value of a result or one parameter: 16 bytes, normalised by the backend.
//
//   if (!row[0].is_null()) use(row[0].integer());
//
// Lifetime: text, bytes, intervals, uuids and arrays are views; they point into the batch of the
// result (valid until its next step) or into the argument (valid during the call).
// Threads: plain value.

#include <bit>
#include <cassert>
#include <cstdint>
#include <iacdb/types.hpp>
#include <span>
#include <string>
#include <string_view>

namespace iacdb {

class Cell;

/// The cells of an array, row-major. Lifetime: as the Cell that points to it.
struct ArrayView {
  Type element = Type::null;
  std::uint16_t dimensions_count = 0;  ///< 0 is the empty array.
  std::uint32_t size = 0;              ///< Cells in all dimensions together.
  const std::uint32_t* dimensions = nullptr;
  const Cell* cells = nullptr;
};

/// Where a large parameter comes from, piece by piece.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Total size in bytes, known in advance: PostgreSQL sends it first.
  virtual std::uint64_t size_bytes() const = 0;
  /// Fills up to `into.size()` bytes, returns how many; 0 only at the end.
  virtual std::size_t read(std::span<std::byte> into) = 0;
};

class Cell {
 public:
  constexpr Cell() noexcept : integer_(0), size_(0), type_(Type::null) {}

  static constexpr Cell of_bool(bool v) noexcept { return Cell(Type::boolean, std::int64_t{v}); }
  static constexpr Cell of_int64(std::int64_t v) noexcept { return Cell(Type::int64, v); }
  static constexpr Cell of_float64(double v) noexcept {
    return Cell(Type::float64, std::bit_cast<std::int64_t>(v));
  }
  static constexpr Cell of_date(std::int32_t days) noexcept { return Cell(Type::date, days); }
  static constexpr Cell of_time(std::int64_t micros) noexcept { return Cell(Type::time, micros); }
  static constexpr Cell of_timestamp(std::int64_t micros) noexcept {
    return Cell(Type::timestamp, micros);
  }
  static constexpr Cell of_timestamptz(std::int64_t micros) noexcept {
    return Cell(Type::timestamptz, micros);
  }
  /// For text, decimal (its digits), json and bytes. Limits: 4 GiB - 1.
  static constexpr Cell of_text(Type type, std::string_view v) noexcept {
    return Cell(type, v.data(), static_cast<std::uint32_t>(v.size()));
  }
  static constexpr Cell of_text(std::string_view v) noexcept { return of_text(Type::text, v); }
  static Cell of_bytes(BytesView v) noexcept {
    return Cell(Type::bytes, reinterpret_cast<const char*>(v.data()),
                static_cast<std::uint32_t>(v.size()));
  }
  static Cell of_interval(const Interval* v) noexcept {
    return Cell(Type::interval, v, sizeof(*v));
  }
  /// `v` points to 16 bytes.
  static Cell of_uuid(const std::uint8_t* v) noexcept { return Cell(Type::uuid, v, 16); }
  static Cell of_array(const ArrayView* v) noexcept { return Cell(Type::array, v, v->size); }
  /// A bytes or text parameter that is streamed.
  static Cell of_source(Type type, ByteSource* v) noexcept {
    Cell cell(type, v, 0);
    cell.streamed_ = true;
    return cell;
  }

  constexpr Type type() const noexcept { return type_; }
  constexpr bool is_null() const noexcept { return type_ == Type::null; }
  constexpr bool is_streamed() const noexcept { return streamed_; }

  // Unchecked accessors: the caller has looked at type().
  constexpr bool boolean() const noexcept { return integer_ != 0; }
  /// int64, date (days), time, timestamp and timestamptz (microseconds).
  constexpr std::int64_t integer() const noexcept { return integer_; }
  constexpr double real() const noexcept { return std::bit_cast<double>(integer_); }
  /// text, decimal, json; for bytes the raw bytes.
  std::string_view text() const noexcept { return {data_, size_}; }
  BytesView bytes() const noexcept { return {reinterpret_cast<const std::byte*>(data_), size_}; }
  const Interval& interval() const noexcept { return *static_cast<const Interval*>(pointer_); }
  Uuid uuid() const noexcept;
  const ArrayView& array() const noexcept { return *static_cast<const ArrayView*>(pointer_); }
  ByteSource* source() const noexcept {
    return static_cast<ByteSource*>(const_cast<void*>(pointer_));
  }

 private:
  constexpr Cell(Type type, std::int64_t v) noexcept : integer_(v), size_(0), type_(type) {}
  constexpr Cell(Type type, const char* v, std::uint32_t size) noexcept
      : data_(v), size_(size), type_(type) {}
  constexpr Cell(Type type, const void* v, std::uint32_t size) noexcept
      : pointer_(v), size_(size), type_(type) {}

  union {
    std::int64_t integer_;
    const char* data_;
    const void* pointer_;
  };
  std::uint32_t size_;
  Type type_;
  bool streamed_ = false;
};
static_assert(sizeof(Cell) == 16);

inline Uuid Cell::uuid() const noexcept {
  Uuid result;
  for (std::size_t i = 0; i < 16; ++i) {
    result.bytes[i] = static_cast<const std::uint8_t*>(pointer_)[i];
  }
  return result;
}

/// What a result says of one of its columns.
struct Column {
  std::string name;
  Type type = Type::null;     ///< null: the database does not know (a SQLite expression).
  std::string database_type;  ///< As the database names it: "int4", "VARCHAR(20)".
};

/// A view of the rows a cursor fetched last: rows_count * columns cells, row after row.
struct Batch {
  const Cell* cells = nullptr;
  std::uint32_t rows_count = 0;
};

/// One running statement's results, as a backend hands them over.
///
/// Order of calls: columns() any time; fetch() until it returns false and then it stays false;
/// next_result() may then open the next result; close() ends it, whatever is left.
/// Threads: one at a time.
class Cursor {
 public:
  /// Columns of the current result; empty for a statement without rows.
  virtual std::span<const Column> columns() const = 0;
  /// Replaces `batch` by the next rows; false and an empty batch at the end.
  virtual bool fetch(Batch& batch) = 0;
  /// Moves to the statement's next result; false when there is none.
  virtual bool next_result() = 0;
  /// Rows affected by the current result's statement, once fetch() returned false.
  virtual std::uint64_t rows_affected() const = 0;
  /// Ends the statement: drains at most one batch, then cancels. Bounded by the call's deadline.
  virtual void close() noexcept = 0;

 protected:
  ~Cursor() = default;
};

}  // namespace iacdb
