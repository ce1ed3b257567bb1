#include "sql/translate/moment_text.hpp"

#include <array>

#include "core/calendar.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

struct Moment {
  int year = 0;
  int month = 0;
  int day = 0;
  std::string time = {};  ///< HH:MM:SS[.f], empty: none was written
};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) { return peek() == c && !at_end() ? (++at_, true) : false; }
  void blanks() {
    while (peek() == ' ' || peek() == ',') ++at_;
  }
  /// A number of at most `most` digits; `size` says how many there were.
  std::optional<int> number(int most) {
    int value = 0;
    size = 0;
    while (digit(peek()) && size < most) {
      value = value * 10 + (text_[at_++] - '0');
      ++size;
    }
    if (size == 0) return std::nullopt;
    return value;
  }
  /// The number of a month's English name, whole or its first three letters.
  std::optional<int> month() {
    static constexpr std::array<std::string_view, 12> names{
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"};
    std::size_t end = at_;
    while (end < text_.size() && ((text_[end] | 0x20) >= 'a' && (text_[end] | 0x20) <= 'z')) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!same_word(word, names[i]) && !same_word(word, names[i].substr(0, 3))) continue;
      at_ = end;
      return static_cast<int>(i) + 1;
    }
    return std::nullopt;
  }
  bool separator() { return take('-') || take('/') || take('.'); }

  int size = 0;

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

