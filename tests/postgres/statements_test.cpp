#include <thread>

#include "fixture.hpp"

namespace iacdb::postgres_tests {
namespace {

using namespace std::chrono_literals;
using driver::SessionState;

class Statements : public Live {};

TEST_F(Statements, PlaceholdersAndRowCounts) {
  exec("create temp table t(id int primary key, name text)");
  EXPECT_EQ(exec("insert into t values (?, ?), (?, ?)", 1, "a", 2, "b").rows_affected, 2U);
  EXPECT_EQ(exec("update t set name = ? where id > ?", "c", 0).rows_affected, 2U);
  EXPECT_EQ(text("select string_agg(name, ',') from t where id in (?, ?)", 1, 2), "c,c");
  EXPECT_EQ(text("select '{\"a\":1}'::jsonb ?? 'a'"), "true");
  EXPECT_EQ(exec("select * from t").rows_affected, 0U);
}

TEST_F(Statements, WrongParameterCountIsUsageAndLeavesTheConnection) {
  EXPECT_EQ(kind_of([&] { exec("select ?::int", 1, 2); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { exec("select ?::int"); }), ErrorKind::usage);
  EXPECT_EQ(text("select 1"), "1");
}

TEST_F(Statements, ErrorsHaveKindPlaceAndFingerprint) {
  const auto syntax = error_of([&] { query("select ?,\n  from where", 1); });
  EXPECT_EQ(syntax.kind, ErrorKind::syntax);
  EXPECT_EQ(syntax.sqlstate, "42601");
  EXPECT_EQ(syntax.where, "line 2, column 3");
  EXPECT_EQ(syntax.statement, "select ?, from where");
  EXPECT_FALSE(syntax.server_message.empty());
  EXPECT_FALSE(syntax.breaks_connection);
  EXPECT_EQ(kind_of([&] { query("select * from no_such_table"); }), ErrorKind::undefined_object);
  EXPECT_EQ(kind_of([&] { query("select 1 / ?", 0); }), ErrorKind::data);
  exec("create temp table t(id int primary key check (id < 10), n int not null)");
  exec("insert into t values (1, 1)");
  EXPECT_EQ(kind_of([&] { exec("insert into t values (1, 1)"); }), ErrorKind::unique_violation);
  EXPECT_EQ(kind_of([&] { exec("insert into t values (?, ?)", 11, 1); }),
            ErrorKind::check_violation);
  EXPECT_EQ(kind_of([&] { exec("insert into t values (2, null)"); }),
            ErrorKind::not_null_violation);
  EXPECT_EQ(text("select 'fine'"), "fine");
}

TEST_F(Statements, ErrorAfterRowsComesAfterTheRows) {
  const auto packed = detail::pack(3);
  Cursor& cursor = connection_->query("select 10 / (? - g) from generate_series(1, 5) g",
                                      packed.cells, false, call_);
  Batch batch;
  ASSERT_TRUE(cursor.fetch(batch));
  EXPECT_EQ(batch.rows_count, 2U);
  EXPECT_EQ(kind_of([&] { cursor.fetch(batch); }), ErrorKind::data);
  EXPECT_FALSE(cursor.fetch(batch));
  cursor.close();
  EXPECT_EQ(text("select 1"), "1");
}

TEST_F(Statements, SeveralStatementsGiveSeveralResults) {
  Cursor& cursor = connection_->query(
      "select 1, 'x'; create temp table t(a int); insert into t values (1), (2); "
      "select true, 1.50, '\\x00ff'::bytea, date '2020-02-29', 'NaN'::float8, null",
      {}, true, call_);
  const auto first = rest(cursor);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0], Value(1));
  ASSERT_TRUE(cursor.next_result());
  EXPECT_TRUE(cursor.columns().empty());
  ASSERT_TRUE(cursor.next_result());
  EXPECT_EQ(cursor.rows_affected(), 2U);
  ASSERT_TRUE(cursor.next_result());
  const auto last = rest(cursor);
  ASSERT_EQ(last.size(), 6U);
  EXPECT_EQ(last[0], Value(true));
  EXPECT_EQ(last[1].print(), "1.50");
  EXPECT_EQ(last[2], Value(Bytes{std::byte{0}, std::byte{255}}));
  EXPECT_EQ(last[3], Value(Date::of(2020, 2, 29)));
  EXPECT_EQ(last[4].print(), "NaN");
  EXPECT_TRUE(last[5].is_null());
  EXPECT_FALSE(cursor.next_result());
  cursor.close();
  EXPECT_EQ(exec("insert into t values (3); insert into t values (4), (5)").rows_affected, 3U);
  EXPECT_EQ(kind_of([&] { exec("select 1; select * from missing; select 2"); }),
            ErrorKind::undefined_object);
  EXPECT_EQ(text("select count(*) from t"), "5");
}

TEST_F(Statements, EmptyStatementsDoNothing) {
  EXPECT_EQ(exec("").rows_affected, 0U);
  EXPECT_EQ(exec("-- nothing").rows_affected, 0U);
  EXPECT_TRUE(query(";").empty());
}

TEST_F(Statements, PlanChangeIsNotNoticed) {
  exec("drop table if exists plan_change");
  exec("create table plan_change(a int)");
  exec("insert into plan_change values (1)");
  EXPECT_EQ(query("select * from plan_change").size(), 1U);
  exec("alter table plan_change add b text default 'new'");
  EXPECT_EQ(query("select * from plan_change").size(), 2U);
  exec("alter table plan_change alter a type text");
  EXPECT_EQ(query("select * from plan_change")[0], Value("1"));
  // With BEGIN in the same round trip nothing is lost either.
  exec("alter table plan_change add c int");
  connection_->begin({}, call_);
  EXPECT_EQ(query("select * from plan_change").size(), 3U);
  EXPECT_EQ(connection_->state(), SessionState::in_transaction);
  connection_->commit(call_);
  // In the middle of a transaction it is an error that asks for the whole transaction again.
  connection_->begin({}, call_);
  exec("select 1");
  other().exec("alter table plan_change add d int", {}, call_);
  const auto error = error_of([&] { query("select * from plan_change"); });
  EXPECT_EQ(error.kind, ErrorKind::serialization_failure);
  EXPECT_TRUE(error.retryable);
  connection_->rollback(call_);
  EXPECT_EQ(query("select * from plan_change").size(), 4U);
  exec("drop table plan_change");
}

TEST_F(Statements, ForgottenStatementsArePreparedAgain) {
  EXPECT_EQ(text("select ?::int + 1", 1), "2");
  exec("deallocate all");
  EXPECT_EQ(text("select ?::int + 1", 2), "3");
  exec("discard all");
  EXPECT_EQ(text("select ?::int + 1", 3), "4");
  exec("do $$ begin deallocate all; end $$");  // Not seen by its tag.
  EXPECT_EQ(text("select ?::int + 1", 4), "5");
}

TEST_F(Statements, EvictedStatementsAreClosedOnTheServer) {
  auto small = settings();
  small.statement_cache_size = 4;
  const auto connection = connect(small);
  for (int i = 0; i < 20; ++i) {
    connection->exec("select " + std::to_string(i), {}, call_);
  }
  Cursor& cursor =
      connection->query("select count(*) from pg_prepared_statements", {}, true, call_);
  EXPECT_LE(rest(cursor)[0].as<std::int64_t>(), 5);
  cursor.close();
}

TEST_F(Statements, WithoutPreparedStatements) {
  for (const bool by_option : {false, true}) {
    auto none = settings();
    if (by_option) {
      none.options["prepare"] = "never";
    } else {
      none.statement_cache_size = 0;
    }
    const auto connection = connect(none);
    for (int i = 0; i < 3; ++i) {
      const auto packed = detail::pack(i);
      Cursor& cursor =
          connection->query("select ?::int, (select count(*) from pg_prepared_statements)",
                            packed.cells, false, call_);
      const auto values = rest(cursor);
      cursor.close();
      EXPECT_EQ(values[0], Value(i));
      EXPECT_EQ(values[1], Value(0));
    }
  }
}

TEST_F(Statements, OneCursorAtATime) {
  Cursor& cursor = connection_->query("select 1", {}, true, call_);
  EXPECT_EQ(kind_of([&] { exec("select 2"); }), ErrorKind::usage);
  cursor.close();
  EXPECT_EQ(text("select 2"), "2");
}

TEST_F(Statements, LeavingABigResultEarlyIsBounded) {
  for (int i = 0; i < 3; ++i) {
    Cursor& cursor = connection_->query(
        "select a, repeat('x', 1000) from generate_series(1, 10000) b, "
        "generate_series(1, 10000) a",
        {}, true, call_);
    Batch batch;
    ASSERT_TRUE(cursor.fetch(batch));
    EXPECT_EQ(batch.cells[0].integer(), 1);
    cursor.close();
    EXPECT_EQ(connection_->state(), SessionState::idle);
    EXPECT_EQ(text("select 'alive'"), "alive");
  }
}

TEST_F(Statements, DeadlineCancelsOnTheServer) {
  driver::Call bounded{base::Deadline::in(50ms), {}};
  const auto error = error_of([&] { connection_->exec("select pg_sleep(60)", {}, bounded); });
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_FALSE(error.breaks_connection);
  EXPECT_EQ(connection_->state(), SessionState::idle);
  EXPECT_EQ(text("select 'alive'"), "alive");
}

TEST_F(Statements, StopTokenCancelsOnTheServer) {
  std::stop_source source;
  driver::Call stoppable{{}, source.get_token()};
  std::jthread stopper([&] {
    std::this_thread::sleep_for(30ms);
    source.request_stop();
  });
  const auto error = error_of([&] { connection_->exec("select pg_sleep(60)", {}, stoppable); });
  EXPECT_EQ(error.kind, ErrorKind::cancelled);
  EXPECT_FALSE(error.breaks_connection);
  EXPECT_EQ(text("select 'alive'"), "alive");
}

TEST_F(Statements, CancelFromAnotherThread) {
  std::jthread canceller([&] {
    std::this_thread::sleep_for(50ms);
    connection_->cancel();
  });
  const auto error = error_of([&] { exec("select pg_sleep(60)"); });
  EXPECT_EQ(error.kind, ErrorKind::cancelled);
  EXPECT_EQ(error.sqlstate, "57014");
  canceller.join();
  EXPECT_EQ(text("select 'alive'"), "alive");
}

TEST_F(Statements, EndedByTheAdministrator) {
  const auto pid = one("select pg_backend_pid()").as<std::int64_t>();
  const auto packed = detail::pack(pid);
  other().exec("select pg_terminate_backend(?)", packed.cells, call_);
  const auto error = error_of([&] {
    for (int i = 0; i < 100; ++i) exec("select 1");
  });
  EXPECT_EQ(error.kind, ErrorKind::connection_lost);
  EXPECT_TRUE(error.breaks_connection);
  EXPECT_EQ(connection_->state(), SessionState::broken);
  EXPECT_EQ(kind_of([&] { exec("select 1"); }), ErrorKind::connection_lost);
  EXPECT_FALSE(connection_->reset(call_));
}

TEST_F(Statements, SettingsOfTheSessionDoNotDisturbResults) {
  exec(
      "set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard'; set timezone = "
      "'Asia/Tokyo'");
  const auto values = query(
      "select date '2020-12-31', timestamp '2020-12-31 01:02:03.000004', "
      "timestamptz '2020-12-31 01:02:03+00', interval '1 mon 2 days 03:04:05'");
  EXPECT_EQ(values[0], Value(Date::of(2020, 12, 31)));
  EXPECT_EQ(values[1].print(), "2020-12-31 01:02:03.000004");
  EXPECT_EQ(values[2].print(), "2020-12-31 01:02:03+00");
  EXPECT_EQ(values[3], Value(Interval{1, 2, 11045000000}));
}

TEST_F(Statements, ResetUndoesWhatTheSessionChanged) {
  const std::string before = text("show work_mem");
  exec("set work_mem = '77MB'");
  exec("create temp table leftover(a int)");
  exec("select pg_advisory_lock(4711)");
  connection_->begin({}, call_);
  exec("select 1");
  EXPECT_TRUE(connection_->reset(call_));
  EXPECT_EQ(connection_->state(), SessionState::idle);
  EXPECT_EQ(text("show work_mem"), before);
  EXPECT_EQ(kind_of([&] { query("select * from leftover"); }), ErrorKind::undefined_object);
  EXPECT_EQ(text("select count(*) from pg_locks where locktype = 'advisory' and pid = "
                 "pg_backend_pid()"),
            "0");
  EXPECT_EQ(text("show application_name"), "iacdb");
  EXPECT_EQ(text("select set_config('work_mem', '78MB', false)"), "78MB");
  EXPECT_TRUE(connection_->reset(call_));
  EXPECT_EQ(text("show work_mem"), before);
}

TEST_F(Statements, InvalidTextIsRefusedBeforeItIsSent) {
  EXPECT_EQ(kind_of([&] { exec("select ?::text", std::string_view("a\0b", 3)); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { exec("select ?::text", "\xff"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { exec("select ?::text", "\xed\xa0\x80"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { exec(std::string_view("select 1\0", 9)); }), ErrorKind::data);
  EXPECT_EQ(text("select ?::text", "Ωλ \U0001F600"), "Ωλ \U0001F600");
}

TEST_F(Statements, CopyThroughExecIsRefused) {
  exec("create temp table t(a int)");
  EXPECT_EQ(kind_of([&] { exec("copy t from stdin"); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { exec("copy t to stdout"); }), ErrorKind::usage);
  EXPECT_EQ(text("select 'alive'"), "alive");
}

TEST_F(Statements, NoticesAreKept) {
  exec("do $$ begin raise warning 'careful %', 1; end $$");
  const auto notices = connection_->notices({});
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].severity, "WARNING");
  EXPECT_EQ(notices[0].message, "careful 1");
  EXPECT_TRUE(connection_->notices({}).empty());
}

TEST_F(Statements, PingCapabilitiesAndReadOnly) {
  connection_->ping(call_);
  EXPECT_FALSE(connection_->is_read_only(call_));
  EXPECT_TRUE(connection_->can().has(Capability::returning));
  EXPECT_GE(connection_->can().version_number, 100000U);
  EXPECT_EQ(connection_->can().version, text("select split_part(version(), ' ', 2)"));
}

}  // namespace
}  // namespace iacdb::postgres_tests
