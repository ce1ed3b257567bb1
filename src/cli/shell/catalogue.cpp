#include "cli/shell/catalogue.hpp"

#include <utility>

#include "base/text.hpp"
#include "cli/shell/variables.hpp"
#include "iacdb/error.hpp"

namespace iacdb::cli {

NamePattern NamePattern::parse(std::string_view text, Dialect dialect) {
  NamePattern pattern;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || (c == '`' && dialect == Dialect::mysql)) {
      if (quoted && i + 1 < text.size() && text[i + 1] == c) {
        pattern.name += c;
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (c == '.' && !quoted) {
      pattern.schema = std::exchange(pattern.name, "");
    } else if (c == '*' && !quoted) {
      pattern.name += '%';
    } else if (c == '?' && !quoted) {
      pattern.name += '_';
    } else {
      if (c == '%' || c == '_' || c == '!') pattern.name += '!';
      pattern.name += !quoted && dialect == Dialect::postgres ? base::to_lower(c) : c;
    }
  }
  return pattern;
}

std::string like(std::string_view column, const std::string& pattern, Dialect dialect) {
  if (pattern.empty()) return "1 = 1";
  return std::string(column) + " like " + quote_literal(pattern, dialect) + " escape '!'";
}

const ShellCatalogue& shell_catalogue(Dialect dialect) {
  switch (dialect) {
    case Dialect::postgres:
      return postgres_catalogue();
    case Dialect::mysql:
      return mysql_catalogue();
    case Dialect::sqlite:
      return sqlite_catalogue();
    default:
      raise(ErrorKind::unsupported, "the shell knows no catalogue of this database");
  }
}

std::vector<TextRow> text_rows(Session& session, const std::string& sql) {
  std::vector<TextRow> result;
  for (const Row& row : session.query(sql)) {
    TextRow values;
    for (std::size_t i = 0; i < row.size(); ++i) {
      values.push_back(row[i].is_null() ? std::nullopt : std::optional(print(row[i])));
    }
    result.push_back(std::move(values));
  }
  return result;
}

void add_notes(std::vector<std::string>& notes, Session& session, const std::string& heading,
               const std::string& sql) {
  bool first = true;
  for (const TextRow& row : text_rows(session, sql)) {
    if (std::exchange(first, false)) notes.push_back(heading);
    notes.push_back("    " + row.at(0).value_or(""));
  }
}

}  // namespace iacdb::cli
