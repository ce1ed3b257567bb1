// Conflicts: transactions that meet, for real: what fails, what is run again, and what never is.

#include <latch>
#include <thread>

#include "conformance/proxy.hpp"
#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

/// Two rows, (1, 0) and (2, 0), and a database of several connections whatever the mode.
class Conflicts : public Suite {
 protected:
  void SetUp() override {
    Suite::SetUp();
    t = table("id " + types().int64 + " primary key, a " + types().int64);
    db->exec("insert into " + t + " (id, a) values (1, 0), (2, 0)");
    both.emplace(can(Capability::concurrent_writers) ? open_beside() : *db);
  }
  void add(Queryable& to, int id) { to.exec("update " + t + " set a = a + 1 where id = ?", id); }
  std::vector<int> values() { return db->query<int>("select a from " + t + " order by id").all(); }

  std::string t;
  std::optional<Database> both;
};
INSTANTIATE_TEST_SUITE_P(On, Conflicts, testing::ValuesIn(targets()),
                         [](const auto& one) { return one.param.name; });

TEST_P(Conflicts, ADeadlockHasOneVictimWhichRunsAgain) {
  IACDB_NEEDS(Capability::concurrent_writers);
  IACDB_NEEDS(Capability::row_locks);
  std::latch both_hold(2);
  std::atomic<int> victims{0};
  const auto unit = [&](int first, int second) {
    int tries = 0;
    both->transact(
        [&](Transaction& tx) {
          add(tx, first);
          if (++tries == 1) both_hold.arrive_and_wait();
          try {
            add(tx, second);
          } catch (const Error& error) {
            provoked(error.kind());
            EXPECT_EQ(to_string(error.kind()), to_string(ErrorKind::deadlock)) << error.what();
            EXPECT_TRUE(error.retryable());
            ++victims;
            throw;
          }
        },
        {.attempts_max = 10});
  };
  std::thread other([&] { unit(2, 1); });
  unit(1, 2);
  other.join();
  EXPECT_EQ(victims, 1);
  EXPECT_EQ(values(), (std::vector<int>{2, 2}));
}

TEST_P(Conflicts, ADeadlockIsThrownWhereNobodyAskedForASecondTry) {
  IACDB_NEEDS(Capability::concurrent_writers);
  IACDB_NEEDS(Capability::row_locks);
  std::latch both_hold(2);
  std::atomic<int> victims{0};
  const auto unit = [&](int first, int second) {
    try {
      both->transact([&](Transaction& tx) {
        add(tx, first);
        both_hold.arrive_and_wait();
        add(tx, second);
      });
    } catch (const ConflictError& error) {
      EXPECT_EQ(to_string(error.kind()), to_string(ErrorKind::deadlock));
      EXPECT_TRUE(error.breaks_transaction());
      EXPECT_FALSE(error.breaks_connection());
      ++victims;
    }
  };
  std::thread other([&] { unit(2, 1); });
  unit(1, 2);
  other.join();
  EXPECT_EQ(victims, 1);
  EXPECT_EQ(values(), (std::vector<int>{1, 1}));
}

TEST_P(Conflicts, SerializableUnitsRunAsIfOneAfterTheOther) {
  IACDB_NEEDS(Capability::isolation_levels);
  IACDB_NEEDS(Capability::concurrent_writers);
  std::latch both_read(2);
  std::atomic<int> tries{0};
  // Each writes what the other read: without a conflict both would write 1.
  const auto unit = [&](int mine, int theirs) {
    int own_tries = 0;
    both->transact(
        [&](Transaction& tx) {
          ++tries;
          const int seen = tx.one<int>("select a from " + t + " where id = ?", theirs);
          if (++own_tries == 1) both_read.arrive_and_wait();
          tx.exec("update " + t + " set a = ? where id = ?", seen + 1, mine);
        },
        {.isolation = Isolation::serializable, .attempts_max = 10});
  };
  std::thread other([&] { unit(2, 1); });
  unit(1, 2);
  other.join();
  EXPECT_GE(tries, 3);
  const auto seen = values();
  EXPECT_TRUE((seen == std::vector<int>{1, 2}) || (seen == std::vector<int>{2, 1}));
}

