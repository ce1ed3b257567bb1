// Running statements: results, several of them, procedures, the statement cache, errors, reset.

#include <algorithm>

#include "fixture.hpp"

namespace iacdb::mysql_tests {
namespace {

using Statements = Live;

TEST_F(Statements, ExecReportsRowsAndIds) {
  exec("create temporary table t (id bigint auto_increment primary key, a int)");
  EXPECT_EQ(exec("insert into t (a) values (1), (2)").rows_affected, 2U);
  const ExecResult result = exec("insert into t (a) values (?)", 3);
  EXPECT_EQ(result.rows_affected, 1U);
  EXPECT_EQ(result.generated_id, 3);
  EXPECT_EQ(exec("update t set a = 3 where id = ?", 3).rows_affected, 1U);  // Matched, not changed.
  EXPECT_EQ(exec("delete from t where id > ?", 1).rows_affected, 2U);
  EXPECT_EQ(exec("select * from t").rows_affected, 0U);
  EXPECT_FALSE(exec("select * from t where id = ?", 1).generated_id);
  EXPECT_EQ(exec("insert into t (a) values (?) returning id", 9).rows_affected, 1U);
}

TEST_F(Statements, ChangedRowsCanBeCountedInstead) {
  auto with = settings();
  with.options["affected_rows"] = "changed";
  connection_ = connect(with);
  exec("create temporary table t (a int)");
  exec("insert into t values (1)");
  EXPECT_EQ(exec("update t set a = ?", 1).rows_affected, 0U);
}

TEST_F(Statements, ReturningGivesRows) {
  exec("create temporary table t (id int auto_increment primary key, a int)");
  Cursor& cursor = open("insert into t (a) values (?), (?) returning id, a", 5, 6);
  EXPECT_EQ(rest(cursor), (Rows{{1, 5}, {2, 6}}));
  EXPECT_EQ(cursor.rows_affected(), 2U);
  cursor.close();
}

TEST_F(Statements, PlaceholdersAreCountedBeforeAnythingIsSent) {
  EXPECT_EQ(kind_of([&] { exec("select ?", 1, 2); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { open("select ?, ?", 1); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { exec("select ?"); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { open("select ?"); }), ErrorKind::usage);
  EXPECT_EQ(text("select '?'"), "?");
  EXPECT_EQ(text("select concat('a?\?', ?)", "b"), "a??b");
}

TEST_F(Statements, ASecondStatementBesideOpenRowsIsRefused) {
  Cursor& cursor = open("select 1");
  EXPECT_EQ(kind_of([&] { exec("select 2"); }), ErrorKind::usage);
  EXPECT_EQ(rest(cursor), (Rows{{1}}));
  cursor.close();
  EXPECT_EQ(one("select 2"), Value(2));
}

TEST_F(Statements, FetchStaysAtItsEnd) {
  Cursor& cursor = open("select 1 from dual where 1 = 0");
  EXPECT_EQ(cursor.columns().size(), 1U);
  Batch batch;
  EXPECT_FALSE(cursor.fetch(batch));
  EXPECT_FALSE(cursor.fetch(batch));
  EXPECT_EQ(batch.rows_count, 0U);
  EXPECT_FALSE(cursor.next_result());
  cursor.close();
}

TEST_F(Statements, SeveralResultsOfOneText) {
  exec("create temporary table t (a int)");
  Cursor& cursor = open("select 1, 'x'; insert into t values (1), (2); select a from t order by a");
  EXPECT_EQ(rest(cursor), (Rows{{1, "x"}}));
  ASSERT_TRUE(cursor.next_result());
  EXPECT_TRUE(cursor.columns().empty());
  Batch batch;
  EXPECT_FALSE(cursor.fetch(batch));
  EXPECT_EQ(cursor.rows_affected(), 2U);
  ASSERT_TRUE(cursor.next_result());
  EXPECT_EQ(rest(cursor), (Rows{{1}, {2}}));
  EXPECT_FALSE(cursor.next_result());
  cursor.close();
  EXPECT_EQ(exec("insert into t values (3); insert into t values (4), (5)").rows_affected, 3U);
  EXPECT_EQ(kind_of([&] { exec("select ?; select 2", 1); }), ErrorKind::usage);
}

TEST_F(Statements, AnErrorInALaterResultIsRaisedThere) {
  Cursor& cursor = open("select 1; select * from no_such_table; select 2");
  EXPECT_EQ(rest(cursor), (Rows{{1}}));
  EXPECT_EQ(kind_of([&] { cursor.next_result(); }), ErrorKind::undefined_object);
  EXPECT_FALSE(cursor.next_result());
  cursor.close();
  EXPECT_EQ(one("select 3"), Value(3));
}

TEST_F(Statements, ResultsThatNobodyReadsAreSkipped) {
  Cursor& cursor = open("select 1; select 2; select 3");
  cursor.close();
  EXPECT_EQ(one("select 4"), Value(4));
  Cursor& rows = open("select seq from seq_1_to_100; select 2");
  Batch batch;
  ASSERT_TRUE(rows.fetch(batch));
  ASSERT_TRUE(rows.next_result());
  EXPECT_EQ(rest(rows), (Rows{{2}}));
  rows.close();
}

TEST_F(Statements, SeveralStatementsCanBeForbidden) {
  auto with = settings();
  with.options["multi_statements"] = "false";
  connection_ = connect(with);
  EXPECT_EQ(kind_of([&] { exec("select 1; select 2"); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { open("select 1; select 2"); }), ErrorKind::usage);
  exec("select 1;");
  EXPECT_EQ(text("select 'a;b'"), "a;b");
}

TEST_F(Statements, RowsStreamInConstantMemoryAndCanBeLeft) {
  // 100 million rows of 1000 bytes would never fit; leaving must be quick and keep the connection.
  Cursor& cursor = open("select seq, repeat('x', 1000) from seq_1_to_100000000");
  Batch batch;
  for (int i = 1; i <= 1000; ++i) {
    ASSERT_TRUE(cursor.fetch(batch));
    ASSERT_EQ(batch.cells[0].integer(), i);
    ASSERT_EQ(batch.cells[1].text().size(), 1000U);
  }
  const auto start = std::chrono::steady_clock::now();
  cursor.close();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  EXPECT_EQ(one("select 1"), Value(1));
  Cursor& text = open("select 1; select seq from seq_1_to_100000000");
  ASSERT_TRUE(text.fetch(batch));
  ASSERT_TRUE(text.next_result());
  ASSERT_TRUE(text.fetch(batch));
  text.close();
  EXPECT_EQ(one("select 2"), Value(2));
}

TEST_F(Statements, ColumnsMayChangeUnderAPreparedStatement) {
  exec("create or replace table iacdb_changing (a int)");
  exec("insert into iacdb_changing values (1)");
  EXPECT_EQ(query("select * from iacdb_changing where 1 = ?", 1), (Rows{{1}}));
  exec("alter table iacdb_changing modify a varchar(10)");
  EXPECT_EQ(query("select * from iacdb_changing where 1 = ?", 1), (Rows{{"1"}}));
  exec("alter table iacdb_changing add b int default 7");
  EXPECT_EQ(query("select * from iacdb_changing where 1 = ?", 1), (Rows{{"1", 7}}));
  exec("alter table iacdb_changing change b c int");
  Cursor& cursor = open("select * from iacdb_changing where 1 = ?", 1);
  EXPECT_EQ(cursor.columns()[1].name, "c");
  EXPECT_EQ(rest(cursor), (Rows{{"1", 7}}));
  cursor.close();
  exec("alter table iacdb_changing drop a");
  EXPECT_EQ(query("select * from iacdb_changing where 1 = ?", 1), (Rows{{7}}));
  exec("drop table iacdb_changing");
  EXPECT_EQ(kind_of([&] { query("select * from iacdb_changing where 1 = ?", 1); }),
            ErrorKind::undefined_object);
}

TEST_F(Statements, TheCacheHoldsAndForgets) {
  for (const std::uint32_t size : {0U, 1U, 3U}) {
    auto with = settings();
    with.statement_cache_size = size;
    connection_ = connect(with);
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(one("select ? + " + std::to_string(i), 1), Value(i + 1));
      }
    }
    const Rows rows = query("show session status like 'Com_stmt_close'");
    if (size == 3) {
      EXPECT_GE(std::stoi(rows[0][1].print()), 12);
    }
  }
}

TEST_F(Statements, WhatCannotBePreparedRunsAsText) {
  exec("create or replace table iacdb_locked (a int)");
  exec("lock tables iacdb_locked read");
  EXPECT_EQ(kind_of([&] { exec("insert into iacdb_locked values (1)"); }), ErrorKind::usage);
  exec("unlock tables");
  exec("drop table iacdb_locked");
  EXPECT_FALSE(query("show tables").empty() && query("show databases").empty());
  Cursor& cursor = open("use " + variable("IACDB_TEST_MYSQL_DATABASE"));
  EXPECT_TRUE(cursor.columns().empty());
  cursor.close();
}

TEST_F(Statements, ProceduresWithOutParametersAndResults) {
  exec(
      "create or replace procedure iacdb_proc(in a int, out b varchar(20), inout c decimal(10,2)) "
      "begin select a + 1 as x union select a + 2; set b = 'größe'; set c = c * 2; "
      "select 'second' as y; end");
  const std::vector<ProcedureParameter> parameters = {in(5), out(), in_out(Decimal::parse("1.25"))};
  for (int round = 0; round < 3; ++round) {
    const CallResult result = connection_->call_procedure("iacdb_proc", parameters, call_);
    ASSERT_EQ(result.out.size(), 2U);
    EXPECT_EQ(result.out[0], Value("größe"));
    EXPECT_EQ(result.out[1], Value(Decimal::parse("2.50")));
    ASSERT_EQ(result.results.size(), 2U);
    EXPECT_EQ(result.results[0].size(), 2U);
    EXPECT_EQ(result.results[0][1].at("x"), Value(7));
    EXPECT_EQ(result.results[1][0].at("y"), Value("second"));
  }
  const std::vector<ProcedureParameter> too_few = {in(5)};
  EXPECT_EQ(kind_of([&] { connection_->call_procedure("iacdb_proc", too_few, call_); }),
            ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { connection_->call_procedure("no_such_proc", too_few, call_); }),
            ErrorKind::undefined_object);
  EXPECT_EQ(kind_of([&] { connection_->call_procedure("x(); drop table y", {}, call_); }),
            ErrorKind::usage);
  Cursor& cursor = open("call iacdb_proc(1, @b, @c)");
  EXPECT_EQ(rest(cursor).size(), 2U);
  ASSERT_TRUE(cursor.next_result());
  EXPECT_EQ(rest(cursor), (Rows{{"second"}}));
  EXPECT_FALSE(cursor.next_result());
  cursor.close();
  exec("call iacdb_proc(?, @b, @c)", 1);
  exec("drop procedure iacdb_proc");
}

TEST_F(Statements, FunctionsAreSelected) {
  exec("create or replace function iacdb_func(a int) returns int deterministic return a * 2");
  EXPECT_EQ(one("select iacdb_func(?)", 21), Value(42));
  exec("drop function iacdb_func");
}

TEST_F(Statements, ErrorsTellKindStatementAndWhere) {
  exec("create temporary table t (id int primary key, b int not null, c int check (c > 0))");
  exec("insert into t values (1, 1, 1)");
  const ErrorFacts facts = error_of([&] { exec("insert into t values (1, 'secret', ?)", 1); });
  EXPECT_EQ(facts.kind, ErrorKind::data);
  EXPECT_TRUE(facts.statement.starts_with("insert into t values (?")) << facts.statement;
  EXPECT_EQ(facts.where, "127.0.0.1:" + variable("IACDB_TEST_MYSQL_PORT"));
  EXPECT_EQ(facts.backend, "mysql");
  EXPECT_EQ(facts.sqlstate.size(), 5U);
  EXPECT_EQ(facts.message.find("secret"), std::string::npos);
  const auto kind = [&](std::string_view sql) { return kind_of([&] { exec(sql); }); };
  EXPECT_EQ(kind("insert into t values (1, 1, 1)"), ErrorKind::unique_violation);
  EXPECT_EQ(kind("insert into t values (2, null, 1)"), ErrorKind::not_null_violation);
  EXPECT_EQ(kind("insert into t values (2, 1, 0)"), ErrorKind::check_violation);
  EXPECT_EQ(kind("insert into t (id) values (3)"), ErrorKind::not_null_violation);
  EXPECT_EQ(kind("insert into t values (99999999999, 1, 1)"), ErrorKind::data);
  EXPECT_EQ(kind("selec 1"), ErrorKind::syntax);
  EXPECT_EQ(kind("select nope from t"), ErrorKind::undefined_object);
  EXPECT_EQ(kind("select no_such_function(1)"), ErrorKind::undefined_object);
  EXPECT_EQ(kind("create table mysql.x (a int)"), ErrorKind::permission);
  exec("create or replace table iacdb_exists (a int)");
  EXPECT_EQ(kind("create table iacdb_exists (a int)"), ErrorKind::duplicate_object);
  exec("drop table iacdb_exists");
}

TEST_F(Statements, ForeignKeysBothWays) {
  exec("create or replace table iacdb_parent (id int primary key)");
  exec(
      "create or replace table iacdb_child (id int, foreign key (id) references iacdb_parent(id))");
  exec("insert into iacdb_parent values (1)");
  exec("insert into iacdb_child values (1)");
  EXPECT_EQ(kind_of([&] { exec("insert into iacdb_child values (?)", 2); }),
            ErrorKind::foreign_key_violation);
  EXPECT_EQ(kind_of([&] { exec("delete from iacdb_parent"); }), ErrorKind::foreign_key_violation);
  exec("drop table iacdb_child, iacdb_parent");
}

TEST_F(Statements, ResetGivesTheSessionBackAsItWas) {
  exec("set @left = 5");
  exec("create temporary table iacdb_temp (a int)");
  exec("set time_zone = '+03:00', sql_mode = ''");
  exec("start transaction");
  EXPECT_EQ(connection_->state(), driver::SessionState::in_transaction);
  EXPECT_EQ(one("select ?", 1), Value(1));
  ASSERT_TRUE(connection_->reset(call_));
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  EXPECT_TRUE(one("select @left").is_null());
  EXPECT_EQ(text("select @@time_zone"), "+00:00");
  EXPECT_NE(text("select @@sql_mode").find("STRICT_TRANS_TABLES"), std::string::npos);
  EXPECT_EQ(text("select @@character_set_client"), "utf8mb4");
  EXPECT_EQ(text("select database()"), variable("IACDB_TEST_MYSQL_DATABASE"));
  EXPECT_EQ(kind_of([&] { exec("select * from iacdb_temp"); }), ErrorKind::undefined_object);
  EXPECT_EQ(one("select ?", 1), Value(1));
}

TEST_F(Statements, ResetAfterPlainStatementsKeepsThePreparedOnes) {
  EXPECT_EQ(one("select ? + 1", 1), Value(2));
  ASSERT_TRUE(connection_->reset(call_));
  EXPECT_EQ(one("select ? + 1", 1), Value(2));
  EXPECT_EQ(query("show session status like 'Com_stmt_prepare'")[0][1], Value("2"));
}

TEST_F(Statements, PingAndReadOnly) {
  connection_->ping(call_);
  EXPECT_FALSE(connection_->is_read_only(call_));
}

TEST_F(Statements, LargeValuesCanBeReadInPieces) {
  std::uint64_t bytes = 0;
  const auto sink = [&](BytesView piece) { bytes += piece.size(); };
  EXPECT_EQ(connection_->read_large("select repeat('x', 1000000)", {}, sink, call_), 1'000'000U);
  EXPECT_EQ(bytes, 1'000'000U);
}

}  // namespace
}  // namespace iacdb::mysql_tests
