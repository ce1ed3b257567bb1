#include "core/calendar.hpp"

#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>

namespace iacdb::core {

namespace {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t year_max = 294'276;  // PostgreSQL's last timestamp year.

void append_number(std::string& out, std::int64_t value, int width) {
  std::array<char, 24> digits;
  const int size =
      std::snprintf(digits.data(), digits.size(), "%0*lld", width, static_cast<long long>(value));
  out.append(digits.data(), static_cast<std::size_t>(size));
}

}  // namespace

bool TextReader::take_word(std::string_view word) noexcept {
  if (rest().size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text_[at_ + i])) != word[i]) return false;
  }
  at_ += word.size();
  return true;
}

std::optional<std::int64_t> TextReader::take_digits(int digits_min, int digits_max) noexcept {
  std::int64_t value = 0;
  int count = 0;
  std::size_t at = at_;
  while (at < text_.size() && count < digits_max && text_[at] >= '0' && text_[at] <= '9') {
    value = value * 10 + (text_[at++] - '0');
    ++count;
  }
  if (count < digits_min) return std::nullopt;
  at_ = at;
  return value;
}

std::optional<std::int64_t> TextReader::take_fraction() noexcept {
  const std::size_t start = at_;
  std::int64_t micros = 0;
  int count = 0;
  while (peek() >= '0' && peek() <= '9') {
    const int digit = text_[at_] - '0';
    if (count < 6) {
      micros = micros * 10 + digit;
    } else if (digit != 0) {
      at_ = start;
      return std::nullopt;
    }
    ++at_;
    ++count;
  }
  if (count == 0) return std::nullopt;
  for (; count < 6; ++count) micros *= 10;
  return micros;
}

std::optional<std::int32_t> take_date(TextReader& reader) {
  TextReader at = reader;
  const bool negative = at.take('-');
  const auto year = at.take_digits(4, 6);
  if (!year || !at.take('-')) return std::nullopt;
  const auto month = at.take_digits(2, 2);
  if (!month || !at.take('-')) return std::nullopt;
  const auto day = at.take_digits(2, 2);
  if (!day || *year > year_max) return std::nullopt;
  // std::chrono::year ends at 32767: shift by whole 400-year cycles of 146097 days.
  std::int64_t shifted = negative ? -*year : *year;
  std::int64_t cycles = shifted / 400;
  shifted -= cycles * 400;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(shifted)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  reader = at;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count() +
                                   cycles * 146'097);
}

std::optional<std::int64_t> take_time(TextReader& reader) {
  TextReader at = reader;
  const auto hour = at.take_digits(2, 2);
  if (!hour || !at.take(':')) return std::nullopt;
  const auto minute = at.take_digits(2, 2);
  if (!minute) return std::nullopt;
  std::int64_t second = 0;
  std::int64_t micros = 0;
  if (at.take(':')) {
    const auto seconds = at.take_digits(2, 2);
    if (!seconds) return std::nullopt;
    second = *seconds;
    if (at.take('.')) {
      const auto fraction = at.take_fraction();
      if (!fraction) return std::nullopt;
      micros = *fraction;
    }
  }
  if (*hour > 24 || *minute > 59 || second > 59) return std::nullopt;
  const std::int64_t total = ((*hour * 60 + *minute) * 60 + second) * micros_per_second + micros;
  if (total > 24LL * 3600 * micros_per_second) return std::nullopt;
  reader = at;
  return total;
}

std::optional<std::int32_t> take_offset(TextReader& reader) {
  TextReader at = reader;
  if (at.take('Z') || at.take('z') || at.take_word("utc")) {
    reader = at;
    return 0;
  }
  const bool west = at.take('-');
  if (!west && !at.take('+')) return std::nullopt;
  const auto hours = at.take_digits(2, 2);
  if (!hours) return std::nullopt;
  std::int64_t minutes = 0;
  std::int64_t seconds = 0;
  if (at.take(':') || at.peek() != '\0') {
    const auto taken = at.take_digits(2, 2);
    if (!taken) return std::nullopt;
    minutes = *taken;
    if (at.take(':')) {
      const auto more = at.take_digits(2, 2);
      if (!more) return std::nullopt;
      seconds = *more;
    }
  }
  if (*hours > 15 || minutes > 59 || seconds > 59) return std::nullopt;
  reader = at;
  const auto total = static_cast<std::int32_t>((*hours * 60 + minutes) * 60 + seconds);
  return west ? -total : total;
}

void append_date(std::string& out, std::int64_t days) {
  std::int64_t cycles = days / 146'097;
  if (days % 146'097 < 0) --cycles;
  const std::chrono::year_month_day date(
      std::chrono::sys_days(std::chrono::days(days - cycles * 146'097)));
  const std::int64_t year = static_cast<int>(date.year()) + cycles * 400;
  if (year < 0) out += '-';
  append_number(out, year < 0 ? -year : year, 4);
  out += '-';
  append_number(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_number(out, static_cast<unsigned>(date.day()), 2);
}

void append_time(std::string& out, std::int64_t micros) {
  const std::int64_t seconds = micros / micros_per_second;
  append_number(out, seconds / 3600, 2);
  out += ':';
  append_number(out, seconds / 60 % 60, 2);
  out += ':';
  append_number(out, seconds % 60, 2);
  std::int64_t fraction = micros % micros_per_second;
  if (fraction == 0) return;
  int width = 6;
  for (; fraction % 10 == 0; fraction /= 10) --width;
  out += '.';
  append_number(out, fraction, width);
}

}  // namespace iacdb::core
