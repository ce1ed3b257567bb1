#include "sql/lexer.hpp"

#include <array>
#include <string>

#include "iacdb/error.hpp"

namespace iacdb::sql {

namespace {

constexpr std::uint8_t name_start_bit = 1;
constexpr std::uint8_t name_part_bit = 2;
constexpr std::uint8_t digit_bit = 4;
constexpr std::uint8_t blank_bit = 8;

constexpr std::array<std::uint8_t, 256> classes = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
    const bool digit = c >= '0' && c <= '9';
    if (letter) table[c] |= name_start_bit;
    if (letter || digit || c == '$') table[c] |= name_part_bit;
    if (digit) table[c] |= digit_bit;
    if (c == ' ' || (c >= 9 && c <= 13)) table[c] |= blank_bit;
  }
  return table;
}();

constexpr bool has(char c, std::uint8_t bit) noexcept {
  return (classes[static_cast<unsigned char>(c)] & bit) != 0;
}

constexpr bool is_digit(char c) noexcept {
  return has(c, digit_bit);
}

constexpr bool is_hex(char c) noexcept {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

}  // namespace

bool is_name_start(char c) noexcept {
  return has(c, name_start_bit);
}
bool is_name_part(char c) noexcept {
  return has(c, name_part_bit);
}

Position position_of(std::string_view source, std::size_t offset) noexcept {
  Position p;
  const std::size_t end = offset < source.size() ? offset : source.size();
  for (std::size_t i = 0; i < end; ++i) {
    if (source[i] == '\n') {
      ++p.line;
      p.column = 1;
    } else {
      ++p.column;
    }
  }
  return p;
}

void raise_syntax(std::string_view source, std::size_t offset, std::string_view message) {
  const Position p = position_of(source, offset);
  raise(ErrorFacts{
      .kind = ErrorKind::syntax,
      .message = std::string(message),
      .where = "line " + std::to_string(p.line) + ", column " + std::to_string(p.column)});
}

Lexer::Lexer(std::string_view source, Dialect dialect, std::size_t offset)
    : source_(source), facts_(&lexing(dialect)), at_(offset) {
  if (source.size() >= 0xffffffffU) {
    raise(ErrorKind::usage, "a SQL text of 4 GiB or more cannot be read; split it");
  }
}

Token Lexer::next_significant() {
  for (;;) {
    const Token t = next();
    if (t.kind != TokenKind::comment && t.kind != TokenKind::conditional_begin &&
        t.kind != TokenKind::conditional_end) {
      return t;
    }
    passed_comment_ = passed_comment_ || t.kind == TokenKind::comment;
  }
}

Token Lexer::next() {
  while (at_ < source_.size() && has(source_[at_], blank_bit)) ++at_;
  if (at_ >= source_.size()) {
    at_ = source_.size();
    return make(TokenKind::end, at_);
  }
  return scan();
}

Token Lexer::scan() {
  const char c = source_[at_];
  if (has(c, name_start_bit)) {
    if (peek(1) == '\'' || peek(1) == '"' || peek(2) == '\'' || peek(2) == '"') {
      if (auto t = prefixed_string()) return *t;
    }
    return word();
  }
  if (is_digit(c) || (c == '.' && is_digit(peek(1)) && !behind_name())) return number();
  switch (c) {
    case '\'':
      return quoted('\'', TokenKind::string, facts_->backslash_escapes, StringForm::plain, at_);
    case '"':
      if (facts_->double_quotes_are_strings) {
        return quoted('"', TokenKind::string, true, StringForm::double_quoted, at_);
      }
      return quoted('"', TokenKind::quoted_name, false, StringForm::plain, at_);
    case '`':
      if (facts_->backtick_names) {
        return quoted('`', TokenKind::quoted_name, false, StringForm::plain, at_);
      }
      break;
    case '[':
      if (facts_->bracket_names) {
        return quoted(']', TokenKind::quoted_name, false, StringForm::plain, at_);
      }
      break;
    case '-':
    case '/':
    case '#':
      if (auto t = comment()) return *t;
      break;
    case '*':
      if (in_conditional_ && peek(1) == '/') {
        in_conditional_ = false;
        at_ += 2;
        return make(TokenKind::conditional_end, at_ - 2);
      }
      break;
    case '$':
      if (auto t = dollar()) return *t;
      break;
    case ':':
    case '?':
      if (auto t = parameter()) return *t;
      break;
    case '@':
      return at_sign();
    default:
      break;
  }
  return symbol();
}

