#pragma once
// The value types that every database shares, each a small plain struct.
//
//   auto day = iacdb::Date::parse("2026-02-28");            // DataError when malformed
//   std::string text = iacdb::Timestamp{0}.print();         // "1970-01-01 00:00:00"
//
// parse() accepts ISO 8601 as the databases print it; print() writes it back. Text that does not
// parse is a DataError. Threads: plain values.

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

/// The kind of a value, the same on every database.
enum class Type : std::uint8_t {
  null,
  boolean,
  int64,
  float64,
  decimal,
  text,
  bytes,
  date,
  time,
  timestamp,    ///< Without a zone: what a clock on the wall shows.
  timestamptz,  ///< An instant, kept in UTC.
  interval,
  uuid,
  json,
  array,
};
std::string_view to_string(Type type) noexcept;

/// A calendar day. Limits: the int32 extremes mean -infinity and infinity (PostgreSQL has them).
struct Date {
  std::int32_t days = 0;  ///< Since 1970-01-01, proleptic Gregorian.

  static constexpr std::int32_t infinity = std::numeric_limits<std::int32_t>::max();
  static constexpr std::int32_t minus_infinity = std::numeric_limits<std::int32_t>::min();
  static Date of(int year, unsigned month, unsigned day);
  static Date parse(std::string_view text);
  std::string print() const;
  auto operator<=>(const Date&) const = default;
};

/// A time of day; 24:00:00 is allowed, as PostgreSQL does.
struct Time {
  std::int64_t micros = 0;  ///< Since midnight.

  static Time parse(std::string_view text);
  std::string print() const;
  auto operator<=>(const Time&) const = default;
};

/// A date and a time without a zone.
struct Timestamp {
  std::int64_t micros = 0;  ///< Since 1970-01-01 00:00:00 of the same unnamed zone.

  static constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();
  static Timestamp parse(std::string_view text);
  std::string print() const;
  auto operator<=>(const Timestamp&) const = default;
};

/// An instant. Prints in UTC with "+00"; parse() needs an offset or Z.
struct TimestampTz {
  std::int64_t micros = 0;  ///< Since 1970-01-01 00:00:00 UTC.

  static constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();
  static TimestampTz parse(std::string_view text);
  std::string print() const;
  auto operator<=>(const TimestampTz&) const = default;
};

/// A span of time; months, days and microseconds are kept apart, because a month has no fixed
/// length.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t micros = 0;

  static Interval parse(std::string_view text);  ///< PostgreSQL's and ISO 8601's forms.
  std::string print() const;                     ///< "1 mon 2 days 03:04:05.000006"
  auto operator<=>(const Interval&) const = default;
};

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  static Uuid parse(std::string_view text);
  std::string print() const;
  auto operator<=>(const Uuid&) const = default;
};

/// A decimal number without loss, kept as its digits. Equality and order are numeric: 1.0 == 1.00.
class Decimal {
 public:
  Decimal() : text_("0") {}
  explicit Decimal(std::int64_t value) : text_(std::to_string(value)) {}
  /// Accepts [+-]digits[.digits][e[+-]digits], NaN, Infinity and -Infinity.
  static Decimal parse(std::string_view text);
  const std::string& print() const noexcept { return text_; }
  bool operator==(const Decimal& other) const noexcept;
  std::partial_ordering operator<=>(const Decimal& other) const noexcept;

 private:
  std::string text_;  ///< Canonical: no plus sign, no exponent, no leading zeros; scale kept.
};

/// JSON text, not validated by iacdb: the database does.
struct Json {
  std::string text;
  bool operator==(const Json&) const = default;
};

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

}  // namespace iacdb
