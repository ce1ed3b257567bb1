// Units, and moments with intervals added.

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

#include "sql/translate/moments.hpp"

namespace iacdb::sql::moments {

/// The unit behind a name or abbreviation of any dialect; empty when unknown.
std::string_view unit_of(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> units[] = {
      {"year", "YEAR"},
      {"years", "YEAR"},
      {"yy", "YEAR"},
      {"yyyy", "YEAR"},
      {"yr", "YEAR"},
      {"quarter", "QUARTER"},
      {"qq", "QUARTER"},
      {"q", "QUARTER"},
      {"month", "MONTH"},
      {"months", "MONTH"},
      {"mon", "MONTH"},
      {"mm", "MONTH"},
      {"m", "MONTH"},
      {"week", "WEEK"},
      {"weeks", "WEEK"},
      {"wk", "WEEK"},
      {"ww", "WEEK"},
      {"day", "DAY"},
      {"days", "DAY"},
      {"dd", "DAY"},
      {"d", "DAY"},
      {"hour", "HOUR"},
      {"hours", "HOUR"},
      {"hh", "HOUR"},
      {"hh24", "HOUR"},
      {"h", "HOUR"},
      {"minute", "MINUTE"},
      {"minutes", "MINUTE"},
      {"mi", "MINUTE"},
      {"n", "MINUTE"},
      {"min", "MINUTE"},
      {"mins", "MINUTE"},
      {"second", "SECOND"},
      {"seconds", "SECOND"},
      {"ss", "SECOND"},
      {"s", "SECOND"},
      {"sec", "SECOND"},
      {"secs", "SECOND"},
      {"millisecond", "MILLISECOND"},
      {"ms", "MILLISECOND"},
      {"microsecond", "MICROSECOND"},
      {"mcs", "MICROSECOND"},
  };
  for (const auto& [name, unit] : units) {
    if (same_word(name, word)) return unit;
  }
  return {};
}

Node* add(Context& c, Node* moment, Node* count, std::string_view unit) {
  Node* n = c.build.call("$ADD", moment, count, c.build.name(unit));
  n->position = moment->position;
  return n;
}

Node* negative(Context& c, Node* n) {
  if (n->is(Kind::unary) && n->text == "-") return n->kid(0);
  return c.build.unary("-", n->is(Kind::number) ? n : c.build.paren(n));
}

namespace {

/// 02:03:04, -01:30: hours, minutes and seconds.
bool clock_parts(std::string_view clock, std::vector<Part>& parts) {
  const bool minus = clock.starts_with('-');
  if (minus || clock.starts_with('+')) clock.remove_prefix(1);
  static constexpr std::string_view units[] = {"HOUR", "MINUTE", "SECOND"};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t end = std::min(clock.find(':'), clock.size());
    std::string_view count = clock.substr(0, end);
    while (count.size() > 1 && count[0] == '0' && count[1] != '.') count.remove_prefix(1);
    const std::string_view allowed = i == 2 ? "0123456789." : "0123456789";
    if (count.empty() || count.find_first_not_of(allowed) != std::string_view::npos) return false;
    if (count != "0") parts.push_back({count, units[i], minus});
    if (end == clock.size()) return i > 0;
    clock.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

bool interval_parts(std::string_view text, std::vector<Part>& parts) {
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::string_view piece = text.substr(0, text.find(' '));
    if (piece.find(':') != std::string_view::npos) {
      if (!clock_parts(piece, parts)) return false;
      text.remove_prefix(piece.size());
      continue;
    }
    const bool apart = (text[0] == '-' || text[0] == '+') && text.size() > 1 && text[1] == ' ';
    const bool minus = apart && text[0] == '-';
    if (apart) {  // 1 month - 1 day
      const std::size_t digits = text.find_first_not_of(' ', 1);
      if (digits == std::string_view::npos) return false;
      text.remove_prefix(digits);
    }
    std::size_t end = text.find_first_not_of("+-0123456789.");
    if (end == 0 || end == std::string_view::npos) return false;
    const std::string_view count = text.substr(0, end);
    text.remove_prefix(end);
    const std::size_t word = text.find_first_not_of(' ');
    if (word == std::string_view::npos) return false;
    text.remove_prefix(word);
    end = std::min(text.find(' '), text.size());
    const std::string_view unit = unit_of(text.substr(0, end));
    if (unit.empty() || text.substr(0, end) == "ago") return false;
    parts.push_back({count, unit, minus});
    text.remove_prefix(end);
  }
  return !parts.empty();
}

bool interval_seconds(const Node* interval, double& seconds) {
  std::vector<Part> parts;
  const Node* amount = interval->kid(0);
  if (!interval->text.empty() || interval->kid(1) || !amount->is(Kind::string)) return false;
  if (!interval_parts(amount->text, parts)) return false;
  static constexpr std::pair<std::string_view, double> units[] = {
      {"YEAR", 31557600},  // 365.25 days
      {"QUARTER", 7776000}, {"MONTH", 2592000}, {"WEEK", 604800}, {"DAY", 86400},
      {"HOUR", 3600},       {"MINUTE", 60},     {"SECOND", 1},    {"MILLISECOND", 0.001}};
  seconds = 0;
  for (const Part& p : parts) {
    double count = 0;
    const std::string_view digits = p.count.substr(p.count[0] == '+' ? 1 : 0);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return false;
    const auto* const unit =
        std::ranges::find(units, p.unit, &std::pair<std::string_view, double>::first);
    if (unit == std::end(units)) return false;
    seconds += (p.minus ? -count : count) * unit->second;
  }
  return true;
}

namespace {

/// Years and months are added at once: the day is clipped to its month only then.
void join_months(std::vector<Part>& parts, Context& c) {
  constexpr int months_a_year = 12;
  const auto whole = [](std::string_view text, int& out) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() &&
           std::abs(out) < std::numeric_limits<int>::max() / months_a_year / 2;
  };
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    int years = 0;
    int months = 0;
    if (parts[i].unit != "YEAR" || parts[i + 1].unit != "MONTH") continue;
    if (!whole(parts[i].count, years) || !whole(parts[i + 1].count, months)) continue;
    parts[i + 1].count = c.build.text(std::to_string(years * months_a_year + months));
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

/// '1 02:03:04' DAY TO SECOND, '1-2' YEAR TO MONTH, '1 2' DAY_HOUR: a count a unit.
Node* add_compound(Context& c, Node* moment, Node* interval, bool subtract) {
  static constexpr std::string_view units[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
  const std::string_view word = interval->text;
  const std::size_t low = word.find('_');
  const std::string_view first = word.substr(0, low);
  const std::string_view last = interval->kid(1) ? interval->kid(1)->text : word.substr(low + 1);
  std::size_t at = 0;
  while (at < 6 && units[at] != first) ++at;
  const Node* amount = interval->kid(0);
  if (at == 6 || !amount->is(Kind::string)) c.refuse(interval, "this interval literal is not read");
  std::string_view t = amount->text;
  const bool minus = t.starts_with('-');
  if (minus) t.remove_prefix(1);
  std::vector<Part> parts;
  for (; !t.empty() && at < 6; ++at) {
    const std::size_t end = std::min(t.find_first_not_of("0123456789"), t.size());
    if (end == 0) c.refuse(interval, "this interval literal is not read");
    std::string_view count = t.substr(0, end);
    while (count.size() > 1 && count[0] == '0') count.remove_prefix(1);
    if (count != "0") parts.push_back({count, units[at]});
    t.remove_prefix(end);
    if (t.starts_with('.')) t = {};  // a fraction of a second
    if (!t.empty()) t.remove_prefix(1);
    if (units[at] == last) break;
  }
  join_months(parts, c);
  for (const Part& p : parts) {
    Node* number = c.build.number(p.count);
    moment = add(c, moment, minus != subtract ? negative(c, number) : number, p.unit);
  }
  return moment;
}

}  // namespace

Node* add_interval(Context& c, Node* moment, Node* interval, bool subtract) {
  Node* amount = interval->kid(0);
  if (interval->kid(1) || interval->text.find('_') != std::string_view::npos) {
    return add_compound(c, moment, interval, subtract);
  }
  if (!interval->text.empty()) {
    if (amount->is(Kind::string)) {
      const std::string_view t = amount->text;
      const bool number =
          !t.empty() && t.find_first_not_of("+-0123456789.") == std::string_view::npos;
      if (!number) c.refuse(interval, "this interval literal is not read");
      const bool minus = t[0] == '-';
      amount = c.build.number(t.substr(minus || t[0] == '+' ? 1 : 0));
      subtract = subtract != minus;
    }
    return add(c, moment, subtract ? negative(c, amount) : amount, interval->text);
  }
  std::vector<Part> parts;
  if (!amount->is(Kind::string) || !interval_parts(amount->text, parts)) {
    c.refuse(interval, "this interval literal is not read");
  }
  join_months(parts, c);
  for (const Part& p : parts) {
    const bool sign = p.count[0] == '-';
    Node* count = c.build.number(p.count.substr(sign || p.count[0] == '+' ? 1 : 0));
    const bool minus = sign || p.minus;
    moment = add(c, moment, minus != subtract ? negative(c, count) : count, p.unit);
  }
  return moment;
}

}  // namespace iacdb::sql::moments
