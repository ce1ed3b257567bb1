// The automaton of a pattern has a state for each of its characters (Glushkov's construction).

#include "sql/translate/automaton.hpp"

#include <algorithm>

#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

constexpr char32_t highest = 0x10FFFF;
constexpr std::size_t states_max = 100;
constexpr std::size_t steps_max = 400;

/// What a part of a pattern begins and ends with.
struct Part {
  std::vector<int> first = {};
  std::vector<int> last = {};
  bool empty = true;
};

Characters sorted(Characters set) {
  std::sort(set.begin(), set.end());
  Characters out;
  for (const auto& [low, high] : set) {
    if (!out.empty() && low <= out.back().second + 1) {
      out.back().second = std::max(out.back().second, high);
    } else {
      out.emplace_back(low, high);
    }
  }
  return out;
}

Characters others(const Characters& set) {
  Characters out;
  char32_t next = 1;
  for (const auto& [low, high] : set) {
    if (low > next) out.emplace_back(next, low - 1);
    next = high + 1;
  }
  if (next <= highest) out.emplace_back(next, highest);
  return out;
}

/// Letters beside ASCII's: of Latin, Greek, Cyrillic and what follows, and of Asia.
constexpr std::pair<char32_t, char32_t> letters[] = {
    {'A', 'Z'},       {'a', 'z'},       {0xAA, 0xAA},     {0xB5, 0xB5},     {0xBA, 0xBA},
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2C1},    {0x370, 0x373},   {0x376, 0x377},
    {0x37B, 0x37D},   {0x386, 0x386},   {0x388, 0x3FF},   {0x400, 0x481},   {0x48A, 0x556},
    {0x561, 0x587},   {0x5D0, 0x5EA},   {0x620, 0x64A},   {0x904, 0x939},   {0xE01, 0xE30},
    {0x1E00, 0x1FBC}, {0x3041, 0x3096}, {0x30A1, 0x30FA}, {0x3400, 0x4DB5}, {0x4E00, 0x9FFF},
    {0xAC00, 0xD7A3}};

bool add_class(std::string_view name, Characters& set) {
  const auto put = [&](std::initializer_list<std::pair<char32_t, char32_t>> ranges) {
    set.insert(set.end(), ranges.begin(), ranges.end());
  };
  const bool word = name == "word";
  if (name == "alpha" || name == "alnum" || word) {
    set.insert(set.end(), std::begin(letters), std::end(letters));
    if (word) put({{'_', '_'}});
    if (name != "alpha") put({{'0', '9'}});
  } else if (name == "digit") {
    put({{'0', '9'}});
  } else if (name == "xdigit") {
    put({{'0', '9'}, {'A', 'F'}, {'a', 'f'}});
  } else if (name == "space") {
    put({{'\t', '\r'}, {' ', ' '}});
  } else if (name == "blank") {
    put({{'\t', '\t'}, {' ', ' '}});
  } else if (name == "punct") {
    put({{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}});
  } else {
    return false;
  }
  return true;
}

std::string_view class_of_letter(char32_t letter) {
  switch (letter) {
    case 'd':
    case 'D':
      return "digit";
    case 'w':
    case 'W':
      return "word";
    case 's':
    case 'S':
      return "space";
    default:
      return {};
  }
}

class Reader {
 public:
  Reader(std::string_view text, PatternRules rules) : text_(text), rules_(rules) {}

  std::optional<Automaton> read() {
    if (text_.starts_with("(?i)")) rules_.ignore_case = true, at_ = 4;
    if (text_.starts_with("(?-i)")) rules_.ignore_case = false, at_ = 5;
    do {
      if (!alternative()) return std::nullopt;
    } while (accept('|'));
    if (at_ < text_.size() || too_many_) return std::nullopt;
    return std::move(made_);
  }

 private:
  bool more() const { return at_ < text_.size(); }
  char peek() const { return more() ? text_[at_] : '\0'; }
  bool accept(char ch) { return peek() == ch && more() ? (++at_, true) : false; }

  /// A code point; 0 where the text is no UTF-8.
  char32_t next() {
    const auto lead = static_cast<unsigned char>(text_[at_++]);
    if (lead < 0x80) return lead;
    const int rest = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : -1;
    if (rest < 0) return 0;
    char32_t point = lead & (0x3FU >> rest);
    for (int i = 0; i < rest; ++i) {
      if (!more() || (static_cast<unsigned char>(text_[at_]) & 0xC0U) != 0x80) return 0;
      point = point << 6 | (static_cast<unsigned char>(text_[at_++]) & 0x3FU);
    }
    return point;
  }

