#include "wire/postgres/binary_time.hpp"

namespace iacdb::wire::postgres {
namespace {

// PostgreSQL allows displacements of less than 16 hours: MAX_TZDISP_HOUR in datatype/timestamp.h.
constexpr std::int32_t offset_seconds_max = 16 * 3600 - 1;

// From PostgreSQL 17 on, an interval with all parts at their extreme is infinite.
bool is_infinite(const IntervalParts& v) noexcept {
  using Wide = std::numeric_limits<std::int64_t>;
  using Narrow = std::numeric_limits<std::int32_t>;
  return (v.micros == Wide::max() && v.days == Narrow::max() && v.months == Narrow::max()) ||
         (v.micros == Wide::min() && v.days == Narrow::min() && v.months == Narrow::min());
}

}  // namespace

namespace time_detail {

std::int64_t timestamp_beyond(std::int64_t wire) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (wire == Limits::max() || wire == Limits::min()) return wire;
  raise_data("a timestamp of PostgreSQL lies after the year 294246; read it as text");
}

std::int64_t timestamp_before(std::int64_t micros) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (micros == Limits::max() || micros == Limits::min()) return micros;
  raise_data("a timestamp lies before the years that PostgreSQL can hold (4713 BC)");
}

std::int32_t date_beyond(std::int32_t wire) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (wire == Limits::max() || wire == Limits::min()) return wire;
  raise_data("a date of PostgreSQL lies after the year 5874897; read it as text");
}

std::int32_t date_before(std::int32_t days) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (days == Limits::max() || days == Limits::min()) return days;
  raise_data("a date lies before the years that PostgreSQL can hold (4713 BC)");
}

void raise_bad_time() {
  raise_data("a time of day lies outside 00:00:00 to 24:00:00");
}

void raise_infinite_interval() {
  raise_data("an interval of PostgreSQL is infinite, which iacdb cannot hold; read it as text");
}

}  // namespace time_detail

TimeTz decode_timetz(Field field) {
  if (field.size != 12) raise_malformed("timetz");
  TimeTz value;
  value.micros = check_time(base::load_be<std::int64_t>(field.data));
  const auto west = base::load_be<std::int32_t>(field.data + 8);
  if (west < -offset_seconds_max || west > offset_seconds_max) raise_malformed("timetz");
  value.offset_seconds = -west;
  return value;
}

std::byte* put_timetz(std::byte* to, TimeTz value) {
  if (value.offset_seconds < -offset_seconds_max || value.offset_seconds > offset_seconds_max)
    raise_data("a time zone offset reaches 16 hours, which PostgreSQL cannot hold");
  to = base::put_be(base::put_be(to, std::int32_t{12}), check_time(value.micros));
  return base::put_be(to, -value.offset_seconds);
}

IntervalParts decode_interval(Field field) {
  if (field.size != 16) raise_malformed("interval");
  IntervalParts value;
  value.micros = base::load_be<std::int64_t>(field.data);
  value.days = base::load_be<std::int32_t>(field.data + 8);
  value.months = base::load_be<std::int32_t>(field.data + 12);
  if (is_infinite(value)) time_detail::raise_infinite_interval();
  return value;
}

std::byte* put_interval(std::byte* to, IntervalParts value) {
  if (is_infinite(value)) time_detail::raise_infinite_interval();
  to = base::put_be(base::put_be(to, std::int32_t{16}), value.micros);
  return base::put_be(base::put_be(to, value.days), value.months);
}

}  // namespace iacdb::wire::postgres
