#include "sql/named_statements.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>

#include "base/text.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/statement_pair.hpp"

namespace iacdb::sql {
namespace {

constexpr std::size_t statements_max = 10'000;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && base::is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && base::is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lowered(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = base::to_lower(c);
  return made;
}

/// Fills in what a target says; false where it is none.
bool read_target(std::string_view target, StatementText& into) {
  const auto read = parse_target(target);
  if (!read) return false;
  into.target = target;
  into.dialect = read->dialect;
  into.version = read->version;
  into.is_mariadb = lowered(target.substr(0, target.find(':'))) == "mariadb";
  return true;
}

bool is_name(std::string_view text) {
  const auto good = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), good);
}

/// The words of a statement without what lies between them.
std::string words_of(std::string_view sql, Dialect dialect) {
  std::string words;
  words.reserve(sql.size());
  Lexer lexer(sql, dialect);
  for (Token t = lexer.next_significant(); t.kind != TokenKind::end; t = lexer.next_significant()) {
    words += t.text(sql);
    words += '\x1f';
  }
  while (words.ends_with(";\x1f")) words.resize(words.size() - 2);
  return words;
}

constexpr std::string_view known_targets =
    "postgres, mysql, mariadb, sqlite, tsql or oracle, with a version as in postgres:15";

/// A line that says what follows, such as `-- name: x`.
struct Header {
  std::string key = {};
  std::string_view value = {};
};

std::optional<Header> read_header(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with("--")) return std::nullopt;
  line = trimmed(line.substr(2));
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return std::nullopt;
  Header header{lowered(line.substr(0, colon)), trimmed(line.substr(colon + 1))};
  if (header.key != "name" && header.key != "on" && header.key != "dialect") return std::nullopt;
  return header;
}

}  // namespace

/// Reads a file line by line: a header ends the text before it.
class NamedStatementsReader {
 public:
  NamedStatementsReader(std::string_view text, NamedStatements& into) : text_(text), into_(into) {}

  void read() {
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= text_.size(); ++line_) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      if (const auto header = read_header(text_.substr(at, end - at))) {
        take_text(text_.substr(begin, at - begin));
        take_header(*header);
        begin = end;
        text_line_ = line_;
      }
      at = end + 1;
    }
    take_text(text_.substr(std::min(begin, text_.size())));
    finish_statement();
  }

 private:
  [[noreturn]] void fail(std::size_t line, std::string message) const {
    raise(ErrorFacts{.kind = ErrorKind::config,
                     .message = std::move(message),
                     .where = into_.file_ + ":" + std::to_string(line)});
  }

  void take_header(const Header& header) {
    if (header.key == "name") return begin_statement(header.value);
    if (header.key == "on") return begin_other(header.value);
    const auto dialect = parse_dialect(lowered(header.value));
    if (!dialect || current_) {
      fail(line_,
           "the file's dialect stands once, before the first name: mysql, postgres, tsql, "
           "oracle or sqlite");
    }
    into_.dialect_ = *dialect;
  }

  void begin_statement(std::string_view name) {
    finish_statement();
    if (!is_name(name)) fail(line_, "a name has letters, digits, `_`, `.` and `-` only");
    if (!names_.insert(std::string(name)).second) {
      fail(line_, "there are two statements of the name " + std::string(name));
    }
    if (into_.statements_.size() == statements_max) fail(line_, "more than 10,000 statements");
    current_ = &into_.statements_.emplace_back();
    current_->name = name;
    current_->line = line_;
    other_ = nullptr;
  }

  void begin_other(std::string_view target) {
    if (!current_) fail(line_, "a text for one database belongs to a name, which comes first");
    StatementText made;
    made.line = line_;
    if (!read_target(lowered(target), made)) {
      fail(line_,
           "\"" + std::string(target) + "\" is no database; write " + std::string(known_targets));
    }
    for (const StatementText& other : current_->others) {
      if (other.dialect == made.dialect && other.is_mariadb == made.is_mariadb &&
          other.version == made.version) {
        fail(line_, current_->name + " has two texts for " + made.target);
      }
    }
    other_ = &current_->others.emplace_back(std::move(made));
  }

  /// One statement, or nothing but blanks and comments.
  void take_text(std::string_view text) {
    const Dialect dialect = other_ ? other_->dialect : into_.dialect_;
    std::vector<ScriptStatement> found;
    try {
      found = split(text, dialect);
    } catch (const Error& error) {
      fail(text_line_, error.facts().message + " (" + error.where() + " of the text)");
    }
    std::erase_if(found,
                  [&](const ScriptStatement& s) { return words_of(s.text, dialect).empty(); });
    if (!current_) {
      if (!found.empty()) fail(found[0].line, "a statement needs a line `-- name: ..` before it");
      return;
    }
    if (found.size() != 1) {
      fail(text_line_, found.empty() ? current_->name + " has no text here"
                                     : current_->name + " has more than one statement here");
    }
    (other_ ? other_->text : current_->text) = found[0].text;
    (other_ ? other_->line : current_->line) = text_line_ + found[0].line - 1;
  }

  void finish_statement() {
    if (!current_) return;
    for (const StatementText& other : current_->others) {
      const std::string problem = find_difference(current_->text, into_.dialect_, other);
      if (!problem.empty()) {
        fail(other.line, current_->name + " on " + other.target + " " + problem);
      }
    }
    const std::size_t index = into_.statements_.size() - 1;
    const auto [known, added] =
        into_.by_words_.emplace(words_of(current_->text, into_.dialect_), index);
    if (!added) {
      fail(current_->line,
           current_->name + " has the same text as " + into_.statements_[known->second].name);
    }
  }

  std::string_view text_;
  NamedStatements& into_;
  NamedStatement* current_ = nullptr;
  StatementText* other_ = nullptr;
  std::set<std::string> names_;
  std::size_t line_ = 1;
  std::size_t text_line_ = 1;
};