int days_of(int year, int month) {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

bool is_date(const Moment& m) {
  return m.year > 0 && m.month >= 1 && m.month <= 12 && m.day >= 1 &&
         m.day <= days_of(m.year, m.month);
}

std::string padded(int value, std::size_t width) {
  std::string out = std::to_string(value);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

/// Two digits of a year: Oracle's RR and MySQL and SQL Server turn at 50, 70 and 50.
int whole_year(int year, int digits, Dialect from) {
  if (digits > 2) return year;
  return year + (year < (from == Dialect::mysql ? 70 : 50) ? 2000 : 1900);
}

/// 2021-1-31, 2021/1/31, 20210131
bool year_first(Reader r, Moment& m, Reader& rest) {
  const auto year = r.number(4);
  if (!year || r.size != 4) return false;
  m.year = *year;
  const bool separated = r.separator();
  const auto month = r.number(2);
  if (!month || (separated && !r.separator())) return false;
  const auto day = r.number(2);
  if (!day || (!separated && r.size != 2)) return false;
  m.month = *month;
  m.day = *day;
  rest = r;
  return true;
}

/// 1/31/2021, of SQL Server and PostgreSQL
bool month_first(Reader r, Moment& m, Reader& rest) {
  const auto month = r.number(2);
  if (!month || !r.separator()) return false;
  const auto day = r.number(2);
  if (!day || !r.separator()) return false;
  const auto year = r.number(4);
  if (!year || r.size != 4) return false;
  m = {*year, *month, *day};
  rest = r;
  return true;
}

/// 31-JAN-21, 31 Jan 2021, Jan 31, 2021
bool named_month(Reader r, Moment& m, Dialect from, Reader& rest) {
  auto month = r.month();
  const bool first = month.has_value();
  if (!first || !r.separator()) r.blanks();
  const auto day = r.number(2);
  if (!day) return false;
  if (!first) {
    if (!r.separator()) r.blanks();
    month = r.month();
    if (!month) return false;
  }
  if (!r.separator()) r.blanks();
  const auto year = r.number(4);
  if (!year || (r.size != 4 && r.size != 2)) return false;
  m = {whole_year(*year, r.size, from), *month, *day};
  rest = r;
  return true;
}

/// H:M[:S[.f]] [AM|PM]
bool read_time(Reader& r, std::string& out) {
  auto hour = r.number(2);
  if (!hour || !r.take(':')) return false;
  const auto minute = r.number(2);
  if (!minute || r.size != 2) return false;
  int second = 0;
  std::string fraction;
  if (r.take(':')) {
    const auto s = r.number(2);
    if (!s) return false;
    second = *s;
    if (r.take('.')) {
      while (digit(r.peek())) {
        fraction += r.peek();
        r.take(r.peek());
      }
    }
  }
  r.blanks();
  const bool evening = r.take('P') || r.take('p');
  const bool morning = !evening && (r.take('A') || r.take('a'));
  if (evening || morning) {
    if (!r.take('M') && !r.take('m')) return false;
    if (*hour < 1 || *hour > 12) return false;
    hour = *hour % 12 + (evening ? 12 : 0);
  }
  if (*hour > 23 || *minute > 59 || second > 59) return false;
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  out = padded(*hour, 2) + ":" + padded(*minute, 2) + ":" + padded(second, 2);
  if (!fraction.empty()) out += "." + fraction;
  return true;
}

/// Reads one element of a mask; false where the text does not fit or the element is not known.
bool read_element(Reader& r, std::string_view& mask, Moment& m, std::array<int, 3>& clock,
                  std::string& fraction, bool& evening) {
  const auto element = [&](std::string_view name) {
    if (!same_word(mask.substr(0, name.size()), name)) return false;
    mask.remove_prefix(name.size());
    return true;
  };
  const auto number = [&](int& to, int most) {
    const auto n = r.number(most);
    if (n) to = *n;
    return n.has_value();
  };
  if (element("YYYY") || element("RRRR")) return number(m.year, 4);
  if (element("YY") || element("RR")) {
    if (!number(m.year, 4)) return false;
    m.year = whole_year(m.year, r.size, Dialect::oracle);
    return true;
  }
  if (element("MONTH") || element("MON")) {
    const auto month = r.month();
    if (month) m.month = *month;
    return month.has_value();
  }
  if (element("MM")) return number(m.month, 2);
  if (element("DD")) return number(m.day, 2);
  if (element("HH24") || element("HH12") || element("HH")) return number(clock[0], 2);
  if (element("MI")) return number(clock[1], 2);
  if (element("SS")) return number(clock[2], 2);
  if (element("FF")) {
    while (!mask.empty() && digit(mask[0])) mask.remove_prefix(1);
    while (digit(r.peek())) {
      fraction += r.peek();
      r.take(r.peek());
    }
    return !fraction.empty();
  }
  if (element("AM") || element("PM")) {
    evening = r.take('P') || r.take('p');
    if (!evening && !r.take('A') && !r.take('a')) return false;
    if (!r.take('M') && !r.take('m')) return false;
    if (clock[0] == 12) clock[0] = 0;
    if (evening) clock[0] += 12;
    return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> moment_by_mask(std::string_view text, std::string_view mask) {
  Moment m;
  std::array<int, 3> clock{};
  std::string fraction;
  bool evening = false;
  Reader r(text);
  while (!mask.empty()) {
    const char c = mask[0];
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
      if (!read_element(r, mask, m, clock, fraction, evening)) return std::nullopt;
      continue;
    }
    mask.remove_prefix(1);
    if (c == ' ') {
      r.blanks();
    } else if (!r.take(c) && !r.separator()) {
      return std::nullopt;
    }
  }
  if (!r.at_end() || !is_date(m) || clock[0] > 23 || clock[1] > 59 || clock[2] > 59) {
    return std::nullopt;
  }
  std::string out = padded(m.year, 4) + "-" + padded(m.month, 2) + "-" + padded(m.day, 2) + " " +
                    padded(clock[0], 2) + ":" + padded(clock[1], 2) + ":" + padded(clock[2], 2);
  return fraction.empty() ? out : out + "." + fraction;
}

std::optional<std::string> utc_text(std::string_view text) {
  core::TextReader reader(text);
  const auto days = core::take_date(reader);
  if (!days) return std::nullopt;
  if (!reader.take('T')) reader.skip_spaces();
  const auto time = core::take_time(reader);
  if (!time) return std::nullopt;
  reader.skip_spaces();
  const auto offset = core::take_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  constexpr std::int64_t day = 86'400'000'000;
  const std::int64_t micros = *days * day + *time - *offset * std::int64_t{1'000'000};
  std::int64_t whole = micros / day;
  if (micros % day < 0) --whole;
  std::string out;
  core::append_date(out, whole);
  out += ' ';
  core::append_time(out, micros - whole * day);
  return out;
}

std::optional<std::string> moment_text(std::string_view text, ValueType type, Dialect from) {
  Moment m;
  Reader r(text);
  r.blanks();
  if (type == ValueType::time) {
    std::string time;
    if (!read_time(r, time) || !r.at_end()) return std::nullopt;
    return time;
  }
  Reader rest = r;
  const bool months = from == Dialect::tsql || from == Dialect::postgres;
  if (!year_first(r, m, rest) && !(months && month_first(r, m, rest)) &&
      !named_month(r, m, from, rest)) {
    return std::nullopt;
  }
  if (!is_date(m)) return std::nullopt;
  std::string time;
  if (!rest.at_end()) {
    if (!rest.take('T')) rest.blanks();
    if (!read_time(rest, time)) return std::nullopt;
    rest.take('Z');
    if (!rest.at_end()) return std::nullopt;
  }
  std::string out = padded(m.year, 4) + "-" + padded(m.month, 2) + "-" + padded(m.day, 2);
  if (type == ValueType::date) return out;
  return out + " " + (time.empty() ? "00:00:00" : time);
}

}  // namespace iacdb::sql
