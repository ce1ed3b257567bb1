// Two-phase commit over PostgreSQL and MariaDB: the coordinator is killed at every call it makes,
// and recovery must leave no branch behind and both databases with the same decision.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "crash_points.hpp"
#include "subject.hpp"

namespace iacdb::chaos {
namespace {

using namespace std::chrono_literals;

std::string url_of(const std::string& kind) {
  std::istringstream urls(variable("IACDB_TEST_URLS"));
  for (std::string url; urls >> url;) {
    if (url.starts_with(kind)) return url;
  }
  throw std::runtime_error("IACDB_TEST_URLS has no " + kind);
}

/// As url_of(), in sessions that the test can tell from its own.
std::string child_url(const std::string& kind) {
  std::string url = url_of(kind);
  if (kind == "postgres") return url + "?application_name=chaos_child";
  return url.replace(url.find("iacdb:"), 6, "iacdb_native:");
}

constexpr std::string_view insert = "insert into chaos_transfer values (?)";

}  // namespace

/// The process that is killed: `what` is how its transaction ends.
int run_coordinator(const std::string& log, const std::string& what, std::int64_t id,
                    std::uint64_t point) {
  Database postgres = open(child_url("postgres"));
  Database mariadb = open(child_url("mariadb"));
  CrashPoints::arm(point);
  Coordinator coordinator(log);
  auto tx = coordinator.begin({postgres, mariadb});
  tx.on(postgres).exec(insert, id);
  if (what != "read") tx.on(mariadb).exec(insert, id);
  if (what == "read") tx.on(mariadb).one<std::int64_t>("select count(*) from chaos_transfer");
  if (what == "rollback") {
    tx.prepare();
    tx.rollback();
  } else {
    tx.commit();
  }
  return 0;
}

namespace {

class CoordinatorTest : public testing::Test {
 protected:
  CoordinatorTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "iacdb-tx-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    log_ = folder_ + "/decisions.log";
    for (Database* db : {&postgres_, &mariadb_}) {
      db->exec("drop table if exists chaos_transfer");
      db->exec("create table chaos_transfer (id bigint)");
    }
  }
  ~CoordinatorTest() override { std::filesystem::remove_all(folder_); }

  /// True when the child came to its end.
  bool run_child(const std::string& what, std::int64_t id, std::uint64_t point) const {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe");
    const std::string number = std::to_string(id);
    const std::string at = std::to_string(point);
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl(program.c_str(), program.c_str(), "--coordinator", log_.c_str(), what.c_str(),
              number.c_str(), at.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return false;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      throw std::runtime_error("the coordinator failed by itself");
    }
    return true;
  }

  /// What the child had sent may still be at work: recovery is for what has come to rest.
  void wait_for_its_sessions() {
    const auto count = [&] {
      return postgres_.one<std::int64_t>(
                 "select count(*) from pg_stat_activity where "
                 "application_name = 'chaos_child'") +
             mariadb_.one<std::int64_t>(
                 "select count(*) from information_schema.processlist "
                 "where user = 'iacdb_native'");
    };
    for (int tries = 0; count() != 0; ++tries) {
      if (tries == 2000) throw std::runtime_error("the child's sessions do not end");
      std::this_thread::sleep_for(5ms);
    }
  }

  std::int64_t count(Database& db, std::int64_t id) {
    return db.one<std::int64_t>("select count(*) from chaos_transfer where id = ?", id);
  }

  /// Kills at every point, until the child gets through.
  void kill_everywhere(const std::string& what) {
    std::uint64_t committed = 0;
    std::uint64_t recovered = 0;
    std::uint64_t point = 2;
    for (bool is_through = false; !is_through; ++point) {
      ASSERT_LT(point, 400U);
      const auto id = static_cast<std::int64_t>(point);
      is_through = run_child(what, id, point);
      wait_for_its_sessions();
      Coordinator coordinator(log_);
      const Recovery recovery = coordinator.recover({postgres_, mariadb_});
      recovered += recovery.committed.size() + recovery.rolled_back.size();
      EXPECT_TRUE(recovery.problems.empty()) << recovery.problems.front();
      EXPECT_TRUE(recovery.left.empty()) << "point " << point;
      EXPECT_TRUE(coordinator.list({postgres_, mariadb_}).empty()) << "point " << point;
      const std::int64_t here = count(postgres_, id);
      if (what != "read") {
        EXPECT_EQ(here, count(mariadb_, id)) << "point " << point;
      }
      committed += here != 0 ? 1 : 0;
      if (is_through) {
        EXPECT_EQ(here, what == "rollback" ? 0 : 1);
      }
    }
    std::cout << "chaos: two-phase commit, " << what << ": killed at " << point - 3 << " points, "
              << committed << " times committed all the same, " << recovered
              << " branches recovered\n";
    EXPECT_GT(recovered, 0U) << "no kill left anything to recover";
  }

