// Text from moments and numbers by a mask, and moments from text.

#include <charconv>
#include <string>

#include "sql/lexer.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/masks.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// FM9990.00, 999,999.99, 0.00, N2: what a mask of numbers asks for.
struct NumberMask {
  int digits = 0;    ///< before the point, those that are not forced included
  int forced = 0;    ///< zeros before the point
  int decimals = 0;  ///< after the point
  bool groups = false;
  bool padded = false;
};

std::optional<NumberMask> number_mask(std::string_view mask, Dialect d) {
  NumberMask m;
  if (d == Dialect::tsql) {
    const char kind = mask.size() == 2 ? upper(mask[0]) : ' ';
    if ((kind == 'N' || kind == 'F' || kind == 'D') && mask[1] >= '0' && mask[1] <= '9') {
      m.groups = kind == 'N';
      (kind == 'D' ? m.forced : m.decimals) = mask[1] - '0';
      m.forced = std::max(m.forced, 1);
      m.digits = 30;
      return m;
    }
    if (same_word(mask, "N")) {
      return NumberMask{.digits = 30, .forced = 1, .decimals = 2, .groups = true};
    }
    for (char c : mask) {
      if (c != '0' && c != '#' && c != '.' && c != ',') return std::nullopt;
    }
  } else {
    m.padded = true;
    if (same_word(mask.substr(0, 2), "FM")) {
      m.padded = false;
      mask.remove_prefix(2);
    }
    for (char c : mask) {
      if (c != '0' && c != '9' && c != '.' && c != ',' && c != 'D' && c != 'G') return std::nullopt;
    }
  }
  if (mask.find_first_of("09#") == std::string_view::npos) return std::nullopt;
  bool point = false;
  for (char c : mask) {
    if (c == ',' || c == 'G') {
      m.groups = true;
    } else if (c == '.' || c == 'D') {
      point = true;
    } else if (point) {
      // A digit that may be left out would need its own trimming.
      if (c != '0' && !(c == '9' && m.padded)) return std::nullopt;
      ++m.decimals;
    } else {
      ++m.digits;
      if (c == '0' || m.forced > 0) ++m.forced;
    }
  }
  return m;
}

/// The .NET mask of a number.
std::string net_mask(const NumberMask& m) {
  std::string out =
      m.groups ? "#,##0" : std::string(static_cast<std::size_t>(std::max(m.forced, 1)), '0');
  if (m.decimals > 0) out += "." + std::string(static_cast<std::size_t>(m.decimals), '0');
  return out;
}

/// A mask of PostgreSQL and Oracle for what .NET asks.
std::string worded_mask(const NumberMask& m) {
  std::string out = "FM";
  if (m.groups) {
    out += "999,999,999,999,999,990";
  } else {
    out += std::string(18, '9') + std::string(static_cast<std::size_t>(std::max(m.forced, 1)), '0');
  }
  if (m.decimals > 0) out += "." + std::string(static_cast<std::size_t>(m.decimals), '0');
  return out;
}

Node* mysql_number(Node* value, const NumberMask& m, Context& c) {
  Node* const holes[] = {value, c.build.number(c.build.text(std::to_string(m.decimals))),
                         c.build.number(c.build.text(
                             std::to_string(m.forced + (m.decimals > 0 ? m.decimals + 1 : 0))))};
  Node* text =
      fill(m.groups ? "FORMAT(:1, :2)" : "REPLACE(FORMAT(:1, :2), ',', '')", c.to, holes, c.build);
  text->flags |= flag::done;
  if (m.forced > 1) {
    Node* const again[] = {holes[0], text, holes[2]};
    text = fill(
        "CASE WHEN :1 < 0 THEN CONCAT('-', LPAD(SUBSTRING(:2, 2), GREATEST(:3, CHAR_LENGTH(:2) - "
        "1), '0')) ELSE LPAD(:2, GREATEST(:3, CHAR_LENGTH(:2)), '0') END",
        c.to, again, c.build);
  }
  if (m.forced == 0 && m.decimals > 0) {
    Node* const again[] = {holes[0], text};
    text =
        fill("CASE WHEN ABS(:1) < 1 THEN REPLACE(:2, '0.', '.') ELSE :2 END", c.to, again, c.build);
  }
  return text;
}

