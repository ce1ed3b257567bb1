// Sessions: procedures, COPY, notifications, pipelines, and the ends of what takes too long.

#include <cstring>
#include <thread>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

using namespace std::chrono_literals;

IACDB_CONFORMANCE(Sessions);

TEST_P(Sessions, StoredProcedures) {
  IACDB_NEEDS(Capability::stored_procedures);
  const std::string name = unique("p");
  db->exec(named(types().add_procedure, name));
  at_end("drop procedure " + name);
  auto session = db->session();
  const auto result = session.call(name, {in_out(Value(40)), in(Value(2))});
  ASSERT_EQ(result.out.size(), 1u);
  EXPECT_EQ(result.out[0], Value(42));
  expect_error(ErrorKind::undefined_object, [&] { session.call("no_such_procedure_here"); });
}

TEST_P(Sessions, OutParameters) {
  IACDB_NEEDS(Capability::out_parameters);
  const std::string name = unique("p");
  db->exec(named(types().text_procedure, name));
  at_end("drop procedure " + name);
  auto session = db->session();
  EXPECT_EQ(session.call(name, {in(Value(7)), in_out(Value("x"))}).out.at(0), Value("n7"));
}

TEST_P(Sessions, ProceduresGiveTheirResults) {
  IACDB_NEEDS(Capability::stored_procedures);
  if (types().results_procedure.empty()) return;  // A procedure has no results there.
  const std::string name = unique("p");
  db->exec(named(types().results_procedure, name));
  at_end("drop procedure " + name);
  const auto result = db->session().call(name);
  ASSERT_EQ(result.results.size(), 2u);
  EXPECT_EQ(result.results[0].size(), 2u);
  EXPECT_EQ(result.results[1].at(0).at("c"), Value(3));
}

TEST_P(Sessions, Notifications) {
  IACDB_NEEDS(Capability::notifications);
  auto session = db->session();
  session.listen("iacdb_channel");
  EXPECT_TRUE(session.notifications(1ms).empty());
  Database other = open({.pool = PoolOptions{.open_max = 1}});
  other.exec("select pg_notify('iacdb_channel', ?)", "payload");
  const auto heard = session.notifications(5s);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].channel, "iacdb_channel");
  EXPECT_EQ(heard[0].payload, "payload");
}

TEST_P(Sessions, NoticesAreTakenOnce) {
  IACDB_NEEDS(Capability::notices);
  auto session = db->session();
  session.exec("drop table if exists iacdb_never_made");
  const auto notices = session.notices();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_FALSE(notices[0].severity.empty());
  EXPECT_FALSE(notices[0].code.empty());
  EXPECT_NE(notices[0].message.find("iacdb_never_made"), std::string::npos);
  EXPECT_TRUE(session.notices().empty());
}

TEST_P(Sessions, NoticesDoNotReachTheNextUserOfAConnection) {
  IACDB_NEEDS(Capability::notices);
  Database one = open({.pool = PoolOptions{.open_max = 1}});
  one.exec("drop table if exists iacdb_never_made");
  EXPECT_TRUE(one.session().notices().empty());
}

TEST_P(Sessions, CopyStreams) {
  IACDB_NEEDS(Capability::copy_streams);
  const auto t = table("a " + types().int64 + ", b " + types().text);
  auto session = db->session();
  const std::string text = "1\tone\n2\t\\N\n";
  std::size_t at = 0;
  EXPECT_EQ(
      session.copy_in("copy " + t + " from stdin",
                      [&](std::span<std::byte> into) {
                        const auto n = std::min<std::size_t>({into.size(), text.size() - at, 3});
                        std::memcpy(into.data(), text.data() + at, n);
                        at += n;
                        return n;
                      }),
      2u);
  std::string out;
  EXPECT_EQ(session.copy_out("copy " + t + " to stdout",
                             [&](BytesView piece) {
                               out.append(reinterpret_cast<const char*>(piece.data()),
                                          piece.size());
                             }),
            2u);
  EXPECT_EQ(out, text);
}

TEST_P(Sessions, PipelinesRunInOrderAndStopAtAFailure) {
  const auto t = table("a " + types().int64 + " primary key");
  auto session = db->session();
  const std::string insert = "insert into " + t + " (a) values (?)";
  const std::vector<PipelinedStatement> good{
      {insert, {Value(1)}}, {insert, {Value(2)}}, {"update " + t + " set a = a + 10", {}}};
  const auto results = session.pipeline(good);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[2].rows_affected, 2u);
  const std::vector<PipelinedStatement> bad{{insert, {Value(11)}}, {insert, {Value(99)}}};
  expect_error(ErrorKind::unique_violation, [&] { session.pipeline(bad); });
  EXPECT_EQ(session.one<int>("select count(*) from " + t + " where a = 99"), 0);
}

TEST_P(Sessions, ADeadlineEndsAStatement) {
  IACDB_NEEDS(Capability::statement_timeout);
  auto hasty = db->with({.timeout = 200ms});
  expect_error(ErrorKind::timeout, [&] { hasty.exec(types().huge_sleep); });
  expect_error(ErrorKind::timeout, [&] { hasty.query(types().huge_sleep).all(); });
  EXPECT_EQ(db->one<int>("select 1"), 1);
}

TEST_P(Sessions, AStopTokenEndsAStatement) {
  IACDB_NEEDS(Capability::server_cancel);
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(200ms);
    stop.request_stop();
  });
  expect_error(ErrorKind::cancelled,
               [&] { db->with({.stop = stop.get_token()}).exec(types().huge_sleep); });
  EXPECT_EQ(db->one<int>("select 1"), 1);
}

}  // namespace
}  // namespace iacdb::conformance
