#pragma once
// Parameters: cells into the binds of a prepared statement.
//
//   Parameters parameters(count);
//   parameters.bind(statement, cells, place);     // DataError for what MySQL cannot hold
//   parameters.send_streams(statement, cells, place);
//
// Binds are kept from one execution to the next: while types stay the same and texts are short,
// nothing is bound again. Sent as: boolean TINYINT, int64 BIGINT, float64 DOUBLE, decimal its
// digits, text VARCHAR, bytes BLOB, json and uuid text, date DATE, timestamp DATETIME, timestamptz
// DATETIME in UTC (sessions run in UTC), time and interval TIME. Arrays are refused.
// Threads: one at a time. Lifetime: long texts are referred to until the statement has been sent.

#include <span>
#include <vector>

#include "backends/mysql/failure.hpp"
#include "backends/mysql/library.hpp"
#include "iacdb/cell.hpp"

namespace iacdb::mysql {

class Parameters {
 public:
  explicit Parameters(std::size_t count) : binds_(count), slots_(count) {}

  std::size_t size() const noexcept { return binds_.size(); }
  void bind(MYSQL_STMT* statement, std::span<const Cell> cells, const Place& place);
  /// Puts integers where integers were bound before. False: bind() must look at it.
  bool bind_again(std::span<const Cell> cells) noexcept {
    if (!bound_ || streamed_ || cells.size() != binds_.size()) return false;
    const MYSQL_BIND* bind = binds_.data();
    Slot* slot = slots_.data();
    for (const Cell& cell : cells) {
      if (cell.type() != Type::int64 || bind->buffer_type != MYSQL_TYPE_LONGLONG) return false;
      slot->integer = cell.integer();
      slot->is_null = 0;
      ++bind;
      ++slot;
    }
    return true;
  }
  /// Sends streamed parameters in pieces; nothing when there are none.
  void send_streams(MYSQL_STMT* statement, std::span<const Cell> cells, const Place& place) const {
    if (streamed_) [[unlikely]]
      send_pieces(statement, cells, place);
  }

 private:
  static constexpr std::size_t inline_bytes = 64;
  struct Slot {
    union {
      std::int64_t integer;
      double real;
      MYSQL_TIME time;
      char text[inline_bytes];
    };
    unsigned long size = 0;
    my_bool is_null = 0;
    Slot() : integer(0) {}
  };

  void send_pieces(MYSQL_STMT* statement, std::span<const Cell> cells, const Place& place) const;
  void take(std::size_t i, const Cell& cell, const Place& place);
  void take_text(std::size_t i, enum_field_types type, std::string_view text);
  void take_integer(std::size_t i, enum_field_types type, std::int64_t value);
  void set_type(std::size_t i, enum_field_types type, void* buffer);

  bool bound_ = false;     // What the statement knows is what binds_ says.
  bool streamed_ = false;  // A parameter comes from a ByteSource.
  std::vector<MYSQL_BIND> binds_;
  std::vector<Slot> slots_;
};

/// A date or time cell taken apart and checked.
struct TimeParts {
  std::int32_t days = 0;    ///< since 1970-01-01
  std::int64_t micros = 0;  ///< of the day, or of a span; never negative
  bool has_date = false;
  bool has_clock = false;
  bool is_negative = false;  ///< of a span
};

/// Throws: DataError outside of years 0 to 9999, of TIME's range, or for infinity.
TimeParts time_parts(const Cell& cell, std::size_t parameter, const Place& place);
/// The same as MySQL's protocol takes it.
MYSQL_TIME to_mysql_time(const Cell& cell, std::size_t parameter, const Place& place);

}  // namespace iacdb::mysql