Node* sqlite_number(Node* value, const NumberMask& m, Context& c) {
  const std::string width =
      m.forced > 1 ? "0" + std::to_string(m.forced + (m.decimals > 0 ? m.decimals + 1 : 0)) : "";
  const std::string form = "%" + width + "." + std::to_string(m.decimals) + "f";
  Node* const holes[] = {value, c.build.string(c.build.text(form))};
  Node* text = fill("PRINTF(:2, :1)", c.to, holes, c.build);
  text->flags |= flag::done;
  if (m.groups) {
    Node* const again[] = {
        value, text,
        c.build.number(c.build.text(std::to_string(m.decimals > 0 ? m.decimals + 1 : 0)))};
    text = fill(
        "CASE WHEN :1 < 0 AND CAST(:2 AS REAL) > -1 THEN '-' ELSE '' END || PRINTF('%,d', CAST(:2 "
        "AS INTEGER)) || SUBSTR(:2, LENGTH(:2) - :3 + 1)",
        c.to, again, c.build);
  }
  if (m.forced == 0 && m.decimals > 0) {
    Node* const again[] = {value, text};
    text =
        fill("CASE WHEN ABS(:1) < 1 THEN REPLACE(:2, '0.', '.') ELSE :2 END", c.to, again, c.build);
  }
  return text;
}

Node* argument_of(const Node* call, std::size_t i) {
  return call->kid(call_slot::args)->kid(i);
}

/// A text literal read by a mask: "07/05/2024" by DD/MM/YYYY is 2024-05-07. Empty: it does not fit.
class TextReader {
 public:
  TextReader(std::string_view text, const Mask& mask) : text_(text), mask_(mask) {}

  std::string read(bool& times) {
    for (const MaskPiece& p : mask_) {
      if (!(p.element ? element(*p.element) : literal(p.text))) return {};
    }
    if (at_ != text_.size() || year_ < 0) return {};
    if (afternoon_ && hour_ < 12) hour_ += 12;
    if (morning_ && hour_ == 12) hour_ = 0;
    times = times || timed_;
    char out[48];
    if (times) {
      std::snprintf(out, sizeof out, "%04d-%02d-%02d %02d:%02d:%02d", year_, month_, day_, hour_,
                    minute_, second_);
    } else {
      std::snprintf(out, sizeof out, "%04d-%02d-%02d", year_, month_, day_);
    }
    return out;
  }

 private:
  bool literal(std::string_view t) {
    for (char want : t) {
      if (at_ >= text_.size()) return false;
      // Blanks and separators stand for each other in masks.
      if (text_[at_] != want && is_name_part(text_[at_])) return false;
      ++at_;
    }
    return true;
  }

  bool number(int& value, std::size_t digits) {
    std::size_t n = 0;
    while (n < digits && at_ + n < text_.size() && text_[at_ + n] >= '0' && text_[at_ + n] <= '9')
      ++n;
    if (n == 0) return false;
    std::from_chars(text_.data() + at_, text_.data() + at_ + n, value);
    at_ += n;
    return true;
  }

  bool month_name(bool whole) {
    static constexpr std::string_view names[] = {"January",   "February", "March",    "April",
                                                 "May",       "June",     "July",     "August",
                                                 "September", "October",  "November", "December"};
    for (int i = 0; i < 12; ++i) {
      const std::string_view name = whole ? names[i] : names[i].substr(0, 3);
      if (!same_word(text_.substr(at_, name.size()), name)) continue;
      month_ = i + 1;
      at_ += name.size();
      return true;
    }
    return false;
  }

  bool element(const MaskElement& e) {
    switch (part_of(e)) {
      case 'Y':
        return number(year_, 4);
      case 'y':
        if (!number(year_, 2)) return false;
        year_ += year_ < 70 ? 2000 : 1900;
        return true;
      case 'm':
        return number(month_, 2);
      case 'b':
        return month_name(false);
      case 'B':
        return month_name(true);
      case 'd':
        return number(day_, 2);
      case 'H':
      case 'h':
        timed_ = true;
        return number(hour_, 2);
      case 'M':
        timed_ = true;
        return number(minute_, 2);
      case 'S':
        timed_ = true;
        return number(second_, 2);
      case 'p':
        afternoon_ = same_word(text_.substr(at_, 2), "PM");
        morning_ = same_word(text_.substr(at_, 2), "AM");
        at_ += 2;
        return afternoon_ || morning_;
      default:
        return false;
    }
  }

  std::string_view text_;
  const Mask& mask_;
  std::size_t at_ = 0;
  int year_ = -1, month_ = 1, day_ = 1, hour_ = 0, minute_ = 0, second_ = 0;
  bool timed_ = false, afternoon_ = false, morning_ = false;
};