  /// Between the bars outside of all parentheses, with its anchors.
  bool alternative() {
    const bool start = accept('^');
    Part whole;
    if (!sequence(whole, true)) return false;
    const bool end = accept('$');
    (start ? made_.at_start : made_.anywhere) = true;
    if (whole.empty) made_.empty = true;
    for (int state : whole.first) made_.steps.push_back({start ? 1 : 0, state - 2, state});
    std::vector<int>& ends = end ? made_.last_ends : made_.ends;
    ends.insert(ends.end(), whole.last.begin(), whole.last.end());
    if (whole.empty) ends.push_back(start ? 1 : 0);
    return true;
  }

  bool sequence(Part& out, bool outside) {
    out = Part();
    while (more() && peek() != '|' && peek() != ')') {
      if (outside && peek() == '$') {
        const bool last = at_ + 1 == text_.size() || text_[at_ + 1] == '|';
        return last;
      }
      Part item;
      if (!repeated(item)) return false;
      join(out, item);
    }
    return true;
  }

  void join(Part& left, const Part& right) {
    for (int a : left.last) {
      for (int b : right.first) step(a, b);
    }
    if (left.empty) left.first.insert(left.first.end(), right.first.begin(), right.first.end());
    if (!right.empty) left.last.clear();
    left.last.insert(left.last.end(), right.last.begin(), right.last.end());
    left.empty = left.empty && right.empty;
  }

  void loop(const Part& part) {
    for (int a : part.last) {
      for (int b : part.first) step(a, b);
    }
  }

  void step(int from, int to) {
    if (made_.steps.size() >= steps_max) too_many_ = true;
    if (too_many_) return;
    for (const Automaton::Step& s : made_.steps) {
      if (s.from == from && s.to == to) return;
    }
    made_.steps.push_back({from, to - 2, to});
  }

  bool number(int& out) {
    out = 0;
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9' && at_ < begin + 3) out = out * 10 + (text_[at_++] - '0');
    return at_ > begin;
  }

  bool bounds(int& least, int& most) {
    least = most = 1;
    if (accept('*')) {
      least = 0, most = -1;
    } else if (accept('+')) {
      most = -1;
    } else if (accept('?')) {
      least = 0;
    } else if (accept('{')) {
      if (!number(least)) return false;
      most = least;
      if (accept(',') && !number(most)) most = -1;
      if (!accept('}') || (most >= 0 && most < least)) return false;
    } else {
      return true;
    }
    return peek() != '*' && peek() != '+' && peek() != '?' && peek() != '{';
  }

  /// An atom as often as its quantifier says: the atom is read anew for each copy.
  bool repeated(Part& out) {
    const std::size_t begin = at_;
    const Automaton before = made_;
    Part once;
    if (!atom(once)) return false;
    int least = 1;
    int most = 1;
    if (!bounds(least, most)) return false;
    const std::size_t end = at_;
    const int copies = most < 0 ? std::max(least, 1) : most;
    if (copies == 0) return false;
    if (copies == 1) {
      if (most < 0) loop(once);
      if (least == 0) once.empty = true;
      out = std::move(once);
      return true;
    }
    made_ = before;
    for (int i = 0; i < copies; ++i) {
      at_ = begin;
      Part copy;
      if (!atom(copy)) return false;
      if (most < 0 && i + 1 == copies) loop(copy);
      if (i >= least) copy.empty = true;
      join(out, copy);
    }
    at_ = end;
    return true;
  }

  bool atom(Part& out) {
    if (accept('(')) return group(out);
    if (accept('[')) return bracket(out);
    if (accept('.')) {
      Characters all = {{1, highest}};
      if (!rules_.dot_reads_newline) all = {{1, '\n' - 1}, {'\n' + 1, highest}};
      return state(all, out);
    }
    if (accept('\\')) return escape(out);
    if (std::string_view("*+?{}^$)|").find(peek()) != std::string_view::npos) return false;
    return literal(next(), out);
  }

  bool group(Part& out) {
    if (accept('?') && !accept(':')) return false;
    if (++depth_ > 20) return false;
    bool first = true;
    do {
      Part one;
      if (!sequence(one, false) || one.first.empty()) return false;
      out.first.insert(out.first.end(), one.first.begin(), one.first.end());
      out.last.insert(out.last.end(), one.last.begin(), one.last.end());
      out.empty = first ? one.empty : out.empty || one.empty;
      first = false;
    } while (accept('|'));
    --depth_;
    return accept(')');
  }

  bool escape(Part& out) {
    if (!more()) return false;
    const char32_t letter = next();
    const std::string_view name = class_of_letter(letter);
    if (!name.empty()) {
      Characters set;
      add_class(name, set);
      set = sorted(set);
      return state(letter < 'a' ? others(set) : set, out);
    }
    return literal(escaped(letter), out);
  }

  /// A sign that stands for itself, or a blank by its letter; 0 for anything else.
  static char32_t escaped(char32_t letter) {
    if (letter == 'n') return '\n';
    if (letter == 't') return '\t';
    if (letter == 'r') return '\r';
    const bool word = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                      (letter >= 'A' && letter <= 'Z');
    return word || letter >= 0x80 ? 0 : letter;
  }

