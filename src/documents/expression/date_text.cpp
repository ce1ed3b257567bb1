// The text forms of dates: formats as strftime has them, and what is read without a format.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

#include "documents/errors.hpp"
#include "documents/expression/dates.hpp"

namespace iacdb::doc {
namespace {

constexpr std::array<std::string_view, 12> months = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

void put(std::string& out, std::int64_t value, int width) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%0*lld", width, static_cast<long long>(value));
  out += buffer.data();
}

std::string printed_offset(std::int64_t millis) {
  std::string out = millis < 0 ? "-" : "+";
  const std::int64_t minutes = (millis < 0 ? -millis : millis) / 60'000;
  put(out, minutes / 60, 2);
  put(out, minutes % 60, 2);
  return out;
}

void print_field(std::string& out, char c, const DateParts& p, std::int64_t offset) {
  const std::int64_t days = days_from_civil(p.year, p.month, p.day);
  switch (c) {
    case 'Y': {
      if (p.year < 0 || p.year > 9999) {
        fail_at(18537,
                "Could not convert date to string: date component was outside the "
                "supported range of 0-9999: " +
                    std::to_string(p.year));
      }
      put(out, p.year, 4);
      break;
    }
    case 'm':
      put(out, p.month, 2);
      break;
    case 'd':
      put(out, p.day, 2);
      break;
    case 'H':
      put(out, p.hour, 2);
      break;
    case 'M':
      put(out, p.minute, 2);
      break;
    case 'S':
      put(out, p.second, 2);
      break;
    case 'L':
      put(out, p.millisecond, 3);
      break;
    case 'j':
      put(out, day_of_year(p), 3);
      break;
    case 'w':
      put(out, day_of_week(days), 1);
      break;
    case 'u':
      put(out, iso_week(p).day, 1);
      break;
    case 'U':
      put(out, week_of_year(p), 2);
      break;
    case 'V':
      put(out, iso_week(p).week, 2);
      break;
    case 'G':
      put(out, iso_week(p).year, 4);
      break;
    case 'b':
      out += months[static_cast<std::size_t>(p.month - 1)].substr(0, 3);
      break;
    case 'B':
      out += months[static_cast<std::size_t>(p.month - 1)];
      break;
    case 'z':
      out += printed_offset(offset);
      break;
    case 'Z':
      out += std::to_string(offset / 60'000);
      break;
    default:
      out += '%';
      break;
  }
}

/// Reads a text from its start, field by field.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool number(std::size_t digits_min, std::size_t digits_max, std::int64_t& out) {
    const std::size_t start = at_;
    std::int64_t value = 0;
    while (!at_end() && at_ - start < digits_max &&
           std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) {
      value = value * 10 + (text_[at_++] - '0');
    }
    if (at_ - start < digits_min) return false;
    out = value;
    return true;
  }
  std::string word() {
    std::string out;
    while (!at_end() && std::isalpha(static_cast<unsigned char>(text_[at_])) != 0)
      out += text_[at_++];
    return out;
  }
  std::string_view rest() const { return text_.substr(at_); }
  void advance(std::size_t n) { at_ += n; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Parsed {
  DateParts parts;
  std::optional<std::int64_t> offset;  ///< Milliseconds, where the text names a zone.
  std::optional<std::int64_t> iso_year, iso_week, iso_day, year_day;
};

bool month_name(const std::string& word, std::int64_t& month) {
  if (word.size() < 3) return false;
  for (std::size_t i = 0; i < months.size(); ++i) {
    const std::string_view name = months[i];
    const std::size_t n = word.size() == 3 ? 3 : name.size();
    if (word.size() == n && std::equal(word.begin(), word.end(), name.begin(), [](char a, char b) {
          return std::tolower(static_cast<unsigned char>(a)) ==
                 std::tolower(static_cast<unsigned char>(b));
        })) {
      month = static_cast<std::int64_t>(i) + 1;
      return true;
    }
  }
  return false;
}

bool read_offset(DateReader& in, Parsed& out) {
  const bool minus = in.peek() == '-';
  if (!in.take('+') && !in.take('-')) return false;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if (!in.number(1, 2, hours)) return false;
  in.take(':');
  in.number(2, 2, minutes);
  const std::int64_t millis = (hours * 60 + minutes) * 60'000;
  out.offset = minus ? -millis : millis;
  return true;
}

struct ZoneName {
  std::string_view name;
  int minutes;
};
constexpr ZoneName zone_names[] = {
    {"UTC", 0},    {"GMT", 0},    {"WET", 0},    {"WEST", 60},  {"BST", 60},    {"CET", 60},
    {"CEST", 120}, {"EET", 120},  {"EEST", 180}, {"MSK", 180},  {"MSD", 240},   {"JST", 540},
    {"KST", 540},  {"AWST", 480}, {"ACST", 570}, {"ACDT", 630}, {"AEST", 600},  {"AEDT", 660},
    {"NZST", 720}, {"NZDT", 780}, {"EST", -300}, {"EDT", -240}, {"CST", -360},  {"CDT", -300},
    {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"AKST", -540}, {"AKDT", -480},
    {"HST", -600},
};

/// The minutes of a zone's abbreviation, and of the letters that armies give to the hours.
std::optional<int> minutes_of_zone(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const ZoneName& zone : zone_names) {
    if (zone.name == name) return zone.minutes;
  }
  if (name.size() != 1 || name == "J") return std::nullopt;
  const char c = name[0];
  if (c == 'Z') return 0;
  if (c >= 'N') return -60 * (c - 'N' + 1);
  return 60 * (c - 'A' + (c > 'J' ? 0 : 1));
}

/// "Z", "+01:00", "GMT+2", "CEST", but no Olson name: the server takes none in a text, either.
bool read_zone(DateReader& in, Parsed& out) {
  if (in.peek() == '+' || in.peek() == '-') return read_offset(in, out);
  const std::string name = in.word();
  const auto minutes = minutes_of_zone(name);
  if (!minutes) return false;
  out.offset = *minutes * 60'000LL;
  const bool more = in.peek() == '+' || in.peek() == '-';
  return !more || ((name == "GMT" || name == "UTC") && read_offset(in, out));
}

bool read_fraction(DateReader& in, DateParts& p) {
  std::int64_t scale = 100;
  bool any = false;
  std::int64_t digit = 0;
  while (in.number(1, 1, digit)) {
    any = true;
    p.millisecond += digit * scale;
    scale /= 10;
  }
  return any;
}

/// Whether "am" or "pm" follows, which is read; the hour is counted to 24 then.
bool read_half_day(DateReader& in, DateParts& p) {
  const std::string_view rest = in.rest();
  const auto lower = [&](std::size_t i) {
    return i < rest.size() ? std::tolower(static_cast<unsigned char>(rest[i])) : 0;
  };
  if ((lower(0) != 'a' && lower(0) != 'p') || lower(1) != 'm' || std::isalpha(lower(2)) != 0) {
    return false;
  }
  in.advance(2);
  p.hour = p.hour % 12 + (lower(0) == 'p' ? 12 : 0);
  return true;
}

bool read_seconds(DateReader& in, DateParts& p) {
  if (!in.number(2, 2, p.second)) return false;
  return (!in.take('.') && !in.take(',')) || read_fraction(in, p);
}

/// 11:56, 11:56:02.8, 11:56.02, 115602, 11am, noon.
bool read_time(DateReader& in, DateParts& p) {
  if (std::isalpha(static_cast<unsigned char>(in.peek())) != 0) {
    const std::string word = in.word();
    p.hour = word == "noon" ? 12 : 0;
    return word == "noon" || word == "midnight";
  }
  if (!in.number(1, 2, p.hour)) return false;
  bool whole = false;
  if (in.take(':')) {
    whole = in.number(2, 2, p.minute);
    if (whole && (in.take(':') || in.take('.'))) whole = read_seconds(in, p);
  } else if (in.number(2, 2, p.minute)) {
    whole = std::isdigit(static_cast<unsigned char>(in.peek())) == 0 || read_seconds(in, p);
  }
  in.skip_space();
  const bool half = read_half_day(in, p);
  return (whole || half) && p.hour < 24 && p.minute < 60 && p.second < 60;
}

/// A year of four digits, or of two: below 70 it is of this century.
bool read_year(DateReader& in, std::int64_t& year) {
  const std::size_t before = in.rest().size();
  if (!in.number(2, 4, year)) return false;
  const std::size_t digits = before - in.rest().size();
  if (digits == 2) year += year < 70 ? 2000 : 1900;
  return digits != 3;
}

/// 2017-02-08, 2017/02/08, 2017-Feb-08, 02/08/2017, 2/8/17, 20170208, "Feb 8 2017",
/// "8 February 2017".
bool read_day(DateReader& in, DateParts& p) {
  if (std::isalpha(static_cast<unsigned char>(in.peek())) != 0) {
    std::string word = in.word();
    in.take('.');
    if (!month_name(word, p.month)) {
      in.take(',');  // The name of the week day.
      in.skip_space();
      if (std::isdigit(static_cast<unsigned char>(in.peek())) != 0) return read_day(in, p);
      if (!month_name(in.word(), p.month)) return false;
    }
    in.skip_space();
    if (!in.number(1, 2, p.day)) return false;
    in.word();  // "8th"
    in.take(',');
    in.skip_space();
    return in.number(4, 4, p.year);
  }
  std::int64_t first = 0;
  const std::size_t before = in.rest().size();
  if (!in.number(1, 8, first)) return false;
  const std::size_t digits = before - in.rest().size();
  if (digits == 8) {
    p.year = first / 10000;
    p.month = first / 100 % 100;
    p.day = first % 100;
    return true;
  }
  if (digits == 4 && (in.take('-') || in.take('/') || in.take('.'))) {
    p.year = first;
    if (std::isalpha(static_cast<unsigned char>(in.peek())) != 0) {
      return month_name(in.word(), p.month) && in.take('-') && in.number(1, 2, p.day);
    }
    if (!in.number(1, 2, p.month)) return false;
    if (!in.take('-') && !in.take('/') && !in.take('.')) return true;
    return in.number(1, 2, p.day);
  }
  if (digits > 2) return false;
  if (in.take('/')) {
    p.month = first;
    return in.number(1, 2, p.day) && in.take('/') && read_year(in, p.year);
  }
  if (in.take('-') || in.take('.')) {
    p.day = first;
    if (std::isalpha(static_cast<unsigned char>(in.peek())) != 0) {
      return month_name(in.word(), p.month) && in.take('-') && in.number(4, 4, p.year);
    }
    return in.number(1, 2, p.month) && (in.take('-') || in.take('.')) && in.number(4, 4, p.year);
  }
  in.word();
  in.skip_space();
  p.day = first;
  if (!month_name(in.word(), p.month)) return false;
  in.take(',');
  in.skip_space();
  return in.number(4, 4, p.year);
}

bool valid_day(const DateParts& p) {
  if (p.month < 1 || p.month > 12 || p.day < 1) return false;
  return p.day <= days_from_civil(p.year, p.month + 1, 1) - days_from_civil(p.year, p.month, 1);
}

std::optional<std::int64_t> instant(const Parsed& parsed, const Zone* zone) {
  DateParts p = parsed.parts;
  if (parsed.iso_year) {
    const std::int64_t fourth = days_from_civil(*parsed.iso_year, 1, 4);
    const std::int64_t monday = fourth - (day_of_week(fourth) + 5) % 7;
    p.year = 1970;
    p.month = 1;
    p.day = 1 + monday + (parsed.iso_week.value_or(1) - 1) * 7 + parsed.iso_day.value_or(1) - 1;
  } else if (parsed.year_day) {
    p.month = 1;
    p.day = *parsed.year_day;
  } else if (!valid_day(p)) {
    return std::nullopt;
  }
  const std::int64_t local = local_millis_of(p);
  if (parsed.offset) {
    if (zone != nullptr && !zone->is_utc()) return std::nullopt;  // Two zones contradict.
    return local - *parsed.offset;
  }
  return zone != nullptr ? zone->to_utc(local) : local;
}

bool read_field(DateReader& in, char c, Parsed& out) {
  DateParts& p = out.parts;
  std::int64_t n = 0;
  switch (c) {
    case 'Y':
      return in.number(4, 4, p.year);
    case 'm':
      return in.number(1, 2, p.month);
    case 'd':
      return in.number(1, 2, p.day);
    case 'H':
      return in.number(1, 2, p.hour) && p.hour < 24;
    case 'M':
      return in.number(1, 2, p.minute) && p.minute < 60;
    case 'S':
      return in.number(1, 2, p.second) && p.second < 60;
    case 'L':
      return read_fraction(in, p);
    case 'j':
      if (!in.number(1, 3, n)) return false;
      out.year_day = n;
      return n >= 1 && n <= 366;
    case 'G':
      if (!in.number(4, 4, n)) return false;
      out.iso_year = n;
      return true;
    case 'V':
      if (!in.number(1, 2, n)) return false;
      out.iso_week = n;
      return n >= 1 && n <= 53;
    case 'u':
      if (!in.number(1, 1, n)) return false;
      out.iso_day = n;
      return n >= 1 && n <= 7;
    case 'b':
    case 'B':
      return month_name(in.word(), p.month);
    case 'z':
      return read_zone(in, out);
    case 'Z': {
      const bool minus = in.peek() == '-';
      if (minus || in.peek() == '+') in.advance(1);
      if (!in.number(1, 4, n)) return false;
      out.offset = (minus ? -n : n) * 60'000;
      return true;
    }
    default:
      return in.take('%');
  }
}

}  // namespace

