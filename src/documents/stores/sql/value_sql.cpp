#include "documents/stores/sql/value_sql.hpp"

#include <algorithm>

namespace iacdb::doc {
namespace {

/// SQLite takes a row of "and" for as many levels, of which it has a thousand.
constexpr std::size_t row_max = 100;

std::string joined(const std::vector<std::string>& conditions, std::string_view neutral,
                   std::string_view decisive, const char* word) {
  std::string out;
  std::size_t count = 0;
  for (const std::string& one : conditions) {
    if (one == decisive) return std::string(decisive);
    if (one == neutral) continue;
    if (count > 0) out += count % row_max == 0 ? std::string(")") + word + "(" : word;
    out += one;
    ++count;
  }
  if (count == 0) return std::string(neutral);
  if (count == 1) return out;
  return count > row_max ? "((" + out + "))" : "(" + out + ")";
}

}  // namespace

std::string both(const std::vector<std::string>& conditions) {
  return joined(conditions, "true", "false", " and ");
}

std::string either(const std::vector<std::string>& conditions) {
  return joined(conditions, "false", "true", " or ");
}

std::string inverse(const std::string& condition) {
  if (condition == "true") return "false";
  if (condition == "false") return "true";
  return "(not " + condition + ")";
}

std::size_t nesting_of(const std::string& condition) {
  // The words after which the rest, up to the end of the parentheses or of the CASE, is within.
  constexpr std::size_t word = 6;
  constexpr std::size_t arguments = 4;
  const std::string_view sql = condition;
  struct Level {
    std::size_t depth = 0;
    bool begun = false;  ///< Something stands on the left, and an operator.
  };
  std::vector<Level> outside;
  Level now;
  std::size_t most = 0;
  const auto enter = [&](std::size_t cost) {
    outside.push_back({now.depth, true});
    now = {now.depth + cost + (now.begun ? 2 : 0), false};
  };
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const std::string_view rest = sql.substr(i);
    if (rest[0] == '\'') {
      i = sql.find('\'', i + 1);  // A doubled one ends a text, and begins the next.
      if (i == std::string_view::npos) break;
      now.begun = true;
    } else if (rest[0] == '(') {
      const bool names = i > 0 && sql[i - 1] != '(' && sql[i - 1] != ' ';
      enter(1 + (names ? arguments : 0));
    } else if (rest.starts_with("case ")) {
      enter(word);
      i += 3;
    } else if (!outside.empty() && (rest[0] == ')' || rest.starts_with(" end"))) {
      now = outside.back();
      outside.pop_back();
      i += rest[0] == ')' ? 0 : 3;
    } else if (rest.starts_with("select ")) {
      now.depth += word;
      i += 5;
    } else if (rest.starts_with("not ") || rest.starts_with("exists ")) {
      ++now.depth;
      i = sql.find(' ', i);
    } else if (rest[0] != ' ') {
      now.begun = true;
    }
    most = std::max(most, now.depth);
  }
  return most;
}

std::string literal(const std::string& text) {
  // By E'' a backslash means the same whatever a session has set.
  std::string out = text.find('\\') == std::string::npos ? "'" : "E'";
  for (const char c : text) {
    out += c;
    if (c == '\'' || c == '\\') out += c;
  }
  return out + "'";
}

}  // namespace iacdb::doc