  bool bracket(Part& out) {
    const bool negated = accept('^');
    Characters set;
    for (bool first = true; more() && (first || peek() != ']'); first = false) {
      if (!bracket_item(set)) return false;
    }
    if (!accept(']')) return false;
    set = sorted(set);
    return state(negated ? others(set) : set, out);
  }

  bool bracket_item(Characters& set) {
    if (text_.substr(at_).starts_with("[:")) {
      const std::size_t close = text_.find(":]", at_);
      if (close == std::string_view::npos) return false;
      const std::string_view name = text_.substr(at_ + 2, close - at_ - 2);
      at_ = close + 2;
      if (name == "lower" || name == "upper") {
        return name == "lower" ? add('a', 'z', set) : add('A', 'Z', set);
      }
      return add_class(name, set);
    }
    if (text_.substr(at_).starts_with("[.") || text_.substr(at_).starts_with("[=")) return false;
    char32_t low = next();
    if (low == '\\' && rules_.escapes_in_brackets) {
      if (!more()) return false;
      const char32_t letter = next();
      const std::string_view name = letter >= 'a' ? class_of_letter(letter) : std::string_view();
      if (!name.empty()) return add_class(name, set);
      low = escaped(letter);
    }
    if (low == 0) return false;
    char32_t high = low;
    if (peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
      ++at_;
      if (peek() == '[' || peek() == '\\') return false;
      high = next();
      if (high < low) return false;
    }
    return add(low, high, set);
  }

  /// With both cases of ASCII's letters where case does not matter; others are not known here.
  bool add(char32_t low, char32_t high, Characters& set) const {
    set.emplace_back(low, high);
    if (!rules_.ignore_case) return true;
    if (high >= 0x80) return false;
    for (char32_t point = low; point <= high; ++point) {
      const char ch = static_cast<char>(point);
      const char other = lower(ch) == ch ? upper(ch) : lower(ch);
      if (other != ch) set.emplace_back(other, other);
    }
    return true;
  }

  bool literal(char32_t point, Part& out) {
    Characters set;
    return point != 0 && add(point, point, set) && state(sorted(set), out);
  }

  bool state(Characters set, Part& out) {
    if (made_.sets.size() >= states_max || set.empty()) return false;
    made_.sets.push_back(std::move(set));
    const int number = static_cast<int>(made_.sets.size()) + 1;
    out = {{number}, {number}, false};
    return true;
  }

  std::string_view text_;
  PatternRules rules_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool too_many_ = false;
  Automaton made_ = {};
};

bool meet(const Characters& a, const Characters& b) {
  for (const auto& [low, high] : a) {
    for (const auto& [from, to] : b) {
      if (low <= to && from <= high) return true;
    }
  }
  return false;
}

void put_point(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  const int rest = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  out += static_cast<char>((0xF00U >> (rest + 1) & 0xFFU) | point >> (6 * rest));
  for (int i = rest - 1; i >= 0; --i) out += static_cast<char>(0x80 | (point >> (6 * i) & 0x3F));
}

}  // namespace

bool Automaton::deterministic() const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (std::size_t k = i + 1; k < steps.size(); ++k) {
      const bool start = steps[i].from < 2 && steps[k].from < 2;
      if (steps[i].from != steps[k].from && !start) continue;
      if (meet(sets[static_cast<std::size_t>(steps[i].characters)],
               sets[static_cast<std::size_t>(steps[k].characters)])) {
        return false;
      }
    }
  }
  return true;
}

std::optional<Automaton> read_pattern(std::string_view pattern, PatternRules rules) {
  return Reader(pattern, rules).read();
}

std::string glob_of(const Characters& characters) {
  const bool negated = characters.front().first == 1 && characters.back().second == highest;
  const Characters set = negated ? others(characters) : characters;
  if (set.empty()) return "?";
  const bool one = set.size() == 1 && set[0].first == set[0].second;
  std::string out;
  if (one && !negated && set[0].first != '*' && set[0].first != '?' && set[0].first != '[') {
    put_point(out, set[0].first);
    return out;
  }
  // "]" stands first, "^" not, "-" last.
  std::string head;
  std::string body;
  std::string hat;
  std::string dash;
  for (const auto& range : set) {
    char32_t low = range.first;
    char32_t high = range.second;
    const auto single = [&](char32_t sign, std::string& place) {
      if (low > sign || high < sign) return;
      place += static_cast<char>(sign);
      if (low == sign)
        ++low;
      else if (high == sign)
        --high;
    };
    single(']', head);
    single('^', hat);
    single('-', dash);
    if (low > high) continue;
    put_point(body, low);
    if (high > low) {
      body += '-';
      put_point(body, high);
    }
  }
  const bool alone = head.empty() && body.empty() && !hat.empty() && !negated;
  return (negated ? "[^" : "[") + head + body + (alone ? dash + hat : hat + dash) + "]";
}

}  // namespace iacdb::sql
