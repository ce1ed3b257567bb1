// Intervals as text: PostgreSQL's default style and ISO 8601 durations.
// Source: PostgreSQL 15 documentation, 8.5.4 Interval Input and 8.5.5 Interval Output.

#include <array>
#include <cctype>

#include "core/calendar.hpp"
#include "iacdb/error.hpp"
#include "iacdb/types.hpp"

namespace iacdb {
namespace {

using core::TextReader;

constexpr std::int64_t micros_per_second = 1'000'000;

/// What one unit adds. Microsecond units may carry a fraction; months and days may not.
struct Unit {
  std::string_view name;
  std::int32_t months;
  std::int32_t days;
  std::int64_t micros;
};
// Longest first, because take_word matches prefixes.
constexpr std::array<Unit, 28> units = {{
    {"microseconds", 0, 0, 1},
    {"microsecond", 0, 0, 1},
    {"milliseconds", 0, 0, 1'000},
    {"millisecond", 0, 0, 1'000},
    {"seconds", 0, 0, micros_per_second},
    {"second", 0, 0, micros_per_second},
    {"minutes", 0, 0, 60 * micros_per_second},
    {"minute", 0, 0, 60 * micros_per_second},
    {"months", 1, 0, 0},
    {"month", 1, 0, 0},
    {"hours", 0, 0, 3600 * micros_per_second},
    {"hour", 0, 0, 3600 * micros_per_second},
    {"years", 12, 0, 0},
    {"weeks", 0, 7, 0},
    {"secs", 0, 0, micros_per_second},
    {"mins", 0, 0, 60 * micros_per_second},
    {"mons", 1, 0, 0},
    {"days", 0, 1, 0},
    {"year", 12, 0, 0},
    {"week", 0, 7, 0},
    {"sec", 0, 0, micros_per_second},
    {"min", 0, 0, 60 * micros_per_second},
    {"mon", 1, 0, 0},
    {"day", 0, 1, 0},
    {"hrs", 0, 0, 3600 * micros_per_second},
    {"hr", 0, 0, 3600 * micros_per_second},
    {"us", 0, 0, 1},
    {"ms", 0, 0, 1'000},
}};

template <class T>
bool add_scaled(T& into, std::int64_t count, std::int64_t unit) {
  std::int64_t product;
  return !__builtin_mul_overflow(count, unit, &product) &&
         !__builtin_add_overflow(into, product, &into);
}

bool add(Interval& interval, const Unit& unit, std::int64_t sign, std::int64_t whole,
         std::int64_t fraction_micros) {
  if (fraction_micros != 0 && unit.micros == 0) return false;
  if (!add_scaled(interval.months, sign * whole, unit.months)) return false;
  if (!add_scaled(interval.days, sign * whole, unit.days)) return false;
  if (!add_scaled(interval.micros, sign * whole, unit.micros)) return false;
  if (fraction_micros == 0) return true;
  // fraction_micros is in millionths of the unit; a result below a microsecond is refused.
  std::int64_t product;
  if (__builtin_mul_overflow(fraction_micros, unit.micros, &product)) return false;
  if (product % micros_per_second != 0) return false;
  return !__builtin_add_overflow(interval.micros, sign * (product / micros_per_second),
                                 &interval.micros);
}

/// H..H:MM[:SS[.ffffff]]
bool take_clock(TextReader& reader, std::int64_t sign, std::int64_t hours, Interval& interval) {
  const auto minutes = reader.take_digits(2, 2);
  if (!minutes || *minutes > 59) return false;
  std::int64_t seconds = 0;
  std::int64_t fraction = 0;
  if (reader.take(':')) {
    const auto taken = reader.take_digits(2, 2);
    if (!taken || *taken > 59) return false;
    seconds = *taken;
    if (reader.take('.')) {
      const auto part = reader.take_fraction();
      if (!part) return false;
      fraction = *part;
    }
  }
  const std::int64_t rest = (*minutes * 60 + seconds) * micros_per_second + fraction;
  return add_scaled(interval.micros, sign * hours, 3600 * micros_per_second) &&
         !__builtin_add_overflow(interval.micros, sign * rest, &interval.micros);
}

bool take_item(TextReader& reader, Interval& interval) {
  const std::int64_t sign = reader.take('-') ? -1 : 1;
  if (sign > 0) reader.take('+');
  const auto whole = reader.take_digits(1, 18);
  if (!whole) return false;
  if (reader.take(':')) return take_clock(reader, sign, *whole, interval);
  std::int64_t fraction = 0;
  if (reader.take('.')) {
    const auto taken = reader.take_fraction();
    if (!taken) return false;
    fraction = *taken;
  }
  reader.skip_spaces();
  for (const Unit& unit : units) {
    TextReader at = reader;
    if (at.take_word(unit.name) && (at.at_end() || at.peek() == ' ')) {
      reader = at;
      return add(interval, unit, sign, *whole, fraction);
    }
  }
  return false;
}

/// P[n]Y[n]M[n]W[n]DT[n]H[n]M[n]S, each with a sign of its own.
bool parse_iso(TextReader reader, Interval& interval) {
  bool in_time = false;
  bool any = false;
  while (!reader.at_end()) {
    if (!in_time && reader.take('T')) {
      in_time = true;
      continue;
    }
    const std::int64_t sign = reader.take('-') ? -1 : 1;
    const auto whole = reader.take_digits(1, 18);
    if (!whole) return false;
    std::int64_t fraction = 0;
    if (reader.take('.')) {
      const auto taken = reader.take_fraction();
      if (!taken) return false;
      fraction = *taken;
    }
    Unit unit{};
    if (!in_time && reader.take('Y')) {
      unit.months = 12;
    } else if (!in_time && reader.take('M')) {
      unit.months = 1;
    } else if (!in_time && reader.take('W')) {
      unit.days = 7;
    } else if (!in_time && reader.take('D')) {
      unit.days = 1;
    } else if (in_time && reader.take('H')) {
      unit.micros = 3600 * micros_per_second;
    } else if (in_time && reader.take('M')) {
      unit.micros = 60 * micros_per_second;
    } else if (in_time && reader.take('S')) {
      unit.micros = micros_per_second;
    } else {
      return false;
    }
    if (!add(interval, unit, sign, *whole, fraction)) return false;
    any = true;
  }
  return any;
}

bool parse_words(TextReader reader, Interval& interval) {
  reader.skip_spaces();
  if (reader.at_end()) return false;
  while (!reader.at_end()) {
    if (!take_item(reader, interval)) return false;
    reader.skip_spaces();
  }
  return true;
}

void append_unit(std::string& out, std::int64_t value, std::string_view unit) {
  if (value == 0) return;
  if (!out.empty()) out += ' ';
  out += std::to_string(value);
  out += ' ';
  out += unit;
  if (value != 1) out += 's';
}

}  // namespace

Interval Interval::parse(std::string_view text) {
  Interval result;
  TextReader reader(text);
  const bool ok = reader.take('P') ? parse_iso(reader, result) : parse_words(reader, result);
  if (!ok) {
    raise(
        ErrorKind::data,
        "text is not a valid interval; expected '1 year 2 mons 3 days 04:05:06' or P1Y2M3DT4H5M6S");
  }
  return result;
}

std::string Interval::print() const {
  std::string out;
  append_unit(out, months / 12, "year");
  append_unit(out, months % 12, "mon");
  append_unit(out, days, "day");
  if (micros != 0 || out.empty()) {
    if (!out.empty()) out += ' ';
    if (micros < 0) out += '-';
    // The most negative value has no positive twin: print it in two steps through unsigned.
    const auto magnitude = micros < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(micros)
                                      : static_cast<std::uint64_t>(micros);
    core::append_time(out, static_cast<std::int64_t>(magnitude & INT64_MAX));
  }
  return out;
}

}  // namespace iacdb
