#include "observe/exporters/log/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

namespace iacdb::observe {
namespace {

using namespace std::chrono_literals;

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "iacdb-log-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  LogOptions options(LogLevel level) const {
    return {.level = level,
            .format = LogFormat::json,
            .file = (folder_ / "log").string(),
            .slow_query_threshold = 100ms};
  }
  std::vector<nlohmann::json> lines() const {
    std::vector<nlohmann::json> found;
    std::ifstream file(folder_ / "log");
    for (std::string line; std::getline(file, line);) found.push_back(nlohmann::json::parse(line));
    return found;
  }
  static QueryEvent query(std::chrono::nanoseconds duration) {
    return {.database = "orders",
            .backend = "postgres",
            .label = "report",
            .sql = "select 42 from t",
            .duration = duration,
            .waited = 1ms,
            .rows = 3};
  }

  std::filesystem::path folder_;
};

TEST_F(LogTest, SlowQueryIsAWarningWithItsFingerprint) {
  Log log(options(LogLevel::warn));
  log.on_query(query(99ms));
  log.on_query(query(100ms));
  const auto found = lines();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["level"], "warn");
  EXPECT_EQ(found[0]["event"], "slow_query");
  EXPECT_EQ(found[0]["database"], "orders");
  EXPECT_EQ(found[0]["backend"], "postgres");
  EXPECT_EQ(found[0]["label"], "report");
  EXPECT_EQ(found[0]["statement"], "select ? from t");
  EXPECT_EQ(found[0]["ms"], 100.0);
  EXPECT_EQ(found[0]["waited_ms"], 1.0);
  EXPECT_EQ(found[0]["rows"], 3);
}

TEST_F(LogTest, ASlowDocumentCommandHasItsShape) {
  Log log(options(LogLevel::warn));
  QueryEvent event = query(1s);
  event.sql = R"(find people {"name":?})";
  event.command = "find";
  event.collection = "people";
  log.on_query(event);
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(lines()[0]["event"], "slow_query");
  EXPECT_EQ(lines()[0]["command"], "find");
  EXPECT_EQ(lines()[0]["collection"], "people");
  EXPECT_EQ(lines()[0]["statement"], R"(find people {"name":?})");
}

TEST_F(LogTest, PlansAreAskedForWhereTheyWouldBeWritten) {
  LogOptions planned = options(LogLevel::warn);
  EXPECT_EQ(Log(planned).plan_after("orders"), std::chrono::nanoseconds::max());
  planned.slow_query_plan = true;
  planned.slow_query_thresholds = {{"archive", 5s}, {"quiet", 0ms}};
  Log log(planned);
  EXPECT_EQ(log.plan_after("orders"), 100ms);
  EXPECT_EQ(log.plan_after("archive"), 5s);
  EXPECT_EQ(log.plan_after("quiet"), std::chrono::nanoseconds::max());
  QueryEvent event = query(1s);
  event.plan = "Seq Scan\n  on t";
  log.on_query(event);
  event.database = "archive";
  log.on_query(event);
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(lines()[0]["plan"], "Seq Scan\n  on t");
  EXPECT_EQ(lines()[0]["group"].get<std::string>().size(), 16U);
  planned.level = LogLevel::error;
  EXPECT_EQ(Log(planned).plan_after("orders"), std::chrono::nanoseconds::max());
}

TEST_F(LogTest, EveryQueryAtDebug) {
  Log log(options(LogLevel::debug));
  log.on_query(query(1ms));
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(lines()[0]["event"], "query");
}

TEST_F(LogTest, ThresholdZeroMeansNever) {
  LogOptions never = options(LogLevel::warn);
  never.slow_query_threshold = 0ms;
  Log log(never);
  log.on_query(query(1h));
  EXPECT_TRUE(lines().empty());
}

