#include "sql/split.hpp"

#include <algorithm>
#include <charconv>

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

/// A line that the dialect's own client keeps for itself. Sources: "psql" of PostgreSQL 15, the
/// SQL*Plus User's Guide, "sqlcmd" of SQL Server, "Command Line Shell For SQLite".
bool client_command(std::string_view line, Dialect dialect) {
  switch (dialect) {
    case Dialect::postgres:
      return line.size() > 1 && line[0] == '\\';
    case Dialect::sqlite:
      return line.size() > 1 && line[0] == '.' && line[1] > '9';
    case Dialect::tsql:
      return line.size() > 1 && line[0] == ':' && line[1] > '9';
    case Dialect::oracle:
      break;
    default:
      return false;
  }
  if (line.starts_with("@")) return true;
  const std::string_view first = line.substr(0, line.find_first_of(" \t;"));
  std::string_view rest = line.substr(first.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const std::string_view second = rest.substr(0, rest.find_first_of(" \t;"));
  if (same_word(first, "set")) {
    return !same_word(second, "transaction") && !same_word(second, "role") &&
           !same_word(second, "constraint") && !same_word(second, "constraints");
  }
  static constexpr std::string_view words[] = {
      "prompt",   "rem",    "remark", "spool",  "whenever",  "exit",  "quit",
      "connect",  "conn",   "show",   "define", "column",    "col",   "ttitle",
      "btitle",   "accept", "pause",  "host",   "clear",     "start", "undefine",
      "variable", "var",    "timing", "break",  "disconnect"};
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return same_word(first, word); });
}

class Splitter {
 public:
  Splitter(std::string_view script, Dialect dialect)
      : script_(script), dialect_(dialect), lexer_(script, dialect) {}

  std::vector<ScriptStatement> run() {
    read();
    finish(script_.size(), script_.size());
    return std::move(out_);
  }

  ScriptBeginning run_beginning(const std::string& before, std::string& delimiter) {
    delimiter_ = before;
    ScriptBeginning found;
    try {
      read();
    } catch (const Error&) {
      found.open = true;  // A string, a name or a comment goes on.
    }
    found.rest = open_ ? begin_ : read_;
    found.open = found.open || open_;
    found.statements = std::move(out_);
    delimiter = std::string(delimiter_);
    return found;
  }

 private:
  void read() {
    for (;;) {
      read_ = lexer_.offset();
      if (client_line()) continue;
      const Token t = lexer_.next();
      if (t.kind == TokenKind::end) break;
      if (t.kind == TokenKind::comment) continue;
      significant(t);
    }
  }

  /// Reads a line that is the client's and not the server's: GO, /, DELIMITER, \command.
  bool client_line() {
    std::size_t at = lexer_.offset();
    const std::size_t start = script_.find_first_not_of(blanks, at);
    if (start == std::string_view::npos || !at_line_start(start)) return delimiter_here(start);
    const std::size_t end = std::min(script_.find('\n', start), script_.size());
    std::string_view line = script_.substr(start, end - start);
    while (!line.empty() && blanks.find(line.back()) != std::string_view::npos) {
      line.remove_suffix(1);
    }
    if (dialect_ == Dialect::tsql && go_line(line)) {
      finish(start, end, go_times(line));
    } else if (dialect_ == Dialect::oracle && line == "/") {
      finish(start, end);
    } else if (!open_ && client_command(line, dialect_)) {
      skip(end);
    } else if (dialect_ == Dialect::mysql && !open_ &&
               same_word(line.substr(0, 10), "delimiter ")) {
      delimiter_ = line.substr(line.find_last_of(blanks) + 1);
      skip(end);
    } else {
      return delimiter_here(start);
    }
    return true;
  }

  /// Data of COPY .. FROM STDIN: the lines up to `\.`, from the line after the statement.
  std::string_view copy_data(std::string_view text, std::size_t& next) const {
    if (dialect_ != Dialect::postgres || text.size() < 5 ||
        !same_word(text.substr(0, 5), "copy ")) {
      return {};
    }
    const std::size_t from = text.rfind(' ');
    const std::size_t stdin_at = text.size() - 5;
    const bool ends = same_word(text.substr(stdin_at), "stdin");
    if (!ends && (from == std::string_view::npos || find_word(text, "stdin") == text.npos))
      return {};
    const std::size_t begin = std::min(script_.find('\n', next), script_.size() - 1) + 1;
    std::size_t end = begin;
    while (end < script_.size() && !script_.substr(end).starts_with("\\.")) {
      end = std::min(script_.find('\n', end), script_.size() - 1) + 1;
    }
    next = std::min(script_.find('\n', end), script_.size());
    return script_.substr(begin, end - begin);
  }

