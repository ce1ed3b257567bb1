#include "sql/translate/masks.hpp"

#include <optional>
#include <string>
#include <vector>

#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// One element of a mask in the letters of each dialect; "" where it has none.
/// Sources: MySQL DATE_FORMAT, PostgreSQL "Data Type Formatting Functions", Oracle "Format Models",
/// .NET custom date formats (SQL Server FORMAT), SQLite strftime.
struct Element {
  std::string_view sqlite, postgres, mysql, tsql, oracle;
};

constexpr Element elements[] = {
    {"%Y", "YYYY", "%Y", "yyyy", "YYYY"},
    {"", "YY", "%y", "yy", "YY"},
    {"%m", "MM", "%m", "MM", "MM"},
    {"", "FMMM", "%c", "%M", "FMMM"},
    {"", "FMMonth", "%M", "MMMM", "FMMonth"},
    {"", "Mon", "%b", "MMM", "Mon"},
    {"%d", "DD", "%d", "dd", "DD"},
    {"", "FMDD", "%e", "%d", "FMDD"},
    {"", "FMDay", "%W", "dddd", "FMDay"},
    {"", "Dy", "%a", "ddd", "Dy"},
    {"%H", "HH24", "%H", "HH", "HH24"},
    {"", "FMHH24", "%k", "%H", "FMHH24"},
    {"", "HH12", "%h", "hh", "HH12"},
    {"", "HH12", "%I", "hh", "HH"},
    {"%M", "MI", "%i", "mm", "MI"},
    {"%S", "SS", "%s", "ss", "SS"},
    {"%S", "SS", "%S", "ss", "SS"},
    {"%f", "SS.MS", "", "ss.fff", "SS.FF3"},
    {"", "US", "%f", "ffffff", "FF6"},
    {"", "AM", "%p", "tt", "AM"},
    {"", "PM", "%p", "tt", "PM"},
    {"%j", "DDD", "%j", "", "DDD"},
    {"%w", "", "%w", "", ""},
    {"", "IW", "%v", "", "IW"},
    {"", "IYYY", "%x", "", "IYYY"},
    {"", "Q", "", "", "Q"},
    {"%H:%M:%S", "HH24:MI:SS", "%T", "HH:mm:ss", "HH24:MI:SS"},
    {"%Y-%m-%d", "YYYY-MM-DD", "%F", "yyyy-MM-dd", "YYYY-MM-DD"},
    {"%s", "", "", "", ""},
    {"", "TZ", "", "", "TZR"},
};

std::string_view letters(const Element& e, Dialect d) {
  switch (d) {
    case Dialect::sqlite:
      return e.sqlite;
    case Dialect::postgres:
      return e.postgres;
    case Dialect::mysql:
      return e.mysql;
    case Dialect::tsql:
      return e.tsql;
    case Dialect::oracle:
      return e.oracle;
  }
  return {};
}

bool percent(Dialect d) {
  return d == Dialect::sqlite || d == Dialect::mysql;
}

struct Piece {
  const Element* element = nullptr;
  std::string text = {};  ///< a literal piece
};

