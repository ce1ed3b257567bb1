#include "sql/script/parts.hpp"

#include <algorithm>

#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

bool begins_statement(WordId w) {
  switch (w) {
    case "insert"_w:
    case "update"_w:
    case "delete"_w:
    case "merge"_w:
    case "select"_w:
    case "with"_w:
    case "create"_w:
    case "alter"_w:
    case "drop"_w:
    case "truncate"_w:
    case "set"_w:
    case "exec"_w:
    case "execute"_w:
    case "print"_w:
    case "grant"_w:
    case "deny"_w:
    case "use"_w:
    case "if"_w:
    case "dbcc"_w:
    case "declare"_w:
    case "commit"_w:
    case "rollback"_w:
      return true;
    default:
      return false;
  }
}

/// Reads a batch of SQL Server token by token and tells where the next statement begins: only at
/// the first word of a line, outside parentheses, where the one before cannot go on.
class BatchReader {
 public:
  explicit BatchReader(std::string_view text) : text_(text), lexer_(text, Dialect::tsql) {}

  /// The offset of the next statement, or the text's size.
  std::size_t next() {
    begun_ = false;
    for (;;) {
      const Token t = lexer_.next_significant();
      if (t.kind == TokenKind::end) return text_.size();
      const bool here = begun_ && parens_ == 0 && begins_line(t.begin) && ends_before(t);
      if (here) {
        start(t);
        return t.begin;
      }
      if (!begun_) start(t);
      read(t);
    }
  }

 private:
  bool begins_line(std::size_t at) const {
    while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\t')) --at;
    return at == 0 || text_[at - 1] == '\n';
  }

  void start(const Token& t) {
    begun_ = true;
    first_ = t.word;
    words_ = 0;
    parens_ = 0;
    last_ = 0;
    kind_ = 0;
    has_set_ = guarded_ = comma_ = false;
    blocks_ = 0;
    has_main_ = t.is("select"_w);
  }

  void read(const Token& t) {
    if (t.is(Op::lparen)) ++parens_;
    if (t.is(Op::rparen) && parens_ > 0) --parens_;
    ++words_;
    if (words_ == 2) kind_ = t.word;
    if (parens_ == 0 && words_ > 1) {
      has_main_ = has_main_ || t.is("select"_w) || t.is("values"_w) || t.is("update"_w) ||
                  t.is("delete"_w) || t.is("insert"_w) || t.is("exec"_w);
      has_set_ = has_set_ || t.is("set"_w);
    }
    if (first_ == "if"_w && words_ > 1 && parens_ == 0) read_guarded(t);
    last_ = t.kind == TokenKind::word ? t.word : 0;
    comma_ = t.is(Op::comma);
  }

  /// IF condition statement: what is guarded ends with its statement, or with the END of its BEGIN.
  void read_guarded(const Token& t) {
    if (t.is("begin"_w) || t.is("case"_w)) ++blocks_;
    if (t.is("end"_w) && blocks_ > 0) --blocks_;
    guarded_ = guarded_ || t.is("begin"_w) || (begins_statement(t.word) && last_ != "not"_w);
  }

  bool is_body() const {
    if (first_ == "if"_w) return !guarded_ || blocks_ > 0;
    return first_ == "declare"_w || first_ == "while"_w || first_ == "begin"_w ||
           (first_ == "create"_w &&
            (kind_ == "procedure"_w || kind_ == "proc"_w || kind_ == "function"_w ||
             kind_ == "trigger"_w || kind_ == "view"_w));
  }

  bool ends_before(const Token& t) const {
    if (!begins_statement(t.word) || comma_ || is_body()) return false;
    switch (last_) {
      case "as"_w:
      case "union"_w:
      case "all"_w:
      case "except"_w:
      case "intersect"_w:
      case "then"_w:
      case "else"_w:
      case "add"_w:
        return false;
      case "on"_w:  // ON DELETE CASCADE, and not SET IDENTITY_INSERT t ON
      case "for"_w:
        if (first_ != "set"_w && (t.is("update"_w) || t.is("delete"_w))) return false;
        break;
      default:
        break;
    }
    if (t.is("set"_w)) {
      return !((first_ == "update"_w || first_ == "merge"_w || first_ == "with"_w) && !has_set_);
    }
    if (first_ == "insert"_w && !has_main_) return false;
    if (first_ == "with"_w && !has_main_) return false;
    if (first_ == "alter"_w) return !(t.is("alter"_w) || t.is("drop"_w)) || words_ > 5;
    return !t.is("with"_w);
  }

  std::string_view text_;
  Lexer lexer_;
  bool begun_ = false;
  bool has_main_ = false;
  bool has_set_ = false;
  bool comma_ = false;
  bool guarded_ = false;
  std::size_t blocks_ = 0;
  WordId first_ = 0;
  WordId kind_ = 0;
  WordId last_ = 0;
  std::size_t words_ = 0;
  std::size_t parens_ = 0;
};

