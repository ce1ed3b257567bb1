#include "sql/parser.hpp"

#include <algorithm>
#include <string>

#include "iacdb/error.hpp"

namespace iacdb::sql {

Parser::Depth::Depth(Parser& p) : parser(p) {
  if (++parser.depth_ > depth_max) {
    --parser.depth_;
    fail("limit", "the statement nests deeper than " + std::to_string(depth_max) + " levels",
         parser.cur().begin);
  }
}

void Parser::Chain::grow(std::string_view links, std::size_t by) {
  own_ = std::max(own_, parser_.height_) + by;
  parser_.height_ = 0;
  if (own_ > chain_max) {
    fail("limit", "more than " + std::to_string(chain_max) + " " + std::string(links),
         parser_.cur().begin);
  }
}

Parser::Parser(std::string_view source, Dialect dialect, Arena& arena)
    : source_(source), dialect_(dialect), arena_(arena), build_(arena) {
  Lexer lexer(source, dialect);
  tokens_.reserve(source.size() / 5 + 8);
  do {
    tokens_.push_back(lexer.next_significant());
  } while (tokens_.back().kind != TokenKind::end);
  has_comments_ = lexer.passed_comment();
  match_parentheses();
  // A step or two past the end, in text that breaks off, meets the end again.
  const Token end = tokens_.back();
  tokens_.insert(tokens_.end(), 4, end);
  match_.resize(tokens_.size(), match_.back());
}

void Parser::match_parentheses() {
  match_.assign(tokens_.size(), static_cast<std::uint32_t>(tokens_.size() - 1));
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].is(Op::lparen)) open.push_back(i);
    if (tokens_[i].is(Op::rparen) && !open.empty()) {
      match_[open.back()] = i;
      open.pop_back();
    }
  }
}

bool Parser::accept(WordId a, WordId b) {
  if (!at(a) || !next_is(b)) return false;
  at_ += 2;
  return true;
}

bool Parser::accept(WordId a, WordId b, WordId c) {
  if (!at(a) || !next_is(b) || peek(2).word != c) return false;
  at_ += 3;
  return true;
}

void Parser::expect(WordId w, std::string_view what) {
  if (!accept(w)) expected(what);
}

void Parser::expect(Op o, std::string_view what) {
  if (!accept(o)) expected(what);
}

void Parser::expected(std::string_view what) const {
  std::string found;
  switch (cur().kind) {
    case TokenKind::end:
      found = "the end of the statement";
      break;
    case TokenKind::string:
      found = "a string";
      break;
    case TokenKind::number:
      found = "a number";
      break;
    default:
      found = "\"" + std::string(text(cur()).substr(0, 40)) + "\"";
  }
  fail("syntax", "expected " + std::string(what) + ", found " + found, cur().begin);
}

Node* Parser::at_position(Node* n, std::size_t token) const {
  n->position = tokens_[std::min(token, tokens_.size() - 1)].begin;
  return n;
}

std::string_view Parser::between(std::size_t from_token, std::size_t to_token) const {
  to_token = std::min(to_token, tokens_.size());
  if (to_token <= from_token) return {};
  const std::size_t begin = tokens_[from_token].begin;
  return source_.substr(begin, tokens_[to_token - 1].end() - begin);
}

std::string_view Parser::upper_text(std::string_view t) {
  bool same = true;
  for (char c : t) same = same && upper(c) == c;
  if (same) return t;
  char* bytes = static_cast<char*>(arena_.allocate(t.size()));
  for (std::size_t i = 0; i < t.size(); ++i) bytes[i] = upper(t[i]);
  return {bytes, t.size()};
}

Node* Parser::whole_statement() {
  Node* s = statement();
  while (accept(Op::semicolon)) {
  }
  if (!at_end()) expected("the end of the statement");
  return s;
}

Node* Parser::whole_expression() {
  Node* e = expression();
  if (!at_end()) expected("the end of the expression");
  return e;
}