TEST_P(Conflicts, ARowThatChangedSinceTheSnapshotIsASerializationFailure) {
  IACDB_NEEDS(Capability::isolation_levels);
  IACDB_NEEDS(Capability::concurrent_writers);
  auto session = both->session();
  if (!types().snapshots.empty()) session.exec(types().snapshots);
  const auto facts = expect_error(ErrorKind::serialization_failure, [&] {
    auto tx = session.begin({.isolation = Isolation::repeatable_read});
    EXPECT_EQ(tx.one<int>("select a from " + t + " where id = 1"), 0);
    both->exec("update " + t + " set a = 5 where id = 1");
    add(tx, 1);
  });
  EXPECT_TRUE(facts.retryable);
  EXPECT_EQ(values(), (std::vector<int>{5, 0}));
}

TEST_P(Conflicts, ALockThatIsNotGrantedInTime) {
  IACDB_NEEDS(Capability::row_locks);
  IACDB_NEEDS(Capability::concurrent_writers);
  auto holder = both->begin();
  add(holder, 1);
  auto session = both->session();
  session.exec(types().lock_wait_setting);
  const auto facts = expect_error(ErrorKind::lock_timeout, [&] { add(session, 1); });
  EXPECT_FALSE(facts.breaks_connection);
  holder.rollback();
  add(session, 1);
  EXPECT_EQ(values(), (std::vector<int>{1, 0}));
}

TEST_P(Conflicts, ALostAnswerToACommitIsInDoubtAndNeverRunAgain) {
  IACDB_NEEDS(Capability::multiple_databases);  // There is a network to lose answers on.
  Proxy proxy(GetParam().url);
  Database far = iacdb::open(proxy.url());
  int tries = 0;
  const auto facts = expect_error(ErrorKind::in_doubt, [&] {
    far.transact(
        [&](Transaction& tx) {
          ++tries;
          add(tx, 1);
          proxy.cut_next_answer();
        },
        {.attempts_max = 5});
  });
  EXPECT_EQ(tries, 1);
  EXPECT_FALSE(facts.retryable);
  EXPECT_TRUE(facts.breaks_connection);
  EXPECT_EQ(values(), (std::vector<int>{1, 0}));  // It had happened: a second try would make it 2.
  add(far, 2);                                    // On a new connection.
  EXPECT_EQ(values(), (std::vector<int>{1, 1}));
}

TEST_P(Conflicts, AConnectionThatIsEndedIsLost) {
  IACDB_NEEDS(Capability::multiple_databases);
  auto victim = both->session();
  const auto id = victim.one<std::int64_t>(types().process_query);
  both->exec(types().end_process, id);
  const auto facts = expect_error(ErrorKind::connection_lost, [&] {
    for (int i = 0; i < 100; ++i) {  // The server needs a moment to end it.
      victim.exec("select 1");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  EXPECT_TRUE(facts.breaks_connection);
  EXPECT_EQ(both->one<int>("select 1"), 1);
}

TEST_P(Conflicts, AnotherWriterIsWaitedForAndThenRefused) {
  if (can(Capability::concurrent_writers)) return;                   // Nobody waits there.
  if (GetParam().url.find(":memory:") != std::string::npos) return;  // No second one can come.
  Database other = open_beside();
  auto writer = other.begin();
  add(writer, 1);
  Database hasty = open({.pool = PoolOptions{}}, "busy_timeout_ms=20");
  const auto facts = expect_error(ErrorKind::lock_timeout, [&] { add(hasty, 2); });
  EXPECT_TRUE(facts.retryable);
  EXPECT_EQ(hasty.one<int>("select a from " + t + " where id = 1"), 0);  // Readers do not wait.
  writer.commit();
  add(hasty, 2);
  EXPECT_EQ(values(), (std::vector<int>{1, 1}));
}

TEST_P(Conflicts, AReaderThatTurnsToWritingAfterAnotherWroteIsASerializationFailure) {
  if (can(Capability::concurrent_writers)) return;                   // See above.
  if (GetParam().url.find(":memory:") != std::string::npos) return;  // No second one can come.
  Database other = open_beside();
  auto reader = other.session();
  reader.exec("begin");  // By hand: transactions of the library begin as writers.
  EXPECT_EQ(reader.one<int>("select a from " + t + " where id = 1"), 0);
  db->exec("update " + t + " set a = 5 where id = 1");
  const auto facts = expect_error(ErrorKind::serialization_failure, [&] { add(reader, 1); });
  EXPECT_TRUE(facts.retryable);
  reader.exec("rollback");
  EXPECT_EQ(values(), (std::vector<int>{5, 0}));
}

}  // namespace
}  // namespace iacdb::conformance
