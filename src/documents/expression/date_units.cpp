// Adding, truncating and counting by units: months clip to their length, days follow the clock.

#include <algorithm>
#include <array>

#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/expression/dates.hpp"

namespace iacdb::doc {
namespace {

constexpr std::int64_t day_millis = 86'400'000;
constexpr std::array<std::string_view, 9> unit_names = {
    "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"};
constexpr std::array<std::string_view, 7> week_days = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

[[noreturn]] void add_overflow() {
  fail_at(5166406, "dateAdd overflowed");
}

/// How far a date can be moved at most, in a unit above the millisecond.
std::int64_t most_units(DateUnit unit) {
  constexpr std::int64_t days = INT64_MAX / (day_millis / 2) + 1;
  constexpr std::int64_t years = days / 365 + 1;
  switch (unit) {
    case DateUnit::year:
      return years;
    case DateUnit::quarter:
      return years * 4;
    case DateUnit::month:
      return years * 12;
    case DateUnit::week:
      return days / 7;
    default:
      return unit == DateUnit::day ? days : days * (day_millis / unit_millis(unit));
  }
}

std::int64_t months_of(const DateParts& p) {
  return p.year * 12 + p.month - 1;
}

std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
  return days_from_civil(year, month + 1, 1) - days_from_civil(year, month, 1);
}

std::int64_t local_days(std::int64_t utc, const Zone& zone) {
  return floor_div(utc + zone.offset_at(utc), day_millis);
}

/// Days since the last day of the week that starts it.
std::int64_t weeks_of(std::int64_t days, int week_start) {
  // 1970-01-01 was a Thursday, day 3 of a week that starts on Monday.
  return floor_div(days + 3 - week_start, 7);
}

}  // namespace

DateUnit parse_unit(const Value& v, std::string_view op) {
  if (!v.is(Type::string)) {
    fail_at(5439013, std::string(op) + " requires 'unit' to be a string, but got " +
                         std::string(type_name(v.type())));
  }
  for (std::size_t i = 0; i < unit_names.size(); ++i) {
    if (v.text() == unit_names[i]) return static_cast<DateUnit>(i);
  }
  fail(Code::failed_to_parse, std::string(op) +
                                  " parameter 'unit' value parsing failed :: caused "
                                  "by :: unknown time unit value: " +
                                  v.text());
}

std::int64_t unit_millis(DateUnit unit) {
  switch (unit) {
    case DateUnit::millisecond:
      return 1;
    case DateUnit::second:
      return 1000;
    case DateUnit::minute:
      return 60'000;
    case DateUnit::hour:
      return 3'600'000;
    default:
      return 0;
  }
}

int parse_week_day(const Value& v, std::string_view op) {
  if (!v.is(Type::string)) {
    fail_at(5439015, std::string(op) + " requires 'startOfWeek' to be a string, but got " +
                         std::string(type_name(v.type())));
  }
  const std::string name = lower(v.text());
  for (std::size_t i = 0; i < week_days.size(); ++i) {
    if (name == week_days[i] || name == week_days[i].substr(0, 3)) return static_cast<int>(i);
  }
  fail_at(5439016, std::string(op) +
                       " parameter 'startOfWeek' value cannot be recognized as a day of a week: " +
                       v.text());
}

std::int64_t add_units(std::int64_t utc, DateUnit unit, std::int64_t amount, const Zone& zone) {
  if (unit != DateUnit::millisecond &&
      (amount >= most_units(unit) || amount <= -most_units(unit))) {
    fail_at(5976500, "invalid dateAdd 'amount' parameter value: " + std::to_string(amount) + " " +
                         std::string(unit_names[static_cast<std::size_t>(unit)]));
  }
  std::int64_t out = 0;
  if (const std::int64_t millis = unit_millis(unit)) {
    std::int64_t moved = 0;
    if (__builtin_mul_overflow(amount, millis, &moved) ||
        __builtin_add_overflow(utc, moved, &out)) {
      add_overflow();
    }
    return out;
  }
  const std::int64_t local = utc + zone.offset_at(utc);
  if (unit == DateUnit::day || unit == DateUnit::week) {
    std::int64_t moved = 0;
    const std::int64_t days = amount * (unit == DateUnit::week ? 7 : 1);
    if (__builtin_mul_overflow(days, day_millis, &moved) ||
        __builtin_add_overflow(local, moved, &out)) {
      add_overflow();
    }
    return zone.to_utc(out);
  }
  const std::int64_t factor = unit == DateUnit::year ? 12 : (unit == DateUnit::quarter ? 3 : 1);
  DateParts parts = parts_of(utc, zone);
  const std::int64_t months = months_of(parts) + amount * factor;
  if (months > 12LL * 290'000'000 || months < -12LL * 290'000'000) add_overflow();
  parts.year = floor_div(months, 12);
  parts.month = months - parts.year * 12 + 1;
  parts.day = std::min(parts.day, days_in_month(parts.year, parts.month));
  return zone.to_utc(local_millis_of(parts));
}