NamedStatements NamedStatements::parse(std::string_view text, std::string_view file,
                                       Dialect dialect) {
  NamedStatements made;
  made.file_ = file;
  made.dialect_ = dialect;
  NamedStatementsReader(text, made).read();
  return made;
}

NamedStatements NamedStatements::read(const std::string& path, Dialect dialect) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    raise(ErrorFacts{.kind = ErrorKind::config,
                     .message = "the file of named statements cannot be read",
                     .where = path});
  }
  return parse(text, path, dialect);
}

const NamedStatement& NamedStatements::named(std::string_view name) const {
  for (const NamedStatement& statement : statements_) {
    if (statement.name == name) return statement;
  }
  constexpr std::size_t listed_max = 8;
  std::string names;
  for (std::size_t i = 0; i < std::min(statements_.size(), listed_max); ++i) {
    names += (names.empty() ? "" : ", ") + statements_[i].name;
  }
  if (statements_.size() > listed_max) names += ", ...";
  raise(ErrorKind::usage,
        "no statement is named \"" + std::string(name) + "\" in " + file_ + "; it has " + names);
}

const NamedStatement* NamedStatements::matching(std::string_view sql) const {
  std::string words;
  try {
    words = words_of(sql, dialect_);
  } catch (const Error&) {
    return nullptr;  // whoever runs it says what is wrong
  }
  const auto found = by_words_.find(words);
  return found == by_words_.end() ? nullptr : &statements_[found->second];
}

const StatementText* choose(const std::vector<StatementText>& others, const Server& server) {
  const StatementText* best = nullptr;
  for (const StatementText& other : others) {
    if (other.dialect != server.dialect || other.version > server.version) continue;
    // The numbers of MySQL and MariaDB do not compare.
    const bool own = other.is_mariadb == server.is_mariadb;
    if (!own && (other.is_mariadb || other.version != 0)) continue;
    const auto rank = [&](const StatementText& t) {
      return std::pair(t.is_mariadb == server.is_mariadb, t.version);
    };
    if (!best || rank(other) > rank(*best)) best = &other;
  }
  return best;
}

std::optional<HintedStatement> read_hints(std::string_view sql, Dialect dialect) {
  HintedStatement made;
  std::string_view rest = trimmed(sql);
  while (rest.starts_with("/*")) {
    const std::size_t end = rest.find("*/", 2);
    if (end == rest.npos) break;
    std::string_view inside = trimmed(rest.substr(2, end - 2));
    rest = trimmed(rest.substr(end + 2));
    if (!inside.starts_with("iacdb:")) continue;
    inside = trimmed(inside.substr(6));
    const std::size_t blank = std::min(inside.find_first_of(" \t\r\n"), inside.size());
    const std::string_view target = inside.substr(0, blank);
    StatementText& other = made.others.emplace_back();
    if (!target.ends_with(':') || !read_target(target.substr(0, target.size() - 1), other)) {
      raise(ErrorKind::usage, "a hint is /* iacdb: DATABASE: statement */; the database is " +
                                  std::string(known_targets));
    }
    other.text = trimmed(inside.substr(blank));
    if (other.text.find("/*") != std::string::npos) {
      raise(ErrorKind::usage, "the statement of a hint has no comment in it");
    }
  }
  if (made.others.empty()) return std::nullopt;
  made.text = rest;
  for (const StatementText& other : made.others) {
    const std::string problem = find_difference(rest, dialect, other);
    if (!problem.empty()) {
      raise(ErrorKind::usage, "the hint's statement for " + other.target + " " + problem);
    }
  }
  return made;
}

}  // namespace iacdb::sql
