// Transactions: commit, rollback, nesting, isolation, retry, and what a returned connection keeps.

#include <thread>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

IACDB_CONFORMANCE(Transactions);

TEST_P(Transactions, CommitKeepsAndTheDestructorRollsBack) {
  IACDB_NEEDS(Capability::transactions);
  const auto t = table("a " + types().int64);
  {
    auto tx = db->begin();
    tx.exec("insert into " + t + " (a) values (1)");
    tx.commit();
    expect_error(ErrorKind::usage, [&] { tx.exec("select 1"); });
    expect_error(ErrorKind::usage, [&] { tx.commit(); });
  }
  {
    auto tx = db->begin();
    tx.exec("insert into " + t + " (a) values (2)");
  }
  {
    auto tx = db->begin();
    tx.exec("insert into " + t + " (a) values (3)");
    tx.rollback();
  }
  EXPECT_EQ(db->query<int>("select a from " + t).all(), std::vector<int>{1});
}

TEST_P(Transactions, NestedOnesAreSavepoints) {
  IACDB_NEEDS(Capability::savepoints);
  const auto t = table("a " + types().int64);
  db->transact([&](Transaction& tx) {
    tx.exec("insert into " + t + " (a) values (1)");
    {
      auto nested = tx.begin();
      nested.exec("insert into " + t + " (a) values (2)");
      expect_error(ErrorKind::usage, [&] { tx.exec("select 1"); });
      auto deeper = nested.begin();
      deeper.exec("insert into " + t + " (a) values (3)");
      deeper.commit();
    }
    auto kept = tx.begin();
    kept.exec("insert into " + t + " (a) values (4)");
    kept.commit();
    expect_error(ErrorKind::usage, [&] { tx.begin({.isolation = Isolation::serializable}); });
    expect_error(ErrorKind::usage, [&] { tx.transact([](Transaction&) {}, {.attempts_max = 3}); });
  });
  EXPECT_EQ(db->query<int>("select a from " + t + " order by a").all(), (std::vector<int>{1, 4}));
}

TEST_P(Transactions, AFailedNestedOneLeavesTheOuterOneUsable) {
  IACDB_NEEDS(Capability::savepoints);
  const auto t = table("a " + types().int64 + " primary key");
  db->transact([&](Transaction& tx) {
    tx.exec("insert into " + t + " (a) values (1)");
    expect_error(ErrorKind::unique_violation, [&] {
      tx.transact([&](Transaction& nested) {
        nested.exec("insert into " + t + " (a) values (2)");
        nested.exec("insert into " + t + " (a) values (1)");
      });
    });
    tx.exec("insert into " + t + " (a) values (3)");
  });
  EXPECT_EQ(db->query<int>("select a from " + t + " order by a").all(), (std::vector<int>{1, 3}));
}

TEST_P(Transactions, ReadOnlyOnesRefuseWrites) {
  IACDB_NEEDS(Capability::read_only_transactions);
  const auto t = table("a " + types().int64);
  expect_error(ErrorKind::read_only, [&] {
    auto tx = db->begin({.read_only = true});
    EXPECT_EQ(tx.one<int>("select count(*) from " + t), 0);
    tx.exec("insert into " + t + " (a) values (1)");
  });
  db->exec("insert into " + t + " (a) values (1)");
}

TEST_P(Transactions, IsolationLevelsTakeEffect) {
  IACDB_NEEDS(Capability::isolation_levels);
  IACDB_NEEDS(Capability::concurrent_writers);
  const auto t = table("a " + types().int64);
  db->exec("insert into " + t + " (a) values (1)");
  Database both = open_beside();
  auto reader = both.begin({.isolation = Isolation::repeatable_read});
  EXPECT_EQ(reader.one<int>("select a from " + t), 1);
  both.exec("update " + t + " set a = 2");
  EXPECT_EQ(reader.one<int>("select a from " + t), 1);
  reader.commit();
  auto committed = both.begin({.isolation = Isolation::read_committed});
  EXPECT_EQ(committed.one<int>("select a from " + t), 2);
  both.exec("update " + t + " set a = 3");
  EXPECT_EQ(committed.one<int>("select a from " + t), 3);
}

TEST_P(Transactions, OtherErrorsAreNotTriedAgain) {
  const auto t = table("a " + types().int64 + " primary key");
  db->exec("insert into " + t + " (a) values (1)");
  int tries = 0;
  expect_error(ErrorKind::unique_violation, [&] {
    db->transact(
        [&](Transaction& tx) {
          ++tries;
          tx.exec("insert into " + t + " (a) values (1)");
        },
        {.attempts_max = 5});
  });
  EXPECT_EQ(tries, 1);
}

TEST_P(Transactions, TransactGivesBackWhatTheUnitReturns) {
  const auto t = table("a " + types().int64);
  const auto sum = db->transact([&](Transaction& tx) {
    tx.exec("insert into " + t + " (a) values (?)", 40);
    tx.exec("insert into " + t + " (a) values (?)", 2);
    return tx.one<std::int64_t>("select sum(a) from " + t);
  });
  EXPECT_EQ(sum, 42);
  struct Stop {};
  EXPECT_THROW(db->transact([&](Transaction& tx) {
    tx.exec("delete from " + t);
    throw Stop();
  }),
               Stop);
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 2);
}

