// Sources: PostgreSQL manual, "Controlling Text Search"; MariaDB manual, "Full-Text Index
// Overview"; SQLite, "FTS5", "Full-text Query Syntax".

#include "iacdb/full_text.hpp"

#include <algorithm>

#include "iacdb/error.hpp"

namespace iacdb {
namespace {

bool is_word_byte(unsigned char c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::vector<std::string_view> words_of(std::string_view typed) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = std::find_if(typed.begin(), typed.end(), is_word_byte);
    const auto end = std::find_if_not(begin, typed.end(), is_word_byte);
    if (begin == end) return words;
    words.emplace_back(begin, end);
    typed = std::string_view(end, typed.end());
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

void check_language(std::string_view language) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (!language.empty() && std::all_of(language.begin(), language.end(), is_letter)) return;
  raise(ErrorKind::usage, "a text search language is a name such as english or simple");
}

}  // namespace

FullText::FullText(const Capabilities& can, std::string_view table,
                   const std::vector<std::string>& columns, std::string_view language) {
  if (!can.has(Capability::full_text)) {
    raise(ErrorKind::unsupported, can.product + " " + can.version + " has no full-text search");
  }
  check_language(language);
  if (columns.empty()) raise(ErrorKind::usage, "a full-text search needs at least one column");
  if (can.backend == "postgres") kind_ = Kind::postgres;
  if (can.backend == "mysql") kind_ = Kind::mysql;
  table_ = quoted(table);
  std::vector<std::string> names;
  for (const std::string& column : columns) {
    const std::string name = quoted(column);
    names.push_back(kind_ == Kind::postgres ? "coalesce(" + name + ", '')" : name);
  }
  const std::string in = "'" + std::string(language) + "'";
  switch (kind_) {
    case Kind::postgres: {
      columns_ = "to_tsvector(" + in + ", " + join(names, " || ' ' || ") + ")";
      const std::string query = "plainto_tsquery(" + in + ", :search)";
      where_ = columns_ + " @@ " + query;
      rank_ = "ts_rank(" + columns_ + ", " + query + ")";
      break;
    }
    case Kind::mysql:
      columns_ = join(names, ", ");
      where_ = rank_ = "match (" + columns_ + ") against (:search in boolean mode)";
      break;
    case Kind::sqlite:
      columns_ = join(names, " ");
      where_ = table_ + " match :search";
      rank_ = "-bm25(" + table_ + ")";
      break;
  }
}

std::vector<std::string> FullText::index(std::string_view name) const {
  switch (kind_) {
    case Kind::postgres:
      return {"create index " + quoted(name) + " on " + table_ + " using gin ((" + columns_ + "))"};
    case Kind::mysql:
      return {"create fulltext index " + quoted(name) + " on " + table_ + " (" + columns_ + ")"};
    case Kind::sqlite:
      break;
  }
  return {};
}

std::string FullText::search(std::string_view typed) const {
  const auto words = words_of(typed);
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += kind_ == Kind::sqlite ? " AND " : " ";
    if (kind_ == Kind::postgres) {
      text += word;
    } else {
      text.append(kind_ == Kind::mysql ? "+\"" : "\"").append(word).append("\"");
    }
  }
  if (kind_ != Kind::sqlite) return text;
  return text.empty() ? "\"\"" : "{" + columns_ + "} : (" + text + ")";
}

std::string FullText::quoted(std::string_view name) const {
  const char quote = kind_ == Kind::mysql ? '`' : '"';
  if (name.empty() || name.find('\0') != name.npos) {
    raise(ErrorKind::usage, "a table, column or index of a full-text search has an empty name");
  }
  std::string text(1, quote);
  for (const char c : name) text.append(c == quote ? 2 : 1, c);
  return text + quote;
}

}  // namespace iacdb
