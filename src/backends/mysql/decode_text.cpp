// Text rows: what the server answers to a text of several statements, or to one that it cannot
// prepare. Every value comes as the server prints it.

#include <charconv>

#include "backends/mysql/calendar.hpp"
#include "backends/mysql/decode.hpp"

namespace iacdb::mysql {
namespace {

template <class T>
bool parse_number(std::string_view text, T& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

/// Takes digits up to one that is none of them; false when there are none or too many.
bool take_digits(std::string_view& text, unsigned& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// "12:34:56" with up to six digits of a fraction; hours may be more than 23.
bool take_clock(std::string_view& text, unsigned& hour, unsigned& minute, unsigned& second,
                unsigned& micros) {
  if (!take_digits(text, hour) || !take_char(text, ':') || !take_digits(text, minute) ||
      !take_char(text, ':') || !take_digits(text, second)) {
    return false;
  }
  if (!take_char(text, '.')) return true;
  const std::size_t before = text.size();
  if (!take_digits(text, micros) || before - text.size() > 6) return false;
  for (std::size_t digits = before - text.size(); digits < 6; ++digits) micros *= 10;
  return true;
}

}  // namespace

void RowDecoder::take_text(unsigned column, const char* data, std::size_t size) {
  Cell& cell = cells_[column];
  cell = Cell();
  if (data == nullptr) return;
  const std::string_view text(data, size);
  const ColumnPlan& plan = plans_[column];
  switch (plan.decode) {
    case Decode::text:
      cell = Cell::of_text(plan.type, text);
      return;
    case Decode::float32:
      return fail(column, Problem::rounded_float);
    case Decode::float64: {
      double value = 0;
      if (!parse_number(text, value)) return fail(column, Problem::malformed);
      cell = Cell::of_float64(value);
      return;
    }
    case Decode::date:
    case Decode::datetime:
      cell = take_text_moment(column, text, plan.decode == Decode::date);
      return;
    case Decode::time:
      cell = take_text_span(column, text);
      return;
    case Decode::bit:
      cell = take_bits(column, text);
      return;
    case Decode::uuid:
      cell = take_uuid(column, text);
      return;
    case Decode::null:
    case Decode::unknown:
      return fail(column, Problem::unknown_type);
    default:
      break;
  }
  if (plan.decode == Decode::uint64) {
    std::uint64_t value = 0;
    if (!parse_number(text, value)) return fail(column, Problem::malformed);
    cell = take_unsigned(column, value);
    return;
  }
  std::int64_t value = 0;
  if (!parse_number(text, value)) return fail(column, Problem::malformed);
  const bool boolean = plan.decode == Decode::boolean8 && (value == 0 || value == 1);
  cell = boolean ? Cell::of_bool(value == 1) : Cell::of_int64(value);
}

Cell RowDecoder::take_text_moment(unsigned column, std::string_view text, bool date_only) noexcept {
  Moment m;
  bool good = take_digits(text, m.year) && take_char(text, '-') && take_digits(text, m.month) &&
              take_char(text, '-') && take_digits(text, m.day);
  if (good && !date_only) {
    good = take_char(text, ' ') && take_clock(text, m.hour, m.minute, m.second, m.micros);
  }
  if (good && text.empty()) return take_moment(column, m, date_only);
  fail(column, Problem::malformed);
  return Cell();
}

Cell RowDecoder::take_text_span(unsigned column, std::string_view text) noexcept {
  const bool negative = take_char(text, '-');
  unsigned hour = 0, minute = 0, second = 0, micros = 0;
  if (!take_clock(text, hour, minute, second, micros) || !text.empty() || hour > span_hours_max ||
      minute > 59 || second > 59) {
    fail(column, Problem::malformed);
    return Cell();
  }
  const std::int64_t span = micros_of_day(hour, minute, second) + micros;
  return take_span(column, negative ? -span : span);
}

}  // namespace iacdb::mysql
