// Commands of SQL Server that stand for a statement: EXEC sp_rename, and IF OBJECT_ID(..) IS NOT
// NULL DROP. Source: Transact-SQL, "sp_rename" and "OBJECT_ID".

#include <string>
#include <vector>

#include "sql/lexer.hpp"
#include "sql/parser.hpp"
#include "sql/strings.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// A name between quotes, with what it doubles once.
std::string unquoted(std::string_view quoted) {
  const char close = quoted.back();
  std::string out;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    out += quoted[i];
    if (quoted[i] == close && quoted[i + 1] == close) ++i;
  }
  return out;
}

std::string name_in(std::string_view name, Dialect dialect) {
  std::string out;
  append_name(out, name, dialect);
  return out;
}

class Command {
 public:
  explicit Command(std::string_view text) : text_(text) {
    Lexer lexer(text, Dialect::tsql);
    for (Token t = lexer.next_significant(); t.kind != TokenKind::end;
         t = lexer.next_significant()) {
      if (t.op != Op::semicolon) tokens_.push_back(t);
    }
  }

  /// The statement that it stands for; empty when it is another command.
  std::string statement() {
    if (word("EXEC") || word("EXECUTE")) return rename();
    return word("IF") ? guarded_drop() : std::string();
  }

 private:
  std::string_view here() const {
    return at_ < tokens_.size() ? tokens_[at_].text(text_) : std::string_view();
  }
  bool word(std::string_view w) {
    if (!same_word(here(), w)) return false;
    ++at_;
    return true;
  }
  bool words(std::initializer_list<std::string_view> all) {
    const std::size_t from = at_;
    for (std::string_view w : all) {
      if (word(w)) continue;
      at_ = from;
      return false;
    }
    return true;
  }
  void schema() {
    if (at_ + 1 < tokens_.size() && tokens_[at_ + 1].op == Op::dot) at_ += 2;
  }
  bool literal(std::string& out) {
    std::string_view t = here();
    if (at_ >= tokens_.size() || tokens_[at_].kind != TokenKind::string) return false;
    if (upper(t[0]) == 'N') t.remove_prefix(1);
    if (t.size() < 2 || t.find("''", 1) < t.size() - 1) return false;
    out = t.substr(1, t.size() - 2);
    ++at_;
    return true;
  }
  bool argument(std::string_view name, std::string& out) {
    if (words({name, "="}) || !here().starts_with('@')) return literal(out);
    return false;
  }

  /// The parts of 'dbo.table.column', without their brackets.
  static std::vector<std::string> parts(std::string_view name) {
    std::vector<std::string> out;
    Lexer lexer(name, Dialect::tsql);
    for (Token t = lexer.next(); t.kind != TokenKind::end; t = lexer.next()) {
      if (t.op == Op::dot) continue;
      const std::string_view part = t.text(name);
      out.push_back(t.kind == TokenKind::quoted_name ? unquoted(part) : std::string(part));
    }
    return out;
  }

  static std::string bracketed(std::string_view name) { return name_in(name, Dialect::tsql); }

  std::string rename() {
    schema();
    std::string object;
    std::string fresh;
    std::string kind = "OBJECT";
    if (!word("sp_rename") || !argument("@objname", object) || !word(",")) return {};
    if (!argument("@newname", fresh)) return {};
    if (word(",") && !argument("@objtype", kind)) return {};
    if (at_ != tokens_.size()) return {};
    const std::vector<std::string> path = parts(object);
    const std::size_t size = path.size();
    if (same_word(kind, "COLUMN") && size >= 2) {
      return "ALTER TABLE " + bracketed(path[size - 2]) + " RENAME COLUMN " +
             bracketed(path[size - 1]) + " TO " + bracketed(fresh);
    }
    if (!same_word(kind, "OBJECT") || size == 0 || size > 2) return {};
    return "ALTER TABLE " + bracketed(path[size - 1]) + " RENAME TO " + bracketed(fresh);
  }

  std::string guarded_drop() {
    std::string object;
    std::string kind;
    if (!words({"OBJECT_ID", "("}) || !literal(object)) return {};
    if (word(",") && !literal(kind)) return {};
    if (!words({")", "IS", "NOT", "NULL"})) return {};
    const bool block = word("BEGIN");
    const bool view = words({"DROP", "VIEW"});
    if (!view && !words({"DROP", "TABLE"})) return {};
    const std::size_t from = at_;
    while (at_ < tokens_.size() && !same_word(here(), "END")) ++at_;
    if (block != word("END") || at_ != tokens_.size() || from == at_) return {};
    const Token last = tokens_[block ? at_ - 2 : at_ - 1];
    const std::string_view name = text_.substr(
        tokens_[from].begin, last.begin + last.text(text_).size() - tokens_[from].begin);
    const auto dropped = parts(name);
    const auto tested = parts(object);
    if (dropped.empty() || tested.empty() || !same_word(dropped.back(), tested.back())) return {};
    return std::string(view ? "DROP VIEW IF EXISTS " : "DROP TABLE IF EXISTS ") + std::string(name);
  }

  std::string_view text_;
  std::vector<Token> tokens_ = {};
  std::size_t at_ = 0;
};

}  // namespace

void read_command(Context& c) {
  const std::string made = Command(c.statement->text).statement();
  if (made.empty()) return;
  Parser parser(c.build.text(made), Dialect::tsql, c.build.arena());
  c.statement = parser.whole_statement();
}

bool create_schema(Context& c) {
  const std::string_view text = c.statement->text;
  Lexer lexer(text, c.from);
  if (!lexer.next_significant().is("create"_w) || !lexer.next_significant().is("schema"_w)) {
    return false;
  }
  Token t = lexer.next_significant();
  bool there = false;
  while (t.is("if"_w) || t.is("not"_w) || t.is("exists"_w)) {
    there = true;
    t = lexer.next_significant();
  }
  if (t.kind != TokenKind::word && t.kind != TokenKind::quoted_name) return false;
  std::string name(t.text(text));
  if (t.kind == TokenKind::quoted_name) name = unquoted(name);
  t = lexer.next_significant();
  if (t.is("authorization"_w)) {
    lexer.next_significant();
    t = lexer.next_significant();
    c.warn("privileges", "the owner of a schema was left out");
  }
  if (t.kind != TokenKind::end && t.op != Op::semicolon) return false;
  if (c.to_is(Dialect::sqlite)) {
    if (!c.options.whole_database) return false;
    c.warn("schema", "CREATE SCHEMA was left out, as the schemas of names are");
    c.statement = nullptr;
    return true;
  }
  if (c.to_is(Dialect::oracle) || c.from_is(Dialect::mysql) || c.from_is(Dialect::oracle)) {
    return false;
  }
  if (there && c.to_is(Dialect::tsql)) return false;
  const bool asks = c.to_is(Dialect::postgres) || c.to_is(Dialect::mysql);
  const std::string made =
      std::string("CREATE SCHEMA ") + (asks ? "IF NOT EXISTS " : "") + name_in(name, c.to);
  c.statement->text = c.build.text(made);
  return true;
}

}  // namespace iacdb::sql
