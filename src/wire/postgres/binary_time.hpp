#pragma once
// Binary date, time, timetz, timestamp, timestamptz and interval.
//
//   std::int64_t micros = decode_timestamp(row.next());   // since 1970-01-01
//
// PostgreSQL counts from 2000-01-01, iacdb from 1970-01-01. The extremes of the integer mean
// -infinity and infinity on both sides and stay what they are; a finite value that only one side
// can hold (after the year 294246) is an error, never another value.
// Throws: raise_malformed on wrong lengths, raise_data where a value does not fit.
// See: PostgreSQL 15 documentation, 8.5; sources, timestamp.c and date.c (send and receive).

#include <cstdint>
#include <limits>

#include "wire/postgres/binary_number.hpp"

namespace iacdb::wire::postgres {

inline constexpr std::int32_t epoch_shift_days = 10957;  // 1970-01-01 to 2000-01-01
inline constexpr std::int64_t epoch_shift_micros = 10957LL * 86400 * 1'000'000;

namespace time_detail {
/// Cold ends of the conversions: infinities, and values outside.
[[gnu::cold]] std::int64_t timestamp_beyond(std::int64_t wire);
[[gnu::cold]] std::int32_t date_beyond(std::int32_t wire);
[[gnu::cold]] std::int64_t timestamp_before(std::int64_t micros);
[[gnu::cold]] std::int32_t date_before(std::int32_t days);
[[noreturn, gnu::cold]] void raise_bad_time();
[[noreturn, gnu::cold]] void raise_infinite_interval();
}  // namespace time_detail

/// Microseconds since 2000 to microseconds since 1970.
inline std::int64_t timestamp_from_wire(std::int64_t wire) {
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  constexpr auto min = std::numeric_limits<std::int64_t>::min();
  if (wire >= max - epoch_shift_micros || wire == min) [[unlikely]]
    return time_detail::timestamp_beyond(wire);
  return wire + epoch_shift_micros;
}

inline std::int64_t timestamp_to_wire(std::int64_t micros) {
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  constexpr auto min = std::numeric_limits<std::int64_t>::min();
  if (micros <= min + epoch_shift_micros || micros == max) [[unlikely]]
    return time_detail::timestamp_before(micros);
  return micros - epoch_shift_micros;
}

inline std::int32_t date_from_wire(std::int32_t wire) {
  constexpr auto max = std::numeric_limits<std::int32_t>::max();
  constexpr auto min = std::numeric_limits<std::int32_t>::min();
  if (wire >= max - epoch_shift_days || wire == min) [[unlikely]]
    return time_detail::date_beyond(wire);
  return wire + epoch_shift_days;
}

inline std::int32_t date_to_wire(std::int32_t days) {
  constexpr auto max = std::numeric_limits<std::int32_t>::max();
  constexpr auto min = std::numeric_limits<std::int32_t>::min();
  if (days <= min + epoch_shift_days || days == max) [[unlikely]]
    return time_detail::date_before(days);
  return days - epoch_shift_days;
}

/// timestamp and timestamptz are the same on the wire.
inline std::int64_t decode_timestamp(Field field) {
  return timestamp_from_wire(decode_number<std::int64_t>(field, "timestamp"));
}
inline std::int32_t decode_date(Field field) {
  return date_from_wire(decode_number<std::int32_t>(field, "date"));
}

/// Microseconds since midnight; 24:00:00 is allowed.
inline std::int64_t check_time(std::int64_t micros) {
  if (static_cast<std::uint64_t>(micros) > 86'400'000'000ULL) [[unlikely]]
    time_detail::raise_bad_time();
  return micros;
}
inline std::int64_t decode_time(Field field) {
  return check_time(decode_number<std::int64_t>(field, "time"));
}

struct TimeTz {
  std::int64_t micros = 0;          ///< Since midnight, where the offset holds.
  std::int32_t offset_seconds = 0;  ///< East of UTC is positive (the wire has it the other way).
};
TimeTz decode_timetz(Field field);

struct IntervalParts {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t micros = 0;
};
IntervalParts decode_interval(Field field);

/// Writers of whole fields, unchecked: 4 + 8, 4 + 4, 4 + 8, 4 + 12 and 4 + 16 bytes are there.
inline std::byte* put_timestamp(std::byte* to, std::int64_t micros) {
  return put_field(to, timestamp_to_wire(micros));
}
inline std::byte* put_date(std::byte* to, std::int32_t days) {
  return put_field(to, date_to_wire(days));
}
inline std::byte* put_time(std::byte* to, std::int64_t micros) {
  return put_field(to, check_time(micros));
}
std::byte* put_timetz(std::byte* to, TimeTz value);
std::byte* put_interval(std::byte* to, IntervalParts value);

}  // namespace iacdb::wire::postgres
