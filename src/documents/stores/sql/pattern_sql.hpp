#pragma once
// A regular expression of MongoDB (PCRE) as one of PostgreSQL that matches the same texts.
//
//   if (const auto re = postgres_pattern("^[a-z]+\\d$")) sql += " ~ " + literal(*re);
//
// Literal text, classes, anchors, groups, alternatives and quantifiers; nothing whose meaning
// depends on a locale, an option or what was matched before. The text that is matched must have
// the collation "C". Threads: pure functions.

#include <optional>
#include <string>

namespace iacdb::doc {

/// A pattern of plain characters alone, perhaps with "^" before or "$" behind them.
struct PlainPattern {
  bool begins = false;
  std::string text;
  bool ends = false;  ///< The end, or the place before a newline that ends the text.
};
std::optional<PlainPattern> plain_pattern(const std::string& pattern);

/// nullopt: PostgreSQL has no such expression, or it is too large to be one.
std::optional<std::string> postgres_pattern(const std::string& pattern);

}  // namespace iacdb::doc
