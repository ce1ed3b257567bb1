#pragma once
// What differs between the dialects before any grammar: quotes, escapes, comments and markers.
//
//   const Lexing& facts = lexing(Dialect::mysql);
//   if (facts.backslash_escapes) ...
//
// Threads: safe to share; the tables are constant.

#include <array>

#include "iacdb/dialect.hpp"

namespace iacdb::sql {

/// The lexical facts of one dialect. Sources: the "Lexical Structure" chapters of PostgreSQL 15,
/// MySQL 8.0, Transact-SQL 2019, Oracle 19c and SQLite 3.40.
struct Lexing {
  Dialect dialect = Dialect::postgres;
  bool double_quotes_are_strings = false;  ///< "x" is text unless sql_mode has ANSI_QUOTES.
  bool backtick_names = false;             ///< `x`
  bool bracket_names = false;              ///< [x]
  bool backslash_escapes = false;          ///< '\n' in a plain string
  bool escape_strings = false;             ///< E'..'
  bool unicode_strings = false;            ///< U&'..' and U&".."
  bool dollar_quotes = false;              ///< $tag$..$tag$
  bool national_strings = false;           ///< N'..'
  bool bit_and_hex_strings = false;        ///< B'..' and X'..'
  bool q_strings = false;                  ///< q'[..]'
  bool nested_comments = false;            ///< /* /* */ */
  bool hash_comments = false;              ///< # to the end of the line
  bool dashes_need_space = false;          ///< "--x" is two minus signs
  bool conditional_comments = false;       ///< /*!80000 .. */ is code
  bool at_variables = false;               ///< @x, @@x
  bool dollar_numbers = false;             ///< $1 is a parameter
  bool dollar_money = false;               ///< $1.50 is a number
  bool hash_in_names = false;              ///< #temp, a#b
  bool double_colon = false;               ///< x::type
  bool symbolic_operators = false;         ///< user-defined operators such as @> and ~*
};

/// The facts of a dialect.
constexpr Lexing lexing_of(Dialect dialect) noexcept {
  Lexing f;
  f.dialect = dialect;
  switch (dialect) {
    case Dialect::sqlite:
      f.backtick_names = f.bracket_names = f.bit_and_hex_strings = f.at_variables = true;
      break;
    case Dialect::postgres:
      f.escape_strings = f.unicode_strings = f.dollar_quotes = f.national_strings = true;
      f.bit_and_hex_strings = f.nested_comments = f.dollar_numbers = f.double_colon = true;
      f.symbolic_operators = true;
      break;
    case Dialect::mysql:
      f.double_quotes_are_strings = f.backtick_names = f.backslash_escapes = true;
      f.national_strings = f.bit_and_hex_strings = f.hash_comments = f.dashes_need_space = true;
      f.conditional_comments = f.at_variables = true;
      break;
    case Dialect::tsql:
      f.bracket_names = f.national_strings = f.nested_comments = f.at_variables = true;
      f.dollar_money = f.hash_in_names = true;
      break;
    case Dialect::oracle:
      f.national_strings = f.q_strings = f.hash_in_names = true;
      break;
  }
  return f;
}

inline constexpr std::array<Lexing, 5> lexing_table{
    lexing_of(Dialect::sqlite), lexing_of(Dialect::postgres), lexing_of(Dialect::mysql),
    lexing_of(Dialect::tsql), lexing_of(Dialect::oracle)};

constexpr const Lexing& lexing(Dialect dialect) noexcept {
  return lexing_table[static_cast<std::size_t>(dialect)];
}

}  // namespace iacdb::sql