bool has_times(const Mask& mask) {
  for (const MaskPiece& p : mask) {
    const char part = p.element ? part_of(*p.element) : '\0';
    if (part == 'H' || part == 'h' || part == 'M' || part == 'S') return true;
  }
  return false;
}

/// A text column read by a mask of fixed widths, where the database reads ISO text only.
Node* cut_text(Node* text, const Mask& mask, bool times, Context& c) {
  int at[6] = {0, 0, 0, 0, 0, 0};
  int place = 1;
  static constexpr std::string_view parts = "YmdHMS";
  for (const MaskPiece& p : mask) {
    if (!p.element) {
      place += static_cast<int>(p.text.size());
      continue;
    }
    const std::size_t i = parts.find(part_of(*p.element));
    if (i == std::string_view::npos) return nullptr;
    at[i] = place;
    place += i == 0 ? 4 : 2;
  }
  if (at[0] == 0) return nullptr;
  std::vector<Node*> pieces;
  static constexpr std::string_view before[] = {"", "-", "-", " ", ":", ":"};
  for (std::size_t i = 0; i < (times ? 6U : 3U); ++i) {
    if (i > 0) pieces.push_back(c.build.string(before[i]));
    if (at[i] == 0) {
      pieces.push_back(c.build.string(i < 3 ? "01" : "00"));
      continue;
    }
    Node* cut = c.build.call("SUBSTR", c.build.clone(text),
                             c.build.number(c.build.text(std::to_string(at[i]))),
                             c.build.number(i == 0 ? "4" : "2"));
    cut->flags |= flag::done;
    pieces.push_back(cut);
  }
  c.warn("mask", "text is read by the widths of its mask: each part must be padded");
  Node* whole = nullptr;
  for (Node* p : pieces) whole = whole ? c.build.binary(BinOp::concat, whole, p) : p;
  for (Node* k = whole; k->is(BinOp::concat); k = k->kid(0)) k->flags |= flag::done;
  Node* made = c.build.call(times ? "DATETIME" : "DATE", whole);
  made->flags |= flag::done;
  return made;
}

Node* moment_literal(const std::string& text, bool times, Context& c) {
  Node* literal = c.build.string(c.build.text(text));
  if (c.to_is(Dialect::sqlite)) return literal;
  if (c.to_is(Dialect::tsql)) {
    Node* made = c.build.cast(literal, times ? "DATETIME2" : "DATE");
    made->flags |= flag::done;
    return made;
  }
  return c.build.with(Kind::typed_literal, times ? "TIMESTAMP" : "DATE", literal);
}

}  // namespace

namespace {

/// A number by its mask; `worded` is that of PostgreSQL and Oracle.
Node* written(Node* value, const NumberMask& m, std::string_view worded, Context& c) {
  Node* made = nullptr;
  switch (c.to) {
    case Dialect::postgres:
    case Dialect::oracle:
      made = c.build.call("TO_CHAR", value, c.build.string(c.build.text(worded)));
      made->flags |= flag::done;
      return made;
    case Dialect::tsql:
      if (m.padded) return nullptr;
      made = c.build.call("FORMAT", value, c.build.string(c.build.text(net_mask(m))));
      made->flags |= flag::done;
      return made;
    case Dialect::mysql:
      made = mysql_number(value, m, c);
      break;
    case Dialect::sqlite:
      made = sqlite_number(value, m, c);
      break;
  }
  if (m.padded) {
    const int commas = m.groups ? (m.digits - 1) / 3 : 0;
    const int width = m.digits + commas + 1 + (m.decimals > 0 ? m.decimals + 1 : 0);
    Node* const holes[] = {made, c.build.number(c.build.text(std::to_string(width)))};
    made = fill(c.to_is(Dialect::mysql) ? "LPAD(:1, :2, ' ')" : "PRINTF('%' || :2 || 's', :1)",
                c.to, holes, c.build);
  }
  if (c.to_is(Dialect::sqlite) && !value->is(Kind::number) && !never_null(c, value)) {
    // PRINTF writes a NULL as 0, or as blanks.
    made = case_when(c, c.build.binary(BinOp::is_not, c.build.clone(value), c.build.null()), made);
  }
  return made;
}

}  // namespace

namespace {

/// A mask of numbers has 9 or 0 for its digits; of moments only in HH24, HH12, FF3 and in quotes.
bool counts_digits(std::string_view mask) {
  bool quoted = false;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] == '"') quoted = !quoted;
    const bool fraction = i > 1 && upper(mask[i - 1]) == 'F' && upper(mask[i - 2]) == 'F';
    if (!quoted && !fraction && (mask[i] == '9' || mask[i] == '0')) return true;
  }
  return false;
}

}  // namespace

