#include <gtest/gtest.h>

#include "iacdb/error.hpp"
#include "iacdb/sql.hpp"

namespace iacdb::sql {
namespace {

TEST(Statement, is_parsed_once_and_printed_in_any_grammar) {
  std::optional<Statement> statement;
  {
    const std::string text = "SELECT `a`, \"x\" FROM t WHERE b = 1;";
    statement = parse(text, Dialect::mysql);
  }  // It keeps its text.
  EXPECT_EQ(print(*statement, Dialect::mysql), "SELECT `a`, 'x' FROM t WHERE b = 1");
  EXPECT_EQ(print(*statement, Dialect::tsql), "SELECT [a], 'x' FROM t WHERE b = 1");
}

TEST(Statement, says_what_is_wrong_with_its_text) {
  EXPECT_THROW(parse("SELECT a FROM", Dialect::postgres), QueryError);
  EXPECT_THROW(parse("SELECT 1; SELECT 2", Dialect::postgres), QueryError);
}

}  // namespace
}  // namespace iacdb::sql