TEST_P(Transactions, OnASessionOneAtATime) {
  const auto t = table("a " + types().int64);
  auto session = db->session();
  {
    auto tx = session.begin();
    tx.exec("insert into " + t + " (a) values (1)");
    expect_error(ErrorKind::usage, [&] { session.exec("select 1"); });
    expect_error(ErrorKind::usage, [&] { session.begin(); });
    tx.commit();
  }
  session.exec("begin");
  expect_error(ErrorKind::usage, [&] { session.begin(); });
  session.exec("rollback");
  EXPECT_EQ(session.one<int>("select count(*) from " + t), 1);
}

TEST_P(Transactions, BulkInsertsBelongToTheirTransaction) {
  const auto t = table("a " + types().int64 + " primary key");
  const std::vector<int> rows{1, 2, 3};
  {
    auto tx = db->begin();
    EXPECT_EQ(tx.bulk_insert(t + "(a)", rows), 3u);
    EXPECT_EQ(tx.one<int>("select count(*) from " + t), 3);
  }
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
  db->transact([&](Transaction& tx) { EXPECT_EQ(tx.bulk_insert(t + "(a)", rows), 3u); });
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 3);
}

TEST_P(Transactions, EveryIsolationLevelIsTaken) {
  IACDB_NEEDS(Capability::isolation_levels);
  for (const Isolation level : {Isolation::read_uncommitted, Isolation::read_committed,
                                Isolation::repeatable_read, Isolation::serializable}) {
    EXPECT_EQ(
        db->transact([](Transaction& tx) { return tx.one<int>("select 1"); }, {.isolation = level}),
        1)
        << to_string(level);
  }
  EXPECT_EQ(db->transact([](Transaction& tx) { return tx.one<int>("select 1"); },
                         {.isolation = Isolation::serializable, .read_only = true}),
            1);
}

TEST_P(Transactions, ACommitThatIsRefusedKeepsNothing) {
  IACDB_NEEDS(Capability::foreign_keys);
  IACDB_NEEDS(Capability::ddl_in_transactions);  // Those are also the ones with deferred checks.
  const auto parent = table("id " + types().int64 + " primary key");
  const auto child = table("parent " + types().int64 + " references " + parent +
                           " (id) deferrable initially deferred");
  auto session = db->session();
  auto tx = session.begin();
  tx.exec("insert into " + child + " (parent) values (1)");
  expect_error(ErrorKind::foreign_key_violation, [&] { tx.commit(); });
  EXPECT_EQ(session.one<int>("select count(*) from " + child), 0);
}

TEST_P(Transactions, DdlRollsBackToo) {
  IACDB_NEEDS(Capability::ddl_in_transactions);
  const std::string name = unique("ddl");
  {
    auto tx = db->begin();
    tx.exec("create table " + name + " (a " + types().int64 + ")");
    tx.exec("insert into " + name + " (a) values (1)");
  }
  expect_error(ErrorKind::undefined_object, [&] { db->exec("select * from " + name); });
}

TEST_P(Transactions, ALeaseReturnedInsideATransactionIsReset) {
  Database one = open({.pool = PoolOptions{.open_max = 1, .idle_max = 1}});
  const std::string t = unique("t");
  one.exec("create table " + t + " (a " + types().int64 + ")");
  at_end("drop table if exists " + t);
  {
    auto session = one.session();
    session.exec("begin");
    session.exec("insert into " + t + " (a) values (1)");
  }
  EXPECT_EQ(one.one<int>("select count(*) from " + t), 0);
  EXPECT_EQ(one.metrics().pool.leased, 0u);
}

TEST_P(Transactions, ConstraintsAreToldApart) {
  IACDB_NEEDS(Capability::foreign_keys);
  const auto parent = table("id " + types().int64 + " primary key");
  const auto child = table("id " + types().int64 + " not null, parent " + types().int64 +
                           ", foreign key (parent) references " + parent + " (id)");
  expect_error(ErrorKind::foreign_key_violation,
               [&] { db->exec("insert into " + child + " (id, parent) values (1, 99)"); });
  expect_error(ErrorKind::not_null_violation,
               [&] { db->exec("insert into " + child + " (id) values (?)", nullptr); });
}

TEST_P(Transactions, CheckConstraints) {
  IACDB_NEEDS(Capability::check_constraints);
  const auto t = table("a " + types().int64 + ", check (a > 0)");
  const auto facts = expect_error(ErrorKind::check_violation,
                                  [&] { db->exec("insert into " + t + " (a) values (?)", -1); });
  EXPECT_FALSE(facts.retryable);
  EXPECT_FALSE(facts.breaks_connection);
}

}  // namespace
}  // namespace iacdb::conformance
