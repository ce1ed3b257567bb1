#include "sql/lexer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "iacdb/error.hpp"

namespace iacdb::sql {
namespace {

std::vector<std::string> texts(std::string_view sql, Dialect d) {
  std::vector<std::string> out;
  Lexer lexer(sql, d);
  for (Token t = lexer.next(); t.kind != TokenKind::end; t = lexer.next()) {
    out.emplace_back(t.text(sql));
  }
  return out;
}
using Texts = std::vector<std::string>;

Token first(std::string_view sql, Dialect d) {
  return Lexer(sql, d).next();
}

TEST(Lexer, StringsOfEachDialect) {
  EXPECT_EQ(texts("'a''b'", Dialect::oracle), (Texts{"'a''b'"}));
  EXPECT_EQ(texts("'a\\'b'", Dialect::mysql), (Texts{"'a\\'b'"}));
  EXPECT_EQ(texts("'a\\' b", Dialect::postgres), (Texts{"'a\\'", "b"}));
  EXPECT_EQ(texts("E'a\\'b' x", Dialect::postgres), (Texts{"E'a\\'b'", "x"}));
  EXPECT_EQ(texts("$q$ it's $$ $q$ x", Dialect::postgres), (Texts{"$q$ it's $$ $q$", "x"}));
  EXPECT_EQ(texts("q'[it's]' q'!a!' x", Dialect::oracle), (Texts{"q'[it's]'", "q'!a!'", "x"}));
  EXPECT_EQ(texts("N'x' nq'{y}'", Dialect::oracle), (Texts{"N'x'", "nq'{y}'"}));
  EXPECT_EQ(first("\"x\"", Dialect::mysql).kind, TokenKind::string);
  EXPECT_EQ(first("\"x\"", Dialect::postgres).kind, TokenKind::quoted_name);
  EXPECT_EQ(first("[a]]b]", Dialect::tsql).size, 6U);
}

TEST(Lexer, CommentsOfEachDialect) {
  EXPECT_EQ(texts("/* a /* b */ c */ x", Dialect::postgres), (Texts{"/* a /* b */ c */", "x"}));
  EXPECT_EQ(texts("/* a /* b */ x", Dialect::mysql), (Texts{"/* a /* b */", "x"}));
  EXPECT_EQ(texts("# c\nx", Dialect::mysql), (Texts{"# c", "x"}));
  EXPECT_EQ(texts("1--1", Dialect::mysql), (Texts{"1", "-", "-", "1"}));
  EXPECT_EQ(texts("1--1", Dialect::postgres), (Texts{"1", "--1"}));
  EXPECT_EQ(texts("/*!80000 a */ b", Dialect::mysql), (Texts{"/*!80000", "a", "*/", "b"}));
}

TEST(Lexer, NumbersNamesAndMarkers) {
  EXPECT_EQ(texts("1.5e-3 0xFF .5 1..2", Dialect::postgres),
            (Texts{"1.5e-3", "0xFF", ".5", "1", "..", "2"}));
  EXPECT_EQ(texts("#t a#b @v @@w $1.5", Dialect::tsql), (Texts{"#t", "a#b", "@v", "@@w", "$1.5"}));
  EXPECT_EQ(texts("a::int $1 :n a[1:n] x:=1", Dialect::postgres),
            (Texts{"a", "::", "int", "$1", ":n", "a", "[", "1", ":", "n", "]", "x", ":=", "1"}));
  EXPECT_EQ(texts("t@l", Dialect::oracle), (Texts{"t", "@", "l"}));
}

TEST(Lexer, PostgresOperatorsEndBeforeASign) {
  EXPECT_EQ(texts("a<-1", Dialect::postgres), (Texts{"a", "<", "-", "1"}));
  EXPECT_EQ(texts("a@>b <-> c ?| d", Dialect::postgres),
            (Texts{"a", "@>", "b", "<->", "c", "?|", "d"}));
  EXPECT_EQ(texts("a=-1", Dialect::postgres), (Texts{"a", "=", "-", "1"}));
}

TEST(Lexer, KeywordsPackWithoutCase) {
  EXPECT_TRUE(first("SeLeCt", Dialect::mysql).is("select"_w));
  EXPECT_TRUE(first("CURRENT_TIMESTAMP", Dialect::mysql).is("current_timestamp"_w));
  EXPECT_EQ(first("a_name_that_is_no_keyword", Dialect::mysql).word, 0U);
  EXPECT_EQ(first("\xc3\xa9t\xc3\xa9", Dialect::mysql).kind, TokenKind::word);
}

TEST(Lexer, WhatHasNoEndIsNamedWithItsPlace) {
  for (const char* sql : {"x\n 'a", "x\n \"a", "x\n /* a"}) {
    Lexer lexer(sql, Dialect::postgres);
    lexer.next();
    try {
      lexer.next();
      FAIL() << sql;
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::syntax);
      EXPECT_EQ(e.where(), "line 2, column 2");
    }
  }
}

TEST(Lexer, AnyBytesMakeTokensThatCoverTheText) {
  unsigned seed = 12345;
  for (int round = 0; round < 3000; ++round) {
    std::string sql;
    for (int i = 0; i < 24; ++i) {
      seed = seed * 1103515245 + 12345;
      sql += static_cast<char>(seed >> 16);
    }
    for (Dialect d : all_dialects) {
      Lexer lexer(sql, d);
      std::size_t end = 0;
      try {
        for (Token t = lexer.next(); t.kind != TokenKind::end; t = lexer.next()) {
          ASSERT_GE(t.begin, end);
          ASSERT_GT(t.size, 0U);
          end = t.end();
          ASSERT_LE(end, sql.size());
        }
      } catch (const Error& e) {
        ASSERT_EQ(e.kind(), ErrorKind::syntax);
      }
    }
  }
}

}  // namespace
}  // namespace iacdb::sql