/// True behind a name of MySQL, where a dot is no beginning of a number.
bool Lexer::behind_name() const noexcept {
  if (facts_->dialect != Dialect::mysql || at_ == 0) return false;
  return has(source_[at_ - 1], name_part_bit) || source_[at_ - 1] == '`';
}

Token Lexer::make(TokenKind kind, std::size_t begin) const noexcept {
  Token t;
  t.kind = kind;
  t.begin = static_cast<std::uint32_t>(begin);
  t.size = static_cast<std::uint32_t>(at_ - begin);
  return t;
}

Token Lexer::operator_of(std::size_t size, Op op) noexcept {
  at_ += size;
  Token t = make(TokenKind::op, at_ - size);
  t.op = op;
  return t;
}

void Lexer::unterminated(std::size_t begin, std::string_view what) const {
  raise_syntax(source_, begin, std::string(what) + " begins here and has no end; close it");
}

/// Reads a quoted token whose opening quote is at at_; a doubled closing quote stands for itself.
Token Lexer::quoted(char close, TokenKind kind, bool backslashes, StringForm form,
                    std::size_t begin) {
  std::size_t i = at_ + 1;
  for (;; ++i) {
    if (i >= source_.size()) {
      unterminated(begin, kind == TokenKind::string ? "a string" : "a quoted name");
    }
    const char c = source_[i];
    if (c == '\\' && backslashes) {
      ++i;
    } else if (c == close) {
      if (i + 1 >= source_.size() || source_[i + 1] != close) break;
      ++i;
    }
  }
  at_ = i + 1;
  Token t = make(kind, begin);
  t.form = form;
  return t;
}

std::optional<Token> Lexer::prefixed_string() {
  const std::size_t begin = at_;
  const char c = lower(source_[at_]);
  const auto read = [&](std::size_t prefix, bool backslashes, StringForm form) {
    at_ += prefix;
    return quoted('\'', TokenKind::string, backslashes, form, begin);
  };
  if (peek(1) == '\'') {
    if (c == 'n' && facts_->national_strings) {
      return read(1, facts_->backslash_escapes, StringForm::national);
    }
    if (c == 'e' && facts_->escape_strings) return read(1, true, StringForm::escape);
    if (c == 'b' && facts_->bit_and_hex_strings) return read(1, false, StringForm::bit);
    if (c == 'x' && facts_->bit_and_hex_strings) return read(1, false, StringForm::hex);
    if (c == 'q' && facts_->q_strings) return prefixed_q_string();
    return std::nullopt;
  }
  if (c == 'n' && lower(peek(1)) == 'q' && peek(2) == '\'' && facts_->q_strings) {
    return prefixed_q_string();
  }
  if (c == 'u' && peek(1) == '&' && facts_->unicode_strings) {
    if (peek(2) == '\'') return read(2, false, StringForm::unicode);
    at_ += 2;
    return quoted('"', TokenKind::quoted_name, false, StringForm::unicode, begin);
  }
  return std::nullopt;
}

/// q'[..]' and nq'!..!': the closing bracket or the same character, then the quote.
std::optional<Token> Lexer::prefixed_q_string() {
  const std::size_t begin = at_;
  const std::size_t quote = source_.find('\'', at_);
  if (quote + 1 >= source_.size()) unterminated(begin, "a q'' string");
  const char open = source_[quote + 1];
  const char close = open == '['   ? ']'
                     : open == '(' ? ')'
                     : open == '{' ? '}'
                     : open == '<' ? '>'
                                   : open;
  for (std::size_t i = quote + 2; i + 1 < source_.size(); ++i) {
    if (source_[i] == close && source_[i + 1] == '\'') {
      at_ = i + 2;
      Token t = make(TokenKind::string, begin);
      t.form = StringForm::quote_literal;
      return t;
    }
  }
  unterminated(begin, "a q'' string");
}

