// Which words may follow a piece of SQL: keywords, tables after FROM, columns of the tables named.

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "cli/shell/completion.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"

namespace iacdb::cli {
namespace {

using sql::operator""_w;
using sql::Token;
using sql::TokenKind;

constexpr auto keywords =
    std::to_array<std::string_view>({"add",        "all",          "alter",
                                     "analyze",    "and",          "any",
                                     "as",         "asc",          "avg",
                                     "begin",      "between",      "bigint",
                                     "boolean",    "by",           "cascade",
                                     "case",       "cast",         "check",
                                     "coalesce",   "column",       "commit",
                                     "constraint", "count",        "create",
                                     "cross",      "current_date", "current_timestamp",
                                     "database",   "date",         "decimal",
                                     "default",    "delete",       "desc",
                                     "distinct",   "double",       "drop",
                                     "else",       "end",          "except",
                                     "exists",     "explain",      "extract",
                                     "false",      "fetch",        "first",
                                     "for",        "foreign",      "from",
                                     "full",       "function",     "grant",
                                     "group",      "having",       "if",
                                     "in",         "index",        "inner",
                                     "insert",     "int",          "integer",
                                     "intersect",  "interval",     "into",
                                     "is",         "join",         "key",
                                     "last",       "lateral",      "left",
                                     "like",       "limit",        "max",
                                     "merge",      "min",          "natural",
                                     "not",        "null",         "nulls",
                                     "numeric",    "offset",       "on",
                                     "or",         "order",        "outer",
                                     "over",       "partition",    "primary",
                                     "procedure",  "recursive",    "references",
                                     "release",    "rename",       "replace",
                                     "returning",  "revoke",       "right",
                                     "rollback",   "rows",         "savepoint",
                                     "schema",     "select",       "sequence",
                                     "set",        "show",         "smallint",
                                     "start",      "sum",          "table",
                                     "temporary",  "text",         "then",
                                     "timestamp",  "to",           "transaction",
                                     "trigger",    "true",         "truncate",
                                     "union",      "unique",       "update",
                                     "using",      "vacuum",       "values",
                                     "varchar",    "view",         "when",
                                     "where",      "window",       "with"});

enum class Wish : std::uint8_t { words, relations, columns };

/// What the tokens before the word ask for, and the tables they name.
struct SqlPlace {
  Wish wish = Wish::words;
  std::map<std::string, std::string> tables;  ///< Alias or name, to the relation.
};

bool begins_tables(const Token& t) {
  return t.is("from"_w) || t.is("join"_w) || t.is("into"_w) || t.is("update"_w) ||
         t.is("table"_w) || t.is("truncate"_w) || t.is("references"_w) || t.is("view"_w) ||
         t.is("describe"_w) || t.is("analyze"_w) || t.is("vacuum"_w);
}

bool begins_columns(const Token& t) {
  return t.is("select"_w) || t.is("where"_w) || t.is("and"_w) || t.is("or"_w) || t.is("on"_w) ||
         t.is("by"_w) || t.is("set"_w) || t.is("having"_w) || t.is("not"_w) || t.is("distinct"_w) ||
         t.is("returning"_w) || t.is("when"_w) || t.is("then"_w) || t.is("else"_w) ||
         t.is("case"_w) || t.is("using"_w) || t.is("between"_w);
}

class Tracker {
 public:
  Tracker(std::string_view text, Dialect dialect) : text_(text), lexer_(text, dialect) {}

  SqlPlace run() {
    for (Token t = lexer_.next_significant(); t.kind != TokenKind::end;
         t = lexer_.next_significant()) {
      if (t.is(sql::Op::semicolon)) {
        found_ = {};
        clause_ = {};
      }
      step(t);
    }
    flush();
    return std::move(found_);
  }

 private:
  void step(const Token& t) {
    const bool name = t.kind == TokenKind::word || t.kind == TokenKind::quoted_name;
    if (begins_tables(t)) {
      flush();
      clause_ = Wish::relations;
      found_.wish = Wish::relations;
    } else if (begins_columns(t)) {
      flush();
      clause_ = Wish::columns;
      found_.wish = Wish::columns;
    } else if (t.is(sql::Op::comma) || t.is(sql::Op::lparen)) {
      flush();
      // INSERT INTO t(...: the columns of t.
      if (t.is(sql::Op::lparen) && clause_ == Wish::relations) clause_ = Wish::columns;
      found_.wish = clause_;
    } else if (t.kind == TokenKind::op && !t.is(sql::Op::dot)) {
      found_.wish = t.is(sql::Op::rparen) || t.is(sql::Op::star) ? Wish::words : Wish::columns;
    } else if (name && clause_ == Wish::relations) {
      relation(t);
      found_.wish = Wish::words;
    } else if (!t.is(sql::Op::dot)) {
      found_.wish = Wish::words;
    }
    dot_ = t.is(sql::Op::dot);
  }

