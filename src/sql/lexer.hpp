#pragma once
// The lexer of all dialects: one pass, no allocation, every byte belongs to a token or is blank.
//
//   Lexer lexer(text, Dialect::mysql);
//   for (Token t = lexer.next(); t.kind != TokenKind::end; t = lexer.next()) use(t.text(text));
//
// Throws: QueryError(syntax) with line and column where a string, name or comment has no end.
// Lifetime: the text must outlive the lexer and its tokens. Cost: linear. Limits: 4 GiB of text.

#include <cstddef>
#include <optional>
#include <string_view>

#include "sql/dialect.hpp"
#include "sql/token.hpp"

namespace iacdb::sql {

class Lexer {
 public:
  Lexer(std::string_view source, Dialect dialect, std::size_t offset = 0);

  /// The next token; TokenKind::end for ever after the last one.
  Token next();

  /// The next token that is neither a comment nor the frame of a conditional one.
  Token next_significant();

  std::string_view source() const noexcept { return source_; }
  std::size_t offset() const noexcept { return at_; }
  /// True when next_significant() has passed a comment.
  bool passed_comment() const noexcept { return passed_comment_; }

 private:
  Token scan();
  char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  bool behind_name() const noexcept;
  Token make(TokenKind kind, std::size_t begin) const noexcept;
  Token operator_of(std::size_t size, Op op) noexcept;
  Token quoted(char close, TokenKind kind, bool backslashes, StringForm form, std::size_t begin);
  std::optional<Token> prefixed_string();
  std::optional<Token> prefixed_q_string();
  std::optional<Token> dollar();
  std::optional<Token> comment();
  std::optional<Token> parameter();
  Token block_comment();
  Token line_comment();
  Token word();
  Token number();
  Token variable();
  Token at_sign();
  Token symbol();
  Token symbol_rare(char c, char d);
  std::optional<Token> custom_operator();
  [[noreturn]] void unterminated(std::size_t begin, std::string_view what) const;

  std::string_view source_;
  const Lexing* facts_;
  std::size_t at_ = 0;
  bool in_conditional_ = false;
  bool passed_comment_ = false;
};

/// Line and column, both from 1, of a byte offset.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};
Position position_of(std::string_view source, std::size_t offset) noexcept;

/// Throws QueryError(syntax) whose where() is "line L, column C".
[[noreturn]] void raise_syntax(std::string_view source, std::size_t offset,
                               std::string_view message);

/// True for a byte that may begin or continue an unquoted name.
bool is_name_start(char c) noexcept;
bool is_name_part(char c) noexcept;

}  // namespace iacdb::sql