bool matches(std::string_view mask, std::string_view code, Dialect d) {
  if (code.empty() || mask.size() < code.size()) return false;
  if (percent(d) || d == Dialect::tsql) return mask.starts_with(code);
  return same_word(mask.substr(0, code.size()), code);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The longest element at the beginning of a mask.
const Element* element_at(std::string_view mask, Dialect d) {
  const Element* best = nullptr;
  for (const Element& e : elements) {
    const std::string_view code = letters(e, d);
    if (matches(mask, code, d) && (!best || code.size() > letters(*best, d).size())) best = &e;
  }
  return best;
}

/// A mask in pieces; nothing when it holds letters that are not read.
std::optional<std::vector<Piece>> pieces_of(std::string_view mask, Dialect d) {
  std::vector<Piece> pieces;
  const auto literal = [&](std::string_view t) {
    if (pieces.empty() || pieces.back().element) pieces.push_back({});
    pieces.back().text += t;
  };
  for (std::size_t at = 0; at < mask.size();) {
    const std::string_view rest = mask.substr(at);
    if (const Element* e = element_at(rest, d)) {
      pieces.push_back({e, {}});
      at += letters(*e, d).size();
    } else if (rest[0] == '"' && !percent(d)) {
      const std::size_t close = rest.find('"', 1);
      if (close == std::string_view::npos) return std::nullopt;
      literal(rest.substr(1, close - 1));
      at += close + 1;
    } else if (percent(d) && rest[0] == '%') {
      if (rest.size() < 2 || rest[1] != '%') return std::nullopt;
      literal("%");
      at += 2;
    } else if (!percent(d) && is_letter(rest[0])) {
      return std::nullopt;
    } else {
      literal(rest.substr(0, 1));
      ++at;
    }
  }
  return pieces;
}

/// Names of months and days in capitals or padded have no equal elsewhere.
bool cased_names(std::string_view mask, Dialect d) {
  if (percent(d) || d == Dialect::tsql) return false;
  for (std::string_view word : {"MON", "MONTH", "DAY", "DY", "mon", "month", "day", "dy"}) {
    const std::size_t at = mask.find(word);
    if (at != std::string_view::npos && (at == 0 || !is_letter(mask[at - 1]))) return true;
  }
  const bool padded = (mask.find("Month") != std::string_view::npos ||
                       mask.find("Day") != std::string_view::npos) &&
                      mask.find("FM") == std::string_view::npos;
  return padded;
}

std::optional<std::string> mask_for(std::string_view mask, Dialect from, Dialect to) {
  if (cased_names(mask, from)) return std::nullopt;
  const auto pieces = pieces_of(mask, from);
  if (!pieces) return std::nullopt;
  std::string out;
  for (const Piece& p : *pieces) {
    if (p.element) {
      const std::string_view code = letters(*p.element, to);
      if (code.empty()) return std::nullopt;
      out += code;
      continue;
    }
    bool plain = true;
    for (char c : p.text) plain = plain && !is_letter(c);
    if (percent(to)) {
      for (char c : p.text) out += c == '%' ? "%%" : std::string(1, c);
    } else if (plain) {
      out += p.text;
    } else {
      out += '"' + p.text + '"';
    }
  }
  return out;
}

Node* argument_of(const Node* call, std::size_t i) {
  return call->kid(call_slot::args)->kid(i);
}

/// 999.99 and the like: a mask of numbers.
bool number_mask(std::string_view mask) {
  return mask.find_first_of("09") != std::string_view::npos &&
         mask.find_first_of("YyDdHhSs") == std::string_view::npos;
}

Node* mask_node(Node* mask, Context& c) {
  if (!mask->is(Kind::string)) c.refuse(mask, "a format mask that is not a literal");
  if (number_mask(mask->text)) c.refuse(mask, "a number format has no equal");
  const auto text = mask_for(mask->text, c.from, c.to);
  if (!text) {
    c.refuse(mask, "this format mask has no equal in " + std::string(to_string(c.to)));
  }
  return c.build.string(c.build.text(*text));
}

}  // namespace

Node* write_format(Node* n, Context& c) {
  Node* moment = argument_of(n, 0);
  Node* mask_literal = argument_of(n, 1);
  const bool both = (c.from_is(Dialect::postgres) || c.from_is(Dialect::oracle)) &&
                    (c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle));
  if (both && !mask_literal->is(Kind::string)) {
    c.warn("mask", "a format mask that is not a literal was kept as it is");
    n->text = "TO_CHAR";
    n->flags |= flag::done;
    return n;
  }
  Node* mask = both && mask_literal->is(Kind::string) && number_mask(mask_literal->text)
                   ? mask_literal
                   : mask_node(mask_literal, c);
  Node* made = nullptr;
  switch (c.to) {
    case Dialect::sqlite:
      made = c.build.call("STRFTIME", mask, moment);
      break;
    case Dialect::mysql:
      made = c.build.call("DATE_FORMAT", moment, mask);
      break;
    case Dialect::tsql:
      made = c.build.call("FORMAT", moment, mask);
      break;
    default:
      if (moment->is(Kind::string)) moment = c.build.cast(moment, "TIMESTAMP");
      made = c.build.call("TO_CHAR", moment, mask);
  }
  made->flags |= flag::done;
  return made;
}

Node* write_parse(Node* n, bool moment, Context& c) {
  Node* text = argument_of(n, 0);
  Node* mask = argument_of(n, 1);
  const bool literal = mask->is(Kind::string);
  const auto source = literal ? pieces_of(mask->text, c.from) : std::nullopt;
  bool times = moment;
  if (source) {
    for (const Piece& p : *source) {
      times = times || (p.element && (p.element->postgres.starts_with("HH") ||
                                      p.element->postgres.starts_with("MI") ||
                                      p.element->postgres.starts_with("SS")));
    }
  }
  Node* made = nullptr;
  switch (c.to) {
    case Dialect::postgres:
      made = c.build.call(times ? "TO_TIMESTAMP" : "TO_DATE", text, mask_node(mask, c));
      break;
    case Dialect::mysql:
      made = c.build.call("STR_TO_DATE", text, mask_node(mask, c));
      break;
    case Dialect::oracle:
      made = c.build.call(times ? "TO_TIMESTAMP" : "TO_DATE", text, mask_node(mask, c));
      break;
    default: {
      // Only ISO text can be read without a mask.
      const auto iso = literal ? mask_for(mask->text, c.from, Dialect::postgres) : std::nullopt;
      const bool plain = iso && (*iso == "YYYY-MM-DD" || *iso == "YYYY-MM-DD HH24:MI:SS");
      if (!plain) c.refuse(n, "reading a moment by this mask has no equal");
      if (c.to_is(Dialect::tsql)) return c.build.cast(text, times ? "DATETIME2" : "DATE");
      made = c.build.call(times ? "DATETIME" : "DATE", text);
    }
  }
  made->flags |= flag::done;
  return made;
}

}  // namespace iacdb::sql
