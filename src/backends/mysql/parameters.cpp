#include "backends/mysql/parameters.hpp"

#include <array>
#include <cmath>
#include <cstring>

#include "backends/mysql/calendar.hpp"
#include "base/text.hpp"

namespace iacdb::mysql {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

[[noreturn]] void raise_data(std::size_t parameter, std::string_view what, const Place& place) {
  raise_at(ErrorKind::data, "parameter " + std::to_string(parameter + 1) + " " + std::string(what),
           place);
}

void require_date(std::int64_t days, std::size_t parameter, const Place& place) {
  if (days >= days_min && days <= days_max) [[likely]]
    return;
  raise_data(parameter, "is a date outside of the years 0 to 9999", place);
}

std::int64_t span_of(const Interval& interval, std::size_t parameter, const Place& place) {
  std::int64_t micros = 0;
  if (interval.months != 0 ||
      __builtin_mul_overflow(std::int64_t{interval.days}, micros_per_day, &micros) ||
      __builtin_add_overflow(micros, interval.micros, &micros)) {
    raise_data(parameter, "is an interval of months, which TIME cannot hold", place);
  }
  return micros;
}

enum_field_types time_type_of(Type type) {
  switch (type) {
    case Type::date:
      return MYSQL_TYPE_DATE;
    case Type::timestamp:
    case Type::timestamptz:
      return MYSQL_TYPE_DATETIME;
    default:
      return MYSQL_TYPE_TIME;
  }
}

}  // namespace

TimeParts time_parts(const Cell& cell, std::size_t parameter, const Place& place) {
  TimeParts parts;
  switch (cell.type()) {
    case Type::date:
      require_date(cell.integer(), parameter, place);
      parts.has_date = true;
      parts.days = static_cast<std::int32_t>(cell.integer());
      return parts;
    case Type::timestamp:
    case Type::timestamptz: {
      std::int64_t days = cell.integer() / micros_per_day;
      parts.micros = cell.integer() - days * micros_per_day;
      if (parts.micros < 0) {
        --days;
        parts.micros += micros_per_day;
      }
      require_date(days, parameter, place);
      parts.has_date = parts.has_clock = true;
      parts.days = static_cast<std::int32_t>(days);
      return parts;
    }
    default:
      break;
  }
  const std::int64_t span =
      cell.type() == Type::interval ? span_of(cell.interval(), parameter, place) : cell.integer();
  if (span < -time_micros_max || span > time_micros_max) {
    raise_data(parameter, "is an interval outside of TIME's 838:59:59", place);
  }
  parts.has_clock = true;
  parts.is_negative = span < 0;
  parts.micros = span < 0 ? -span : span;
  return parts;
}

MYSQL_TIME to_mysql_time(const Cell& cell, std::size_t parameter, const Place& place) {
  const TimeParts parts = time_parts(cell, parameter, place);
  MYSQL_TIME time{};
  time.time_type = !parts.has_date   ? MYSQL_TIMESTAMP_TIME
                   : parts.has_clock ? MYSQL_TIMESTAMP_DATETIME
                                     : MYSQL_TIMESTAMP_DATE;
  if (parts.has_date) set_date(time, parts.days);
  if (parts.has_clock) set_clock(time, parts.micros);
  if (!parts.has_date) {
    time.neg = parts.is_negative;
    time.day = time.hour / 24;  // On the wire an hour is one byte.
    time.hour %= 24;
  }
  return time;
}

inline void Parameters::set_type(std::size_t i, enum_field_types type, void* buffer) {
  MYSQL_BIND& bind = binds_[i];
  slots_[i].is_null = 0;
  if (bind.buffer_type == type && bind.buffer == buffer) [[likely]]
    return;
  bind.buffer_type = type;
  bind.buffer = buffer;
  bind.length = &slots_[i].size;
  bind.is_null = &slots_[i].is_null;
  bound_ = false;
}

inline void Parameters::take_integer(std::size_t i, enum_field_types type, std::int64_t value) {
  slots_[i].integer = value;
  set_type(i, type, &slots_[i].integer);
}

inline void Parameters::take_text(std::size_t i, enum_field_types type, std::string_view text) {
  Slot& slot = slots_[i];
  slot.size = text.size();
  if (text.size() <= inline_bytes) {
    if (!text.empty()) std::memcpy(slot.text, text.data(), text.size());
    return set_type(i, type, slot.text);
  }
  set_type(i, type, const_cast<char*>(text.data()));
  // The same address may hold another length: Connector/C reads it through the slot.
}