  static std::size_t find_word(std::string_view text, std::string_view word) {
    for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
      if (same_word(text.substr(i, word.size()), word)) return i;
    }
    return std::string_view::npos;
  }

  bool delimiter_here(std::size_t start) {
    if (delimiter_ == ";" || start == std::string_view::npos) return false;
    if (!script_.substr(start).starts_with(delimiter_)) return false;
    finish(start, start + delimiter_.size());
    return true;
  }

  bool at_line_start(std::size_t at) const {
    while (at > 0 && (script_[at - 1] == ' ' || script_[at - 1] == '\t')) --at;
    return at == 0 || script_[at - 1] == '\n';
  }

  static bool go_line(std::string_view line) {
    if (line.size() < 2 || !same_word(line.substr(0, 2), "go")) return false;
    line.remove_prefix(2);
    return line.empty() ||
           (line[0] == ' ' && line.find_first_not_of(" 0123456789") == std::string_view::npos);
  }

  static std::uint32_t go_times(std::string_view line) {
    std::uint32_t n = 1;
    const std::size_t digit = line.find_first_of("0123456789");
    if (digit != std::string_view::npos) {
      std::from_chars(line.data() + digit, line.data() + line.size(), n);
    }
    return n;
  }

  void skip(std::size_t to) {
    lexer_ = Lexer(script_, dialect_, to);
    begin_statement(to);
  }

  void begin_statement(std::size_t at) {
    begin_ = at;
    open_ = false;
    words_ = 0;
    depth_ = 0;
    body_ = Body::none;
    create_ = false;
    declare_ = false;
  }

  void finish(std::size_t end, std::size_t next, std::uint32_t times = 1) {
    if (open_) {
      std::string_view text = script_.substr(begin_, end - begin_);
      while (!text.empty() && blanks.find(text.back()) != std::string_view::npos) {
        text.remove_suffix(1);
      }
      while (line_at_ < begin_) line_ += script_[line_at_++] == '\n';
      const std::size_t end_at = next;
      const std::string_view data = copy_data(text, next);
      out_.push_back({text, begin_, line_, times, data, end_at});
    }
    skip(next);
  }

  void significant(const Token& t) {
    if (!open_ && t.is(Op::semicolon)) return begin_statement(t.end());
    if (!open_) {
      open_ = true;
      begin_ = t.begin;
    }
    if (t.kind == TokenKind::word) {
      // "end$$" is one word to the lexer: the delimiter may stand inside.
      const std::size_t at =
          delimiter_ == ";" ? std::string_view::npos : t.text(script_).find(delimiter_);
      if (at == std::string_view::npos) return word(t);
      return finish(t.begin + at, t.begin + at + delimiter_.size());
    }
    if (t.is(Op::lparen)) ++parens_;
    if (t.is(Op::rparen) && parens_ > 0) --parens_;
    last_ = 0;
    starts_ = t.is(Op::semicolon);
    if (!t.is(Op::semicolon) || delimiter_ != ";" || inside_body()) return;
    finish(t.begin + (body_ == Body::block && keeps_semicolon() ? 1 : 0), t.end());
  }

  bool inside_body() {
    if (dialect_ == Dialect::postgres && parens_ > 0) return true;
    parens_ = 0;
    if (dialect_ == Dialect::tsql) {
      if (tsql_batch_ || depth_ > 0) return true;
      Lexer ahead = lexer_;
      return body_ == Body::block && ahead.next_significant().is("else"_w);
    }
    if (body_ != Body::block) return false;
    return depth_ > 0 || declare_ || (dialect_ == Dialect::oracle && slash_follows());
  }

  /// SQL*Plus ends a block only at a line of `/`; a script without one is read by its nesting.
  bool slash_follows() {
    if (slash_ != unknown && slash_ >= lexer_.offset()) return slash_ != std::string_view::npos;
    std::size_t at = lexer_.offset();
    for (;; ++at) {
      at = script_.find('/', at);
      if (at == std::string_view::npos) break;
      const std::size_t end = script_.find_first_not_of(" \t\r", at + 1);
      const bool ends = end == std::string_view::npos || script_[end] == '\n';
      if (ends && at_line_start(at)) break;
    }
    slash_ = at;
    return at != std::string_view::npos;
  }

  /// PL/SQL needs the `;` of the last END; everywhere else it only ends the statement.
  bool keeps_semicolon() const { return dialect_ == Dialect::oracle; }

  void word(const Token& t) {
    const WordId previous = last_;
    last_ = t.word;
    ++words_;
    if (words_ == 1) {
      first_word(t);
    } else if (create_ && body_ == Body::none) {
      created_kind(t);
    }
    if (body_ == Body::block) block_word(t, previous);
    starts_ = t.is("begin"_w) || t.is("then"_w) || t.is("else"_w) || t.is("do"_w) ||
              t.is("loop"_w) || t.is("repeat"_w) || t.is("row"_w);
  }

  void first_word(const Token& t) {
    tsql_batch_ = dialect_ == Dialect::tsql && t.is("declare"_w);
    create_ = t.is("create"_w) || t.is("alter"_w);
    const bool oracle = dialect_ == Dialect::oracle;
    const bool mysql = dialect_ == Dialect::mysql;
    if (oracle && (t.is("declare"_w) || t.is("begin"_w))) {
      body_ = Body::block;
      declare_ = t.is("declare"_w);
    } else if (mysql && t.is("begin"_w)) {
      Lexer ahead = lexer_;
      const Token n = ahead.next_significant();
      if (n.is("not"_w)) body_ = Body::block;
    } else if (dialect_ == Dialect::tsql && (t.is("begin"_w) || t.is("if"_w) || t.is("while"_w))) {
      Lexer ahead = lexer_;
      const Token n = ahead.next_significant();
      const bool transaction = n.is("tran"_w) || n.is("transaction"_w) || n.is("distributed"_w);
      if (!transaction) body_ = Body::block;
    }
  }

  /// CREATE .. PROCEDURE and its like have bodies; up to here other words may stand between.
  void created_kind(const Token& t) {
    switch (t.word) {
      case "procedure"_w:
      case "proc"_w:
      case "function"_w:
      case "trigger"_w:
      case "package"_w:
      case "event"_w:
        create_ = false;
        if (dialect_ == Dialect::tsql) {
          tsql_batch_ = true;  // the rest of the batch is the body
        } else if (dialect_ == Dialect::oracle) {
          body_ = Body::block;
          declare_ = !t.is("trigger"_w);
          package_ = t.is("package"_w);
        } else {
          body_ = Body::block;
        }
        break;
      case "type"_w:
        if (dialect_ == Dialect::oracle) {
          Lexer ahead = lexer_;
          if (ahead.next_significant().is("body"_w)) {
            body_ = Body::block;
            declare_ = package_ = true;
          }
        }
        create_ = false;
        break;
      case "table"_w:
      case "index"_w:
      case "view"_w:
      case "sequence"_w:
      case "database"_w:
      case "schema"_w:
      case "user"_w:
      case "role"_w:
        create_ = false;
        break;
      default:
        break;
    }
  }

  /// Counts what END closes. `declare_` holds between the header and the first BEGIN in PL/SQL.
  void block_word(const Token& t, WordId previous) {
    const bool after_end = previous == "end"_w;
    switch (t.word) {
      case "begin"_w:
        if (dialect_ == Dialect::postgres && words_ > 1 && !atomic_follows()) break;
        if (!package_) declare_ = false;
        ++depth_;
        break;
      case "case"_w:
      case "if"_w:
      case "loop"_w:
      case "repeat"_w:
      case "while"_w:
        if (opens(t, after_end)) ++depth_;
        break;
      case "as"_w:
      case "is"_w:
        if (package_ && depth_ == 0) depth_ = 1;
        break;
      case "end"_w:
        if (depth_ > 0) --depth_;
        if (depth_ == 0) declare_ = package_ = false;
        break;
      default:
        break;
    }
  }

  bool atomic_follows() {
    Lexer ahead = lexer_;
    return ahead.next_significant().is("atomic"_w);
  }

  bool opens(const Token& t, bool after_end) {
    const bool mysql_if = dialect_ == Dialect::mysql && t.is("if"_w) && starts_;
    if (after_end || (depth_ == 0 && !mysql_if)) return false;
    if (t.is("case"_w)) return true;
    Lexer ahead = lexer_;
    const Token n = ahead.next_significant();
    switch (dialect_) {
      case Dialect::mysql:
        if (t.is("if"_w)) return starts_;
        if (t.is("repeat"_w)) return !n.is(Op::lparen);
        return true;  // LOOP .. END LOOP, WHILE .. END WHILE
      case Dialect::oracle:
        return t.is("if"_w) || t.is("loop"_w);
      default:
        return false;
    }
  }

  enum class Body : std::uint8_t { none, block };

  std::string_view script_;
  Dialect dialect_;
  Lexer lexer_;
  std::vector<ScriptStatement> out_;
  std::string_view delimiter_ = ";";
  std::size_t begin_ = 0;
  std::size_t read_ = 0;  // everything before is in a token
  std::size_t line_ = 1;
  std::size_t line_at_ = 0;
  std::size_t words_ = 0;
  std::size_t depth_ = 0;
  std::size_t parens_ = 0;
  WordId last_ = 0;
  Body body_ = Body::none;
  bool open_ = false;
  bool create_ = false;
  bool declare_ = false;
  bool package_ = false;
  bool tsql_batch_ = false;
  bool starts_ = false;  // the next word begins a statement of a body
  static constexpr std::size_t unknown = std::string_view::npos - 1;
  std::size_t slash_ = unknown;
};

}  // namespace

std::vector<ScriptStatement> split(std::string_view script, Dialect dialect) {
  return Splitter(script, dialect).run();
}

ScriptBeginning split_beginning(std::string_view text, Dialect dialect, std::string& delimiter) {
  const std::string before = delimiter;  // The splitter keeps a view of it.
  return Splitter(text, dialect).run_beginning(before, delimiter);
}

}  // namespace iacdb::sql