/// Conditions that ask the catalogue whether something is there.
bool asks_catalogue(std::string_view condition) {
  static constexpr std::string_view words[] = {"object_id",    "sysobjects", "sys.",
                                               "sysdatabases", "sysindexes", "db_id",
                                               "col_length",   "schema_id",  "information_schema"};
  std::string low;
  for (const char c : condition) low += lower(c);
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return low.find(word) != std::string::npos; });
}

/// Where DROP CONSTRAINT of an ALTER TABLE ends; 0 for others.
std::size_t drop_of_constraint(std::string_view text) {
  Lexer lexer(text, Dialect::tsql);
  for (Token t = lexer.next_significant(); t.kind != TokenKind::end; t = lexer.next_significant()) {
    if (!t.is("drop"_w)) continue;
    t = lexer.next_significant();
    const std::size_t end = t.end();
    return t.is("constraint"_w) && !lexer.next_significant().is("if"_w) ? end : 0;
  }
  return 0;
}

/// IF [NOT] condition statement, or BEGIN statements END: the statements, each with IF EXISTS or
/// IF NOT EXISTS said in its own words. Empty where it is something else.
std::vector<std::string> unguarded(std::string_view text) {
  Lexer lexer(text, Dialect::tsql);
  if (!lexer.next_significant().is("if"_w)) return {};
  std::size_t parens = 0;
  Token t = lexer.next_significant();
  const std::size_t condition = t.begin;
  for (; t.kind != TokenKind::end; t = lexer.next_significant()) {
    if (t.is(Op::lparen)) ++parens;
    if (t.is(Op::rparen) && parens > 0) --parens;
    if (parens == 0 && (t.is("drop"_w) || t.is("create"_w) || t.is("begin"_w) || t.is("alter"_w))) {
      break;
    }
  }
  if (t.kind == TokenKind::end || !asks_catalogue(text.substr(condition, t.begin - condition))) {
    return {};
  }
  std::string_view body = text.substr(t.begin);
  if (t.is("begin"_w)) {
    body.remove_prefix(5);
    const std::size_t end = body.find_last_not_of("; \t\r\n");
    if (end == std::string_view::npos || end < 3 || !same_word(body.substr(end - 2, 3), "end")) {
      return {};
    }
    body = body.substr(0, end - 2);
  }
  std::vector<std::string> out;
  for (const ScriptStatement& s : split(body, Dialect::tsql)) {
    Lexer words(s.text, Dialect::tsql);
    const Token verb = words.next_significant();
    const Token kind = words.next_significant();
    const Token next = words.next_significant();
    std::string made(s.text.substr(0, kind.end()));
    if (!next.is("if"_w) && verb.is("drop"_w)) made += " IF EXISTS";
    if (!next.is("if"_w) && verb.is("create"_w) && kind.is("table"_w)) made += " IF NOT EXISTS";
    const bool alters = verb.is("alter"_w) && kind.is("table"_w);
    const std::size_t dropped = alters ? drop_of_constraint(s.text) : 0;
    if (dropped > 0) {
      made += " IF EXISTS";
      made += s.text.substr(kind.end(), dropped - kind.end());
      made += " IF EXISTS";
      made += s.text.substr(dropped);
      out.push_back(std::move(made));
      continue;
    }
    made += s.text.substr(kind.end());
    out.push_back(std::move(made));
  }
  return out;
}

}  // namespace

Parts::Parts(std::string_view script, Dialect dialect) {
  for (const ScriptStatement& s : split(script, dialect)) {
    if (dialect == Dialect::tsql) {
      add_batch(s);
    } else {
      const char* const end = s.data.empty() ? s.text.end() : s.data.end();
      all_.push_back({s, static_cast<std::size_t>(end - script.data())});
    }
  }
}

void Parts::add_batch(const ScriptStatement& batch) {
  BatchReader reader(batch.text);
  std::size_t begin = 0;
  std::size_t line = batch.line;
  while (begin < batch.text.size()) {
    const std::size_t end = reader.next();
    std::string_view text = batch.text.substr(begin, end - begin);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    while (!text.empty() && std::string_view(" \t\r\n;").find(text.back()) != text.npos) {
      text.remove_suffix(1);
    }
    if (!text.empty()) {
      add({{text, batch.offset + begin, line, batch.times, {}},
           batch.offset + begin + text.size()});
    }
    line += lines;
    begin = end;
  }
}

void Parts::add(const ScriptPart& statement) {
  const std::vector<std::string> inner = unguarded(statement.text);
  if (inner.empty()) {
    all_.push_back(statement);
    return;
  }
  for (const std::string& text : inner) {
    written_.push_back(text);
    ScriptPart made = statement;
    made.text = written_.back();
    all_.push_back(made);
  }
}

}  // namespace iacdb::sql
