// Features: what a database claims of its SQL, its server and its sessions.

#include <atomic>
#include <cstring>
#include <regex>
#include <thread>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

using namespace std::chrono_literals;

IACDB_CONFORMANCE(Features);

TEST_P(Features, CommonTableExpressions) {
  IACDB_NEEDS(Capability::ctes);
  EXPECT_EQ(db->one<int>("with x as (select 1 as a) select a + ? from x", 1), 2);
}

TEST_P(Features, RecursiveCommonTableExpressions) {
  IACDB_NEEDS(Capability::recursive_ctes);
  EXPECT_EQ(db->one<int>("with recursive n as (select 1 as i union all select i + 1 from n "
                         "where i < 100) select sum(i) from n"),
            5050);
}

TEST_P(Features, WindowFunctions) {
  IACDB_NEEDS(Capability::window_functions);
  const auto t = table("a " + types().int64);
  db->exec("insert into " + t + " (a) values (10), (20), (30)");
  EXPECT_EQ(
      db->query<int>("select row_number() over (order by a desc) from " + t + " order by a").all(),
      (std::vector<int>{3, 2, 1}));
}

TEST_P(Features, Returning) {
  IACDB_NEEDS(Capability::returning);
  const auto t = table("id " + types().id + ", a " + types().int64);
  const auto id = db->one<std::int64_t>("insert into " + t + " (a) values (?) returning id", 5);
  EXPECT_EQ(db->one<int>("select a from " + t + " where id = ?", id), 5);
}

TEST_P(Features, UpdateReturning) {
  IACDB_NEEDS(Capability::update_returning);
  const auto t = table("a " + types().int64);
  db->exec("insert into " + t + " (a) values (1)");
  EXPECT_EQ(db->one<int>("update " + t + " set a = a + 1 returning a"), 2);
}

TEST_P(Features, UpsertOnConflict) {
  IACDB_NEEDS(Capability::upsert_on_conflict);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  for (const int a : {1, 2}) {
    db->exec(
        "insert into " + t + " (id, a) values (1, ?) on conflict (id) do update set a = excluded.a",
        a);
  }
  EXPECT_EQ(db->one<int>("select a from " + t), 2);
}

TEST_P(Features, UpsertOnDuplicateKey) {
  IACDB_NEEDS(Capability::upsert_on_duplicate_key);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  for (const int a : {1, 2}) {
    db->exec("insert into " + t + " (id, a) values (1, ?) on duplicate key update a = values(a)",
             a);
  }
  EXPECT_EQ(db->one<int>("select a from " + t), 2);
}

TEST_P(Features, Merge) {
  IACDB_NEEDS(Capability::merge);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  for (int i = 0; i < 2; ++i) {
    db->exec(
        "merge into " + t + " using (select 1 as id) s on s.id = " + t +
        ".id "
        "when matched then update set a = 2 when not matched then insert (id, a) values (1, 1)");
  }
  EXPECT_EQ(db->one<int>("select a from " + t), 2);
}

TEST_P(Features, RowLocks) {
  IACDB_NEEDS(Capability::row_locks);
  const auto t = table("id " + types().int64 + " primary key");
  db->exec("insert into " + t + " (id) values (1), (2)");
  auto tx = db->begin();
  EXPECT_EQ(tx.one<int>("select id from " + t + " where id = 1 for update"), 1);
}

TEST_P(Features, SkipLocked) {
  IACDB_NEEDS(Capability::skip_locked);
  IACDB_NEEDS(Capability::concurrent_writers);
  const auto t = table("id " + types().int64 + " primary key");
  db->exec("insert into " + t + " (id) values (1), (2)");
  auto first = db->begin();
  first.one<int>("select id from " + t + " where id = 1 for update");
  auto second = db->begin();
  EXPECT_EQ(second.query<int>("select id from " + t + " order by id for update skip locked").all(),
            std::vector<int>{2});
}

TEST_P(Features, JsonFunctions) {
  IACDB_NEEDS(Capability::json_functions);
  EXPECT_EQ(db->one("select " + types().json_path_of_seven)[0].print(), "7");
}

TEST_P(Features, FullText) {
  IACDB_NEEDS(Capability::full_text);
  const std::string name = unique("docs");
  for (const std::string& sql : types().full_text_setup) {
    db->exec(std::regex_replace(sql, std::regex("TABLE"), name));
  }
  at_end("drop table if exists " + name);
  EXPECT_EQ(
      db->query<std::string>(std::regex_replace(types().full_text_query, std::regex("TABLE"), name),
                             "elephant")
          .all(),
      std::vector<std::string>{"an elephant swims"});
}

TEST_P(Features, Tls) {
  IACDB_NEEDS(Capability::tls);
  const std::string join = GetParam().url.find('?') == std::string::npos ? "?" : "&";
  EXPECT_TRUE(iacdb::open(GetParam().url + join + "sslmode=require").health().ok);
}

TEST_P(Features, ManyDatabasesOnOneServer) {
  IACDB_NEEDS(Capability::multiple_databases);
  expect_error(ErrorKind::undefined_object, [&] {
    std::string url = GetParam().url;
    const auto at = url.rfind('/');
    iacdb::open(url.substr(0, at) + "/no_such_database_here");
  });
}

