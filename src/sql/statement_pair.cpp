#include "sql/statement_pair.hpp"

#include <algorithm>
#include <charconv>

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/placeholders.hpp"

namespace iacdb::sql {
namespace {

/// The parameters of a text: `?`, numbers ($1, @p1, :1), or names where it has neither.
struct Markers {
  std::size_t plain = 0;
  std::vector<std::size_t> numbers = {};
  std::vector<std::string> names = {};

  /// How many values a caller gives by position.
  std::size_t positions() const { return numbers.empty() ? plain : numbers.back(); }
};

std::size_t number_in(std::string_view digits) {
  std::size_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? number : 0;
}

void read_number(const Token& t, std::string_view text, Dialect dialect, Markers& markers) {
  const std::string_view word = t.text(text);
  std::size_t number = 0;
  if (t.kind == TokenKind::dollar_parameter || t.kind == TokenKind::colon_parameter) {
    number = number_in(word.substr(1));
  } else if (t.kind == TokenKind::variable && dialect == Dialect::tsql &&
             (word.starts_with("@p") || word.starts_with("@P"))) {
    number = number_in(word.substr(2));
  }
  if (number != 0) markers.numbers.push_back(number);
}

template <class T>
void sort_once(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

Markers markers_of(std::string_view text, Dialect dialect) {
  Markers markers;
  Lexer lexer(text, dialect);
  for (Token t = lexer.next_significant(); t.kind != TokenKind::end; t = lexer.next_significant()) {
    if (t.kind == TokenKind::question) ++markers.plain;
    read_number(t, text, dialect, markers);
  }
  sort_once(markers.numbers);
  if (markers.plain == 0 && markers.numbers.empty()) {
    markers.names = parameter_names(text, dialect);
    sort_once(markers.names);
  }
  return markers;
}

std::string listed(const Markers& markers) {
  const std::size_t count = markers.positions();
  if (markers.names.empty())
    return std::to_string(count) + (count == 1 ? " parameter" : " parameters");
  std::string text;
  for (const std::string& name : markers.names) text += (text.empty() ? ":" : ", :") + name;
  return text;
}

bool controls_session(const StatementFacts& facts) {
  switch (facts.kind) {
    case StatementKind::begin:
    case StatementKind::commit:
    case StatementKind::rollback:
    case StatementKind::savepoint:
    case StatementKind::set:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string find_difference(std::string_view text, Dialect dialect, const StatementText& other) {
  const StatementFacts here = classify(text, dialect);
  const StatementFacts there = classify(other.text, other.dialect);
  if (here.kind == StatementKind::empty) return "stands before no statement";
  if (there.kind == StatementKind::empty) return "is empty";
  if (there.several || here.several) return "is one statement for one statement, not several";
  if (controls_session(there)) return "may not control a transaction or a session";
  if (here.read_only && !there.read_only) return "may write, where the statement only reads";
  try {
    const Markers asked = markers_of(text, dialect);
    const Markers taken = markers_of(other.text, other.dialect);
    // Numbers may repeat and come in any order; `?` takes the values as they come.
    const bool same = asked.names == taken.names && asked.positions() == taken.positions() &&
                      (taken.numbers.empty() || !asked.numbers.empty());
    if (same) return {};
    return "takes " + listed(taken) + ", where the statement takes " + listed(asked);
  } catch (const Error& error) {
    return "cannot be read: " + error.facts().message;
  }
}

}  // namespace iacdb::sql