  void relation(const Token& t) {
    const std::string text(t.text(text_));
    if (dot_) {
      relation_ += '.' + text;
    } else if (relation_.empty()) {
      relation_ = text;
    } else if (!t.is("as"_w)) {
      found_.tables[text] = relation_;
    }
  }

  void flush() {
    if (relation_.empty()) return;
    found_.tables.emplace(relation_, relation_);
    relation_.clear();
  }

  std::string_view text_;
  sql::Lexer lexer_;
  SqlPlace found_;
  Wish clause_ = Wish::words;
  std::string relation_;
  bool dot_ = false;
};

std::string keyword_as_typed(std::string_view keyword, std::string_view word) {
  const bool lower = !word.empty() && word[0] >= 'a' && word[0] <= 'z';
  return lower ? std::string(keyword) : base::upper(keyword);
}

const std::vector<std::string>* columns_of(const CatalogueNames& names,
                                           const std::string& relation) {
  for (const auto& [name, columns] : names.relations) {
    if (base::equals_ignoring_case(name, relation)) return &columns;
  }
  return nullptr;
}

class Candidates {
 public:
  explicit Candidates(std::string_view word) : word_(word) { found_.replaced_bytes = word.size(); }
  void offer(const std::string& text) {
    if (base::starts_with_ignoring_case(text, word_) ||
        (text.size() > 1 && (text[0] == '"' || text[0] == '`') &&
         base::starts_with_ignoring_case(std::string_view(text).substr(1), word_))) {
      found_.candidates.push_back(text);
    }
  }
  void offer_all(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) offer(text);
  }
  void offer_keywords() {
    for (const std::string_view keyword : keywords) offer(keyword_as_typed(keyword, word_));
  }
  bool any() const noexcept { return !found_.candidates.empty(); }
  Completion take() {
    std::sort(found_.candidates.begin(), found_.candidates.end());
    found_.candidates.erase(std::unique(found_.candidates.begin(), found_.candidates.end()),
                            found_.candidates.end());
    return std::move(found_);
  }

 private:
  std::string_view word_;
  Completion found_;
};

/// After "qualifier.": columns of a table or alias, or relations of a schema.
Completion qualified(std::string_view qualifier, std::string_view word, const CatalogueNames& names,
                     const SqlPlace& context) {
  Candidates candidates(word);
  std::string relation(qualifier);
  for (const auto& [alias, table] : context.tables) {
    if (base::equals_ignoring_case(alias, qualifier)) relation = table;
  }
  if (const auto* columns = columns_of(names, relation)) candidates.offer_all(*columns);
  const std::string schema = std::string(qualifier) + '.';
  for (const auto& [name, columns] : names.relations) {
    if (base::starts_with_ignoring_case(name, schema)) {
      candidates.offer(name.substr(schema.size()));
    } else if (name.find('.') == name.npos && (qualifier == "public" || qualifier == "main")) {
      candidates.offer(name);
    }
  }
  return candidates.take();
}

}  // namespace

Completion complete_sql(std::string_view text, const CatalogueNames& names, Dialect dialect) {
  std::size_t begin = text.size();
  while (begin > 0 &&
         (sql::is_name_part(text[begin - 1]) || text[begin - 1] == '"' || text[begin - 1] == '`')) {
    --begin;
  }
  const std::string_view word = text.substr(begin);
  SqlPlace context;
  try {
    context = Tracker(text.substr(0, begin), dialect).run();
  } catch (const Error&) {
    return {};  // Inside a string or a comment.
  }
  if (begin > 0 && text[begin - 1] == '.') {
    std::size_t dot = begin - 1;
    while (dot > 0 && (sql::is_name_part(text[dot - 1]) || text[dot - 1] == '"')) --dot;
    return qualified(text.substr(dot, begin - 1 - dot), word, names, context);
  }
  Candidates candidates(word);
  if (context.wish == Wish::relations) {
    for (const auto& [name, columns] : names.relations) candidates.offer(name);
    candidates.offer_all(names.schemas);
    Completion found = candidates.take();
    if (!found.candidates.empty()) return found;
  }
  if (context.wish == Wish::columns) {
    for (const auto& [alias, table] : context.tables) {
      if (const auto* columns = columns_of(names, table)) candidates.offer_all(*columns);
      candidates.offer(alias);
    }
    if (context.tables.empty() && !word.empty()) {
      for (const auto& [name, columns] : names.relations) {
        if (name.find('.') == name.npos) candidates.offer_all(columns);
      }
    }
  }
  // Beside columns there are keywords only where no column of the tables begins so.
  const bool narrow = context.wish == Wish::columns && !context.tables.empty();
  if (narrow && (word.empty() || candidates.any())) return candidates.take();
  if (context.wish != Wish::columns || !word.empty()) candidates.offer_keywords();
  return candidates.take();
}

}  // namespace iacdb::cli