  /// What `iacdb ...` prints, and its exit code.
  static std::pair<std::string, int> run_command(const std::string& arguments) {
    const std::string line = std::string(IACDB_COMMAND) + " " + arguments + " 2>/dev/null";
    FILE* const pipe = ::popen(line.c_str(), "r");
    std::string text;
    std::array<char, 4096> piece{};
    for (std::size_t got; (got = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) {
      text.append(piece.data(), got);
    }
    return {text, WEXITSTATUS(::pclose(pipe))};
  }

  /// Leaves two prepared branches that the log says are committed.
  std::int64_t kill_after_the_decision() {
    for (std::uint64_t point = 2; point < 400; ++point) {
      const auto id = static_cast<std::int64_t>(point);
      if (run_child("commit", id, point)) break;
      wait_for_its_sessions();
      Coordinator coordinator(log_);
      const auto listed = coordinator.list({postgres_, mariadb_});
      if (listed.size() == 2 && listed[0].decision == Decision::commit) return id;
      coordinator.recover({postgres_, mariadb_});
    }
    throw std::runtime_error("no kill came between the decision and its execution");
  }

  std::string folder_;
  std::string log_;
  Database postgres_ = open(url_of("postgres"));
  Database mariadb_ = open(url_of("mariadb"));
};

TEST_F(CoordinatorTest, KilledAnywhereBeforeACommit) {
  kill_everywhere("commit");
}

TEST_F(CoordinatorTest, KilledAnywhereBeforeARollback) {
  kill_everywhere("rollback");
}

TEST_F(CoordinatorTest, KilledAnywhereWithABranchThatOnlyReads) {
  kill_everywhere("read");
}

TEST_F(CoordinatorTest, CommitsOnBothAndLeavesNothing) {
  Coordinator coordinator(log_);
  auto tx = coordinator.begin({postgres_, mariadb_}, {.isolation = Isolation::serializable});
  tx[0].exec(insert, 1);
  tx.on(mariadb_).transact([](Transaction& savepoint) { savepoint.exec(insert, 1); });
  auto nested = tx[1].begin();
  nested.exec(insert, 1);
  nested.rollback();
  EXPECT_TRUE(tx.commit().empty());
  EXPECT_EQ(count(postgres_, 1), 1);
  EXPECT_EQ(count(mariadb_, 1), 1);
  EXPECT_TRUE(coordinator.list({postgres_, mariadb_}).empty());
  EXPECT_THROW(tx.commit(), UsageError);
  EXPECT_THROW(tx[0].exec(insert, 2), UsageError);
}

TEST_F(CoordinatorTest, ListsWhatIsPreparedAndTouchesNothingThatRuns) {
  Coordinator coordinator(log_);
  auto tx = coordinator.begin({postgres_, mariadb_});
  tx[0].exec(insert, 1);
  tx[1].exec(insert, 1);
  tx.prepare();
  const auto listed = coordinator.list({postgres_, mariadb_});
  ASSERT_EQ(listed.size(), 2U);
  for (const PreparedBranch& branch : listed) {
    EXPECT_EQ(branch.transaction, tx.id());
    EXPECT_EQ(branch.decision, Decision::undecided);
  }
  EXPECT_EQ(coordinator.recover({postgres_, mariadb_}).left.size(), 2U);
  {
    Coordinator other(folder_ + "/other.log");
    EXPECT_EQ(other.recover({postgres_, mariadb_}).left.size(), 2U) << "another log's";
  }
  EXPECT_TRUE(tx.rollback().empty());
  EXPECT_EQ(count(postgres_, 1) + count(mariadb_, 1), 0);
  EXPECT_TRUE(coordinator.list({postgres_, mariadb_}).empty());
}

TEST_F(CoordinatorTest, RollsEverythingBackWhenOneCannotPrepare) {
  postgres_.exec("drop table if exists chaos_checked");
  postgres_.exec("create table chaos_checked (id int unique deferrable initially deferred)");
  Coordinator coordinator(log_);
  auto tx = coordinator.begin({mariadb_, postgres_});
  tx[0].exec(insert, 1);
  tx[1].exec("insert into chaos_checked values (1), (1)");
  EXPECT_THROW(tx.commit(), ConstraintError);
  EXPECT_EQ(count(mariadb_, 1), 0);
  EXPECT_TRUE(coordinator.list({postgres_, mariadb_}).empty());
  postgres_.exec("drop table chaos_checked");
}

TEST_F(CoordinatorTest, FailedStatementRollsBackWithTheHandle) {
  Coordinator coordinator(log_);
  {
    auto tx = coordinator.begin({postgres_, mariadb_});
    tx[0].exec(insert, 1);
    tx[1].exec(insert, 1);
    EXPECT_THROW(tx[0].exec("no such statement"), QueryError);
  }
  EXPECT_EQ(count(postgres_, 1) + count(mariadb_, 1), 0);
  auto tx = coordinator.begin({postgres_, mariadb_});
  EXPECT_THROW(tx[0].exec("no such statement"), QueryError);
  EXPECT_THROW(tx.commit(), Error) << "PostgreSQL would just say ROLLBACK";
}

TEST_F(CoordinatorTest, ServersKilledBetweenTheDecisionAndItsExecution) {
  const std::int64_t id = kill_after_the_decision();
  servers("kill postgres mariadb");
  servers("start postgres mariadb");
  Coordinator coordinator(log_);
  // The handles here are from before; their connections have died with the servers.
  EXPECT_EQ(coordinator.recover({postgres_, mariadb_}).problems, std::vector<std::string>{});
  EXPECT_TRUE(coordinator.list({postgres_, mariadb_}).empty());
  EXPECT_EQ(count(postgres_, id), 1);
  EXPECT_EQ(count(mariadb_, id), 1);
}

TEST_F(CoordinatorTest, TheCommandListsAndRecovers) {
  const std::int64_t id = kill_after_the_decision();
  const std::string databases = " '" + url_of("postgres") + "' '" + url_of("mariadb") + "'";
  const auto [listed, list_code] = run_command("tx list" + databases + " --log " + log_);
  EXPECT_EQ(list_code, 0);
  EXPECT_NE(listed.find("branch 0 on iacdb_test  prepared, decision commit"), std::string::npos);
  EXPECT_NE(listed.find("branch 1 on iacdb_test  prepared, decision commit"), std::string::npos);
  {
    const Coordinator at_work(log_);
    EXPECT_EQ(run_command("tx recover" + databases + " --log " + log_).second, 2);
    EXPECT_EQ(run_command("tx list" + databases + " --log " + log_).second, 0);
  }
  const auto [recovered, recover_code] = run_command("tx recover" + databases + " --log " + log_);
  EXPECT_EQ(recover_code, 0);
  EXPECT_NE(recovered.find("2 committed, 0 rolled back, 0 left"), std::string::npos) << recovered;
  EXPECT_EQ(run_command("tx list" + databases).first, "no branch is prepared\n");
  EXPECT_EQ(count(postgres_, id) + count(mariadb_, id), 2);
  EXPECT_EQ(run_command("tx list postgres://nobody@127.0.0.1:1/none").second, 4);
  EXPECT_EQ(run_command("tx recover" + databases).second, 2) << "a log is needed";
}

TEST_F(CoordinatorTest, RefusesByNameWhoCannotPrepareBeforeAnythingStarts) {
  Coordinator coordinator(log_);
  Database file = open("sqlite::memory:", {.name = "notes"});
  std::string url = url_of("postgres");
  url.replace(url.find(":" + variable("IACDB_TEST_PG_PORT")), 6,
              ":" + variable("IACDB_TEST_PG_EXPIRED_PORT"));
  Database unable = open(url + "?sslmode=disable", {.name = "archive"});
  url = url_of("postgres");
  url.replace(url.find(":" + variable("IACDB_TEST_PG_PORT")), 6,
              ":" + variable("IACDB_TEST_PG_STANDBY_PORT"));
  Database standby = open(url, {.name = "copy"});
  for (const Database& refused : {file, unable, standby}) {
    EXPECT_FALSE(refused.can().has(Capability::two_phase_commit));
    try {
      coordinator.begin({postgres_, refused});
      ADD_FAILURE() << refused.name();
    } catch (const UnsupportedError& error) {
      EXPECT_NE(std::string(error.what()).find("'" + refused.name() + "'"), std::string::npos)
          << error.what();
    }
  }
  EXPECT_EQ(postgres_.metrics().pool.leased, 0U);
  EXPECT_THROW(coordinator.begin({}), UsageError);
  EXPECT_THROW(coordinator.begin({postgres_, postgres_}), UsageError);
}

}  // namespace
}  // namespace iacdb::chaos

int main(int argc, char** argv) {
  if (argc == 6 && std::string_view(argv[1]) == "--coordinator") {
    return iacdb::chaos::run_coordinator(argv[2], argv[3], std::atoll(argv[4]),
                                         std::strtoull(argv[5], nullptr, 10));
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
