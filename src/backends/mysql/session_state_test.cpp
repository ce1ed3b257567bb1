#include "backends/mysql/session_state.hpp"

#include <gtest/gtest.h>

namespace iacdb::mysql {
namespace {

TEST(SessionState, PlainStatementsChangeNothing) {
  for (const char* sql :
       {"select 1", " /* c */ SELECT 1;", "-- c\nselect 1", "(select 1) union (select 2)",
        "insert into t values (1)", "with x as (select 1) select * from x", "begin", "commit;",
        "create table t (a int)", "drop table t", "select * from t lock in share mode",
        "replace into t values (1)", "show tables", "truncate t"}) {
    EXPECT_FALSE(changes_session(sql)) << sql;
  }
}

TEST(SessionState, WhatLaterStatementsSeeIsNoticed) {
  for (const char* sql :
       {"set sql_mode = ''", "SET NAMES latin1", "use other", "select @a := 1", "select 1 into @a",
        "create temporary table t (a int)", "CREATE OR REPLACE TEMPORARY TABLE t",
        "lock tables t read", "call p()", "select get_lock('a', 1)", "SELECT GET_LOCK('a', 1)",
        "prepare s from 'select 1'", "select 1; set @a = 1", "/*! set @a = 1 */", "flush tables",
        "xa start 'a'", "", "???"}) {
    EXPECT_TRUE(changes_session(sql)) << sql;
  }
}

TEST(SessionState, WritesAreToldByTheirVerb) {
  EXPECT_TRUE(writes_rows("insert into t values (1) returning a"));
  EXPECT_TRUE(writes_rows(" UPDATE t set a = 1"));
  EXPECT_FALSE(writes_rows("select 'insert'"));
  EXPECT_FALSE(writes_rows("inserted"));
}

}  // namespace
}  // namespace iacdb::mysql
