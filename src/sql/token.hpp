#pragma once
// A token of SQL text: what it is and where; its text is a view into the source.
//
// Lifetime: valid while the source text is.

#include <cstdint>
#include <string_view>

#include "sql/word.hpp"

namespace iacdb::sql {

enum class TokenKind : std::uint8_t {
  end,
  word,               ///< unquoted identifier or keyword
  quoted_name,        ///< "x", `x` or [x]
  string,             ///< every kind of string; see StringForm
  number,             ///< integer, decimal, float, 0x.., 0b.., $1.50
  question,           ///< ?
  double_question,    ///< ??
  dollar_parameter,   ///< $1
  colon_parameter,    ///< :name or :1
  variable,           ///< @x, @'x', @`x`
  system_variable,    ///< @@x
  op,                 ///< operator or punctuation; see Op
  comment,            ///< -- , # or /* */
  conditional_begin,  ///< /*!80000
  conditional_end,    ///< the */ of a conditional comment
};

enum class StringForm : std::uint8_t {
  plain,
  national,
  escape,
  bit,
  hex,
  unicode,
  dollar,
  quote_literal,
  double_quoted,
};

enum class Op : std::uint8_t {
  none,
  lparen,
  rparen,
  comma,
  semicolon,
  dot,
  lbracket,
  rbracket,
  lbrace,
  rbrace,
  colon,
  plus,
  minus,
  star,
  slash,
  percent,
  caret,
  tilde,
  amp,
  pipe,
  hash,
  at,
  bang,
  backslash,
  eq,
  neq,
  lt,
  gt,
  le,
  ge,
  null_safe_eq,
  concat,
  logical_and,
  shift_left,
  shift_right,
  cast,
  assign,
  arrow,
  arrow_text,
  hash_arrow,
  hash_arrow_text,
  contains,
  contained,
  fat_arrow,
  star_eq,
  eq_star,
  power,
  not_less,
  not_greater,
  plus_eq,
  minus_eq,
  star_assign,
  slash_eq,
  percent_eq,
  amp_eq,
  pipe_eq,
  caret_eq,
  regex,
  regex_i,
  not_regex,
  not_regex_i,
  like_op,
  not_like_op,
  ilike_op,
  not_ilike_op,
  range,
  custom,
  unknown,
};

struct Token {
  WordId word = 0;  ///< for TokenKind::word, see word_id()
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
  TokenKind kind = TokenKind::end;
  Op op = Op::none;
  StringForm form = StringForm::plain;

  std::string_view text(std::string_view source) const noexcept {
    return source.substr(begin, size);
  }
  std::uint32_t end() const noexcept { return begin + size; }
  bool is(WordId id) const noexcept { return word == id; }
  bool is(Op o) const noexcept { return op == o; }
};

}  // namespace iacdb::sql