Node* Parser::statement() {
  Depth depth(*this);
  if (query_here() && !at("with"_w)) return query();
  switch (cur().word) {
    case "with"_w: {
      Node* with = with_clause();
      if (at("insert"_w) || at("replace"_w)) return insert(with);
      if (at("update"_w)) return update(with);
      if (at("delete"_w)) return delete_(with);
      if (at("merge"_w)) return merge(with);
      Node* q = query();
      Node* outer = q;
      if (q->kids[query_slot::with]) {
        for (Node* c : *q->kids[query_slot::with]) build_.add(with, c);
      }
      outer->kids[query_slot::with] = with;
      return outer;
    }
    case "table"_w:
      return query();
    case "insert"_w:
    case "replace"_w:
      return insert(nullptr);
    case "update"_w:
      if (is(Dialect::tsql) && next_is("statistics"_w)) return command();
      return update(nullptr);
    case "delete"_w:
      return delete_(nullptr);
    case "merge"_w:
      return merge(nullptr);
    case "create"_w:
      return create();
    case "drop"_w:
      return drop();
    case "alter"_w:
      return alter();
    case "truncate"_w:
      return truncate();
    case "comment"_w:
      return comment_on();
    case "begin"_w:
    case "start"_w:
    case "commit"_w:
    case "rollback"_w:
    case "savepoint"_w:
    case "release"_w:
    case "end"_w:
      return transaction();
    default:
      return command();
  }
}

/// A statement that is not analysed: its text, for the same dialect only.
Node* Parser::command() {
  const std::size_t from = at_;
  while (!at_end()) ++at_;
  if (at_ == from) expected("a statement");
  std::size_t to = at_;
  while (to > from && tokens_[to - 1].op == Op::semicolon) --to;
  return at_position(build_.node(Kind::command, between(from, to)), from);
}

bool Parser::name_here() const {
  return cur().kind == TokenKind::word || cur().kind == TokenKind::quoted_name;
}

Node* Parser::name(std::string_view what) {
  const Token& t = cur();
  const std::size_t begin = at_;
  if (t.kind == TokenKind::word || (t.kind == TokenKind::variable && is(Dialect::tsql))) {
    ++at_;
    return at_position(build_.name(text(t)), begin);
  }
  if (t.kind == TokenKind::quoted_name) {
    ++at_;
    std::string_view body = text(t);
    const char close = body.back();
    body = body.substr(1, body.size() - 2);
    if (body.find(close) != std::string_view::npos) {
      char* bytes = static_cast<char*>(arena_.allocate(body.size()));
      std::size_t n = 0;
      for (std::size_t i = 0; i < body.size(); ++i) {
        bytes[n++] = body[i];
        if (body[i] == close) ++i;
      }
      body = {bytes, n};
    }
    return at_position(build_.name(body, true), begin);
  }
  if (t.kind == TokenKind::string && (is(Dialect::mysql) || is(Dialect::sqlite))) {
    Node* s = decoded(t);
    ++at_;
    return at_position(build_.name(s->text, true), begin);
  }
  expected(what);
}

Node* Parser::path(std::string_view what) {
  const std::size_t begin = at_;
  Node* first = name(what);
  if (!at(Op::dot)) return first;
  Node* p = build_.with(Kind::path, {}, first);
  while (accept(Op::dot)) {
    if (at(Op::dot)) {  // db..table: the default schema
      build_.add(p, build_.name(""));
      continue;
    }
    build_.add(p, name("a name after the dot"));
  }
  return at_position(p, begin);
}

Node* Parser::name_list() {
  Node* l = build_.list();
  do {
    build_.add(l, name());
  } while (accept(Op::comma));
  return l;
}

Node* Parser::paren_names() {
  expect(Op::lparen, "\"(\"");
  Node* l = name_list();
  expect(Op::rparen, "\")\"");
  return l;
}