TEST_F(LogTest, FailureShowsFactsButNeverTheServersWords) {
  Log log(options(LogLevel::warn));
  const Error error({.kind = ErrorKind::data,
                     .message = "a value does not fit",
                     .sqlstate = "22003",
                     .native_code = 7,
                     .server_message = "value 4711-secret out of range",
                     .where = "column 2"});
  QueryEvent event = query(1ms);
  event.error = &error;
  log.on_query(event);
  const auto found = lines();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["event"], "query_failed");
  EXPECT_EQ(found[0]["level"], "warn");
  EXPECT_EQ(found[0]["kind"], "data");
  EXPECT_EQ(found[0]["sqlstate"], "22003");
  EXPECT_EQ(found[0]["code"], 7);
  EXPECT_EQ(found[0]["message"], "a value does not fit");
  EXPECT_EQ(found[0]["where"], "column 2");
  EXPECT_EQ(found[0].dump().find("secret"), std::string::npos);
}

TEST_F(LogTest, FailuresHaveTheLevelTheyDeserve) {
  Log log(options(LogLevel::info));
  for (const ErrorKind kind :
       {ErrorKind::connection_lost, ErrorKind::unique_violation, ErrorKind::syntax}) {
    ErrorFacts facts;
    facts.kind = kind;
    const Error error(facts);
    QueryEvent event = query(1ms);
    event.error = &error;
    log.on_query(event);
  }
  const auto found = lines();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0]["level"], "error");
  EXPECT_EQ(found[1]["level"], "info");
  EXPECT_EQ(found[2]["level"], "warn");
}

TEST_F(LogTest, SlowFailureIsAtLeastAWarning) {
  Log log(options(LogLevel::warn));
  ErrorFacts facts;
  facts.kind = ErrorKind::unique_violation;
  const Error error(facts);
  QueryEvent event = query(1s);
  event.error = &error;
  log.on_query(event);
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(lines()[0]["event"], "query_failed");
}

TEST_F(LogTest, PoolEvents) {
  Log log(options(LogLevel::warn));
  log.on_pool({.database = "orders", .what = PoolEvent::What::opened, .detail = ""});
  log.on_pool({.database = "orders", .what = PoolEvent::What::leak, .detail = "held\nlong"});
  log.on_pool({.database = "orders", .what = PoolEvent::What::breaker_opened, .detail = "down"});
  const auto found = lines();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0]["event"], "pool_leak");
  EXPECT_EQ(found[0]["level"], "warn");
  EXPECT_EQ(found[0]["detail"], "held\nlong");
  EXPECT_EQ(found[1]["event"], "pool_breaker_opened");
  EXPECT_EQ(found[1]["level"], "error");
}

TEST_F(LogTest, OffWritesNothing) {
  Log log(options(LogLevel::off));
  log.on_pool({.database = "orders", .what = PoolEvent::What::breaker_opened, .detail = ""});
  EXPECT_FALSE(log.writes(LogLevel::off));
  EXPECT_TRUE(lines().empty());
}

TEST_F(LogTest, AppendsWholeLinesFromManyThreads) {
  {
    const auto log = make_log(options(LogLevel::debug));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 50; ++k) log->on_query(query(1ms));
      });
    }
  }
  Log(options(LogLevel::debug)).on_query(query(1ms));
  EXPECT_EQ(lines().size(), 201U);
}

TEST_F(LogTest, FileThatCannotBeOpenedIsAConfigError) {
  LogOptions wrong = options(LogLevel::info);
  std::filesystem::create_directory(folder_ / "dir");
  wrong.file = (folder_ / "dir").string();
  try {
    Log log(wrong);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.where(), wrong.file);
  }
}

TEST_F(LogTest, LinesThatCannotBeWrittenAreCounted) {
  LogOptions full = options(LogLevel::debug);
  full.file = "/dev/full";
  Log log(full);
  log.on_query(query(1ms));
  EXPECT_EQ(log.lost(), 1U);
}

}  // namespace
}  // namespace iacdb::observe
