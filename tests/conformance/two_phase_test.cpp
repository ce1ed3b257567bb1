#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "conformance/suite.hpp"

namespace iacdb::conformance {

IACDB_CONFORMANCE(TwoPhase);

/// A decision log of its own for each test.
struct Log {
  Log() : path((std::filesystem::temp_directory_path() / "iacdb-log-XXXXXX").string()) {
    path = std::string(mkdtemp(path.data())) + "/decisions.log";
  }
  ~Log() { std::filesystem::remove_all(std::filesystem::path(path).parent_path()); }
  std::string path;
};

/// The branches of this coordinator; others may be at work on the same server.
std::size_t prepared_count(const Coordinator& coordinator, const Database& db) {
  const auto listed = coordinator.list({db});
  return static_cast<std::size_t>(std::count_if(
      listed.begin(), listed.end(),
      [](const PreparedBranch& branch) { return branch.decision != Decision::unknown; }));
}

TEST_P(TwoPhase, PreparesThenCommitsOrRollsBack) {
  IACDB_NEEDS(Capability::two_phase_commit);
  const std::string name = table("id bigint");
  const std::string insert = "insert into " + name + " values (?)";
  const Log log;
  Coordinator coordinator(log.path);
  for (const bool commit : {true, false}) {
    auto tx = coordinator.begin({*db});
    tx[0].exec(insert, commit ? 1 : 2);
    tx.prepare();
    Database other = open();
    EXPECT_EQ(prepared_count(coordinator, other), 1U);
    EXPECT_TRUE(commit ? tx.commit().empty() : tx.rollback().empty());
    EXPECT_EQ(prepared_count(coordinator, other), 0U);
  }
  EXPECT_EQ(db->one<std::int64_t>("select sum(id) from " + name), 1);
}

TEST_P(TwoPhase, RollsBackWithItsHandle) {
  IACDB_NEEDS(Capability::two_phase_commit);
  const std::string name = table("id bigint");
  const Log log;
  Coordinator coordinator(log.path);
  for (const bool prepare : {false, true}) {
    auto tx = coordinator.begin({*db});
    tx.on(*db).exec("insert into " + name + " values (1)");
    if (prepare) tx.prepare();
  }
  EXPECT_EQ(prepared_count(coordinator, *db), 0U);
  EXPECT_EQ(db->one<std::int64_t>("select count(*) from " + name), 0);
}

TEST_P(TwoPhase, RefusesWhatABranchCannotDo) {
  IACDB_NEEDS(Capability::two_phase_commit);
  const std::string name = table("id bigint");
  const Log log;
  Coordinator coordinator(log.path);
  auto tx = coordinator.begin({*db});
  EXPECT_THROW(tx[1], UsageError);
  Database other = open();
  EXPECT_THROW(tx.on(other), UsageError);
  Branch& branch = tx[0];
  EXPECT_THROW(branch.transact([](Transaction&) {}, {.attempts_max = 3}), UsageError);
  EXPECT_THROW(branch.begin({.isolation = Isolation::serializable}), UsageError);
  {
    Transaction inner = branch.begin();
    inner.exec("insert into " + name + " values (1)");
    EXPECT_THROW(branch.exec("insert into " + name + " values (9)"), UsageError);
    inner.rollback();
  }
  branch.transact([&](Transaction& inner) { inner.exec("insert into " + name + " values (2)"); });
  tx.prepare();
  EXPECT_THROW(branch.exec("insert into " + name + " values (3)"), UsageError);
  EXPECT_TRUE(tx.commit().empty());
  EXPECT_EQ(db->one<std::int64_t>("select sum(id) from " + name), 2);
}

TEST_P(TwoPhase, IsRefusedByNameWhereItIsLacking) {
  const Log log;
  Coordinator coordinator(log.path);
  if (can(Capability::two_phase_commit)) {
    EXPECT_TRUE(coordinator.begin({*db}).rollback().empty());
    return;
  }
  const ErrorFacts facts = expect_error(ErrorKind::unsupported, [&] { coordinator.begin({*db}); });
  EXPECT_NE(facts.message.find("'" + db->name() + "'"), std::string::npos) << facts.message;
}

}  // namespace iacdb::conformance
