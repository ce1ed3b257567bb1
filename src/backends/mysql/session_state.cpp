#include "backends/mysql/session_state.hpp"

#include <algorithm>
#include <array>

namespace iacdb::mysql {
namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool is_letter(char c) noexcept {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == '(';
}

/// Skips blanks, opening parentheses and comments; /*! and /*M! hold SQL and are not skipped.
void skip_blanks(std::string_view& sql) noexcept {
  while (!sql.empty()) {
    if (is_blank(sql.front())) {
      sql.remove_prefix(1);
    } else if (sql.front() == '#' || sql.starts_with("--")) {
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    } else if (sql.starts_with("/*") && !sql.starts_with("/*!") && !sql.starts_with("/*M!")) {
      const std::size_t end = sql.find("*/", 2);
      sql.remove_prefix(end == sql.npos ? sql.size() : end + 2);
    } else {
      return;
    }
  }
}

struct Word {
  std::array<char, 12> letters{};
  std::size_t size = 0;
  bool operator==(std::string_view text) const noexcept {
    return std::string_view(letters.data(), size) == text;
  }
};

/// The next word in lower case; longer ones are cut and so equal to none we ask for.
Word take_word(std::string_view& sql) noexcept {
  skip_blanks(sql);
  Word word;
  while (!sql.empty() && is_letter(sql.front())) {
    if (word.size < word.letters.size()) word.letters[word.size++] = lower(sql.front());
    sql.remove_prefix(1);
  }
  return word;
}

bool is_plain_verb(const Word& word) noexcept {
  constexpr std::array<std::string_view, 26> verbs = {
      "select",  "insert",   "update", "delete",   "replace",   "with",    "values",
      "begin",   "start",    "commit", "rollback", "savepoint", "release", "show",
      "explain", "describe", "desc",   "truncate", "alter",     "drop",    "rename",
      "analyze", "optimize", "check",  "do",       "load"};
  return std::ranges::any_of(verbs, [&](std::string_view verb) { return word == verb; });
}

/// Anything behind a semicolon but blanks: another statement.
bool has_more(std::string_view sql) noexcept {
  const std::size_t semicolon = sql.find(';');
  return semicolon != sql.npos &&
         sql.find_first_not_of("; \t\r\n", semicolon) != std::string_view::npos;
}

bool names_lock(std::string_view sql) noexcept {
  return sql.find("_lock") != sql.npos || sql.find("_LOCK") != sql.npos ||
         sql.find("_Lock") != sql.npos;
}

}  // namespace

bool changes_session(std::string_view sql) noexcept {
  std::string_view rest = sql;
  const Word verb = take_word(rest);
  if (verb == "create") {
    const Word what = take_word(rest);
    if (what == "temporary") return true;
    return what == "or" || sql.find('@') != sql.npos || has_more(sql);
  }
  if (!is_plain_verb(verb)) return true;
  return sql.find('@') != sql.npos || has_more(sql) || names_lock(sql);
}

bool writes_rows(std::string_view sql) noexcept {
  const Word verb = take_word(sql);
  return verb == "insert" || verb == "update" || verb == "delete" || verb == "replace";
}

}  // namespace iacdb::mysql
