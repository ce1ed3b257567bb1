// Transactions, savepoints, isolation, deadlocks and locks.

#include <chrono>
#include <thread>

#include "fixture.hpp"

namespace iacdb::mysql_tests {
namespace {

class Transactions : public Live {
 protected:
  Transactions() {
    exec("create or replace table iacdb_tx (id int primary key, n int)");
    exec("insert into iacdb_tx values (1, 0), (2, 0)");
  }
  ~Transactions() override {
    try {
      connection_->rollback(call_);
      exec("drop table iacdb_tx");
    } catch (const Error&) {
    }
  }
  Value count() { return one("select count(*) from iacdb_tx"); }
};

TEST_F(Transactions, CommitRollbackAndState) {
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  connection_->begin({}, call_);
  EXPECT_EQ(connection_->state(), driver::SessionState::in_transaction);
  exec("insert into iacdb_tx values (?, 0)", 3);
  connection_->rollback(call_);
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  EXPECT_EQ(count(), Value(2));
  connection_->begin({}, call_);
  exec("insert into iacdb_tx values (?, 0)", 3);
  connection_->commit(call_);
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  EXPECT_EQ(count(), Value(3));
  exec("begin");
  EXPECT_EQ(connection_->state(), driver::SessionState::in_transaction);
  EXPECT_EQ(kind_of([&] { connection_->begin({}, call_); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { exec("insert into iacdb_tx values (1, 0)"); }),
            ErrorKind::unique_violation);
  EXPECT_EQ(connection_->state(), driver::SessionState::in_transaction);
}

TEST_F(Transactions, Savepoints) {
  connection_->begin({}, call_);
  for (const std::string_view name : {"sp1", "odd `name"}) {
    connection_->savepoint(name, call_);
    exec("insert into iacdb_tx values (10, 0)");
    connection_->rollback_to_savepoint(name, call_);
    connection_->release_savepoint(name, call_);
    EXPECT_EQ(kind_of([&] { connection_->release_savepoint(name, call_); }),
              ErrorKind::undefined_object);
  }
  connection_->commit(call_);
  EXPECT_EQ(count(), Value(2));
}

TEST_F(Transactions, OptionsAreThoseOfTheTransaction) {
  for (const Isolation isolation :
       {Isolation::read_uncommitted, Isolation::read_committed, Isolation::repeatable_read,
        Isolation::snapshot, Isolation::serializable}) {
    connection_->begin({.isolation = isolation}, call_);
    exec("update iacdb_tx set n = n + 1");
    connection_->rollback(call_);
  }
  connection_->begin({.read_only = true}, call_);
  EXPECT_EQ(kind_of([&] { exec("delete from iacdb_tx"); }), ErrorKind::read_only);
  connection_->rollback(call_);
  connection_->begin({.isolation = Isolation::snapshot, .read_only = true}, call_);
  EXPECT_EQ(kind_of([&] { exec("delete from iacdb_tx"); }), ErrorKind::read_only);
  connection_->rollback(call_);
  exec("delete from iacdb_tx where id = 2");
  EXPECT_EQ(kind_of([&] { connection_->begin({.deferrable = true}, call_); }),
            ErrorKind::unsupported);
}

TEST_F(Transactions, ReadCommittedSeesWhatRepeatableReadDoesNot) {
  const auto other = connect(settings());
  for (const auto& [isolation, expected] :
       {std::pair{Isolation::read_committed, 1}, std::pair{Isolation::repeatable_read, 1}}) {
    const int before = std::stoi(text("select n from iacdb_tx where id = 1"));
    connection_->begin({.isolation = isolation}, call_);
    EXPECT_EQ(one("select n from iacdb_tx where id = 1"), Value(before));
    other->exec("update iacdb_tx set n = n + 1 where id = 1", {}, {});
    const int seen = isolation == Isolation::read_committed ? before + expected : before;
    EXPECT_EQ(one("select n from iacdb_tx where id = 1"), Value(seen));
    connection_->rollback(call_);
  }
}

TEST_F(Transactions, ADeadlockRollsItsVictimBack) {
  const auto other = connect(settings());
  connection_->begin({}, call_);
  other->begin({}, call_);
  exec("update iacdb_tx set n = 1 where id = 1");
  other->exec("update iacdb_tx set n = 2 where id = 2", {}, call_);
  ErrorFacts theirs;
  std::jthread thread([&] {
    try {
      other->exec("update iacdb_tx set n = 2 where id = 1", {}, call_);
    } catch (const Error& error) {
      theirs = error.facts();
    }
  });
  ErrorFacts ours;
  try {
    exec("update iacdb_tx set n = 1 where id = 2");
  } catch (const Error& error) {
    ours = error.facts();
  }
  const bool we_lost = ours.kind == ErrorKind::deadlock;
  if (!we_lost) connection_->commit(call_);
  thread.join();
  const ErrorFacts& victim = we_lost ? ours : theirs;
  EXPECT_EQ(victim.kind, ErrorKind::deadlock);
  EXPECT_TRUE(victim.retryable);
  EXPECT_TRUE(victim.breaks_transaction);
  EXPECT_EQ((we_lost ? *connection_ : *other).state(), driver::SessionState::idle);
  other->rollback(call_);
}

TEST_F(Transactions, LockWaitsEndAndLeaveTheTransaction) {
  const auto other = connect(settings());
  other->begin({}, call_);
  other->exec("update iacdb_tx set n = 2 where id = 1", {}, call_);
  exec("set innodb_lock_wait_timeout = 1");
  connection_->begin({}, call_);
  const ErrorFacts facts = error_of([&] { exec("update iacdb_tx set n = 1 where id = 1"); });
  EXPECT_EQ(facts.kind, ErrorKind::lock_timeout);
  EXPECT_EQ(connection_->state(), driver::SessionState::in_transaction);
  EXPECT_EQ(kind_of([&] { exec("select * from iacdb_tx for update nowait"); }),
            ErrorKind::lock_timeout);
  other->rollback(call_);
}

}  // namespace
}  // namespace iacdb::mysql_tests
