// The letters of masks, and moments written by them.

#include "sql/translate/masks.hpp"

#include <string>

#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql {

/// One element in the letters of each dialect; "" where it has none, and then perhaps an
/// expression of the moment :1. Sources: MySQL DATE_FORMAT, PostgreSQL "Data Type Formatting
/// Functions", Oracle "Format Models", .NET custom date formats (SQL Server FORMAT), SQLite
/// strftime. FM stands before an element that is not padded.
struct MaskElement {
  std::string_view sqlite, postgres, mysql, tsql, oracle;
  std::string_view sqlite_expression = {}, mysql_expression = {}, other_expression = {};
  char part = 0;
};

namespace {

#define IACDB_MONTHS                                                                           \
  "CASE STRFTIME('%m', :1) WHEN '01' THEN 'January' WHEN '02' THEN 'February' WHEN '03' THEN " \
  "'March' WHEN '04' THEN 'April' WHEN '05' THEN 'May' WHEN '06' THEN 'June' WHEN '07' THEN "  \
  "'July' WHEN '08' THEN 'August' WHEN '09' THEN 'September' WHEN '10' THEN 'October' WHEN "   \
  "'11' THEN 'November' WHEN '12' THEN 'December' END"
#define IACDB_DAYS                                                                            \
  "CASE STRFTIME('%w', :1) WHEN '0' THEN 'Sunday' WHEN '1' THEN 'Monday' WHEN '2' THEN "      \
  "'Tuesday' WHEN '3' THEN 'Wednesday' WHEN '4' THEN 'Thursday' WHEN '5' THEN 'Friday' WHEN " \
  "'6' THEN 'Saturday' END"

constexpr MaskElement elements[] = {
    {"%Y", "YYYY", "%Y", "yyyy", "YYYY", "", "", "", 'Y'},
    {"", "YY", "%y", "yy", "YY", "SUBSTR(STRFTIME('%Y', :1), 3)", "", "", 'y'},
    {"%m", "MM", "%m", "MM", "MM", "", "", "", 'm'},
    {"", "FMMM", "%c", "M", "FMMM", "CAST(STRFTIME('%m', :1) AS INTEGER)", "", "", 'm'},
    {"", "FMMonth", "%M", "MMMM", "FMMonth", IACDB_MONTHS, "", "", 'B'},
    {"", "FMMONTH", "", "", "FMMONTH", "UPPER(" IACDB_MONTHS ")", "UPPER(DATE_FORMAT(:1, '%M'))",
     "UPPER(FORMAT(:1, 'MMMM'))", 'B'},
    {"", "FMmonth", "", "", "FMmonth", "LOWER(" IACDB_MONTHS ")", "LOWER(DATE_FORMAT(:1, '%M'))",
     "LOWER(FORMAT(:1, 'MMMM'))", 'B'},
    {"", "Month", "", "", "Month", "SUBSTR(" IACDB_MONTHS " || '         ', 1, 9)",
     "RPAD(DATE_FORMAT(:1, '%M'), 9, ' ')", "LEFT(FORMAT(:1, 'MMMM') + '         ', 9)", 'B'},
    {"", "MONTH", "", "", "MONTH", "SUBSTR(UPPER(" IACDB_MONTHS ") || '         ', 1, 9)",
     "RPAD(UPPER(DATE_FORMAT(:1, '%M')), 9, ' ')",
     "LEFT(UPPER(FORMAT(:1, 'MMMM')) + '         ', 9)", 'B'},
    {"", "month", "", "", "month", "SUBSTR(LOWER(" IACDB_MONTHS ") || '         ', 1, 9)",
     "RPAD(LOWER(DATE_FORMAT(:1, '%M')), 9, ' ')",
     "LEFT(LOWER(FORMAT(:1, 'MMMM')) + '         ', 9)", 'B'},
    {"", "Mon", "%b", "MMM", "Mon", "SUBSTR(" IACDB_MONTHS ", 1, 3)", "", "", 'b'},
    {"", "MON", "", "", "MON", "UPPER(SUBSTR(" IACDB_MONTHS ", 1, 3))",
     "UPPER(DATE_FORMAT(:1, '%b'))", "UPPER(FORMAT(:1, 'MMM'))", 'b'},
    {"", "mon", "", "", "mon", "LOWER(SUBSTR(" IACDB_MONTHS ", 1, 3))",
     "LOWER(DATE_FORMAT(:1, '%b'))", "LOWER(FORMAT(:1, 'MMM'))", 'b'},
    {"%d", "DD", "%d", "dd", "DD", "", "", "", 'd'},
    {"", "FMDD", "%e", "d", "FMDD", "CAST(STRFTIME('%d', :1) AS INTEGER)", "", "", 'd'},
    {"", "FMDDth", "%D", "", "FMDDth",
     "CAST(STRFTIME('%d', :1) AS INTEGER) || CASE WHEN STRFTIME('%d', :1) IN ('01', '21', '31') "
     "THEN 'st' WHEN STRFTIME('%d', :1) IN ('02', '22') THEN 'nd' WHEN STRFTIME('%d', :1) IN "
     "('03', '23') THEN 'rd' ELSE 'th' END"},
    {"", "FMDay", "%W", "dddd", "FMDay", IACDB_DAYS},
    {"", "FMDAY", "", "", "FMDAY", "UPPER(" IACDB_DAYS ")", "UPPER(DATE_FORMAT(:1, '%W'))",
     "UPPER(FORMAT(:1, 'dddd'))"},
    {"", "FMday", "", "", "FMday", "LOWER(" IACDB_DAYS ")", "LOWER(DATE_FORMAT(:1, '%W'))",
     "LOWER(FORMAT(:1, 'dddd'))"},
    {"", "Day", "", "", "Day", "SUBSTR(" IACDB_DAYS " || '         ', 1, 9)",
     "RPAD(DATE_FORMAT(:1, '%W'), 9, ' ')", "LEFT(FORMAT(:1, 'dddd') + '         ', 9)"},
    {"", "DAY", "", "", "DAY", "SUBSTR(UPPER(" IACDB_DAYS ") || '         ', 1, 9)",
     "RPAD(UPPER(DATE_FORMAT(:1, '%W')), 9, ' ')",
     "LEFT(UPPER(FORMAT(:1, 'dddd')) + '         ', 9)"},
    {"", "day", "", "", "day", "SUBSTR(LOWER(" IACDB_DAYS ") || '         ', 1, 9)",
     "RPAD(LOWER(DATE_FORMAT(:1, '%W')), 9, ' ')",
     "LEFT(LOWER(FORMAT(:1, 'dddd')) + '         ', 9)"},
    {"", "Dy", "%a", "ddd", "Dy", "SUBSTR(" IACDB_DAYS ", 1, 3)"},
    {"", "DY", "", "", "DY", "UPPER(SUBSTR(" IACDB_DAYS ", 1, 3))", "UPPER(DATE_FORMAT(:1, '%a'))",
     "UPPER(FORMAT(:1, 'ddd'))"},
    {"", "dy", "", "", "dy", "LOWER(SUBSTR(" IACDB_DAYS ", 1, 3))", "LOWER(DATE_FORMAT(:1, '%a'))",
     "LOWER(FORMAT(:1, 'ddd'))"},
    {"%H", "HH24", "%H", "HH", "HH24", "", "", "", 'H'},
    {"", "FMHH24", "%k", "H", "FMHH24", "CAST(STRFTIME('%H', :1) AS INTEGER)", "", "", 'H'},
    {"", "HH12", "%h", "hh", "HH12", "PRINTF('%02d', (STRFTIME('%H', :1) + 11) % 12 + 1)", "", "",
     'h'},
    {"", "HH", "%I", "hh", "HH", "PRINTF('%02d', (STRFTIME('%H', :1) + 11) % 12 + 1)", "", "", 'h'},
    {"", "FMHH12", "%l", "h", "FMHH12", "((STRFTIME('%H', :1) + 11) % 12 + 1)", "", "", 'h'},
    {"%M", "MI", "%i", "mm", "MI", "", "", "", 'M'},
    {"%S", "SS", "%s", "ss", "SS", "", "", "", 'S'},
    {"%S", "SS", "%S", "ss", "SS", "", "", "", 'S'},
    {"%f", "SS.MS", "", "ss.fff", "SS.FF3", "",
     "CONCAT(DATE_FORMAT(:1, '%s.'), LEFT(DATE_FORMAT(:1, '%f'), 3))"},
    {"", "MS", "", "fff", "FF3", "SUBSTR(STRFTIME('%f', :1), 4)", "LEFT(DATE_FORMAT(:1, '%f'), 3)"},
    {"", "US", "%f", "ffffff", "FF6", "SUBSTR(STRFTIME('%f', :1), 4) || '000'"},
    {"", "AM", "%p", "tt", "AM", "CASE WHEN STRFTIME('%H', :1) < '12' THEN 'AM' ELSE 'PM' END", "",
     "", 'p'},
    {"", "PM", "%p", "tt", "PM", "CASE WHEN STRFTIME('%H', :1) < '12' THEN 'AM' ELSE 'PM' END", "",
     "", 'p'},
    {"", "am", "", "", "am", "CASE WHEN STRFTIME('%H', :1) < '12' THEN 'am' ELSE 'pm' END",
     "LOWER(DATE_FORMAT(:1, '%p'))", "LOWER(FORMAT(:1, 'tt'))", 'p'},
    {"", "pm", "", "", "pm", "CASE WHEN STRFTIME('%H', :1) < '12' THEN 'am' ELSE 'pm' END",
     "LOWER(DATE_FORMAT(:1, '%p'))", "LOWER(FORMAT(:1, 'tt'))", 'p'},
    {"%j", "DDD", "%j", "", "DDD", "", "", "FORMAT(DATEPART(DAYOFYEAR, :1), '000')"},
    {"%w", "", "%w", "", "", "", "", "CAST(EXTRACT(DOW FROM :1) AS TEXT)"},
    {"", "D", "", "", "D", "(STRFTIME('%w', :1) + 1)", "DAYOFWEEK(:1)"},
    {"", "ID", "", "", "", "((STRFTIME('%w', :1) + 6) % 7 + 1)", "(WEEKDAY(:1) + 1)"},
    {"", "IW", "%v", "", "IW",
     "PRINTF('%02d', (STRFTIME('%j', DATE(:1, '-3 days', 'weekday 4')) - 1) / 7 + 1)", "",
     "FORMAT(DATEPART(ISO_WEEK, :1), '00')"},
    {"", "IYYY", "%x", "", "IYYY", "STRFTIME('%Y', DATE(:1, '-3 days', 'weekday 4'))"},
    {"", "WW", "", "", "WW", "PRINTF('%02d', (STRFTIME('%j', :1) - 1) / 7 + 1)",
     "LPAD((DAYOFYEAR(:1) - 1) DIV 7 + 1, 2, '0')"},
    {"", "W", "", "", "W", "((STRFTIME('%d', :1) - 1) / 7 + 1)",
     "((DAYOFMONTH(:1) - 1) DIV 7 + 1)"},
    {"", "Q", "", "", "Q", "((STRFTIME('%m', :1) + 2) / 3)", "QUARTER(:1)",
     "CAST(DATEPART(QUARTER, :1) AS VARCHAR(1))"},
    {"", "SSSS", "", "", "SSSSS",
     "(STRFTIME('%H', :1) * 3600 + STRFTIME('%M', :1) * 60 + STRFTIME('%S', :1))",
     "FLOOR(TIME_TO_SEC(TIME(:1)))"},
    {"%s", "", "", "", "", "", "TIMESTAMPDIFF(SECOND, '1970-01-01', :1)",
     "CAST(CAST(EXTRACT(EPOCH FROM CAST(:1 AS TIMESTAMP)) AS BIGINT) AS TEXT)"},
};
#undef IACDB_MONTHS
#undef IACDB_DAYS

/// Marks that stand for several others.
struct Composite {
  Dialect dialect;
  std::string_view mark, meaning;
};
constexpr Composite composites[] = {
    {Dialect::mysql, "%T", "%H:%i:%s"},  {Dialect::mysql, "%r", "%h:%i:%s %p"},
    {Dialect::sqlite, "%F", "%Y-%m-%d"}, {Dialect::sqlite, "%T", "%H:%M:%S"},
    {Dialect::sqlite, "%R", "%H:%M"},    {Dialect::oracle, "RRRR", "YYYY"},
    {Dialect::oracle, "RR", "YY"},       {Dialect::oracle, "FF9", "FF6"},
};

std::string_view letters(const MaskElement& e, Dialect d) {
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

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Names of months and days keep the case they are written in: MON, Mon and mon differ.
bool case_matters(const MaskElement& e) {
  std::string_view t = e.postgres;
  if (t.starts_with("FM")) t.remove_prefix(2);
  return same_word(t.substr(0, 3), "MON") || same_word(t, "DAY") || same_word(t, "DY") ||
         same_word(t, "AM") || same_word(t, "PM");
}

bool matches(std::string_view mask, std::string_view code, const MaskElement& e, Dialect d) {
  if (code.empty() || mask.size() < code.size()) return false;
  if (percent(d) || d == Dialect::tsql || case_matters(e)) return mask.starts_with(code);
  return same_word(mask.substr(0, code.size()), code);
}

/// The longest element at the beginning of a mask; `bare` wants one that FM changes.
const MaskElement* element_at(std::string_view mask, Dialect d, bool bare, std::size_t& size) {
  const MaskElement* best = nullptr;
  size = 0;
  for (const MaskElement& e : elements) {
    std::string_view code = letters(e, d);
    if (bare) {
      if (!code.starts_with("FM")) continue;
      code.remove_prefix(2);
    }
    if (code.size() > size && matches(mask, code, e, d)) {
      best = &e;
      size = code.size();
    }
  }
  return best;
}

class MaskReader {
 public:
  MaskReader(std::string_view mask, Dialect d) : mask_(expanded(mask, d)), dialect_(d) {}

  std::optional<Mask> read() {
    // A single letter of .NET is a standard format, which depends on the language.
    if (dialect_ == Dialect::tsql && mask_.size() == 1) return std::nullopt;
    while (at_ < mask_.size()) {
      if (!step()) return std::nullopt;
    }
    return std::move(pieces_);
  }

 private:
  static std::string expanded(std::string_view mask, Dialect d) {
    std::string out(mask);
    // FF of Oracle has as many digits as the type, which are six.
    for (std::size_t at = out.find("FF"); d == Dialect::oracle && at != std::string::npos;
         at = out.find("FF", at + 2)) {
      const bool counted = at + 2 < out.size() && out[at + 2] >= '0' && out[at + 2] <= '9';
      if (!counted) out.insert(at + 2, 1, '6');
    }
    for (const Composite& c : composites) {
      if (c.dialect != d) continue;
      for (std::size_t at = out.find(c.mark); at != std::string::npos;
           at = out.find(c.mark, at + c.meaning.size())) {
        out.replace(at, c.mark.size(), c.meaning);
      }
    }
    return out;
  }

  bool step() {
    const std::string_view rest = std::string_view(mask_).substr(at_);
    const bool worded = dialect_ == Dialect::postgres || dialect_ == Dialect::oracle;
    if (worded && same_word(rest.substr(0, 2), "FM")) {
      bare_ = dialect_ == Dialect::postgres || !bare_;
      at_ += 2;
      return true;
    }
    std::size_t size = 0;
    std::size_t padded = 0;
    const MaskElement* e = bare_ ? element_at(rest, dialect_, true, size) : nullptr;
    const MaskElement* other = element_at(rest, dialect_, false, padded);
    if (other && (!e || padded > size)) {
      e = other;
      size = padded;
    }
    if (dialect_ == Dialect::postgres) bare_ = false;
    if (e) {
      pieces_.push_back({e, {}});
      at_ += size;
      return true;
    }
    return literal_text(rest);
  }

  bool literal_text(std::string_view rest) {
    const bool quote =
        !percent(dialect_) && (rest[0] == '"' || (dialect_ == Dialect::tsql && rest[0] == '\''));
    if (quote) {
      const std::size_t close = rest.find(rest[0], 1);
      if (close == std::string_view::npos) return false;
      literal(rest.substr(1, close - 1));
      at_ += close + 1;
    } else if (percent(dialect_) && rest[0] == '%') {
      if (rest.size() < 2 || rest[1] != '%') return false;
      literal("%");
      at_ += 2;
    } else if (!percent(dialect_) && is_letter(rest[0])) {
      if (rest[0] != 'T' || dialect_ != Dialect::tsql) return false;
      literal("T");  // no letter of .NET, and so itself
      ++at_;
    } else {
      literal(rest.substr(0, 1));
      ++at_;
    }
    return true;
  }

  void literal(std::string_view t) {
    if (pieces_.empty() || pieces_.back().element) pieces_.push_back({});
    pieces_.back().text += t;
  }

  std::string mask_;
  Dialect dialect_;
  Mask pieces_ = {};
  std::size_t at_ = 0;
  bool bare_ = false;
};

std::string literal_in_mask(const std::string& text, Dialect d) {
  std::string out;
  if (percent(d)) {
    for (char c : text) out += c == '%' ? "%%" : std::string(1, c);
    return out;
  }
  bool plain = true;
  for (char c : text) plain = plain && !is_letter(c);
  return plain ? text : '"' + text + '"';
}

std::string_view expression_of(const MaskElement& e, Dialect d) {
  return d == Dialect::sqlite  ? e.sqlite_expression
         : d == Dialect::mysql ? e.mysql_expression
                               : e.other_expression;
}

Node* format_call(std::string_view mask, Node* moment, Context& c) {
  Node* text = c.build.string(c.build.text(mask));
  Node* made = nullptr;
  switch (c.to) {
    case Dialect::sqlite:
      made = c.build.call("STRFTIME", text, moment);
      break;
    case Dialect::mysql:
      made = c.build.call("DATE_FORMAT", moment, text);
      break;
    case Dialect::tsql:
      made = c.build.call("FORMAT", moment, text);
      break;
    default:
      if (moment->is(Kind::string)) {
        moment = c.build.cast(moment, "TIMESTAMP");
        moment->flags |= flag::done;
      }
      made = c.build.call("TO_CHAR", moment, text);
  }
  made->flags |= flag::done;
  return made;
}

}  // namespace

char part_of(const MaskElement& e) {
  return e.part;
}

std::optional<Mask> read_mask(std::string_view mask, Dialect dialect) {
  return MaskReader(mask, dialect).read();
}

std::optional<std::string> mask_text(const Mask& mask, Dialect to) {
  std::string out;
  bool bare = false;
  for (const MaskPiece& p : mask) {
    if (!p.element) {
      out += literal_in_mask(p.text, to);
      continue;
    }
    std::string_view code = letters(*p.element, to);
    if (code.empty()) return std::nullopt;
    // Oracle's FM is a switch.
    if (to == Dialect::oracle) {
      const bool wanted = code.starts_with("FM");
      if (wanted) code.remove_prefix(2);
      if (wanted != bare) out += "FM";
      bare = wanted;
    }
    out += code;
  }
  return out;
}

Node* write_mask(const Mask& mask, Node* moment, Context& c) {
  if (const auto whole = mask_text(mask, c.to)) return format_call(*whole, moment, c);
  if (c.to_is(Dialect::postgres) && moment->is(Kind::string)) {
    moment = c.build.cast(moment, "TIMESTAMP");
    moment->flags |= flag::done;
  }
  std::vector<Node*> parts;
  Mask run;
  const auto flush = [&] {
    if (run.empty()) return;
    const bool text = run.size() == 1 && !run[0].element;
    parts.push_back(text ? c.build.string(c.build.text(run[0].text))
                         : format_call(*mask_text(run, c.to), c.build.clone(moment), c));
    run.clear();
  };
  for (const MaskPiece& p : mask) {
    if (!p.element || !letters(*p.element, c.to).empty()) {
      run.push_back(p);
      continue;
    }
    const std::string_view form = expression_of(*p.element, c.to);
    if (form.empty()) return nullptr;
    flush();
    Node* const holes[] = {c.build.clone(moment)};
    parts.push_back(fill(form, c.to, holes, c.build));
  }
  flush();
  if (parts.size() == 1) {
    Node* only = parts[0];
    const bool text = only->is(Kind::call) || only->is(Kind::case_);
    return text ? only : c.build.call("$TO_TEXT", only);
  }
  Node* all = c.build.call("$CONCAT_NULL");
  for (Node* p : parts) c.build.add(all->kid(call_slot::args), p);
  write_special(all, "$CONCAT_NULL", c);
  return all;
}

}  // namespace iacdb::sql
