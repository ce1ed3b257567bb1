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

MYSQL_TIME date_of(std::int64_t days, std::size_t parameter, const Place& place) {
  if (days < days_min || days > days_max) {
    raise_data(parameter, "is a date outside of the years 0 to 9999", place);
  }
  MYSQL_TIME time{};
  time.time_type = MYSQL_TIMESTAMP_DATE;
  set_date(time, static_cast<std::int32_t>(days));
  return time;
}

MYSQL_TIME datetime_of(std::int64_t micros, std::size_t parameter, const Place& place) {
  std::int64_t days = micros / micros_per_day;
  if (micros % micros_per_day < 0) --days;
  MYSQL_TIME time = date_of(days, parameter, place);
  time.time_type = MYSQL_TIMESTAMP_DATETIME;
  set_clock(time, micros - days * micros_per_day);
  return time;
}

MYSQL_TIME span_of(std::int64_t micros, std::size_t parameter, const Place& place) {
  if (micros < -time_micros_max || micros > time_micros_max) {
    raise_data(parameter, "is an interval outside of TIME's 838:59:59", place);
  }
  MYSQL_TIME time{};
  time.time_type = MYSQL_TIMESTAMP_TIME;
  time.neg = micros < 0;
  set_clock(time, micros < 0 ? -micros : micros);
  time.day = time.hour / 24;  // On the wire an hour is one byte.
  time.hour %= 24;
  return time;
}

MYSQL_TIME interval_of(const Interval& interval, std::size_t parameter, const Place& place) {
  std::int64_t micros = 0;
  if (interval.months != 0 ||
      __builtin_mul_overflow(std::int64_t{interval.days}, micros_per_day, &micros) ||
      __builtin_add_overflow(micros, interval.micros, &micros)) {
    raise_data(parameter, "is an interval of months, which TIME cannot hold", place);
  }
  return span_of(micros, parameter, place);
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

MYSQL_TIME to_mysql_time(const Cell& cell, std::size_t parameter, const Place& place) {
  switch (cell.type()) {
    case Type::date:
      return date_of(cell.integer(), parameter, place);
    case Type::timestamp:
    case Type::timestamptz:
      return datetime_of(cell.integer(), parameter, place);
    case Type::interval:
      return interval_of(cell.interval(), parameter, place);
    default:
      return span_of(cell.integer(), parameter, place);
  }
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

void Parameters::send_streams(MYSQL_STMT* statement, std::span<const Cell> cells,
                              const Place& place) const {
  if (!streamed_) [[likely]]
    return;
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
    std::size_t size = 0;
    do {  // At least one piece, so that an empty source is an empty value and not NULL.
      size = cells[i].source()->read(piece);
      const auto* data = reinterpret_cast<const char*>(piece.data());
      if (::mysql_stmt_send_long_data(statement, static_cast<unsigned>(i), data, size) != 0) {
        raise_failure(failure_of(statement), place);
      }
    } while (size > 0);
  }
  undo.complete = true;
}

}  // namespace iacdb::mysql
