// The lexer's operators and punctuation.

#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

constexpr std::string_view operator_characters = "+-*/<>=~!@#%^&|`?";

constexpr bool is_operator_character(char c) noexcept {
  return c != '\0' && operator_characters.find(c) != std::string_view::npos;
}

struct Known {
  std::string_view text;
  Op op;
};

/// Operators of more than one character that only PostgreSQL has and the parser knows by name.
constexpr Known postgres_operators[] = {
    {"->", Op::arrow},
    {"->>", Op::arrow_text},
    {"#>", Op::hash_arrow},
    {"#>>", Op::hash_arrow_text},
    {"@>", Op::contains},
    {"<@", Op::contained},
    {"||", Op::concat},
    {"<>", Op::neq},
    {"!=", Op::neq},
    {"<=", Op::le},
    {">=", Op::ge},
    {"=>", Op::fat_arrow},
    {"~*", Op::regex_i},
    {"!~", Op::not_regex},
    {"!~*", Op::not_regex_i},
    {"~~", Op::like_op},
    {"!~~", Op::not_like_op},
    {"~~*", Op::ilike_op},
    {"!~~*", Op::not_ilike_op},
    {"<<", Op::shift_left},
    {">>", Op::shift_right},
};

}  // namespace

/// PostgreSQL reads the longest run of operator characters; a run ends in + or - only when it
/// holds one of ~ ! @ # % ^ & | ` ? ("Lexical Structure", 4.1.3).
std::optional<Token> Lexer::custom_operator() {
  if (!facts_->symbolic_operators) return std::nullopt;
  std::size_t size = 0;
  bool special = false;
  while (is_operator_character(peek(size))) {
    const char c = peek(size);
    const char d = peek(size + 1);
    if ((c == '-' && d == '-') || (c == '/' && d == '*')) break;
    // A question mark is a parameter unless it begins ?| or ?&, which the caller has read.
    if (c == '?') break;
    special = special || std::string_view("~!@#%^&|`?").find(c) != std::string_view::npos;
    ++size;
  }
  while (size > 1 && !special && (peek(size - 1) == '+' || peek(size - 1) == '-')) --size;
  if (size < 2) return std::nullopt;
  const std::string_view text = source_.substr(at_, size);
  for (const Known& known : postgres_operators) {
    if (known.text == text) return operator_of(size, known.op);
  }
  return operator_of(size, Op::custom);
}

Token Lexer::symbol() {
  const char c = source_[at_];
  const char d = peek(1);
  if (is_operator_character(c) && is_operator_character(d)) {
    if (auto t = custom_operator()) return *t;
  }
  switch (c) {
    case '(':
      return operator_of(1, Op::lparen);
    case ')':
      return operator_of(1, Op::rparen);
    case ',':
      return operator_of(1, Op::comma);
    case ';':
      return operator_of(1, Op::semicolon);
    case '.':
      return d == '.' ? operator_of(2, Op::range) : operator_of(1, Op::dot);
    case '[':
      return operator_of(1, Op::lbracket);
    case ']':
      return operator_of(1, Op::rbracket);
    case '{':
      return operator_of(1, Op::lbrace);
    case '}':
      return operator_of(1, Op::rbrace);
    case '+':
      return d == '=' ? operator_of(2, Op::plus_eq) : operator_of(1, Op::plus);
    case '-':
      if (d == '>') {
        return peek(2) == '>' ? operator_of(3, Op::arrow_text) : operator_of(2, Op::arrow);
      }
      return d == '=' ? operator_of(2, Op::minus_eq) : operator_of(1, Op::minus);
    case '*':
      if (d == '*') return operator_of(2, Op::power);
      if (d == '=') {
        return operator_of(2, Op::star_eq);
      }
      return operator_of(1, Op::star);
    case '/':
      return d == '=' ? operator_of(2, Op::slash_eq) : operator_of(1, Op::slash);
    case '%':
      return d == '=' ? operator_of(2, Op::percent_eq) : operator_of(1, Op::percent);
    case '=':
      if (d == '=') return operator_of(2, Op::eq);
      if (d == '>') return operator_of(2, Op::fat_arrow);
      if (d == '*') return operator_of(2, Op::eq_star);
      return operator_of(1, Op::eq);
    default:
      return symbol_rare(c, d);
  }
}

Token Lexer::symbol_rare(char c, char d) {
  switch (c) {
    case '<':
      if (d == '=') {
        return peek(2) == '>' ? operator_of(3, Op::null_safe_eq) : operator_of(2, Op::le);
      }
      if (d == '>') return operator_of(2, Op::neq);
      return d == '<' ? operator_of(2, Op::shift_left) : operator_of(1, Op::lt);
    case '>':
      if (d == '=') return operator_of(2, Op::ge);
      return d == '>' ? operator_of(2, Op::shift_right) : operator_of(1, Op::gt);
    case '!':
      if (d == '=') return operator_of(2, Op::neq);
      if (d == '<') return operator_of(2, Op::not_less);
      if (d == '>') return operator_of(2, Op::not_greater);
      return operator_of(1, Op::bang);
    case '^':
      if (d == '=') {
        return operator_of(2, facts_->dialect == Dialect::oracle ? Op::neq : Op::caret_eq);
      }
      return operator_of(1, Op::caret);
    case '~':
      if (d == '=' && facts_->dialect == Dialect::oracle) return operator_of(2, Op::neq);
      return operator_of(1, facts_->symbolic_operators ? Op::regex : Op::tilde);
    case '&':
      if (d == '&') return operator_of(2, Op::logical_and);
      return d == '=' ? operator_of(2, Op::amp_eq) : operator_of(1, Op::amp);
    case '|':
      if (d == '|') return operator_of(2, Op::concat);
      return d == '=' ? operator_of(2, Op::pipe_eq) : operator_of(1, Op::pipe);
    case '#':
      return operator_of(1, Op::hash);
    case ':':
      if (d == ':') return operator_of(2, Op::cast);
      return d == '=' ? operator_of(2, Op::assign) : operator_of(1, Op::colon);
    case '?':
      return operator_of(1, Op::custom);
    case '\\':
      return operator_of(1, Op::backslash);
    default:
      return operator_of(1, Op::unknown);
  }
}

}  // namespace iacdb::sql
