#include "observe/trace.hpp"

#include <gtest/gtest.h>

#include <mutex>

#include "iacdb/error.hpp"
#include "observe/exporters/otlp/otlp.hpp"
#include "observe/statement_spans.hpp"

namespace iacdb::observe {
namespace {

constexpr std::string_view example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

struct Kept final : SpanSink {
  void record(Span span) noexcept override { spans.push_back(std::move(span)); }
  std::vector<Span> spans;
};

TEST(Trace, ReadsAndWritesTheHeader) {
  const auto context = parse_traceparent(example);
  ASSERT_TRUE(context);
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(print_traceparent(*context), example);
  EXPECT_TRUE(parse_traceparent(std::string("01") + std::string(example.substr(2)) + "-more"));
}

TEST(Trace, IgnoresMalformedHeaders) {
  std::string upper(example);
  upper[5] = 'F';
  const std::string text(example);
  for (const std::string& wrong :
       {std::string(), text.substr(1), text + "-more", text + "x", "ff" + text.substr(2), upper,
        "00-" + std::string(32, '0') + text.substr(35),
        text.substr(0, 36) + std::string(16, '0') + "-01", text.substr(0, 53) + "zz"}) {
    EXPECT_FALSE(parse_traceparent(wrong)) << wrong;
  }
}

TEST(Tracer, FollowsTheCallerAndItsRatio) {
  const auto kept = std::make_shared<Kept>();
  const Tracer all(kept, 1);
  const Tracer none(kept, 0);
  const auto parent = parse_traceparent(example);
  const TraceContext child = none.start(parent);
  EXPECT_EQ(child.trace_id, parent->trace_id);
  EXPECT_EQ(child.parent_id, parent->span_id);
  EXPECT_NE(child.span_id, parent->span_id);
  EXPECT_TRUE(child.sampled);
  EXPECT_TRUE(all.start(std::nullopt).sampled);
  EXPECT_FALSE(none.start(std::nullopt).sampled);
  EXPECT_NE(all.start(std::nullopt).trace_id, all.start(std::nullopt).trace_id);
  none.record(Span{.context = none.start(std::nullopt), .name = "x"});
  EXPECT_TRUE(kept->spans.empty());
}

TEST(StatementSpans, FollowTheConventions) {
  const auto kept = std::make_shared<Kept>();
  const auto tracer = std::make_shared<Tracer>(kept, 1);
  StatementSpans spans(tracer, tracer->start(std::nullopt), {"postgresql", "shop", "db1", 5432});
  const Error error(ErrorFacts{.kind = ErrorKind::deadlock, .sqlstate = "40P01"});
  QueryEvent event{};
  event.backend = "postgres";
  event.sql = "select * from orders where id = 1234";
  event.duration = std::chrono::milliseconds(5);
  event.error = &error;
  spans.on_query(event);
  ASSERT_EQ(kept->spans.size(), 1U);
  const Span& span = kept->spans[0];
  EXPECT_EQ(span.name, "SELECT orders");
  EXPECT_EQ(span.kind, SpanKind::client);
  EXPECT_EQ(span.end - span.start, std::chrono::milliseconds(5));
  const std::string json = otlp_json(kept->spans, {});
  for (const char* part : {R"({"key":"db.system.name","value":{"stringValue":"postgresql"}})",
                           R"({"key":"db.namespace","value":{"stringValue":"shop"}})",
                           R"({"key":"db.operation.name","value":{"stringValue":"SELECT"}})",
                           R"({"key":"server.port","value":{"intValue":"5432"}})",
                           R"({"key":"db.response.status_code","value":{"stringValue":"40P01"}})",
                           R"({"key":"error.type","value":{"stringValue":"deadlock"}})",
                           R"("status":{"code":2})", R"("kind":3)"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << "\n" << json;
  }
  EXPECT_EQ(json.find("1234"), std::string::npos);
}

TEST(StatementSpans, SummariseTheStatement) {
  EXPECT_EQ(summary_of("select a, b from t where c = ?"), "SELECT t");
  EXPECT_EQ(summary_of("insert into t(a) values (?)"), "INSERT t");
  EXPECT_EQ(summary_of("update t set a = ?"), "UPDATE t");
  EXPECT_EQ(summary_of("delete from s.t"), "DELETE s.t");
  EXPECT_EQ(summary_of("select ?"), "SELECT");
  EXPECT_EQ(summary_of("vacuum"), "VACUUM");
  EXPECT_EQ(summary_of(""), "");
}

TEST(Otlp, RefusesEndpointsThatAreNone) {
  for (const char* wrong :
       {"localhost:4318", "ftp://x", "http://", "http://x:y", "http://a@b", "http://x\r\nY: z"}) {
    EXPECT_THROW(Otlp({.endpoint = wrong}), ConfigError) << wrong;
  }
  EXPECT_THROW(Otlp({.file = "/nowhere/at/all"}), ConfigError);
}

TEST(Otlp, CountsWhatItCannotSend) {
  Otlp otlp({.endpoint = "http://127.0.0.1:1", .interval = std::chrono::milliseconds(1)});
  otlp.record(Span{.name = "x"});
  while (otlp.dropped() == 0) std::this_thread::yield();
  EXPECT_EQ(otlp.exported(), 0U);
  EXPECT_GE(otlp.failures(), 1U);
}

}  // namespace
}  // namespace iacdb::observe
