#pragma once
// Between MySQL's year, month, day and our days and microseconds.
//
// Source: Howard Hinnant, "chrono-compatible low-level date algorithms": days_from_civil, as in
// std::chrono::sys_days, which compiles to the same.
// Threads: pure functions.

#include <chrono>
#include <cstdint>

#include "backends/mysql/library.hpp"

namespace iacdb::mysql {

inline constexpr std::int64_t micros_per_second = 1'000'000;
inline constexpr std::int64_t micros_per_day = 86'400 * micros_per_second;
/// TIME holds -838:59:59.999999 to 838:59:59.999999.
inline constexpr std::int64_t time_micros_max =
    ((838LL * 60 + 59) * 60 + 59) * micros_per_second + 999'999;

inline constexpr unsigned span_days_max = 34;
inline constexpr unsigned span_hours_max = 838;

/// Days since 1970-01-01 of a date in years 0 to 9999; month and day are valid.
constexpr std::int32_t days_of(unsigned year, unsigned month, unsigned day) noexcept {
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(month), std::chrono::day(day));
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

/// Whether a month of that year has that day.
constexpr bool exists_day(unsigned year, unsigned month, unsigned day) noexcept {
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(year)),
                                     std::chrono::month(month), std::chrono::day(day))
      .ok();
}

inline constexpr std::int32_t days_min = days_of(0, 1, 1);
inline constexpr std::int32_t days_max = days_of(9999, 12, 31);

constexpr std::int64_t micros_of_day(unsigned hour, unsigned minute, unsigned second) noexcept {
  return ((std::int64_t{hour} * 60 + minute) * 60 + second) * micros_per_second;
}

/// The parts of a date; `days` lies within days_min and days_max.
inline void set_date(MYSQL_TIME& time, std::int32_t days) noexcept {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  time.year = static_cast<unsigned>(static_cast<int>(date.year()));
  time.month = static_cast<unsigned>(date.month());
  time.day = static_cast<unsigned>(date.day());
}

/// The parts of a span of microseconds that is not negative; hours may exceed a day.
inline void set_clock(MYSQL_TIME& time, std::int64_t micros) noexcept {
  const std::int64_t seconds = micros / micros_per_second;
  time.hour = static_cast<unsigned>(seconds / 3600);
  time.minute = static_cast<unsigned>(seconds / 60 % 60);
  time.second = static_cast<unsigned>(seconds % 60);
  time.second_part = static_cast<unsigned long>(micros % micros_per_second);
}

}  // namespace iacdb::mysql
