#include <gtest/gtest.h>

#include <thread>

#include "database/fake_backends_test.hpp"

namespace iacdb::database {
namespace {

using namespace std::chrono_literals;

const ErrorFacts lost{.kind = ErrorKind::connection_lost,
                      .message = "gone",
                      .retryable = true,
                      .breaks_connection = true};

class DoubtTest : public testing::Test {
 protected:
  /// What `f` throws when the connection is lost during `sql`.
  template <class F>
  ErrorKind kind_of(const std::string& sql, F f, const ErrorFacts& facts = lost) {
    server_.fail_once(sql, facts);
    try {
      f();
    } catch (const Error& error) {
      EXPECT_FALSE(error.kind() == ErrorKind::in_doubt && error.retryable());
      return error.kind();
    }
    return ErrorKind::internal;
  }

  driver::FakeServer server_;
  Database db_ = open_fake(server_);
};

TEST_F(DoubtTest, AWriteThatCommitsItselfIsInDoubtWhenItsAnswerIsLost) {
  const std::string sql = "insert into t values (1)";
  EXPECT_EQ(kind_of(sql, [&] { db_.exec(sql); }), ErrorKind::in_doubt);
  EXPECT_EQ(kind_of(sql, [&] { db_.query(sql); }), ErrorKind::in_doubt);
  EXPECT_EQ(kind_of(sql, [&] { db_.session().exec(sql); }), ErrorKind::in_doubt);
}

TEST_F(DoubtTest, SoIsOneThatRanIntoItsDeadlineWithoutAnAnswer) {
  const std::string sql = "update t set a = 1";
  ErrorFacts late{.kind = ErrorKind::timeout, .message = "late", .breaks_connection = true};
  EXPECT_EQ(kind_of(
                sql, [&] { db_.exec(sql); }, late),
            ErrorKind::in_doubt);
  late.breaks_connection = false;  // The server has confirmed the cancel.
  EXPECT_EQ(kind_of(
                sql, [&] { db_.exec(sql); }, late),
            ErrorKind::timeout);
}

TEST_F(DoubtTest, AReadIsNot) {
  const std::string sql = "select a from t";
  EXPECT_EQ(kind_of(sql, [&] { db_.exec(sql); }), ErrorKind::connection_lost);
  EXPECT_EQ(kind_of(sql, [&] { db_.query(sql); }), ErrorKind::connection_lost);
}

TEST_F(DoubtTest, NorIsAStatementInsideATransaction) {
  const std::string sql = "insert into t values (1)";
  const auto in_transaction = [&] { db_.transact([&](Transaction& tx) { tx.exec(sql); }); };
  EXPECT_EQ(kind_of(sql, in_transaction), ErrorKind::connection_lost);
}

TEST_F(DoubtTest, AReturningWriteIsInDoubtWhenItsRowsAreCutOff) {
  const std::string sql = "insert into t values (1) returning id";
  server_.on(sql, {.columns = {{"id", Type::int64, "int8"}},
                   .rows = {{1}, {2}, {3}, {4}},
                   .error = lost,
                   .rows_before_error = 2});
  EXPECT_THROW(db_.query(sql).all(), InDoubtError);
}

TEST_F(DoubtTest, HealthAsksBesideAFullPoolAndSaysThatOthersWait) {
  Database db = open_fake(server_, {.open_max = 1, .idle_max = 1, .acquire_timeout = 10s});
  EXPECT_EQ(db.health().message, "ok");
  auto session = std::make_unique<Session>(db.session());
  std::jthread waiter([&] { db.exec("select 1"); });
  while (db.metrics().pool.waiting == 0) std::this_thread::sleep_for(1ms);
  const Health health = db.health();
  EXPECT_TRUE(health.ok);
  EXPECT_TRUE(health.reachable);
  EXPECT_TRUE(health.is_saturated());
  EXPECT_NE(health.message.find("1 callers wait"), std::string::npos) << health.message;
  session.reset();
}

TEST_F(DoubtTest, HealthOfAServerThatIsDownSaysSo) {
  server_.stop();
  const Health health = db_.health();
  EXPECT_FALSE(health.ok);
  EXPECT_FALSE(health.reachable);
  EXPECT_NE(health.message, "ok");
}

}  // namespace
}  // namespace iacdb::database