TEST_P(Features, StoredProcedures) {
  IACDB_NEEDS(Capability::stored_procedures);
  const std::string name = unique("p");
  db->exec("create procedure " + name + "(inout a bigint, in b bigint) " +
           (can(Capability::copy_streams) ? "language plpgsql as $$ begin a := a + b; end $$"
                                          : "begin set a = a + b; end"));
  at_end("drop procedure " + name);
  auto session = db->session();
  const auto result = session.call(name, {in_out(Value(40)), in(Value(2))});
  ASSERT_EQ(result.out.size(), 1u);
  EXPECT_EQ(result.out[0], Value(42));
}

TEST_P(Features, OutParameters) {
  IACDB_NEEDS(Capability::out_parameters);
  const std::string name = unique("p");
  db->exec("create procedure " + name + "(in a bigint, inout b varchar(20)) " +
           (can(Capability::copy_streams) ? "language plpgsql as $$ begin b := 'n' || a; end $$"
                                          : "begin set b = concat('n', a); end"));
  at_end("drop procedure " + name);
  auto session = db->session();
  EXPECT_EQ(session.call(name, {in(Value(7)), in_out(Value("x"))}).out.at(0), Value("n7"));
}

TEST_P(Features, Notifications) {
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

TEST_P(Features, CopyStreams) {
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

TEST_P(Features, ADeadlineEndsAStatement) {
  IACDB_NEEDS(Capability::statement_timeout);
  IACDB_NEEDS(Capability::recursive_ctes);
  const std::string slow =
      "with recursive n as (select 1 as i union all select i + 1 from n where "
      "i < 2000000000) select count(*) from n";
  auto hasty = db->with({.timeout = 200ms});
  expect_error(ErrorKind::timeout, [&] { hasty.one<std::int64_t>(slow); });
  EXPECT_EQ(hasty.one<int>("select 1"), 1);
}

TEST_P(Features, AStopTokenEndsAStatement) {
  IACDB_NEEDS(Capability::server_cancel);
  const std::string slow =
      "with recursive n as (select 1 as i union all select i + 1 from n where "
      "i < 2000000000) select count(*) from n";
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(200ms);
    stop.request_stop();
  });
  expect_error(ErrorKind::cancelled,
               [&] { db->with({.stop = stop.get_token()}).one<std::int64_t>(slow); });
  EXPECT_EQ(db->one<int>("select 1"), 1);
}

TEST_P(Features, PipelinesRunInOrderAndStopAtAFailure) {
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

TEST_P(Features, ConcurrentWriters) {
  IACDB_NEEDS(Capability::concurrent_writers);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  db->exec("insert into " + t + " (id, a) values (1, 0), (2, 0)");
  auto first = db->begin();
  first.exec("update " + t + " set a = 1 where id = 1");
  auto second = db->begin();
  second.exec("update " + t + " set a = 1 where id = 2");
  first.commit();
  second.commit();
  EXPECT_EQ(db->one<int>("select sum(a) from " + t), 2);
}

TEST_P(Features, EightThreadsOnOneHandle) {
  const auto t = table("worker " + types().int64 + ", n " + types().int64);
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int worker = 0; worker < 8; ++worker) {
    threads.emplace_back([&, worker] {
      try {
        for (int n = 0; n < 25; ++n) {
          db->exec("insert into " + t + " (worker, n) values (?, ?)", worker, n);
        }
      } catch (const Error&) {
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 200);
  EXPECT_EQ(db->metrics().pool.leased, 0u);
}

TEST_P(Features, AFullPoolTellsSo) {
  Database small = open({.pool = PoolOptions{.open_max = 1, .idle_max = 1, .acquire_timeout = 50ms},
                         .name = "small"});
  auto held = small.session();
  const auto facts = expect_error(ErrorKind::timeout, [&] { small.exec("select 1"); });
  EXPECT_NE(facts.message.find("small"), std::string::npos) << facts.message;
}

TEST_P(Features, ObserversAreToldOfEveryStatement) {
  struct Count final : Observer {
    std::atomic<int> good{0};
    std::atomic<int> bad{0};
    std::string last;
    void on_query(const QueryEvent& event) override {
      event.error ? ++bad : ++good;
      last = event.fingerprint();
      throw std::runtime_error("observers do not matter");
    }
  };
  auto observer = std::make_shared<Count>();
  Database watched = open({.observer = observer});
  watched.one<std::string>("select 'secret' where 1 = ?", 1);
  EXPECT_EQ(observer->good, 1);
  EXPECT_EQ(observer->last.find("secret"), std::string::npos);
  EXPECT_THROW(watched.exec("selekt"), Error);
  EXPECT_EQ(observer->bad, 1);
  EXPECT_EQ(watched.metrics().statements.count, 2u);
}

TEST_P(Features, AClosedDatabaseRefuses) {
  Database closing = open();
  EXPECT_TRUE(closing.health().ok);
  closing.close();
  closing.close();
  expect_error(ErrorKind::usage, [&] { closing.exec("select 1"); });
  EXPECT_FALSE(closing.health().ok);
}

}  // namespace
}  // namespace iacdb::conformance
