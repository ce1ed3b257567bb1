#include "fixture.hpp"

namespace iacdb::postgres_tests {
namespace {

using driver::SessionState;

class Transactions : public Live {
 protected:
  void SetUp() override { exec("create temp table t(a int primary key)"); }
};

TEST_F(Transactions, CommitAndRollback) {
  connection_->begin({}, call_);
  EXPECT_EQ(connection_->state(), SessionState::in_transaction);
  exec("insert into t values (1)");
  connection_->commit(call_);
  EXPECT_EQ(connection_->state(), SessionState::idle);
  connection_->begin({}, call_);
  exec("insert into t values (2)");
  connection_->rollback(call_);
  EXPECT_EQ(text("select string_agg(a::text, ',') from t"), "1");
}

TEST_F(Transactions, AnEmptyTransactionAsksTheServerNothing) {
  connection_->begin({}, call_);
  connection_->commit(call_);
  connection_->begin({}, call_);
  connection_->rollback(call_);
  EXPECT_EQ(connection_->state(), SessionState::idle);
  EXPECT_EQ(kind_of([&] { connection_->commit(call_); }), ErrorKind::usage);
}

TEST_F(Transactions, OptionsReachTheServer) {
  connection_->begin({.isolation = Isolation::serializable, .read_only = true, .deferrable = true},
                     call_);
  EXPECT_EQ(text("show transaction_isolation"), "serializable");
  EXPECT_EQ(text("show transaction_read_only"), "on");
  EXPECT_EQ(text("show transaction_deferrable"), "on");
  EXPECT_EQ(kind_of([&] { exec("create table forbidden(a int)"); }), ErrorKind::read_only);
  EXPECT_EQ(connection_->state(), SessionState::failed_transaction);
  connection_->rollback(call_);
}

TEST_F(Transactions, AFailedTransactionCannotCommit) {
  connection_->begin({}, call_);
  exec("insert into t values (1)");
  EXPECT_EQ(kind_of([&] { exec("insert into t values (1)"); }), ErrorKind::unique_violation);
  EXPECT_EQ(connection_->state(), SessionState::failed_transaction);
  EXPECT_EQ(error_of([&] { exec("select 1"); }).sqlstate, "25P02");
  EXPECT_EQ(kind_of([&] { connection_->commit(call_); }), ErrorKind::usage);
  EXPECT_EQ(connection_->state(), SessionState::idle);
  EXPECT_EQ(text("select count(*) from t"), "0");
}

TEST_F(Transactions, SavepointsNest) {
  connection_->begin({}, call_);
  exec("insert into t values (1)");
  connection_->savepoint("one \"quoted\"", call_);
  exec("insert into t values (2)");
  connection_->savepoint("two", call_);
  EXPECT_EQ(kind_of([&] { exec("insert into t values (2)"); }), ErrorKind::unique_violation);
  connection_->rollback_to_savepoint("two", call_);
  EXPECT_EQ(connection_->state(), SessionState::in_transaction);
  exec("insert into t values (3)");
  connection_->release_savepoint("one \"quoted\"", call_);
  connection_->savepoint("unused", call_);
  connection_->rollback_to_savepoint("unused", call_);
  connection_->commit(call_);
  EXPECT_EQ(text("select string_agg(a::text, ',' order by a) from t"), "1,2,3");
}

TEST_F(Transactions, BeginRidesBeforeEveryKindOfStatement) {
  connection_->begin({}, call_);
  exec("insert into t values (1); insert into t values (2)");  // simple protocol
  EXPECT_EQ(connection_->state(), SessionState::in_transaction);
  connection_->rollback(call_);
  EXPECT_EQ(text("select count(*) from t"), "0");
  connection_->begin({}, call_);
  EXPECT_EQ(kind_of([&] { exec("select nonsense from"); }), ErrorKind::syntax);
  EXPECT_EQ(connection_->state(), SessionState::failed_transaction);
  connection_->rollback(call_);
  connection_->begin({}, call_);
  EXPECT_EQ(kind_of([&] { connection_->begin({}, call_); }), ErrorKind::usage);
  connection_->rollback(call_);
}

TEST_F(Transactions, TransactionsByStatementAreSeen) {
  exec("begin");
  EXPECT_EQ(connection_->state(), SessionState::in_transaction);
  exec("rollback");
  EXPECT_EQ(connection_->state(), SessionState::idle);
}

TEST_F(Transactions, ConflictsAreTold) {
  exec("drop table if exists conflict_test");
  exec("create table conflict_test(id int primary key, n int)");
  exec("insert into conflict_test values (1, 0), (2, 0)");
  auto& second = other();
  connection_->begin({.isolation = Isolation::repeatable_read}, call_);
  query("select * from conflict_test");
  second.exec("update conflict_test set n = 1 where id = 1", {}, call_);
  const auto error = error_of([&] { exec("update conflict_test set n = 2 where id = 1"); });
  EXPECT_EQ(error.kind, ErrorKind::serialization_failure);
  EXPECT_TRUE(error.retryable);
  connection_->rollback(call_);
  connection_->begin({}, call_);
  exec("update conflict_test set n = 3 where id = 1");
  EXPECT_EQ(kind_of([&] {
              second.exec("select * from conflict_test where id = 1 for update nowait", {}, call_);
            }),
            ErrorKind::lock_timeout);
  connection_->rollback(call_);
  exec("drop table conflict_test");
}

}  // namespace
}  // namespace iacdb::postgres_tests