void check_date_format(const std::string& format, bool parsing) {
  const std::string_view known = parsing ? "YmdHMSLjGVubBzZ%" : "YmdHMSLjwuUVGbBzZ%";
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size()) {
      fail_at(18535, "Unmatched '%' at end of format string");
    }
    if (known.find(format[i]) == std::string_view::npos) {
      fail_at(18536, std::string("Invalid format character '%") + format[i] + "' in format string");
    }
  }
}

std::string print_date(std::int64_t utc, const std::string& format, const Zone& zone) {
  check_date_format(format, false);
  const DateParts parts = parts_of(utc, zone);
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%') {
      print_field(out, format[++i], parts, zone.offset_at(utc));
    } else {
      out += format[i];
    }
  }
  return out;
}

std::optional<std::int64_t> parse_date_text(std::string_view text, const Zone* zone) {
  DateReader in(text);
  Parsed out;
  in.skip_space();
  if (!read_day(in, out.parts)) return std::nullopt;
  in.take(',');
  const bool t = in.take('T') || in.take('t');
  in.skip_space();
  const char next = in.peek();
  if (std::isdigit(static_cast<unsigned char>(next)) != 0 || next == 'n' || next == 'm') {
    if (!read_time(in, out.parts)) return std::nullopt;
  } else if (t) {
    return std::nullopt;
  }
  in.skip_space();
  if (!in.at_end() && !read_zone(in, out)) return std::nullopt;
  in.skip_space();
  if (!in.at_end()) return std::nullopt;
  return instant(out, zone);
}

/// Whether the fields of a format say a day: without one the text is incomplete.
bool names_a_day(std::string_view fields) {
  const auto has = [&](std::string_view any) {
    return fields.find_first_of(any) != std::string_view::npos;
  };
  return has("G") || (has("Y") && (has("j") || (has("mbB") && has("d"))));
}

std::optional<std::int64_t> parse_date_text(std::string_view text, const std::string& format,
                                            const Zone* zone) {
  check_date_format(format, true);
  DateReader in(text);
  Parsed out;
  std::string seen;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const bool field = format[i] == '%';
    if (field) seen += format[++i];
    if (!(field ? read_field(in, format[i], out) : in.take(format[i]))) return std::nullopt;
  }
  if (!in.at_end() || !names_a_day(seen)) return std::nullopt;
  return instant(out, zone);
}

}  // namespace iacdb::doc