std::optional<Token> Lexer::dollar() {
  const std::size_t begin = at_;
  if (facts_->dollar_numbers && is_digit(peek(1))) {
    std::size_t i = at_ + 1;
    while (i < source_.size() && is_digit(source_[i])) ++i;
    at_ = i;
    return make(TokenKind::dollar_parameter, begin);
  }
  if (facts_->dollar_quotes) {
    std::size_t i = at_ + 1;
    while (i < source_.size() && has(source_[i], name_part_bit) && source_[i] != '$') ++i;
    if (i < source_.size() && source_[i] == '$') {
      const std::string_view tag = source_.substr(at_, i + 1 - at_);
      const std::size_t close = source_.find(tag, i + 1);
      if (close == std::string_view::npos) unterminated(begin, "a dollar-quoted string");
      at_ = close + tag.size();
      Token t = make(TokenKind::string, begin);
      t.form = StringForm::dollar;
      return t;
    }
  }
  if (facts_->dollar_money && (is_digit(peek(1)) || peek(1) == '.')) {
    ++at_;
    Token t = number();
    t.begin = static_cast<std::uint32_t>(begin);
    t.size = static_cast<std::uint32_t>(at_ - begin);
    return t;
  }
  if (has(peek(1), name_part_bit)) return word();
  return std::nullopt;
}

std::optional<Token> Lexer::comment() {
  const char c = source_[at_];
  const char d = peek(1);
  if (c == '-' && d == '-') {
    const char after = peek(2);
    const bool blank = at_ + 2 >= source_.size() || has(after, blank_bit);
    if (!facts_->dashes_need_space || blank) return line_comment();
  }
  if (c == '#' && facts_->hash_comments) return line_comment();
  if (c == '/' && d == '*') return block_comment();
  if (c == '#' && facts_->hash_in_names && (has(d, name_part_bit) || d == '#')) return word();
  return std::nullopt;
}

Token Lexer::line_comment() {
  const std::size_t begin = at_;
  const std::size_t end = source_.find('\n', at_);
  at_ = end == std::string_view::npos ? source_.size() : end;
  return make(TokenKind::comment, begin);
}

Token Lexer::block_comment() {
  const std::size_t begin = at_;
  if (facts_->conditional_comments && !in_conditional_ &&
      (peek(2) == '!' || (peek(2) == 'M' && peek(3) == '!'))) {
    at_ += peek(2) == '!' ? 3 : 4;
    while (is_digit(peek())) ++at_;
    in_conditional_ = true;
    return make(TokenKind::conditional_begin, begin);
  }
  std::size_t depth = 1;
  std::size_t i = at_ + 2;
  for (; depth > 0; ++i) {
    if (i + 1 >= source_.size()) unterminated(begin, "a comment");
    if (source_[i] == '*' && source_[i + 1] == '/') {
      --depth;
      ++i;
    } else if (facts_->nested_comments && source_[i] == '/' && source_[i + 1] == '*') {
      ++depth;
      ++i;
    }
  }
  at_ = i;
  return make(TokenKind::comment, begin);
}

std::optional<Token> Lexer::parameter() {
  const std::size_t begin = at_;
  if (source_[at_] == '?') {
    if (peek(1) == '?') {
      at_ += 2;
      return make(TokenKind::double_question, begin);
    }
    if (facts_->symbolic_operators && (peek(1) == '|' || peek(1) == '&')) {
      return peek(2) == '|' ? std::nullopt : std::optional(operator_of(2, Op::custom));
    }
    ++at_;
    if (facts_->dialect == Dialect::sqlite) {
      while (is_digit(peek())) ++at_;
    }
    return make(TokenKind::question, begin);
  }
  const bool after_name = at_ > 0 && (has(source_[at_ - 1], name_part_bit) ||
                                      source_[at_ - 1] == ':' || source_[at_ - 1] == ']');
  if (after_name || !(has(peek(1), name_start_bit) || is_digit(peek(1)))) return std::nullopt;
  ++at_;
  while (has(peek(), name_part_bit)) ++at_;
  return make(TokenKind::colon_parameter, begin);
}

