#include "documents/stores/sql/pattern_sql.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>

namespace iacdb::doc {
namespace {

constexpr std::size_t states_max = 1000;  // Repeated groups multiply.
constexpr std::size_t repeat_max = 255;   // PostgreSQL's own.
constexpr std::size_t depth_max = 50;
/// The end, or before a newline that ends the text.
constexpr const char* at_end = "(?=\\n?\\Z)";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::size_t bytes_of_character(char first) {
  const auto byte = static_cast<std::uint8_t>(first);
  if (byte < 0xC0) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

/// The inside of a class, for \d, \w and \s; empty for others.
std::string_view class_of(char escape) {
  if (escape == 'd') return "0-9";
  if (escape == 'w') return "A-Za-z0-9_";
  if (escape == 's') return " \\t\\n\\v\\f\\r";
  return {};
}

struct Refused {};

class Translator {
 public:
  explicit Translator(std::string_view pattern) : in_(pattern) {}

  std::string run() {
    alternatives(0);
    if (at_ != in_.size()) throw Refused();
    return std::move(out_);
  }

 private:
  bool done() const { return at_ == in_.size(); }
  char peek() const { return done() ? '\0' : in_[at_]; }
  bool take(std::string_view text) {
    if (!in_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  std::string_view character() {
    if (done()) throw Refused();
    const std::size_t n = std::min(bytes_of_character(in_[at_]), in_.size() - at_);
    at_ += n;
    return in_.substr(at_ - n, n);
  }

  /// How many states it has, about.
  std::size_t alternatives(std::size_t depth) {
    if (depth > depth_max) throw Refused();
    std::size_t states = 1;
    while (!done() && peek() != ')') {
      if (take("|")) {
        out_ += '|';
        continue;
      }
      states += piece(depth);
      if (states > states_max) throw Refused();
    }
    return states;
  }

  std::size_t piece(std::size_t depth) {
    std::size_t states = 1;
    if (take("^") || take("\\A")) {
      out_ += "\\A";
      return unrepeated();
    }
    if (take("$") || take("\\Z")) {
      out_ += at_end;
      return unrepeated();
    }
    if (take("\\z")) {
      out_ += "\\Z";
      return unrepeated();
    }
    if (take("(")) {
      if (peek() == '*' || (!take("?:") && peek() == '?')) throw Refused();
      out_ += "(?:";
      states = alternatives(depth + 1);
      if (!take(")")) throw Refused();
      out_ += ')';
    } else if (take("[")) {
      bracket();
    } else if (take(".")) {
      out_ += "[^\\n]";
    } else if (take("\\")) {
      escape();
    } else {
      if (std::string_view("*+?)").find(peek()) != std::string_view::npos) throw Refused();
      plain(character());
    }
    return states * quantifier();
  }

  std::size_t unrepeated() const {
    if (std::string_view("*+?{").find(peek()) != std::string_view::npos && !done()) throw Refused();
    return 1;
  }

  void plain(std::string_view text) {
    if (text.size() == 1 && text[0] > 0 && !is_alnum(text[0])) {
      if (text[0] < ' ') throw Refused();
      out_ += '\\';
    }
    out_ += text;
  }

  void escape() {
    const char c = peek();
    if (!class_of(c).empty()) {
      ++at_;
      out_ += "[" + std::string(class_of(c)) + "]";
    } else if (const auto inside = class_of(static_cast<char>(c | 0x20));
               !inside.empty() && is_alnum(c)) {
      ++at_;
      out_ += "[^" + std::string(inside) + "]";
    } else if (c == 'n' || c == 't' || c == 'r' || c == 'f') {
      ++at_;
      out_ += std::string("\\") + c;
    } else if (is_alnum(c) || done()) {
      throw Refused();
    } else {
      plain(character());
    }
  }

  /// By its number, so that no character means anything.
  void in_bracket(std::string_view text) {
    std::uint32_t code = static_cast<std::uint8_t>(text[0]);
    if (text.size() > 1) code &= 0x7FU >> text.size();
    for (const char c : text.substr(1)) code = (code << 6U) | (static_cast<std::uint8_t>(c) & 0x3F);
    if (text.size() == 1 && is_alnum(text[0])) {
      out_ += text;
      return;
    }
    std::array<char, 16> hex{};
    std::snprintf(hex.data(), hex.size(), "\\U%08x", code);
    out_ += hex.data();
  }

  std::string_view escaped_in_bracket() {
    static constexpr std::array<std::pair<char, std::string_view>, 4> controls = {
        {{'n', "\n"}, {'t', "\t"}, {'r', "\r"}, {'f', "\f"}}};
    for (const auto& [letter, text] : controls) {
      if (peek() != letter) continue;
      ++at_;
      return text;
    }
    if (is_alnum(peek())) throw Refused();
    return character();
  }

  void bracket() {
    out_ += take("^") ? "[^" : "[";
    bool first = true;
    while (std::exchange(first, false) || peek() != ']') {
      if (take("\\")) {
        if (const auto inside = class_of(peek()); !inside.empty()) {
          ++at_;
          if (peek() == '-' && !in_.substr(at_).starts_with("-]")) throw Refused();
          out_ += inside;
          continue;
        }
        range(escaped_in_bracket());
      } else {
        if (peek() == '[') throw Refused();  // A class by name, perhaps.
        range(character());
      }
    }
    ++at_;
    out_ += ']';
  }

  void range(std::string_view from) {
    in_bracket(from);
    if (peek() != '-' || in_.substr(at_).starts_with("-]")) return;
    ++at_;
    const std::string_view to = take("\\") ? escaped_in_bracket() : character();
    if (to == "[") throw Refused();
    out_ += '-';
    in_bracket(to);
  }

  std::size_t number() {
    std::size_t n = 0;
    if (!is_digit(peek())) throw Refused();
    while (is_digit(peek()) && n <= repeat_max) {
      n = n * 10 + static_cast<std::size_t>(in_[at_++] - '0');
    }
    if (n > repeat_max) throw Refused();
    return n;
  }

  /// How often what stands before it counts.
  std::size_t quantifier() {
    std::size_t times = 1;
    const std::size_t from = at_;
    if (take("{")) {
      times = number();
      if (take(",") && is_digit(peek())) times = number();
      if (!take("}")) throw Refused();
    } else if (!take("*") && !take("+") && !take("?")) {
      return times;
    }
    out_ += in_.substr(from, at_ - from);
    take("?");  // Which match is found makes no difference.
    unrepeated();
    return std::max<std::size_t>(times, 1);
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::optional<PlainPattern> plain_pattern(const std::string& pattern) {
  PlainPattern out;
  out.text = pattern;
  out.begins = out.text.starts_with('^');
  if (out.begins) out.text.erase(0, 1);
  out.ends = out.text.ends_with('$');
  if (out.ends) out.text.pop_back();
  if (out.text.empty() ||
      out.text.find_first_of(std::string_view("\\^$.|?*+()[]{}\0", 14)) != std::string::npos) {
    return std::nullopt;
  }
  return out;
}

std::optional<std::string> postgres_pattern(const std::string& pattern) {
  try {
    return Translator(pattern).run();
  } catch (const Refused&) {
    return std::nullopt;
  }
}

}  // namespace iacdb::doc