void Parameters::take(std::size_t i, const Cell& cell, const Place& place) {
  if (cell.is_streamed()) {
    streamed_ = true;
    slots_[i].size = 0;
    return set_type(i, cell.type() == Type::bytes ? MYSQL_TYPE_BLOB : MYSQL_TYPE_VAR_STRING,
                    slots_[i].text);
  }
  switch (cell.type()) {
    case Type::null:
      slots_[i].is_null = 1;
      if (binds_[i].is_null == nullptr) {
        set_type(i, MYSQL_TYPE_VAR_STRING, slots_[i].text);
        slots_[i].is_null = 1;
      }
      return;
    case Type::boolean:
      return take_integer(i, MYSQL_TYPE_TINY, cell.boolean() ? 1 : 0);
    case Type::int64:
      return take_integer(i, MYSQL_TYPE_LONGLONG, cell.integer());
    case Type::float64:
      if (!std::isfinite(cell.real())) raise_data(i, "is not a finite number", place);
      slots_[i].real = cell.real();
      return set_type(i, MYSQL_TYPE_DOUBLE, &slots_[i].real);
    case Type::decimal:
      return take_text(i, MYSQL_TYPE_NEWDECIMAL, cell.text());
    case Type::text:
    case Type::json:
      if (!base::is_utf8(cell.text())) raise_data(i, "is a text that is not valid UTF-8", place);
      return take_text(i, MYSQL_TYPE_VAR_STRING, cell.text());
    case Type::bytes:
      return take_text(i, MYSQL_TYPE_BLOB, cell.text());
    case Type::uuid:
      return take_text(i, MYSQL_TYPE_VAR_STRING, cell.uuid().print());
    case Type::array:
      raise_at(ErrorKind::unsupported,
               "parameter " + std::to_string(i + 1) + " is an array; use list() to expand it",
               place);
    default:
      slots_[i].time = to_mysql_time(cell, i, place);
      return set_type(i, time_type_of(cell.type()), &slots_[i].time);
  }
}

void Parameters::bind(MYSQL_STMT* statement, std::span<const Cell> cells, const Place& place) {
  if (cells.size() != binds_.size()) [[unlikely]] {
    raise_at(ErrorKind::usage,
             "the statement has " + std::to_string(binds_.size()) + " placeholders, but " +
                 std::to_string(cells.size()) + " parameters were given",
             place);
  }
  if (streamed_) [[unlikely]] {
    // Connector/C remembers long data of the last execution until it is bound anew.
    streamed_ = false;
    bound_ = false;
  }
  for (std::size_t i = 0; i < cells.size(); ++i) take(i, cells[i], place);
  if (bound_ || cells.empty()) [[likely]]
    return;
  if (::mysql_stmt_bind_param(statement, binds_.data()) != 0) {
    raise_failure(failure_of(statement), place);
  }
  bound_ = true;
}

void Parameters::send_pieces(MYSQL_STMT* statement, std::span<const Cell> cells,
                             const Place& place) const {
  struct Undo {  // The server must not keep half a value when a source throws.
    MYSQL_STMT* statement;
    bool complete = false;
    ~Undo() {
      if (!complete) ::mysql_stmt_reset(statement);
    }
  } undo{statement};
  std::vector<std::byte> piece(piece_bytes);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].is_streamed()) continue;
    std::uint64_t left = cells[i].source()->size_bytes();
    do {  // At least one piece, so that an empty source is an empty value and not NULL.
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
      const std::size_t got = wanted == 0 ? 0 : cells[i].source()->read({piece.data(), wanted});
      if (got > wanted || (got == 0 && left > 0)) {
        raise_at(ErrorKind::usage,
                 "a streamed value ended before its size_bytes; announce the true size", place);
      }
      const auto* data = reinterpret_cast<const char*>(piece.data());
      if (::mysql_stmt_send_long_data(statement, static_cast<unsigned>(i), data, got) != 0) {
        raise_failure(failure_of(statement), place);
      }
      left -= got;
    } while (left > 0);
  }
  undo.complete = true;
}

}  // namespace iacdb::mysql