/// Words that end an expression or a table and so are no alias without AS.
// tidy: table, the words that are no alias, by dialect
bool Parser::can_be_alias(bool in_from) const {
  const Token& t = cur();
  if (t.kind == TokenKind::quoted_name) return true;
  if (t.kind == TokenKind::string) return !in_from && !is(Dialect::postgres);
  if (t.kind != TokenKind::word) return false;
  switch (t.word) {
    case "from"_w:
    case "where"_w:
    case "group"_w:
    case "having"_w:
    case "order"_w:
    case "limit"_w:
    case "union"_w:
    case "except"_w:
    case "intersect"_w:
    case "on"_w:
    case "using"_w:
    case "join"_w:
    case "inner"_w:
    case "cross"_w:
    case "natural"_w:
    case "and"_w:
    case "or"_w:
    case "not"_w:
    case "in"_w:
    case "is"_w:
    case "between"_w:
    case "like"_w:
    case "when"_w:
    case "then"_w:
    case "else"_w:
    case "end"_w:
    case "as"_w:
    case "set"_w:
    case "values"_w:
    case "into"_w:
    case "for"_w:
    case "select"_w:
    case "with"_w:
    case "returning"_w:
    case "window"_w:
    case "case"_w:
    case "insert"_w:
    case "update"_w:
    case "delete"_w:
    case "by"_w:
    case "asc"_w:
    case "desc"_w:
    case "default"_w:
    case "when_matched"_w:
      return false;
    case "left"_w:
    case "right"_w:
    case "full"_w:
      return !in_from;
    case "outer"_w:
    case "apply"_w:
    case "straight_join"_w:
    case "lateral"_w:
    case "pivot"_w:
    case "unpivot"_w:
    case "tablesample"_w:
      return !in_from;
    case "collate"_w:
    case "escape"_w:
    case "at"_w:
      return false;
    case "offset"_w:
    case "fetch"_w:
      return is(Dialect::mysql) && !in_from;
    case "minus"_w:
      return !is(Dialect::oracle);
    case "start"_w:
    case "connect"_w:
      return !is(Dialect::oracle);
    case "qualify"_w:
      return false;
    case "option"_w:
      return !is(Dialect::tsql);
    case "output"_w:
      return !is(Dialect::tsql);
    case "use"_w:
    case "force"_w:
    case "ignore"_w:
    case "partition"_w:
    case "lock"_w:
    case "separator"_w:
    case "div"_w:
    case "xor"_w:
    case "regexp"_w:
    case "rlike"_w:
    case "mod"_w:
      return !is(Dialect::mysql);
    case "indexed"_w:
    case "glob"_w:
    case "match"_w:
      return !is(Dialect::sqlite);
    case "ilike"_w:
    case "similar"_w:
    case "isnull"_w:
    case "notnull"_w:
      return !is(Dialect::postgres);
    default:
      return true;
  }
}

Node* Parser::alias(bool in_from) {
  if (accept("as"_w)) {
    if (cur().kind == TokenKind::string) {
      Node* n = build_.name(decoded(cur())->text, true);
      ++at_;
      return n;
    }
    return name("an alias");
  }
  if (!can_be_alias(in_from)) return nullptr;
  if (cur().kind == TokenKind::string) {
    Node* n = build_.name(decoded(cur())->text, true);
    ++at_;
    return n;
  }
  return name("an alias");
}

Node* parse(std::string_view source, Dialect dialect, Arena& arena) {
  try {
    return Parser(source, dialect, arena).whole_statement();
  } catch (const Problem& p) {
    raise_syntax(source, p.offset, p.message);
  }
}

int power_of(BinOp op, Dialect dialect) noexcept {
  const bool pg = dialect == Dialect::postgres;
  const bool sqlite = dialect == Dialect::sqlite;
  switch (op) {
    case BinOp::or_:
      return power::or_;
    case BinOp::xor_:
      return power::xor_;
    case BinOp::and_:
      return power::and_;
    case BinOp::is:
    case BinOp::is_not:
    case BinOp::is_distinct:
    case BinOp::is_not_distinct:
      return pg ? power::is : power::compare;
    case BinOp::eq:
    case BinOp::neq:
    case BinOp::null_safe_eq:
    case BinOp::star_eq:
    case BinOp::eq_star:
      return power::compare;
    case BinOp::lt:
    case BinOp::gt:
    case BinOp::le:
    case BinOp::ge:
      return sqlite ? power::like : power::compare;
    case BinOp::regex:
    case BinOp::regex_i:
    case BinOp::not_regex:
    case BinOp::not_regex_i:
    case BinOp::contains:
    case BinOp::contained:
    case BinOp::hash_arrow:
    case BinOp::custom:
    case BinOp::hash_arrow_text:
    case BinOp::collate_like:
    case BinOp::overlaps:
      return power::other;
    case BinOp::arrow:
    case BinOp::arrow_text:
      return pg ? power::other : power::tight;
    case BinOp::concat:
      return sqlite || dialect == Dialect::mysql ? power::tight : pg ? power::other : power::add;
    case BinOp::bit_or:
      return pg ? power::other : dialect == Dialect::tsql ? power::add : power::bits;
    case BinOp::bit_and:
      return pg                         ? power::other
             : dialect == Dialect::tsql ? power::add
             : sqlite                   ? power::bits
                                        : power::bits + 5;
    case BinOp::shift_left:
    case BinOp::shift_right:
      return pg ? power::other : sqlite ? power::bits : power::shift;
    case BinOp::add:
    case BinOp::sub:
      return power::add;
    case BinOp::mul:
    case BinOp::div:
    case BinOp::mod:
    case BinOp::int_div:
      return power::mul;
    case BinOp::bit_xor:
      return pg ? power::other : dialect == Dialect::tsql ? power::add : power::mul + 2;
    case BinOp::power:
      return power::pow;
  }
  return power::other;
}

}  // namespace iacdb::sql
