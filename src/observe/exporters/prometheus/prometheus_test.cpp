#include "observe/exporters/prometheus/prometheus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iacdb::observe {
namespace {

using testing::HasSubstr;
using testing::Not;

Metrics example() {
  Metrics metrics;
  metrics.database = "orders";
  metrics.backend = "postgres";
  metrics.pool.open_max = 10;
  metrics.pool.leased = 3;
  metrics.pool.waited = std::chrono::milliseconds(1500);
  metrics.pool.breaker = BreakerState::open;
  metrics.statements.count = 6;
  metrics.statements.total = std::chrono::milliseconds(2500);
  metrics.statements.buckets.front() = 4;
  metrics.statements.buckets[2] = 1;
  metrics.statements.buckets.back() = 1;
  metrics.statements.errors[static_cast<std::size_t>(ErrorKind::deadlock)] = 2;
  return metrics;
}

TEST(Prometheus, WritesGaugesAndCountersWithTheirLabels) {
  const std::string text = prometheus_text({example()});
  EXPECT_THAT(text, HasSubstr("# TYPE iacdb_pool_leased gauge\n"));
  EXPECT_THAT(text, HasSubstr("# HELP iacdb_pool_leased Connections in use.\n"));
  EXPECT_THAT(text, HasSubstr("iacdb_pool_leased{database=\"orders\",backend=\"postgres\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE iacdb_pool_waited_seconds_total counter\n"));
  EXPECT_THAT(
      text,
      HasSubstr("iacdb_pool_waited_seconds_total{database=\"orders\",backend=\"postgres\"} 1.5\n"));
}

TEST(Prometheus, BucketsAreCumulativeAndEndInTheCount) {
  const std::string text = prometheus_text({example()});
  const std::string labels = "{database=\"orders\",backend=\"postgres\",";
  EXPECT_THAT(text, HasSubstr("iacdb_statements_seconds_bucket" + labels + "le=\"0.5\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("iacdb_statements_seconds_bucket" + labels + "le=\"+Inf\"} 6\n"));
  EXPECT_THAT(
      text,
      HasSubstr("iacdb_statements_seconds_count{database=\"orders\",backend=\"postgres\"} 6\n"));
  EXPECT_THAT(
      text,
      HasSubstr("iacdb_statements_seconds_sum{database=\"orders\",backend=\"postgres\"} 2.5\n"));
}

TEST(Prometheus, ErrorsAreLabelledByKindAndShownWhenZero) {
  const std::string text = prometheus_text({example()});
  EXPECT_THAT(text, HasSubstr("kind=\"deadlock\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("kind=\"unique_violation\"} 0\n"));
}

TEST(Prometheus, OneBreakerStateIsOne) {
  const std::string text = prometheus_text({example()});
  EXPECT_THAT(text, HasSubstr("state=\"open\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("state=\"closed\"} 0\n"));
}

TEST(Prometheus, GroupsDatabasesUnderOneHeading) {
  Metrics other = example();
  other.database = "archive";
  const std::string text = prometheus_text({example(), other});
  const auto heading = text.find("# TYPE iacdb_pool_open gauge");
  EXPECT_EQ(text.find("# TYPE iacdb_pool_open gauge", heading + 1), text.npos);
  EXPECT_THAT(text, HasSubstr("iacdb_pool_open{database=\"archive\",backend=\"postgres\"} 0\n"));
}

TEST(Prometheus, KeepsEveryDigitOfLargeCounters) {
  Metrics metrics = example();
  metrics.pool.leases = 1'234'567'890'123;
  EXPECT_THAT(prometheus_text({metrics}), HasSubstr("} 1234567890123\n"));
}

TEST(Prometheus, ShowsGroupsUnderTheirFingerprint) {
  StatementGroup group{"orders", "select ?", "0123456789abcdef", example().statements};
  const std::string labels =
      "{database=\"orders\",group=\"0123456789abcdef\",fingerprint=\"select ?\"";
  std::string text = prometheus_text({}, {group});
  EXPECT_THAT(text, HasSubstr("iacdb_statement_group_seconds_count" + labels + "} 6\n"));
  EXPECT_THAT(text, HasSubstr("iacdb_statement_group_errors_total" + labels + "} 2\n"));
  group.fingerprint = std::string(500, 'x');
  text = prometheus_text({}, {group});
  EXPECT_THAT(text, HasSubstr("xxx...\"}"));
  EXPECT_THAT(text, Not(HasSubstr(std::string(201, 'x'))));
}

TEST(Prometheus, EscapesLabels) {
  Metrics odd = example();
  odd.database = "a\"b\\c\nd";
  EXPECT_THAT(prometheus_text({odd}), HasSubstr("database=\"a\\\"b\\\\c\\nd\""));
}

TEST(Prometheus, DocumentCommandsAreLabelledByCollectionAndCommand) {
  DocumentMetrics store{
      .database = "people", .backend = "sqlite", .sql = example(), .commands = {}};
  store.sql->database = "people";
  CommandMetrics find{"pets", "find", {}};
  find.statements.rows = 7;
  find.statements.total = std::chrono::milliseconds(250);
  find.statements.buckets[1] = 3;
  find.statements.errors[static_cast<std::size_t>(ErrorKind::timeout)] = 2;
  store.commands.push_back(find);
  const std::string text = prometheus_text({}, {}, {store});
  const std::string labels =
      R"({database="people",backend="sqlite",collection="pets",command="find")";
  EXPECT_THAT(text, HasSubstr("iacdb_document_commands_seconds_count" + labels + "} 3\n"));
  EXPECT_THAT(text, HasSubstr("iacdb_document_commands_seconds_sum" + labels + "} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("iacdb_document_commands_documents_total" + labels + "} 7\n"));
  EXPECT_THAT(
      text, HasSubstr("iacdb_document_commands_errors_total" + labels + ",kind=\"timeout\"} 2\n"));
  EXPECT_THAT(text, Not(HasSubstr(labels + ",kind=\"connect\"")));
  EXPECT_THAT(text, HasSubstr("iacdb_pool_leased{database=\"people\",backend=\"postgres\"} 3\n"));
}

}  // namespace
}  // namespace iacdb::observe