Node* write_number_format(Node* value, std::string_view mask, Context& c) {
  const auto m = number_mask(mask, c.from);
  if (!m) return nullptr;
  const bool worded_from = c.from_is(Dialect::postgres) || c.from_is(Dialect::oracle);
  return written(value, *m, worded_from ? std::string(mask) : worded_mask(*m), c);
}

Node* write_decimals(Node* n, Context& c) {
  const Node* places = argument_of(n, 1);
  NumberMask m;
  m.groups = true;
  m.forced = 1;
  const std::string_view digits = places->is(Kind::number) ? places->text : std::string_view();
  if (digits.size() != 1) c.refuse(n, "FORMAT with places that are not a literal has no equal");
  m.decimals = digits[0] - '0';
  return written(argument_of(n, 0), m, worded_mask(m), c);
}

Node* write_format(Node* n, Context& c) {
  Node* value = argument_of(n, 0);
  Node* mask_node = argument_of(n, 1);
  const bool worded = (c.from_is(Dialect::postgres) || c.from_is(Dialect::oracle)) &&
                      (c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle));
  if (!mask_node->is(Kind::string)) {
    if (!worded) c.refuse(mask_node, "a format mask that is not a literal");
    c.warn("mask", "a format mask that is not a literal was kept as it is");
    n->text = "TO_CHAR";
    n->flags |= flag::done;
    return n;
  }
  if (Node* number = write_number_format(value, mask_node->text, c)) return number;
  const bool from_words = c.from_is(Dialect::postgres) || c.from_is(Dialect::oracle);
  if (from_words && counts_digits(mask_node->text)) {
    if (!worded) c.refuse(mask_node, "this mask of numbers has no equal");
    n->text = "TO_CHAR";
    n->flags |= flag::done;
    return n;
  }
  const auto mask = read_mask(mask_node->text, c.from);
  Node* made = mask ? write_mask(*mask, value, c) : nullptr;
  if (!made)
    c.refuse(mask_node, "this format mask has no equal in " + std::string(to_string(c.to)));
  return made;
}

Node* write_parse(Node* n, bool moment, Context& c) {
  Node* text = argument_of(n, 0);
  Node* mask_node = argument_of(n, 1);
  if (!mask_node->is(Kind::string)) c.refuse(mask_node, "a format mask that is not a literal");
  const auto mask = read_mask(mask_node->text, c.from);
  if (!mask) c.refuse(mask_node, "this format mask is not read");
  bool times = moment || has_times(*mask);
  const bool native =
      c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle) || c.to_is(Dialect::mysql);
  const auto letters = mask_text(*mask, c.to);
  if (text->is(Kind::string) && (!native || !letters)) {
    const std::string literal = TextReader(text->text, *mask).read(times);
    if (literal.empty()) c.refuse(text, "this text does not fit its mask");
    return moment_literal(literal, times, c);
  }
  Node* made = nullptr;
  if (native) {
    if (!letters)
      c.refuse(mask_node, "this format mask has no equal in " + std::string(to_string(c.to)));
    const std::string_view name = c.to_is(Dialect::mysql) ? "STR_TO_DATE"
                                  : times                 ? "TO_TIMESTAMP"
                                                          : "TO_DATE";
    made = c.build.call(name, text, c.build.string(c.build.text(*letters)));
    made->flags |= flag::done;
    if (!times || !c.to_is(Dialect::postgres) || c.from_is(Dialect::postgres)) return made;
    made = c.build.cast(made, "TIMESTAMP");  // without the zone of the session
    made->flags |= flag::done;
    return made;
  }
  const auto iso = mask_text(*mask, Dialect::postgres);
  const bool plain = iso && (*iso == "YYYY-MM-DD" || *iso == "YYYY-MM-DD HH24:MI:SS");
  if (c.to_is(Dialect::tsql)) {
    if (!plain) c.refuse(n, "reading a moment by this mask has no equal");
    made = c.build.cast(text, times ? "DATETIME2" : "DATE");
    made->flags |= flag::done;
    return made;
  }
  if (plain) {
    made = c.build.call(times ? "DATETIME" : "DATE", text);
    made->flags |= flag::done;
    return made;
  }
  made = cut_text(text, *mask, times, c);
  if (!made) c.refuse(n, "reading a moment by this mask has no equal");
  return made;
}

}  // namespace iacdb::sql