Token Lexer::word() {
  const std::size_t begin = at_;
  WordId id = 0;
  bool packs = true;
  std::size_t i = at_;
  const bool extra = facts_->hash_in_names;
  for (; i < source_.size(); ++i) {
    const char c = source_[i];
    if (!has(c, name_part_bit) &&
        !(extra && (c == '#' || (c == '@' && facts_->dollar_money && i > begin))))
      break;
    const std::uint8_t digit = word_digits[static_cast<unsigned char>(c)];
    packs = packs && digit != 0;
    id = id * 40 + digit;
  }
  at_ = i;
  Token t = make(TokenKind::word, begin);
  if (packs) t.word = t.size <= 12 ? id : word_id(t.text(source_));
  return t;
}

Token Lexer::number() {
  const std::size_t begin = at_;
  std::size_t i = at_;
  const auto at = [&](std::size_t k) { return k < source_.size() ? source_[k] : '\0'; };
  if (at(i) == '0' && lower(at(i + 1)) == 'x' && (is_hex(at(i + 2)) || facts_->dollar_money)) {
    for (i += 2; is_hex(at(i));) ++i;
  } else if (at(i) == '0' && lower(at(i + 1)) == 'b' && (at(i + 2) == '0' || at(i + 2) == '1')) {
    for (i += 2; at(i) == '0' || at(i) == '1';) ++i;
  } else {
    const bool names = facts_->dialect == Dialect::mysql;  // where 4o6 is a name, as 1_0 is
    while (is_digit(at(i)) || (!names && at(i) == '_' && is_digit(at(i + 1)) && i > begin)) ++i;
    const char next = lower(at(i));
    const bool exponent =
        next == 'e' && (is_digit(at(i + 1)) || at(i + 1) == '+' || at(i + 1) == '-');
    const bool prefix = i == begin + 1 && at(begin) == '0' && (next == 'x' || next == 'b');
    if (names && i > begin && !exponent && !prefix && has(at(i), name_part_bit)) return word();
    if (at(i) == '.' && at(i + 1) != '.') {
      ++i;
      while (is_digit(at(i))) ++i;
    }
    if (lower(at(i)) == 'e') {
      const std::size_t sign = at(i + 1) == '+' || at(i + 1) == '-' ? 1 : 0;
      if (is_digit(at(i + 1 + sign))) {
        for (i += 1 + sign; is_digit(at(i));) ++i;
      }
    }
    const bool suffix = facts_->dialect == Dialect::oracle &&
                        (lower(at(i)) == 'd' || lower(at(i)) == 'f') &&
                        !has(at(i + 1), name_part_bit);
    if (suffix) ++i;
  }
  at_ = i;
  return make(TokenKind::number, begin);
}

Token Lexer::at_sign() {
  if (facts_->at_variables) return variable();
  if (auto t = custom_operator()) return *t;
  return operator_of(1, Op::at);
}

Token Lexer::variable() {
  const std::size_t begin = at_;
  ++at_;
  const bool system = peek() == '@';
  if (system) ++at_;
  const char c = peek();
  if (!system && (c == '\'' || c == '"' || c == '`')) {
    return quoted(c, TokenKind::variable, c != '`', StringForm::plain, begin);
  }
  const std::size_t name = at_;
  while (has(peek(), name_part_bit) || peek() == '#' || (facts_->dollar_money && peek() == '@') ||
         (peek() == '.' && facts_->backslash_escapes && has(peek(1), name_start_bit))) {
    ++at_;
  }
  if (at_ == name) {
    at_ = begin;
    return operator_of(1, Op::at);
  }
  return make(system ? TokenKind::system_variable : TokenKind::variable, begin);
}

}  // namespace iacdb::sql