std::int64_t truncate(std::int64_t utc, DateUnit unit, std::int64_t bin, const Zone& zone,
                      int week_start) {
  // Bins are counted from 2000-01-01 in the zone.
  const std::int64_t origin_days = days_from_civil(2000, 1, 1);
  if (const std::int64_t millis = unit_millis(unit)) {
    const std::int64_t origin = zone.to_utc(origin_days * day_millis);
    std::int64_t size = 0;
    if (__builtin_mul_overflow(bin, millis, &size)) fail_at(5439002, "dateTrunc overflowed");
    std::int64_t from_origin = 0;
    if (__builtin_sub_overflow(utc, origin, &from_origin)) fail_at(5439000, "dateTrunc overflowed");
    const std::int64_t rest = from_origin % size;
    const std::int64_t into = rest < 0 ? rest + size : rest;
    std::int64_t out = 0;
    if (__builtin_sub_overflow(utc, into, &out)) fail_at(5439001, "dateTrunc overflowed");
    return out;
  }
  if (bin > 100'000'000'000) fail_at(5439006, "dateTrunc unsupported binSize value");
  const std::int64_t days = local_days(utc, zone);
  std::int64_t start_days = 0;
  switch (unit) {
    case DateUnit::day:
      start_days = origin_days + floor_div(days - origin_days, bin) * bin;
      break;
    case DateUnit::week: {
      // The first such week day on or after the origin starts the first bin.
      const std::int64_t first = (weeks_of(origin_days - 1, week_start) + 1) * 7 - 3 + week_start;
      start_days = first + floor_div(days - first, 7 * bin) * 7 * bin;
      break;
    }
    default: {
      const std::int64_t size = unit == DateUnit::year ? 12 : (unit == DateUnit::quarter ? 3 : 1);
      const std::int64_t origin = 2000 * 12;
      const std::int64_t months = months_of(parts_of(utc, zone));
      const std::int64_t start = origin + floor_div(months - origin, size * bin) * size * bin;
      const std::int64_t year = floor_div(start, 12);
      start_days = days_from_civil(year, start - year * 12 + 1, 1);
    }
  }
  return zone.to_utc(start_days * day_millis);
}

std::int64_t difference(std::int64_t from, std::int64_t to, DateUnit unit, const Zone& zone,
                        int week_start) {
  const auto count = [&](std::int64_t utc) -> std::int64_t {
    switch (unit) {
      case DateUnit::year:
        return parts_of(utc, zone).year;
      case DateUnit::quarter:
        return floor_div(months_of(parts_of(utc, zone)), 3);
      case DateUnit::month:
        return months_of(parts_of(utc, zone));
      case DateUnit::week:
        return weeks_of(local_days(utc, zone), week_start);
      case DateUnit::day:
        return local_days(utc, zone);
      case DateUnit::hour: {
        // Hours of the day in the zone: offsets that are no whole hours shift the boundaries.
        const std::int64_t shift = zone.offset_at(utc) % 3'600'000;
        return floor_div(utc + shift, 3'600'000);
      }
      default:
        return floor_div(utc, unit_millis(unit));
    }
  };
  std::int64_t out = 0;
  if (__builtin_sub_overflow(count(to), count(from), &out)) {
    fail(Code::overflow, "date overflow in $dateDiff");
  }
  return out;
}

}  // namespace iacdb::doc
