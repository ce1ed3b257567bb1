#include "sql/split.hpp"

#include <gtest/gtest.h>

#include <string>

namespace iacdb::sql {
namespace {

using Texts = std::vector<std::string>;

Texts texts(std::string_view script, Dialect d) {
  Texts out;
  for (const ScriptStatement& s : split(script, d)) out.emplace_back(s.text);
  return out;
}

TEST(Split, SemicolonsOutsideLiterals) {
  EXPECT_EQ(texts("select ';' ; -- ;\n/* ; */ select 2;;", Dialect::postgres),
            (Texts{"select ';'", "select 2"}));
  EXPECT_EQ(texts("select $$;$$; select 2", Dialect::postgres),
            (Texts{"select $$;$$", "select 2"}));
  EXPECT_EQ(texts(" \n ", Dialect::mysql), Texts{});
}

TEST(Split, OffsetsAndLines) {
  const auto s = split("a;\n\n  b;\n-- c\nd", Dialect::mysql);
  ASSERT_EQ(s.size(), 3U);
  EXPECT_EQ(s[1].offset, 6U);
  EXPECT_EQ(s[1].line, 3U);
  EXPECT_EQ(s[2].line, 5U);
}

TEST(Split, GoEndsATsqlBatch) {
  EXPECT_EQ(
      texts("select 1\nGO\ncreate procedure p as select 1; select 2\ngo\nselect 3", Dialect::tsql),
      (Texts{"select 1", "create procedure p as select 1; select 2", "select 3"}));
  EXPECT_EQ(split("select 1\nGO 5\n", Dialect::tsql).at(0).times, 5U);
  EXPECT_EQ(texts("if 1=1 begin select 1; select 2; end; select 3", Dialect::tsql),
            (Texts{"if 1=1 begin select 1; select 2; end", "select 3"}));
  EXPECT_EQ(texts("if 1=1 select 1; else select 2; begin tran; commit", Dialect::tsql),
            (Texts{"if 1=1 select 1; else select 2", "begin tran", "commit"}));
}

TEST(Split, MysqlDelimiterAndBodies) {
  EXPECT_EQ(
      texts("DELIMITER $$\ncreate procedure p() begin select 1; end$$\nDELIMITER ;\nselect 2;",
            Dialect::mysql),
      (Texts{"create procedure p() begin select 1; end", "select 2"}));
  const std::string body =
      "create procedure p() begin if (a) then select if(a,1,2); end if; "
      "while x do set x = case when y then 1 end; end while; end";
  EXPECT_EQ(texts(body + "; select 2", Dialect::mysql), (Texts{body, "select 2"}));
  EXPECT_EQ(texts("create procedure p() select 1; select 2", Dialect::mysql),
            (Texts{"create procedure p() select 1", "select 2"}));
}

TEST(Split, OracleBlocks) {
  EXPECT_EQ(texts("begin\n null;\nend;\n/\nselect 1 from dual;\n/\n", Dialect::oracle),
            (Texts{"begin\n null;\nend;", "select 1 from dual"}));
  EXPECT_EQ(texts("declare x int; procedure q is begin null; end; begin null; end;\n/\nselect 1",
                  Dialect::oracle),
            (Texts{"declare x int; procedure q is begin null; end; begin null; end;", "select 1"}));
  EXPECT_EQ(texts("create or replace trigger t before insert on x for each row begin "
                  "if a then b; end if; end; select 1 from dual",
                  Dialect::oracle),
            (Texts{"create or replace trigger t before insert on x for each row begin "
                   "if a then b; end if; end;",
                   "select 1 from dual"}));
}

TEST(Split, SqliteTriggersAndPostgresBodies) {
  const std::string t =
      "create trigger t after insert on x begin update y set a = case when 1 then 2 end; "
      "delete from z; end";
  EXPECT_EQ(texts(t + "; select 1; begin; commit", Dialect::sqlite),
            (Texts{t, "select 1", "begin", "commit"}));
  const std::string f = "create function f() returns int language sql begin atomic select 1; end";
  EXPECT_EQ(texts(f + "; begin; select 1; do $$ begin null; end $$;", Dialect::postgres),
            (Texts{f, "begin", "select 1", "do $$ begin null; end $$"}));
  EXPECT_EQ(texts("\\set x 1\nselect 1;\n\\echo done\n", Dialect::postgres), (Texts{"select 1"}));
}

TEST(Split, BeginningOfATextThatGrows) {
  std::string delimiter = ";";
  const std::string text = "select 1; -- one\nselect 2;\n-- only words\nselect 'a;\n";
  const ScriptBeginning found = split_beginning(text, Dialect::sqlite, delimiter);
  ASSERT_EQ(found.statements.size(), 2U);
  EXPECT_EQ(found.statements[1].text, "select 2");
  EXPECT_EQ(found.statements[1].line, 2U);
  EXPECT_EQ(text[found.statements[1].end - 1], ';');
  EXPECT_EQ(text.substr(found.rest), "select 'a;\n");
  EXPECT_TRUE(found.open);

  const ScriptBeginning blank = split_beginning("-- only words\n", Dialect::sqlite, delimiter);
  EXPECT_TRUE(blank.statements.empty());
  EXPECT_FALSE(blank.open);
  EXPECT_EQ(blank.rest, 13U);
}

TEST(Split, BeginningKeepsTheDelimiter) {
  std::string delimiter = ";";
  split_beginning("delimiter $$\n", Dialect::mysql, delimiter);
  EXPECT_EQ(delimiter, "$$");
  const ScriptBeginning found =
      split_beginning("select 1; $$\nselect 2;\n", Dialect::mysql, delimiter);
  ASSERT_EQ(found.statements.size(), 1U);
  EXPECT_EQ(found.statements[0].text, "select 1;");
  EXPECT_TRUE(found.open);
  split_beginning("delimiter ;\n", Dialect::mysql, delimiter);
  EXPECT_EQ(delimiter, ";");
}

}  // namespace
}  // namespace iacdb::sql
