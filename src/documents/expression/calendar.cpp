#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/expression/dates.hpp"

namespace iacdb::doc {
namespace {

constexpr std::int64_t day_millis = 86'400'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "+05:30", "-0330", "+03" as milliseconds.
std::optional<std::int64_t> parse_offset(const std::string& name) {
  if (name.size() < 3 || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  std::string digits;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] == ':' && i == 3) continue;
    if (!is_digit(name[i])) return std::nullopt;
    digits += name[i];
  }
  if (digits.size() != 2 && digits.size() != 4) return std::nullopt;
  const std::int64_t hours = std::stoi(digits.substr(0, 2));
  const std::int64_t minutes = digits.size() == 4 ? std::stoi(digits.substr(2)) : 0;
  const std::int64_t offset = (hours * 60 + minutes) * 60'000;
  return name[0] == '-' ? -offset : offset;
}

}  // namespace

Zone Zone::parse(const std::string& name) {
  Zone zone;
  if (name == "UTC" || name == "GMT" || name == "Z") return zone;
  if (const auto offset = parse_offset(name)) {
    zone.fixed_millis_ = *offset;
    return zone;
  }
  std::shared_ptr<icu::TimeZone> rules(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
  if (name.empty() || *rules == icu::TimeZone::getUnknown()) {
    fail_at(40485, "unrecognized time zone identifier: \"" + name + "\"");
  }
  zone.rules_ = std::move(rules);
  return zone;
}

std::int64_t Zone::offset_at(std::int64_t utc_millis) const {
  if (!rules_) return fixed_millis_;
  std::int32_t raw = 0;
  std::int32_t dst = 0;
  UErrorCode error = U_ZERO_ERROR;
  static_cast<const icu::TimeZone*>(rules_.get())
      ->getOffset(static_cast<UDate>(utc_millis), 0, raw, dst, error);
  return raw + dst;
}

std::int64_t Zone::to_utc(std::int64_t local_millis) const {
  if (!rules_) return local_millis - fixed_millis_;
  std::int32_t raw = 0;
  std::int32_t dst = 0;
  UErrorCode error = U_ZERO_ERROR;
  static_cast<const icu::TimeZone*>(rules_.get())
      ->getOffset(static_cast<UDate>(local_millis), 1, raw, dst, error);
  return local_millis - (raw + dst);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// See: https://howardhinnant.github.io/date_algorithms.html
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year += floor_div(month - 1, 12);
  month = (month - 1) - floor_div(month - 1, 12) * 12 + 1;
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(y, 400);
  const std::int64_t yoe = y - era * 400;
  const std::int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468 + (day - 1);
}

DateParts parts_of(std::int64_t utc_millis, const Zone& zone) {
  const std::int64_t local = utc_millis + zone.offset_at(utc_millis);
  const std::int64_t days = floor_div(local, day_millis);
  const std::int64_t rest = local - days * day_millis;
  const std::int64_t z = days + 719468;
  const std::int64_t era = floor_div(z, 146097);
  const std::int64_t doe = z - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  DateParts out;
  out.day = doy - (153 * mp + 2) / 5 + 1;
  out.month = mp < 10 ? mp + 3 : mp - 9;
  out.year = yoe + era * 400 + (out.month <= 2 ? 1 : 0);
  out.hour = rest / 3'600'000;
  out.minute = rest / 60'000 % 60;
  out.second = rest / 1000 % 60;
  out.millisecond = rest % 1000;
  return out;
}

std::int64_t local_millis_of(const DateParts& p) {
  const std::int64_t days = days_from_civil(p.year, p.month, p.day);
  return days * day_millis + p.hour * 3'600'000 + p.minute * 60'000 + p.second * 1000 +
         p.millisecond;
}

int day_of_week(std::int64_t days) {
  return static_cast<int>((days + 4) - floor_div(days + 4, 7) * 7) + 1;
}

std::int64_t day_of_year(const DateParts& p) {
  return days_from_civil(p.year, p.month, p.day) - days_from_civil(p.year, 1, 1) + 1;
}

IsoWeek iso_week(const DateParts& p) {
  const std::int64_t days = days_from_civil(p.year, p.month, p.day);
  IsoWeek out;
  out.day = (day_of_week(days) + 5) % 7 + 1;
  // The Thursday of the week decides the year.
  const std::int64_t thursday = days + 4 - out.day;
  const DateParts at = parts_of(thursday * day_millis, Zone());
  out.year = at.year;
  out.week = (thursday - days_from_civil(at.year, 1, 1)) / 7 + 1;
  return out;
}

std::int64_t week_of_year(const DateParts& p) {
  const std::int64_t days = days_from_civil(p.year, p.month, p.day);
  return (day_of_year(p) + 7 - day_of_week(days)) / 7;
}

std::int64_t date_millis(const Value& v) {
  switch (v.type()) {
    case Type::date:
      return v.millis();
    case Type::timestamp:
      return std::int64_t{v.timestamp().seconds} * 1000;
    case Type::oid: {
      const auto& b = v.oid().bytes;
      return ((std::int64_t{b[0]} << 24) | (b[1] << 16) | (b[2] << 8) | b[3]) * 1000;
    }
    default:
      fail_at(16006,
              "can't convert from BSON type " + std::string(type_name(v.type())) + " to Date");
  }
}

}  // namespace iacdb::doc
