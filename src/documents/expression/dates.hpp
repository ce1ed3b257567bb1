#pragma once
// Dates: calendar fields in a time zone, units, and the text forms of dates.
//
//   const Zone zone = Zone::parse("Europe/Berlin");
//   DateParts parts = parts_of(millis, zone);

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// A time zone: UTC, a fixed offset, or one of the Olson database.
class Zone {
 public:
  Zone() = default;  ///< UTC
  /// Throws: Failure 40485 for a name that is unknown.
  static Zone parse(const std::string& name);
  /// Milliseconds to add to UTC at that instant.
  std::int64_t offset_at(std::int64_t utc_millis) const;
  /// The instant at which clocks there show this local time.
  std::int64_t to_utc(std::int64_t local_millis) const;
  bool is_utc() const { return fixed_millis_ == 0 && !rules_; }

 private:
  std::int64_t fixed_millis_ = 0;
  std::shared_ptr<const void> rules_;
};

struct DateParts {
  std::int64_t year = 1970;
  std::int64_t month = 1;
  std::int64_t day = 1;
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t millisecond = 0;
};
DateParts parts_of(std::int64_t utc_millis, const Zone& zone);
/// Local milliseconds; parts may overflow their ranges and carry on.
std::int64_t local_millis_of(const DateParts& parts);
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day);
std::int64_t floor_div(std::int64_t a, std::int64_t b);
int day_of_week(std::int64_t days);  ///< 1 Sunday .. 7 Saturday
std::int64_t day_of_year(const DateParts& parts);
struct IsoWeek {
  std::int64_t year = 0;
  std::int64_t week = 0;
  std::int64_t day = 0;  ///< 1 Monday .. 7 Sunday
};
IsoWeek iso_week(const DateParts& parts);
/// Weeks begin on Sunday; days before the first Sunday are in week 0.
std::int64_t week_of_year(const DateParts& parts);

enum class DateUnit : std::uint8_t {
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year
};
/// Throws: Failure 9.
DateUnit parse_unit(const Value& v, std::string_view op);
/// Milliseconds of the units below day; 0 for the others.
std::int64_t unit_millis(DateUnit unit);
/// 0 Monday .. 6 Sunday. Throws: Failure.
int parse_week_day(const Value& v, std::string_view op);
/// Throws: Failure when the date leaves what a date can hold.
std::int64_t add_units(std::int64_t utc_millis, DateUnit unit, std::int64_t amount,
                       const Zone& zone);
std::int64_t truncate(std::int64_t utc_millis, DateUnit unit, std::int64_t bin, const Zone& zone,
                      int week_start);
std::int64_t difference(std::int64_t from, std::int64_t to, DateUnit unit, const Zone& zone,
                        int week_start);

/// "%Y-%m-%d" and its like. Throws: Failure 18534 or 18535 for a malformed format.
std::string print_date(std::int64_t utc_millis, const std::string& format, const Zone& zone);
/// The forms that MongoDB reads without a format. nullopt when the text is none.
std::optional<std::int64_t> parse_date_text(std::string_view text, const Zone* zone);
std::optional<std::int64_t> parse_date_text(std::string_view text, const std::string& format,
                                            const Zone* zone);
/// Throws: Failure.
void check_date_format(const std::string& format, bool parsing);

/// UTC when nullish. Throws: Failure 40517, 40485.
Zone zone_of(const Value& v);
/// date, timestamp and objectId as milliseconds. Throws: Failure 16006.
std::int64_t date_millis(const Value& v);

}  // namespace iacdb::doc
